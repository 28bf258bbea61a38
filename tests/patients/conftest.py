"""The desk on the morning of the cast's Tuesday, and a way to book for the day after."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from clinic.models import Clinic, ConsultationType, Practitioner, User
from patients.actions import booking
from patients.models import Consultation, Patient, Source
from tests.doors import browser

TEN = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
"""Ten o'clock in Berlin on Wednesday."""
WEDNESDAY = {"clinic": "riverside", "day": "2026-03-18"}
BY_SCRIPT = {"HX-Request": "true"}
Booked = Callable[..., Consultation]


@pytest.fixture
def at_nine(now: datetime) -> Iterator[time_machine.Traveller]:
    """Stands at nine on Tuesday."""
    with time_machine.travel(now, tick=False) as moved:
        yield moved


@pytest.fixture
def desk(hedda: User) -> Client:
    """Hedda's browser."""
    return browser(hedda)


@pytest.fixture
def booked(
    follow_up: ConsultationType, riverside: Clinic, mira: Practitioner, hedda: User, now: datetime
) -> Booked:
    """Books a follow-up with Mira, on Wednesday at ten unless the test says otherwise."""

    def book(patient: Patient, start: datetime = TEN, **more: Any) -> Consultation:
        asked = {"type": follow_up, "practitioner": mira, **more}
        order = booking.Order(patient=patient, clinic=riverside, start=start, source=Source.DESK, **asked)
        return booking.book(order=order, by=hedda, now=now)

    return book


def page_of(desk: Client, **more: str) -> str:
    """The diary of Wednesday."""
    answer = desk.get("/desk/", {**WEDNESDAY, **more})
    assert answer.status_code == 200
    return answer.content.decode()


def again(visit: Consultation) -> Consultation:
    """As it stands now."""
    visit.refresh_from_db()
    return visit
