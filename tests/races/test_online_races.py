"""Online bookings that meet: two clicks on one link, a click as the hold runs out, a third hold at the same moment.

The last has its negative control: without the constraint the same race lets too many stand.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from clinic.actions import linking
from clinic.models import Clinic, ConsultationType, OutboxMessage, Practitioner, TypeKind, User
from patients.actions import booking, limiting, requesting
from patients.actions.entries import Choice, Entry
from patients.actions.registering import PatientDetails
from patients.messages.online import CONFIRM
from patients.models import BookingRequest, Consultation, Patient, RequestState, Source
from patients.rules.redflags import QUESTIONS, Answer
from tests import factories
from tests.races.racing import NONE, ROUNDS, overlaps, race

pytestmark = pytest.mark.django_db(transaction=True)

TEN = datetime(2026, 3, 18, 9, tzinfo=UTC)
"""Ten o'clock of Wednesday in Berlin."""
QUARTER = timedelta(minutes=15)
CLICKS = 12
Ask = Callable[..., Entry]


@pytest.fixture
def ask(follow_up: ConsultationType, riverside: Clinic, mira: Practitioner) -> Ask:
    """What Ada asks for: Mira, Wednesday at ten, unless the race says what differs."""
    follow_up.online = True
    follow_up.save(update_fields=["online"])
    riverside.online_share = 100
    riverside.save(update_fields=["online_share"])

    def made(
        *, start: datetime = TEN, who: Practitioner = mira, email: str = "ada@example.org", network: str = "n"
    ) -> Entry:
        details = PatientDetails(given_name="Ada", family_name="Novak", email=email, clinic=riverside)
        return Entry(
            type=follow_up, choice=Choice(practitioner=who, start=start), who=details, reason="",
            answers={question.key: Answer.NO for question in QUESTIONS}, network=network,
        )  # fmt: skip

    return made


def link(request: BookingRequest, now: datetime) -> str:
    return linking.make(purpose=CONFIRM, subject=request.pk, now=now)


@pytest.mark.assures("BO-04")
def test_two_confirm_at_once_and_there_is_one_patient_and_one_visit(ask: Ask, now: datetime) -> None:
    for number in ROUNDS:
        day = TEN + timedelta(days=number % 2)
        made = requesting.request(entry=ask(start=day), now=now).request
        token = link(made, now)
        assert race([partial(requesting.confirm, token=token, now=now)] * CLICKS) == {"done": CLICKS}
        visit = Consultation.objects.get()
        assert Patient.objects.get() == visit.patient
        assert OutboxMessage.objects.filter(kind="booked").count() == 1
        assert overlaps() == NONE
        _clear()


@pytest.mark.assures("BO-04", "BO-01")
def test_a_click_as_the_hold_runs_out_meets_a_booking_and_one_of_them_has_the_time(
    ask: Ask, samuel: Patient, hedda: User, now: datetime
) -> None:
    """The click comes a moment before the end, the desk's booking a moment after it: whoever locks first has it."""
    for _round in ROUNDS:
        made = requesting.request(entry=ask(), now=now).request
        order = booking.Order(
            patient=samuel, type=made.type, clinic=made.clinic, practitioner=made.practitioner, start=TEN,
            source=Source.DESK,
        )  # fmt: skip
        book = partial(booking.book, order=order, by=hedda, now=now + QUARTER)
        click = partial(
            requesting.confirm, token=link(made, now), now=now + QUARTER - timedelta(milliseconds=1)
        )
        outcome = race([book, click, book, click])
        assert Consultation.objects.seated().count() == 1
        assert set(outcome) <= {"done", "slot_taken", "hold_over", "patient_busy"}
        assert overlaps() == NONE
        _clear(samuel)


@pytest.fixture
def by_video(ask: Ask, follow_up: ConsultationType, riverside: Clinic) -> list[Practitioner]:
    """As many people as clicks give the visit, by video: neither a person nor a room is between two requests."""
    follow_up.kind = TypeKind.TELEHEALTH
    follow_up.save(update_fields=["kind"])
    follow_up.rooms.clear()
    people = [
        factories.PractitionerFactory.create(name=f"Therapist {n}", at=[riverside]) for n in range(CLICKS)
    ]
    follow_up.practitioners.add(*people)
    return people


def without_the_clinics_lock(entry: Entry, now: datetime) -> None:
    """In place of the check of a day's share: its lock would let one clinic's requests pass one after the other."""


@pytest.mark.parametrize("whose", ["address", "network"])
def test_of_many_holds_at_once_two_stand(
    ask: Ask, by_video: list[Practitioner], whose: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing but the constraint is between them."""
    monkeypatch.setattr(limiting, "check_share", without_the_clinics_lock)
    for _round in ROUNDS:
        outcome = race(_attempts(ask, whose, by_video, now))
        assert outcome == {"done": 2, "too_many_holds": CLICKS - 2}
        assert BookingRequest.objects.filter(state=RequestState.OPEN).count() == 2
        _clear()


def test_who_counts_and_then_writes_lets_more_than_two_stand(
    ask: Ask, by_video: list[Practitioner], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the same race without the constraint, and each counts before any has written."""
    pause = Barrier(2)
    counted = limiting._taken
    monkeypatch.setattr(limiting, "check_share", without_the_clinics_lock)

    def naively(*told: Any) -> set[int]:
        found = counted(*told)
        if told[1] == "network":
            pause.wait(timeout=30)
        return found

    monkeypatch.setattr(limiting, "_taken", naively)
    attempts = _attempts(ask, "address", by_video, now)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX two_open_holds_an_email")
        try:
            race([attempts[n] for n in (0, 1)])
            assert BookingRequest.objects.filter(address_hold=1).count() == 2
        finally:
            _clear()
            cursor.execute(
                "CREATE UNIQUE INDEX two_open_holds_an_email ON patients_bookingrequest"
                " (address_digest, address_hold) WHERE state = 'open'"
            )


def _attempts(ask: Ask, whose: str, people: list[Practitioner], now: datetime) -> list[Callable[[], object]]:
    """As many requests as clicks, each with somebody else, that share an email or a network."""
    return [
        partial(
            requesting.request,
            entry=ask(
                who=people[n],
                email="ada@example.org" if whose == "address" else f"ada{n}@example.org",
                network="192.0.2.1" if whose == "network" else f"192.0.2.{n}",
            ),
            now=now,
        )
        for n in range(CLICKS)
    ]


def _clear(*but: Patient) -> None:
    """An empty diary for the next round."""
    with transaction.atomic():
        BookingRequest.objects.all().delete()
        Consultation.objects.all().delete()
        OutboxMessage.objects.all().delete()
        Patient.objects.exclude(pk__in=[each.pk for each in but]).delete()
        connection.cursor().execute("DELETE FROM clinic_block")
