"""A link in a mail confirms, cancels or moves its visit, for the time of which the mail spoke, and in time."""

from datetime import UTC, datetime, timedelta

import pytest

from clinic.actions import linking
from clinic.models import ConsultationType, Practitioner, User
from patients.actions import answering, attending, booking
from patients.actions.answering import LinkInvalid, LinkOver, Standing, Verb
from patients.models import CancelledBy, Consultation, Patient, Source
from patients.rules.lifecycle import Status
from tests import factories

pytestmark = pytest.mark.django_db

FRIDAY_TEN = datetime(2026, 3, 20, 9, tzinfo=UTC)
"""Ten o'clock of Friday in Berlin, three days ahead."""
DAY = timedelta(days=1)


@pytest.fixture
def visit(
    elena: Patient, follow_up: ConsultationType, mira: Practitioner, hedda: User, now: datetime
) -> Consultation:
    """Elena's visit on Friday."""
    order = booking.Order(
        patient=elena, type=follow_up, clinic=elena.clinic, practitioner=mira, start=FRIDAY_TEN,
        source=Source.DESK,
    )  # fmt: skip
    return booking.book(order=order, by=hedda, now=now)


def token(visit: Consultation, verb: Verb, now: datetime) -> str:
    """As the mail about the visit carries it."""
    return linking.make(purpose=f"visit-{verb}", subject=visit.pk, now=now, version=visit.version)


def standing(visit: Consultation, verb: Verb, made: datetime, now: datetime) -> Standing:
    return answering.opened(token=token(visit, verb, made), verb=verb, now=now).standing


def test_it_confirms_once_and_says_so_the_second_time(visit: Consultation, now: datetime) -> None:
    link = token(visit, Verb.CONFIRM, now)
    assert answering.confirm(token=link, now=now).status == Status.CONFIRMED
    assert answering.opened(token=link, verb=Verb.CONFIRM, now=now).standing is Standing.DONE
    with pytest.raises(LinkOver, match="Call us"):
        answering.confirm(token=link, now=now)


@pytest.mark.parametrize(("reason", "kept"), [(" Ill ", "Ill"), ("", "Cancelled by the link in the mail.")])
def test_it_cancels_at_the_patients_wish(visit: Consultation, reason: str, kept: str, now: datetime) -> None:
    done = answering.cancel(token=token(visit, Verb.CANCEL, now), reason=reason, now=now)
    assert (done.status, done.cancelled_by, done.cancel_reason, done.cancelled_late) == (
        Status.CANCELLED, CancelledBy.PATIENT, kept, False,
    )  # fmt: skip
    assert {verb: standing(visit, verb, now, now) for verb in Verb} == {
        Verb.CONFIRM: Standing.CANCELLED, Verb.CANCEL: Standing.DONE, Verb.MOVE: Standing.CANCELLED,
    }  # fmt: skip


def test_it_moves_to_the_time_chosen(visit: Consultation, leila: Practitioner, now: datetime) -> None:
    start = FRIDAY_TEN + timedelta(hours=2)
    moved = answering.move(token=token(visit, Verb.MOVE, now), practitioner=leila, start=start, now=now)
    assert (moved.pk, moved.start, moved.practitioner, moved.version) == (visit.pk, start, leila, 2)


@pytest.mark.parametrize("verb", list(Verb))
def test_a_link_of_the_time_before_a_move_does_nothing(
    visit: Consultation, verb: Verb, mira: Practitioner, hedda: User, now: datetime
) -> None:
    old = token(visit, verb, now)
    booking.move(consultation=visit, practitioner=mira, start=FRIDAY_TEN + DAY * 3, by=hedda, now=now)
    link = answering.opened(token=old, verb=verb, now=now)
    assert (link.standing, link.visit.start) == (Standing.CHANGED, FRIDAY_TEN + DAY * 3)
    acts = {
        Verb.CONFIRM: lambda: answering.confirm(token=old, now=now),
        Verb.CANCEL: lambda: answering.cancel(token=old, reason="Ill", now=now),
        Verb.MOVE: lambda: answering.move(token=old, practitioner=mira, start=FRIDAY_TEN, now=now),
    }
    with pytest.raises(LinkOver):
        acts[verb]()
    visit.refresh_from_db()
    assert (visit.status, visit.start) == (Status.BOOKED, FRIDAY_TEN + DAY * 3)


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (timedelta(hours=24), (Standing.READY, Standing.READY, Standing.READY)),
        (timedelta(hours=23, minutes=59), (Standing.READY, Standing.LATE, Standing.LATE)),
        (timedelta(0), (Standing.OVER, Standing.OVER, Standing.OVER)),
    ],
)
def test_within_the_notice_one_calls_but_may_still_say_that_one_comes(
    visit: Consultation, before: timedelta, expected: tuple[Standing, ...], now: datetime
) -> None:
    at = FRIDAY_TEN - before
    found = tuple(standing(visit, verb, now, at) for verb in (Verb.CONFIRM, Verb.CANCEL, Verb.MOVE))
    assert found == expected


def test_who_has_arrived_is_asked_nothing_any_more(visit: Consultation, hedda: User, now: datetime) -> None:
    at = FRIDAY_TEN - timedelta(minutes=5)
    attending.arrive(consultation=visit, by=hedda, now=at)
    assert {standing(visit, verb, now, at) for verb in Verb} == {Standing.OVER}


def test_nobody_moves_by_themselves_into_the_notice(
    visit: Consultation, mira: Practitioner, now: datetime
) -> None:
    with pytest.raises(booking.NotOffered, match="call us"):
        answering.move(
            token=token(visit, Verb.MOVE, now), practitioner=mira, start=now + timedelta(hours=4), now=now
        )


@pytest.mark.assures("BO-05")
def test_a_time_that_was_taken_meanwhile_leaves_the_old_one(
    visit: Consultation, samuel: Patient, mira: Practitioner, hedda: User, now: datetime
) -> None:
    wanted = FRIDAY_TEN + timedelta(hours=2)
    order = booking.Order(
        patient=samuel, type=visit.type, clinic=samuel.clinic, practitioner=mira, start=wanted,
        source=Source.DESK,
    )  # fmt: skip
    booking.book(order=order, by=hedda, now=now)
    with pytest.raises(booking.SlotTaken):
        answering.move(token=token(visit, Verb.MOVE, now), practitioner=mira, start=wanted, now=now)
    visit.refresh_from_db()
    assert visit.start == FRIDAY_TEN


@pytest.mark.assures("AZ-09")
def test_a_link_opens_no_other_act_and_no_other_visit(visit: Consultation, now: datetime) -> None:
    link = token(visit, Verb.CONFIRM, now)
    gone = linking.make(purpose="visit-cancel", subject=factories.UserFactory.create().pk, now=now)
    for wrong in (link, link[:-1], "invented", gone):
        with pytest.raises(LinkInvalid):
            answering.cancel(token=wrong, reason="", now=now)
