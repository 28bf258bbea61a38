"""A manager's numbers: a little clinic counted by hand, each visit on its day by the clinic's clock."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine

from clinic import policy
from clinic.models import Clinic, ConsultationType, HoursException, Practitioner, User
from clinic.rules import wallclock
from patients.actions import booking, counting
from patients.actions.counting import Numbers
from patients.models import CancelledBy, Consultation, Patient, Source
from patients.rules.lifecycle import Status
from patients.rules.periods import Kind, Period, named
from tests import factories

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 16)
TODAY = date(2026, 3, 17)
RECENT = named(Kind.RECENT, TODAY)
Books = Callable[..., Consultation]
Counts = Callable[..., Numbers]


@pytest.fixture(autouse=True)
def _nine_o_clock(now: datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def books(
    riverside: Clinic, mira: Practitioner, follow_up: ConsultationType, hedda: User, elena: Patient
) -> Books:
    """Books Elena with Mira on a day of Riverside's clock, two days before it, then gives the visit a status."""

    def book(
        day: date,
        at: time = time(10),
        *,
        days_before: int = 2,
        told: dict[str, Any] | None = None,
        **change: Any,
    ) -> Consultation:
        start = datetime.combine(day, at, tzinfo=riverside.zone)
        asked = {"patient": elena, "type": follow_up, "practitioner": mira, **(told or {})}
        order = booking.Order(clinic=riverside, start=start, source=Source.DESK, **asked)
        made = start - timedelta(days=days_before)
        with time_machine.travel(made, tick=False):
            visit = booking.book(order=order, by=hedda, now=made)
        Consultation.objects.filter(pk=visit.pk).update(**change)
        return visit

    return book


@pytest.fixture
def counts(riverside: Clinic, noor: User, now: datetime) -> Counts:
    """Counts Riverside's five weeks for Noor, unless the test says otherwise."""

    def count(period: Period = RECENT, **more: Any) -> Numbers:
        return counting.numbers(**{"clinic": riverside, "period": period, "by": noor, "now": now, **more})

    return count


def cancelled(late: bool = False) -> dict[str, object]:
    """What a visit that was cancelled by its patient looks like."""
    return {
        "status": Status.CANCELLED, "cancelled_late": late, "cancelled_by": CancelledBy.PATIENT, "cancel_reason": "ill",
    }  # fmt: skip


def week_of(numbers: Numbers, monday: date) -> Any:
    """The totals of that week."""
    return next(step.totals for step in numbers.steps if step.period.first == monday)


def test_each_visit_counts_in_its_week(books: Books, counts: Counts) -> None:
    books(MONDAY + timedelta(days=2))
    books(MONDAY, status=Status.COMPLETED)
    books(MONDAY - timedelta(days=3), status=Status.COMPLETED)
    books(MONDAY - timedelta(days=4), status=Status.NO_SHOW)
    books(MONDAY - timedelta(days=5), status=Status.COMPLETED)
    books(MONDAY - timedelta(days=6), **cancelled(late=True))
    found = counts()
    *older, before, this = (step.totals.visits for step in found.steps)
    assert (this.booked, this.completed, this.no_show_rate) == (2, 1, 0)
    assert (before.booked, before.completed, before.cancelled, before.late) == (3, 2, 1, 1)
    assert (before.no_show_rate, before.cancellation_rate, before.is_high) == (33, 25, True)
    assert [(week.booked, week.no_show_rate, week.cancellation_rate) for week in older] == [
        (0, None, None)
    ] * 3
    assert (found.totals.visits.booked, found.totals.visits.no_show_rate) == (4, 25), (
        "Wednesday is not judged yet"
    )


def test_a_running_period_is_judged_beside_as_many_days_of_the_one_before(
    books: Books, counts: Counts
) -> None:
    books(date(2026, 2, 17), status=Status.COMPLETED)
    books(date(2026, 2, 18), status=Status.COMPLETED)
    books(date(2026, 3, 18))
    found = counts(named(Kind.MONTH, TODAY))
    assert (found.judged, found.beside) == (
        Period(date(2026, 3, 1), TODAY),
        Period(date(2026, 2, 1), date(2026, 2, 17)),
    )
    assert (found.totals.visits.booked, found.totals_before.visits.booked) == (0, 1)
    assert sum(step.totals.visits.booked for step in found.steps) == 1


def test_a_week_begins_at_midnight_of_the_clinics_clock(
    elena: Patient, riverside: Clinic, counts: Counts
) -> None:
    midnight = wallclock.day_span(MONDAY, riverside.zone).start
    Patient.objects.filter(pk=elena.pk).update(created_at=midnight - timedelta(seconds=1))
    late: Patient = factories.PatientFactory.create(clinic=riverside, given_name="Late")
    Patient.objects.filter(pk=late.pk).update(created_at=midnight)
    assert [step.totals.new_patients for step in counts().steps] == [0, 0, 0, 1, 1]


def test_utilisation_is_what_is_taken_with_buffers_of_what_is_open(
    books: Books, counts: Counts, leila: Practitioner
) -> None:
    books(MONDAY)
    mira, other = (
        next(
            each.totals.use
            for each in counts(named(Kind.DATES, MONDAY)).persons
            if each.practitioner.name == name
        )
        for name in ("Mira Okafor", leila.name)
    )
    assert mira.inside == timedelta(minutes=40)
    assert mira.open == other.open == timedelta(hours=9)
    assert (mira.percent, other.percent) == (7, 0)


def test_a_class_takes_its_time_once_and_an_early_cancellation_none(
    books: Books,
    counts: Counts,
    back_class: ConsultationType,
    samuel: Patient,
    hedda: User,
    riverside: Clinic,
) -> None:
    books(MONDAY, told={"type": back_class}, status=Status.COMPLETED)
    books(MONDAY, told={"type": back_class, "patient": samuel}, status=Status.NO_SHOW)
    freed = books(MONDAY, time(14))
    sunday = datetime.combine(MONDAY, time(), tzinfo=riverside.zone) - timedelta(hours=2)
    with time_machine.travel(sunday, tick=False):
        booking.cancel(consultation=freed, asked_by=CancelledBy.PATIENT, reason="ill", by=hedda, now=sunday)
    totals = counts(named(Kind.DATES, MONDAY)).totals
    assert totals.use.inside == timedelta(minutes=70), "an hour and the ten minutes after it"
    assert (totals.visits.booked, totals.visits.no_show_rate, totals.visits.cancelled) == (2, 50, 1)


def test_leave_and_closures_shorten_what_is_open_and_what_stands_there_is_outside(
    books: Books, counts: Counts, mira: Practitioner, riverside: Clinic
) -> None:
    books(MONDAY, time(10))
    at = [datetime.combine(MONDAY, time(hour), tzinfo=riverside.zone) for hour in (8, 12, 16, 18)]
    HoursException.objects.create(kind="leave", practitioner=mira, start=at[0], end=at[1])
    HoursException.objects.create(kind="closure", clinic=riverside, start=at[2], end=at[3])
    (person,) = (each for each in counts(named(Kind.DATES, MONDAY)).persons if each.practitioner == mira)
    assert person.totals.use.open == timedelta(hours=4)
    assert (person.totals.use.inside, person.totals.use.outside) == (timedelta(), timedelta(minutes=40))
    assert person.totals.use.percent == 0


def test_the_night_on_which_the_clocks_change_has_its_own_length(
    counts: Counts, mira: Practitioner, riverside: Clinic
) -> None:
    sunday = date(2026, 3, 29)
    whole = wallclock.day_span(sunday, riverside.zone)
    HoursException.objects.create(
        kind="extra", practitioner=mira, clinic=riverside, start=whole.start, end=whole.end
    )
    found = counts(named(Kind.WEEK, sunday), whom=mira.pk)
    assert [step.totals.use.open // timedelta(hours=1) for step in found.steps] == [9, 9, 9, 9, 9, 0, 23]


def test_a_moved_visit_counts_once_on_its_new_day_and_its_wait_is_from_the_first_booking(
    books: Books, counts: Counts, hedda: User, riverside: Clinic, now: datetime
) -> None:
    visit = books(MONDAY + timedelta(days=2), days_before=5)
    later = datetime.combine(MONDAY + timedelta(days=9), time(10), tzinfo=riverside.zone)
    booking.move(consultation=visit, practitioner=visit.practitioner, start=later, by=hedda, now=now)
    found = counts(Period(MONDAY, MONDAY + timedelta(days=13)))
    assert [step.totals.visits.booked for step in found.steps].index(1) == 9
    assert sum(step.totals.visits.booked + step.totals.visits.cancelled for step in found.steps) == 1
    assert found.totals.leads.count == 0, "next week is not judged"
    assert found.steps[9].totals.leads.median == 12


def test_lead_time_is_of_the_first_visit_that_was_kept(
    books: Books, counts: Counts, samuel: Patient, zoe: Patient
) -> None:
    books(MONDAY - timedelta(days=5), days_before=20, **cancelled())
    books(MONDAY - timedelta(days=4), days_before=20, status=Status.NO_SHOW)
    books(MONDAY, days_before=3, status=Status.COMPLETED)
    books(TODAY, time(16), days_before=9)
    books(MONDAY, time(12), days_before=7, told={"patient": samuel})
    books(MONDAY, time(14), days_before=14, told={"patient": zoe})
    leads = week_of(counts(), MONDAY).leads
    assert (leads.count, leads.median, leads.most) == (3, 7, 14)


def test_one_who_treats_is_counted_alone_and_adds_up_with_the_others(
    books: Books, counts: Counts, mira: Practitioner, leila: Practitioner, samuel: Patient
) -> None:
    books(MONDAY, status=Status.COMPLETED)
    books(MONDAY, told={"practitioner": leila, "patient": samuel}, status=Status.NO_SHOW)
    everybody, hers, others = counts(), counts(whom=mira.pk), counts(whom=leila.pk)
    assert (hers.totals.visits.no_show_rate, others.totals.visits.no_show_rate) == (0, 100)
    assert hers.totals.visits + others.totals.visits == everybody.totals.visits
    assert hers.totals.use + others.totals.use == everybody.totals.use
    assert [person.practitioner for person in hers.persons] == [mira]


def test_who_left_is_still_counted_and_open_until_then(
    books: Books, counts: Counts, mira: Practitioner, riverside: Clinic
) -> None:
    books(MONDAY, status=Status.COMPLETED)
    noon = datetime.combine(MONDAY, time(12), tzinfo=riverside.zone)
    Practitioner.objects.filter(pk=mira.pk).update(archived_at=noon)
    mira.clinics.clear()
    (person,) = (each for each in counts().persons if each.practitioner == mira)
    assert person.totals.visits.completed == 1
    assert counts(named(Kind.DATES, MONDAY), whom=mira.pk).totals.use.open == timedelta(hours=4)


def test_the_queries_are_constant(
    books: Books, riverside: Clinic, counts: Counts, django_assert_max_num_queries: Any
) -> None:
    for ago in range(3):
        books(MONDAY - timedelta(days=7 * ago))
    factories.PractitionerFactory.create(name="Ana Third", user__email="ana@example.org", at=[riverside])
    with django_assert_max_num_queries(10):
        counts()


def test_only_managers_of_the_clinic_count(
    counts: Counts, old_town: Clinic, riverside: Clinic, hedda: User, noor: User
) -> None:
    for by, clinic in ((hedda, riverside), (noor, old_town)):
        with pytest.raises(policy.NotYours):
            counts(by=by, clinic=clinic)


def test_an_offer_that_came_to_nothing_is_no_visit(books: Books, counts: Counts) -> None:
    books(
        MONDAY, status=Status.CANCELLED, previous_status=Status.HELD, cancelled_by="clinic",
        cancel_reason="The hold ran out.",
    )  # fmt: skip
    visits = week_of(counts(), MONDAY).visits
    assert (visits.booked, visits.cancelled) == (0, 0)
