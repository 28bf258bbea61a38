"""Every kind of message has its words, says nothing clinical in its subject, and can be written from a real row."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from clinic.actions import outbox, sending
from clinic.actions.outbox import Post
from clinic.messages import names
from clinic.models import ConsultationType, OutboxMessage, Practitioner, State, User
from patients.actions import asking, booking, requesting, waiting
from patients.actions.entries import Choice, Entry
from patients.actions.registering import PatientDetails
from patients.actions.waiting import Place, Wanted
from patients.models import BookingRequest, CancelledBy, Consultation, Offer, Patient, RequestState, Source
from patients.rules.redflags import QUESTIONS, Answer
from tests.post import FixedClock, Postbox, content_of, the_row

ROOT = Path(__file__).resolve().parents[2]
KINDS = sorted(names())
PARTS = ("subject.txt", "body.txt", "body.html")
CLINICAL = (
    "exercise", "program", "dosage", "dose", "pain", "back", "spine", "therap", "treat", "physio", "diagnos",
    "condition", "complaint", "episode", "follow-up", "knee", "hold", "sets", "log",
)  # fmt: skip
"""Words that a subject may not hold: it stands on a locked screen."""
ABOUT_ACCOUNTS = {
    "login_code",
    "use_password",
    "password_reset",
    "account_changed",
    "staff_invitation",
    "staff_known",
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(
    elena: Patient, follow_up: ConsultationType, mira: Practitioner, hedda: User, now: datetime
) -> Consultation:
    """Elena's visit to Mira in three days; what the booking itself posted is put aside."""
    order = booking.Order(
        patient=elena, type=follow_up, clinic=elena.clinic, practitioner=mira, start=now + timedelta(days=3),
        source=Source.DESK,
    )  # fmt: skip
    return booking.book(order=order, by=hedda, now=now)


@pytest.fixture
def asked(visit: Consultation, now: datetime) -> BookingRequest:
    """What somebody asks for online, an hour after Elena's visit."""
    visit.type.online = True
    visit.type.save(update_fields=["online"])
    entry = Entry(
        type=visit.type,
        choice=Choice(practitioner=visit.practitioner, start=visit.start + timedelta(hours=1)),
        who=PatientDetails(
            given_name="Ada", family_name="Novak", email="ada@example.org", clinic=visit.clinic
        ),
        reason="",
        answers={question.key: Answer.NO for question in QUESTIONS},
        network="192.0.2.1",
    )
    return requesting.request(entry=entry, now=now).request


@pytest.fixture
def offered(visit: Consultation, now: datetime) -> Offer:
    """Two hours after her visit is offered to Elena too."""
    wanted = Wanted(
        patient=visit.patient, type=visit.type, since=now.date(), until=now.date() + timedelta(days=9)
    )
    place = Place(
        clinic=visit.clinic, practitioner=visit.practitioner, start=visit.start + timedelta(hours=2)
    )
    return waiting.offer(entry=waiting.wish(wanted=wanted, by=None, now=now), place=place, by=None, now=now)


@pytest.fixture
def about(
    elenas_program: SimpleNamespace,
    visit: Consultation,
    asked: BookingRequest,
    offered: Offer,
    hedda: User,
    now: datetime,
) -> Callable[[str], Post]:
    """Makes the post of a kind about a row that stands."""

    def post(kind: str) -> Post:
        elena = elenas_program.program.patient
        access = elena.portal_access.get()
        subjects = {
            **dict.fromkeys(("booked", "moved", "reminder", "cancelled", "choose_again"), visit.pk),
            "confirm_request": asked.pk, "slot_offer": offered.pk, "invitation": access.pk,
            "program_ready": elenas_program.program.pk, "dosage_changed": elenas_program.program.pk,
            **dict.fromkeys(ABOUT_ACCOUNTS, hedda.pk),
        }  # fmt: skip
        if kind == "choose_again":
            asking.ask(visit=visit, by=hedda, now=now)
        if kind == "cancelled":
            booking.cancel(consultation=visit, asked_by=CancelledBy.PATIENT, reason="Ill", by=hedda, now=now)
        OutboxMessage.objects.all().delete()
        payloads = {"login_code": "123456", "password_reset": "/accounts/password/reset/key/1-invented/"}
        return Post(
            kind=kind,
            subject_id=subjects[kind],
            person_id=hedda.pk if kind in ABOUT_ACCOUNTS else elena.pk,
            due_at=now,
            useful_until=now + timedelta(days=2),
            version=visit.version,
            payload=payloads.get(kind, ""),
        )

    return post


@pytest.mark.parametrize("kind", KINDS)
def test_it_has_a_subject_a_text_and_a_page(kind: str) -> None:
    assert [part for part in PARTS if not (ROOT / "templates" / "emails" / kind / part).is_file()] == []


def test_no_words_stand_there_for_a_kind_that_is_gone() -> None:
    assert {path.name for path in (ROOT / "templates" / "emails").iterdir() if path.is_dir()} == set(KINDS)


@pytest.mark.assures("LG-01")
@pytest.mark.parametrize("kind", KINDS)
def test_it_is_written_from_a_real_row_and_its_subject_says_nothing_clinical(
    kind: str, about: Callable[[str], Post], postbox: Postbox, clock: FixedClock
) -> None:
    outbox.put(about(kind), now=clock.now)
    sending.send_batch(clock=clock)
    row = the_row()
    assert (row.state, row.last_reply, row.payload) == (State.SENT, "", "")
    (letter,) = postbox.received
    subject = str(letter["Subject"]).lower()
    assert subject
    assert [word for word in (*CLINICAL, "elena", "ruiz", "mira", "hedda") if word in subject] == []
    assert {part.get_content_type() for part in letter.walk()} >= {"text/plain", "text/html"}
    for part in letter.walk():
        if part.get_content_maintype() == "text":
            assert "{{" not in content_of(part).decode()


@pytest.mark.assures("RM-03")
@pytest.mark.parametrize("kind", KINDS)
def test_what_it_spoke_of_is_gone_so_nothing_is_sent_and_the_row_says_why(
    kind: str, about: Callable[[str], Post], hedda: User, elena: Patient, postbox: Postbox, clock: FixedClock
) -> None:
    outbox.put(about(kind), now=clock.now)
    User.objects.update(is_active=False)
    Patient.objects.update(deceased_on=clock.now.date())
    BookingRequest.objects.update(state=RequestState.EXPIRED)
    sending.send_batch(clock=clock)
    assert postbox.received == []
    row = the_row()
    assert row.state == State.SUPPRESSED
    why = {
        **dict.fromkeys(KINDS, "The patient has died."),
        **dict.fromkeys(ABOUT_ACCOUNTS, "The account is closed."),
        **dict.fromkeys(("invitation", "confirm_request"), "It was no longer true when it was due."),
    }
    assert row.last_reply == why[kind]
