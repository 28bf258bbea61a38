"""A series: which dates are free, all chosen ones or none, and the rest of it cancelled at once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import (
    Clinic,
    ConsultationType,
    ExceptionKind,
    HoursException,
    OutboxMessage,
    Practitioner,
    User,
)
from clinic.rules.refusals import Refusal
from patients.actions import booking, repeating
from patients.actions.booking import Order
from patients.actions.repeating import Choice
from patients.models import CancelledBy, Consultation, Patient, Series, Source
from patients.rules.lifecycle import Status
from tests import factories

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
"""Ten o'clock in Berlin, Wednesday 18 March; on Sunday 29 March the clocks go forward."""


@pytest.fixture
def order(elena: Patient, follow_up: ConsultationType, riverside: Clinic, mira: Practitioner) -> Order:
    """Elena to Mira, Wednesday at ten."""
    return Order(
        patient=elena, type=follow_up, clinic=riverside, practitioner=mira, start=TEN, source=Source.DESK
    )


def weeks(order: Order, times: int, now: datetime, every: int = 1) -> list[repeating.Planned]:
    return repeating.plan(order=order, every_weeks=every, times=times, now=now)


def choices(order: Order, *starts: datetime) -> list[Choice]:
    return [Choice(practitioner=order.practitioner, start=start) for start in starts]


def of_plan(order: Order, times: int, now: datetime) -> list[Choice]:
    return choices(order, *(each.start for each in weeks(order, times, now)))


def takes(order: Order, start: datetime, by: User, now: datetime) -> Consultation:
    """Somebody else has the time."""
    other = factories.PatientFactory.create(clinic=order.clinic, given_name=f"Other {uuid4()}")
    return booking.book(order=replace(order, patient=other, start=start), by=by, now=now)


def test_the_time_stays_on_the_clinics_clock_where_clocks_change(order: Order, now: datetime) -> None:
    planned = weeks(order, 4, now)
    assert [each.start.astimezone(order.clinic.zone).hour for each in planned] == [10, 10, 10, 10]
    assert [each.start.hour for each in planned] == [9, 9, 8, 8]
    assert all(each.slot and each.slot.start == each.start for each in planned)


def test_every_third_week_is_three_weeks_apart(order: Order, now: datetime) -> None:
    days = [each.start.date() for each in weeks(order, 3, now, every=3)]
    assert [(later - first).days for first, later in pairwise(days)] == [21, 21]


def test_a_taken_date_comes_with_other_times_of_its_week(order: Order, hedda: User, now: datetime) -> None:
    takes(order, TEN + timedelta(days=7), hedda, now)
    free, taken, also_free = weeks(order, 3, now)
    assert free.slot
    assert also_free.slot
    assert taken.slot is None
    assert len(taken.alternatives) == 3
    of_mira = [slot for slot in taken.alternatives if slot.practitioner_id == order.practitioner.pk]
    assert len(of_mira) == 2
    assert {abs(slot.start - taken.start) for slot in of_mira} <= {timedelta(minutes=m) for m in (40, 45)}
    (of_leila,) = [slot for slot in taken.alternatives if slot not in of_mira]
    assert of_leila.start == taken.start


def test_a_date_on_leave_has_times_on_other_days_of_the_week(order: Order, now: datetime) -> None:
    day = TEN + timedelta(days=7)
    HoursException.objects.create(
        kind=ExceptionKind.CLOSURE, clinic=order.clinic, start=day - timedelta(hours=9), end=day + timedelta(hours=9)
    )  # fmt: skip
    closed = weeks(order, 2, now)[1]
    assert closed.slot is None
    assert {slot.start.date() - day.date() for slot in closed.alternatives} <= {
        timedelta(days=-1), timedelta(days=1),
    }  # fmt: skip


def test_the_patients_own_visits_are_conflicts_too(
    order: Order, leila: Practitioner, hedda: User, now: datetime
) -> None:
    booking.book(order=replace(order, practitioner=leila, start=TEN + timedelta(days=7)), by=hedda, now=now)
    assert weeks(order, 2, now)[1].slot is None


def test_past_the_horizon_nothing_is_offered_and_it_says_so(order: Order, now: datetime) -> None:
    order.type.horizon_days = 10
    near, far = weeks(order, 2, now)[0], weeks(order, 2, now + timedelta(hours=1))[1]
    assert not near.is_too_far
    assert not far.is_too_far
    third = weeks(order, 3, now)[2]
    assert third.is_too_far
    assert (third.slot, third.alternatives) == (None, [])


def test_it_plans_30_visits_in_a_query_count_that_grows_by_months(order: Order, now: datetime) -> None:
    order.type.horizon_days = 365
    counts = []
    for times in (4, 30):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            weeks(order, times, now)
        counts.append(len(asked))
    assert counts[0] <= 1 + 3
    assert counts[1] <= 1 + 3 * 8


@pytest.mark.parametrize(
    ("times", "every", "words"),
    [
        (500, 1, "2 to 30 visits"),
        (1, 1, "2 to 30 visits"),
        (0, 1, "2 to 30 visits"),
        (-3, 1, "2 to 30 visits"),
        (6, 0, "1 to 12 weeks"),
        (6, 99, "1 to 12 weeks"),
    ],
)
def test_it_refuses_an_unlikely_series(
    order: Order, now: datetime, times: int, every: int, words: str
) -> None:
    with pytest.raises(repeating.SeriesUnlikely, match=words):
        weeks(order, times, now, every)


def test_it_refuses_a_past_start(order: Order, hedda: User, now: datetime) -> None:
    past = now - timedelta(days=1)
    with pytest.raises(repeating.NotOffered, match="past"):
        weeks(replace(order, start=past), 2, now)
    with pytest.raises(repeating.NotOffered, match="past"):
        repeating.book_series(choices=choices(order, past, TEN), order=order, by=hedda, now=now)


def test_all_chosen_ones_are_booked_as_one_series_each_with_its_mail(
    order: Order, hedda: User, now: datetime
) -> None:
    visits = repeating.book_series(choices=of_plan(order, 6, now), order=order, by=hedda, now=now)
    assert len(visits) == 6
    assert {visit.series for visit in visits} == {Series.objects.get()}
    assert {visit.status for visit in visits} == {Status.BOOKED}
    told = OutboxMessage.objects.filter(kind="booked")
    assert {row.subject_id for row in told} == {visit.pk for visit in visits}


def test_an_alternative_may_be_with_somebody_else(
    order: Order, leila: Practitioner, hedda: User, now: datetime
) -> None:
    chosen = [*choices(order, TEN), Choice(practitioner=leila, start=TEN + timedelta(days=8))]
    visits = repeating.book_series(choices=chosen, order=order, by=hedda, now=now)
    assert [visit.practitioner for visit in visits] == [order.practitioner, leila]


def test_one_lost_time_leaves_nothing_booked_and_says_which_and_what_is_free(
    order: Order, hedda: User, now: datetime
) -> None:
    chosen = of_plan(order, 3, now)
    takes(order, chosen[1].start, hedda, now)
    with pytest.raises(repeating.SeriesLost) as lost:
        repeating.book_series(choices=chosen, order=order, by=hedda, now=now)
    assert "2026-03-25 10:00" in lost.value.message
    assert lost.value.details["alternatives"]
    assert not Consultation.objects.filter(patient=order.patient).exists()
    assert not Series.objects.exists()
    assert not OutboxMessage.objects.filter(person_id=order.patient.pk).exists()


def test_a_time_at_which_the_patient_is_elsewhere_is_lost_too(
    order: Order, leila: Practitioner, hedda: User, now: datetime
) -> None:
    booking.book(order=replace(order, practitioner=leila), by=hedda, now=now)
    with pytest.raises(repeating.SeriesLost, match="Leila Haddad"):
        repeating.book_series(choices=of_plan(order, 2, now), order=order, by=hedda, now=now)


@pytest.mark.assures("BO-08")
def test_a_hand_made_time_is_no_slot(order: Order, hedda: User, now: datetime) -> None:
    night = TEN + timedelta(hours=12)
    with pytest.raises(repeating.SeriesLost):
        repeating.book_series(choices=choices(order, TEN, night), order=order, by=hedda, now=now)


@pytest.mark.parametrize("number", [0, 1, 31, 500])
def test_it_books_2_to_30_visits(order: Order, hedda: User, now: datetime, number: int) -> None:
    starts = [TEN + timedelta(days=day) for day in range(number)]
    with pytest.raises(repeating.SeriesUnlikely):
        repeating.book_series(choices=choices(order, *starts), order=order, by=hedda, now=now)


def test_one_time_twice_is_refused(order: Order, hedda: User, now: datetime) -> None:
    with pytest.raises(repeating.SeriesUnlikely, match="twice"):
        repeating.book_series(choices=choices(order, TEN, TEN), order=order, by=hedda, now=now)


def test_who_may_not_book_there_books_no_series(order: Order, jonas: Practitioner, now: datetime) -> None:
    with pytest.raises(Refusal, match="may not book"):
        repeating.book_series(choices=of_plan(order, 2, now), order=order, by=jonas.user, now=now)


def test_a_closed_record_gets_no_series(order: Order, hedda: User, now: datetime) -> None:
    Patient.objects.filter(pk=order.patient.pk).update(archived_at=now)
    with pytest.raises(repeating.PatientClosed):
        repeating.book_series(choices=of_plan(order, 2, now), order=order, by=hedda, now=now)


def test_this_and_the_later_ones_are_cancelled_and_the_earlier_stay(
    order: Order, hedda: User, now: datetime
) -> None:
    visits = repeating.book_series(choices=of_plan(order, 4, now), order=order, by=hedda, now=now)
    booking.cancel(consultation=visits[3], asked_by=CancelledBy.PATIENT, reason="Away", by=hedda, now=now)
    assert [visit.pk for visit in repeating.later(visits[1])] == [visits[2].pk]
    outcomes = repeating.cancel_rest(
        consultation=visits[1], asked_by=CancelledBy.PATIENT, reason="Moves away", by=hedda, now=now
    )
    assert [(each.visit.pk, each.refusal) for each in outcomes] == [(visits[1].pk, ""), (visits[2].pk, "")]
    states = (
        Consultation.objects.filter(series__isnull=False).order_by("start").values_list("status", flat=True)
    )
    assert list(states) == [Status.BOOKED, *[Status.CANCELLED] * 3]


def test_what_cannot_be_cancelled_stays_and_says_why(
    order: Order, hedda: User, mira: Practitioner, jonas: Practitioner, now: datetime
) -> None:
    visits = repeating.book_series(choices=of_plan(order, 2, now), order=order, by=hedda, now=now)
    outcomes = repeating.cancel_rest(
        consultation=visits[0], asked_by=CancelledBy.CLINIC, reason="Ill", by=jonas.user, now=now
    )
    assert all("may not change" in each.refusal for each in outcomes)
    assert Consultation.objects.filter(status=Status.CANCELLED).count() == 0
    with pytest.raises(repeating.ReasonMissing):
        repeating.cancel_rest(
            consultation=visits[0], asked_by=CancelledBy.CLINIC, reason=" ", by=hedda, now=now
        )


def test_a_visit_outside_a_series_has_no_later_ones(order: Order, hedda: User, now: datetime) -> None:
    assert not repeating.later(booking.book(order=order, by=hedda, now=now)).exists()
