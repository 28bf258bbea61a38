"""Visits that stand outside the hours once these have changed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from clinic.models import (
    AccessEvent,
    Clinic,
    ConsultationType,
    HoursException,
    OpeningHours,
    Practitioner,
    User,
)
from patients.actions import booking, outside
from patients.desk import ending
from patients.models import Consultation, Patient, Source
from patients.rules.lifecycle import Status
from tests.doors import browser

pytestmark = pytest.mark.django_db

TEN = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
"""Ten o'clock of Wednesday in Berlin."""


@pytest.fixture(autouse=True)
def tuesday(now: datetime) -> Iterator[None]:
    """Pages read the clock themselves."""
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def visit(elena: Patient, follow_up: ConsultationType, mira: Practitioner, now: datetime) -> Consultation:
    """Elena's with Mira, Wednesday at ten."""
    order = booking.Order(
        patient=elena, type=follow_up, clinic=elena.clinic, practitioner=mira, source=Source.DESK, start=TEN
    )
    return booking.book(order=order, by=None, now=now)


def test_a_visit_within_the_hours_is_not_listed(
    visit: Consultation, mira: Practitioner, noor: User, now: datetime
) -> None:
    assert outside.outside_hours(of=mira, user=noor, now=now).visits == []


def test_a_visit_stands_outside_once_the_hours_have_ended_and_is_not_cancelled(
    visit: Consultation, mira: Practitioner, noor: User, now: datetime
) -> None:
    mira.weekly_hours.update(valid_until=date(2026, 3, 17))
    assert outside.outside_hours(of=mira, user=noor, now=now).visits == [visit]
    assert outside.outside_hours(of=visit.clinic, user=noor, now=now).visits == [visit]
    visit.refresh_from_db()
    assert visit.status == Status.BOOKED


def test_hours_that_cut_a_visit_short_put_it_outside(
    visit: Consultation, mira: Practitioner, noor: User, now: datetime
) -> None:
    mira.weekly_hours.update(starts="08:00", ends="10:15")
    assert outside.outside_hours(of=mira, user=noor, now=now).visits == [visit]
    mira.weekly_hours.update(ends="10:30")
    assert outside.outside_hours(of=mira, user=noor, now=now).visits == []


def test_opening_hours_cut_too(visit: Consultation, riverside: Clinic, noor: User, now: datetime) -> None:
    OpeningHours.objects.filter(clinic=riverside, weekday=2).delete()
    assert outside.outside_hours(of=riverside, user=noor, now=now).visits == [visit]


def test_opening_hours_that_change_later_leave_what_lies_before(
    visit: Consultation, riverside: Clinic, noor: User, now: datetime
) -> None:
    for last, found in ((date(2026, 3, 18), []), (date(2026, 3, 17), [visit])):
        riverside.opening_hours.update(valid_until=last)
        assert outside.outside_hours(of=riverside, user=noor, now=now).visits == found


def test_extra_hours_hold_it_and_leave_has_its_own_list(
    visit: Consultation, mira: Practitioner, riverside: Clinic, noor: User, now: datetime
) -> None:
    day = {"start": TEN - timedelta(hours=2), "end": TEN + timedelta(hours=2), "practitioner": mira}
    HoursException.objects.create(kind="sick", **day)
    assert outside.outside_hours(of=mira, user=noor, now=now).visits == []
    mira.weekly_hours.all().delete()
    HoursException.objects.create(kind="extra", clinic=riverside, **day)
    assert outside.outside_hours(of=mira, user=noor, now=now).visits == []


def test_who_does_not_see_the_patient_sees_how_many_there_are(
    visit: Consultation, mira: Practitioner, jonas: Practitioner, now: datetime
) -> None:
    mira.weekly_hours.all().delete()
    found = outside.outside_hours(of=mira, user=jonas.user, now=now)
    assert (found.visits, found.elsewhere) == ([], 1)
    page = browser(jonas.user).get(reverse("desk_outside"), {"practitioner": str(mira.pk)}).content.decode()
    assert "Elena" not in page
    assert "One more visit stands at a clinic that you do not see" in page


def test_the_page_names_them_leads_to_the_diary_and_is_written_down(
    visit: Consultation, mira: Practitioner, noor: User
) -> None:
    mira.weekly_hours.all().delete()
    page = browser(noor).get(reverse("desk_outside"), {"practitioner": str(mira.pk)}).content.decode()
    assert visit.patient.name in page
    assert f"visit={visit.pk}" in page
    assert AccessEvent.objects.get(what="visits outside the hours").patient_ids == [visit.patient_id]


def test_of_nobody_there_is_no_page(noor: User) -> None:
    for query in ({}, {"practitioner": "x"}, {"clinic": "x"}):
        assert browser(noor).get(reverse("desk_outside"), query).status_code == 404


@pytest.fixture
def both(
    visit: Consultation, samuel: Patient, follow_up: ConsultationType, mira: Practitioner, now: datetime
) -> list[Consultation]:
    """Elena's at ten and Samuel's at noon, both outside the hours by now, for Mira works on no Wednesday any more."""
    order = booking.Order(
        patient=samuel, type=follow_up, clinic=samuel.clinic, practitioner=mira, source=Source.DESK,
        start=TEN + timedelta(hours=2),
    )  # fmt: skip
    found = [visit, booking.book(order=order, by=None, now=now)]
    mira.weekly_hours.filter(weekday=2).delete()
    return found


def sent(by: User, whose: Practitioner, **told: object) -> str:
    """The answer to the form of the list, in words."""
    return browser(by).post(f"{reverse('desk_outside')}?practitioner={whose.pk}", told).content.decode()


def test_they_are_moved_to_a_colleague_from_the_list(
    both: list[Consultation], mira: Practitioner, leila: Practitioner, noor: User
) -> None:
    page = sent(noor, mira, visit=[str(each.pk) for each in both], how="move", to=str(leila.pk))
    assert page.count("moved to Leila Haddad") == 2
    assert "All is cleared" in page
    assert {row.practitioner for row in Consultation.objects.all()} == {leila}


def test_one_is_cancelled_with_a_reason_and_the_other_stands(
    both: list[Consultation], mira: Practitioner, noor: User
) -> None:
    assert "Say why" in sent(noor, mira, visit=str(both[0].pk), how="cancel", reason="")
    page = sent(noor, mira, visit=str(both[0].pk), how="cancel", reason="New hours")
    assert "cancelled, the patient is told" in page
    assert "One visit to clear" in page
    states = [each.status for each in Consultation.objects.order_by("start")]
    assert states == [Status.CANCELLED, Status.BOOKED]


def test_a_long_list_comes_in_pages_and_is_cleared_at_once(
    both: list[Consultation], mira: Practitioner, noor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ending, "SHOWN", 1)
    here = f"{reverse('desk_outside')}?practitioner={mira.pk}"
    first = browser(noor).get(here).content.decode()
    assert "1 to 1 of 2" in first
    assert "All 2 visits" in first
    second = browser(noor).get(f"{here}&page=2").content.decode()
    assert (both[0].patient.name in second, both[1].patient.name in second) == (False, True)
    for far in ("9", "x"):
        assert browser(noor).get(f"{here}&page={far}").status_code == 200
    assert sent(noor, mira, all="1", how="ask", page="2").count("asked to choose another time") == 1, (
        "Samuel has no email"
    )
    assert both[0].pk == Consultation.objects.get(asked_to_move_at__isnull=False).pk
    sent(noor, mira, all="1", how="cancel", reason="New hours")
    assert {each.status for each in Consultation.objects.all()} == {Status.CANCELLED}


def test_who_may_not_move_a_visit_clears_nothing(
    both: list[Consultation], mira: Practitioner, jonas: Practitioner
) -> None:
    sent(jonas.user, mira, all="1", how="cancel", reason="New hours")
    assert {each.status for each in Consultation.objects.all()} == {Status.BOOKED}
