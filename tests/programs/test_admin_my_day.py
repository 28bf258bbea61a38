"""My day: where a physiotherapist begins, what is on now, and one click for each step of a visit."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.models import AccessEvent, Block, ConsultationType, Practitioner, User
from patients.models import Consultation, Patient
from patients.rules.lifecycle import Status
from tests.doors import browser
from tests.factories import PatientFactory

MY_DAY = "/admin/my-day/"


@pytest.fixture(autouse=True)
def tuesday(now: datetime) -> Iterator[None]:
    """Pages read the clock themselves: 9:00 in Berlin."""
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def at_mira(mira: Practitioner) -> Client:
    """Mira's browser."""
    return browser(mira.user)


@pytest.fixture
def elenas_visit(
    elena: Patient, follow_up: ConsultationType, mira: Practitioner, now: datetime
) -> Consultation:
    """Elena at Mira's, begun at 8:50 by the clock, not marked yet."""
    return visit(elena, follow_up, mira, now - timedelta(minutes=10))


def visit(
    patient: Patient,
    kind: ConsultationType,
    practitioner: Practitioner,
    start: datetime,
    status: Status = Status.CONFIRMED,
) -> Consultation:
    """A visit of half an hour."""
    end = start + timedelta(minutes=30)
    block = Block.objects.create(
        clinic=patient.clinic, practitioner=practitioner, type=kind, start=start, end=end, taken=1
    )
    return Consultation.objects.create(
        block=block,
        patient=patient,
        type=kind,
        clinic=patient.clinic,
        practitioner=practitioner,
        start=start,
        end=end,
        status=status,
        source="desk",
        booked_at=start - timedelta(days=3),
        status_at=start - timedelta(days=3),
    )


def test_the_admin_opens_on_it_for_who_treats(at_mira: Client) -> None:
    assert at_mira.get("/admin/")["Location"] == MY_DAY
    assert "No visits on this day" in at_mira.get(MY_DAY).content.decode()


def test_visits_stand_in_order_in_the_clinics_time_with_the_one_that_is_on_now(
    at_mira: Client,
    elenas_visit: Consultation,
    samuel: Patient,
    follow_up: ConsultationType,
    mira: Practitioner,
    now: datetime,
) -> None:
    visit(samuel, follow_up, mira, now + timedelta(hours=2))
    page = at_mira.get(MY_DAY).content.decode()
    assert "Tuesday 17 March" in page
    assert page.index(">08:50<") < page.index(">11:00<")
    assert "Next is Samuel Ortiz at 11:00." in page
    assert page.count('class="nowrow"') == 1
    assert page.index('class="nowrow"') < page.index("Elena Ruiz</a>") < page.index("Samuel Ortiz</a>")


def test_what_is_over_is_folded_while_somebody_is_still_to_come(
    at_mira: Client, elenas_visit: Consultation, samuel: Patient, now: datetime
) -> None:
    """So that the current consultation is in view when the page opens."""
    kind, mira = elenas_visit.type, elenas_visit.practitioner
    visit(samuel, kind, mira, now - timedelta(hours=1), Status.COMPLETED)
    page = at_mira.get(MY_DAY).content.decode()
    folded = page.split('<details class="earlier">')[1].split("</details>")[0]
    assert "1 earlier today" in folded
    assert "Samuel Ortiz" in folded
    assert "Elena Ruiz" not in folded
    Consultation.objects.update(status=Status.COMPLETED)
    assert "earlier today" not in at_mira.get(MY_DAY).content.decode()


def test_a_visit_leads_to_the_program_or_to_a_new_one(
    at_mira: Client,
    elenas_visit: Consultation,
    elenas_program: SimpleNamespace,
    samuel: Patient,
    now: datetime,
) -> None:
    visit(samuel, elenas_visit.type, elenas_visit.practitioner, now + timedelta(hours=2))
    page = at_mira.get(MY_DAY).content.decode()
    assert f'href="/admin/programs/{elenas_program.program.pk}/"' in page
    assert f'href="/admin/patients/{samuel.pk}/programs/"' in page


@pytest.mark.parametrize(
    ("before", "act", "after"),
    [
        (Status.CONFIRMED, "start", Status.IN_PROGRESS),
        (Status.IN_PROGRESS, "complete", Status.COMPLETED),
        (Status.CONFIRMED, "no-show", Status.NO_SHOW),
    ],
)
def test_one_click_takes_a_visit_a_step_on(
    at_mira: Client, elenas_visit: Consultation, before: Status, act: str, after: Status
) -> None:
    Consultation.objects.update(status=before)
    assert at_mira.post(f"{MY_DAY}{elenas_visit.pk}/{act}/").status_code == 302
    elenas_visit.refresh_from_db()
    assert elenas_visit.status == after


def test_a_step_that_cannot_follow_is_told(at_mira: Client, elenas_visit: Consultation) -> None:
    Consultation.objects.update(status=Status.COMPLETED)
    at_mira.post(f"{MY_DAY}{elenas_visit.pk}/start/")
    elenas_visit.refresh_from_db()
    assert elenas_visit.status == Status.COMPLETED
    assert 'role="alert"' in at_mira.get(MY_DAY).content.decode()


def test_a_visit_that_is_over_asks_how_it_ended(
    at_mira: Client, elenas_visit: Consultation, now: datetime
) -> None:
    with time_machine.travel(now + timedelta(hours=1), tick=False):
        page = at_mira.get(MY_DAY).content.decode()
    assert "Was the patient here?" in page
    assert f"{MY_DAY}{elenas_visit.pk}/no-show/" in page


def test_who_needs_a_look_and_does_not_come_stands_beside_the_day(
    at_mira: Client, elenas_program: SimpleNamespace
) -> None:
    page = at_mira.get(MY_DAY).content.decode()
    assert "Look first" in page
    assert "Stopped logging" in page


@pytest.mark.assures("AU-01")
def test_the_reading_is_written_down(
    at_mira: Client, elenas_visit: Consultation, elenas_program: SimpleNamespace
) -> None:
    at_mira.get(MY_DAY)
    assert AccessEvent.objects.get().patient_ids == [elenas_visit.patient_id]


def test_another_clinic_the_desk_and_patients_are_kept_out(
    elenas_visit: Consultation, jonas: Practitioner, hedda: User, elena: Patient
) -> None:
    address = f"{MY_DAY}{elenas_visit.pk}/start/"
    assert browser(jonas.user).post(address).status_code == 404
    assert browser(hedda).post(address).status_code == 403
    assert browser(hedda).get(MY_DAY).status_code == 403
    assert browser(elena.portal_access.get().user).get(MY_DAY).status_code == 403
    assert browser().get(MY_DAY).status_code == 302
    elenas_visit.refresh_from_db()
    assert elenas_visit.status == Status.CONFIRMED


def test_it_asks_the_database_as_often_for_a_full_day_as_for_one_visit(
    at_mira: Client,
    elenas_visit: Consultation,
    follow_up: ConsultationType,
    mira: Practitioner,
    now: datetime,
) -> None:
    at_mira.get(MY_DAY)
    few = _queries(at_mira)
    for hours in (1, 2, 3):
        patient = PatientFactory.create(clinic=elenas_visit.clinic, family_name=f"At {hours}")
        visit(patient, follow_up, mira, now + timedelta(hours=hours))
    assert _queries(at_mira) == few


def test_a_day_that_is_none_shows_today(at_mira: Client) -> None:
    assert "Tuesday 17 March" in at_mira.get(MY_DAY, {"day": "2026-02-31"}).content.decode()
    assert "Wednesday 18 March" in at_mira.get(MY_DAY, {"day": "2026-03-18"}).content.decode()


def _queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as asked:
        client.get(MY_DAY)
    return len(asked)
