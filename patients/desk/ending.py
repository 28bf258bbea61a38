"""What a list of visits to clear can do: some or all are moved, asked for or cancelled, a page of them at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.models import Practitioner
from clinic.web import pages
from patients.actions import clearing, telling
from patients.actions.clearing import Clearing, Colleague, Outcome
from patients.models import Consultation
from patients.rules.lifecycle import Status

SHOWN = 50
"""So many visits stand on a page, the soonest first."""
MOVE, ASK, CANCEL = "move", "ask", "cancel"
DONE: dict[str, str | Promise] = {
    MOVE: gettext_lazy("moved to %(to)s"),
    ASK: gettext_lazy("asked to choose another time"),
    CANCEL: gettext_lazy("cancelled"),
}
"""What became of a visit, in words."""


class ClearForm(forms.Form):
    """Which visits, what is done with them, and what that needs. `all` are those of every page of the list."""

    how = forms.ChoiceField(choices=[(each, each) for each in (MOVE, ASK, CANCEL)])
    all = forms.BooleanField(required=False)
    to = forms.ModelChoiceField(Practitioner.objects.none(), required=False, label=gettext_lazy("Colleague"))
    reason = forms.CharField(
        max_length=200,
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The patients read it in the portal."),
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
    """One visit after the act, with what became of it in words, and whom to call because no mail goes out.

    `is_told` where a mail tells the patient what the words do not say by themselves.
    """

    visit: Consultation
    words: str
    is_done: bool
    to_call: str = ""
    is_told: bool = False


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What was sent: the form as it is to be shown again, or what became of each visit."""

    form: ClearForm | None = None
    results: list[Result] | None = None


def clear(request: pages.StaffRequest, found: Clearing) -> Tried:
    """Does one thing with the ticked visits of the list, each by itself, and says of each what became of it."""
    form = _form(request.POST, found, request)
    ticked = set(request.POST.getlist("visit"))
    everything = bool(request.POST.get("all"))
    visits = [visit for visit in found.visits if everything or str(visit.pk) in ticked]
    if not visits:
        form.add_error(None, _("Tick the visits first."))
    elif form.is_valid():
        outcomes = pages.attempt(form, _act(request, form, visits))
        if outcomes is not None:
            return Tried(results=_told(form, outcomes, request.now))
    return Tried(form=form)


def shown(request: pages.StaffRequest, found: Clearing, tried: Tried, what: str) -> dict[str, Any]:
    """The context of `desk/to_clear.html`: a page of the list, its form, and what was done. It is written down."""
    page = _page(request, found)
    visits = list(page.object_list)
    results = tried.results or []
    pages.seen(request, what, (each.patient_id for each in (*visits, *(one.visit for one in results))))
    return {
        "visits": visits,
        "page": page,
        "elsewhere": found.elsewhere,
        "form": tried.form or _form(None, found, request),
        "results": results,
        "ticked": set(request.POST.getlist("visit")) if tried.form else _usual(visits),
    }


def _page(request: pages.StaffRequest, found: Clearing) -> Any:
    """That of the address or the form; the nearest there is for one that there is not."""
    number = request.POST.get("page") or request.GET.get("page", "1")
    return Paginator(found.visits, SHOWN).get_page(number)


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


def _told(form: ClearForm, outcomes: list[Outcome], now: datetime) -> list[Result]:
    """First those whom somebody has to call."""
    told = form.cleaned_data
    done = str(DONE[told["how"]]) % {"to": told["to"] or ""}
    results = [_result(each, told["how"], done, now) for each in outcomes]
    return sorted(results, key=lambda each: not each.to_call)


def _result(outcome: Outcome, how: str, done: str, now: datetime) -> Result:
    visit = outcome.visit
    if outcome.refusal:
        return Result(visit=visit, words=outcome.refusal, is_done=False)
    to_call = telling.by_phone(visit, now=now)
    is_told = not to_call and how != ASK and visit.status != Status.HELD
    return Result(visit=visit, words=done, is_done=True, to_call=to_call, is_told=is_told)


def _form(data: QueryDict | None, found: Clearing, request: pages.StaffRequest) -> ClearForm:
    """With the colleagues who could take those of the page."""
    visits = list(_page(request, found).object_list)
    return ClearForm(data, clearing.colleagues(visits=visits, now=request.now), len(visits))


def _usual(visits: list[Consultation]) -> set[str]:
    """What is ticked at first: all whose patients were not asked already."""
    return {str(each.pk) for each in visits if each.asked_to_move_at is None}
