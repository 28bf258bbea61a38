"""Ten zones, ten years, every day on which clocks change; and rules of a zone that are changed by law.

`TIME_VISITS` in the environment says how many visits of chance are told (`bench clocks` asks for 100,000).
"""

import os
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from io import BytesIO
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.template import Context, Template
from django.utils import timezone

from clinic.models import Clinic
from clinic.rules import hours, ics, slots, wallclock
from clinic.rules.hours import Weekly
from clinic.rules.intervals import Span
from patients.api.serializers import ConsultationOut
from patients.models import Consultation

ZONES = tuple(
    map(
        ZoneInfo,
        (
            "Europe/Berlin", "Europe/London", "America/New_York", "America/St_Johns", "America/Sao_Paulo",
            "Africa/Casablanca", "Asia/Kolkata", "Asia/Tehran", "Australia/Lord_Howe", "Pacific/Chatham",
        ),
    )
)  # fmt: skip
"""North and south; by an hour and by half of one; twice for Ramadan; changes that law ended; none at all."""
DECADE = Span(datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
QUARTER = timedelta(minutes=15)
SHAPE = slots.Shape(duration=2 * QUARTER, step=QUARTER)
VISITS, AT_ONCE = int(os.environ.get("TIME_VISITS", "100")), 50


@cache
def changed(zone: ZoneInfo) -> list[datetime]:
    """Every change of the clocks."""
    return wallclock.changes(*DECADE, zone)


def test_the_zones_differ_in_how_they_change_their_clocks() -> None:
    often = {zone.key: len(changed(zone)) for zone in ZONES}
    assert [name for name, times in often.items() if times == 0] == ["America/Sao_Paulo", "Asia/Kolkata"]
    assert sum(times == 20 for times in often.values()) == 6, "twice in each of the ten years"


@pytest.mark.assures("TZ-01", "TZ-02")
@pytest.mark.parametrize("zone", ZONES, ids=lambda zone: zone.key)
def test_around_each_change_slots_lie_on_the_wall_clock_and_come_back_from_it(zone: ZoneInfo) -> None:
    """Open all day: the starts are every quarter of an hour that the clocks show, each as often as they show it."""
    always = [Weekly(day, time(0), time(0)) for day in range(7)]
    for change in changed(zone):
        on = wallclock.local_day(change - wallclock.ONE_SECOND, zone)
        for day in hours.days(on - wallclock.ONE_DAY, on + wallclock.ONE_DAY):
            whole = wallclock.day_span(day, zone)
            opened = hours.spans(always, [day], zone)
            found = list(slots.iter_free(open_spans=opened, busy=[], shape=SHAPE, window=whole))
            assert len(found) == (whole.end - whole.start) // QUARTER - 1
            for start in found:
                local = start.astimezone(zone)
                assert local.date() == day
                assert wallclock.resolve(day, local.time(), zone, fold=local.fold) == start


@pytest.mark.assures("TZ-01")
@pytest.mark.parametrize("zone", ZONES, ids=lambda zone: zone.key)
def test_around_each_change_a_day_of_work_and_a_reminder_keep_their_time(zone: ZoneInfo) -> None:
    for change in changed(zone):
        on = wallclock.local_day(change, zone)
        for day in hours.days(on - wallclock.ONE_DAY, on + wallclock.ONE_DAY):
            worked = wallclock.hours_span(day, time(9), time(17), zone)
            assert worked is not None
            assert [each.astimezone(zone).time() for each in worked] == [time(9), time(17)]
            due = wallclock.lead(worked.start, days=1, zone=zone).astimezone(zone)
            assert (due.date(), due.time()) == (day - wallclock.ONE_DAY, time(9))


MAIL = Template("{{ start|date:'Y-m-d H:i' }}")
PAGE = Template("{% load tz %}{% timezone zone %}{{ start|date:'Y-m-d H:i' }}{% endtimezone %}")


@pytest.mark.assures("TZ-03")
@pytest.mark.timeout(3600)
def test_visits_of_chance_are_told_the_same_by_page_mail_calendar_and_api() -> None:
    chance, wrong = Random(11), 0  # noqa: S311 - the same each time
    for _ in range(0, VISITS, AT_ONCE):
        visits = {str(number): visit(chance) for number in range(AT_ONCE)}
        shown = in_a_calendar(visits)
        wrong += sum(not told_alike(each, shown[uid]) for uid, each in visits.items())
    print(f"{VISITS} visits, {wrong} told otherwise")  # noqa: T201 - the bench reads it
    assert wrong == 0


def test_a_visit_that_is_told_an_hour_off_is_seen() -> None:
    one = visit(Random(11))  # noqa: S311 - as above
    [shown] = in_a_calendar({"1": one}).values()
    assert told_alike(one, shown)
    assert not told_alike(one, shown + timedelta(hours=1))


def visit(chance: Random) -> Consultation:
    """At a quarter of an hour of the decade; half of them within a day of a change."""
    zone = chance.choice(ZONES)
    start = DECADE.start + chance.randrange((DECADE.end - DECADE.start) // QUARTER) * QUARTER
    if changed(zone) and chance.random() < 0.5:
        start = chance.choice(changed(zone)) + chance.randrange(-96, 96) * QUARTER
    return Consultation(start=start, end=start + QUARTER, clinic=Clinic(time_zone=zone.key))


def told_alike(one: Consultation, shown: datetime) -> bool:
    """Whether page, mail and API tell what the calendar has shown, and that is what the clock on the wall shows."""
    local = one.start.astimezone(one.clinic.zone)
    page = PAGE.render(Context({"zone": one.clinic.zone, "start": one.start}))
    with timezone.override(one.clinic.zone):  # as `sending` writes a mail
        mail = MAIL.render(Context({"start": one.start}))
    api = datetime.fromisoformat(ConsultationOut().get_start(one))
    return (
        page == mail == f"{local:%Y-%m-%d %H:%M}"
        and api == one.start == shown.astimezone(UTC)
        and api.utcoffset() == local.utcoffset()
    )


def in_a_calendar(visits: dict[str, Consultation]) -> dict[str, datetime]:
    """When each begins, as a reader of a calendar file sees it."""
    events = [
        ics.Event(
            uid=uid, sequence=0, start=each.start, end=each.end, zone=each.clinic.zone, summary="Appointment",
            location="", description="", organizer_name="Riverside", organizer_email="riverside@example.org",
            attendee_email="", cancelled=False, stamp=DECADE.start,
        )
        for uid, each in visits.items()
    ]  # fmt: skip
    found: list[Any] = icalendar.Calendar.from_ical(ics.feed(events, name="Visits")).walk("VEVENT")
    return {str(event["UID"]): event["DTSTART"].dt for event in found}


def by_law(rule: str) -> ZoneInfo:
    """A zone as a release of the time zone data would describe it, by a rule of POSIX."""
    header = b"TZif2" + bytes(15) + b"".join(n.to_bytes(4, "big") for n in (0, 0, 0, 0, 1, 4))
    block = bytes(6) + b"LMT\0"
    return ZoneInfo.from_file(BytesIO((header + block) * 2 + f"\n{rule}\n".encode()), key="Europe/Berlin")


@pytest.mark.assures("TZ-04")
def test_hours_slots_and_leads_stay_on_the_wall_clock_when_the_law_changes_it() -> None:
    """The data of before, with summer time; and two of after: winter time for ever, summer time for ever."""
    before, winter, summer = by_law("CET-1CEST,M3.5.0,M10.5.0/3"), by_law("CET-1"), by_law("CEST-2")
    july, march = date(2027, 7, 1), date(2027, 3, 29)
    weekly = [Weekly(day, time(9), time(17)) for day in range(7)]
    instants = set()
    for zone in (before, winter, summer):
        for day in (july, march):
            opened = hours.spans(weekly, [day], zone)
            window = wallclock.day_span(day, zone)
            found = list(slots.iter_free(open_spans=opened, busy=[], shape=SHAPE, window=window))
            assert (found[0].astimezone(zone).time(), found[-1].astimezone(zone).time()) == (
                time(9),
                time(16, 30),
            )
            due = wallclock.lead(found[0], days=1, zone=zone).astimezone(zone)
            assert (due.date(), due.time()) == (day - wallclock.ONE_DAY, time(9))
            instants.add((day, found[0]))
    assert len(instants) == 4, "the instants are others: it is the clock on the wall that is kept"
