"""Series and merges meet bookings, with real threads and connections: all or nothing, and no visit is left behind."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event

import pytest

from clinic.models import Clinic, ConsultationType, Practitioner, User
from patients import record
from patients.actions import booking, charting, inviting, merging, repeating, waiting
from patients.actions.repeating import Choice
from patients.actions.waiting import Wanted
from patients.models import Consultation, EpisodeOfCare, Patient, PortalAccess, Source, WaitlistEntry
from programs.actions import prescribing
from programs.models import Program
from tests import factories
from tests.races.racing import NONE, ROUNDS, overlaps, race

pytestmark = pytest.mark.django_db(transaction=True)

TEN = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
"""Ten o'clock in Berlin on Wednesday."""
WEEK = timedelta(days=7)


@pytest.fixture
def order(
    elena: Patient, follow_up: ConsultationType, riverside: Clinic, mira: Practitioner
) -> booking.Order:
    """Elena to Mira, Wednesday at ten."""
    return booking.Order(
        patient=elena, type=follow_up, clinic=riverside, practitioner=mira, start=TEN, source=Source.DESK
    )


def for_whom(order: booking.Order, patient: Patient, start: datetime) -> booking.Order:
    return booking.Order(
        patient=patient, type=order.type, clinic=order.clinic, practitioner=order.practitioner, start=start,
        source=Source.DESK,
    )  # fmt: skip


@pytest.mark.assures("BO-01")
def test_series_that_share_dates_are_booked_whole_or_not_at_all(order: booking.Order, now: datetime) -> None:
    for round_number in ROUNDS:
        callers = [
            factories.PatientFactory.create(clinic=order.clinic, given_name=f"Caller {round_number}-{n}")
            for n in range(12)
        ]
        forth = [Choice(practitioner=order.practitioner, start=TEN + WEEK * week) for week in range(4)]
        attempts: list[Callable[[], object]] = [
            partial(
                repeating.book_series,
                choices=forth[number % 2 :][:: 1 if number % 3 else -1],
                order=for_whom(order, caller, TEN),
                by=None,
                now=now,
            )
            for number, caller in enumerate(callers)
        ]
        outcome = race(attempts)
        assert set(outcome) <= {"done", "series_lost"}
        assert outcome["done"] == 1
        assert overlaps() == NONE
        [series] = {visit.series_id for visit in Consultation.objects.all()}
        assert Consultation.objects.filter(series=series).count() in {3, 4}
        Consultation.objects.all().delete()
        order.practitioner.blocks.all().delete()


def test_a_merge_that_meets_bookings_leaves_no_visit_at_the_dropped_record(
    order: booking.Order, hedda: User, now: datetime
) -> None:
    for _round in ROUNDS:
        drop = factories.PatientFactory.create(clinic=order.clinic, given_name="Helena")
        starts = [TEN + timedelta(minutes=40) * number for number in range(6)]
        outcome = race(
            [
                partial(merging.merge, keep=order.patient, drop=drop, by=hedda, now=now, reason="Same card"),
                *(
                    partial(booking.book, order=for_whom(order, drop, start), by=None, now=now)
                    for start in starts
                ),
            ]
        )
        assert set(outcome) <= {"done", "patient_not_current", "slot_taken", "not_a_slot"}
        drop.refresh_from_db()
        assert drop.merged_into == order.patient
        assert not Consultation.objects.filter(patient=drop).exists()
        assert overlaps() == NONE
        Consultation.objects.all().delete()
        order.practitioner.blocks.all().delete()


def hung_while_merging(  # noqa: PLR0917
    elena: Patient,
    kind: ConsultationType,
    mira: Practitioner,
    hedda: User,
    now: datetime,
    current: Callable[[Patient], Patient],
    monkeypatch: pytest.MonkeyPatch,
) -> list[int]:
    """A wish, an episode, a program and a sitting are hung on a record just as it is merged; how many stay at it."""
    drop = factories.PatientFactory.create(clinic=elena.clinic, given_name="Helena")
    episode = factories.EpisodeFactory.create(patient=drop, team=[mira])
    ready = Event()

    def slowly(patient: Patient) -> Patient:
        row = current(patient)
        ready.set()
        time.sleep(0.1)
        return row

    monkeypatch.setattr(record, "current", slowly)

    def merge() -> None:
        assert ready.wait(timeout=5)
        merging.merge(keep=elena, drop=drop, by=hedda, now=now, reason="Same card")

    wanted = Wanted(patient=drop, type=kind, since=TEN.date(), until=TEN.date() + WEEK)
    plan = prescribing.Plan(
        patient=drop,
        episode=episode,
        clinic=drop.clinic,
        physiotherapist=mira,
        title="Back",
        starts_on=TEN.date(),
    )
    opening = charting.Opening(clinic=drop.clinic, complaint="Knee", practitioner=mira)
    race(
        [
            merge,
            partial(waiting.wish, wanted=wanted, by=None, now=now),
            partial(charting.open_episode, patient=drop, opening=opening, by=mira.user, now=now),
            partial(prescribing.open_program, plan=plan, by=mira.user, now=now),
            partial(inviting.invite, patient=drop, by=hedda, now=now),
        ]
    )
    drop.refresh_from_db()
    assert drop.merged_into == elena
    return [
        rows.objects.filter(patient=drop).count()
        for rows in (WaitlistEntry, EpisodeOfCare, Program, PortalAccess)
    ]


record_current = record.current


def test_what_is_hung_on_a_record_as_it_is_merged_moves_to_the_kept_one(
    elena: Patient, follow_up: ConsultationType, mira: Practitioner, hedda: User, now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    left = hung_while_merging(elena, follow_up, mira, hedda, now, record_current, monkeypatch)
    assert left == [0, 0, 0, 0]


def test_without_the_lock_it_would_be_left_behind(
    elena: Patient, follow_up: ConsultationType, mira: Practitioner, hedda: User, now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    left = hung_while_merging(elena, follow_up, mira, hedda, now, lambda patient: patient, monkeypatch)
    assert sum(left) > 0
