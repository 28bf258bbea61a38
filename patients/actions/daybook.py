"""Reads one clinic's day for the desk: who is on duty, who comes when, and how each visit stands."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count
from django.db.models.functions import TruncDate

from clinic import policy
from clinic.actions import rostering
from clinic.models import Clinic, Practitioner, User
from clinic.rules import wallclock
from clinic.rules.intervals import Span
from patients.models import Consultation
from patients.rules.lifecycle import Status, unresolved

UNRESOLVED = "unresolved"
"""Not a status of its own: past, and nobody has said how it ended."""
SHOWN_FROM, SHOWN_TO = 8, 18
"""Hours that a day shows at the least."""


@dataclass(frozen=True)
class Visit:
    """A consultation as the day shows it."""

    consultation: Consultation
    now: datetime

    @property
    def status(self) -> str:
        """The status, or `unresolved`."""
        row = self.consultation
        return UNRESOLVED if unresolved(Status(row.status), row.end, self.now) else row.status

    @property
    def is_class(self) -> bool:
        """Whether the block has seats for several."""
        return self.consultation.block.capacity > 1

    @property
    def minutes(self) -> int:
        """How long the visit takes, without buffers."""
        return (self.consultation.end - self.consultation.start) // timedelta(minutes=1)

    @property
    def before(self) -> int:
        """Minutes of buffer before it."""
        return (self.consultation.start - self.consultation.block.start) // timedelta(minutes=1)

    @property
    def after(self) -> int:
        """Minutes of buffer after it."""
        return (self.consultation.block.end - self.consultation.end) // timedelta(minutes=1)

    @property
    def since(self) -> int:
        """Minutes since the status changed: how long somebody waits, or is with the practitioner."""
        return max(0, (self.now - self.consultation.status_at) // timedelta(minutes=1))

    @property
    def is_past(self) -> bool:
        """Whether it is over, so that it may recede."""
        return self.consultation.end <= self.now


@dataclass(frozen=True, kw_only=True)
class Column:
    """One practitioner's day at the clinic."""

    practitioner: Practitioner
    spans: list[Span]
    away: list[rostering.Away]
    visits: list[Visit]

    @property
    def drawn(self) -> list[Visit]:
        """One visit a block: who share a group class are drawn once."""
        return list({visit.consultation.block_id: visit for visit in reversed(self.visits)}.values())


@dataclass(frozen=True, kw_only=True)
class Day:
    """One clinic's day."""

    clinic: Clinic
    day: date
    columns: list[Column]
    cancelled: list[Visit]
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def visits(self) -> list[Visit]:
        """All visits, by time: the day as a list."""
        found = [visit for column in self.columns for visit in column.visits]
        return sorted(
            found, key=lambda visit: (visit.consultation.start, visit.consultation.practitioner.name)
        )

    @property
    def hours(self) -> range:
        """The hours to draw: 8 to 18, and further where somebody works or comes earlier or later."""
        drawn = [(span.start, span.end) for column in self.columns for span in column.spans]
        drawn += [(visit.consultation.start, visit.consultation.end) for visit in self.visits]
        starts = [start.astimezone(self.clinic.zone) for start, _end in drawn]
        ends = [end.astimezone(self.clinic.zone) for _start, end in drawn]
        first = min([SHOWN_FROM, *(start.hour for start in starts)])
        last = max([SHOWN_TO, *(end.hour + bool(end.minute) for end in ends if end.date() == self.day)])
        return range(first, last)


def day(*, clinic: Clinic, on: date, user: User, now: datetime) -> Day:
    """The day of a clinic, on its own clock, with the visits that the user may see.

    Seven queries, whatever the number of people and visits.
    """
    window = wallclock.day_span(on, clinic.zone)
    mine = policy.visible(user, Consultation).values("pk")
    rows = (
        Consultation.objects.filter(clinic=clinic, pk__in=mine).between(window.start, window.end).with_names()
    )
    visits = [Visit(row, now) for row in rows]
    coming = [visit for visit in visits if visit.status != Status.CANCELLED]
    by_practitioner: dict[UUID, list[Visit]] = defaultdict(list)
    for visit in coming:
        by_practitioner[visit.consultation.practitioner_id].append(visit)
    on_duty = rostering.roster(clinic=clinic, day=on, now=now)
    columns = [
        Column(
            practitioner=each.practitioner,
            spans=each.spans,
            away=each.away,
            visits=by_practitioner.pop(each.practitioner.pk, []),
        )
        for each in on_duty
    ]
    columns += [
        Column(practitioner=visits[0].consultation.practitioner, spans=[], away=[], visits=visits)
        for visits in by_practitioner.values()
    ]
    return Day(
        clinic=clinic,
        day=on,
        columns=columns,
        cancelled=[visit for visit in visits if visit.status == Status.CANCELLED],
        counts=Counter(visit.status for visit in visits),
    )


def fullness(*, clinic: Clinic, first: date, last: date, user: User) -> dict[date, int]:
    """Visits that the user may see on each date of the clinic's zone, both ends inclusive. One query."""
    start = wallclock.day_span(first, clinic.zone).start
    end = wallclock.day_span(last, clinic.zone).end
    rows = (
        Consultation.objects.filter(clinic=clinic, start__gte=start, start__lt=end)
        .filter(pk__in=policy.visible(user, Consultation).values("pk"))
        .seated()
        .annotate(on=TruncDate("start", tzinfo=clinic.zone))
        .values("on")
        .annotate(visits=Count("pk"))
        .values_list("on", "visits")
    )
    return dict(rows)
