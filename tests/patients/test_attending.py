"""The marks of a visit: which may follow, when, what they free, and how they are taken back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from clinic.models import (
    Block,
    Clinic,
    ConsultationType,
    Membership,
    OutboxMessage,
    Practitioner,
    Role,
    State,
    User,
)
from patients.actions import attending, booking
from patients.models import CancelledBy, Consultation, Patient, Source
from patients.rules.lifecycle import Status
from tests import factories

TEN = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
"""Ten o'clock in Berlin on Wednesday."""


@pytest.fixture
def visit(
    follow_up: ConsultationType, elena: Patient, mira: Practitioner, hedda: User, now: datetime
) -> Consultation:
    """Elena's follow-up with Mira, Wednesday at ten."""
    return booked(elena, follow_up, mira, hedda, now)


def booked(
    patient: Patient, kind: ConsultationType, mira: Practitioner, by: User, now: datetime
) -> Consultation:
    clinic = Clinic.objects.get(slug="riverside")
    order = booking.Order(
        patient=patient, type=kind, clinic=clinic, practitioner=mira, start=TEN, source=Source.DESK
    )
    return booking.book(order=order, by=by, now=now)


@pytest.mark.parametrize(
    ("act", "status"),
    [
        (attending.arrive, Status.ARRIVED),
        (attending.start, Status.IN_PROGRESS),
        (attending.complete, Status.COMPLETED),
        (attending.no_show, Status.NO_SHOW),
    ],
)
def test_each_act_sets_its_status_and_when(
    visit: Consultation, hedda: User, act: Callable[..., Consultation], status: Status
) -> None:
    marked = act(consultation=visit, by=hedda, now=TEN)
    assert (marked.status, marked.previous_status, marked.status_at) == (status, Status.BOOKED, TEN)


def test_a_day_goes_from_confirmed_to_completed(visit: Consultation, hedda: User, now: datetime) -> None:
    attending.confirm(consultation=visit, by=hedda, now=now)
    for act in (attending.arrive, attending.start, attending.complete):
        act(consultation=visit, by=hedda, now=TEN)
    visit.refresh_from_db()
    assert visit.status == Status.COMPLETED
    with pytest.raises(attending.NotPossible, match="completed"):
        attending.arrive(consultation=visit, by=hedda, now=TEN)


def test_nobody_arrives_on_another_day_or_misses_what_has_not_begun(visit: Consultation, hedda: User) -> None:
    with pytest.raises(attending.TooEarly, match="another day"):
        attending.arrive(consultation=visit, by=hedda, now=TEN - timedelta(days=1))
    with pytest.raises(attending.TooEarly, match="not begun"):
        attending.no_show(consultation=visit, by=hedda, now=TEN - timedelta(minutes=1))


def test_a_no_show_frees_the_time_and_its_undo_takes_it_back(visit: Consultation, hedda: User) -> None:
    attending.no_show(consultation=visit, by=hedda, now=TEN)
    assert not Block.objects.get().active
    undone = attending.undo(consultation=visit, by=hedda, now=TEN + timedelta(hours=24))
    assert (undone.status, undone.previous_status) == (Status.BOOKED, "")
    block = Block.objects.get()
    assert (block.active, block.taken) == (True, 1)


def test_an_undo_works_once_and_for_a_day_only(visit: Consultation, hedda: User) -> None:
    attending.arrive(consultation=visit, by=hedda, now=TEN)
    with pytest.raises(attending.NothingToUndo):
        attending.undo(consultation=visit, by=hedda, now=TEN + timedelta(hours=24, seconds=1))
    attending.undo(consultation=visit, by=hedda, now=TEN)
    with pytest.raises(attending.NothingToUndo, match="24 hours"):
        attending.undo(consultation=visit, by=hedda, now=TEN)


@pytest.mark.assures("BO-04")
def test_a_cancellation_is_undone_only_while_the_slot_is_free(
    visit: Consultation,
    follow_up: ConsultationType,
    samuel: Patient,
    mira: Practitioner,
    hedda: User,
    now: datetime,
) -> None:
    cancelled = booking.cancel(
        consultation=visit, asked_by=CancelledBy.PATIENT, reason="ill", by=hedda, now=now
    )
    samuels = booked(samuel, follow_up, mira, hedda, now)
    with pytest.raises(attending.SlotTaken, match="somebody else"):
        attending.undo(consultation=cancelled, by=hedda, now=now)
    booking.cancel(consultation=samuels, asked_by=CancelledBy.PATIENT, reason="ill", by=hedda, now=now)
    undone = attending.undo(consultation=cancelled, by=hedda, now=now)
    assert (undone.status, undone.cancelled_by, undone.cancel_reason) == (Status.BOOKED, "", "")
    told = OutboxMessage.objects.filter(subject_id=visit.pk, state=State.DUE)
    assert {(row.kind, row.version) for row in told} == {("booked", 1)}, (
        "nobody has been told of the cancellation, and nobody is"
    )


def test_a_cancellation_is_not_undone_where_the_patient_is_elsewhere_by_now(
    visit: Consultation, follow_up: ConsultationType, leila: Practitioner, hedda: User, now: datetime
) -> None:
    booking.cancel(consultation=visit, asked_by=CancelledBy.PATIENT, reason="ill", by=hedda, now=now)
    booked(visit.patient, follow_up, leila, hedda, now)
    with pytest.raises(attending.PatientBusy, match="Leila Haddad"):
        attending.undo(consultation=visit, by=hedda, now=now)


@pytest.mark.assures("BO-03")
def test_a_seat_in_a_class_is_given_back_and_taken_again(
    back_class: ConsultationType,
    elena: Patient,
    samuel: Patient,
    mira: Practitioner,
    hedda: User,
    now: datetime,
) -> None:
    hers, his = (booked(who, back_class, mira, hedda, now) for who in (elena, samuel))
    attending.no_show(consultation=hers, by=hedda, now=TEN)
    assert Block.objects.get(pk=his.block_id).taken == 1
    attending.undo(consultation=hers, by=hedda, now=TEN)
    assert Block.objects.get(pk=his.block_id).taken == 2


@pytest.mark.parametrize("act", [attending.confirm, attending.undo])
def test_the_desk_of_another_clinic_may_not_mark_it(
    visit: Consultation, old_town: Clinic, now: datetime, act: Callable[..., Consultation]
) -> None:
    stranger = factories.UserFactory.create()
    Membership.objects.create(user=stranger, clinic=old_town, role=Role.FRONT_DESK)
    with pytest.raises(attending.NotYours):
        act(consultation=visit, by=stranger, now=now)
    visit.refresh_from_db()
    assert visit.status == Status.BOOKED
