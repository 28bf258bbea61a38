"""One sitting is logged once, however it is sent; a second one is logged when the patient says that it is one."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from clinic.models import Practitioner
from patients.models import Patient
from programs.actions import prescribing
from programs.actions.adjusting import Edit, revise
from programs.models import LogSource, Prescription, SessionLog
from programs.rules.dosage import changed
from tests import factories
from tests.doors import browser

pytestmark = pytest.mark.django_db
FORM = "/portal/session/"


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(now, tick=False) as moved:
        yield moved


@pytest.fixture
def phone(elena: Patient, elenas_program: SimpleNamespace) -> Client:
    return browser(elena.portal_access.get().user)


@pytest.fixture
def once_a_day(elenas_program: SimpleNamespace, mira: Practitioner, now: datetime) -> SimpleNamespace:
    """Elena's program, whose one exercise is due once today."""
    redosed(elenas_program.prescription, mira, now, times_a_day=1)
    return elenas_program


@pytest.fixture
def twice_a_day(once_a_day: SimpleNamespace) -> SimpleNamespace:
    """Beside it, a second exercise that is due twice today."""
    second = factories.PrescriptionFactory.create(program=once_a_day.program, position=2)
    return SimpleNamespace(**vars(once_a_day), second=second)


def redosed(prescription: Prescription, by: Practitioner, now: datetime, **fields: int) -> None:
    """From today on with another dosage."""
    assert by.user
    dosage = changed(prescription.revisions.latest("number").dosage, **fields)
    edit = Edit(dosage=dosage, reason="Easy", effective_on=now.date())
    revise(prescription=prescription, edit=edit, by=by.user, now=now)


def open_form(phone: Client, path: str = FORM) -> dict[str, str]:
    """What the form at the address holds when everything in it is done, with pain 2 and effort 4."""
    answer = phone.get(path)
    text = answer.content.decode()
    assert "<h1>How did it go?</h1>" in text, text
    sent = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text))
    for line in answer.context["lines"]:
        sent[f"{line.form.prefix}-status"] = "done"
    return {**sent, "pain_after": "2", "effort": "4", "note": "the stairs"}


def text_of(phone: Client, path: str = FORM) -> str:
    return " ".join(phone.get(path).content.decode().split())


def test_back_after_send_says_what_was_sent_and_offers_no_form(
    phone: Client, once_a_day: SimpleNamespace, clock: time_machine.Traveller
) -> None:
    phone.post(FORM, open_form(phone))
    clock.shift(timedelta(minutes=29))
    text = text_of(phone)
    assert "You sent a session at 09:00" in text
    for told in ("Knee-to-chest stretch", "Done", "2 of 10", "4 of 10", "the stairs"):
        assert told in text
    assert 'name="client_uuid"' not in text
    assert re.search(r'<a [^>]*href="/portal/"[^>]*>\s*Back to today', text)
    session = SessionLog.objects.get()
    assert f'href="{FORM}?after={session.pk}">Log another session</a>' in text


def test_another_sitting_is_one_explicit_link_away_and_back_after_it_tells_of_that_one(
    phone: Client, once_a_day: SimpleNamespace, clock: time_machine.Traveller
) -> None:
    phone.post(FORM, open_form(phone))
    clock.shift(timedelta(minutes=10))
    another = f"{FORM}?after={SessionLog.objects.get().pk}"
    assert phone.post(FORM, open_form(phone, another))["Location"] == "/portal/"
    assert SessionLog.objects.count() == 2
    assert "You sent a session at 09:10" in text_of(phone, another)


def test_what_is_left_today_is_one_tap_away(phone: Client, twice_a_day: SimpleNamespace) -> None:
    phone.post(FORM, open_form(phone))
    session = SessionLog.objects.get()
    assert "I have done it: log the session" in text_of(phone, "/portal/")
    assert f'href="{FORM}?after={session.pk}">Log the exercise that is left</a>' in text_of(phone)
    left = phone.get(f"{FORM}?after={session.pk}").context["lines"]
    assert [line.prescription for line in left] == [twice_a_day.second.pk]


def test_half_an_hour_later_what_is_left_comes_at_once(
    phone: Client, twice_a_day: SimpleNamespace, clock: time_machine.Traveller
) -> None:
    phone.post(FORM, open_form(phone))
    clock.shift(timedelta(minutes=30))
    open_form(phone)


def test_with_nothing_left_the_page_tells_of_the_last_session_all_day(
    phone: Client, once_a_day: SimpleNamespace, clock: time_machine.Traveller
) -> None:
    phone.post(FORM, open_form(phone))
    clock.shift(timedelta(hours=8))
    assert "You sent a session at 09:00" in text_of(phone)


def test_the_next_day_has_its_form(
    elena: Patient, phone: Client, once_a_day: SimpleNamespace, clock: time_machine.Traveller
) -> None:
    phone.post(FORM, open_form(phone))
    clock.shift(timedelta(days=1))
    open_form(browser(elena.portal_access.get().user))  # by then the session of yesterday has run out


def test_the_same_form_again_is_answered_that_it_was_sent_already(
    phone: Client, once_a_day: SimpleNamespace, clock: time_machine.Traveller
) -> None:
    sent = open_form(phone)
    assert phone.post(FORM, sent).status_code == 302
    phone.get("/portal/")
    clock.shift(timedelta(hours=3))
    answer = phone.post(FORM, {**sent, "pain_after": "9"})
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "Already sent at 09:00" in text
    assert "as you sent it first" in text
    assert "Saved." not in text
    assert [session.pain_after for session in SessionLog.objects.all()] == [2]


def test_the_same_form_that_back_has_emptied_is_no_error(phone: Client, once_a_day: SimpleNamespace) -> None:
    sent = open_form(phone)
    phone.post(FORM, sent)
    emptied = {name: sent[name] for name in ("client_uuid", "started_at")}
    answer = phone.post(FORM, emptied)
    assert answer.status_code == 200
    assert "Already sent at 09:00" in answer.content.decode()


@pytest.mark.parametrize("minutes", [0, 1, 240])
def test_a_second_tab_is_asked_and_keeps_what_was_typed(
    phone: Client, twice_a_day: SimpleNamespace, clock: time_machine.Traveller, minutes: int
) -> None:
    first, second = open_form(phone), open_form(phone)
    phone.post(FORM, first)
    clock.shift(timedelta(minutes=minutes))
    asked = phone.post(FORM, {**second, "note": "in the second tab"})
    assert asked.status_code == 409
    text = asked.content.decode()
    assert "A session was sent at 09:00, after you opened this form." in text
    for kept in ("in the second tab", second["client_uuid"], "Send as another session", "Do not send it"):
        assert kept in text
    stored, told, new = (
        text.index(words) for words in ("> Sent at 09:00", "2 of 10", "Your new entries, not sent yet")
    )
    assert stored < told < new < text.index('name="pain_after"')
    assert text.count("checked") == 4
    assert SessionLog.objects.count() == 1
    known = {"after": str(SessionLog.objects.get().pk)}
    assert f'name="after" value="{known["after"]}"' in text
    assert phone.post(FORM, {**second, **known})["Location"] == "/portal/"
    assert SessionLog.objects.count() == 2


def test_a_second_tab_with_other_exercises_is_not_asked(phone: Client, twice_a_day: SimpleNamespace) -> None:
    both = open_form(phone)
    other, one = str(twice_a_day.second.pk), str(twice_a_day.prescription.pk)
    first = {name: value for name, value in both.items() if not name.startswith(other)}
    second = {name: value for name, value in both.items() if not name.startswith(one)}
    assert phone.post(FORM, first).status_code == 302
    assert phone.post(FORM, {**second, "client_uuid": str(uuid4())}).status_code == 302


def test_what_somebody_else_logged_is_not_said_to_be_ones_own(
    phone: Client, once_a_day: SimpleNamespace, mira: Practitioner
) -> None:
    phone.post(FORM, open_form(phone))
    SessionLog.objects.update(entered_by=mira.user, source=LogSource.PAPER)
    text = text_of(phone)
    assert "A session was logged at 09:00" in text
    assert "You sent" not in text


def test_a_session_stands_also_when_the_program_ended_since(
    phone: Client, once_a_day: SimpleNamespace, now: datetime
) -> None:
    phone.post(FORM, open_form(phone))
    by = once_a_day.program.physiotherapist.user
    prescribing.end(program=once_a_day.program, by=by, now=now)
    text = text_of(phone)
    assert "You sent a session at 09:00" in text
    assert "Log another session" not in text


def test_a_form_of_one_child_is_taken_for_it_also_when_another_tab_opened_the_other_child_since(
    phone: Client, once_a_day: SimpleNamespace, elena: Patient
) -> None:
    brother: Patient = factories.PatientFactory.create(clinic=elena.clinic, given_name="Leo")
    factories.PortalAccessFactory.create(patient=brother, user=elena.portal_access.get().user)
    phone.post("/portal/switch/", {"patient": elena.pk})
    sent = open_form(phone)
    phone.post("/portal/switch/", {"patient": brother.pk})
    assert phone.post(FORM, sent).status_code == 302
    assert SessionLog.objects.get().patient == elena
    assert phone.get("/portal/").context["patient"] == elena


@pytest.mark.assures("AZ-02")
def test_a_form_that_names_a_strangers_record_changes_nothing_of_it(
    phone: Client, once_a_day: SimpleNamespace, zoe: Patient
) -> None:
    assert phone.post(FORM, {**open_form(phone), "patient": str(zoe.pk)}).status_code == 302
    assert SessionLog.objects.get().patient == once_a_day.program.patient


def test_too_much_pain_brings_the_advice_here_too(phone: Client, once_a_day: SimpleNamespace) -> None:
    phone.post(FORM, {**open_form(phone), "pain_after": "6"})
    assert "Pain 6, limit 5: leave the exercises for today." in text_of(phone)


def test_the_time_is_that_of_the_clinic(phone: Client, once_a_day: SimpleNamespace) -> None:
    phone.post(FORM, open_form(phone))
    clinic = once_a_day.program.clinic
    clinic.time_zone = "Asia/Kolkata"
    clinic.save()
    hour = SessionLog.objects.get().received_at.astimezone(clinic.zone)
    assert f"at {hour.hour}:{hour:%M}" in text_of(phone)


def test_the_advice_of_the_form_follows_the_lowest_limit_on_it(
    phone: Client, twice_a_day: SimpleNamespace, mira: Practitioner, now: datetime
) -> None:
    redosed(twice_a_day.prescription, mira, now, pain_ceiling=4)
    redosed(twice_a_day.second, mira, now, pain_ceiling=3)
    sent = open_form(phone)
    answers = [phone.get(FORM), phone.post(FORM, {**sent, "effort": ""})]
    for answer in answers:
        text = answer.content.decode()
        assert 'data-pain-ceiling="3"' in text
        assert "That is above your limit of 3." in text


def test_without_a_limit_of_its_own_the_clinics_stands(phone: Client, once_a_day: SimpleNamespace) -> None:
    assert f'data-pain-ceiling="{once_a_day.program.clinic.pain_ceiling}"' in text_of(phone)
