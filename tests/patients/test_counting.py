"""A manager's numbers: each visit in its week on the clinic's clock, and how full the diaries are."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine

from clinic import policy
from clinic.models import Clinic, ConsultationType, Membership, Practitioner, Role, User
from clinic.rules import wallclock
from patients.actions import booking, counting
from patients.models import CancelledBy, Consultation, Patient, Source
from patients.rules.lifecycle import Status
from tests import factories
from tests.doors import browser

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 16)
Books = Callable[..., Consultation]


@pytest.fixture(autouse=True)
def _nine_o_clock(now: datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def books(
    riverside: Clinic, mira: Practitioner, follow_up: ConsultationType, hedda: User, elena: Patient
) -> Books:
    """Books Elena with Mira on a day of Riverside's clock, then gives the visit a status."""

    def book(day: date, at: time = time(10), **change: Any) -> Consultation:
        start = datetime.combine(day, at, tzinfo=riverside.zone)
        order = booking.Order(
            patient=elena,
            type=follow_up,
            clinic=riverside,
            practitioner=mira,
            start=start,
            source=Source.DESK,
        )
        with time_machine.travel(start - timedelta(days=2), tick=False):
            visit = booking.book(order=order, by=hedda, now=start - timedelta(days=2))
        Consultation.objects.filter(pk=visit.pk).update(**change)
        return visit

    return book


def test_each_visit_counts_in_its_week(books: Books, riverside: Clinic, noor: User, now: datetime) -> None:
    books(MONDAY + timedelta(days=2))
    books(MONDAY, status=Status.COMPLETED)
    books(MONDAY - timedelta(days=3), status=Status.COMPLETED)
    books(MONDAY - timedelta(days=4), status=Status.NO_SHOW)
    books(MONDAY - timedelta(days=5), status=Status.COMPLETED)
    books(
        MONDAY - timedelta(days=6), status=Status.CANCELLED, cancelled_late=True, cancelled_by=CancelledBy.PATIENT,
        cancel_reason="ill",
    )  # fmt: skip
    this, before, *older = counting.numbers(clinic=riverside, by=noor, now=now).weeks
    assert (this.first, this.booked, this.completed, this.no_show_rate) == (MONDAY, 2, 1, 0)
    assert (before.booked, before.completed, before.cancelled, before.late) == (3, 2, 1, 1)
    assert (before.no_show_rate, before.is_high) == (33, True)
    assert [(week.booked, week.no_show_rate) for week in older] == [(0, None)] * 3


def test_a_week_begins_at_midnight_of_the_clinics_clock(
    elena: Patient, riverside: Clinic, noor: User, now: datetime
) -> None:
    midnight = wallclock.day_span(MONDAY, riverside.zone).start
    Patient.objects.filter(pk=elena.pk).update(created_at=midnight - timedelta(seconds=1))
    late: Patient = factories.PatientFactory.create(clinic=riverside, given_name="Late")
    Patient.objects.filter(pk=late.pk).update(created_at=midnight)
    weeks = counting.numbers(clinic=riverside, by=noor, now=now).weeks
    assert [week.new_patients for week in weeks] == [1, 1, 0, 0, 0]


def test_utilisation_is_what_is_taken_with_buffers_of_what_is_open(
    books: Books, riverside: Clinic, noor: User, leila: Practitioner, now: datetime
) -> None:
    visit = books(MONDAY + timedelta(days=2))
    loads = {load.name: load.weeks[0] for load in counting.numbers(clinic=riverside, by=noor, now=now).loads}
    mira, other = loads["Mira Okafor"], loads[leila.name]
    assert mira.booked == (visit.block.end - visit.block.start) // timedelta(minutes=1) == 40
    assert mira.open == other.open > 0
    assert mira.percent == round(100 * 40 / mira.open)
    assert (other.booked, other.percent) == (0, 0)


def test_the_queries_are_constant(
    books: Books, riverside: Clinic, noor: User, now: datetime, django_assert_max_num_queries: Any
) -> None:
    for ago in range(20):
        books(MONDAY - timedelta(days=7 * (ago // 5) + ago % 5 + 3), at=time(9 + ago % 5))
    factories.PractitionerFactory.create(name="Ana Third", user__email="ana@example.org", at=[riverside])
    with django_assert_max_num_queries(10):
        counting.numbers(clinic=riverside, by=noor, now=now)


def test_only_managers_of_the_clinic_count(
    riverside: Clinic, old_town: Clinic, hedda: User, noor: User, now: datetime
) -> None:
    for by, clinic in ((hedda, riverside), (noor, old_town)):
        with pytest.raises(policy.NotYours):
            counting.numbers(clinic=clinic, by=by, now=now)


def test_the_page_shows_ones_own_clinics_only(
    books: Books, riverside: Clinic, old_town: Clinic, noor: User
) -> None:
    books(MONDAY, status=Status.COMPLETED)
    assert browser(noor).get("/")["Location"] == "/desk/numbers/"
    text = browser(noor).get("/desk/numbers/?clinic=old-town").content.decode()
    assert "Riverside, this week" in text
    assert "Old Town" not in text
    assert "Mira Okafor" in text
    Membership.objects.create(user=noor, clinic=old_town, role=Role.MANAGER)
    assert "Old Town, this week" in browser(noor).get("/desk/numbers/?clinic=old-town").content.decode()


def test_an_offer_that_came_to_nothing_is_no_visit(
    books: Books, riverside: Clinic, noor: User, now: datetime
) -> None:
    books(
        MONDAY, status=Status.CANCELLED, previous_status=Status.HELD, cancelled_by="clinic",
        cancel_reason="The hold ran out.",
    )  # fmt: skip
    week = counting.numbers(clinic=riverside, by=noor, now=now).weeks[0]
    assert (week.booked, week.cancelled) == (0, 0)
