"""What was just done to a visit's place is taken back: it stands exactly as before, in the diary and in the post."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from clinic.models import (
    Block,
    Clinic,
    ConsultationType,
    Membership,
    OutboxMessage,
    Practitioner,
    Room,
    State,
    User,
)
from patients.actions import attending, booking, holding, reverting
from patients.models import CancelledBy, Consultation, Patient
from patients.rules.lifecycle import Status
from tests import factories
from tests.patients.conftest import TEN, Booked, again

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LATER = timedelta(minutes=1)
Do = Callable[[Consultation], Consultation]


def stands(visit: Consultation) -> dict[str, object]:
    """The whole row."""
    return dict(Consultation.objects.filter(pk=visit.pk).values().get())


def block_of(visit: Consultation) -> dict[str, object]:
    return dict(Block.objects.filter(pk=again(visit).block_id).values().get())


def due(visit: Consultation) -> set[tuple[str, str, int]]:
    """What is still to be sent about a visit."""
    rows = OutboxMessage.objects.filter(subject_id=visit.pk, state=State.DUE)
    return set(rows.values_list("kind", "occurrence", "version"))


def sent(visit: Consultation) -> None:
    """Everything due at once has gone out."""
    rows = OutboxMessage.objects.filter(subject_id=visit.pk, state=State.DUE)
    rows.exclude(kind="reminder").update(state=State.SENT)


@pytest.fixture
def confirmed(booked: Booked, elena: Patient, riverside: Clinic, hedda: User, now: datetime) -> Consultation:
    """A visit of Wednesday at ten that Elena has confirmed; its mail is sent, a reminder is due."""
    riverside.reminder_leads.create(hours=5)
    visit = booked(elena)
    sent(visit)
    return attending.confirm(consultation=visit, by=hedda, now=now)


@pytest.fixture
def changes(
    mira: Practitioner, leila: Practitioner, second_room: Room, hedda: User, now: datetime
) -> dict[str, Do]:
    """What may be done to a visit in the diary."""

    def moved(whom: Practitioner, start: datetime, room: Room | None = None) -> Do:
        return lambda visit: booking.move(
            consultation=visit, practitioner=whom, start=start, by=hedda, now=now + LATER, room=room
        )

    def pulled(end: datetime) -> Do:
        return lambda visit: booking.lengthen(consultation=visit, end=end, by=hedda, now=now + LATER)

    return {
        "later": moved(mira, TEN + HOUR),
        "to Leila": moved(leila, TEN + HOUR),
        "to another room": moved(mira, TEN, second_room),
        "longer": pulled(TEN + HOUR),
        "shorter": pulled(TEN + HOUR / 4),
    }


@pytest.mark.parametrize("what", ["later", "to Leila", "to another room", "longer", "shorter"])
def test_before_anybody_was_told_it_is_as_if_it_had_never_been(
    confirmed: Consultation, changes: dict[str, Do], what: str, hedda: User, now: datetime
) -> None:
    was = stands(confirmed), block_of(confirmed), due(confirmed)
    for _twice in (1, 2):
        changes[what](again(confirmed))
        assert stands(confirmed) != was[0] or block_of(confirmed) != was[1]
        change = reverting.last_change(confirmed)
        reverting.revert(consultation=again(confirmed), change=change, by=hedda, now=now + 2 * LATER)
        assert (stands(confirmed), block_of(confirmed), due(confirmed)) == was
    assert Block.objects.filter(active=True).count() == 1


@pytest.mark.parametrize("what", ["later", "longer"])
def test_who_was_told_is_told_what_holds(
    confirmed: Consultation, changes: dict[str, Do], what: str, hedda: User, now: datetime
) -> None:
    was = stands(confirmed)
    changes[what](confirmed)
    sent(confirmed)
    change = reverting.last_change(confirmed)
    reverting.revert(consultation=again(confirmed), change=change, by=hedda, now=now + 2 * LATER)
    assert stands(confirmed) == {**was, "version": 3}
    assert due(confirmed) == {("moved", "", 3), ("reminder", "lead:5h", 3)}


def test_what_has_been_changed_since_is_not_taken_back(
    confirmed: Consultation, changes: dict[str, Do], hedda: User, now: datetime
) -> None:
    changes["later"](confirmed)
    change = reverting.last_change(confirmed)
    attending.confirm(consultation=again(confirmed), by=hedda, now=now + LATER)
    stood = stands(confirmed)
    with pytest.raises(reverting.Changed):
        reverting.revert(consultation=again(confirmed), change=change, by=hedda, now=now + LATER)
    assert stands(confirmed) == stood


def test_a_time_that_somebody_else_has_by_now_is_not_given_back(
    confirmed: Consultation,
    changes: dict[str, Do],
    booked: Booked,
    samuel: Patient,
    hedda: User,
    now: datetime,
) -> None:
    changes["later"](confirmed)
    booked(samuel)
    change, stood = reverting.last_change(confirmed), stands(confirmed)
    with pytest.raises(reverting.SlotTaken):
        reverting.revert(consultation=again(confirmed), change=change, by=hedda, now=now + LATER)
    assert stands(confirmed) == stood


def test_what_was_put_over_it_on_purpose_is_not_in_the_way(
    confirmed: Consultation,
    changes: dict[str, Do],
    booked: Booked,
    samuel: Patient,
    hedda: User,
    now: datetime,
) -> None:
    booked(samuel, overlap_reason="acute pain")
    stood = stands(confirmed)
    changes["later"](confirmed)
    change = reverting.last_change(confirmed)
    reverting.revert(consultation=again(confirmed), change=change, by=hedda, now=now + LATER)
    assert stands(confirmed) == stood


@pytest.mark.parametrize("is_told", [False, True])
def test_a_booking_taken_back_leaves_no_visit_and_tells_only_who_was_told(
    booked: Booked, elena: Patient, hedda: User, now: datetime, is_told: bool
) -> None:
    visit = booked(elena)
    if is_told:
        sent(visit)
    gone = reverting.revert(consultation=visit, change=reverting.last_change(visit), by=hedda, now=now)
    assert Consultation.objects.filter(holding.NEVER_A_VISIT, pk=gone.pk).exists()
    assert not Block.objects.filter(active=True).exists()
    assert {kind for kind, _occurrence, _version in due(visit)} == ({"cancelled"} if is_told else set())
    booked(elena)


@pytest.mark.parametrize("is_told", [False, True])
def test_a_cancellation_taken_back_is_told_only_to_who_was_told(
    confirmed: Consultation, hedda: User, now: datetime, is_told: bool
) -> None:
    was, was_due = stands(confirmed), due(confirmed)
    for version in (2, 3):
        booking.cancel(
            consultation=again(confirmed),
            asked_by=CancelledBy.PATIENT,
            reason="ill",
            by=hedda,
            now=now + LATER,
        )
        assert "cancelled" in {kind for kind, _occurrence, _version in due(confirmed)}
        if is_told:
            sent(confirmed)
        attending.undo(consultation=again(confirmed), by=hedda, now=now + 2 * LATER)
        expected = {**was, "previous_status": "", **({"version": version} if is_told else {})}
        assert stands(confirmed) == expected
        news = {("booked", "", version), ("reminder", "lead:5h", version)}
        assert due(confirmed) == (news if is_told else was_due)
        sent(confirmed)


def test_who_waits_again_has_waited_since_they_came(confirmed: Consultation, hedda: User) -> None:
    attending.arrive(consultation=confirmed, by=hedda, now=TEN)
    attending.start(consultation=again(confirmed), by=hedda, now=TEN + 9 * LATER)
    back = attending.undo(consultation=again(confirmed), by=hedda, now=TEN + 10 * LATER)
    assert (back.status, back.status_at) == (Status.ARRIVED, TEN)


def test_the_desk_of_another_clinic_may_not(
    confirmed: Consultation, changes: dict[str, Do], old_town: Clinic, now: datetime
) -> None:
    changes["later"](confirmed)
    stranger = factories.UserFactory.create()
    Membership.objects.create(user=stranger, clinic=old_town, role="front_desk")
    with pytest.raises(reverting.NotYours):
        reverting.revert(
            consultation=again(confirmed), change=reverting.last_change(confirmed), by=stranger, now=now
        )


def test_time_freed_by_a_sooner_end_is_offered(
    confirmed: Consultation, changes: dict[str, Do], follow_up: ConsultationType, now: datetime
) -> None:
    changes["shorter"](confirmed)
    (row,) = OutboxMessage.objects.filter(kind="slot_freed")
    assert row.useful_until == TEN + HOUR / 2 + timedelta(minutes=follow_up.after_min)
    changes["longer"](again(confirmed))
    assert OutboxMessage.objects.filter(kind="slot_freed").count() == 1
