"""Reads the board of today at a clinic: who is expected, who waits and how long, who is in, what is done or open."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from clinic import policy
from clinic.actions import rostering
from clinic.models import Clinic, Practitioner, User
from clinic.rules import wallclock
from patients.actions import daybook
from patients.actions.daybook import STILL_OPEN, UNRESOLVED, Visit
from patients.actions.daybook_stamp import Extent
from patients.models import Consultation
from patients.rules.lifecycle import Status

LOOKS_BACK = timedelta(days=7)
"""Visits of so many days before today are shown while nobody has said how they ended."""
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Ticket(Visit):
    """A visit as the board shows it."""

    @property
    def late(self) -> int:
        """Minutes past its start; negative before it."""
        return (self.now - self.consultation.start) // MINUTE

    @property
    def left(self) -> int:
        """Minutes until its end; negative past it."""
        return -((self.now - self.consultation.end) // MINUTE)

    @property
    def over(self) -> int:
        """Minutes past its end."""
        return max(0, -self.left)

    @property
    def until(self) -> int:
        """Minutes until its start."""
        return max(0, -self.late)

    @property
    def share(self) -> int:
        """How much of its time is gone, in percent."""
        whole = self.consultation.end - self.consultation.start
        return max(0, min(100, round(100 * (self.now - self.consultation.start) / whole)))


@dataclass(frozen=True, kw_only=True)
class Idle:
    """Somebody who is with nobody now: free, or away until `away_until`. Who waits for them, and who comes next."""

    practitioner: Practitioner
    away_until: datetime | None = None
    waiting: Ticket | None = None
    coming: Ticket | None = None


@dataclass(frozen=True, kw_only=True)
class Board:
    """The lanes, each in the order in which one works through it."""

    expected: list[Ticket] = field(default_factory=list)
    waiting: list[Ticket] = field(default_factory=list)
    being_seen: list[Ticket] = field(default_factory=list)
    done: list[Ticket] = field(default_factory=list)
    unresolved: list[Ticket] = field(default_factory=list)
    idle: list[Idle] = field(default_factory=list)

    @property
    def tickets(self) -> list[Ticket]:
        """All of them."""
        return [*self.expected, *self.waiting, *self.being_seen, *self.done, *self.unresolved]


def board(*, clinic: Clinic, user: User, now: datetime) -> Board:
    """Today's visits at the clinic that the user may see, and those of the last week that are open. 3 queries.

    Cancelled ones stand on no board. Longest waits first; what is done, the latest first.
    """
    window = wallclock.day_span(wallclock.local_day(now, clinic.zone), clinic.zone)
    visits = daybook.visits_between(clinic, window, user, now)
    today = [Ticket(visit.consultation, now) for visit in visits]

    def lane(*statuses: str) -> list[Ticket]:
        return [each for each in today if each.status in statuses]

    waiting = sorted(lane(Status.ARRIVED), key=lambda each: each.consultation.status_at)
    expected = lane(Status.BOOKED, Status.CONFIRMED)
    being_seen = lane(Status.IN_PROGRESS)
    past = [each for each in today if each.status == UNRESOLVED]
    # Who waits or is in past the end is still there: what is open is only what nobody has begun.
    waiting += [each for each in past if each.consultation.status == Status.ARRIVED]
    being_seen += [each for each in past if each.consultation.status == Status.IN_PROGRESS]
    unsaid = [each for each in past if each.consultation.status not in {Status.ARRIVED, Status.IN_PROGRESS}]
    return Board(
        expected=expected,
        waiting=sorted(waiting, key=lambda each: each.consultation.status_at),
        being_seen=sorted(being_seen, key=lambda each: each.consultation.end),
        done=lane(Status.COMPLETED, Status.NO_SHOW)[::-1],
        unresolved=[*unsaid, *_open_of_before(clinic, window.start, user, now)],
        idle=_idle(clinic, expected, waiting, being_seen, now),
    )


def extent(today: Extent) -> Extent:
    """What the board shows besides the visits of today: those of the last week that are open."""
    return replace(today, open_since=today.window.start - LOOKS_BACK)


def only(found: Board, practitioner: Practitioner) -> Board:
    """The lanes of one practitioner."""

    def theirs(lane: list[Ticket]) -> list[Ticket]:
        return [each for each in lane if each.consultation.practitioner_id == practitioner.pk]

    return Board(
        expected=theirs(found.expected),
        waiting=theirs(found.waiting),
        being_seen=theirs(found.being_seen),
        done=theirs(found.done),
        unresolved=theirs(found.unresolved),
        idle=[each for each in found.idle if each.practitioner.pk == practitioner.pk],
    )


def _open_of_before(clinic: Clinic, start: datetime, user: User, now: datetime) -> list[Ticket]:
    mine = policy.visible(user, Consultation).values("pk")
    rows = Consultation.objects.filter(clinic=clinic, pk__in=mine, status__in=STILL_OPEN, end__lte=now)
    return [Ticket(row, now) for row in rows.between(start - LOOKS_BACK, start).with_names().reverse()]


def _idle(
    clinic: Clinic, expected: list[Ticket], waiting: list[Ticket], being_seen: list[Ticket], now: datetime
) -> list[Idle]:
    """Who is on duty at this moment, or was to be, and is with nobody."""
    busy = {each.consultation.practitioner_id for each in being_seen}
    today = wallclock.local_day(now, clinic.zone)

    def first(lane: list[Ticket], who: Practitioner) -> Ticket | None:
        return next((each for each in lane if each.consultation.practitioner_id == who.pk), None)

    found = []
    for duty in rostering.roster(clinic=clinic, day=today, now=now):
        who = duty.practitioner
        away = next((each for each in duty.away if each.span.contains(now)), None)
        if who.pk in busy or not (away or any(span.contains(now) for span in duty.spans)):
            continue
        found.append(
            Idle(
                practitioner=who,
                away_until=away.span.end if away else None,
                waiting=first(waiting, who),
                coming=first(expected, who),
            )
        )
    return found
