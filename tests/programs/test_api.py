"""The API of library, programs and doses: for who treats; a dose outside its bounds is refused by name."""

from collections.abc import Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from clinic.models import AccessEvent, Practitioner, User
from patients.models import EpisodeOfCare, Patient
from programs.models import DosageRevision, Prescription, Program
from programs.rules.dosage import FIELDS
from tests import factories
from tests.doors import api, problem

pytestmark = pytest.mark.django_db
V1 = "/api/v1"
REVISION_FIELDS = {"id", "number", "effective_on", "recorded_on", "created_at", "author", "reason", "dosage"}


@pytest.fixture(autouse=True)
def _nine_o_clock(now: datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def mira_calls(mira: Practitioner) -> APIClient:
    return api(mira.user)


@pytest.fixture
def jonas_calls(jonas: Practitioner) -> APIClient:
    return api(jonas.user)


@pytest.fixture
def revisions(elenas_program: SimpleNamespace) -> str:
    return f"{V1}/prescriptions/{elenas_program.prescription.pk}/revisions/"


@pytest.fixture
def prescriptions(elenas_program: SimpleNamespace) -> str:
    return f"{V1}/programs/{elenas_program.program.pk}/prescriptions/"


# --- library


@pytest.mark.assures("AZ-06")
def test_the_library_is_open_to_everybody_who_is_signed_in(mira_calls: APIClient, elena: Patient) -> None:
    factories.ExerciseFactory.create()
    [row] = mira_calls.get(f"{V1}/exercises/").json()["results"]
    assert set(row) == {
        "id", "slug", "name", "mode", "position", "steps", "cautions", "benefits", "why", "body_regions",
        "equipment", "difficulty", "contraindications", "precautions", "recommended", "starting", "picture",
    }  # fmt: skip
    assert api(elena.portal_access.get().user).get(f"{V1}/exercises/").status_code == 200
    problem(api().get(f"{V1}/exercises/"), 401)


# --- programs


@pytest.fixture
def plan(elena: Patient, mira: Practitioner) -> dict[str, str]:
    episode = factories.EpisodeFactory.create(patient=elena, team=[mira])
    return {
        "patient": str(elena.pk), "episode": str(episode.pk), "clinic": str(elena.clinic_id), "title": "Low back",
        "goal": "tie my shoes",
    }  # fmt: skip


@pytest.mark.assures("AZ-06")
def test_a_program_begins_as_a_draft_of_who_asks(
    mira_calls: APIClient, plan: dict[str, str], mira: Practitioner
) -> None:
    answer = mira_calls.post(f"{V1}/programs/", plan)
    assert answer.status_code == 201
    row = answer.json()
    assert set(row) == {
        "id", "patient", "episode", "clinic", "physiotherapist", "title", "goal", "status", "starts_on", "ends_on",
        "version",
    }  # fmt: skip
    assert (row["status"], row["physiotherapist"], row["starts_on"]) == ("draft", str(mira.pk), "2026-03-17")
    assert UUID(row["id"]).version == 7
    assert [each["id"] for each in mira_calls.get(f"{V1}/programs/").json()["results"]] == [row["id"]]


@pytest.mark.assures("AZ-04")
@pytest.mark.parametrize("field", ["patient", "episode", "clinic"])
def test_ids_of_a_program_are_fetched_by_policy(
    mira_calls: APIClient, plan: dict[str, str], zoe: Patient, field: str
) -> None:
    foreign = {
        "patient": zoe.pk,
        "episode": factories.EpisodeFactory.create(patient=zoe).pk,
        "clinic": zoe.clinic_id,
    }[field]
    status = 403 if field == "clinic" else 404
    problem(mira_calls.post(f"{V1}/programs/", {**plan, field: str(foreign)}), status)
    problem(mira_calls.post(f"{V1}/programs/", {**plan, field: str(uuid4())}), 404)
    assert not Program.objects.exists()


def test_the_episode_must_be_the_patients_own(
    mira_calls: APIClient, plan: dict[str, str], samuel: Patient
) -> None:
    other: EpisodeOfCare = factories.EpisodeFactory.create(patient=samuel)
    problem(mira_calls.post(f"{V1}/programs/", {**plan, "episode": str(other.pk)}), 422)


def test_the_desk_and_the_manager_see_no_programs(
    hedda: User, noor: User, prescriptions: str, revisions: str
) -> None:
    for user in (hedda, noor):
        for path in (f"{V1}/programs/", prescriptions, revisions):
            problem(api(user).get(path), 403)


# --- prescriptions


def test_prescriptions_show_their_revisions(
    mira_calls: APIClient, prescriptions: str, elena: Patient
) -> None:
    answer = mira_calls.get(prescriptions).json()
    assert set(answer) == {"next", "previous", "results"}
    [row] = answer["results"]
    assert set(row) == {"id", "program", "exercise", "position", "stopped_on", "revisions"}
    assert set(row["revisions"][0]) == REVISION_FIELDS
    assert AccessEvent.objects.get().patient_ids == [elena.pk]


def test_an_exercise_is_prescribed_with_its_first_revision(
    mira_calls: APIClient, prescriptions: str, elenas_program: SimpleNamespace
) -> None:
    exercise = factories.ExerciseFactory.create(name="Bridge")
    dosage = {"mode": "reps_hold", "sets": 2, "reps": 8, "hold_s": 5, "times_a_day": 1, "days_a_week": 7}
    sent = {"exercise": str(exercise.pk), "position": 2, "dosage": dosage, "effective_on": "2026-03-18"}
    answer = mira_calls.post(prescriptions, sent)
    assert answer.status_code == 201, answer.content
    row = answer.json()
    assert (row["program"], row["exercise"], row["position"]) == (
        str(elenas_program.program.pk), str(exercise.pk), 2,
    )  # fmt: skip
    [revision] = row["revisions"]
    assert (revision["number"], revision["effective_on"]) == (1, "2026-03-18")
    assert {name: revision["dosage"][name] for name in dosage} == dosage
    assert "pain up to 5 of 10" in revision["dosage"]["words"]  # the clinic's, for none was given


def test_a_dose_outside_its_hard_bound_is_422_beside_its_field(
    mira_calls: APIClient, prescriptions: str
) -> None:
    exercise = factories.ExerciseFactory.create(name="Bridge")
    dosage = {
        "mode": "reps_hold",
        "sets": 2,
        "reps": 100_000,
        "hold_s": 5,
        "times_a_day": 1,
        "days_a_week": 7,
    }
    said = problem(mira_calls.post(prescriptions, {"exercise": str(exercise.pk), "dosage": dosage}), 422)
    assert list(said["errors"]) == ["reps"]
    assert Prescription.objects.count() == 1


def test_a_field_that_no_dosage_has_is_400_and_told_what_is_read(
    mira_calls: APIClient, prescriptions: str
) -> None:
    exercise = factories.ExerciseFactory.create(name="Bridge")
    sent = {"exercise": str(exercise.pk), "dosage": {"mode": "reps", "kilos": 3}}
    [words] = problem(mira_calls.post(prescriptions, sent), 400)["errors"]["dosage"]["kilos"]
    assert words.startswith("Nothing reads kilos: remove it, or use one of ")
    assert "pain_ceiling" in words


def test_a_misspelt_field_is_400_and_told_what_is_read(
    mira_calls: APIClient, prescriptions: str, revisions: str, plan: dict[str, str]
) -> None:
    exercise = str(factories.ExerciseFactory.create(name="Bridge").pk)
    sent = (
        (f"{V1}/programs/", {**plan, "goals": "tie my shoes"}, "goals", "goal"),
        (prescriptions, {"exercise": exercise, "efective_on": "2026-03-20"}, "efective_on", "effective_on"),
        (revisions, {"reps": 12, "reason": "x", "rep": 12}, "rep", "reps"),
    )
    for path, body, wrong, right in sent:
        errors = problem(mira_calls.post(path, body), 400)["errors"]
        assert list(errors) == [wrong]
        assert right in errors[wrong][0].partition("use one of ")[2]
    assert (Program.objects.count(), Prescription.objects.count(), DosageRevision.objects.count()) == (
        1,
        1,
        1,
    )


@pytest.mark.assures("BO-06")
def test_the_same_again_with_its_key_is_given_the_first_answer_and_makes_nothing(
    mira_calls: APIClient, prescriptions: str, revisions: str, plan: dict[str, str]
) -> None:
    dosage = {"mode": "reps", "sets": 2, "reps": 8, "times_a_day": 1, "days_a_week": 7}
    line = {"exercise": str(factories.ExerciseFactory.create(name="Bridge").pk), "dosage": dosage}
    for path, body in (
        (f"{V1}/programs/", plan),
        (prescriptions, line),
        (revisions, {"reps": 12, "reason": "easy now"}),
    ):
        first, again = (
            mira_calls.post(path, body, headers={"Idempotency-Key": f"key of {path}"}) for _ in range(2)
        )
        assert (first.status_code, "Idempotent-Replayed" in first) == (201, False), first.content
        assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")
    made = Program.objects.count(), Prescription.objects.count(), DosageRevision.objects.count()
    assert made == (2, 2, 3)


# --- revisions


def test_changed_fields_alone_make_a_new_revision(
    mira_calls: APIClient, revisions: str, elenas_program: SimpleNamespace, mira: Practitioner
) -> None:
    before = mira_calls.get(revisions).json()["results"][0]["dosage"]
    answer = mira_calls.post(revisions, {"reps": 12, "reason": "easy now", "effective_on": "2026-03-20"})
    assert answer.status_code == 201, answer.content
    row = answer.json()
    assert set(row) == REVISION_FIELDS
    assert (row["number"], row["effective_on"], row["reason"]) == (2, "2026-03-20", "easy now")
    assert row["author"] == str(mira.user_id)
    assert row["dosage"] == {**before, "reps": 12, "words": row["dosage"]["words"]}
    assert row["dosage"]["words"] != before["words"]
    assert [each["number"] for each in mira_calls.get(revisions).json()["results"]] == [2, 1]
    elenas_program.revision.refresh_from_db()
    assert elenas_program.revision.reps == 10


def test_weekdays_take_the_place_of_a_count_of_days(mira_calls: APIClient, revisions: str) -> None:
    answer = mira_calls.post(revisions, {"weekdays": [0, 2, 4], "reason": "rest between"})
    assert answer.status_code == 201, answer.content
    assert (answer.json()["dosage"]["weekdays"], answer.json()["dosage"]["days_a_week"]) == ([0, 2, 4], None)


@pytest.mark.parametrize(
    ("sent", "status", "field"),
    [
        ({"reps": 12}, 400, "reason"),
        ({"reps": 12, "reason": ""}, 400, "reason"),
        ({"reps": 100_000, "reason": "x"}, 422, "reps"),
        ({"reps": "many", "reason": "x"}, 422, "reps"),
        ({"pain_ceiling": 11, "reason": "x"}, 422, "pain_ceiling"),
        ({"kilos": 3, "reason": "x"}, 400, "kilos"),
        ({"reps": 12, "reason": "x", "effective_on": "2026-03-16"}, 422, "effective_on"),
        ({"reps": 12, "reason": "x", "effective_on": "soon"}, 400, "effective_on"),
    ],
)
def test_a_bad_revision_is_refused_beside_its_field(
    mira_calls: APIClient, revisions: str, sent: dict[str, Any], status: int, field: str
) -> None:
    said = problem(mira_calls.post(revisions, sent), status)
    assert field in said["errors"]
    assert DosageRevision.objects.count() == 1


def test_nothing_changed_is_refused(mira_calls: APIClient, revisions: str) -> None:
    problem(mira_calls.post(revisions, {"reps": 10, "reason": "x"}), 422)


def test_a_revision_that_a_colleague_made_meanwhile_is_409(mira_calls: APIClient, revisions: str) -> None:
    assert mira_calls.post(revisions, {"reps": 11, "reason": "x", "number": 1}).status_code == 201
    said = problem(mira_calls.post(revisions, {"reps": 12, "reason": "x", "number": 1}), 409)
    assert said["by"]
    assert said["changes"]


@pytest.mark.parametrize("body", [[], "reps", None, 7])
def test_a_revision_that_is_no_object_is_400(mira_calls: APIClient, revisions: str, body: Any) -> None:
    problem(mira_calls.post(revisions, body, format="json"), 400)


@pytest.mark.assures("AZ-02", "AZ-03")
def test_a_foreign_program_is_answered_as_a_missing_one(
    jonas_calls: APIClient, prescriptions: str, revisions: str, elenas_program: SimpleNamespace
) -> None:
    Program.objects.filter(pk=elenas_program.program.pk).update(title="Canary")
    nowhere = (f"{V1}/programs/{uuid4()}/prescriptions/", f"{V1}/prescriptions/{uuid4()}/revisions/")
    for url, missing in zip((prescriptions, revisions), nowhere, strict=True):
        for send in (jonas_calls.get, jonas_calls.post):
            foreign = send(url)
            problem(foreign, 404)
            assert foreign.content == send(missing).content
            assert b"Canary" not in foreign.content
    assert jonas_calls.get(f"{V1}/programs/").json()["results"] == []
    assert DosageRevision.objects.count() == 1


@pytest.mark.assures("AZ-01")
def test_a_patient_adjusts_no_dose(elena: Patient, revisions: str, prescriptions: str) -> None:
    calls = api(elena.portal_access.get().user)
    for answer in (
        calls.get(revisions),
        calls.post(revisions, {"reps": 1, "reason": "x"}),
        calls.get(prescriptions),
    ):
        problem(answer, 403)
    assert DosageRevision.objects.count() == 1


@pytest.mark.assures("AU-01")
def test_what_is_answered_to_a_change_is_written_down(
    mira_calls: APIClient, plan: dict[str, str], prescriptions: str, revisions: str, elena: Patient
) -> None:
    exercise = factories.ExerciseFactory.create(name="Bridge")
    dosage = {"mode": "reps_hold", "sets": 2, "reps": 8, "hold_s": 5, "times_a_day": 1, "days_a_week": 7}
    for path, sent in (
        (f"{V1}/programs/", plan),
        (prescriptions, {"exercise": str(exercise.pk), "dosage": dosage}),
        (revisions, {"reps": 12, "reason": "easy now"}),
    ):
        before = AccessEvent.objects.count()
        assert mira_calls.post(path, sent).status_code == 201
        assert AccessEvent.objects.count() == before + 1
        assert AccessEvent.objects.latest("id").patient_ids == [elena.pk]


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_at_the_ends_of_time_is_refused(
    mira_calls: APIClient, plan: dict[str, str], prescriptions: str, revisions: str, day: str
) -> None:
    exercise = factories.ExerciseFactory.create(name="Bridge")
    for path, sent, field in (
        (f"{V1}/programs/", plan, "starts_on"),
        (prescriptions, {"exercise": str(exercise.pk)}, "effective_on"),
        (revisions, {"reps": 12, "reason": "easy now"}, "effective_on"),
    ):
        told = problem(mira_calls.post(path, {**sent, field: day}), 400)
        assert told["errors"] == {field: ["Give a date between the years 1900 and 2200."]}


# --- the schema


@pytest.fixture(scope="module")
def shapes() -> dict[str, Any]:
    """The components of the schema, by which clients are generated."""
    found: dict[str, Any] = SchemaGenerator().get_schema(public=True)["components"]["schemas"]
    return found


def test_the_schema_names_every_field_of_a_dosage_with_its_hard_bounds(shapes: dict[str, Any]) -> None:
    assert list(shapes["DosageIn"]["properties"]) == list(FIELDS)
    assert shapes["DosageIn"]["required"] == ["mode"]
    hold = shapes["DosageIn"]["properties"]["hold_s"]
    assert (hold["type"], hold["minimum"], hold["maximum"], hold["nullable"]) == ("integer", 0, 300, True)
    assert hold["description"] == "hold (s); mode hold, reps_hold"
    assert shapes["PrescriptionIn"]["properties"]["dosage"]["$ref"].endswith("/DosageIn")


def test_a_generated_client_can_change_a_dose(
    shapes: dict[str, Any], mira_calls: APIClient, revisions: str
) -> None:
    """It sends and reads the fields that the schema names, and no others."""
    shape = shapes["RevisionIn"]
    assert set(shape["properties"]) == {"reason", "effective_on", "number", *FIELDS}
    assert shape["required"] == ["reason"]
    row = mira_calls.post(revisions, {"reps": 12, "reason": "easy now"}).json()
    assert set(shapes["RevisionOut"]["properties"]) == set(row)
    assert set(shapes["DosageOut"]["properties"]) == set(row["dosage"])
