"""One entry of leave with the visits below it: each is moved, asked for or cancelled, some of them or all at once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from clinic.models import HoursException, Practitioner
from clinic.web import pages
from patients.actions import clearing
from patients.actions.clearing import Clearing, Colleague, Outcome
from patients.desk import leave
from patients.models import Consultation

MOVE, ASK, CANCEL = "move", "ask", "cancel"
DONE: dict[str, str | Promise] = {
    MOVE: gettext_lazy("moved to %(to)s"),
    ASK: gettext_lazy("asked to choose another time"),
    CANCEL: gettext_lazy("cancelled, the patient is told"),
}
"""What became of a visit, in words."""


class ClearForm(forms.Form):
    """Which visits, what is done with them, and what that needs."""

    how = forms.ChoiceField(choices=[(each, each) for each in (MOVE, ASK, CANCEL)])
    to = forms.ModelChoiceField(Practitioner.objects.none(), required=False, label=gettext_lazy("Colleague"))
    reason = forms.CharField(
        max_length=200,
        label=gettext_lazy("Reason"),
        error_messages={"required": gettext_lazy("Say why: it stays in the history.")},
    )
    use_required_attribute = False  # each of three buttons needs something else

    def __init__(self, data: QueryDict | None, colleagues: list[Colleague], of: int) -> None:
        super().__init__(data)
        self.fields["reason"].required = data is None or data.get("how") == CANCEL
        takes = {each.practitioner.pk: len(each.takes) for each in colleagues}
        field: Any = self.fields["to"]
        field.queryset = Practitioner.objects.filter(pk__in=takes)
        field.choices = [
            (
                each.practitioner.pk,
                _("%(name)s, could take %(n)d of %(of)d")
                % {"name": each.practitioner.name, "n": len(each.takes), "of": of},
            )
            for each in colleagues
        ]

    def clean_to(self) -> Practitioner | None:
        """Whoever it moves to, where it moves."""
        to: Practitioner | None = self.cleaned_data["to"]
        if self.data.get("how") == MOVE and to is None:
            raise forms.ValidationError(_("Choose the colleague who takes them."))
        return to


@dataclass(frozen=True, kw_only=True)
class Result:
    """One visit after the act, with what became of it in words."""

    visit: Consultation
    words: str
    is_done: bool


@pages.for_who_may("add", HoursException)
def one(request: pages.StaffRequest, pk: UUID) -> HttpResponse:
    """One entry, with the visits that have to be cleared."""
    row = pages.fetch(request, "add", leave.rows(), pk=pk)
    return _page(request, row)


@require_POST
@pages.for_who_may("add", HoursException)
def clear(request: pages.StaffRequest, pk: UUID) -> HttpResponse:
    """Does one thing with the ticked visits, each by itself, and says of each what became of it."""
    row = pages.fetch(request, "add", leave.rows(), pk=pk)
    found = clearing.to_clear(exception=row, user=request.user, now=request.now)
    ticked = set(request.POST.getlist("visit"))
    visits = [visit for visit in found.visits if str(visit.pk) in ticked]
    form = _form(request, found)
    if not visits:
        form.add_error(None, _("Tick the visits first."))
    elif form.is_valid():
        outcomes = pages.attempt(form, _act(request, form, visits))
        if outcomes is not None:
            return _page(request, row, results=_told(form, outcomes))
    return _page(request, row, form=form, found=found)


def _act(
    request: pages.StaffRequest, form: ClearForm, visits: list[Consultation]
) -> Callable[[], list[Outcome]]:
    told, by, now = form.cleaned_data, request.user, request.now
    match told["how"]:
        case "move":
            return lambda: clearing.move_all(visits=visits, to=told["to"], by=by, now=now)
        case "ask":
            return lambda: clearing.ask_all(visits=visits, by=by, now=now)
        case _:
            return lambda: clearing.cancel_all(visits=visits, reason=told["reason"], by=by, now=now)


def _told(form: ClearForm, outcomes: list[Outcome]) -> list[Result]:
    told = form.cleaned_data
    done = str(DONE[told["how"]]) % {"to": told["to"] or ""}
    return [
        Result(visit=each.visit, words=each.refusal or done, is_done=not each.refusal) for each in outcomes
    ]


def _form(request: pages.StaffRequest, found: Clearing, data: bool = True) -> ClearForm:
    colleagues = clearing.colleagues(visits=found.visits, now=request.now)
    return ClearForm(request.POST if data else None, colleagues, len(found.visits))


def _usual(found: Clearing) -> set[str]:
    """What is ticked at first: all whose patients were not asked already."""
    return {str(each.pk) for each in found.visits if each.asked_to_move_at is None}


def _page(
    request: pages.StaffRequest,
    row: HoursException,
    *,
    form: ClearForm | None = None,
    found: Clearing | None = None,
    results: list[Result] | None = None,
) -> HttpResponse:
    found = found or clearing.to_clear(exception=row, user=request.user, now=request.now)
    shown = [*found.visits, *(each.visit for each in results or [])]
    pages.seen(request, "visits below leave", (visit.patient_id for visit in shown))
    context = {
        "row": row,
        "visits": found.visits,
        "elsewhere": found.elsewhere,
        "zone": leave.zone_of(request.user, row),
        "is_over": row.end <= request.now,
        "form": form or _form(request, found, data=False),
        "results": results or [],
        "ticked": set(request.POST.getlist("visit")) if form else _usual(found),
    }
    return render(request, "desk/leave_one.html", context, status=pages.status(form) if form else 200)
