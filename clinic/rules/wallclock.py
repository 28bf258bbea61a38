"""Owns the passage between wall clocks and instants: zones, gaps, folds, days, lead times and quiet hours.

Every instant that comes back is in UTC. A *gap* is the stretch that clocks skip when they are put forward; a
*fold* is the stretch that they show twice when they are put back. The refusals speak plain English
with the values in `details`, for this floor knows no translations: a door words them by `code`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from clinic.rules.intervals import Span, in_utc
from clinic.rules.refusals import Refusal

ONE_DAY = timedelta(days=1)
ONE_MINUTE = timedelta(minutes=1)
ONE_SECOND = timedelta(seconds=1)
MIDNIGHT = time()
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)
"""What a person or a program may ask about: no visit lies further off, and every sum of days stays a date."""


class NoSuchTime(Refusal):
    """The clocks of the zone skip this time on this day.

    `details`: day, time, zone, and `first`, the instant at which the gap ends.
    """

    code = "no_such_time"


class AmbiguousTime(Refusal):
    """The clocks of the zone show this time twice on this day.

    `details`: day, time, zone, and `instants`, both of them.
    """

    code = "ambiguous_time"


@dataclass(frozen=True, slots=True)
class Lead:
    """How long before a start a message is due.

    Either `days` before, on the wall clock of the clinic: at the time of day `at`, or at the same time as the
    start where `at` is None (`days` may be 0 with a time of day). Or `hours` before, 1 to 23, elapsed.
    Raises ValueError for anything else.
    """

    days: int = 0
    at: time | None = None
    hours: int = 0

    def __post_init__(self) -> None:
        by_hours = 1 <= self.hours <= 23 and not self.days and self.at is None
        by_days = self.hours == 0 and (self.days >= 1 or (self.days == 0 and self.at is not None))
        if not (by_hours or by_days):
            raise ValueError("A lead is whole days with or without a time of day, or 1 to 23 hours.")


def resolve(day: date, at: time, zone: tzinfo, *, fold: int | None = None) -> datetime:
    """The instant at which the zone's clocks show this time on this day.

    Raises NoSuchTime in a gap. Raises AmbiguousTime in a fold, unless `fold` answers which is meant: 0 the
    first, 1 the second. This is for a time that a person typed; opening hours use `opening`.
    """
    first, second = _readings(day, at, zone)
    details: dict[str, object] = {"day": day, "time": at, "zone": str(zone)}
    if first > second:
        end = _change(second, first, zone)
        raise NoSuchTime(
            f"On {day} the clocks skip {at:%H:%M}. Choose a time from {end.astimezone(zone):%H:%M} on.",
            field="time",
            details={**details, "first": end},
        )
    if first < second and fold is None:
        raise AmbiguousTime(
            f"On {day} the clocks show {at:%H:%M} twice. Say whether you mean the first or the second.",
            field="time",
            details={**details, "instants": (first, second)},
        )
    return second if fold == 1 else first


def opening(day: date, at: time, zone: tzinfo, *, fold: int = 0) -> datetime:
    """The instant that opening hours mean by this time on this day; it never refuses.

    In a gap it is the end of the gap. In a fold it is the first instant for `fold` 0 (use it for starts) and
    the second for `fold` 1 (use it for ends), so that hours over a fold hold both.
    """
    first, second = _readings(day, at, zone)
    if first > second:
        return _change(second, first, zone)
    return second if fold else first


def beginning(day: date, at: time | None, zone: tzinfo) -> datetime:
    """When something that begins on this day begins; without a time at the first instant of the day.

    Raises NoSuchTime for a date that the zone left out whole.
    """
    return day_span(day, zone).start if at is None else opening(day, at, zone, fold=0)


def ending(day: date, at: time | None, zone: tzinfo) -> datetime:
    """When something that ends on this day ends; without a time at the last instant of the day.

    Raises NoSuchTime for a date that the zone left out whole.
    """
    return day_span(day, zone).end if at is None else opening(day, at, zone, fold=1)


def hours_span(day: date, opens: time, closes: time, zone: tzinfo) -> Span | None:
    """Opening hours of a day as a span, or None where a gap swallows them.

    Closing at 00:00 is the end of the day.
        Raises ValueError where closing is not after opening.
    """
    if closes != MIDNIGHT and closes <= opens:
        raise ValueError(f"Hours must close after they open: {opens} to {closes}.")
    start = opening(day, opens, zone, fold=0)
    end = opening(day, closes, zone, fold=1) if closes != MIDNIGHT else day_span(day, zone).end
    return Span(start, end) if start < end else None


def day_span(day: date, zone: tzinfo) -> Span:
    """The day from its first instant to the first of the next: 23 or 25 hours long where clocks change.

    Raises NoSuchTime for a date that the zone left out whole (Samoa, 30 December 2011).
    """
    start = opening(day, MIDNIGHT, zone, fold=0)
    end = opening(day + ONE_DAY, MIDNIGHT, zone, fold=0)
    if start >= end:
        raise NoSuchTime(
            f"The calendar of {zone} has no {day}. Choose another date.",
            field="day",
            details={"day": day, "zone": str(zone)},
        )
    return Span(start, end)


def days_span(first: date, last: date, zone: tzinfo) -> Span:
    """The days from the first to the last, both inclusive; a date that the zone left out whole adds nothing.

    Raises ValueError where that leaves no time at all.
    """
    return Span(opening(first, MIDNIGHT, zone), opening(last + ONE_DAY, MIDNIGHT, zone))


def is_near(day: date) -> bool:
    """Whether the date lies in the years 1900 to 2200, so that it may be asked about."""
    return FIRST_DAY <= day <= LAST_DAY


def local_day(instant: datetime, zone: tzinfo) -> date:
    """The date in the zone at this instant. Raises ValueError for a time without a zone."""
    return in_utc(instant).astimezone(zone).date()


def lead(start: datetime, *, days: int = 0, at: time | None = None, hours: int = 0, zone: tzinfo) -> datetime:
    """When a message with this lead is due for a visit that starts then; see `Lead` for what the parts mean.

    A wall-clock lead that falls in a gap is due at its end; one in a fold at the first of the two.
    """
    before = Lead(days=days, at=at, hours=hours)
    if before.hours:
        return in_utc(start) - timedelta(hours=before.hours)
    local = in_utc(start).astimezone(zone)
    at = local.time() if before.at is None else before.at
    return opening(local.date() - timedelta(days=before.days), at, zone, fold=0)


def quiet(due: datetime, *, quiet_from: time, quiet_to: time, zone: tzinfo) -> datetime:
    """The same instant, or, in quiet hours, the last minute before they begin; never later than it was.

    A minute before, because a message goes out a moment after it is due. Quiet hours are wall clock, from the
    first time up to but not including the second; they may pass midnight; equal times mean there are none.
    """
    due = in_utc(due)
    local = due.astimezone(zone)
    at, day = local.time(), local.date()
    begun, not_over = quiet_from <= at, at < quiet_to
    is_quiet = (begun and not_over) if quiet_from <= quiet_to else (begun or not_over)
    if not is_quiet:
        return due
    first_day = day if begun else day - ONE_DAY
    return opening(first_day, quiet_from, zone, fold=0) - ONE_MINUTE


def reminder_due(
    start: datetime,
    *,
    before: Lead,
    booked_at: datetime,
    quiet_hours: tuple[time, time] | None,
    zone: tzinfo,
) -> datetime | None:
    """When the reminder of a visit is due, or None where it is dropped.

    It is dropped where its lead is past at booking, where quiet hours move it to or before the booking, and
    where it would not come before the start. `quiet_hours` is from and to; None where the clinic has none.
    """
    due = lead(start, days=before.days, at=before.at, hours=before.hours, zone=zone)
    if due <= in_utc(booked_at) or due >= in_utc(start):
        return None
    if quiet_hours is not None:
        due = quiet(due, quiet_from=quiet_hours[0], quiet_to=quiet_hours[1], zone=zone)
    return due if due > in_utc(booked_at) else None


def changes(first: datetime, last: datetime, zone: tzinfo) -> list[datetime]:
    """The instants after the first, up to the last, at which the clocks are put forward or back, in order.

    Found by looking at every day and halving those on which the offset differs, so they are exact to the
    second; two changes within a day that cancel each other would be missed (no zone has had such a day
    since 1970).
    """
    found: list[datetime] = []
    before = in_utc(first)
    while before < in_utc(last):
        after = min(before + ONE_DAY, in_utc(last))
        if before.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            found.append(_change(before, after, zone))
        before = after
    return found


def _readings(day: date, at: time, zone: tzinfo) -> tuple[datetime, datetime]:
    """Both readings of a wall clock, as instants: equal mostly, ascending in a fold, descending in a gap."""
    wall = datetime.combine(day, at.replace(tzinfo=None), tzinfo=zone)
    return wall.replace(fold=0).astimezone(UTC), wall.replace(fold=1).astimezone(UTC)


def _change(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """The instant, to the second, at which the zone's offset changes between the two instants."""
    old = before.astimezone(zone).utcoffset()
    while after - before > ONE_SECOND:
        middle = before + (after - before) // ONE_SECOND // 2 * ONE_SECOND
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after
