"""Counts what a manager looks at: a clinic's visits and new patients by week, and how full each diary is."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncWeek

from clinic import policy
from clinic.actions import rostering
from clinic.models import Block, Clinic, User
from clinic.rules import wallclock
from clinic.rules.intervals import Span, intersect
from patients.actions.holding import NEVER_A_VISIT
from patients.models import Consultation, Patient
from patients.rules.lifecycle import Status

WEEKS = 5
"""This one and the four before."""
WEEK = timedelta(days=7)
NO_SHOW_LIMIT = 10
"""Percent from which a rate is marked. Own proposal: outpatient physiotherapy reports some 10 to 15 %."""


@dataclass(frozen=True, kw_only=True)
class Week:
    """Visits that begin in a week of the clinic's zone, from its Monday on, and patients who were registered in it.

    `booked` are all that stand, whatever became of them; `late` of the cancelled came with less than the notice.
    """

    first: date
    booked: int = 0
    completed: int = 0
    cancelled: int = 0
    late: int = 0
    no_shows: int = 0
    new_patients: int = 0

    @property
    def no_show_rate(self) -> int | None:
        """No-shows in percent of the visits whose end is known; None where none is."""
        ended = self.completed + self.no_shows
        return round(100 * self.no_shows / ended) if ended else None

    @property
    def is_high(self) -> bool:
        """Whether the no-show rate asks for attention."""
        return (self.no_show_rate or 0) > NO_SHOW_LIMIT


@dataclass(frozen=True)
class Use:
    """Minutes of one practitioner in one week: taken, buffers included, and open for booking."""

    booked: int
    open: int

    @property
    def percent(self) -> int | None:
        """Taken ÷ open; above 100 where more was taken than was open, None where nothing was."""
        return round(100 * self.booked / self.open) if self.open else None


@dataclass(frozen=True)
class Load:
    """One practitioner's weeks, this one first."""

    name: str
    weeks: list[Use]


@dataclass(frozen=True)
class Numbers:
    """One clinic's numbers; weeks and loads begin with this week."""

    clinic: Clinic
    weeks: list[Week]
    loads: list[Load]


def numbers(*, clinic: Clinic, by: User, now: datetime) -> Numbers:
    """This week and the four before, on the clinic's clock. Ten queries at most. Raises Hidden, NotYours."""
    clinic = policy.fetch(by, "count", Clinic, pk=clinic.pk)
    today = wallclock.local_day(now, clinic.zone)
    monday = today - timedelta(days=today.weekday())
    firsts = [monday - WEEK * ago for ago in range(WEEKS)]
    spans = [_span(clinic, first) for first in firsts]
    return Numbers(clinic, _weeks(clinic, firsts, spans), _loads(clinic, firsts, spans, now))


def _span(clinic: Clinic, monday: date) -> Span:
    last = monday + WEEK - timedelta(days=1)
    return Span(wallclock.day_span(monday, clinic.zone).start, wallclock.day_span(last, clinic.zone).end)


def _weeks(clinic: Clinic, firsts: list[date], spans: list[Span]) -> list[Week]:
    whole = {"gte": spans[-1].start, "lt": spans[0].end}
    visits = (
        Consultation.objects.filter(clinic=clinic, **{f"start__{name}": at for name, at in whole.items()})
        .exclude(status=Status.HELD)
        .exclude(NEVER_A_VISIT)
        .values(week=TruncWeek("start", tzinfo=clinic.zone))
        .annotate(
            booked=Count("pk", filter=~Q(status=Status.CANCELLED)),
            completed=Count("pk", filter=Q(status=Status.COMPLETED)),
            cancelled=Count("pk", filter=Q(status=Status.CANCELLED)),
            late=Count("pk", filter=Q(status=Status.CANCELLED, cancelled_late=True)),
            no_shows=Count("pk", filter=Q(status=Status.NO_SHOW)),
        )
    )
    patients = (
        Patient.objects.filter(
            clinic=clinic, merged_into=None, **{f"created_at__{name}": at for name, at in whole.items()}
        )
        .values(week=TruncWeek("created_at", tzinfo=clinic.zone))
        .annotate(new_patients=Count("pk"))
    )
    counts: dict[date, dict[str, int]] = defaultdict(dict)
    rows: list[dict[str, Any]] = [*visits, *patients]  # type: ignore[list-item]  # of two shapes
    for row in rows:
        counts[row["week"].date()] |= {name: count for name, count in row.items() if name != "week"}
    return [Week(first=first, **counts[first]) for first in firsts]


def _loads(clinic: Clinic, firsts: list[date], spans: list[Span], now: datetime) -> list[Load]:
    last = firsts[0] + WEEK - timedelta(days=1)
    open_time = rostering.open_time(clinic=clinic, first=firsts[-1], last=last, now=now)
    taken: dict[tuple[UUID, date], int] = {}
    blocks = (
        Block.objects.filter(clinic=clinic, start__gte=spans[-1].start, start__lt=spans[0].end)
        .busy(spans[-1].start, spans[0].end, now)
        .values("practitioner", week=TruncWeek("start", tzinfo=clinic.zone))
        .annotate(time=Sum(F("end") - F("start")))
    )
    for row in blocks:
        taken[row["practitioner"], row["week"].date()] = _minutes(row["time"])
    loads = []
    for person, there in open_time.items():
        weeks = [
            Use(
                taken.get((person.pk, first), 0),
                _minutes(sum((cut.end - cut.start for cut in intersect(there, [span])), timedelta())),
            )
            for first, span in zip(firsts, spans, strict=True)
        ]
        if any(week.open or week.booked for week in weeks):
            loads.append(Load(person.name, weeks))
    return loads


def _minutes(time: timedelta) -> int:
    return time // timedelta(minutes=1)
