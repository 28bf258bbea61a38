"""A series in the booking panel: what the form tells, and its dates with what is chosen of them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from clinic.actions.searching import Slot
from clinic.models import Practitioner
from clinic.rules.refusals import Refusal
from clinic.web import pages
from patients.actions import repeating
from patients.actions.booking import Order
from patients.actions.repeating import Choice, Planned
from patients.desk.slots import SlotField, SlotValue
from patients.web.desk import DeskRequest

DATES, INSTEAD = "dates", "instead-"
"""Names in the form: the dates that are free and ticked, and what is taken instead of one that is not."""


class RepeatForm(forms.Form):
    """How often, every how many weeks, and for which first slot the dates on the page were planned."""

    times = forms.IntegerField(required=False)
    every = forms.IntegerField(required=False)
    planned_for = forms.CharField(required=False, max_length=120)

    @property
    def is_asked(self) -> bool:
        """Whether it is to be repeated at all: anything but once is for the action to judge, nonsense too."""
        return not self.is_valid() or self.cleaned_data["times"] not in {None, 1}

    @property
    def times_told(self) -> int:
        """How often; 0 for nonsense."""
        return self.cleaned_data.get("times") or 0

    @property
    def every_told(self) -> int:
        """Every how many weeks; each, unless something else is told."""
        told = self.cleaned_data.get("every")
        return 1 if told is None else told

    @property
    def planned_for_told(self) -> str:
        """What the dates on the page belong to; empty where there are none."""
        return str(self.cleaned_data.get("planned_for", ""))


@dataclass(frozen=True, kw_only=True)
class Option:
    """A time that can be ticked."""

    value: str
    start: datetime
    practitioner: Practitioner
    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class Row:
    """One date: its own time where it is free, else others, under the name that its buttons have in the form."""

    name: str
    planned: Planned
    own: Option | None
    others: list[Option]

    @property
    def is_chosen(self) -> bool:
        """Whether any time of it is."""
        return bool(self.own and self.own.is_chosen) or any(each.is_chosen for each in self.others)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The series as the panel shows it; with `refusal` there may be no dates."""

    times: int
    every: int
    slot: str
    rows: list[Row] = field(default_factory=list)
    refusal: str = ""

    @property
    def chosen(self) -> int:
        """How many times are ticked."""
        return sum(row.is_chosen for row in self.rows)

    @property
    def conflicts(self) -> list[Row]:
        """The dates on which the time is not free."""
        return [row for row in self.rows if row.own is None]


def value(slot: SlotValue | Slot) -> str:
    """A slot as a button carries it."""
    whom: UUID = slot.practitioner if isinstance(slot, SlotValue) else slot.practitioner_id
    return f"{whom}|{slot.start.isoformat()}"


def is_planned(request: DeskRequest, form: RepeatForm, slot: SlotValue) -> bool:
    """Whether the dates on the page are those of the slot and the rhythm that the form tells."""
    return bool(form.planned_for_told == _planned_for(form, value(slot)) and _ticked(request))


def shown(request: DeskRequest, order: Order, form: RepeatForm, refusal: str = "") -> Shown:
    """The dates of the series with what is ticked: what the form says, or every free one where it is planned anew."""
    times, every = form.times_told, form.every_told
    slot = f"{order.practitioner.pk}|{order.start.isoformat()}"
    told = {"times": times, "every": every, "slot": _planned_for(form, slot)}
    try:
        planned = repeating.plan(order=order, every_weeks=every, times=times, now=request.now)
    except Refusal as no:
        return Shown(**told, refusal=no.message)  # type: ignore[arg-type]
    people = {each.pk: each for each in order.type.practitioners.all()}
    goes_on = form.planned_for_told == told["slot"]
    ticked = _ticked(request) if goes_on else None

    def option(slot: Slot, *, by_itself: bool) -> Option:
        text = value(slot)
        return Option(
            value=text,
            start=slot.start,
            practitioner=people[slot.practitioner_id],
            is_chosen=by_itself if ticked is None else text in ticked,
        )

    rows = [
        Row(
            name=f"{INSTEAD}{number}",
            planned=each,
            own=option(each.slot, by_itself=True) if each.slot else None,
            others=[option(slot, by_itself=False) for slot in each.alternatives],
        )
        for number, each in enumerate(planned)
    ]
    return Shown(**told, rows=rows, refusal=refusal)  # type: ignore[arg-type]


def choices(request: DeskRequest) -> list[Choice] | None:
    """What is ticked; None where one is no slot at all."""
    reads = SlotField()
    try:
        slots = [reads.clean(text) for text in sorted(_ticked(request))]
    except ValidationError:
        return None
    people = {
        pk: pages.fetch(request, "view", Practitioner, pk=pk) for pk in {slot.practitioner for slot in slots}
    }
    return [Choice(practitioner=people[slot.practitioner], start=slot.start) for slot in slots]


def _ticked(request: DeskRequest) -> set[str]:
    instead: list[Any] = [text for name, text in request.POST.items() if name.startswith(INSTEAD) and text]
    return {*request.POST.getlist(DATES), *instead}


def _planned_for(form: RepeatForm, slot: str) -> str:
    return f"{form.times_told} {form.every_told} {slot}"
