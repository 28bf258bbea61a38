"""The form of a session: what is sent is stored once, and what is missing is said without losing what was typed."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from patients.models import Patient
from programs.actions import prescribing
from programs.models import DosageRevision, ExerciseLog, LogSource, Prescription, SessionLog, SetLog
from tests import factories
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


def test_no_status_is_chosen_for_the_patient(
    elena_browses: Client, elenas_program: SimpleNamespace, sent: dict[str, str]
) -> None:
    status = f"{elenas_program.prescription.pk}-status"
    text = elena_browses.get(FORM).content.decode()
    assert text.count(f'name="{status}"') == 3
    assert "checked" not in text
    answer = elena_browses.post(FORM, {name: value for name, value in sent.items() if name != status})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Say whether you did it, partly, or skipped it." in text
    assert "Something is missing, or cannot be. It is marked below." in text
    assert not SessionLog.objects.exists()


def test_all_as_planned_waits_hidden_for_its_script(
    elena_browses: Client, elenas_program: SimpleNamespace
) -> None:
    text = elena_browses.get(FORM).content.decode()
    button = re.search(r"<button[^>]*data-all-as-planned[^>]*>", text)
    assert button is not None
    assert 'type="button"' in button[0]
    assert "hidden" in button[0]
    assert re.search(r'<script type="module" src="[^"]*programs/js/session[^"]*\.js">', text)


def test_a_session_is_stored_with_its_revision_and_day(
    elena_browses: Client, sent: dict[str, str], elenas_program: SimpleNamespace, elena: Patient
) -> None:
    answer = elena_browses.post(FORM, sent)
    assert (answer.status_code, answer.get("Location")) == (302, "/portal/"), answer.content
    session = SessionLog.objects.get()
    assert (session.patient, session.day, session.source) == (elena, date(2026, 3, 17), LogSource.PORTAL)
    assert (session.pain_after, session.effort, session.note) == (2, Decimal(4), "went well")
    line = ExerciseLog.objects.get()
    assert (line.prescription, line.revision) == (elenas_program.prescription, elenas_program.revision)
    assert line.status == "done"
    assert "Saved. Your physiotherapist can see it now." in elena_browses.get("/portal/").content.decode()


def test_what_was_skipped_keeps_its_reason(
    elena_browses: Client, sent: dict[str, str], elenas_program: SimpleNamespace
) -> None:
    key = elenas_program.prescription.pk
    assert (
        elena_browses.post(FORM, {**sent, f"{key}-status": "skipped", f"{key}-reason": "pain"}).status_code
        == 302
    )
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
    [
        ("pain_after", "11"),
        ("pain_after", "a lot"),
        ("effort", "-1"),
        ("feel", "sad"),
        ("client_uuid", "mine"),
    ],
)
def test_what_cannot_be_is_refused_on_the_page(
    elena_browses: Client, sent: dict[str, str], name: str, value: str
) -> None:
    answer = elena_browses.post(FORM, {**sent, name: value})
    assert answer.status_code == 422
    assert not SessionLog.objects.exists()


def test_the_error_of_an_exercise_belongs_to_its_choice(
    elena_browses: Client, elenas_program: SimpleNamespace, sent: dict[str, str]
) -> None:
    """Who does not see the page hears it with the choice, as on the scales."""
    key = elenas_program.prescription.pk
    text = elena_browses.post(FORM, {**sent, f"{key}-status": ""}).content.decode()
    [choice] = re.findall(r'<div class="seg fill" role="radiogroup"[^>]*>', text)
    assert 'aria-invalid="true"' in choice
    [about] = re.findall(r'aria-describedby="([^"]+)"', choice)
    said = text.split(f'id="{about}"')[1].split("</div>")[0]
    assert "Say whether you did it, partly, or skipped it." in said
    assert "aria-invalid" not in elena_browses.get(FORM).content.decode()


@pytest.mark.parametrize("name", ["started_at", "client_uuid", "after", "revision"])
def test_a_form_that_lost_a_hidden_field_says_how_to_go_on_and_keeps_what_was_typed(
    elena_browses: Client, elenas_program: SimpleNamespace, sent: dict[str, str], name: str
) -> None:
    key = f"{elenas_program.prescription.pk}-revision" if name == "revision" else name
    answer = elena_browses.post(FORM, {**sent, key: "spoilt"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Open the form again and enter your session there" in text
    assert re.search(
        r'<a [^>]*href="/portal/session/"[^>]*target="_blank"|<a [^>]*target="_blank"[^>]*href="/portal/session/"',
        text,
    )
    assert "marked below" not in text
    assert "went well" in text
    assert re.search(r'name="pain_after" value="2" checked', text)
    assert not SessionLog.objects.exists()


@pytest.mark.assures("AZ-04")
def test_a_stranger_logs_nothing_in_somebody_elses_program(zoe: Patient, sent: dict[str, str]) -> None:
    answer: Any = browser(zoe.portal_access.get().user).post(FORM, sent)
    assert answer.status_code in {302, 404, 422}
    assert not SessionLog.objects.exists()


def test_a_program_ended_while_the_form_was_open_loses_no_log(
    elena_browses: Client, sent: dict[str, str], elenas_program: SimpleNamespace, now: datetime
) -> None:
    by = elenas_program.program.physiotherapist.user
    prescribing.end(program=elenas_program.program, by=by, now=now)
    assert elena_browses.get(FORM).status_code == 302
    assert elena_browses.post(FORM, sent)["Location"] == "/portal/"
    assert ExerciseLog.objects.get().prescription == elenas_program.prescription


def test_an_exercise_stopped_while_the_form_was_open_is_logged_with_the_others(
    elena_browses: Client, sent: dict[str, str], elenas_program: SimpleNamespace
) -> None:
    other = factories.PrescriptionFactory.create(program=elenas_program.program, position=2)
    sent |= {f"{other.pk}-revision": str(other.revisions.get().pk), f"{other.pk}-status": "partly"}
    Prescription.objects.filter(pk=other.pk).update(stopped_on=date(2026, 3, 16))
    elena_browses.post(FORM, sent)
    assert {line.prescription for line in ExerciseLog.objects.all()} == {elenas_program.prescription, other}


def test_a_sitting_after_the_programs_end_is_refused_with_all_that_was_typed(
    elena_browses: Client, sent: dict[str, str], elenas_program: SimpleNamespace
) -> None:
    program = elenas_program.program
    program.ends_on = date(2026, 3, 16)
    program.save()
    answer = elena_browses.post(FORM, sent)
    assert answer.status_code == 422
    text = answer.content.decode()
    for kept in ("The program did not run on", "went well", "Knee-to-chest stretch", sent["client_uuid"]):
        assert kept in text


def test_the_form_offers_the_dose_and_what_equals_it_is_stored_as_done_alone(
    elena_browses: Client, sent: dict[str, str], elenas_program: SimpleNamespace
) -> None:
    (line,) = elena_browses.get(FORM).context["lines"]
    dose = line.form["amount"].value()
    assert dose == (elenas_program.revision.sets or 1)
    elena_browses.post(FORM, {**sent, f"{elenas_program.prescription.pk}-amount": str(dose)})
    assert (ExerciseLog.objects.get().too_much, SetLog.objects.count()) == (False, 0)


def test_more_than_twice_the_sets_is_taken_and_marked_as_too_much(
    elena_browses: Client, sent: dict[str, str], elenas_program: SimpleNamespace
) -> None:
    revision: DosageRevision = elenas_program.revision
    amount = 2 * (revision.sets or 1) + 1
    elena_browses.post(FORM, {**sent, f"{elenas_program.prescription.pk}-amount": str(amount)})
    assert ExerciseLog.objects.get().too_much
    rows = list(SetLog.objects.order_by("number").values_list("number", "reps", "hold_s"))
    assert rows == [(number, revision.reps, revision.hold_s) for number in range(1, amount + 1)]


@pytest.mark.parametrize("amount", ["0", "21", "1000000000", "many"])
def test_an_amount_that_cannot_be_is_refused_beside_its_field(
    elena_browses: Client, sent: dict[str, str], elenas_program: SimpleNamespace, amount: str
) -> None:
    answer = elena_browses.post(FORM, {**sent, f"{elenas_program.prescription.pk}-amount": amount})
    assert answer.status_code == 422
    assert answer.context["lines"][0].form.errors["amount"]
    assert not SessionLog.objects.exists()


def test_what_was_skipped_has_no_sets(
    elena_browses: Client, sent: dict[str, str], elenas_program: SimpleNamespace
) -> None:
    key = elenas_program.prescription.pk
    elena_browses.post(FORM, {**sent, f"{key}-status": "skipped", f"{key}-amount": "7"})
    assert (ExerciseLog.objects.count(), SetLog.objects.count()) == (1, 0)


def test_without_a_program_there_is_nothing_to_log(zoe: Patient) -> None:
    client = browser(zoe.portal_access.get().user)
    assert client.get(FORM)["Location"] == "/portal/"
    assert "There is nothing to log yet" in client.get("/portal/").content.decode()


def test_a_logged_session_shows_in_progress(elena_browses: Client, sent: dict[str, str]) -> None:
    elena_browses.post(FORM, sent)
    page = elena_browses.get("/portal/progress/")
    assert [session.pain_after for session in page.context["sessions"]] == [2]
