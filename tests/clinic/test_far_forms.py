"""Dates that people type: those at the ends of time are refused beside their field, at every form."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from clinic.models import Clinic, Practitioner
from patients.models import Patient
from programs.models import Program, SessionLog
from tests import factories
from tests.doors import browser

pytestmark = pytest.mark.django_db
DAYS = ["9999-12-31", "0001-01-01", "1899-12-31"]
WORDS = "Give a date between the years 1900 and 2200."


@pytest.fixture
def at_mira(mira: Practitioner) -> Client:
    """Mira's browser."""
    return browser(mira.user)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("field", ["first_day", "last_day"])
def test_leave(at_mira: Client, mira: Practitioner, riverside: Clinic, day: str, field: str) -> None:
    sent = {
        "kind": "leave", "practitioner": mira.pk, "clinic": riverside.pk, "first_day": "2026-03-18",
        "last_day": "2026-03-18", field: day,
    }  # fmt: skip
    answer = at_mira.post("/desk/leave/", sent)
    assert answer.status_code == 422
    assert answer.context["form"].errors == {field: [WORDS]}


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("field", ["starts_on", "ends_on"])
def test_a_program(at_mira: Client, mira: Practitioner, elena: Patient, day: str, field: str) -> None:
    episode = factories.EpisodeFactory.create(patient=elena, team=[mira])
    sent: dict[str, Any] = {"episode": episode.pk, "title": "Low back", "starts_on": "2026-03-18", field: day}
    answer = at_mira.post(f"/admin/patients/{elena.pk}/programs/", sent)
    assert WORDS in answer.content.decode()
    assert not Program.objects.exists()


@pytest.mark.parametrize("day", DAYS)
def test_an_episode(at_mira: Client, elena: Patient, day: str) -> None:
    sent = {"clinic": elena.clinic_id, "complaint": "Stiff neck", "onset_on": day}
    answer = at_mira.post(f"/admin/patients/{elena.pk}/episodes/", sent)
    assert WORDS in answer.content.decode()
    assert not elena.episodes.exists()


@pytest.mark.parametrize(
    "start", ["9999-12-31T12:00:00+00:00", "0001-01-01T00:00:00+14:00", "9999-12-31 23:59"]
)
def test_a_sitting(elena: Patient, elenas_program: SimpleNamespace, start: str) -> None:
    client = browser(elena.portal_access.get().user)
    prescription, revision = elenas_program.prescription.pk, elenas_program.revision.pk
    sent = {
        "client_uuid": "01890a5d-ac96-774b-bcce-b302099a8057", "started_at": start, "pain_after": "2", "effort": "3",
        f"{prescription}-revision": str(revision), f"{prescription}-status": "done",
    }  # fmt: skip
    answer = client.post("/portal/session/", sent)
    assert answer.status_code == 422
    assert not SessionLog.objects.exists()


@pytest.mark.parametrize("day", DAYS)
def test_a_save_of_the_sheet(at_mira: Client, elenas_program: SimpleNamespace, day: str) -> None:
    sheet = f"/admin/programs/{elenas_program.program.pk}/"
    answer = at_mira.post(sheet, {"reason": "Easy now", "effective_on": day})
    assert answer.context["desk"].save.errors["effective_on"] == [WORDS]
    assert Program.objects.get().prescriptions.get().revisions.count() == 1
