"""A POST that is sent again with its Idempotency-Key makes nothing more, wherever the API makes something."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from clinic.models import (
    AccessEvent,
    Clinic,
    ConsultationType,
    IdempotencyKey,
    Membership,
    Practitioner,
    User,
)
from patients.models import Consultation, Patient
from tests.doors import api, problem

pytestmark = [pytest.mark.django_db, pytest.mark.assures("BO-06")]
PATIENTS, CONSULTATIONS = "/api/v1/patients/", "/api/v1/consultations/"
KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"


@pytest.fixture(autouse=True)
def _nine_o_clock(now: datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def desk(hedda: User) -> APIClient:
    return api(hedda)


@pytest.fixture
def bodies(
    elena: Patient, mira: Practitioner, riverside: Clinic, follow_up: ConsultationType
) -> dict[str, dict[str, str]]:
    """A new patient; and Elena's follow-up with Mira on Wednesday at ten."""
    return {
        PATIENTS: {"given_name": "Ada", "family_name": "Berg", "clinic": str(riverside.pk), "phone": "030 123456"},
        CONSULTATIONS: {
            "patient": str(elena.pk), "practitioner": str(mira.pk), "clinic": str(riverside.pk),
            "type": str(follow_up.pk), "start": "2026-03-18T10:00:00+01:00",
        },
    }  # fmt: skip


def send(desk: APIClient, path: str, body: object, key: str | None = KEY) -> Any:
    return desk.post(path, body, headers={} if key is None else {"Idempotency-Key": key})


def rows() -> tuple[int, int]:
    """Patients beside Elena, and visits."""
    return Patient.objects.exclude(given_name="Elena").count(), Consultation.objects.count()


@pytest.mark.parametrize(("path", "made"), [(PATIENTS, (1, 0)), (CONSULTATIONS, (0, 1))])
def test_the_same_again_is_given_the_first_answer_and_makes_nothing(
    desk: APIClient, bodies: dict[str, Any], path: str, made: tuple[int, int]
) -> None:
    first = send(desk, path, bodies[path])
    assert (first.status_code, "Idempotent-Replayed" in first) == (201, False)
    again = send(desk, path, dict(reversed(bodies[path].items())))
    assert (again.status_code, again["Idempotent-Replayed"]) == (201, "true")
    assert again.content == first.content
    assert rows() == made
    assert AccessEvent.objects.count() == 2, "both answers showed the record"


def test_without_a_key_the_same_again_makes_a_second_patient(desk: APIClient, bodies: dict[str, Any]) -> None:
    """The control: it is the key that holds a retry back, and nothing else does."""
    for _ in range(2):
        assert send(desk, PATIENTS, bodies[PATIENTS], key=None).status_code == 201
    assert rows() == (2, 0)
    assert not IdempotencyKey.objects.exists()


def test_another_request_with_the_key_is_refused(desk: APIClient, bodies: dict[str, Any]) -> None:
    send(desk, PATIENTS, bodies[PATIENTS])
    others = [
        (PATIENTS, {**bodies[PATIENTS], "given_name": "Ida"}),
        (f"{PATIENTS}?x=1", bodies[PATIENTS]),
        (CONSULTATIONS, bodies[CONSULTATIONS]),
    ]
    for path, body in others:
        told = problem(send(desk, path, body), 422)
        assert told["code"] == "key_reused"
        assert "Send a new one" in told["detail"]
    assert rows() == (1, 0)


def test_a_key_is_its_senders_own(desk: APIClient, bodies: dict[str, Any], noor: User) -> None:
    mine, hers = (send(who, PATIENTS, bodies[PATIENTS]) for who in (desk, api(noor)))
    assert (hers.status_code, "Idempotent-Replayed" in hers) == (201, False)
    assert mine.json()["id"] != hers.json()["id"]


def test_a_refusal_is_not_kept(desk: APIClient, bodies: dict[str, Any], samuel: Patient) -> None:
    taken = send(desk, CONSULTATIONS, {**bodies[CONSULTATIONS], "patient": str(samuel.pk)}, key="other")
    assert problem(send(desk, CONSULTATIONS, bodies[CONSULTATIONS]), 409)["alternatives"]
    desk.post(f"{CONSULTATIONS}{taken.json()['id']}/cancel/", {"by": "patient", "reason": "Ill"})
    answer = send(desk, CONSULTATIONS, bodies[CONSULTATIONS])
    assert (answer.status_code, "Idempotent-Replayed" in answer) == (201, False)


def test_what_was_made_is_shown_as_it_stands_now_and_to_who_may_still_see_it(
    desk: APIClient, bodies: dict[str, Any], hedda: User, old_town: Clinic
) -> None:
    first = send(desk, CONSULTATIONS, bodies[CONSULTATIONS]).json()
    desk.post(f"{CONSULTATIONS}{first['id']}/cancel/", {"by": "patient", "reason": "Ill"})
    again = send(desk, CONSULTATIONS, bodies[CONSULTATIONS])
    assert (again.json()["id"], again.json()["status"]) == (first["id"], "cancelled")
    Membership.objects.filter(user=hedda).update(role="physiotherapist", clinic=old_town)
    problem(send(desk, CONSULTATIONS, bodies[CONSULTATIONS]), 404)
    Membership.objects.filter(user=hedda).delete()
    problem(send(desk, CONSULTATIONS, bodies[CONSULTATIONS]), 403)


@pytest.mark.parametrize("key", ["", "x" * 201, "schlüssel", "a\tb"])
def test_a_key_that_cannot_be_read_is_refused(desk: APIClient, bodies: dict[str, Any], key: str) -> None:
    told = problem(send(desk, PATIENTS, bodies[PATIENTS], key=key), 400)
    assert told["errors"]["Idempotency-Key"][0].startswith("Send 1 to 200 printable ASCII characters")
    assert rows() == (0, 0)


def test_every_post_that_makes_something_says_so(desk: APIClient) -> None:
    exempt = {"/api/v1/me/logs/"}  # its body has a key of its own, `client_uuid`
    paths = desk.get("/api/v1/schema/", headers={"Accept": "application/json"}).json()["paths"]
    makes = {path for path, ways in paths.items() if "201" in ways.get("post", {}).get("responses", {})}
    takes = {
        path
        for path, ways in paths.items()
        for each in ways.get("post", {}).get("parameters", [])
        if each["name"] == "Idempotency-Key" and not each.get("required")
    }
    assert len(takes) == 5
    assert makes - exempt == takes
