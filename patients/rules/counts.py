"""Owns what is counted of visits and diaries, how counts add up, and the rates that follow from them."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from clinic.rules import wallclock
from clinic.rules.intervals import Bounds, runs

NO_SHOW_LIMIT = 10
"""Percent above which a rate is marked. Own proposal: outpatient physiotherapy reports some 10 to 15 %."""
NONE = timedelta()

Stretch = tuple[int, int]
"""From and to, in seconds since 1970 (POSIX)."""
Midnight = tuple[int, date]
"""When a day begins, in seconds since 1970, and which it is."""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Visits by what became of them. `booked` are all that stand; `late` of the cancelled came after the notice."""

    booked: int = 0
    completed: int = 0
    cancelled: int = 0
    late: int = 0
    no_shows: int = 0

    def __add__(self, other: Tally) -> Tally:
        if other is NO_VISITS:
            return self
        return Tally(
            booked=self.booked + other.booked,
            completed=self.completed + other.completed,
            cancelled=self.cancelled + other.cancelled,
            late=self.late + other.late,
            no_shows=self.no_shows + other.no_shows,
        )

    @property
    def no_show_rate(self) -> int | None:
        """No-shows in percent of the visits whose end is known; None where none is."""
        return percent(self.no_shows, self.completed + self.no_shows)

    @property
    def cancellation_rate(self) -> int | None:
        """Cancelled visits in percent of all that were ever booked for these days; a moved one is no cancelled one."""
        return percent(self.cancelled, self.booked + self.cancelled)

    @property
    def is_high(self) -> bool:
        """Whether the no-show rate asks for attention."""
        return (self.no_show_rate or 0) > NO_SHOW_LIMIT


@dataclass(frozen=True, kw_only=True)
class Use:
    """Diary time: taken within the hours that are open for booking, taken outside them, and open; buffers included."""

    inside: timedelta = NONE
    outside: timedelta = NONE
    open: timedelta = NONE

    def __add__(self, other: Use) -> Use:
        if other is NO_USE:
            return self
        return Use(
            inside=self.inside + other.inside,
            outside=self.outside + other.outside,
            open=self.open + other.open,
        )

    @property
    def percent(self) -> int | None:
        """Utilisation: taken ÷ open. Above 100 only by the second lane; None where nothing was open."""
        return round(100 * (self.inside / self.open)) if self.open else None


@dataclass(frozen=True)
class Leads:
    """How many first consultations were waited for how many days, from booking to coming."""

    by_days: Counter[int] = field(default_factory=Counter)

    def __add__(self, other: Leads) -> Leads:
        if other is NO_LEADS:
            return self
        return Leads(self.by_days + other.by_days)

    @property
    def count(self) -> int:
        """How many there were."""
        return self.by_days.total()

    def within(self, share: float) -> int | None:
        """Days within which this share of them came (nearest rank, so it is a wait that somebody had); None of none."""
        reached, wanted = 0, share * self.count
        for days in sorted(self.by_days):
            reached += self.by_days[days]
            if reached >= wanted:
                return days
        return None

    @property
    def median(self) -> int | None:
        """Days within which half of them came."""
        return self.within(0.5)

    @property
    def most(self) -> int | None:
        """Days within which nine of ten came."""
        return self.within(0.9)


NO_VISITS, NO_USE, NO_LEADS = Tally(), Use(), Leads()
"""One object each, so that thousands of days without any are added up for nothing."""


@dataclass(frozen=True, kw_only=True)
class Totals:
    """All that is counted of some days and somebody or everybody."""

    visits: Tally = NO_VISITS
    use: Use = NO_USE
    leads: Leads = NO_LEADS
    new_patients: int = 0

    def __add__(self, other: Totals) -> Totals:
        return Totals(
            visits=self.visits + other.visits,
            use=self.use + other.use,
            leads=self.leads + other.leads,
            new_patients=self.new_patients + other.new_patients,
        )


def percent(part: int, whole: int) -> int | None:
    """Whole percent; None of nothing."""
    return round(100 * part / whole) if whole else None


def midnights(days: Sequence[date], zone: ZoneInfo) -> list[Midnight]:
    """When each of the days begins in the zone, and the day after the last of them, which ends it."""
    return [
        (int(wallclock.opening(day, wallclock.MIDNIGHT, zone).timestamp()), day)
        for day in (*days, days[-1] + wallclock.ONE_DAY)
    ]


def use_by_day(
    taken: Iterable[Stretch], open_spans: Iterable[Bounds], days: Sequence[Midnight]
) -> dict[date, Use]:
    """One person's use of each of the days but the last, as `midnights` gives them; a block counts once, however full.

    What of a block lies outside the open spans counts on the day on which the block begins. Each block begins in the
    days, and the open spans lie in them. Whole seconds throughout: a year of a diary is read in one go.
    """
    begins = [second for second, _day in days]
    there = [(int(start.timestamp()), int(end.timestamp())) for start, end in runs(open_spans)]
    ends = [end for _start, end in there]
    opened, inside, outside = ([0] * (len(days) - 1) for _ in range(3))
    for span in there:
        _spread(opened, span, begins)
    for start, end in taken:
        left, at = end - start, bisect_right(ends, start)
        while at < len(there) and there[at][0] < end:
            piece = max(start, there[at][0]), min(end, there[at][1])
            _spread(inside, piece, begins)
            left -= piece[1] - piece[0]
            at += 1
        if left:
            outside[bisect_right(begins, start) - 1] += left
    return {
        day: Use(inside=_time(within), outside=_time(beyond), open=_time(whole))
        for (_second, day), within, beyond, whole in zip(days, inside, outside, opened, strict=False)
        if within or beyond or whole
    }


def _spread(over: list[int], stretch: Stretch, begins: Sequence[int]) -> None:
    """Adds the stretch to the days in which it lies."""
    start, end = stretch
    at = bisect_right(begins, start) - 1
    while start < end:
        until = min(end, begins[at + 1])
        over[at] += until - start
        start, at = until, at + 1


def _time(seconds: int) -> timedelta:
    return timedelta(seconds=seconds)
