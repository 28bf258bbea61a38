"""Random weekends of bookings, offers, hours and a change of clocks against a naive model: both say the same.

`MODEL_STEPS` in the environment asks for at least so many steps; the test run takes a few hundred.
"""

import os
from collections import Counter
from collections.abc import Iterator
from datetime import date, time, timedelta, tzinfo

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from clinic.actions import searching
from clinic.models import (
    Clinic,
    ConsultationType,
    OpeningHours,
    Practitioner,
    Room,
    TypeKind,
    User,
    WeeklyHours,
)
from clinic.rules import hours, slots, wallclock
from clinic.rules.intervals import Span
from patients.actions import locking
from patients.models import Patient
from tests import factories
from tests.patients.booking_machine import BookingMachine
from tests.patients.booking_stage import WEEKDAYS, Cast
from tests.patients.naive import CHANGE

STEPS = int(os.environ.get("MODEL_STEPS", "200"))
A_WEEKEND = 30
"""Steps of one weekend."""


@pytest.fixture
def machine(  # noqa: PLR0917 - the cast
    riverside: Clinic, mira: Practitioner, leila: Practitioner, follow_up: ConsultationType, room: Room,
    second_room: Room, elena: Patient, samuel: Patient, noor: User,
) -> type[BookingMachine]:  # fmt: skip
    """Played at Riverside, by Mira, Leila and Nadia in two rooms, for patients who can all be written to."""
    nadia = factories.PractitionerFactory.create(name="Nadia Roy", at=[riverside])
    people = [mira, leila, nadia]
    follow_up.practitioners.add(nadia)
    more = {"served_by": people, "in_rooms": [room, second_room]}
    longer = factories.TypeFactory.create(duration_min=50, before_min=5, after_min=15, **more)
    group = factories.TypeFactory.create(kind=TypeKind.CLASS, duration_min=60, capacity=2, **more)
    samuel.email = "samuel@example.org"
    samuel.save()
    emil = factories.PatientFactory.create(clinic=riverside, given_name="Emil", email="emil@example.org")
    for day in WEEKDAYS:
        OpeningHours.objects.create(clinic=riverside, weekday=day, opens=time(0), closes=time(8))
        for one in people:
            WeeklyHours.objects.create(
                practitioner=one, clinic=riverside, weekday=day, starts=time(0), ends=time(8),
                valid_from=date(2025, 1, 1),
            )  # fmt: skip
    cast = Cast(
        riverside, people, [room, second_room], [elena, samuel, emil], [follow_up, longer, group], noor
    )
    return type("Weekend", (BookingMachine,), {"cast": cast, "steps": 0, "tally": Counter()})


@pytest.mark.assures("BO-01", "BO-03", "BO-04", "BO-08")
@pytest.mark.timeout(6 * 3600)
def test_the_diary_and_a_naive_model_agree_on_every_step(machine: type[BookingMachine]) -> None:
    while machine.steps < STEPS:
        size = settings(
            max_examples=max(1, (STEPS - machine.steps) // A_WEEKEND),
            stateful_step_count=A_WEEKEND,
            deadline=None,
            database=None,
            phases=[
                Phase.generate
            ],  # a failing weekend is told as it was played: to shorten it takes five minutes
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(machine, settings=size)
    told = ", ".join(f"{act} {many}" for act, many in sorted(machine.tally.items()))
    print(f"{machine.steps} steps, 0 differences ({told})")  # noqa: T201 - the proofs read it


@pytest.fixture
def weekend(machine: type[BookingMachine]) -> Iterator[BookingMachine]:
    """One in spring, on which nothing has happened yet."""
    played = machine()
    played.begin("spring", [])
    yield played
    played.teardown()


@pytest.mark.assures("BO-02")
def test_the_model_sees_a_move_that_forgets_the_buffers(
    weekend: BookingMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    weekend.book(orders=[(1, 0, 0, CHANGE)])
    weekend.the_diaries_are_the_same()

    def without_buffers(kind: ConsultationType, clinic: Clinic) -> slots.Shape:
        minutes = timedelta(minutes=kind.duration_min)
        return slots.Shape(duration=minutes, step=timedelta(minutes=clinic.slot_step_min))

    monkeypatch.setattr(searching, "shape", without_buffers)
    weekend.move(moves=[(0, 0, CHANGE + 60)])
    with pytest.raises(AssertionError):
        weekend.the_diaries_are_the_same()


@pytest.mark.assures("BO-02")
def test_the_model_sees_a_cancellation_that_frees_nothing(
    weekend: BookingMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    weekend.book(orders=[(0, 0, 0, CHANGE)])
    monkeypatch.setattr(locking, "free_seat", lambda _block, **_when: None)
    weekend.cancel(n=0)
    with pytest.raises(AssertionError):
        weekend.the_diaries_are_the_same()


@pytest.mark.assures("BO-02")
def test_the_model_sees_a_search_that_forgets_that_clocks_change(
    weekend: BookingMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    weekend.search(kind=0)
    hours_span = wallclock.hours_span

    def an_hour_off(day: date, opens: time, closes: time, zone: tzinfo) -> Span | None:
        span = hours_span(day, opens, closes, zone)
        is_sunday = day.weekday() == 6
        return Span(span.start, span.end + timedelta(hours=1)) if span and is_sunday else span

    hours._span.cache_clear()
    monkeypatch.setattr(hours, "hours_span", an_hour_off)
    with pytest.raises(AssertionError):
        weekend.search(kind=0)
    hours._span.cache_clear()
