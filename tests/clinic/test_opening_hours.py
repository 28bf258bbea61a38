"""When a clinic is open, and the sheet on which it is set."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from clinic.actions import opening_hours
from clinic.actions.opening_hours import Sheet
from clinic.admin.weekly import cell_name
from clinic.models import Clinic, Practitioner, User
from clinic.rules.week import Stretch
from tests.doors import browser

pytestmark = pytest.mark.django_db

HIDDEN = re.compile(r'name="(stamp|seen)" value="(\w*)"')
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
        "keeps_public_holidays": clinic.keeps_public_holidays, "slot_step_min": clinic.slot_step_min,
        "stamp": opening_hours.stamp(clinic=clinic), **given,
    }  # fmt: skip
    return Sheet(clinic=clinic, hours=frozenset(hours), **told)


def test_it_replaces_the_week_and_the_settings(riverside: Clinic, noor: User) -> None:
    opening_hours.save(sheet=sheet(riverside, MONDAYS, keeps_public_holidays=True, slot_step_min=15), by=noor)
    riverside.refresh_from_db()
    assert opening_hours.stretches(clinic=riverside) == {MONDAYS}
    assert (riverside.keeps_public_holidays, riverside.slot_step_min) == (True, 15)


def test_an_end_moves_while_the_start_stays(riverside: Clinic, noor: User) -> None:
    """One row a start: the old one has to go before the new one comes."""
    opening_hours.save(sheet=sheet(riverside, MONDAYS), by=noor)
    longer = MONDAYS._replace(ends=time(14))
    planned = opening_hours.save(sheet=sheet(riverside, longer), by=noor)
    assert (planned.goes, planned.comes) == ([MONDAYS], [longer])
    assert opening_hours.stretches(clinic=riverside) == {longer}


def test_a_plan_writes_nothing_and_says_when_nothing_changes(riverside: Clinic, noor: User) -> None:
    before = opening_hours.stretches(clinic=riverside)
    assert opening_hours.plan(sheet=sheet(riverside, MONDAYS), by=noor).goes
    assert opening_hours.stretches(clinic=riverside) == before
    assert opening_hours.plan(sheet=sheet(riverside, *before), by=noor).is_empty


def test_the_second_of_two_managers_is_told(riverside: Clinic, noor: User) -> None:
    seen = opening_hours.stamp(clinic=riverside)
    opening_hours.save(sheet=sheet(riverside, MONDAYS, stamp=seen), by=noor)
    with pytest.raises(opening_hours.Changed):
        opening_hours.save(sheet=sheet(riverside, stamp=seen), by=noor)
    assert opening_hours.stretches(clinic=riverside) == {MONDAYS}


def test_bad_sheets_are_refused(riverside: Clinic, old_town: Clinic, noor: User) -> None:
    with pytest.raises(opening_hours.Overlap, match=r"Monday: 09:00-13:00 overlaps 12:00-15:00\."):
        opening_hours.plan(sheet=sheet(riverside, MONDAYS, Stretch(0, time(12), time(15))), by=noor)
    for step in (4, 61):
        with pytest.raises(opening_hours.StepUnlikely):
            opening_hours.plan(sheet=sheet(riverside, MONDAYS, slot_step_min=step), by=noor)
    with pytest.raises(opening_hours.NotYours):
        opening_hours.plan(sheet=sheet(old_town, MONDAYS), by=noor)


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
    sent = {cell_name(riverside.pk, "every", 0): "9-13", "slot_step_min": "15", "keeps_public_holidays": "on"}
    shown = manager.post(url, {**sent, **dict(HIDDEN.findall(first.content.decode()))})
    page = shown.content.decode()
    for words in ("What changes", "09:00-13:00", "every 15 min", "Public holidays"):
        assert words in page
    saved = manager.post(url, {**sent, **dict(HIDDEN.findall(page))})
    assert saved["Location"] == f"{reverse('desk_outside')}?clinic={riverside.pk}"
    assert opening_hours.stretches(clinic=riverside) == {MONDAYS}


def test_the_sheet_is_the_managers_alone(
    manager: Client, riverside: Clinic, old_town: Clinic, hedda: User, mira: Practitioner
) -> None:
    for user in (hedda, mira.user):
        assert browser(user).get(reverse("admin:opening", args=[riverside.pk])).status_code == 403
    assert manager.get(reverse("admin:opening", args=[old_town.pk])).status_code == 403
