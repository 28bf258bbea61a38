"""Owns when somebody is there: weekly hours on real days, and the public holidays that close a clinic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from clinic.rules.intervals import Bounds
from clinic.rules.wallclock import hours_span


@dataclass(frozen=True, slots=True)
class Weekly:
    """A stretch of wall clock on one weekday (Monday is 0), in every, odd or even ISO weeks, between two dates."""

    weekday: int
    starts: time
    ends: time
    weeks: str = "every"
    valid_from: date = date.min
    valid_until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the rule speaks of this day."""
        if day.weekday() != self.weekday or day < self.valid_from:
            return False
        if self.valid_until is not None and day > self.valid_until:
            return False
        is_odd = day.isocalendar().week % 2 == 1
        return self.weeks == "every" or is_odd == (self.weeks == "odd")


def days(first: date, last: date) -> list[date]:
    """Every date from the first to the last, both inclusive; none where the last is before the first."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def spans(rules: Sequence[Weekly], on: Iterable[date], zone: ZoneInfo) -> list[Bounds]:
    """The rules on these days, as instants, in the order of the days; spans may overlap."""
    found = (_span(day, rule.starts, rule.ends, zone) for day in on for rule in rules if rule.holds_on(day))
    return [span for span in found if span is not None]


@lru_cache(maxsize=1024)
def public_holidays(country: str, region: str, year: int) -> frozenset[date]:
    """The public holidays of a year in a country (ISO 3166) and its region, by the library's calendar.

    An unknown region gives the holidays of the whole country, an unknown country none.
    """
    return frozenset(_calendar(country, region, (year,)))


def named_holidays(country: str, region: str, first: date, last: date) -> list[tuple[date, str]]:
    """Those public holidays from the first to the last day, both inclusive, in order, each with its English name."""
    found = _calendar(country, region, tuple(range(first.year, last.year + 1)))
    return [(day, name) for day, name in sorted(found.items()) if first <= day <= last]


def _calendar(country: str, region: str, years: tuple[int, ...]) -> dict[date, str]:
    regions = holidays.list_supported_countries().get(country)
    if regions is None:
        return {}
    subdivision = region if region in regions else None
    return dict(holidays.country_holidays(country, subdiv=subdivision, years=years, language="en_US"))


@lru_cache(maxsize=16_384)
def _span(day: date, opens: time, closes: time, zone: ZoneInfo) -> Bounds | None:
    """Cached, because colleagues share their hours and the search asks for each of them."""
    return hours_span(day, opens, closes, zone)
