"""Where a demo starts from: its seed, its moment and its size, and the chance and identities that follow from them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from clinic.rules import wallclock
from clinic.rules.hours import days, public_holidays

ZONE_NAME = "Europe/Berlin"
ZONE = ZoneInfo(ZONE_NAME)
COUNTRY, REGION = "DE", "BE"
HISTORY = timedelta(days=28)
TO_COME = timedelta(days=28)


@dataclass(frozen=True, kw_only=True)
class Start:
    """The same seed, day and size give the same demo; of the hour depends only where today's visits stand."""

    seed: int
    now: datetime
    patients: int

    @cached_property
    def today(self) -> date:
        """The day on the clinics' clocks."""
        return wallclock.local_day(self.now, ZONE)

    @property
    def days(self) -> list[date]:
        """All days of the diary: four weeks back and four to come."""
        return days(self.today - HISTORY, self.today + TO_COME)

    def day(self, offset: int) -> date:
        """The day so many days from today."""
        return self.today + timedelta(days=offset)

    def is_working_day(self, day: date) -> bool:
        """Whether the clinics are open by their weekly rules: no weekend, no public holiday."""
        return day.weekday() < 5 and day not in public_holidays(COUNTRY, REGION, day.year)

    def chance(self, what: str) -> Random:
        """A stream of chance of its own, so that one part of the demo does not shift another."""
        return Random(f"{self.seed}:{what}")  # noqa: S311 - it makes data to look at, no secret

    def ids(self, what: str) -> Iterator[UUID]:
        """UUIDv7s (RFC 9562, 5.7) that follow from the seed and the day."""
        chance = self.chance(f"ids of {what}")
        first = int(
            datetime(self.today.year, self.today.month, self.today.day, tzinfo=ZONE).timestamp() * 1000
        )
        while True:
            number = first << 80 | 7 << 76 | chance.getrandbits(12) << 64 | 2 << 62 | chance.getrandbits(62)
            yield UUID(int=number)
            first += 1
