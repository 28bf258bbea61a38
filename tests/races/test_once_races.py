"""One Idempotency-Key sent many times at one moment, over connections of their own."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial
from threading import Barrier, Event
from typing import Any

import pytest
import time_machine

from clinic.actions import once
from clinic.models import Clinic, ConsultationType, Practitioner, User
from patients.models import Consultation, Patient
from tests import factories
from tests.doors import api
from tests.races.racing import race, without_constraint

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.assures("BO-06")]
CLIENTS = 50


@pytest.fixture
def post(hedda: User, riverside: Clinic) -> Callable[..., Any]:
    """Asks for a new patient."""
    body = {"given_name": "Ada", "family_name": "Berg", "clinic": str(riverside.pk)}
    return partial(api(hedda).post, "/api/v1/patients/", body)


@pytest.fixture
def book(
    hedda: User, elena: Patient, mira: Practitioner, riverside: Clinic, follow_up: ConsultationType
) -> Callable[..., Any]:
    """Asks for Elena's follow-up with Mira, Wednesday at ten."""
    body = {
        "patient": str(elena.pk), "practitioner": str(mira.pk), "clinic": str(riverside.pk),
        "type": str(follow_up.pk), "start": "2026-03-18T10:00:00+01:00",
    }  # fmt: skip
    return partial(api(hedda).post, "/api/v1/consultations/", body)


@pytest.fixture
def asked(hedda: User) -> once.Asked:
    return once.Asked(user=hedda, key="one", request="POST")


def test_fifty_send_one_key_and_one_books_what_all_are_given(book: Callable[..., Any], now: datetime) -> None:
    answers: list[Any] = []
    with time_machine.travel(now, tick=False):
        race([lambda: answers.append(book(headers={"Idempotency-Key": "one"}))] * CLIENTS)
    assert Consultation.objects.count() == 1
    assert {answer.content for answer in answers} == {answers[0].content}
    told = Counter((answer.status_code, answer.get("Idempotent-Replayed")) for answer in answers)
    assert told == {(201, None): 1, (201, "true"): CLIENTS - 1}


def test_without_the_key_the_same_race_makes_one_for_each(post: Callable[..., Any]) -> None:
    race([post] * 4)
    assert Patient.objects.count() == 4


def test_without_the_index_the_same_key_makes_one_for_each(
    asked: once.Asked, riverside: Clinic, now: datetime
) -> None:
    """The control: nothing else makes the second wait for the first."""
    pause = Barrier(4)

    def with_the_others() -> Patient:
        pause.wait(timeout=30)
        return _ada(riverside)

    with without_constraint("clinic_idempotencykey", "one_request_a_key"):
        race([lambda: once.make(asked=asked, maker=with_the_others, now=now)] * 4)
    assert Patient.objects.count() == 4


def test_who_asks_while_the_first_is_long_at_work_is_told_to_come_back(
    asked: once.Asked, riverside: Clinic, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(once, "LONGEST_WAIT", "50ms")
    at_work, answered = Event(), Event()

    def slowly() -> Patient:
        at_work.set()
        assert answered.wait(timeout=30)
        return _ada(riverside)

    def again() -> None:
        assert at_work.wait(timeout=30)
        try:
            once.make(asked=asked, maker=slowly, now=now)
        finally:
            answered.set()

    outcome = race([lambda: once.make(asked=asked, maker=slowly, now=now), again])
    assert outcome == {"done": 1, "in_progress": 1}
    assert Patient.objects.count() == 1


def _ada(clinic: Clinic) -> Patient:
    patient: Patient = factories.PatientFactory.create(clinic=clinic, given_name="Ada")
    return patient
