"""The sheets, the slots, the diary and the list of the weekly rules tell one truth on every kind of day."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest

from clinic.actions import opening_hours, rostering, scheduling, searching, timetable
from clinic.actions.scheduling import Placed
from clinic.actions.searching import SlotQuery
from clinic.models import Clinic, ConsultationType, HoursException, Practitioner, User
from clinic.rules.hours import days
from clinic.rules.intervals import Bounds, merge
from clinic.rules.week import Stretch

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
NIGHT = Stretch(6, time(1), time(5))
"""Sundays over the hour that clocks skip or show twice."""
WORK = (
    NIGHT,
    Stretch(0, time(9), time(13), "odd"),
    Stretch(0, time(12), time(16), "even"),
    *(Stretch(day, time(9), time(17)) for day in range(1, 6)),
)
OPEN = (Stretch(6, time(0), time(6)), *(Stretch(day, time(8), time(12)) for day in range(6)),
        *(Stretch(day, time(13), time(18)) for day in range(6)))  # fmt: skip
SPRING = ("BE", date(2026, 3, 24), date(2026, 4, 8), date(2026, 4, 3))
AUTUMN = ("BB", date(2026, 10, 20), date(2026, 11, 5), date(2026, 10, 31))
"""Region, days, and a holiday among them: Good Friday everywhere, Reformation Day in Brandenburg alone."""


def minutes(spans: Iterable[Bounds]) -> set[datetime]:
    """Every minute of the spans."""
    return {start + n * MINUTE for start, end in spans for n in range((end - start) // MINUTE)}


def told_by_the_sheets(
    clinic: Clinic, first: date, last: date, closed: set[date], extra: Bounds
) -> Iterator[datetime]:
    """Minute by minute: the clock on the wall lies in a stretch of both sheets on no holiday, or it is extra."""
    at = datetime.combine(first, time(), UTC) - timedelta(hours=3)
    while at < datetime.combine(last, time(), UTC) + timedelta(days=1):
        wall = at.astimezone(clinic.zone)
        weeks = "odd" if wall.date().isocalendar().week % 2 else "even"
        works, is_open = (
            any(
                each.weekday == wall.weekday()
                and each.starts <= wall.time() < each.ends
                and each.weeks in {"every", weeks}
                for each in sheet
            )
            for sheet in (WORK, OPEN)
        )
        if first <= wall.date() <= last and (
            (works and is_open and wall.date() not in closed) or extra[0] <= at < extra[1]
        ):
            yield at
        at += MINUTE


@pytest.mark.assures("BO-01", "BO-08", "TZ-01")
@pytest.mark.parametrize("window", [SPRING, AUTUMN], ids=["spring", "autumn"])
def test_a_clock_change_alternate_weeks_a_regions_holiday_and_extra_hours_are_one_truth(
    riverside: Clinic, mira: Practitioner, follow_up: ConsultationType, noor: User, now: datetime,
    window: tuple[str, date, date, date],
) -> None:  # fmt: skip
    region, first, last, holiday = window
    riverside.region = region
    riverside.save()
    today = now.date()
    opening_hours.save(
        sheet=opening_hours.Sheet(
            clinic=riverside, since=today, hours=frozenset(OPEN), keeps_public_holidays=True, slot_step_min=10,
            stamp=opening_hours.stamp(clinic=riverside),
        ),
        by=noor,
        now=now,
    )  # fmt: skip
    scheduling.save(
        sheet=scheduling.Sheet(
            practitioner=mira, since=today, hours=frozenset(Placed(riverside.pk, each) for each in WORK),
            stamp=scheduling.stamp(practitioner=mira),
        ),
        by=noor,
        now=now,
    )  # fmt: skip
    riverside.refresh_from_db()
    ten = datetime.combine(holiday, time(10), riverside.zone).astimezone(UTC)
    extra = ten, ten + timedelta(hours=2)
    HoursException.objects.create(
        kind="extra", practitioner=mira, clinic=riverside, start=extra[0], end=extra[1]
    )
    follow_up.horizon_days = 365
    follow_up.save()

    closed = {day for day, _name in opening_hours.holidays_to_come(clinic=riverside, now=now)}
    assert holiday in closed
    told = set(told_by_the_sheets(riverside, first, last, closed, extra))
    query = SlotQuery(type=follow_up, first=first, last=last, practitioner=mira, clinic=riverside)
    slots = searching.free_starts(query=query, now=now)
    assert minutes(merge((slot.start, slot.end) for slot in slots)) == told
    pair = mira.pk, riverside.pk
    assert minutes(timetable.regular(pairs=[pair], first=first, last=last)[pair]) == told
    rosters = rostering.rosters(clinic=riverside, on=days(first, last), now=now, people=[mira])
    assert minutes(span for duties in rosters.values() for duty in duties for span in duty.spans) == told
