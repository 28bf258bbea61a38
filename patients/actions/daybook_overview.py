"""Reads the week of everybody at a clinic, or of all its rooms: what of each day is taken, and what is still free."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q

from clinic import policy
from clinic.actions import rostering
from clinic.models import Clinic, Practitioner, Room, User
from clinic.rules import wallclock
from clinic.rules.intervals import Span, merge, subtract
from patients.actions import daybook_holds, daybook_week
from patients.actions.daybook import SHOWN_FROM, SHOWN_TO, UNRESOLVED, last_hour
from patients.models import Consultation
from patients.rules.lifecycle import Status, unresolved

Whose = Practitioner | Room
OF_A_VISIT = (
    "block_id",
    "practitioner_id",
    "block__room_id",
    "status",
    "block__start",
    "block__end",
    "start",
    "end",
)


class Mark(NamedTuple):
    """A piece of a day that is taken: a visit with its buffers, or a time held online."""

    span: Span
    is_held: bool


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One day of one practitioner or room. It names nobody who comes."""

    day: date
    spans: Sequence[Span] = ()
    away: Sequence[rostering.Away] = ()
    marks: Sequence[Mark] = ()
    visits: int = 0
    free: int = 0
    """Minutes in gaps of at least the clinic's grid, from now on."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """The week of one practitioner or room."""

    whose: Whose
    cells: list[Cell]

    @property
    def free(self) -> int:
        """Minutes that are free in the week, from now on."""
        return sum(cell.free for cell in self.cells)


@dataclass(frozen=True, kw_only=True)
class Overview:
    """The week of a clinic, a line a practitioner or room."""

    clinic: Clinic
    dates: list[date]
    lines: list[Line]
    counts: Counter[str]

    @property
    def hours(self) -> range:
        """The full hours to draw: 8 to 18, and further where somebody is there earlier or later."""
        zone = self.clinic.zone
        drawn = [
            (span.start.astimezone(zone), span.end.astimezone(zone))
            for line in self.lines
            for cell in line.cells
            for span in (*cell.spans, *(mark.span for mark in cell.marks))
        ]
        first = min([SHOWN_FROM, *(start.hour for start, _end in drawn)])
        last = max([SHOWN_TO, *(last_hour(start.date(), end) for start, end in drawn)])
        return range(first, last)


def overview(
    *, clinic: Clinic, on: date, whose: Sequence[Whose], by_room: bool, user: User, now: datetime
) -> Overview:
    """The week in which a date lies, of these practitioners or rooms, with what the user may see of it.

    Three queries, whatever their number and that of the visits.
    """
    dates = daybook_week.dates(on, clinic)
    window = wallclock.days_span(dates[0], dates[-1], clinic.zone)
    visits = _visits(clinic, window, user, now)
    people = None if by_room else [each for each in whose if isinstance(each, Practitioner)]
    rosters = rostering.rosters(clinic=clinic, on=dates, now=now, people=people)
    taken = _taken(clinic, visits, by_room=by_room)
    for hold in daybook_holds.between(clinic.pk, window, user, now):
        at = hold.request.block.room_id if by_room else hold.request.practitioner_id
        day = wallclock.local_day(hold.start, clinic.zone)
        taken[at, day][hold.request.block_id] = Mark(Span(hold.start, hold.end), True)
    seen = Counter(_where(visit, clinic, by_room) for visit in visits)

    def cell(each: Whose, day: date) -> Cell:
        spans, away = _there(each, rosters[day])
        marks = sorted(taken[each.pk, day].values())
        return Cell(
            day=day,
            spans=spans,
            away=away,
            marks=marks,
            visits=seen[each.pk, day],
            free=_free(spans, marks, now, step=timedelta(minutes=clinic.slot_step_min)),
        )

    return Overview(
        clinic=clinic,
        dates=dates,
        lines=[Line(whose=each, cells=[cell(each, day) for day in dates]) for each in whose],
        counts=Counter(_status(visit, now) for visit in visits),
    )


def _visits(clinic: Clinic, window: Span, user: User, now: datetime) -> list[dict[str, Any]]:
    """Plain values: hundreds of visits are drawn as marks, and nobody's name is read."""
    mine = policy.visible(user, Consultation).values("pk")
    run_out = Q(status=Status.HELD, block__held_until__lte=now) | Q(status=Status.CANCELLED)
    rows = Consultation.objects.filter(clinic=clinic, pk__in=mine).between(window.start, window.end)
    return list(rows.exclude(run_out).values(*OF_A_VISIT))


def _status(visit: Mapping[str, Any], now: datetime) -> str:
    """How it stands, as the day tells it."""
    status = Status(visit["status"])
    return UNRESOLVED if unresolved(status, visit["end"], now) else status


def _where(visit: Mapping[str, Any], clinic: Clinic, by_room: bool) -> tuple[UUID | None, date]:
    """In whose line and on which day it stands."""
    whose = visit["block__room_id"] if by_room else visit["practitioner_id"]
    return whose, wallclock.local_day(visit["start"], clinic.zone)


def _taken(
    clinic: Clinic, visits: Iterable[Mapping[str, Any]], *, by_room: bool
) -> defaultdict[tuple[UUID | None, date], dict[UUID, Mark]]:
    """By practitioner or room and day: the blocks, of which several visits of a class share one."""
    found: defaultdict[tuple[UUID | None, date], dict[UUID, Mark]] = defaultdict(dict)
    for visit in visits:
        mark = Mark(Span(visit["block__start"], visit["block__end"]), visit["status"] == Status.HELD)
        found[_where(visit, clinic, by_room)][visit["block_id"]] = mark
    return found


def _there(each: Whose, on_duty: list[rostering.OnDuty]) -> tuple[list[Span], list[rostering.Away]]:
    """When a practitioner works, and is away; a room is open while anybody works."""
    if isinstance(each, Room):
        return merge(span for duty in on_duty for span in duty.spans), []
    duty = next((duty for duty in on_duty if duty.practitioner == each), None)
    return (duty.spans, duty.away) if duty else ([], [])


def _free(spans: Sequence[Span], marks: Sequence[Mark], now: datetime, *, step: timedelta) -> int:
    to_come = [Span(max(span.start, now), span.end) for span in spans if span.end > now]
    gaps = subtract(to_come, [mark.span for mark in marks])
    return sum(int(gap.minutes) for gap in gaps if gap.end - gap.start >= step)
