"""Series and merges meet bookings, with real threads and connections: all or nothing, and no visit is left behind."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from clinic.models import Clinic, ConsultationType, Practitioner, User
from patients.actions import booking, merging, repeating
from patients.actions.repeating import Choice
from patients.models import Consultation, Patient, Source
from tests import factories
from tests.races.racing import NONE, ROUNDS, overlaps, race

pytestmark = pytest.mark.django_db(transaction=True)

TEN = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
"""Ten o'clock in Berlin on Wednesday."""
WEEK = timedelta(days=7)


@pytest.fixture
def order(
    elena: Patient, follow_up: ConsultationType, riverside: Clinic, mira: Practitioner
) -> booking.Order:
    """Elena to Mira, Wednesday at ten."""
    return booking.Order(
        patient=elena, type=follow_up, clinic=riverside, practitioner=mira, start=TEN, source=Source.DESK
    )


def for_whom(order: booking.Order, patient: Patient, start: datetime) -> booking.Order:
    return booking.Order(
        patient=patient, type=order.type, clinic=order.clinic, practitioner=order.practitioner, start=start,
        source=Source.DESK,
    )  # fmt: skip


@pytest.mark.assures("BO-01")
def test_series_that_share_dates_are_booked_whole_or_not_at_all(order: booking.Order, now: datetime) -> None:
    for round_number in ROUNDS:
        callers = [
            factories.PatientFactory.create(clinic=order.clinic, given_name=f"Caller {round_number}-{n}")
            for n in range(12)
        ]
        forth = [Choice(practitioner=order.practitioner, start=TEN + WEEK * week) for week in range(4)]
        attempts: list[Callable[[], object]] = [
            partial(
                repeating.book_series,
                choices=forth[number % 2 :][:: 1 if number % 3 else -1],
                order=for_whom(order, caller, TEN),
                by=None,
                now=now,
            )
            for number, caller in enumerate(callers)
        ]
        outcome = race(attempts)
        assert set(outcome) <= {"done", "series_lost"}
        assert outcome["done"] == 1
        assert overlaps() == NONE
        [series] = {visit.series_id for visit in Consultation.objects.all()}
        assert Consultation.objects.filter(series=series).count() in {3, 4}
        Consultation.objects.all().delete()
        order.practitioner.blocks.all().delete()


def test_a_merge_that_meets_bookings_leaves_no_visit_at_the_dropped_record(
    order: booking.Order, hedda: User, now: datetime
) -> None:
    for _round in ROUNDS:
        drop = factories.PatientFactory.create(clinic=order.clinic, given_name="Helena")
        starts = [TEN + timedelta(minutes=40) * number for number in range(6)]
        outcome = race(
            [
                partial(merging.merge, keep=order.patient, drop=drop, by=hedda, now=now, reason="Same card"),
                *(
                    partial(booking.book, order=for_whom(order, drop, start), by=None, now=now)
                    for start in starts
                ),
            ]
        )
        assert set(outcome) <= {"done", "patient_not_current", "slot_taken", "not_a_slot"}
        drop.refresh_from_db()
        assert drop.merged_into == order.patient
        assert not Consultation.objects.filter(patient=drop).exists()
        assert overlaps() == NONE
        Consultation.objects.all().delete()
        order.practitioner.blocks.all().delete()
