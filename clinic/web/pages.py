"""How a page is made: fetch by policy, write down what was read, do one action, answer."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from clinic import policy
from clinic.models import AccessEvent, User
from clinic.rules import wallclock
from clinic.rules.refusals import Kind, Refusal
from clinic.web.problems import STATUS

M = TypeVar("M", bound=Model)
T = TypeVar("T")
P = ParamSpec("P")


class StaffRequest(HttpRequest):
    """A request of a signed-in user, with the one moment at which it came."""

    user: User
    now: datetime


def signed_in(
    view: Callable[Concatenate[StaffRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page for signed-in people: others go to the sign-in and come back. The clock is read here, once."""

    @wraps(view)
    def door(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        request.now = timezone.now()  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)  # type: ignore[arg-type]

    return door


def for_who_may(
    act: str, model: type[Model]
) -> Callable[
    [Callable[Concatenate[StaffRequest, P], HttpResponse]],
    Callable[Concatenate[HttpRequest, P], HttpResponse],
]:
    """A page for who has the act to some row of the model; everybody else is answered 403."""

    def decorate(
        view: Callable[Concatenate[StaffRequest, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @signed_in
        @wraps(view)
        def door(request: StaffRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not policy.can(request.user, act, model):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return door

    return decorate


def fetch(request: StaffRequest, act: str, rows: type[M] | QuerySet[M], /, **lookup: object) -> M:
    """The row, by policy. A missing and a foreign one are both 404; one that may be seen but not acted on is 403."""
    try:
        return policy.fetch(request.user, act, rows, **lookup)
    except Refusal as refusal:
        if refusal.kind is Kind.MISSING:
            raise Http404(refusal.message) from None
        raise PermissionDenied(refusal.message) from None


def seen(request: StaffRequest, what: str, patients: Iterable[UUID], door: str = "page") -> None:
    """Write down that the answer shows clinical data of these patients. One row an answer."""
    AccessEvent.objects.create(
        at=request.now, user_id=request.user.pk, patient_ids=sorted(set(patients)), what=what, door=door
    )


def chosen_day(request: StaffRequest, text: str, zone: ZoneInfo) -> date:
    """The date named in an address or form; today in the zone for none, and for an impossible one with a message."""
    today = wallclock.local_day(request.now, zone)
    if not text:
        return today
    try:
        day = parse_date(text)
        if day and wallclock.is_near(day) and wallclock.day_span(day, zone):
            return day
    except (ValueError, wallclock.NoSuchTime):
        pass
    messages.warning(request, _("That is not a date to look at, so this is today. Choose another day."))
    return today


def attempt(form: BaseForm, action: Callable[[], T]) -> T | None:
    """Do the one action of a page; a refusal becomes the form's error, and None comes back.

    It stands beside its field; where that does not show, above the form. `status` tells its number.
    """
    try:
        return action()
    except Refusal as refusal:
        shown = refusal.field in form.fields and not form[refusal.field].is_hidden
        form.add_error(refusal.field if shown else None, ValidationError(refusal.message, code=refusal.kind))
        return None


def status(form: BaseForm) -> int:
    """The number of the answer that shows the form: 200 without errors, else as the API answers the same refusal."""
    codes = [fault.code for faults in form.errors.as_data().values() for fault in faults]
    refused = next((Kind(code) for code in codes if code in set(Kind)), Kind.INVALID)
    return STATUS[refused] if codes else 200
