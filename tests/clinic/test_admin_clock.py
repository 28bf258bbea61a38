"""On which clock the records show times: that of the user's own clinic, and not beyond the answer."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.models import HoursException, Practitioner
from tests.doors import browser

LEAVES = "admin:clinic_hoursexception_changelist"


@pytest.fixture
def leave(mira: Practitioner) -> HoursException:
    """Mira's, from 9:00 to 17:00 in Berlin on a winter's day."""
    day = [datetime(2026, 1, 12, hour, tzinfo=UTC) for hour in (8, 16)]
    row: HoursException = HoursException.objects.create(
        practitioner=mira, kind="leave", start=day[0], end=day[1]
    )
    return row


def test_the_records_show_times_on_the_clock_of_ones_clinic(
    mira: Practitioner, leave: HoursException
) -> None:
    timezone.deactivate()
    text = browser(mira.user).get(reverse(LEAVES)).content.decode()
    assert "Mon 12 Jan 2026, 09:00" in text
    assert "Mon 12 Jan 2026, 17:00" in text


def test_a_row_of_the_records_is_on_the_same_clock(mira: Practitioner, leave: HoursException) -> None:
    timezone.deactivate()
    page = reverse("admin:clinic_hoursexception_change", args=[leave.pk])
    assert "Mon 12 Jan 2026, 09:00" in browser(mira.user).get(page).content.decode()


@pytest.mark.parametrize(
    "path", ["/admin/records/", "/admin/my-day/", "/admin/caseload/", "/admin/clinic/room/"]
)
def test_no_page_under_the_admin_leaves_its_clock_behind(mira: Practitioner, path: str) -> None:
    timezone.deactivate()
    assert browser(mira.user).get(path).status_code == 200
    assert timezone.get_current_timezone_name() == "UTC"


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-13-01"])
def test_an_impossible_day_is_today_with_a_word_about_it(mira: Practitioner, day: str) -> None:
    answer = browser(mira.user).get(f"/admin/my-day/?day={day}")
    assert answer.status_code == 200
    assert answer.context["day"] == answer.context["today"]
    assert "That is not a date to look at" in answer.content.decode()


@pytest.mark.parametrize("path", ["/desk/patients/", "/desk/find/", "/admin/patients/"])
def test_a_character_that_no_name_has_finds_nobody(mira: Practitioner, path: str) -> None:
    answer = browser(mira.user).post(path, {"text": "ab\x00c", "q": "ab\x00c"})
    assert answer.status_code == 200
