"""The form of a session: what is sent is stored once, and what is missing is said without losing what was typed."""

from collections.abc import Iterator
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from patients.models import Patient
from programs.models import ExerciseLog, LogSource, SessionLog
from tests.doors import browser

pytestmark = pytest.mark.django_db
FORM = "/portal/session/"


@pytest.fixture(autouse=True)
def _nine_o_clock(now: datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def elena_browses(elena: Patient) -> Client:
    return browser(elena.portal_access.get().user)


@pytest.fixture
def sent(elenas_program: SimpleNamespace, now: datetime) -> dict[str, str]:
    """What the form sends when the exercise was done."""
    key = elenas_program.prescription.pk
    return {
        "client_uuid": str(uuid4()),
        "started_at": now.isoformat(),
        "pain_after": "2",
        "effort": "4",
        "feel": "",
        "note": "went well",
        f"{key}-revision": str(elenas_program.revision.pk),
        f"{key}-status": "done",
        f"{key}-reason": "",
    }


def test_the_form_names_what_is_left_today(elena_browses: Client, elenas_program: SimpleNamespace) -> None:
    text = elena_browses.get(FORM).content.decode()
    assert "Knee-to-chest stretch" in text
    assert f'name="{elenas_program.prescription.pk}-revision" value="{elenas_program.revision.pk}"' in text
    assert 'name="client_uuid"' in text


def test_a_session_is_stored_with_its_revision_and_day(
    elena_browses: Client, sent: dict[str, str], elenas_program: SimpleNamespace, elena: Patient
) -> None:
    answer = elena_browses.post(FORM, sent)
    assert (answer.status_code, answer.get("Location")) == (302, "/portal/"), answer.content
    session = SessionLog.objects.get()
    assert (session.patient, session.day, session.source) == (elena, date(2026, 3, 17), LogSource.PORTAL)
    assert (session.pain_after, session.effort, session.note) == (2, 4, "went well")
    line = ExerciseLog.objects.get()
    assert (line.prescription, line.revision) == (elenas_program.prescription, elenas_program.revision)
    assert line.status == "done"
    assert "Saved. Your physiotherapist can see it now." in elena_browses.get("/portal/").content.decode()


def test_the_same_form_sent_twice_is_one_session(elena_browses: Client, sent: dict[str, str]) -> None:
    assert [elena_browses.post(FORM, sent).status_code for _ in range(2)] == [302, 302]
    assert (SessionLog.objects.count(), ExerciseLog.objects.count()) == (1, 1)


def test_what_was_skipped_keeps_its_reason(
    elena_browses: Client, sent: dict[str, str], elenas_program: SimpleNamespace
) -> None:
    key = elenas_program.prescription.pk
    assert elena_browses.post(FORM, {**sent, f"{key}-status": "skipped", f"{key}-reason": "pain"}).status_code == 302
    line = ExerciseLog.objects.get()
    assert (line.status, line.reason) == ("skipped", "pain")


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("pain_after", "Say how much pain there is now, 0 for none."),
        ("effort", "Say how hard it was, 0 for no effort."),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    elena_browses: Client, sent: dict[str, str], missing: str, said: str
) -> None:
    answer = elena_browses.post(FORM, {name: value for name, value in sent.items() if name != missing})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert said in text
    assert "went well" in text
    assert sent["client_uuid"] in text
    assert not SessionLog.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [("pain_after", "11"), ("pain_after", "a lot"), ("effort", "-1"), ("feel", "sad"), ("client_uuid", "mine")],
)
def test_what_cannot_be_is_refused_on_the_page(
    elena_browses: Client, sent: dict[str, str], name: str, value: str
) -> None:
    answer = elena_browses.post(FORM, {**sent, name: value})
    assert answer.status_code == 422
    assert not SessionLog.objects.exists()


@pytest.mark.assures("AZ-04")
def test_a_stranger_logs_nothing_in_somebody_elses_program(zoe: Patient, sent: dict[str, str]) -> None:
    answer: Any = browser(zoe.portal_access.get().user).post(FORM, sent)
    assert answer.status_code in {302, 404, 422}
    assert not SessionLog.objects.exists()


def test_without_a_program_there_is_nothing_to_log(zoe: Patient) -> None:
    client = browser(zoe.portal_access.get().user)
    assert client.get(FORM)["Location"] == "/portal/"
    assert "There is nothing to log yet" in client.get("/portal/").content.decode()


def test_a_logged_session_shows_in_progress(elena_browses: Client, sent: dict[str, str]) -> None:
    elena_browses.post(FORM, sent)
    page = elena_browses.get("/portal/progress/")
    assert [session.pain_after for session in page.context["sessions"]] == [2]
