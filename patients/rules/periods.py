"""Owns the stretches of dates over which a manager counts: named ones, what came before, and their weeks or days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

ONE_DAY = timedelta(days=1)
A_WEEK = 7
RECENT_WEEKS = 5
"""This week and the four before."""
LONGEST = 366
"""Days: a year."""
BY_DAY = 14
"""Up to so many days, each of them is a step of its own; beyond, a week is."""


class Kind(StrEnum):
    """How a period is chosen."""

    RECENT = "recent"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    DATES = "dates"


@dataclass(frozen=True)
class Period:
    """The dates from the first to the last, both inclusive. Raises ValueError where the last is before the first."""

    first: date
    last: date
    kind: Kind = Kind.DATES

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"A period must not end before it begins: {self.first} to {self.last}.")

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def length(self) -> int:
        """In days."""
        return (self.last - self.first).days + 1

    @property
    def days(self) -> list[date]:
        """Each of its dates."""
        return [self.first + ONE_DAY * n for n in range(self.length)]

    @property
    def before(self) -> Period:
        """The one that ends the day before: the month before a month, else as many days."""
        return self._beside(-1)

    @property
    def after(self) -> Period:
        """The one that begins the day after."""
        return self._beside(1)

    def steps(self) -> list[Period]:
        """Its days, where there are at most 14; else its weeks, of which the first and last may be cut."""
        if self.length <= BY_DAY:
            return [Period(day, day) for day in self.days]
        mondays = [day for day in self.days if day.weekday() == 0 or day == self.first]
        ends = [*(monday - ONE_DAY for monday in mondays[1:]), self.last]
        return [Period(first, last) for first, last in zip(mondays, ends, strict=True)]

    def compared(self, today: date) -> tuple[Period, Period]:
        """What of it can be judged, and what of the period before to judge it by.

        A period that runs is judged up to today, beside as many days of the one before: like with like.
        """
        if today not in self:
            return self, self.before
        past = (today - self.first).days
        before = self.before
        return Period(self.first, today), Period(
            before.first, min(before.first + ONE_DAY * past, before.last)
        )

    def _beside(self, way: int) -> Period:
        if self.kind in {Kind.MONTH, Kind.QUARTER}:
            return named(self.kind, self.last + ONE_DAY if way > 0 else self.first - ONE_DAY)
        shift = ONE_DAY * self.length * way
        return Period(self.first + shift, self.last + shift, self.kind)


def named(kind: Kind, day: date) -> Period:
    """The week (from Monday), month or quarter in which the day lies; the weeks that end with its own; else the day."""
    monday = day - ONE_DAY * day.weekday()
    match kind:
        case Kind.WEEK:
            return Period(monday, monday + ONE_DAY * 6, kind)
        case Kind.RECENT:
            return Period(monday - ONE_DAY * A_WEEK * (RECENT_WEEKS - 1), monday + ONE_DAY * 6, kind)
        case Kind.MONTH:
            return Period(day.replace(day=1), _last_of_month(day.year, day.month), kind)
        case Kind.QUARTER:
            first = 3 * ((day.month - 1) // 3) + 1
            return Period(date(day.year, first, 1), _last_of_month(day.year, first + 2), kind)
        case _:
            return Period(day, day)


def _last_of_month(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - ONE_DAY
