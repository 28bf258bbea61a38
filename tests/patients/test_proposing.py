"""The slots that are offered to a patient."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from clinic.models import Clinic, ConsultationType, ExceptionKind, HoursException, Practitioner
from patients.actions import booking, proposing
from patients.models import Consultation, Patient, Source
from patients.rules.lifecycle import Status

WEDNESDAY = date(2026, 3, 18)
TEN = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
"""Ten o'clock in Berlin on Wednesday."""


@pytest.fixture
def offers(follow_up: ConsultationType, riverside: Clinic, elena: Patient, now: datetime) -> proposing.Offers:
    return proposing.offers(patient=elena, kind=follow_up, clinic=riverside, day=WEDNESDAY, now=now)


def test_five_are_said_and_all_of_the_day_are_there(offers: proposing.Offers) -> None:
    assert len(offers.best) == 5
    assert offers.best[0].start == TEN - timedelta(hours=2)
    starts = {offer.start for offer in offers.of_day}
    assert len(starts) == 52, "every ten minutes from 8:00 to 16:30"
    assert {offer.practitioner.name for offer in offers.of_day} == {"Mira Okafor", "Leila Haddad"}
    assert not any(offer.is_own for offer in offers.of_day)


def test_who_saw_the_patient_last_is_their_own_and_their_time_is_left_out(
    follow_up: ConsultationType, riverside: Clinic, elena: Patient, leila: Practitioner,
    mira: Practitioner, now: datetime,
) -> None:  # fmt: skip
    last_week = TEN - timedelta(days=7)
    order = booking.Order(
        patient=elena,
        type=follow_up,
        clinic=riverside,
        practitioner=leila,
        start=last_week,
        source=Source.DESK,
    )
    seen = booking.book(order=order, by=None, now=now - timedelta(days=8))
    Consultation.objects.filter(pk=seen.pk).update(status=Status.COMPLETED)
    coming = replace(order, practitioner=mira, start=TEN)
    booking.book(order=coming, by=None, now=now)
    found = proposing.offers(patient=elena, kind=follow_up, clinic=riverside, day=WEDNESDAY, now=now)
    assert {offer.practitioner for offer in found.of_day if offer.is_own} == {leila}
    assert sum(offer.is_own for offer in found.best) >= 3
    met = [each for each in found.of_day if each.start < TEN + timedelta(minutes=30) and each.end > TEN]
    assert met == [], "not even with somebody else"


def test_a_closed_day_still_gets_the_next_ones_and_two_closed_weeks_nothing(
    follow_up: ConsultationType, riverside: Clinic, elena: Patient, now: datetime
) -> None:
    closure = HoursException.objects.create(
        kind=ExceptionKind.CLOSURE, clinic=riverside, start=now, end=now + timedelta(days=2)
    )

    def found() -> proposing.Offers:
        return proposing.offers(patient=elena, kind=follow_up, clinic=riverside, day=WEDNESDAY, now=now)

    assert found().of_day == []
    assert {offer.start.date() for offer in found().best} == {date(2026, 3, 19), date(2026, 3, 20)}
    closure.end = now + timedelta(days=20)
    closure.save()
    assert found() == proposing.Offers(best=[], of_day=[])
