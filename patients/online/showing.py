"""How free times are laid out: a strip of days, and the times of one of them by part of the day."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from clinic.rules import wallclock
from patients.actions.choosing import DAYS, Day, Time

NOON, EVENING = 12, 17


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of the day with its times."""

    label: str
    times: list[Time]


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """The days, the one in view with its parts, and where the days before and after begin, if there are any.

    `first` is the first day where that is not today.
    """

    days: list[Day]
    first: date | None
    day: Day | None
    before: date | None
    after: date | None

    @property
    def parts(self) -> list[Part]:
        """Morning, afternoon, evening, on the clock that is in force; those without a time are left out."""
        times = self.day.times if self.day else []
        hours = [(timezone.localtime(time.start).hour, time) for time in times]
        parts = (
            Part(label=_("Morning"), times=[time for hour, time in hours if hour < NOON]),
            Part(label=_("Afternoon"), times=[time for hour, time in hours if NOON <= hour < EVENING]),
            Part(label=_("Evening"), times=[time for hour, time in hours if hour >= EVENING]),
        )
        return [part for part in parts if part.times]


def day(text: str) -> date | None:
    """The date that an address names; None for anything else, or one outside the years 1900 to 2200."""
    try:
        named = parse_date(text)
    except ValueError:
        return None
    return named if named and wallclock.is_near(named) else None


def calendar(days: list[Day], chosen: date | None, *, today: date, horizon: int) -> Calendar:
    """The days with one in view: the chosen one, else the first that has a free time."""
    named = next((each for each in days if each.date == chosen), None)
    first, last = days[0].date, days[-1].date
    return Calendar(
        days=days,
        first=first if first > today else None,
        day=named or next((each for each in days if each.times), None),
        before=max(first - timedelta(days=DAYS), today) if first > today else None,
        after=last + timedelta(days=1) if last < today + timedelta(days=horizon) else None,
    )
