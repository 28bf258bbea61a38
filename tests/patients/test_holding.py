"""A held time is nobody else's while it runs, and everybody's after it; taken up, it is a booking like any other."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from clinic.models import (
    Block,
    Clinic,
    ConsultationType,
    ExceptionKind,
    HoursException,
    OutboxMessage,
    Practitioner,
    User,
)
from patients.actions import booking, holding
from patients.actions.wishing import Wish
from patients.models import Consultation, Patient, Source
from patients.rules.lifecycle import Status

TEN = datetime(2026, 3, 18, 9, tzinfo=UTC)
"""Ten o'clock of Wednesday in Berlin."""
QUARTER = timedelta(minutes=15)


@pytest.fixture
def wish(follow_up: ConsultationType, riverside: Clinic, mira: Practitioner, elena: Patient) -> Wish:
    """Elena would like to see Mira at ten."""
    return Wish(type=follow_up, clinic=riverside, practitioner=mira, start=TEN, patient=elena)


def order(wish: Wish, patient: Patient) -> booking.Order:
    return booking.Order(
        patient=patient, type=wish.type, clinic=wish.clinic, practitioner=wish.practitioner, start=wish.start,
        source=Source.DESK,
    )  # fmt: skip


@pytest.fixture
def held(wish: Wish, now: datetime) -> Consultation:
    """Held for Elena, for a quarter of an hour."""
    return holding.hold(wish=wish, until=now + QUARTER, source=Source.WAITLIST, now=now)


@pytest.mark.assures("BO-04")
def test_a_held_time_is_refused_to_others_and_nobody_is_told(
    held: Consultation, wish: Wish, samuel: Patient, hedda: User, now: datetime
) -> None:
    assert (held.status, held.block.held_until) == (Status.HELD, now + QUARTER)
    with pytest.raises(booking.SlotTaken):
        booking.book(order=order(wish, samuel), by=hedda, now=now + QUARTER - timedelta(seconds=1))
    assert not OutboxMessage.objects.exists()


@pytest.mark.assures("BO-04")
def test_a_hold_that_ran_out_is_swept_by_the_next_booking(
    held: Consultation, wish: Wish, samuel: Patient, hedda: User, now: datetime
) -> None:
    booking.book(order=order(wish, samuel), by=hedda, now=now + QUARTER)
    held.refresh_from_db()
    assert (held.status, held.cancel_reason) == (Status.CANCELLED, "The hold ran out.")
    with pytest.raises(holding.HoldOver, match="Choose another"):
        holding.take_up(consultation=held, by=None, now=now + QUARTER)


def test_taken_up_it_is_booked_and_the_patient_is_told(held: Consultation, now: datetime) -> None:
    visit = holding.take_up(consultation=held, by=None, now=now + QUARTER / 2)
    visit.block.refresh_from_db()
    assert (visit.status, visit.block.held_until, visit.block.taken) == (Status.BOOKED, None, 1)
    assert OutboxMessage.objects.filter(subject_id=visit.pk, kind="booked").count() == 1


def test_it_is_taken_up_once(held: Consultation, now: datetime) -> None:
    holding.take_up(consultation=held, by=None, now=now)
    with pytest.raises(holding.HoldOver):
        holding.take_up(consultation=held, by=None, now=now)


def test_let_go_it_is_free_at_once(
    held: Consultation, wish: Wish, samuel: Patient, hedda: User, now: datetime
) -> None:
    holding.let_go(consultation=held, reason="Elena declined.", now=now)
    assert booking.book(order=order(wish, samuel), by=hedda, now=now).start == TEN


def test_what_was_taken_up_is_not_let_go(held: Consultation, now: datetime) -> None:
    holding.take_up(consultation=held, by=None, now=now)
    assert holding.let_go(consultation=held, reason="too late", now=now).status == Status.BOOKED


@pytest.mark.assures("BO-04")
def test_a_time_held_for_a_stranger_becomes_the_visit_of_a_new_patient(
    wish: Wish, samuel: Patient, zoe: Patient, hedda: User, now: datetime
) -> None:
    with transaction.atomic():
        block, span = holding.hold_open(wish=replace(wish, patient=None), until=now + QUARTER, now=now)
    with pytest.raises(booking.SlotTaken):
        booking.book(order=order(wish, samuel), by=hedda, now=now)
    with transaction.atomic():
        visit = holding.settle(block=block, span=span, patient=zoe, source=Source.ONLINE, now=now)
    assert (visit.patient, visit.status, visit.start) == (zoe, Status.BOOKED, TEN)
    assert Block.objects.get().held_until is None
    assert OutboxMessage.objects.filter(subject_id=visit.pk, kind="booked").exists()


@pytest.mark.assures("BO-04")
def test_a_strangers_hold_that_ran_out_cannot_be_settled(wish: Wish, zoe: Patient, now: datetime) -> None:
    with transaction.atomic():
        block, span = holding.hold_open(wish=replace(wish, patient=None), until=now + QUARTER, now=now)
    with pytest.raises(holding.HoldOver), transaction.atomic():
        holding.settle(block=block, span=span, patient=zoe, source=Source.ONLINE, now=now + QUARTER)
    assert not Consultation.objects.exists()


@pytest.mark.assures("BO-04")
@pytest.mark.parametrize("is_strangers", [False, True])
def test_a_held_time_on_which_leave_was_entered_meanwhile_becomes_no_visit(
    wish: Wish, zoe: Patient, mira: Practitioner, now: datetime, is_strangers: bool
) -> None:
    become_visit: Any
    until = now + QUARTER
    if is_strangers:
        with transaction.atomic():
            block, span = holding.hold_open(wish=replace(wish, patient=None), until=until, now=now)
        asked: dict[str, Any] = {"block": block, "span": span, "patient": zoe, "source": Source.ONLINE}
        become_visit = partial(holding.settle, now=now, **asked)
    else:
        held = holding.hold(wish=wish, until=until, source=Source.WAITLIST, now=now)
        become_visit = partial(holding.take_up, consultation=held, by=None, now=now)
    HoursException.objects.create(
        practitioner=mira, kind=ExceptionKind.SICK, start=TEN + QUARTER, end=TEN + timedelta(days=1)
    )
    with pytest.raises(holding.HoldOver), transaction.atomic():
        become_visit()
    assert not Consultation.objects.filter(status=Status.BOOKED).exists()
    assert not OutboxMessage.objects.exists()


def test_a_hold_needs_a_record(wish: Wish, now: datetime) -> None:
    with pytest.raises(ValueError, match="hold_open"):
        holding.hold(wish=replace(wish, patient=None), until=now, source=Source.WAITLIST, now=now)
