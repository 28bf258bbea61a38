"""One freed time and many who want it: exactly one gets it, whoever is faster, and nothing is left half done.

Each race has its negative control: the same race without the lock or the constraint shows the double.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Barrier

import pytest
from django.db import connection, transaction

from clinic.actions import leasing
from clinic.models import Block, Clinic, ConsultationType, OutboxMessage, Practitioner, State
from patients.actions import booking, holding, waiting
from patients.actions.waiting import Place, Wanted, holds
from patients.models import (
    Answer,
    CancelledBy,
    Consultation,
    Offer,
    Patient,
    Source,
    WaitlistEntry,
    WaitState,
)
from patients.rules.lifecycle import Status
from tests import factories
from tests.doors import told
from tests.races.racing import NONE, ROUNDS, overlaps, race, without_constraint

pytestmark = pytest.mark.django_db(transaction=True)

TEN = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
"""Ten o'clock of Wednesday in Berlin."""
MANY = 12


@pytest.fixture
def people(riverside: Clinic) -> list[Patient]:
    """As many patients as there are clients."""
    return [factories.PatientFactory.create(clinic=riverside, given_name=f"Caller {n}") for n in range(MANY)]


@pytest.fixture
def waits(follow_up: ConsultationType, now: datetime) -> Callable[[Patient], WaitlistEntry]:
    """Puts a patient on the list for a follow-up this month."""

    def made(patient: Patient) -> WaitlistEntry:
        wanted = Wanted(
            patient=patient, type=follow_up, since=now.date(), until=TEN.date() + timedelta(days=9)
        )
        return waiting.wish(wanted=wanted, by=None, now=now)

    return made


@pytest.fixture
def place(mira: Practitioner, riverside: Clinic) -> Place:
    """Mira's Wednesday at ten."""
    return Place(clinic=riverside, practitioner=mira, start=TEN)


@pytest.fixture
def offer(
    waits: Callable[[Patient], WaitlistEntry], people: list[Patient], place: Place, now: datetime
) -> Offer:
    """The first caller's."""
    return waiting.offer(entry=waits(people[0]), place=place, by=None, now=now)


def order(patient: Patient, kind: ConsultationType, mira: Practitioner) -> booking.Order:
    return booking.Order(
        patient=patient, type=kind, clinic=patient.clinic, practitioner=mira, start=TEN, source=Source.DESK
    )


def consistent(offer: Offer) -> tuple[str, str, str]:
    """The offer's answer, its visit's status and its wish's state, as they stand."""
    row = Offer.objects.select_related("consultation", "entry").get(pk=offer.pk)
    return row.answer, row.consultation.status, row.entry.state


TAKEN = (Answer.ACCEPTED, Status.BOOKED, WaitState.FULFILLED)


@pytest.mark.assures("BO-04")
def test_an_offer_accepted_many_times_at_once_is_one_visit(offer: Offer, now: datetime) -> None:
    outcome = race([partial(waiting.accept, offer=_mine(offer), now=now) for _n in range(MANY)])
    assert outcome == {"done": 1, "offer_over": MANY - 1}
    assert consistent(offer) == TAKEN
    assert len(told("booked")) == 1
    assert overlaps() == NONE


def _mine(offer: Offer) -> Offer:
    """The offer as another process has read it."""
    return holds.with_visit().get(pk=offer.pk)


@pytest.mark.assures("BO-02")
def test_without_the_lock_two_who_look_and_then_write_both_believe_they_have_it(offer: Offer) -> None:
    pause = Barrier(2)
    believed = []

    def naive() -> None:
        with transaction.atomic():
            seen = Offer.objects.get(pk=offer.pk).answer
            pause.wait(timeout=30)
            if seen == Answer.OPEN:
                Consultation.objects.filter(pk=offer.consultation_id).update(status=Status.BOOKED)
                believed.append(True)

    race([naive, naive])
    assert len(believed) == 2


@pytest.mark.assures("BO-04")
def test_accepting_and_declining_at_once_ends_in_one_of_the_two(
    waits: Callable[[Patient], WaitlistEntry], people: list[Patient], place: Place, now: datetime
) -> None:
    for n, who in enumerate(people[: max(4, len(ROUNDS))]):
        at = Place(
            clinic=place.clinic, practitioner=place.practitioner, start=TEN + timedelta(minutes=40 * n)
        )
        offer = waiting.offer(entry=waits(who), place=at, by=None, now=now)
        outcome = race([
            partial(waiting.accept, offer=_mine(offer), now=now),
            partial(waiting.decline, offer=_mine(offer), now=now),
        ])  # fmt: skip
        assert outcome == {"done": 1, "offer_over": 1}
        assert consistent(offer) in {TAKEN, (Answer.DECLINED, Status.CANCELLED, WaitState.OPEN)}
        assert overlaps() == NONE


@pytest.mark.assures("BO-04")
def test_an_answer_in_the_last_moment_and_the_clock_do_not_both_win(
    waits: Callable[[Patient], WaitlistEntry], people: list[Patient], place: Place, now: datetime
) -> None:
    for n, who in enumerate(people[:6]):
        at = Place(
            clinic=place.clinic, practitioner=place.practitioner, start=TEN + timedelta(minutes=40 * n)
        )
        offer = waiting.offer(entry=waits(who), place=at, by=None, now=now)
        just_before = offer.expires_at - timedelta(milliseconds=1)
        race([
            partial(waiting.accept, offer=_mine(offer), now=just_before),
            partial(waiting.let_run_out, now=offer.expires_at),
        ])  # fmt: skip
        assert consistent(offer) in {TAKEN, (Answer.EXPIRED, Status.CANCELLED, WaitState.OPEN)}
        assert overlaps() == NONE


@pytest.mark.assures("BO-04")
def test_a_desk_that_books_while_the_offer_runs_out_or_is_accepted_never_doubles(
    offer: Offer, people: list[Patient], follow_up: ConsultationType, mira: Practitioner, now: datetime
) -> None:
    just_before, after = offer.expires_at - timedelta(milliseconds=1), offer.expires_at
    desks: list[Callable[[], object]] = [
        partial(booking.book, order=order(who, follow_up, mira), by=None, now=after) for who in people[1:8]
    ]
    outcome = race(
        [
            partial(waiting.accept, offer=_mine(offer), now=just_before),
            partial(waiting.let_run_out, now=after),
            *desks,
        ]
    )
    assert set(outcome) <= {"done", "offer_over", "slot_taken"}
    assert Consultation.objects.seated().filter(start=TEN).count() == 1
    assert overlaps() == NONE
    answer, status, _state = consistent(offer)
    assert (answer == Answer.ACCEPTED) is (status == Status.BOOKED)


@pytest.mark.assures("BO-04")
def test_a_desk_cannot_book_what_is_held_while_it_is_accepted(
    offer: Offer, people: list[Patient], follow_up: ConsultationType, mira: Practitioner, now: datetime
) -> None:
    outcome = race([
        partial(waiting.accept, offer=_mine(offer), now=now),
        *(partial(booking.book, order=order(who, follow_up, mira), by=None, now=now) for who in people[1:8]),
    ])  # fmt: skip
    assert outcome == {"done": 1, "slot_taken": 7}
    assert consistent(offer) == TAKEN


@pytest.mark.assures("BO-02")
def test_without_the_constraint_and_the_locks_the_desk_books_over_the_held_time(
    offer: Offer, people: list[Patient], follow_up: ConsultationType, mira: Practitioner, now: datetime
) -> None:
    with without_constraint("clinic_block", "one_block_a_practitioner"):
        Block.objects.create(
            practitioner=mira, clinic=offer.consultation.clinic, type=follow_up, start=TEN,
            end=TEN + timedelta(minutes=40), taken=1,
        )  # fmt: skip
        waiting.accept(offer=_mine(offer), now=now)
        assert overlaps()["practitioner"] == 1
        Offer.objects.all().delete()


@pytest.mark.assures("BO-04")
def test_two_freed_at_once_are_offered_to_two_and_a_wish_gets_one(
    waits: Callable[[Patient], WaitlistEntry], people: list[Patient], follow_up: ConsultationType,
    mira: Practitioner, leila: Practitioner, now: datetime,
) -> None:  # fmt: skip
    blocks = [_freed(people[-1], follow_up, who, now) for who in (mira, leila)]
    first, second = waits(people[0]), waits(people[1])
    race([partial(waiting.serve, block=block, now=now) for block in blocks * 3])
    open_offers = Offer.objects.filter(answer="")
    assert sorted(open_offers.values_list("entry", flat=True)) == sorted([first.pk, second.pk])
    assert overlaps() == NONE


def _freed(who: Patient, kind: ConsultationType, practitioner: Practitioner, now: datetime) -> Block:
    visit = booking.book(order=order(who, kind, practitioner), by=None, now=now)
    booking.cancel(consultation=visit, asked_by=CancelledBy.PATIENT, reason="Ill", by=None, now=now)
    return Block.objects.select_related("clinic", "practitioner", "type").get(pk=visit.block_id)


@pytest.mark.assures("BO-02")
def test_without_locks_and_constraint_one_wish_is_offered_two_times(
    waits: Callable[[Patient], WaitlistEntry], people: list[Patient], place: Place, now: datetime
) -> None:
    entry, until = waits(people[0]), now + timedelta(hours=1)
    held = [
        holding.hold(
            wish=replace(place, start=TEN + timedelta(hours=n)).wish(entry.type, entry.patient),
            until=until,
            source=Source.WAITLIST,
            now=now,
        )
        for n in range(2)
    ]
    pause = Barrier(2)

    def naive(visit: Consultation) -> None:
        seen = Offer.objects.filter(entry=entry, answer="").exists()
        pause.wait(timeout=30)
        if not seen:
            Offer.objects.create(entry=entry, consultation=visit, made_at=now, expires_at=until)

    with without_index("one_open_offer_a_wish"):
        assert race([partial(naive, visit) for visit in held]) == {"done": 2}
        assert Offer.objects.filter(entry=entry, answer="").count() == 2
        Offer.objects.all().delete()


@contextmanager
def without_index(name: str) -> Iterator[None]:
    """The table without this unique index, which stands as before afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name])
        (definition,) = cursor.fetchone()
        cursor.execute(f'DROP INDEX "{name}"')
        try:
            yield
        finally:
            cursor.execute(definition)


def test_two_workers_serve_each_freed_block_once(
    waits: Callable[[Patient], WaitlistEntry], people: list[Patient], follow_up: ConsultationType,
    mira: Practitioner, now: datetime,
) -> None:  # fmt: skip
    for who in people[:3]:
        waits(who)
    _freed(people[-1], follow_up, mira, now)
    race([partial(waiting.serve_batch, clock=lambda: now) for _n in range(6)])
    assert Offer.objects.count() == 1
    assert [row.state for row in told("slot_freed")] == [State.SENT]


def test_without_the_lease_two_workers_take_the_same_row(
    people: list[Patient], follow_up: ConsultationType, mira: Practitioner, now: datetime
) -> None:
    _freed(people[-1], follow_up, mira, now)
    pause = Barrier(2)
    took = []

    def naive() -> None:
        with transaction.atomic():
            rows = list(OutboxMessage.objects.sendable(now).filter(kind="slot_freed"))
            pause.wait(timeout=30)
            took.append(len(rows))

    race([naive, naive])
    assert took == [1, 1]
    held = [
        leasing.take(OutboxMessage.objects.sendable(now).filter(kind="slot_freed"), now) for _n in range(2)
    ]
    assert [len(lease.rows) for lease in held] == [1, 0]
