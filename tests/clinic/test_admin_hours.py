"""The sheet of a practitioner's hours: typed, shown, saved."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from clinic.admin.weekly import cell_name
from clinic.models import Block, Clinic, ConsultationType, Practitioner, User
from tests.doors import browser

pytestmark = pytest.mark.django_db

HIDDEN = re.compile(r'name="(stamp|seen)" value="(\w*)"')


@pytest.fixture(autouse=True)
def tuesday(now: datetime) -> Iterator[None]:
    """Pages read the clock themselves."""
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def manager(noor: User) -> Client:
    """Noor's browser."""
    return browser(noor)


def hidden(answer: Any) -> dict[str, str]:
    """What the form carries along."""
    return dict(HIDDEN.findall(answer.content.decode()))


def typed(clinic: Clinic, since: str = "2026-03-18", **days: str) -> dict[str, str]:
    """A form with hours on some days: `mon="8-12"`."""
    names = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}
    return {"since": since, **{cell_name(clinic.pk, "every", names[day]): text for day, text in days.items()}}


def test_it_opens_with_what_holds_tomorrow(manager: Client, mira: Practitioner) -> None:
    page = manager.get(reverse("admin:hours", args=[mira.pk])).content.decode()
    assert 'value="2026-03-18"' in page
    assert page.count(">\n08:00-17:00</textarea>") == 5


def test_it_shows_what_changes_and_saves_it_when_it_is_sent_again(
    manager: Client, mira: Practitioner, riverside: Clinic
) -> None:
    url, before = reverse("admin:hours", args=[mira.pk]), mira.weekly_hours.count()
    sent = typed(riverside, mon="9-13")
    shown = manager.post(url, {**sent, **hidden(manager.get(url))})
    assert "What changes" in shown.content.decode()
    assert mira.weekly_hours.count() == before
    saved = manager.post(url, {**sent, **hidden(shown)})
    assert saved["Location"] == url, "nobody is booked, so nothing stands outside"
    row = mira.weekly_hours.get(valid_until=None)
    assert (row.weekday, row.starts, row.ends, row.valid_from) == (0, time(9), time(13), date(2026, 3, 18))


@pytest.mark.parametrize("name", ["hours", "opening"])
def test_where_somebody_is_booked_the_sheet_leads_to_what_stands_outside(
    manager: Client, mira: Practitioner, follow_up: ConsultationType, riverside: Clinic, name: str
) -> None:
    start = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
    Block.objects.create(
        practitioner=mira, type=follow_up, clinic=riverside, start=start, end=start + timedelta(minutes=30)
    )
    whose, key = {"hours": (mira, "practitioner"), "opening": (riverside, "clinic")}[name]
    url = reverse(f"admin:{name}", args=[whose.pk])
    sent = {**typed(riverside, mon="9-13"), "slot_step_min": "10"}
    shown = manager.post(url, {**sent, **hidden(manager.get(url))})
    saved = manager.post(url, {**sent, **hidden(shown)})
    assert saved["Location"] == f"{reverse('desk_outside')}?{key}={whose.pk}"


def test_what_was_typed_anew_is_shown_before_it_is_saved(
    manager: Client, mira: Practitioner, riverside: Clinic
) -> None:
    url = reverse("admin:hours", args=[mira.pk])
    shown = manager.post(url, {**typed(riverside, mon="9-13"), **hidden(manager.get(url))})
    again = manager.post(url, {**typed(riverside, mon="9-14"), **hidden(shown)})
    assert again.status_code == 200
    assert "09:00-14:00" in again.content.decode()
    assert not mira.weekly_hours.filter(starts=time(9)).exists()


def test_the_second_of_two_managers_is_told_and_keeps_what_they_typed(
    manager: Client, mira: Practitioner, riverside: Clinic
) -> None:
    url = reverse("admin:hours", args=[mira.pk])
    theirs = manager.post(url, {**typed(riverside, tue="7-9"), **hidden(manager.get(url))})
    mine = manager.post(url, {**typed(riverside, mon="9-13"), **hidden(manager.get(url))})
    manager.post(url, {**typed(riverside, mon="9-13"), **hidden(mine)})
    told = manager.post(url, {**typed(riverside, tue="7-9"), **hidden(theirs)})
    assert told.status_code == 409
    assert "Somebody changed these hours meanwhile" in told.content.decode()
    assert ">\n7-9</textarea>" in told.content.decode()
    shown = manager.post(url, {**typed(riverside, tue="7-9"), **hidden(told)})
    assert manager.post(url, {**typed(riverside, tue="7-9"), **hidden(shown)}).status_code == 302


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("off", "Write from and to"),
        ("12-8", "End later than the start"),
        ("8-12, 11-15", "Two of these times overlap"),
    ],
)
def test_a_cell_says_what_is_wrong_with_it(
    manager: Client, mira: Practitioner, riverside: Clinic, text: str, words: str
) -> None:
    url = reverse("admin:hours", args=[mira.pk])
    answer = manager.post(url, {**typed(riverside, mon=text), **hidden(manager.get(url))})
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_past_day_is_refused(manager: Client, mira: Practitioner, riverside: Clinic) -> None:
    url = reverse("admin:hours", args=[mira.pk])
    sent = {**typed(riverside, since="2026-03-16", mon="8-12"), **hidden(manager.get(url))}
    assert "hours that are over stay as they were" in manager.post(url, sent).content.decode()


def test_the_sheet_is_the_managers_alone(mira: Practitioner, hedda: User) -> None:
    for user in (hedda, mira.user):
        assert browser(user).get(reverse("admin:hours", args=[mira.pk])).status_code == 403
