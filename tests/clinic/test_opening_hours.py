"""When a clinic is open, and the sheet on which it is set."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from clinic.actions import opening_hours, rostering, searching, timetable
from clinic.actions.opening_hours import Sheet
from clinic.actions.searching import SlotQuery
from clinic.admin.weekly import cell_name
from clinic.models import Clinic, ConsultationType, OpeningHours, Practitioner, User
from clinic.rules.week import Stretch
from tests.doors import browser

pytestmark = pytest.mark.django_db

HIDDEN = re.compile(r'name="(stamp|seen)" value="(\w*)"')
TODAY, NEXT = date(2026, 3, 17), date(2026, 4, 6)
"""A Tuesday, and a Monday three weeks on."""
MONDAYS = Stretch(0, time(9), time(13))


@pytest.fixture(autouse=True)
def tuesday(now: datetime) -> Iterator[None]:
    """Pages read the clock themselves."""
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def manager(noor: User) -> Client:
    """Noor's browser."""
    return browser(noor)


def sheet(clinic: Clinic, *hours: Stretch, **given: Any) -> Sheet:
    """As the page makes it, all else as it is."""
    told: dict[str, Any] = {
        "since": TODAY, "keeps_public_holidays": clinic.keeps_public_holidays, "slot_step_min": clinic.slot_step_min,
        "stamp": opening_hours.stamp(clinic=clinic), **given,
    }  # fmt: skip
    return Sheet(clinic=clinic, hours=frozenset(hours), **told)


def test_it_replaces_the_week_and_the_settings(riverside: Clinic, noor: User, now: datetime) -> None:
    opening_hours.save(
        sheet=sheet(riverside, MONDAYS, keeps_public_holidays=True, slot_step_min=15), by=noor, now=now
    )
    riverside.refresh_from_db()
    assert opening_hours.stretches(clinic=riverside, on=TODAY) == {MONDAYS}
    assert (riverside.keeps_public_holidays, riverside.slot_step_min) == (True, 15)


def test_an_end_moves_while_the_start_stays(riverside: Clinic, noor: User, now: datetime) -> None:
    """One row a start: the old one has to go before the new one comes."""
    opening_hours.save(sheet=sheet(riverside, MONDAYS), by=noor, now=now)
    longer = MONDAYS._replace(ends=time(14))
    planned = opening_hours.save(sheet=sheet(riverside, longer), by=noor, now=now)
    assert planned.week.begins == {longer}
    assert not planned.week.ends
    assert [opening_hours.stretch(row) for row in planned.week.dropped] == [MONDAYS]
    assert opening_hours.stretches(clinic=riverside, on=TODAY) == {longer}


def test_it_holds_from_its_day_and_what_is_over_stays(
    riverside: Clinic, mira: Practitioner, follow_up: ConsultationType, noor: User, now: datetime
) -> None:
    """The slots, the roster and the list of the weekly rules all read the same days."""
    before = opening_hours.stretches(clinic=riverside, on=TODAY)
    opening_hours.save(sheet=sheet(riverside, MONDAYS, since=NEXT), by=noor, now=now)
    day_before = NEXT - timedelta(days=1)
    assert opening_hours.stretches(clinic=riverside, on=day_before) == before
    assert opening_hours.stretches(clinic=riverside, on=NEXT) == {MONDAYS}
    last_week, first_week = (now + timedelta(days=13), now + timedelta(days=20))
    for at, hours in ((last_week, (8, 17)), (first_week, (9, 13))):  # both Mondays
        day = at.date()
        query = SlotQuery(type=follow_up, first=day, last=day, practitioner=mira)
        found = searching.free_starts(query=query, now=now)
        span = rostering.roster(clinic=riverside, day=day, now=now)[0].spans[0]
        rules = timetable.regular(pairs=[(mira.pk, riverside.pk)], first=day, last=day)
        assert rules[mira.pk, riverside.pk] == [span]
        clocks = [found[0].start, found[-1].end, *span]
        assert [each.astimezone(riverside.zone).hour for each in clocks] == [*hours, *hours]


def test_a_later_sheet_takes_the_place_of_one_that_was_entered_before(
    riverside: Clinic, noor: User, now: datetime
) -> None:
    opening_hours.save(sheet=sheet(riverside, MONDAYS, since=NEXT), by=noor, now=now)
    tuesdays = MONDAYS._replace(weekday=1)
    planned = opening_hours.save(sheet=sheet(riverside, tuesdays), by=noor, now=now)
    assert [row.valid_from for row in planned.week.dropped] == [NEXT]
    assert opening_hours.stretches(clinic=riverside, on=NEXT) == {tuesdays}


def test_the_database_keeps_one_opening_a_start_on_a_day(riverside: Clinic) -> None:
    monday = riverside.opening_hours.get(weekday=0)
    again = OpeningHours(clinic=riverside, weekday=0, opens=monday.opens, closes=time(12), valid_from=TODAY)
    with pytest.raises(IntegrityError, match="one_opening_a_start_at_a_time"), transaction.atomic():
        again.save()
    riverside.opening_hours.update(valid_until=TODAY - timedelta(days=1))
    again.save()
    again.valid_until = date(2026, 3, 1)
    with pytest.raises(IntegrityError, match="opening_until_after_from"), transaction.atomic():
        again.save()


def test_a_plan_writes_nothing_and_says_when_nothing_changes(
    riverside: Clinic, noor: User, now: datetime
) -> None:
    before = opening_hours.stretches(clinic=riverside, on=TODAY)
    assert opening_hours.plan(sheet=sheet(riverside, MONDAYS), by=noor, now=now).week.ends
    assert opening_hours.stretches(clinic=riverside, on=TODAY) == before
    assert opening_hours.plan(sheet=sheet(riverside, *before), by=noor, now=now).is_empty


def test_the_second_of_two_managers_is_told(riverside: Clinic, noor: User, now: datetime) -> None:
    seen = opening_hours.stamp(clinic=riverside)
    opening_hours.save(sheet=sheet(riverside, MONDAYS, stamp=seen), by=noor, now=now)
    with pytest.raises(opening_hours.Changed):
        opening_hours.save(sheet=sheet(riverside, stamp=seen), by=noor, now=now)
    assert opening_hours.stretches(clinic=riverside, on=TODAY) == {MONDAYS}


def test_bad_sheets_are_refused(riverside: Clinic, old_town: Clinic, noor: User, now: datetime) -> None:
    with pytest.raises(opening_hours.Overlap, match=r"Monday: 09:00-13:00 overlaps 12:00-15:00\."):
        opening_hours.plan(sheet=sheet(riverside, MONDAYS, Stretch(0, time(12), time(15))), by=noor, now=now)
    for step in (4, 61):
        with pytest.raises(opening_hours.StepUnlikely):
            opening_hours.plan(sheet=sheet(riverside, MONDAYS, slot_step_min=step), by=noor, now=now)
    yesterday = TODAY - timedelta(days=1)
    with pytest.raises(opening_hours.PastDay, match="Choose today or a later day"):
        opening_hours.plan(sheet=sheet(riverside, MONDAYS, since=yesterday), by=noor, now=now)
    with pytest.raises(opening_hours.NotYours):
        opening_hours.plan(sheet=sheet(old_town, MONDAYS), by=noor, now=now)


def test_the_holidays_of_twelve_months_have_names(riverside: Clinic, now: datetime) -> None:
    found = opening_hours.holidays_to_come(clinic=riverside, now=now)
    assert (date(2026, 4, 3), "Good Friday") in found
    assert (date(2027, 1, 1), "New Year's Day") in found
    assert all(date(2026, 3, 17) <= day <= date(2027, 3, 17) for day, _name in found)
    riverside.country = "XX"
    assert opening_hours.holidays_to_come(clinic=riverside, now=now) == []


def test_the_page_shows_what_changes_and_saves_it_when_it_is_sent_again(
    manager: Client, riverside: Clinic
) -> None:
    url = reverse("admin:opening", args=[riverside.pk])
    first = manager.get(url)
    assert "Good Friday" in first.content.decode()
    sent = {
        cell_name(riverside.pk, "every", 0): "9-13", "since": "2026-04-06", "slot_step_min": "15",
        "keeps_public_holidays": "on",
    }  # fmt: skip
    shown = manager.post(url, {**sent, **dict(HIDDEN.findall(first.content.decode()))})
    page = shown.content.decode()
    for words in (
        "What changes",
        "09:00-13:00",
        "until Sun 5 Apr 2026",
        "from Mon 6 Apr 2026",
        "every 15 min",
        "Public holidays",
    ):
        assert words in page
    saved = manager.post(url, {**sent, **dict(HIDDEN.findall(page))})
    assert saved["Location"] == url, "nobody is booked, so nothing stands outside"
    assert opening_hours.stretches(clinic=riverside, on=NEXT) == {MONDAYS}


def test_the_sheet_opens_with_tomorrow_where_hours_hold_and_with_today_where_none_do(
    manager: Client, riverside: Clinic
) -> None:
    url = reverse("admin:opening", args=[riverside.pk])
    assert 'value="2026-03-18"' in manager.get(url).content.decode()
    riverside.opening_hours.all().delete()
    assert 'value="2026-03-17"' in manager.get(url).content.decode()


def test_a_day_that_is_over_is_refused_beside_its_field(manager: Client, riverside: Clinic) -> None:
    url = reverse("admin:opening", args=[riverside.pk])
    hidden = dict(HIDDEN.findall(manager.get(url).content.decode()))
    answer = manager.post(url, {"since": "2026-03-16", "slot_step_min": "10", **hidden})
    assert answer.status_code == 422
    assert "Choose today or a later day" in str(answer.context["form"].errors["since"])


def test_the_sheet_is_the_managers_alone(
    manager: Client, riverside: Clinic, old_town: Clinic, hedda: User, mira: Practitioner
) -> None:
    for user in (hedda, mira.user):
        assert browser(user).get(reverse("admin:opening", args=[riverside.pk])).status_code == 403
    assert manager.get(reverse("admin:opening", args=[old_town.pk])).status_code == 403
