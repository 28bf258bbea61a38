"""What every portal page shares: whose record is open, the switcher, the tabs."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic import policy
from clinic.web import pages
from patients.models import Patient

P = ParamSpec("P")
CHOSEN = "portal_patient"
"""Session key of the record that is open."""
TABS = (
    ("portal", _("Today"), "exercise"),
    ("portal_progress", _("Progress"), "chart-line"),
    ("portal_visits", _("Visits"), "calendar"),
    ("portal_you", _("You"), "user"),
)


@dataclass(frozen=True)
class Tab:
    """One entry of the portal's navigation."""

    label: str
    url: str
    icon: str
    current: bool


class PortalRequest(pages.StaffRequest):
    """A request of somebody with at least one record open to them; `patient` is the chosen one."""

    patient: Patient
    patients: list[Patient]


def portal_page(
    view: Callable[Concatenate[PortalRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page of the portal: signed in, the chosen record fetched by policy. Without any record, a page that says so."""

    @pages.signed_in
    @wraps(view)
    def opened(request: pages.StaffRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        mine = list(
            policy.visible(request.user, Patient, "open").select_related("clinic").order_by("search_name")
        )
        if not mine:
            return render(request, "portal/nothing_open.html")
        chosen = request.session.get(CHOSEN)
        request.patient = next((each for each in mine if str(each.pk) == chosen), mine[0])  # type: ignore[attr-defined]
        request.patients = mine  # type: ignore[attr-defined]
        timezone.activate(request.patient.clinic.zone)  # type: ignore[attr-defined]
        try:
            return view(request, *args, **kwargs)  # type: ignore[arg-type]
        finally:
            timezone.deactivate()

    @wraps(view)
    def door(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if (
            not request.user.is_authenticated
        ):  # patients have codes: a page that asks for a password is not theirs
            return redirect_to_login(request.get_full_path(), reverse("account_request_login_code"))
        return opened(request, *args, **kwargs)

    return door


def choose(request: PortalRequest, patient: UUID) -> None:
    """Open another of one's records from now on. One that is not among them changes nothing."""
    if any(each.pk == patient for each in request.patients):
        request.session[CHOSEN] = str(patient)


def turn_to(request: PortalRequest, patient: UUID | None) -> None:
    """Open the record for which a form was shown: another tab may have switched since. None changes nothing."""
    shown = next((each for each in request.patients if each.pk == patient), request.patient)
    if shown != request.patient:
        request.patient = shown
        choose(request, shown.pk)
        timezone.activate(shown.clinic.zone)


def page(
    request: PortalRequest, template: str, current: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The page with tabs and switcher; `current` is the URL name of its tab."""
    tabs = [Tab(str(label), reverse(name), icon, name == current) for name, label, icon in TABS]
    furniture = {"nav": tabs, "patient": request.patient, "patients": request.patients}
    return render(request, template, {**furniture, **context}, status=status)
