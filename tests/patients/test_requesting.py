"""An online booking holds its time, is confirmed by mail, and tells nobody who is known; three are one too many."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from clinic.actions import linking
from clinic.models import Block, Clinic, ConsultationType, OutboxMessage, Practitioner, User
from clinic.rules.refusals import Kind
from patients.actions import alarming, booking, requesting
from patients.actions.entries import Choice, Entry
from patients.actions.registering import BirthDateUnlikely, NameMissing, PatientDetails, PhoneUnreadable
from patients.messages.online import CONFIRM
from patients.models import BookingRequest, Consultation, Patient, PossibleTwin, RequestState, Source
from patients.rules.lifecycle import Status
from patients.rules.redflags import QUESTIONS, Answer
from tests import factories
from tests.doors import told

pytestmark = pytest.mark.django_db

TEN = datetime(2026, 3, 18, 9, tzinfo=UTC)
"""Ten o'clock of Wednesday in Berlin."""
QUARTER = timedelta(minutes=15)
ALL_NO = {question.key: Answer.NO for question in QUESTIONS}
Ask = Callable[..., Entry]


@pytest.fixture
def first_visit(mira: Practitioner, follow_up: ConsultationType) -> ConsultationType:
    """An assessment of 30 minutes that is open online, with twelve hours' notice."""
    follow_up.online = True
    follow_up.save(update_fields=["online"])
    return follow_up


@pytest.fixture
def ask(first_visit: ConsultationType, riverside: Clinic, mira: Practitioner) -> Ask:
    """What Ada asks for: Mira, Wednesday at ten, unless the test says what differs."""

    def made(*, start: datetime = TEN, network: str = "198.51.100.7", **more: object) -> Entry:
        who = {"given_name": "Ada", "family_name": "Novak", "email": "ada@example.org", **more}
        return Entry(
            type=first_visit,
            choice=Choice(practitioner=mira, start=start),
            who=PatientDetails(clinic=riverside, **who),  # type: ignore[arg-type]
            reason="Stiff in the morning",
            answers=ALL_NO,
            network=network,
        )

    return made


def link(request: BookingRequest, now: datetime) -> str:
    return linking.make(purpose=CONFIRM, subject=request.pk, now=now)


@pytest.mark.assures("BO-04")
def test_it_holds_the_time_and_asks_by_mail(ask: Ask, samuel: Patient, hedda: User, now: datetime) -> None:
    made = requesting.request(entry=ask(), now=now)
    assert (made.held_until, made.request.state) == (now + QUARTER, RequestState.OPEN)
    assert Block.objects.get().held_until == made.held_until
    (mail,) = told("confirm_request")
    assert (mail.subject_id, mail.due_at, mail.useful_until) == (made.request.pk, now, made.held_until)
    assert not Patient.objects.exclude(pk=samuel.pk).exists()
    order = booking.Order(
        patient=samuel, type=made.request.type, clinic=samuel.clinic, practitioner=made.request.practitioner,
        start=TEN, source=Source.DESK,
    )  # fmt: skip
    with pytest.raises(booking.SlotTaken):
        booking.book(order=order, by=hedda, now=now)
    booking.book(order=order, by=hedda, now=now + QUARTER)


def test_only_digests_of_the_addresses_are_kept_and_health_is_unreadable_in_the_table(
    ask: Ask, now: datetime
) -> None:
    made = requesting.request(entry=ask(), now=now).request
    assert "198.51.100.7" not in made.network_digest
    assert len({made.network_digest, made.address_digest}) == 2
    raw = (
        BookingRequest.objects.extra(select={"raw": "reason || red_flags"})
        .values_list("raw", flat=True)
        .get()
    )
    assert "Stiff" not in raw
    assert "numb" not in raw
    assert BookingRequest.objects.get().reason == "Stiff in the morning"
    assert alarming.answers_of(BookingRequest.objects.get()) == ALL_NO


def test_confirmed_it_is_the_visit_of_a_new_patient(ask: Ask, now: datetime) -> None:
    entry = ask(birth_date=date(1990, 2, 3), phone="0170 5556666", language="de")
    made = requesting.request(entry=entry, now=now).request
    visit = requesting.confirm(token=link(made, now), now=now + timedelta(minutes=3))
    assert (visit.start, visit.status, visit.source, visit.booked_by) == (
        TEN, Status.BOOKED, Source.ONLINE, None,
    )  # fmt: skip
    patient = visit.patient
    assert (patient.name, patient.phone.as_e164, patient.email, patient.language) == (
        "Ada Novak", "+491705556666", "ada@example.org", "de",
    )  # fmt: skip
    made.refresh_from_db()
    assert (made.state, made.consultation) == (RequestState.CONFIRMED, visit)
    assert [mail.subject_id for mail in told("booked")] == [visit.pk]


def test_a_second_click_shows_the_same_visit(ask: Ask, now: datetime) -> None:
    made = requesting.request(entry=ask(), now=now).request
    visits = {requesting.confirm(token=link(made, now), now=now + n * QUARTER).pk for n in (0, 1, 90)}
    assert visits == {Consultation.objects.get().pk}
    assert Patient.objects.count() == 1


@pytest.mark.assures("AZ-05")
def test_nobody_is_matched_with_a_known_patient_and_the_desk_gets_the_suspicion(
    ask: Ask, elena: Patient, now: datetime
) -> None:
    hers = {
        "given_name": "Elena",
        "family_name": "Ruiz",
        "email": elena.email,
        "birth_date": elena.birth_date,
    }
    made = requesting.request(entry=ask(**hers), now=now).request
    visit = requesting.confirm(token=link(made, now), now=now)
    assert visit.patient != elena
    twin = PossibleTwin.objects.get()
    assert (twin.patient, twin.other, twin.verdict) == (visit.patient, elena, "")


def test_a_stranger_is_nobodys_twin(ask: Ask, elena: Patient, now: datetime) -> None:
    made = requesting.request(entry=ask(), now=now).request
    requesting.confirm(token=link(made, now), now=now)
    assert not PossibleTwin.objects.exists()


@pytest.mark.assures("BO-04")
def test_after_a_quarter_of_an_hour_it_is_over_and_nothing_is_made(ask: Ask, now: datetime) -> None:
    made = requesting.request(entry=ask(), now=now).request
    with pytest.raises(requesting.HoldOver):
        requesting.confirm(token=link(made, now), now=now + QUARTER)
    assert not Patient.objects.exists()
    assert not Consultation.objects.exists()


@pytest.mark.assures("BO-04")
def test_after_it_another_time_is_booked_with_all_that_was_typed(
    ask: Ask, leila: Practitioner, now: datetime
) -> None:
    made = requesting.request(entry=ask(), now=now).request
    choice = Choice(practitioner=leila, start=TEN + timedelta(hours=1))
    later = now + timedelta(hours=1)
    visit = requesting.confirm_at(token=link(made, now), choice=choice, now=later)
    assert (visit.practitioner, visit.start, visit.patient.name) == (leila, choice.start, "Ada Novak")
    assert Block.objects.get(active=True, held_until=None) == visit.block
    assert requesting.confirm(token=link(made, now), now=later) == visit


def test_a_time_that_was_lost_meanwhile_is_refused_and_nobody_is_made(
    ask: Ask, samuel: Patient, hedda: User, now: datetime
) -> None:
    made = requesting.request(entry=ask(), now=now).request
    order = booking.Order(
        patient=samuel, type=made.type, clinic=samuel.clinic, practitioner=made.practitioner, start=TEN,
        source=Source.DESK,
    )  # fmt: skip
    booking.book(order=order, by=hedda, now=now + QUARTER)
    choice = Choice(practitioner=made.practitioner, start=TEN)
    with pytest.raises(requesting.SlotTaken):
        requesting.confirm_at(token=link(made, now), choice=choice, now=now + QUARTER)
    assert Patient.objects.get() == samuel


def test_a_third_hold_of_an_email_is_refused_and_says_what_to_do(ask: Ask, now: datetime) -> None:
    for hour in (0, 1):
        requesting.request(
            entry=ask(start=TEN + timedelta(hours=hour), network=f"198.51.100.{hour}"), now=now
        )
    third = ask(start=TEN + timedelta(hours=2), network="198.51.100.9", email="ADA@example.org")
    with pytest.raises(requesting.TooManyHolds, match="Call us") as refused:
        requesting.request(entry=third, now=now)
    assert refused.value.kind is Kind.LIMITED
    assert Block.objects.count() == 2
    requesting.request(entry=third, now=now + QUARTER)
    assert BookingRequest.objects.filter(state=RequestState.EXPIRED).count() == 2


def test_a_third_hold_of_a_network_is_refused_and_a_confirmed_one_counts_no_more(
    ask: Ask, now: datetime
) -> None:
    made = [
        requesting.request(entry=ask(start=TEN + timedelta(hours=n), email=f"{name}@example.org"), now=now)
        for n, name in enumerate(("ada", "ben"))
    ]
    third = ask(start=TEN + timedelta(hours=2), email="cleo@example.org")
    with pytest.raises(requesting.TooManyHolds):
        requesting.request(entry=third, now=now)
    requesting.confirm(token=link(made[0].request, now), now=now)
    requesting.request(entry=third, now=now)


def test_a_double_click_is_one_request_and_one_mail(ask: Ask, now: datetime) -> None:
    first, second = (requesting.request(entry=ask(), now=now).request for _click in range(2))
    assert first == second
    assert OutboxMessage.objects.count() == 1


def test_the_days_share_refuses_more_and_says_to_call(
    ask: Ask, first_visit: ConsultationType, riverside: Clinic, now: datetime
) -> None:
    riverside.online_share = 5
    riverside.save(update_fields=["online_share"])
    requesting.request(entry=ask(), now=now)
    requesting.request(
        entry=ask(start=TEN + timedelta(hours=1), email="b@example.org", network="192.0.2.1"), now=now
    )
    third = ask(start=TEN + timedelta(hours=2), email="c@example.org", network="192.0.2.2")
    with pytest.raises(requesting.DayFull, match="call us"):
        requesting.request(entry=third, now=now)
    requesting.request(
        entry=replace(third, choice=replace(third.choice, start=TEN + timedelta(days=1))), now=now
    )


def test_a_share_of_nothing_closes_online_booking(ask: Ask, riverside: Clinic, now: datetime) -> None:
    riverside.online_share = 0
    riverside.save(update_fields=["online_share"])
    with pytest.raises(requesting.DayFull):
        requesting.request(entry=ask(), now=now)
    assert not Block.objects.filter(active=True).exists()


@pytest.mark.assures("BO-08")
@pytest.mark.parametrize(
    "start",
    [
        datetime(2026, 3, 17, 13, tzinfo=UTC),  # within the notice
        datetime(2026, 3, 18, 9, 3, tzinfo=UTC),  # off the grid
        datetime(2026, 3, 18, 4, tzinfo=UTC),  # before opening
        datetime(2026, 3, 22, 9, tzinfo=UTC),  # Sunday
        datetime(2027, 3, 17, 9, tzinfo=UTC),  # past the horizon
        datetime(2026, 3, 16, 9, tzinfo=UTC),  # yesterday
    ],
)
def test_a_time_that_is_not_offered_is_refused(ask: Ask, start: datetime, now: datetime) -> None:
    with pytest.raises(requesting.NotOffered):
        requesting.request(entry=ask(start=start), now=now)
    assert not BookingRequest.objects.exists()


def test_what_staff_book_is_not_booked_online(
    ask: Ask, back_class: ConsultationType, first_visit: ConsultationType, now: datetime
) -> None:
    first_visit.online = False
    first_visit.save(update_fields=["online"])
    for kind in (back_class, first_visit):
        with pytest.raises(requesting.NotServed, match="Call us"):
            requesting.request(entry=replace(ask(), type=kind), now=now)


def test_an_emergency_is_not_booked(ask: Ask, now: datetime) -> None:
    with pytest.raises(requesting.Emergency):
        requesting.request(entry=replace(ask(), answers={**ALL_NO, "numb": Answer.YES}), now=now)


def test_a_request_carries_on_what_was_noted_for_the_same_visitor(ask: Ask, now: datetime) -> None:
    answers = {**ALL_NO, "cancer": Answer.YES}
    noted = alarming.note(answers=answers, reason="", before=None, now=now)
    assert noted is not None
    made = requesting.request(entry=replace(ask(), answers=answers, alarm=noted.pk), now=now).request
    noted.refresh_from_db()
    assert (made.is_alarming, noted.request) == (True, made)


@pytest.mark.parametrize(
    ("told_wrong", "refusal"),
    [
        ({"given_name": " "}, NameMissing),
        ({"birth_date": date(2030, 1, 1)}, BirthDateUnlikely),
        ({"phone": "12"}, PhoneUnreadable),
        ({"email": " "}, requesting.EmailMissing),
    ],
)
def test_what_could_not_be_registered_is_refused_at_once(
    ask: Ask, told_wrong: dict[str, object], refusal: type[Exception], now: datetime
) -> None:
    with pytest.raises(refusal):
        requesting.request(entry=ask(**told_wrong), now=now)


@pytest.mark.assures("AZ-09")
def test_a_link_for_something_else_confirms_nothing(ask: Ask, now: datetime) -> None:
    made = requesting.request(entry=ask(), now=now).request
    for token in (linking.make(purpose="visit-confirm", subject=made.pk, now=now), link(made, now)[:-1], "x"):
        with pytest.raises(requesting.LinkInvalid):
            requesting.confirm(token=token, now=now)
    gone = linking.make(purpose=CONFIRM, subject=factories.UserFactory.create().pk, now=now)
    with pytest.raises(requesting.LinkInvalid):
        requesting.confirm(token=gone, now=now)
