"""Books the same visit several times over: plans the dates, says which are taken, and books what was chosen at once.

A series keeps its time on the clinic's clock. Its visits are booked in one transaction under the one path of locks:
all that were chosen, or none. Afterwards each lives its own life, with its own mail, reminders, links and calendar
entry: one mail for all could not be taken back for one of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from clinic import policy
from clinic.actions import searching
from clinic.actions.searching import Slot, SlotQuery
from clinic.models import User
from clinic.policy import NotYours
from clinic.rules import wallclock
from clinic.rules.availability import Diary
from clinic.rules.refusals import Kind, Refusal
from patients.actions import booking, locking, seating
from patients.actions.booking import NotOffered, Order, PatientBusy, PatientClosed, ReasonMissing, SlotTaken
from patients.actions.clearing import Outcome
from patients.actions.entries import Choice
from patients.actions.locking import Busy
from patients.models import CancelledBy, Consultation, Series
from patients.models.consultation import Consultations
from patients.rules.lifecycle import Status

__all__ = [
    "Busy",
    "Choice",
    "NotOffered",
    "NotYours",
    "Outcome",
    "PatientClosed",
    "Planned",
    "ReasonMissing",
    "SeriesLost",
    "SeriesUnlikely",
    "book_series",
    "cancel_rest",
    "later",
    "plan",
]

FEWEST, MOST = 2, 30
"""Visits of a series."""
LONGEST_GAP = 12
"""Weeks from one visit to the next."""
ALTERNATIVES, OF_THE_SAME = 3, 2
"""For a date that is taken: so many other times, and so many of them with the same practitioner."""
WEEK = timedelta(days=7)


class SeriesUnlikely(Refusal):
    """Too few visits, too many, too far apart, or one time twice."""

    code = "series_unlikely"


class SeriesLost(Refusal):
    """One of the times is gone, so none was booked.

    `details["start"]` says which, in ISO 8601; `details["alternatives"]` are free times near it, as `booking.book`
    tells them.
    """

    code = "series_lost"
    kind = Kind.CONFLICT


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One date of a series: its slot, or None where that is not free, with up to three other times of its week.

    `is_too_far` where the type is not booked that far ahead yet: then there are no other times either.
    """

    start: datetime
    slot: Slot | None = None
    alternatives: list[Slot] = field(default_factory=list)
    is_too_far: bool = False


def plan(*, order: Order, every_weeks: int, times: int, now: datetime) -> list[Planned]:
    """The dates of the series from the order's start on, at the same time on the clinic's clock; nothing is booked.

    One query for the patient's visits, and one search of 3 queries for every 31 days of it.
    Raises SeriesUnlikely, and NotOffered for a start that is past.
    """
    _check_size(times)
    if not 1 <= every_weeks <= LONGEST_GAP:
        raise SeriesUnlikely(_("Repeat it every 1 to 12 weeks."), field="every")
    _check_to_come([order.start], now)
    starts = _starts(order, every_weeks, times)
    reach = starts[0] - WEEK, starts[-1] + 2 * WEEK
    own = Consultation.objects.filter(patient=order.patient, start__lt=reach[1], end__gt=reach[0]).seated()
    busy = list(own.values_list("start", "end"))
    today = wallclock.local_day(now, order.clinic.zone)
    found = []
    for group in _windows(starts, order, today):
        first, last = _week(group[0], order, today)[0], _week(group[-1], order, today)[1]
        query = SlotQuery(type=order.type, first=first, last=last, clinic=order.clinic)
        diary = searching.search(query=query, now=now, also_busy=busy).diary(first, last)
        found += [_planned(start, order, diary, today) for start in group]
    return found


def book_series(
    *, choices: Sequence[Choice], order: Order, by: User | None, now: datetime
) -> list[Consultation]:
    """The visits of the series, in order of time: every choice, or none. The order says for whom, what and where.

    Raises SeriesUnlikely, SeriesLost, NotYours, NotOffered, NotServed, PatientClosed, Busy.
    """
    _check_size(len(choices))
    if len({choice.start for choice in choices}) < len(choices):
        raise SeriesUnlikely(_("One time was chosen twice. Leave one of them out."), field="slots")
    _check_to_come([choice.start for choice in choices], now)
    if by is not None and not policy.may(by, "book", order.clinic):
        raise NotYours(_("You may not book at %(clinic)s. Ask its front desk.") % {"clinic": order.clinic})
    orders = [
        replace(order, practitioner=choice.practitioner, start=choice.start)
        for choice in sorted(choices, key=lambda each: each.start)
    ]
    try:
        return locking.settled(lambda: _book(orders, by, now))
    except _OneLost as lost:
        raise _lost(lost, now) from None


def later(consultation: Consultation) -> Consultations:
    """The visits of the same series after this one that still stand, soonest first; none outside a series."""
    if consultation.series_id is None:
        return Consultation.objects.none()
    rows = Consultation.objects.filter(series=consultation.series_id, start__gt=consultation.start)
    return rows.filter(status__in=[Status.BOOKED, Status.CONFIRMED]).order_by("start")


def cancel_rest(
    *, consultation: Consultation, asked_by: CancelledBy, reason: str, by: User, now: datetime
) -> list[Outcome]:
    """What became of this visit and each later one of its series: each is cancelled by itself, or stays and says why.

    Raises ReasonMissing, before anything is done.
    """
    if not reason.strip():
        raise ReasonMissing(_("Say why they are cancelled: the other side is told."), field="reason")
    outcomes = []
    for visit in [consultation, *later(consultation).with_names()]:
        try:
            booking.cancel(consultation=visit, asked_by=asked_by, reason=reason, by=by, now=now)
        except Refusal as refusal:
            outcomes.append(Outcome(visit=visit, refusal=refusal.message))
        else:
            outcomes.append(Outcome(visit=visit))
    return outcomes


class _OneLost(Exception):  # noqa: N818 - carries which one it was out of the transaction
    def __init__(self, order: Order, why: Refusal) -> None:
        super().__init__()
        self.order, self.why = order, why


def _book(orders: list[Order], by: User | None, now: datetime) -> list[Consultation]:
    first = orders[0]
    rows = locking.Rows(
        practitioners=frozenset(order.practitioner.pk for order in orders),
        kind=first.type,
        clinic_id=first.clinic.pk,
        patient_id=first.patient.pk,
    )
    locked = locking.lock(rows, now=now)
    locking.sweep(locked, now=now)
    series = Series.objects.create(patient=first.patient, booked_by=by, booked_at=now)
    visits = []
    for order in orders:
        try:
            locking.busy_elsewhere(order.patient, order.wish.span.start, order.wish.span.end, by=by)
            block, span = seating.seat(order.wish, locked, now=now)
        except (SlotTaken, NotOffered, PatientBusy) as why:
            raise _OneLost(order, why) from None
        visits.append(booking.enter(order, block, span, by=by, now=now, series=series))
    return visits


def _lost(lost: _OneLost, now: datetime) -> SeriesLost:
    """Said after the rollback, when no lock is held any more."""
    start = lost.order.start.astimezone(lost.order.clinic.zone)
    return SeriesLost(
        _("%(time)s: %(why)s Nothing was booked.")
        % {"time": f"{start:%Y-%m-%d %H:%M}", "why": lost.why.message},
        field="slots",
        details={
            "start": start.isoformat(),
            "alternatives": seating.alternatives(lost.order.wish, now=now),
        },
    )


def _check_size(times: int) -> None:
    if not FEWEST <= times <= MOST:
        raise SeriesUnlikely(
            _("A series has 2 to 30 visits. Book a single one without repeating it."), field="times"
        )


def _check_to_come(starts: list[datetime], now: datetime) -> None:
    if min(starts) < now:
        raise NotOffered(_("This time is past. Choose one that is still to come."), field="slots")


def _starts(order: Order, every_weeks: int, times: int) -> list[datetime]:
    zone = order.clinic.zone
    first = order.start.astimezone(zone)
    return [
        wallclock.opening(first.date() + every_weeks * WEEK * number, first.time(), zone)
        for number in range(times)
    ]


def _week(start: datetime, order: Order, today: date) -> tuple[date, date]:
    """Monday and Sunday of the week of the start; days that are past are left out."""
    day = wallclock.local_day(start, order.clinic.zone)
    monday = day - timedelta(days=day.weekday())
    return max(monday, today), monday + WEEK - timedelta(days=1)


def _windows(starts: list[datetime], order: Order, today: date) -> list[list[datetime]]:
    """The starts in groups whose weeks lie within one search."""
    groups: list[list[datetime]] = []
    for start in starts:
        _first, last = _week(start, order, today)
        if groups and (last - _week(groups[-1][0], order, today)[0]).days < searching.MOST_DAYS:
            groups[-1].append(start)
        else:
            groups.append([start])
    return groups


def _planned(start: datetime, order: Order, diary: Diary, today: date) -> Planned:
    day = wallclock.local_day(start, order.clinic.zone)
    if day > today + timedelta(days=order.type.horizon_days):
        return Planned(start=start, is_too_far=True)
    same = order.practitioner.pk
    for slot in diary.free(day, day):
        if (slot.practitioner_id, slot.start) == (same, start):
            return Planned(start=start, slot=slot)
    return Planned(start=start, alternatives=_others(start, order, diary.free(*_week(start, order, today))))


def _others(start: datetime, order: Order, free: list[Slot]) -> list[Slot]:
    """Two of the same practitioner and one of another, the nearest of the week; more of whom there is."""
    free = sorted(free, key=lambda slot: (abs(slot.start - start), slot.start))
    same = [slot for slot in free if slot.practitioner_id == order.practitioner.pk]
    others = [slot for slot in free if slot.practitioner_id != order.practitioner.pk]
    same = same[: max(OF_THE_SAME, ALTERNATIVES - len(others))]
    return [*same, *others[: ALTERNATIVES - len(same)]]
