"""A sick day: each visit below the leave is moved, asked for or cancelled, and its patient is told once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from clinic.actions import sending, staffing
from clinic.models import (
    Clinic,
    ConsultationType,
    ExceptionKind,
    HoursException,
    OutboxMessage,
    Practitioner,
    State,
    User,
)
from clinic.policy import NotYours
from patients.actions import asking, booking, clearing
from patients.actions.booking import NotPossible
from patients.models import Consultation, Patient, Source
from patients.rules.lifecycle import Status
from tests import factories
from tests.doors import told
from tests.post import FixedClock, Postbox

pytestmark = pytest.mark.django_db

TEN = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
"""Ten o'clock of Wednesday in Berlin."""
Books = Callable[..., Consultation]


@pytest.fixture
def books(follow_up: ConsultationType, mira: Practitioner, now: datetime) -> Books:
    """Books a patient with Mira on Wednesday, so many hours after ten."""

    def booked(who: Patient, hours: float = 0, **more: object) -> Consultation:
        fields: dict[str, object] = {"type": follow_up, "practitioner": mira, "clinic": who.clinic, **more}
        order = booking.Order(
            patient=who, start=TEN + timedelta(hours=hours), source=Source.DESK, **fields  # type: ignore[arg-type]
        )  # fmt: skip
        return booking.book(order=order, by=None, now=now)

    return booked


@pytest.fixture
def sick(mira: Practitioner, noor: User, now: datetime) -> Callable[[], HoursException]:
    """Enters that Mira is sick on Wednesday."""

    def entered() -> HoursException:
        entry = staffing.Entry(
            kind=ExceptionKind.SICK,
            practitioner=mira,
            start=TEN - timedelta(hours=3),
            end=TEN + timedelta(hours=9),
        )
        return staffing.add_exception(entry=entry, by=noor, now=now).exception

    return entered


def states(*visits: Consultation) -> list[tuple[str, str]]:
    """The status and the practitioner's first name of each, as they stand."""
    rows = {row.pk: row for row in Consultation.objects.select_related("practitioner")}
    return [(rows[visit.pk].status, rows[visit.pk].practitioner.name.split()[0]) for visit in visits]


def due(visit: Consultation) -> list[str]:
    """The kinds of mail about it that are due now."""
    rows = OutboxMessage.objects.filter(subject_id=visit.pk, state=State.DUE)
    return sorted(rows.values_list("kind", flat=True))


@pytest.fixture
def at_leila(books: Books, leila: Practitioner, riverside: Clinic) -> Consultation:
    """Leila is busy on Wednesday at ten, in the second of two rooms."""
    nina = factories.PatientFactory.create(clinic=riverside, given_name="Nina", family_name="Berg")
    return books(nina, practitioner=leila)


def test_it_counts_how_many_each_colleague_could_take_with_the_rooms_that_the_visits_leave(
    books: Books,
    elena: Patient,
    samuel: Patient,
    at_leila: Consultation,
    sick: Callable[[], HoursException],
    now: datetime,
) -> None:
    first, second = books(elena), books(samuel, 2)
    anna = factories.PractitionerFactory.create(name="Anna Lind", at=[elena.clinic])
    first.type.practitioners.add(anna)
    sick()
    found = clearing.colleagues(visits=[first, second], now=now)
    assert [(each.practitioner.name, set(each.takes)) for each in found] == [
        ("Anna Lind", {first.pk, second.pk}),
        ("Leila Haddad", {second.pk}),
    ]


def test_visits_of_other_types_months_and_clinics_are_looked_at_too(
    books: Books, elena: Patient, leila: Practitioner, mira: Practitioner, room: object, now: datetime
) -> None:
    first_visit = factories.TypeFactory.create(
        name="First visit", duration_min=60, served_by=[mira, leila], in_rooms=[room]
    )
    visits = [books(elena), books(elena, 2, type=first_visit), books(elena, 24 * 7 * 6 - 1)]
    found = clearing.colleagues(visits=visits, now=now)
    assert [(each.practitioner, len(each.takes)) for each in found] == [(leila, 3)]


def test_what_fits_is_moved_and_what_does_not_is_named_and_stays(
    books: Books, elena: Patient, samuel: Patient, at_leila: Consultation, noor: User, now: datetime
) -> None:
    first, second = books(elena), books(samuel, 2)
    outcomes = clearing.move_all(visits=[first, second], to=at_leila.practitioner, by=noor, now=now)
    assert [(each.visit, bool(each.refusal)) for each in outcomes] == [(first, True), (second, False)]
    assert outcomes[0].refusal == "Leila Haddad is not free then."
    assert states(first, second) == [(Status.BOOKED, "Mira"), (Status.BOOKED, "Leila")]
    assert (due(first), due(second)) == (["booked"], ["moved"])


def test_cancelled_they_are_told_once_by_the_clinic(
    books: Books, elena: Patient, samuel: Patient, noor: User, now: datetime
) -> None:
    visits = [books(elena), books(samuel, 2)]
    outcomes = clearing.cancel_all(visits=visits, reason="Your physiotherapist is ill", by=noor, now=now)
    assert [each.refusal for each in outcomes] == ["", ""]
    assert states(*visits) == [(Status.CANCELLED, "Mira")] * 2
    assert {(row.cancelled_by, row.cancel_reason) for row in Consultation.objects.all()} == {
        ("clinic", "Your physiotherapist is ill")
    }
    assert [due(visit) for visit in visits] == [["cancelled"], ["cancelled"]]


def test_without_a_reason_nothing_is_cancelled(
    books: Books, elena: Patient, noor: User, now: datetime
) -> None:
    visit = books(elena)
    with pytest.raises(booking.ReasonMissing, match="patients are told"):
        clearing.cancel_all(visits=[visit], reason=" ", by=noor, now=now)
    assert states(visit) == [(Status.BOOKED, "Mira")]


class TestAsk:
    """The patient is asked to choose another time."""

    def test_the_visit_stands_and_only_the_request_is_said(
        self, books: Books, elena: Patient, noor: User, now: datetime
    ) -> None:
        visit = books(elena)
        (outcome,) = clearing.ask_all(visits=[visit], by=noor, now=now)
        visit.refresh_from_db()
        assert outcome.refusal == ""
        assert (visit.status, visit.asked_to_move_at) == (Status.BOOKED, now)
        assert due(visit) == ["choose_again"]

    def test_who_gets_no_email_is_named_and_the_others_are_asked(
        self, books: Books, samuel: Patient, elena: Patient, noor: User, now: datetime
    ) -> None:
        outcomes = clearing.ask_all(visits=[books(samuel), books(elena, 2)], by=noor, now=now)
        assert [each.refusal for each in outcomes] == ["Gets no email. Call 0170 1112222.", ""]

    def test_nobody_is_asked_twice_within_a_day(
        self, books: Books, elena: Patient, noor: User, now: datetime
    ) -> None:
        visit = books(elena, 24)
        asking.ask(visit=visit, by=noor, now=now)
        with pytest.raises(asking.AskedAlready):
            asking.ask(visit=visit, by=noor, now=now + timedelta(hours=23))
        asking.ask(visit=visit, by=noor, now=now + timedelta(hours=24))
        assert [row.state for row in told("choose_again")] == [State.SUPERSEDED, State.DUE]

    def test_a_reminder_is_silent_while_the_patient_chooses(
        self, books: Books, elena: Patient, noor: User, riverside: Clinic, now: datetime, postbox: Postbox
    ) -> None:
        factories.LeadFactory.create(clinic=riverside, days=None, hours=2)
        visit = books(elena)
        asking.ask(visit=visit, by=noor, now=now)
        sending.send_batch(clock=FixedClock(now))
        sending.send_batch(clock=FixedClock(TEN - timedelta(minutes=115)))
        assert len(postbox.received) == 1
        assert "choose another time" in str(postbox.received[0]["Subject"])
        assert told("reminder")[0].state == State.SUPPRESSED

    @pytest.mark.parametrize("then", ["move", "cancel"])
    def test_moved_or_cancelled_after_all_the_request_is_said_no_more(
        self, books: Books, elena: Patient, leila: Practitioner, noor: User, now: datetime, then: str
    ) -> None:
        visit = books(elena)
        asking.ask(visit=visit, by=noor, now=now)
        if then == "move":
            clearing.move_all(visits=[visit], to=leila, by=noor, now=now)
        else:
            clearing.cancel_all(visits=[visit], reason="Ill", by=noor, now=now)
        assert due(visit) == ["moved" if then == "move" else "cancelled"]
        visit.refresh_from_db()
        assert (visit.asked_to_move_at is None) is (then == "move")

    def test_not_for_a_visit_that_is_over_nor_by_who_may_not(
        self, books: Books, elena: Patient, jonas: Practitioner, noor: User, now: datetime
    ) -> None:
        visit = books(elena)
        with pytest.raises(NotYours):
            asking.ask(visit=visit, by=jonas.user, now=now)
        with pytest.raises(NotPossible):
            asking.ask(visit=visit, by=noor, now=TEN)
        assert told("choose_again") == []

    def test_leave_taken_back_lets_the_visit_stand_as_it_was(
        self, books: Books, elena: Patient, noor: User, sick: Callable[[], HoursException], now: datetime
    ) -> None:
        visit = books(elena)
        leave = sick()
        asking.ask(visit=visit, by=noor, now=now)
        clearing.take_back(exception=leave, by=noor, now=now)
        visit.refresh_from_db()
        assert visit.asked_to_move_at is None
        assert due(visit) == []
        assert not HoursException.objects.exists()

    def test_what_lies_below_another_absence_besides_is_still_asked_for(
        self,
        books: Books,
        elena: Patient,
        noor: User,
        riverside: Clinic,
        sick: Callable[[], HoursException],
        now: datetime,
    ) -> None:
        nina = factories.PatientFactory.create(clinic=riverside, given_name="Nina")
        first, second = books(elena), books(nina, 2)
        leave = sick()
        for visit in (first, second):
            asking.ask(visit=visit, by=noor, now=now)
        closure = {"clinic": riverside, "kind": ExceptionKind.CLOSURE}
        HoursException.objects.create(
            start=TEN - timedelta(hours=1), end=TEN + timedelta(minutes=1), **closure
        )
        clearing.take_back(exception=leave, by=noor, now=now)
        for visit in (first, second):
            visit.refresh_from_db()
        assert (first.asked_to_move_at, second.asked_to_move_at) == (now, None)
        assert (due(first), due(second)) == (["choose_again"], [])


def test_one_that_fails_does_not_stop_the_others(
    books: Books, elena: Patient, samuel: Patient, noor: User, now: datetime
) -> None:
    gone, stands = books(elena), books(samuel, 2)
    clearing.cancel_all(visits=[gone], reason="Ill", by=noor, now=now)
    outcomes = clearing.cancel_all(visits=[gone, stands], reason="Ill", by=noor, now=now)
    assert [bool(each.refusal) for each in outcomes] == [True, False]
    assert states(stands) == [(Status.CANCELLED, "Mira")]
