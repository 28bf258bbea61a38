"""Owns what today looks like on the desk: visits before, at and after this moment, in each status.

Times are minutes from now (rounded down to ten), so that the day is alive whenever the demo is loaded: in the evening
and on a Sunday by extra hours. In the first and last hour of a day, what would fall on its neighbour is left out.
"""

from datetime import datetime, timedelta

from clinic.models import TypeKind
from clinic.rules import wallclock
from patients.rules.lifecycle import Status
from programs.management.demo.start import ZONE

Line = tuple[int, TypeKind, Status]
INITIAL, FOLLOW_UP, VIDEO, CLASS = TypeKind.INITIAL, TypeKind.FOLLOW_UP, TypeKind.TELEHEALTH, TypeKind.CLASS

SCRIPTS: tuple[tuple[Line, ...], ...] = (
    (
        (-200, FOLLOW_UP, Status.COMPLETED),
        (-150, INITIAL, Status.COMPLETED),
        (-70, FOLLOW_UP, Status.CONFIRMED),  # past, and nobody has said how it ended: unresolved
        (-10, FOLLOW_UP, Status.IN_PROGRESS),
        (30, FOLLOW_UP, Status.ARRIVED),
        (80, INITIAL, Status.CONFIRMED),
        (150, FOLLOW_UP, Status.BOOKED),
        (190, VIDEO, Status.BOOKED),
    ),
    (
        (-190, INITIAL, Status.COMPLETED),
        (-110, FOLLOW_UP, Status.CANCELLED),
        (-70, FOLLOW_UP, Status.NO_SHOW),
        (-20, FOLLOW_UP, Status.IN_PROGRESS),
        (20, FOLLOW_UP, Status.BOOKED),
        (60, FOLLOW_UP, Status.CONFIRMED),
        (100, FOLLOW_UP, Status.CONFIRMED),
        (140, CLASS, Status.BOOKED),
    ),
    (
        (-130, FOLLOW_UP, Status.COMPLETED),
        (-90, FOLLOW_UP, Status.COMPLETED),
        (-50, FOLLOW_UP, Status.COMPLETED),
        (-10, FOLLOW_UP, Status.ARRIVED),
        (30, FOLLOW_UP, Status.CONFIRMED),
        (70, INITIAL, Status.CONFIRMED),
        (150, FOLLOW_UP, Status.CANCELLED),
        (190, FOLLOW_UP, Status.BOOKED),
    ),
)


def anchor(now: datetime) -> datetime:
    """This moment, down to ten minutes: the grid of the diary."""
    return now.replace(minute=now.minute // 10 * 10, second=0, microsecond=0)


def at(now: datetime, minutes: int, length: timedelta) -> datetime | None:
    """When a line of that offset begins; None where it, with what comes after it, leaves today."""
    begins = anchor(now) + timedelta(minutes=minutes)
    first, last = wallclock.day_span(wallclock.local_day(now, ZONE), ZONE)
    return begins if first <= begins and begins + length <= last else None
