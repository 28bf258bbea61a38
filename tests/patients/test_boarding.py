"""The board of today: each visit stands in its lane, with how long somebody waits, and who is with nobody."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from clinic.models import Clinic, ConsultationType, ExceptionKind, HoursException, Practitioner, User
from patients.actions import attending, boarding, booking
from patients.models import CancelledBy, Consultation, Patient, Source
from patients.rules.lifecycle import Status
from tests import factories

pytestmark = pytest.mark.django_db
NINE, TEN, ELEVEN = (datetime(2026, 3, 17, hour, 0, tzinfo=UTC) for hour in (8, 9, 10))
"""On the cast's Tuesday, in Berlin."""
MINUTE = timedelta(minutes=1)
Book = Callable[..., Consultation]


@pytest.fixture
def book(follow_up: ConsultationType, riverside: Clinic, mira: Practitioner, hedda: User) -> Book:
    """Books somebody at ten with Mira unless the test says otherwise."""

    def book(patient: Patient, start: datetime = TEN, who: Practitioner = mira) -> Consultation:
        order = booking.Order(
            patient=patient, type=follow_up, clinic=riverside, practitioner=who, start=start,
            source=Source.DESK,
        )  # fmt: skip
        return booking.book(order=order, by=hedda, now=min(start, NINE))

    return book


def names(lane: list[boarding.Ticket]) -> list[str]:
    return [each.consultation.patient.given_name for each in lane]


def test_a_visit_walks_through_the_lanes(book: Book, elena: Patient, riverside: Clinic, hedda: User) -> None:
    def lanes(now: datetime) -> list[list[str]]:
        found = boarding.board(clinic=riverside, user=hedda, now=now)
        lanes = found.expected, found.waiting, found.being_seen, found.done, found.unresolved
        return [names(lane) for lane in lanes]

    visit = book(elena)
    assert lanes(NINE) == [["Elena"], [], [], [], []]
    visit = attending.arrive(consultation=visit, by=hedda, now=TEN - 5 * MINUTE)
    assert lanes(TEN) == [[], ["Elena"], [], [], []]
    visit = attending.start(consultation=visit, by=hedda, now=TEN)
    assert lanes(TEN) == [[], [], ["Elena"], [], []]
    assert lanes(ELEVEN) == [[], [], ["Elena"], [], []]
    attending.complete(consultation=visit, by=hedda, now=ELEVEN)
    assert lanes(ELEVEN) == [[], [], [], ["Elena"], []]


def test_it_says_how_long_somebody_waits_and_how_far_past_the_time(
    book: Book, elena: Patient, riverside: Clinic, hedda: User
) -> None:
    attending.arrive(consultation=book(elena), by=hedda, now=TEN - 12 * MINUTE)
    [ticket] = boarding.board(clinic=riverside, user=hedda, now=TEN + 2 * MINUTE).waiting
    assert (ticket.since, ticket.late) == (14, 2)


def test_it_says_how_much_time_is_left_and_how_far_somebody_is_over(
    book: Book, elena: Patient, riverside: Clinic, hedda: User
) -> None:
    attending.start(consultation=book(elena), by=hedda, now=TEN)
    [ticket] = boarding.board(clinic=riverside, user=hedda, now=TEN + 12 * MINUTE).being_seen
    assert (ticket.left, ticket.over, ticket.share) == (18, 0, 40)
    [ticket] = boarding.board(clinic=riverside, user=hedda, now=TEN + 33 * MINUTE).being_seen
    assert (ticket.over, ticket.share) == (3, 100)


def test_what_nobody_spoke_of_is_open_for_a_week(
    book: Book, elena: Patient, samuel: Patient, riverside: Clinic, hedda: User
) -> None:
    book(elena)
    book(samuel, TEN - timedelta(days=1))
    found = boarding.board(clinic=riverside, user=hedda, now=ELEVEN)
    assert names(found.unresolved) == ["Elena", "Samuel"]
    later = boarding.board(clinic=riverside, user=hedda, now=ELEVEN + timedelta(days=7))
    assert names(later.unresolved) == ["Elena"]


def test_cancelled_visits_stand_on_no_board(
    book: Book, elena: Patient, riverside: Clinic, hedda: User
) -> None:
    booking.cancel(consultation=book(elena), asked_by=CancelledBy.PATIENT, reason="Ill", by=hedda, now=NINE)
    assert boarding.board(clinic=riverside, user=hedda, now=NINE).tickets == []


def test_whoever_waits_longest_comes_first_and_what_was_done_last(
    book: Book, elena: Patient, samuel: Patient, leila: Practitioner, hedda: User
) -> None:
    early, late = book(elena), book(samuel, TEN, leila)
    attending.arrive(consultation=late, by=hedda, now=NINE)
    attending.arrive(consultation=early, by=hedda, now=NINE + MINUTE)
    assert names(boarding.board(clinic=early.clinic, user=hedda, now=TEN).waiting) == ["Samuel", "Elena"]


def test_it_names_who_is_with_nobody_who_waits_for_them_and_who_is_away(
    book: Book, elena: Patient, leila: Practitioner, riverside: Clinic, hedda: User
) -> None:
    attending.arrive(consultation=book(elena), by=hedda, now=NINE)
    HoursException.objects.create(kind=ExceptionKind.SICK, practitioner=leila, start=NINE, end=ELEVEN)
    of_leila, of_mira = boarding.board(clinic=riverside, user=hedda, now=TEN).idle
    assert of_leila.away_until == ELEVEN
    assert of_mira.waiting
    assert of_mira.waiting.consultation.patient == elena


def test_the_board_of_one_practitioner(
    book: Book, elena: Patient, samuel: Patient, leila: Practitioner, riverside: Clinic, hedda: User
) -> None:
    book(elena)
    book(samuel, TEN, leila)
    found = boarding.only(boarding.board(clinic=riverside, user=hedda, now=NINE), leila)
    assert names(found.tickets) == ["Samuel"]
    assert [each.practitioner for each in found.idle] == [leila]


@pytest.mark.assures("AZ-02")
def test_a_physiotherapist_elsewhere_sees_nobody(
    book: Book, elena: Patient, jonas: Practitioner, riverside: Clinic
) -> None:
    book(elena)
    assert boarding.board(clinic=riverside, user=jonas.user, now=NINE).tickets == []


def test_a_no_show_is_done(book: Book, riverside: Clinic, hedda: User) -> None:
    patient = factories.PatientFactory.create(clinic=riverside)
    attending.no_show(consultation=book(patient), by=hedda, now=ELEVEN)
    [ticket] = boarding.board(clinic=riverside, user=hedda, now=ELEVEN).done
    assert ticket.status == Status.NO_SHOW
