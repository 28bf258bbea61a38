"""The API of places, people, types and free slots, and what every answer of the API has in common."""

import json
import warnings
from datetime import datetime, timedelta
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.core.management import call_command
from rest_framework.test import APIClient

from clinic.models import Clinic, ConsultationType, Practitioner, User
from patients.models import Patient
from tests.doors import api, problem

pytestmark = pytest.mark.django_db
V1 = "/api/v1"
DAYS = "from=2026-03-17&to=2026-03-18"
NOBODYS = UUID(int=7)
"""A key that no row has."""


@pytest.fixture
def desk(hedda: User, now: datetime) -> Any:
    """Hedda's program, at 9:00 on Tuesday."""
    with time_machine.travel(now, tick=False):
        yield api(hedda, now)


def is_uuid7(text: str) -> bool:
    return UUID(text).version == 7


# --- shapes


def test_clinics_have_their_allowed_fields(desk: APIClient, riverside: Clinic) -> None:
    answer = desk.get(f"{V1}/clinics/").json()
    assert set(answer) == {"next", "previous", "results"}
    [row] = answer["results"]
    assert set(row) == {
        "id", "name", "street", "postcode", "city", "country", "phone", "email", "time_zone", "latitude",
        "longitude",
    }  # fmt: skip
    assert is_uuid7(row["id"])
    assert row["phone"] == "+49 30 1230000"


def test_clinics_come_nearest_first_with_their_distance(
    desk: APIClient, riverside: Clinic, old_town: Clinic
) -> None:
    Clinic.objects.filter(pk=old_town.pk).update(latitude="48.13700", longitude="11.57600")
    near = desk.get(f"{V1}/clinics/?near=48.1,11.5").json()["results"]
    assert [row["name"] for row in near] == ["Old Town", "Riverside"]
    assert near[1]["distance_km"] == pytest.approx(504, rel=0.02)
    assert near[0]["distance_km"] < 10


@pytest.mark.parametrize("near", ["91,0", "-90.1,0", "0,181", "0,-180.5"])
def test_a_place_beside_the_earth_is_refused_with_its_bounds(desk: APIClient, near: str) -> None:
    said = problem(desk.get(f"{V1}/clinics/", {"near": near}), 400)
    assert said["errors"] == {"near": ["Give a latitude from -90 to 90 and a longitude from -180 to 180."]}


@pytest.mark.parametrize("near", ["here", "91.0.0,3", "1;2", "1", "999,1"])
def test_a_place_that_is_none_is_refused_with_an_example(desk: APIClient, near: str) -> None:
    said = problem(desk.get(f"{V1}/clinics/", {"near": near}), 400)
    assert said["errors"] == {"near": ["Give a latitude and a longitude, such as 52.52,13.40."]}


def test_practitioners_and_types_have_their_allowed_fields(
    desk: APIClient, mira: Practitioner, follow_up: ConsultationType
) -> None:
    people = desk.get(f"{V1}/practitioners/").json()["results"]
    assert {"Mira Okafor", "Leila Haddad"} == {row["name"] for row in people}
    assert set(people[0]) == {"id", "name", "title", "clinics"}
    [kind] = desk.get(f"{V1}/consultation-types/").json()["results"]
    assert set(kind) == {
        "id", "name", "kind", "duration_min", "before_min", "after_min", "capacity", "online",
        "notice_to_book_h", "notice_to_cancel_h", "practitioners",
    }  # fmt: skip
    assert kind["duration_min"] == 30
    assert str(mira.pk) in kind["practitioners"]


def test_lists_have_cursors(desk: APIClient, mira: Practitioner, leila: Practitioner) -> None:
    first = desk.get(f"{V1}/practitioners/?limit=1").json()
    assert (first["previous"], len(first["results"])) == (None, 1)
    second = desk.get(first["next"]).json()
    assert (second["next"], len(second["results"])) == (None, 1)
    assert desk.get(second["previous"]).json()["results"] == first["results"]


# --- slots


@pytest.fixture
def week(follow_up: ConsultationType, riverside: Clinic) -> str:
    """Where to ask for Mira's and Leila's follow-ups of two days."""
    return f"{V1}/slots/?type={follow_up.pk}&{DAYS}&clinic={riverside.pk}"


def test_slots_name_who_where_and_when_with_an_offset(
    desk: APIClient, week: str, riverside: Clinic, mira: Practitioner, leila: Practitioner
) -> None:
    answer = desk.get(week)
    assert answer.status_code == 200
    slots = answer.json()["results"]
    assert slots
    assert {tuple(slot) for slot in slots} == {("practitioner", "clinic", "start", "end")}
    assert {slot["practitioner"] for slot in slots} == {str(mira.pk), str(leila.pk)}
    assert {slot["clinic"] for slot in slots} == {str(riverside.pk)}
    starts = [datetime.fromisoformat(slot["start"]) for slot in slots]
    assert starts == sorted(starts)
    assert {start.utcoffset() for start in starts} == {timedelta(hours=1)}
    assert all(
        datetime.fromisoformat(slot["end"]) - start == timedelta(minutes=30)
        for slot, start in zip(slots, starts, strict=True)
    )


def test_one_practitioner_and_the_soonest_alone(desk: APIClient, week: str, mira: Practitioner) -> None:
    every = desk.get(week).json()["results"]
    his = desk.get(f"{week}&practitioner={mira.pk}").json()["results"]
    assert his == [slot for slot in every if slot["practitioner"] == str(mira.pk)]
    assert desk.get(f"{week}&practitioner={mira.pk}&first=true").json()["results"] == his[:1]


@pytest.mark.parametrize(
    ("days", "status"),
    [
        ("from=2026-03-01&to=2026-03-31", 200),
        ("from=2026-03-01&to=2026-04-01", 422),
        ("from=2026-03-18&to=2026-03-17", 422),
        ("from=yesterday&to=2026-03-17", 400),
        ("from=2026-03-17", 400),
    ],
)
def test_a_range_has_1_to_31_days(
    desk: APIClient, follow_up: ConsultationType, days: str, status: int
) -> None:
    answer = desk.get(f"{V1}/slots/?type={follow_up.pk}&{days}")
    if status == 200:
        assert answer.status_code == 200
    elif status == 422:
        said = problem(answer, 422)
        assert said["code"] == "bad_range"
        assert said["errors"] == {"to": ["Ask for 1 to 31 days, the first before the last."]}
    else:
        assert set(problem(answer, 400)["errors"]) <= {"from", "to"}


def test_an_unknown_type_clinic_or_practitioner_is_404(desk: APIClient, week: str, follow_up: object) -> None:
    unknown = uuid4()
    for url in (
        f"{V1}/slots/?type={unknown}&{DAYS}",
        f"{week}&practitioner={unknown}",
        f"{week}&clinic={unknown}",
    ):
        problem(desk.get(url), 404)


def test_a_patient_may_look_for_slots(elena: Patient, week: str, now: datetime) -> None:
    with time_machine.travel(now, tick=False):
        assert api(elena.portal_access.get().user, now).get(week).status_code == 200


# --- refusals


@pytest.mark.assures("AZ-01")
@pytest.mark.parametrize(
    "path",
    ["clinics/", "practitioners/", "consultation-types/", f"slots/?type={NOBODYS}&{DAYS}", "patients/",
     f"patients/{NOBODYS}/", f"consultations/?{DAYS}", "exercises/", "programs/", f"programs/{NOBODYS}/prescriptions/",
     f"prescriptions/{NOBODYS}/revisions/", "me/today/"],
)  # fmt: skip
def test_without_a_token_everything_is_401_and_says_how_to_sign_in(path: str) -> None:
    answer = api().get(f"{V1}/{path}")
    problem(answer, 401)
    assert answer["WWW-Authenticate"] == "Bearer"


def test_an_act_that_an_address_does_not_know_is_405(desk: APIClient) -> None:
    problem(desk.delete(f"{V1}/clinics/"), 405)


def test_words_that_are_no_json_are_400(desk: APIClient) -> None:
    problem(desk.post(f"{V1}/patients/search/", "{", content_type="application/json"), 400)
    problem(desk.post(f"{V1}/patients/search/", "a=b", content_type="application/x-www-form-urlencoded"), 415)


# --- the schema


def test_the_schema_is_valid_and_has_no_warning() -> None:
    out = StringIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        call_command(
            "spectacular", validate=True, fail_on_warn=True, format="openapi-json", file=None, stdout=out
        )
    document = json.loads(out.getvalue())
    assert document["openapi"].startswith("3.")


@pytest.mark.parametrize("path", ["consultations", "slots"])
def test_the_schema_says_that_both_ends_of_a_period_are_asked_for(
    client: Any, desk: APIClient, path: str
) -> None:
    document = client.get(f"{V1}/schema/", {"format": "json"}).json()
    asked = document["paths"][f"{V1}/{path}/"]["get"]["parameters"]
    assert {"from", "to"} <= {each["name"] for each in asked if each.get("required")}
    assert {"from", "to"} <= problem(desk.get(f"{V1}/{path}/"), 400)["errors"].keys()


def test_schema_and_docs_are_open(client: Any) -> None:
    assert client.get(f"{V1}/schema/").status_code == 200
    assert client.get(f"{V1}/docs/").status_code == 200
