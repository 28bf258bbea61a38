"""Reads one clinic's day for the desk, by practitioner or by room: who is on duty, who comes when, how each stands."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from clinic import policy
from clinic.actions import rostering
from clinic.models import Clinic, Practitioner, Room, User
from clinic.rules import wallclock
from clinic.rules.intervals import Span, merge
from patients.actions import daybook_holds
from patients.actions.booking import LENGTHENED
from patients.actions.daybook_holds import Hold
from patients.models import Consultation
from patients.rules.lifecycle import Status, unresolved

UNRESOLVED = "unresolved"
"""Not a status of its own: past, and nobody has said how it ended."""
STILL_OPEN = (Status.BOOKED, Status.CONFIRMED, Status.ARRIVED, Status.IN_PROGRESS)
"""Of these nobody has said yet how they ended."""
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
    def start(self) -> datetime:
        """When it begins."""
        return self.consultation.start

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
    def may_move(self) -> bool:
        """Whether its block may be dragged: it is still to come, and nobody else sits in it."""
        return self.consultation.status in {Status.BOOKED, Status.CONFIRMED} and not self.is_class

    @property
    def may_grow(self) -> bool:
        """Whether its end may be pulled."""
        return Status(self.consultation.status) in LENGTHENED and not self.is_class

    @property
    def is_past(self) -> bool:
        """Whether it is over, so that it may recede."""
        return self.consultation.end <= self.now


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of the diary: of a practitioner or a room on a date. Neither: the visits that need no room."""

    day: date
    practitioner: Practitioner | None = None
    room: Room | None = None
    spans: list[Span] = field(default_factory=list)
    away: list[rostering.Away] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)

    def has(self, hold: Hold) -> bool:
        """Whether the time held is one of the column."""
        if wallclock.local_day(hold.start, hold.request.clinic.zone) != self.day:
            return False
        if self.practitioner is not None:
            return hold.request.practitioner_id == self.practitioner.pk
        return (hold.room and hold.room.pk) == (self.room and self.room.pk)

    @property
    def drawn(self) -> list[Visit]:
        """One visit a block: who share a group class are drawn once."""
        return list({visit.consultation.block_id: visit for visit in reversed(self.visits)}.values())


@dataclass(frozen=True, kw_only=True)
class Day:
    """One clinic's day, or the week of one of its practitioners or rooms."""

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
    def holds(self) -> list[Hold]:
        """All times held online."""
        return [hold for column in self.columns for hold in column.holds]

    @property
    def hours(self) -> range:
        """The hours to draw: 8 to 18, and further where somebody works or comes earlier or later."""
        drawn = [(column.day, span.start, span.end) for column in self.columns for span in column.spans]
        drawn += [
            (column.day, each.consultation.start, each.consultation.end)
            for column in self.columns
            for each in column.visits
        ]
        drawn += [(column.day, each.start, each.end) for column in self.columns for each in column.holds]
        zone = self.clinic.zone
        first = min([SHOWN_FROM, *(start.astimezone(zone).hour for _day, start, _end in drawn)])
        last = max([SHOWN_TO, *(last_hour(day, end.astimezone(zone)) for day, _start, end in drawn)])
        return range(first, last)


def last_hour(day: date, end: datetime) -> int:
    """The full hour of the day by which it is over; midnight is the end of the day."""
    return 24 if end.date() > day else end.hour + bool(end.minute)


def day(*, clinic: Clinic, on: date, user: User, now: datetime, by_room: bool = False) -> Day:
    """The day of a clinic, on its own clock, with the visits that the user may see, by practitioner or by room.

    Three queries, four by room, whatever the number of people and visits.
    """
    window = wallclock.day_span(on, clinic.zone)
    visits = visits_between(clinic, window, user, now)
    holds = daybook_holds.between(clinic.pk, window, user, now)
    coming = [visit for visit in visits if visit.status != Status.CANCELLED]
    on_duty = rostering.roster(clinic=clinic, day=on, now=now)
    columns = _by_room(clinic, on, on_duty, coming) if by_room else _by_practitioner(on, on_duty, coming)
    return Day(
        clinic=clinic,
        day=on,
        columns=with_holds(columns, holds),
        cancelled=[visit for visit in visits if visit.status == Status.CANCELLED],
        counts=Counter(visit.status for visit in visits),
    )


def visits_between(
    clinic: Clinic, window: Span, user: User, now: datetime, of: Practitioner | Room | None = None
) -> list[Visit]:
    """The visits at the clinic that begin in the window and the user may see, in order; only those of a practitioner
    or a room where one is named. A hold that has run out is none. One query."""
    mine = policy.visible(user, Consultation).values("pk")
    rows = Consultation.objects.filter(clinic=clinic, pk__in=mine).between(window.start, window.end)
    if of is not None:
        rows = rows.filter(practitioner=of) if isinstance(of, Practitioner) else rows.filter(block__room=of)
    run_out = Q(status=Status.HELD, block__held_until__lte=now)
    return [Visit(row, now) for row in rows.exclude(run_out).with_names()]


def with_holds(columns: list[Column], holds: list[Hold]) -> list[Column]:
    """The columns with the times that are held online in each."""
    return [replace(column, holds=[hold for hold in holds if column.has(hold)]) for column in columns]


def _by_practitioner(on: date, on_duty: list[rostering.OnDuty], coming: list[Visit]) -> list[Column]:
    """Who is on duty, then who is not and has visits all the same."""
    of: dict[UUID, list[Visit]] = defaultdict(list)
    for visit in coming:
        of[visit.consultation.practitioner_id].append(visit)
    columns = [
        Column(
            day=on,
            practitioner=each.practitioner,
            spans=each.spans,
            away=each.away,
            visits=of.pop(each.practitioner.pk, []),
        )
        for each in on_duty
    ]
    return columns + [
        Column(day=on, practitioner=visits[0].consultation.practitioner, visits=visits)
        for visits in of.values()
    ]


def _by_room(clinic: Clinic, on: date, on_duty: list[rostering.OnDuty], coming: list[Visit]) -> list[Column]:
    """The rooms in use, open while anybody works, then the visits that need none. One query."""
    of: dict[UUID | None, list[Visit]] = defaultdict(list)
    for visit in coming:
        of[visit.consultation.block.room_id].append(visit)
    spans = merge(span for duty in on_duty for span in duty.spans)
    columns = [
        Column(day=on, room=room, spans=spans, visits=of.pop(room.pk, []))
        for room in clinic.rooms.order_by("name")
        if spans or room.pk in of
        if room.archived_at is None or room.pk in of
    ]
    return columns + [Column(day=on, spans=spans, visits=visits) for visits in of.values()]


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
