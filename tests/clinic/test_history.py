"""Who and what stands in the history of a changed row, and the id by which a request is found again."""

from typing import Any
from uuid import UUID

import pytest
from django.apps import apps

from clinic.models import User
from patients.models import Patient
from tests.doors import api, browser

pytestmark = pytest.mark.django_db


def newest(patient: Patient) -> dict[str, Any]:
    """What was noted with the newest change of the patient."""
    event = apps.get_model("patients", "PatientEvent").objects.filter(pgh_obj=patient).latest("pgh_id")
    noted: dict[str, Any] = event.pgh_context.metadata
    return noted


@pytest.mark.assures("AU-02")
def test_a_change_over_the_api_names_the_tokens_user(hedda: User, elena: Patient) -> None:
    answer = api(hedda).patch(f"/api/v1/patients/{elena.pk}/", {"desk_note": "Rings twice"}, format="json")
    assert answer.status_code == 200
    assert newest(elena) == {
        "user": str(hedda.pk),
        "route": "api/v1/patients/<uuid:pk>/",
        "request": answer["X-Request-ID"],
    }


def test_a_change_on_a_page_names_the_user_and_the_route_without_its_values(
    hedda: User, elena: Patient
) -> None:
    told = {"given_name": "Elena", "family_name": "Ruiz", "language": "en", "clinic": elena.clinic_id}
    answer = browser(hedda).post(f"/desk/patients/{elena.pk}/", told)
    assert answer.status_code == 302
    noted = newest(elena)
    assert noted["user"] == str(hedda.pk)
    assert noted["route"] == "desk/patients/<uuid:pk>/"
    assert str(elena.pk) not in str(noted)


@pytest.mark.parametrize("path", ["/", "/desk/", "/api/v1/patients/", "/nowhere/"])
def test_every_answer_has_an_id_of_its_own(hedda: User, path: str) -> None:
    client = browser(hedda)
    first, second = (UUID(client.get(path)["X-Request-ID"]) for _time in range(2))
    assert first.version == second.version == 7
    assert first != second


def test_a_change_at_an_address_that_is_not_there_is_a_missing_page(hedda: User) -> None:
    assert browser(hedda).post("/nowhere/").status_code == 404
