"""Owns what is counted of visits and diaries, how counts add up, and the rates that follow from them."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from clinic.rules import wallclock
from clinic.rules.intervals import Bounds, runs

NO_SHOW_LIMIT = 10
"""Percent above which a rate is marked. Own proposal: outpatient physiotherapy reports some 10 to 15 %."""
NONE = timedelta()


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Visits by what became of them. `booked` are all that stand; `late` of the cancelled came after the notice."""

    booked: int = 0
    completed: int = 0
    cancelled: int = 0
    late: int = 0
    no_shows: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            **{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)}
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


@dataclass(frozen=True, kw_only=True)
class Totals:
    """All that is counted of some days and somebody or everybody."""

    visits: Tally = field(default_factory=Tally)
    use: Use = field(default_factory=Use)
    leads: Leads = field(default_factory=Leads)
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


def use_by_day(taken: Iterable[Bounds], open_spans: Iterable[Bounds], zone: ZoneInfo) -> dict[date, Use]:
    """One person's use of each date of the zone. A block counts once, however many sit in it.

    What of a block lies outside the open spans counts on the day on which the block begins.
    """
    there = list(runs(open_spans))
    ends = [end for _start, end in there]
    days: dict[date, Use] = defaultdict(Use)
    for span in there:
        for day, time in _by_day(span, zone):
            days[day] += Use(open=time)
    for start, end in taken:
        left = end - start
        for piece in _common(start, end, there, bisect_right(ends, start)):
            for day, time in _by_day(piece, zone):
                days[day] += Use(inside=time)
                left -= time
        if left:
            days[wallclock.local_day(start, zone)] += Use(outside=left)
    return days


def _common(start: datetime, end: datetime, there: list[Bounds], at: int) -> Iterator[Bounds]:
    """The parts of the stretch that lie in spans in order, of which the one at `at` is the first that may meet it."""
    while at < len(there) and there[at][0] < end:
        yield max(start, there[at][0]), min(end, there[at][1])
        at += 1


def _by_day(span: Bounds, zone: ZoneInfo) -> Iterator[tuple[date, timedelta]]:
    """The span cut at the midnights of the zone."""
    start, end = span
    while start < end:
        day = wallclock.local_day(start, zone)
        until = min(end, wallclock.day_span(day, zone).end)
        yield day, until - start
        start = until
