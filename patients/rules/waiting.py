"""Owns whether a free slot fits a wish on the waitlist, and when somebody may be asked about it.

A wish means wall clocks: its weekdays and hours are those of the slot's clinic, and its hours hold as opening hours do
on a day on which the clocks change (`clinic.rules.wallclock`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from clinic.rules import wallclock
from clinic.rules.availability import Slot

SHORTEST_ANSWER = timedelta(minutes=10)
"""An offer that leaves less time than this to answer is none."""
BEFORE_THE_VISIT = timedelta(minutes=30)
"""An offer runs out at least so long before its visit: the patient has to come."""
ALL_WEEK = 0b1111111


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a wish asks of a slot. The visit lies on a day from `since` to `until`, both included, that is one of
    `weekdays` (bits, Monday the lowest), not before `earliest` and over by `latest`.

    Nobody named: anybody will do. No clinics: any clinic.
    """

    since: date
    until: date
    practitioner: UUID | None = None
    clinics: frozenset[UUID] = frozenset()
    weekdays: int = ALL_WEEK
    earliest: time | None = None
    latest: time | None = None


def fits(terms: Terms, slot: Slot, zone: ZoneInfo) -> bool:
    """Whether the slot, of the type that is wished for and at a clinic in this zone, is one that the wish means."""
    day = wallclock.local_day(slot.start, zone)
    return (
        terms.practitioner in {None, slot.practitioner_id}
        and (not terms.clinics or slot.clinic_id in terms.clinics)
        and terms.since <= day <= terms.until
        and bool(terms.weekdays >> day.weekday() & 1)
        and (terms.earliest is None or slot.start >= wallclock.beginning(day, terms.earliest, zone))
        and (terms.latest is None or slot.end <= wallclock.ending(day, terms.latest, zone))
    )


def offer_ends(now: datetime, start: datetime, hold: timedelta) -> datetime | None:
    """Until when a slot that starts then is held for an answer; None where there is too little time to ask."""
    until = min(now + hold, start - BEFORE_THE_VISIT)
    return until if until - now >= SHORTEST_ANSWER else None


def quiet_until(now: datetime, quiet_from: time, quiet_to: time, zone: ZoneInfo) -> datetime | None:
    """When the quiet hours are over in which this moment lies; None where it lies in none. They may pass midnight."""
    local = now.astimezone(zone)
    begun, not_over = local.time() >= quiet_from, local.time() < quiet_to
    is_quiet = (begun and not_over) if quiet_from <= quiet_to else (begun or not_over)
    if not is_quiet:
        return None
    day = local.date() if not_over else local.date() + timedelta(days=1)
    return wallclock.opening(day, quiet_to, zone)
