"""The API of the patient's own day: today with its dosage in words, and logs that are taken once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from clinic.models import AccessEvent, Practitioner
from patients.models import Patient, PortalAccess
from programs.api.serializers import ExerciseLogIn, SessionLogIn, SetIn
from programs.models import DosageRevision, ExerciseLog, SessionLog, SetLog
from tests import factories
from tests.doors import api, problem

pytestmark = pytest.mark.django_db
TODAY = "/api/v1/me/today/"
LOGS = "/api/v1/me/logs/"


@pytest.fixture(autouse=True)
def _nine_o_clock(now: datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def elena_calls(elena: Patient) -> APIClient:
    return api(elena.portal_access.get().user)


@pytest.fixture
def log(elenas_program: SimpleNamespace) -> dict[str, Any]:
    """What Elena's device sends after a sitting."""
    return {
        "client_uuid": str(uuid4()),
        "started_at": "2026-03-17T08:30:00+01:00",
        "sent_at": "2026-03-17T09:00:00+01:00",
        "pain_before": 3,
        "pain_after": 2,
        "effort": 4,
        "feel": "",
        "exercises": [
            {
                "prescription": str(elenas_program.prescription.pk),
                "revision": str(elenas_program.revision.pk),
                "status": "done",
                "pain": 2,
                "effort": 4.5,
                "note": "went well",
                "sets": [{"number": 1, "reps": 10, "hold_s": 5}],
            }
        ],
    }


def counts() -> tuple[int, int, int]:
    return SessionLog.objects.count(), ExerciseLog.objects.count(), SetLog.objects.count()


# --- today


def test_an_unchanged_day_is_a_304_without_words_and_a_reading_all_the_same(
    elena_calls: APIClient, elenas_program: SimpleNamespace
) -> None:
    first = elena_calls.get(TODAY)
    assert first["Cache-Control"] == "private, no-cache"
    again = elena_calls.get(TODAY, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert AccessEvent.objects.filter(what="today", door="api").count() == 2


def test_a_changed_day_is_told_anew(elena_calls: APIClient, elenas_program: SimpleNamespace) -> None:
    known = elena_calls.get(TODAY)["ETag"]
    exercise = elenas_program.prescription.exercise
    type(exercise).objects.filter(pk=exercise.pk).update(name="Bridge, both legs")
    told = elena_calls.get(TODAY, headers={"If-None-Match": known})
    assert (told.status_code, told["ETag"] == known) == (200, False)
    assert "Bridge, both legs" in told.content.decode()


def test_who_may_not_open_the_day_is_refused_whatever_they_know(
    elena_calls: APIClient, elenas_program: SimpleNamespace, elena: Patient
) -> None:
    known = elena_calls.get(TODAY)["ETag"]
    elena.portal_access.update(ended_at=timezone.now())
    assert elena_calls.get(TODAY, headers={"If-None-Match": known}).status_code in {403, 404}


def test_today_names_each_exercise_with_the_dosage_in_force(
    elena_calls: APIClient, elenas_program: SimpleNamespace, elena: Patient
) -> None:
    answer = elena_calls.get(TODAY)
    assert answer.status_code == 200
    day = answer.json()
    assert set(day) == {"date", "next_consultation", "exercises"}
    assert (day["date"], day["next_consultation"]) == ("2026-03-17", None)
    [item] = day["exercises"]
    assert set(item) >= {"prescription", "revision", "exercise", "dosage", "due", "done"}
    assert item["prescription"] == str(elenas_program.prescription.pk)
    assert item["revision"] == str(elenas_program.revision.pk)
    assert item["exercise"]["name"] == "Knee-to-chest stretch"
    assert (item["dosage"]["reps"], item["due"], item["done"]) == (10, 2, 0)
    assert item["dosage"]["words"]
    assert UUID(item["revision"]).version == 7
    assert AccessEvent.objects.get().patient_ids == [elena.pk]


def test_today_does_not_know_a_revision_of_tomorrow(
    elena_calls: APIClient, elenas_program: SimpleNamespace, mira: Practitioner
) -> None:
    answer = api(mira.user).post(
        f"/api/v1/prescriptions/{elenas_program.prescription.pk}/revisions/",
        {"reps": 12, "reason": "easy", "effective_on": "2026-03-18"},
    )
    assert answer.status_code == 201
    assert elena_calls.get(TODAY).json()["exercises"][0]["dosage"]["reps"] == 10
    with time_machine.travel(factories.TUESDAY_MORNING + timedelta(days=1), tick=False):
        item = elena_calls.get(TODAY).json()["exercises"][0]
    assert (item["dosage"]["reps"], item["revision"]) == (12, answer.json()["id"])


@pytest.mark.parametrize("exercises", [1, 12])
def test_today_costs_at_most_eight_queries_however_much_is_prescribed(
    elena_calls: APIClient, elenas_program: SimpleNamespace, exercises: int
) -> None:
    for position in range(2, exercises + 1):
        factories.PrescriptionFactory.create(program=elenas_program.program, position=position)
    with CaptureQueriesContext(connection) as asked:
        answer = elena_calls.get(TODAY)
    assert len(answer.json()["exercises"]) == exercises
    reads = [query["sql"] for query in asked if query["sql"].startswith("SELECT")]
    assert len(reads) <= 8, "\n".join(reads)


def test_a_patient_without_a_program_has_an_empty_day(zoe: Patient) -> None:
    day = api(zoe.portal_access.get().user).get(TODAY).json()
    assert (day["exercises"], day["next_consultation"]) == ([], None)


@pytest.mark.assures("AZ-02")
def test_staff_without_a_portal_have_no_day(mira: Practitioner, elena: Patient) -> None:
    assert api(mira.user).get(TODAY).status_code in {403, 404}
    assert api(mira.user).get(TODAY, {"patient": str(elena.pk)}).status_code in {403, 404}


@pytest.mark.assures("AZ-02", "AZ-05")
def test_the_parameter_patient_chooses_among_ones_own_records_alone(
    elena_calls: APIClient, elena: Patient, samuel: Patient, zoe: Patient
) -> None:
    PortalAccess.objects.create(user=elena.portal_access.get().user, patient=samuel)
    assert elena_calls.get(TODAY, {"patient": str(samuel.pk)}).status_code == 200
    assert AccessEvent.objects.get().patient_ids == [samuel.pk]
    foreign = elena_calls.get(TODAY, {"patient": str(zoe.pk)})
    problem(foreign, 404)
    assert foreign.content == elena_calls.get(TODAY, {"patient": str(uuid4())}).content


# --- logs


def test_a_log_is_taken_once_however_often_it_is_sent(elena_calls: APIClient, log: dict[str, Any]) -> None:
    first = elena_calls.post(LOGS, log)
    assert first.status_code == 201, first.content
    again = elena_calls.post(LOGS, {**log, "pain_after": 9})
    assert [event.what for event in AccessEvent.objects.all()] == ["log", "log"]
    assert again.status_code == 200
    assert again.json() == first.json()
    assert counts() == (1, 1, 1)
    row = first.json()
    assert set(row) == {
        "id", "client_uuid", "program", "started_at", "received_at", "day", "pain_before", "pain_during",
        "pain_after", "pain_next_morning", "effort", "feel", "source",
    }  # fmt: skip
    assert (row["day"], row["client_uuid"], row["pain_after"]) == ("2026-03-17", log["client_uuid"], 2)
    assert elena_calls.get(TODAY).json()["exercises"][0]["done"] == 1


@pytest.mark.assures("AZ-04")
def test_a_log_for_somebody_elses_program_is_404_and_nothing_is_written(
    zoe: Patient, log: dict[str, Any]
) -> None:
    zoe_calls = api(zoe.portal_access.get().user)
    foreign = zoe_calls.post(LOGS, log)
    problem(foreign, 404)
    invented = {**log["exercises"][0], "prescription": str(uuid4()), "revision": str(uuid4())}
    missing = zoe_calls.post(LOGS, {**log, "exercises": [invented]})
    assert foreign.content == missing.content
    assert counts() == (0, 0, 0)


def test_a_foreign_revision_beside_ones_own_prescription_is_404(
    elena_calls: APIClient, log: dict[str, Any]
) -> None:
    other = factories.PrescriptionFactory.create().revisions.get()
    log["exercises"][0]["revision"] = str(other.pk)
    problem(elena_calls.post(LOGS, log), 404)
    assert counts() == (0, 0, 0)


@pytest.mark.parametrize(
    ("where", "value", "field"),
    [
        (("pain_after",), 11, "pain_after"),
        (("pain_before",), -1, "pain_before"),
        (("exercises", 0, "pain"), 11, "exercises.0.pain"),
        (("effort",), "10.5", "effort"),
    ],
)
def test_a_number_off_its_scale_is_422_with_its_path(
    elena_calls: APIClient, log: dict[str, Any], where: tuple[Any, ...], value: Any, field: str
) -> None:
    inner: Any = log
    for step in where[:-1]:
        inner = inner[step]
    inner[where[-1]] = value
    said = problem(elena_calls.post(LOGS, log), 422)
    assert list(said["errors"]) == [field]
    assert said["problems"][0]["field"] == field
    assert counts() == (0, 0, 0)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"exercises": []}, 400),
        ({"client_uuid": "mine"}, 400),
        ({"started_at": "2026-03-17T08:30:00"}, 400),
        ({"feel": "sad"}, 400),
        ({"started_at": "2026-03-17T12:30:00+01:00"}, 422),
        ({"started_at": "2024-03-17T08:30:00+01:00"}, 422),
    ],
)
def test_a_log_that_cannot_be_is_refused(
    elena_calls: APIClient, log: dict[str, Any], change: dict[str, Any], status: int
) -> None:
    problem(elena_calls.post(LOGS, {**log, **change}), status)
    assert counts() == (0, 0, 0)


@pytest.mark.assures("AZ-01")
def test_a_therapist_cannot_log_as_the_patient(mira: Practitioner, log: dict[str, Any]) -> None:
    assert api(mira.user).post(LOGS, log).status_code in {403, 404}
    problem(api().post(LOGS, log), 401)
    assert counts() == (0, 0, 0)


@pytest.mark.parametrize("where", ["log", "exercise", "set"])
def test_a_misspelt_field_of_a_log_is_refused_so_that_no_value_is_lost(
    elena_calls: APIClient, log: dict[str, Any], where: str
) -> None:
    exercise = log["exercises"][0]
    {"log": log, "exercise": exercise, "set": exercise["sets"][0]}[where]["pain_aftr"] = 6
    said = problem(elena_calls.post(LOGS, log), 400)
    assert "Nothing reads pain_aftr" in str(said["errors"])
    assert counts() == (0, 0, 0)


def test_a_name_that_a_log_was_ever_sent_with_is_read_for_good() -> None:
    """Devices that were offline send what they knew. Add what a release adds; take nothing away."""
    assert {
        "client_uuid", "started_at", "sent_at", "pain_before", "pain_during", "pain_after", "effort", "feel", "note",
        "exercises",
    } <= set(SessionLogIn().fields)  # fmt: skip
    assert {
        "prescription", "revision", "status", "reason", "pain", "effort", "note", "sets",
    } <= set(ExerciseLogIn().fields)  # fmt: skip
    assert {"number", "reps", "hold_s", "minutes", "load"} <= set(SetIn().fields)


# --- the morning after


def test_the_morning_after_is_added(elena_calls: APIClient, log: dict[str, Any]) -> None:
    session = elena_calls.post(LOGS, log).json()
    with time_machine.travel(factories.TUESDAY_MORNING + timedelta(days=1), tick=False):
        answer = elena_calls.patch(f"{LOGS}{session['id']}/", {"pain_next_morning": 4})
    assert (answer.status_code, answer.json()["pain_next_morning"]) == (200, 4)
    problem(elena_calls.patch(f"{LOGS}{session['id']}/", {"pain_next_morning": 11}), 422)
    problem(elena_calls.patch(f"{LOGS}{session['id']}/", {}), 400)
    problem(elena_calls.patch(f"{LOGS}{session['id']}/", {"pain_next_morning": 4, "pain": 4}), 400)


@pytest.mark.assures("AZ-02")
def test_a_foreign_log_is_answered_as_a_missing_one(
    elena_calls: APIClient, log: dict[str, Any], zoe: Patient, mira: Practitioner
) -> None:
    session = elena_calls.post(LOGS, log).json()
    zoe_calls = api(zoe.portal_access.get().user)
    foreign = zoe_calls.patch(f"{LOGS}{session['id']}/", {"pain_next_morning": 4})
    problem(foreign, 404)
    assert foreign.content == zoe_calls.patch(f"{LOGS}{uuid4()}/", {"pain_next_morning": 4}).content
    assert api(mira.user).patch(f"{LOGS}{session['id']}/", {"pain_next_morning": 4}).status_code in {403, 404}
    assert SessionLog.objects.get().pain_next_morning is None
    assert DosageRevision.objects.count() == 1
