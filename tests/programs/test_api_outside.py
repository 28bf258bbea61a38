"""The API outside the usual: its reason is the statement that a dosage is meant; it asks for nothing more."""

from types import SimpleNamespace

import pytest

from clinic.models import Practitioner
from programs.rules.dosage import changed, to_mapping
from tests.doors import api, problem
from tests.factories import KNEE_TO_CHEST

pytestmark = pytest.mark.django_db


@pytest.fixture
def elenas(elenas_program: SimpleNamespace) -> SimpleNamespace:
    """Elena's program, whose knee-to-chest is usually held 5 to 30 s."""
    exercise = elenas_program.prescription.exercise
    exercise.recommended = {"hold_s": [5, 30, "Trial"]}
    exercise.save()
    return elenas_program


def test_a_reason_is_enough_to_go_outside_the_usual(elenas: SimpleNamespace, mira: Practitioner) -> None:
    revisions = f"/api/v1/prescriptions/{elenas.prescription.pk}/revisions/"
    problem(api(mira.user).post(revisions, {"hold_s": 45}, format="json"), 400)
    answer = api(mira.user).post(revisions, {"hold_s": 45, "reason": "Older adult"}, format="json")
    assert (answer.status_code, answer.json()["dosage"]["hold_s"]) == (201, 45)


def test_prescribing_outside_the_usual_needs_a_reason_alone(
    elenas: SimpleNamespace, mira: Practitioner
) -> None:
    address = f"/api/v1/programs/{elenas.program.pk}/prescriptions/"
    told = {
        "exercise": str(elenas.prescription.exercise_id),
        "dosage": to_mapping(changed(KNEE_TO_CHEST, hold_s=45)),
    }
    assert problem(api(mira.user).post(address, told, format="json"), 422)["code"] == "reason_missing"
    answer = api(mira.user).post(address, told | {"reason": "Older adult"}, format="json")
    assert answer.status_code == 201
