"""Messages about visits: what is said, when, to whom, and what is said no more."""

from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import icalendar
import pytest

from clinic.actions import linking, outbox, sending
from clinic.messages import Kind
from clinic.models import Clinic, ConsultationType, OutboxMessage, Practitioner, State, User
from clinic.rules import ics
from patients import messages
from patients.actions import booking, inviting, telling
from patients.messages import visits
from patients.models import CancelledBy, Consultation, Patient, Source
from patients.rules.lifecycle import Status
from tests.factories import LeadFactory
from tests.post import FixedClock, Postbox, content_of

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 3, 20, 8, 30, tzinfo=UTC)
"""9:30 in Berlin, three days after the tests' morning."""


@pytest.fixture
def lead(riverside: Clinic) -> Any:
    """A reminder two days before, at the same wall time."""
    return LeadFactory.create(clinic=riverside)


def _order(patient: Patient, kind: ConsultationType, by: Practitioner, start: datetime) -> booking.Order:
    return booking.Order(
        patient=patient, type=kind, clinic=patient.clinic, practitioner=by, start=start, source=Source.DESK
    )


@pytest.fixture
def visit(
    lead: Any, elena: Patient, mira: Practitioner, follow_up: ConsultationType, hedda: User, now: datetime
) -> Consultation:
    """Elena's visit to Mira on Friday, booked at the desk."""
    return booking.book(order=_order(elena, follow_up, mira, FRIDAY), by=hedda, now=now)


def _ics(letter: EmailMessage) -> tuple[str, Any]:
    (part,) = letter.iter_attachments()
    calendar = icalendar.Calendar.from_ical(content_of(part))
    return str(calendar["METHOD"]), calendar.walk("VEVENT")[0]


def _rows(**state: Any) -> set[tuple[str, int]]:
    return set(OutboxMessage.objects.filter(**state).values_list("kind", "version"))


def test_a_booking_is_confirmed_now_and_reminded_of_in_time(visit: Consultation, now: datetime) -> None:
    due = dict(OutboxMessage.objects.values_list("kind", "due_at"))
    assert due == {"booked": now, "reminder": FRIDAY - timedelta(days=2)}


def test_a_lead_already_past_is_dropped_and_the_later_one_stays(
    lead: Any, elena: Patient, mira: Practitioner, follow_up: ConsultationType, hedda: User, now: datetime
) -> None:
    LeadFactory.create(clinic=elena.clinic, days=None, hours=2)
    tomorrow = FRIDAY - timedelta(days=2)
    booking.book(order=_order(elena, follow_up, mira, tomorrow), by=hedda, now=now)
    kept = OutboxMessage.objects.get(kind="reminder")
    # Two hours before 9:30 is quiet, so it comes in the last minute of the evening before.
    assert (kept.occurrence, kept.due_at) == ("lead:2h", datetime(2026, 3, 17, 18, 59, tzinfo=UTC))


@pytest.mark.assures("TZ-01")
def test_a_reminder_keeps_the_wall_time_across_a_clock_change(
    lead: Any, elena: Patient, mira: Practitioner, follow_up: ConsultationType, hedda: User, now: datetime
) -> None:
    monday = datetime(2026, 3, 30, 7, 30, tzinfo=UTC)  # 9:30 in summer time
    booking.book(order=_order(elena, follow_up, mira, monday), by=hedda, now=now)
    assert OutboxMessage.objects.get(kind="reminder").due_at == datetime(2026, 3, 28, 8, 30, tzinfo=UTC)


@pytest.mark.assures("TZ-03")
def test_the_mail_says_when_where_and_with_whom_and_carries_the_visit(
    visit: Consultation, postbox: Postbox, clock: FixedClock
) -> None:
    sending.send_batch(clock=clock)
    (letter,) = postbox.received
    body = letter.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert letter["Subject"] == "Your appointment on Fri 20 Mar, 09:30"
    for words in (
        "Hello Elena,",
        "Friday 20 March, 09:30–10:00",
        "Mira Okafor",
        "Riverside",
        "/portal/visits/",
    ):
        assert words in text
    method, event = _ics(letter)
    assert (method, event["UID"], event["SEQUENCE"]) == ("REQUEST", str(visit.pk), 0)
    assert event["DTSTART"].dt == FRIDAY


@pytest.mark.assures("LG-01")
def test_no_mail_names_a_treatment_and_no_subject_a_name(
    visit: Consultation, hedda: User, postbox: Postbox, clock: FixedClock
) -> None:
    ConsultationType.objects.update(name="Pelvic floor assessment")
    sending.send_batch(clock=clock)
    clock.now = FRIDAY - timedelta(days=2)
    sending.send_batch(clock=clock)
    booking.cancel(
        consultation=visit,
        asked_by=CancelledBy.CLINIC,
        reason="Bone density scan first",
        by=hedda,
        now=clock.now,
    )
    sending.send_batch(clock=clock)
    assert len(postbox.received) == 3
    for letter in postbox.received:
        assert "Elena" not in letter["Subject"]
        for part in letter.walk():
            words = content_of(part).decode()
            assert "Pelvic" not in words
            assert "Bone" not in words


@pytest.mark.assures("RM-03")
def test_a_moved_visit_is_not_reminded_of_at_its_old_time(
    visit: Consultation, mira: Practitioner, hedda: User, postbox: Postbox, clock: FixedClock
) -> None:
    sending.send_batch(clock=clock)
    booking.move(
        consultation=visit, practitioner=mira, start=FRIDAY + timedelta(days=3), by=hedda, now=clock.now
    )
    assert _rows(state=State.SUPERSEDED) == {("reminder", 1)}
    clock.now = FRIDAY - timedelta(days=2)
    sending.send_batch(clock=clock)
    assert [letter["Subject"].split()[:3] for letter in postbox.received] == [
        ["Your", "appointment", "on"],
        ["Your", "appointment", "has"],
    ]
    method, event = _ics(postbox.received[1])
    assert (method, event["UID"], event["SEQUENCE"]) == ("REQUEST", str(visit.pk), 1)
    clock.now = FRIDAY + timedelta(days=1)
    sending.send_batch(clock=clock)
    assert postbox.received[2]["Subject"] == "Reminder: your appointment on Mon 23 Mar, 09:30"


@pytest.mark.assures("RM-03")
@pytest.mark.parametrize("guard", ["supersede", "still_true", "none"])
def test_either_guard_alone_holds_an_old_reminder_back_and_without_both_it_goes_out(
    guard: str,
    visit: Consultation,
    hedda: User,
    postbox: Postbox,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control: both guards off, and the old reminder is sent."""
    sending.send_batch(clock=clock)
    if guard != "supersede":
        monkeypatch.setattr(outbox, "supersede", lambda **_: 0)
    if guard != "still_true":
        always = Kind(
            name="reminder",
            subject=visits.visit_of,
            recipient=visits.of_visit,
            still_true=lambda *_: True,
            context=visits.about,
        )
        monkeypatch.setattr(sending, "kind_of", lambda name: always)
    booking.move(
        consultation=visit,
        practitioner=visit.practitioner,
        start=FRIDAY + timedelta(days=3),
        by=hedda,
        now=clock.now,
    )
    OutboxMessage.objects.exclude(kind="reminder", version=1).delete()
    clock.now = FRIDAY - timedelta(days=2)
    sending.send_batch(clock=clock)
    assert len(postbox.received) == (2 if guard == "none" else 1)


@pytest.mark.assures("RM-03")
def test_a_cancelled_visit_is_taken_out_of_the_calendar_and_not_reminded_of(
    visit: Consultation, hedda: User, postbox: Postbox, clock: FixedClock
) -> None:
    sending.send_batch(clock=clock)
    booking.cancel(consultation=visit, asked_by=CancelledBy.PATIENT, reason="Away", by=hedda, now=clock.now)
    clock.now = FRIDAY - timedelta(days=2)
    sending.send_batch(clock=clock)
    assert len(postbox.received) == 2
    method, event = _ics(postbox.received[1])
    assert (method, event["UID"], event["SEQUENCE"], event["STATUS"]) == (
        "CANCEL",
        str(visit.pk),
        1,
        "CANCELLED",
    )


@pytest.mark.assures("RM-03")
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"email": ""}, "The patient has no email address."),
        ({"wants_email": False}, "The patient wants no emails."),
        ({"deceased_on": date(2026, 3, 17)}, "The patient has died."),
        ({"archived_at": FRIDAY}, "The record is closed."),
    ],
)
def test_who_cannot_or_must_not_be_written_to_gets_nothing_and_the_row_says_why(
    change: dict[str, Any], reason: str, visit: Consultation, postbox: Postbox, clock: FixedClock
) -> None:
    Patient.objects.update(**change)
    sending.send_batch(clock=clock)
    assert postbox.received == []
    row = OutboxMessage.objects.get(kind="booked")
    assert (row.state, row.last_reply) == (State.SUPPRESSED, reason)
    call = telling.by_phone(Consultation.objects.get(), now=clock.now)
    assert call.startswith("Gets no email"), "the desk knows before the post finds out"


def test_the_desk_calls_also_about_a_visit_that_has_begun_but_about_no_time_that_was_only_held(
    visit: Consultation,
) -> None:
    assert telling.by_phone(visit, now=FRIDAY - timedelta(hours=1)) == ""
    assert telling.by_phone(visit, now=FRIDAY).startswith("Gets no email")
    visit.status = Status.HELD
    assert telling.by_phone(visit, now=FRIDAY) == ""


@pytest.mark.assures("IN-05", "IN-06")
def test_line_breaks_in_a_name_inject_no_header_no_line_and_no_event(
    visit: Consultation, postbox: Postbox, clock: FixedClock
) -> None:
    evil = "\r\nBcc: thief@example.org\r\n\r\nATTENDEE:mailto:thief@example.org"
    Patient.objects.update(given_name=f"Elena{evil}")
    Practitioner.objects.update(name=f"Mira{evil}")
    Clinic.objects.update(name=f"Riverside{evil[:40]}")
    sending.send_batch(clock=clock)
    (letter,) = postbox.received
    assert letter["Bcc"] is None
    assert [part.get_content_type() for part in letter.walk() if not part.is_multipart()] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    _method, event = _ics(letter)
    assert event["ATTENDEE"] == "mailto:elena@example.org"


def _bodies(letter: EmailMessage) -> tuple[str, str]:
    """What the letter says, as text and as a page."""
    text, page = letter.get_body(("plain",)), letter.get_body(("html",))
    assert text is not None
    assert page is not None
    return text.get_content(), page.get_content()


def test_it_speaks_the_language_of_the_recipient_not_of_the_sender(
    visit: Consultation, postbox: Postbox, clock: FixedClock, settings: Any
) -> None:
    settings.LANGUAGES = [("en", "English"), ("es", "Spanish")]
    Patient.objects.update(language="es")
    sending.send_batch(clock=clock)
    text, page = _bodies(postbox.received[0])
    assert "viernes 20 marzo" in text
    assert '<html lang="es">' in page


@pytest.mark.parametrize("wish", ["es", "hi", "zz", ""])
def test_it_is_in_english_and_says_so_where_a_wish_is_not_spoken(
    visit: Consultation, postbox: Postbox, clock: FixedClock, wish: str
) -> None:
    Patient.objects.update(language=wish)
    sending.send_batch(clock=clock)
    text, page = _bodies(postbox.received[0])
    assert "Friday 20 March" in text
    assert '<html lang="en">' in page


def test_an_invitation_carries_a_link_that_opens_this_access_and_no_other(
    elena: Patient, hedda: User, postbox: Postbox, clock: FixedClock
) -> None:
    access = inviting.invite(patient=elena, by=hedda, now=clock.now)
    sending.send_batch(clock=clock)
    body = postbox.received[0].get_body(("plain",))
    assert body is not None
    token = body.get_content().partition("/portal/welcome/")[2].partition("/")[0]
    assert inviting.invited(token=token, now=clock.now) == access
    with pytest.raises(linking.LinkInvalid):
        inviting.invited(token=f"{token}x", now=clock.now)


def test_an_invitation_goes_to_the_account_that_its_link_opens(
    elena: Patient, hedda: User, postbox: Postbox, clock: FixedClock
) -> None:
    """Whatever address the record has by then, and though the patient wants no news by email."""
    inviting.invite(patient=elena, by=hedda, now=clock.now)
    Patient.objects.update(email="right@example.org", wants_email=False)
    sending.send_batch(clock=clock)
    assert [letter["To"] for letter in postbox.received] == ["elena@example.org"]


def test_the_file_of_the_portal_is_the_same_visit(visit: Consultation, now: datetime) -> None:
    event: Any = icalendar.Calendar.from_ical(messages.calendar(visit, now=now)).walk("VEVENT")[0]
    assert (event["UID"], event["DTSTART"].dt) == (str(visit.pk), FRIDAY)
    assert ics.PRODUCT.encode() in messages.calendar(visit, now=now)
