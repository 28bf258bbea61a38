"""Many at once, with real threads and connections: what the locks and the constraints hold, and what happens without.

Each race has its negative control: the same race on a path that checks and then inserts, with neither lock nor
constraint, must show doubles; else the race proves nothing.
"""

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Barrier

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from clinic.models import Block, Clinic, ConsultationType, Practitioner
from clinic.rules.refusals import Refusal
from patients.actions import booking, locking
from patients.models import SEATED, CancelledBy, Consultation, Patient, Source
from tests import factories
from tests.races.racing import NONE, ROUNDS, naively, overlaps, race, without_constraint

pytestmark = pytest.mark.django_db(transaction=True)

TEN = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
"""Ten o'clock in Berlin on Wednesday."""
CLIENTS = 50
Order = Callable[..., booking.Order]


@pytest.fixture
def people(riverside: Clinic) -> list[Patient]:
    """As many patients as there are clients."""
    return [
        factories.PatientFactory.create(clinic=riverside, given_name=f"Caller {n}") for n in range(CLIENTS)
    ]


@pytest.fixture
def order(follow_up: ConsultationType, riverside: Clinic, mira: Practitioner) -> Callable[..., booking.Order]:
    """An order for Mira, Wednesday at ten, unless the test says what differs."""

    def made(patient: Patient, **more: object) -> booking.Order:
        fields: dict[str, object] = {"type": follow_up, "practitioner": mira, "start": TEN, **more}
        return booking.Order(patient=patient, clinic=riverside, source=Source.API, **fields)  # type: ignore[arg-type]

    return made


@pytest.mark.assures("BO-01", "BO-09")
def test_fifty_book_one_slot_and_one_has_it(people: list[Patient], order: Order, now: datetime) -> None:
    for _round in ROUNDS:
        outcome = race([partial(booking.book, order=order(who), by=None, now=now) for who in people])
        assert outcome == {"done": 1, "slot_taken": CLIENTS - 1}
        assert overlaps() == NONE
        winner = Consultation.objects.seated().select_related("type", "clinic", "block").get()
        booking.cancel(
            consultation=winner, asked_by=CancelledBy.CLINIC, reason="next round", by=None, now=now
        )


@pytest.mark.assures("BO-01", "BO-05", "BO-09")
def test_fifty_move_to_one_slot_and_every_loser_keeps_its_own(
    people: list[Patient], order: Order, leila: Practitioner, mira: Practitioner, now: datetime
) -> None:
    visits = [
        booking.book(order=order(who, practitioner=leila, start=_apart(n)), by=None, now=now)
        for n, who in enumerate(people)
    ]
    for _round in ROUNDS:
        outcome = race(
            [
                partial(booking.move, consultation=visit, practitioner=mira, start=TEN, by=None, now=now)
                for visit in visits
            ]
        )
        assert outcome == {"done": 1, "slot_taken": CLIENTS - 1}
        assert overlaps() == NONE
        seated = Consultation.objects.filter(status__in=SEATED, block__active=True)
        assert seated.filter(practitioner=mira, start=TEN).count() == 1
        kept = dict(seated.filter(practitioner=leila).values_list("pk", "start"))
        assert kept.items() <= {visit.pk: visit.start for visit in visits}.items()
        assert len(kept) == CLIENTS - 1
        winner = seated.select_related("patient", "type", "clinic", "block").get(practitioner=mira)
        back = next(visit.start for visit in visits if visit.pk == winner.pk)
        visits = [visit for visit in visits if visit.pk != winner.pk]
        visits.append(booking.move(consultation=winner, practitioner=leila, start=back, by=None, now=now))


def _apart(n: int) -> datetime:
    """Ten starts a day, 40 minutes apart, on five working days from Wednesday on."""
    days = [0, 1, 2, 5, 6]
    return TEN - timedelta(hours=2) + timedelta(days=days[n // 10], minutes=40 * (n % 10))


@pytest.mark.assures("BO-02")
def test_without_locks_and_constraint_the_same_race_makes_doubles(
    people: list[Patient], order: Order
) -> None:
    few = people[:8]
    pause = Barrier(len(few))
    with without_constraint("clinic_block", "one_block_a_practitioner"):
        race([lambda who=who: naively(order(who), pause) for who in few])  # type: ignore[misc]
        assert overlaps()["practitioner"] > 0


@pytest.mark.assures("BO-02")
def test_the_constraint_alone_refuses_what_the_locks_would_have_let_queue(
    people: list[Patient], order: Order
) -> None:
    few = people[:4]
    pause = Barrier(len(few))

    def naive_but_held(who: Patient) -> None:
        try:
            naively(order(who), pause)
        except (
            IntegrityError,
            OperationalError,
        ) as fault:  # refused, or a deadlock of those who wait for each other
            raise booking.SlotTaken(str(fault)) from None

    assert race([lambda who=who: naive_but_held(who) for who in few]) == {"done": 1, "slot_taken": 3}  # type: ignore[misc]
    assert overlaps() == NONE


@pytest.mark.assures("BO-01")
def test_one_patient_at_two_desks_is_booked_once(
    elena: Patient, leila: Practitioner, mira: Practitioner, order: Order, now: datetime
) -> None:
    for n in range(5):
        start = TEN + timedelta(hours=n)
        outcome = race(
            [
                lambda who=who, start=start: booking.book(  # type: ignore[misc]
                    order=order(elena, practitioner=who, start=start), by=None, now=now
                )
                for who in (mira, leila)
            ]
        )
        assert outcome == {"done": 1, "patient_busy": 1}
    assert overlaps() == NONE


@pytest.mark.assures("BO-02")
def test_without_locks_and_constraint_one_patient_sits_twice(
    elena: Patient, leila: Practitioner, mira: Practitioner, order: Order
) -> None:
    pause = Barrier(2)
    with without_constraint("patients_consultation", "one_consultation_a_patient"):
        race([lambda who=who: naively(order(elena, practitioner=who), pause) for who in (mira, leila)])  # type: ignore[misc]
        assert overlaps()["patient"] > 0


@pytest.mark.assures("BO-01", "BO-05")
def test_bookings_and_moves_race_for_one_slot_and_every_loser_keeps_its_own(
    people: list[Patient], order: Order, mira: Practitioner, now: datetime
) -> None:
    starts = [
        TEN - timedelta(hours=2),
        TEN + timedelta(hours=1),
        TEN + timedelta(hours=2),
        TEN + timedelta(hours=3),
    ]
    visits = [
        booking.book(order=order(who, start=start), by=None, now=now)
        for who, start in zip(people, starts, strict=False)
    ]
    moves: list[Callable[[], object]] = [
        lambda visit=visit: booking.move(consultation=visit, practitioner=mira, start=TEN, by=None, now=now)  # type: ignore[misc]
        for visit in visits
    ]
    books: list[Callable[[], object]] = [
        lambda who=who: booking.book(order=order(who), by=None, now=now)  # type: ignore[misc]
        for who in people[4:12]
    ]
    outcome = race([*moves, *books])
    assert outcome == {"done": 1, "slot_taken": 11}
    assert overlaps() == NONE
    kept = Consultation.objects.filter(
        pk__in=[visit.pk for visit in visits], status__in=SEATED, block__active=True
    )
    assert kept.count() == 4


@pytest.mark.assures("BO-03")
def test_classes_of_eight_take_eight_each(
    people: list[Patient], back_class: ConsultationType, order: Order, now: datetime
) -> None:
    for hour in range(2):
        start = TEN + timedelta(hours=2 * hour)
        outcome = race(
            [
                lambda who=who, start=start: booking.book(  # type: ignore[misc]
                    order=order(who, type=back_class, start=start), by=None, now=now
                )
                for who in people[:32]
            ]
        )
        assert outcome == {"done": 8, "slot_taken": 24}
    assert [block.taken for block in Block.objects.all()] == [8, 8]
    assert overlaps() == NONE


@pytest.mark.assures("BO-02")
def test_a_class_whose_seats_are_counted_and_then_taken_overflows(
    people: list[Patient], back_class: ConsultationType, order: Order, now: datetime
) -> None:
    first = booking.book(order=order(people[0], type=back_class), by=None, now=now)
    Block.objects.update(taken=7)
    pause = Barrier(4)

    def naive_seat() -> None:
        with transaction.atomic():
            seen = Block.objects.get(pk=first.block_id).taken
            pause.wait(timeout=30)
            if seen < 8:
                with connection.cursor() as cursor:
                    cursor.execute(
                        "UPDATE clinic_block SET taken = taken + 1 WHERE id = %s", [first.block_id]
                    )

    with without_constraint("clinic_block", "block_not_over_capacity"):
        race([naive_seat] * 4)
        assert Block.objects.get().taken == 11


@pytest.mark.assures("BO-01", "BO-09")
def test_a_mixed_crowd_leaves_no_overlap_and_sees_only_foreseen_answers(
    people: list[Patient], order: Order, mira: Practitioner, leila: Practitioner, now: datetime
) -> None:
    def client(number: int) -> Counter[str]:
        dice = random.Random(number)  # noqa: S311 - repeatable, not secret
        seen = Counter[str]()
        for _step in range(8):
            who, practitioner = dice.choice(people[:12]), dice.choice([mira, leila])
            start = TEN + timedelta(minutes=10 * dice.randrange(18))
            try:
                _act(dice, order(who, practitioner=practitioner, start=start), now)
                seen["done"] += 1
            except Refusal as refusal:
                seen[refusal.code] += 1
        return seen

    totals: list[Counter[str]] = []
    race([lambda number=number: totals.append(client(number)) for number in range(10)])  # type: ignore[misc]
    seen = sum(totals, Counter[str]())
    assert seen.total() == 10 * 8, "nobody met an error"
    assert set(seen) <= {"done", "slot_taken", "patient_busy", "changed_meanwhile", "not_possible_now"}
    assert seen["done"] > 10
    assert overlaps() == NONE


def _act(dice: random.Random, order: booking.Order, now: datetime) -> None:
    """Books, or moves or cancels some visit that stands."""
    visit = dice.choice([None, *Consultation.objects.filter(status="booked").select_related("block", "type")])
    if visit is None or dice.random() < 0.4:
        booking.book(order=order, by=None, now=now)
    elif dice.random() < 0.6:
        booking.move(consultation=visit, practitioner=order.practitioner, start=order.start, by=None, now=now)
    else:
        booking.cancel(consultation=visit, asked_by=CancelledBy.CLINIC, reason="race", by=None, now=now)


@pytest.mark.assures("BO-09")
def test_who_waits_three_seconds_for_a_lock_twice_is_told_to_try_again(
    elena: Patient, mira: Practitioner, order: Order, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert locking.LONGEST_WAIT == "3s"
    monkeypatch.setattr(locking, "LONGEST_WAIT", "200ms")  # twice three seconds would prove no more
    ready, done = Barrier(2), Barrier(2)

    def hold() -> None:
        with transaction.atomic():
            Practitioner.objects.select_for_update(no_key=True).get(pk=mira.pk)
            ready.wait(timeout=30)
            done.wait(timeout=30)

    def ask() -> None:
        ready.wait(timeout=30)
        try:
            booking.book(order=order(elena), by=None, now=now)
        finally:
            done.wait(timeout=30)

    assert race([hold, ask]) == {"done": 1, "busy": 1}
    assert not Block.objects.exists()


@pytest.mark.assures("BO-09")
def test_a_taken_slot_is_refused_without_queueing_for_the_locks(
    elena: Patient, samuel: Patient, mira: Practitioner, order: Order, now: datetime
) -> None:
    booking.book(order=order(elena), by=None, now=now)
    ready, done = Barrier(2), Barrier(2)

    def hold() -> None:
        with transaction.atomic():
            Practitioner.objects.select_for_update(no_key=True).get(pk=mira.pk)
            ready.wait(timeout=30)
            done.wait(timeout=30)

    def ask() -> None:
        ready.wait(timeout=30)
        try:
            booking.book(order=order(samuel), by=None, now=now)
        finally:
            done.wait(timeout=30)

    assert race([hold, ask]) == {"done": 1, "slot_taken": 1}
