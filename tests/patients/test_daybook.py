"""A clinic's day as the desk sees it: who is on duty, who comes, how each visit stands."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import Clinic, ConsultationType, ExceptionKind, HoursException, Practitioner
from patients.actions import booking, daybook
from patients.models import CancelledBy, Consultation, Patient, Source
from tests import factories

WEDNESDAY = date(2026, 3, 18)
TEN = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
"""Ten o'clock in Berlin on Wednesday."""


class Book:
    """Books with Mira at Riverside; a test says only who, when and what differs."""

    def __init__(self, kind: ConsultationType, clinic: Clinic, mira: Practitioner, now: datetime) -> None:
        self.kind, self.clinic, self.mira, self.now = kind, clinic, mira, now
        self.user = mira.user

    def __call__(self, patient: Patient, start: datetime = TEN, **more: object) -> Consultation:
        fields: dict[str, object] = {"type": self.kind, "practitioner": self.mira, **more}
        order = booking.Order(patient=patient, clinic=self.clinic, start=start, source=Source.DESK, **fields)  # type: ignore[arg-type]
        return booking.book(order=order, by=None, now=self.now)

    def day(self, on: date = WEDNESDAY, now: datetime | None = None) -> daybook.Day:
        return daybook.day(clinic=self.clinic, on=on, user=self.user, now=now or self.now)


@pytest.fixture
def book(follow_up: ConsultationType, riverside: Clinic, mira: Practitioner, now: datetime) -> Book:
    return Book(follow_up, riverside, mira, now)


def test_a_column_a_practitioner_on_duty_with_the_visits_in_it(
    book: Book, elena: Patient, mira: Practitioner, leila: Practitioner
) -> None:
    visit = book(elena)
    day = book.day()
    assert [(column.practitioner, len(column.visits)) for column in day.columns] == [(leila, 0), (mira, 1)]
    assert [each.consultation for each in day.visits] == [visit]
    assert book.day(WEDNESDAY + timedelta(days=1)).visits == []


def test_who_is_booked_but_not_on_duty_has_a_column_all_the_same(
    book: Book, elena: Patient, mira: Practitioner
) -> None:
    book(elena)
    mira.weekly_hours.all().delete()
    away = next(column for column in book.day().columns if column.practitioner == mira)
    assert (away.spans, len(away.visits)) == ([], 1)


def test_leave_over_a_visit_shows_both(book: Book, elena: Patient, mira: Practitioner) -> None:
    book(elena)
    HoursException.objects.create(
        kind=ExceptionKind.LEAVE, practitioner=mira, start=TEN, end=TEN + timedelta(hours=2), reason="course"
    )
    column = next(column for column in book.day().columns if column.practitioner == mira)
    assert [away.reason for away in column.away] == ["course"]
    assert len(column.visits) == 1


def test_a_class_is_drawn_once_and_counted_by_heads(
    book: Book, back_class: ConsultationType, elena: Patient, samuel: Patient
) -> None:
    first, _second = (book(who, type=back_class) for who in (elena, samuel))
    day = book.day()
    column = next(column for column in day.columns if column.visits)
    assert [each.consultation for each in column.drawn] == [first]
    assert column.drawn[0].is_class
    assert day.counts == {"booked": 2}


def test_the_cancelled_stand_apart(book: Book, elena: Patient, now: datetime) -> None:
    booking.cancel(consultation=book(elena), asked_by=CancelledBy.PATIENT, reason="ill", by=None, now=now)
    day = book.day()
    assert day.visits == []
    assert [each.consultation.patient for each in day.cancelled] == [elena]
    assert day.counts == {"cancelled": 1}


def test_a_visit_knows_its_length_its_buffers_and_how_long_it_stands(
    book: Book, elena: Patient, now: datetime
) -> None:
    book.kind.before_min = 5
    visit = daybook.Visit(book(elena), now + timedelta(minutes=12))
    assert (visit.minutes, visit.before, visit.after, visit.since) == (30, 5, 10, 12)
    assert not visit.is_class
    assert not visit.is_past


def test_what_is_past_and_unmarked_is_unresolved(book: Book, elena: Patient) -> None:
    book(elena)
    tomorrow = TEN + timedelta(days=1)
    [visit] = book.day(now=tomorrow).visits
    assert (visit.status, visit.is_past) == (daybook.UNRESOLVED, True)
    assert book.day(now=tomorrow).counts == {daybook.UNRESOLVED: 1}


def test_hours_are_eight_to_six_and_stretch_for_who_works_longer(
    book: Book, riverside: Clinic, mira: Practitioner
) -> None:
    assert book.day().hours == range(8, 18)
    HoursException.objects.create(
        kind=ExceptionKind.EXTRA, practitioner=mira, clinic=riverside,
        start=TEN - timedelta(hours=3, minutes=30), end=TEN + timedelta(hours=9, minutes=30),
    )  # fmt: skip
    assert book.day().hours == range(6, 20)


def test_fullness_counts_seated_visits_by_the_clinics_date(
    book: Book, elena: Patient, samuel: Patient, now: datetime
) -> None:
    book(elena)
    gone = book(samuel, TEN + timedelta(days=1))
    booking.cancel(consultation=gone, asked_by=CancelledBy.CLINIC, reason="ill", by=None, now=now)
    first, last = date(2026, 3, 1), date(2026, 3, 31)

    def full(first: date, last: date) -> dict[date, int]:
        return daybook.fullness(clinic=book.clinic, first=first, last=last, user=book.user)

    assert full(first, last) == full(WEDNESDAY, WEDNESDAY) == {WEDNESDAY: 1}
    assert full(first, WEDNESDAY - timedelta(days=1)) == {}


def test_one_visit_or_six_cost_the_same_queries(book: Book, elena: Patient) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            book.day()
        return len(queries)

    book(elena)
    cost()  # the roles are read once a request
    one = cost()
    for n in range(1, 6):
        book(factories.PatientFactory.create(clinic=book.clinic), TEN + timedelta(hours=n))
    assert cost() == one <= 7
