"""At the desk: the pairs that look alike, and the page on which two records become one."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from clinic.models import AccessEvent, Practitioner, User
from patients.actions import merging
from patients.models import Patient, PossibleTwin
from tests import factories
from tests.doors import browser

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tuesday(now: datetime) -> Iterator[Any]:
    with time_machine.travel(now, tick=False) as moved:
        yield moved


@pytest.fixture
def desk(hedda: User) -> Client:
    """Hedda's browser."""
    return browser(hedda)


@pytest.fixture
def helena(elena: Patient) -> Patient:
    """Elena once more, by a name that was misheard and without a birth date."""
    patient: Patient = factories.PatientFactory.create(
        clinic=elena.clinic, given_name="Helena", birth_date=None, email="", phone=""
    )
    return patient


@pytest.fixture
def twin(elena: Patient, helena: Patient, now: datetime) -> PossibleTwin:
    """The suspicion that Helena is Elena."""
    return PossibleTwin.objects.create(patient=helena, other=elena, noticed_at=now)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_list_shows_both_and_writes_down_who_read_them(
    desk: Client, twin: PossibleTwin, elena: Patient, helena: Patient
) -> None:
    page = text(desk.get("/desk/twins/"))
    assert "Elena Ruiz" in page
    assert "Helena Ruiz" in page
    assert 'aria-current="page">Patients' in page
    assert set(AccessEvent.objects.get(what="possible duplicates").patient_ids) == {elena.pk, helena.pk}


def test_without_pairs_it_says_what_it_is_for(desk: Client) -> None:
    assert "No record looks like another" in text(desk.get("/desk/twins/"))


def test_two_people_leave_the_list(desk: Client, twin: PossibleTwin) -> None:
    answer = desk.post(f"/desk/twins/{twin.pk}/different/", follow=True)
    assert "stay two people" in text(answer)
    assert "No record looks like another" in text(answer)


def test_the_merge_page_says_what_stays_and_what_moves(
    desk: Client, twin: PossibleTwin, elena: Patient, helena: Patient
) -> None:
    page = text(desk.get(f"/desk/patients/{helena.pk}/merge/", {"other": str(elena.pk)}))
    assert "<ins>elena@example.org</ins>" in page
    assert "<s>Elena</s>" in page
    assert "Accounts of the portal" in page


def test_merged_the_dropped_record_leads_to_the_kept_one(
    desk: Client, twin: PossibleTwin, elena: Patient, helena: Patient
) -> None:
    told = {"other": str(helena.pk), "reason": "Same card"}
    answer = desk.post(f"/desk/patients/{elena.pk}/merge/", told, follow=True)
    assert answer.redirect_chain[-1][0] == f"/desk/patients/{elena.pk}/"
    answer = desk.get(f"/desk/patients/{helena.pk}/", follow=True)
    assert answer.redirect_chain[-1][0] == f"/desk/patients/{elena.pk}/"
    assert "was merged into this record" in text(answer)


def test_without_a_reason_nothing_is_merged(desk: Client, elena: Patient, helena: Patient) -> None:
    answer = desk.post(f"/desk/patients/{elena.pk}/merge/", {"other": str(helena.pk), "reason": " "})
    assert answer.status_code == 422
    assert "Say how you know" in text(answer)
    assert Patient.objects.current().count() == 2


def test_the_other_record_is_found_by_its_number(desk: Client, elena: Patient, samuel: Patient) -> None:
    samuel.refresh_from_db()
    page = text(desk.get(f"/desk/patients/{elena.pk}/merge/", {"number": str(samuel.number)}))
    assert f'value="{samuel.pk}"' in page
    elena.refresh_from_db()
    for wrong in ("999999", str(elena.number)):
        page = text(desk.get(f"/desk/patients/{elena.pk}/merge/", {"number": wrong}))
        assert "That is no other record" in page


def test_a_likely_twin_is_offered_for_comparing(desk: Client, elena: Patient, helena: Patient) -> None:
    Patient.objects.filter(pk=helena.pk).update(birth_date=elena.birth_date)
    page = text(desk.get(f"/desk/patients/{elena.pk}/merge/"))
    assert f"?other={helena.pk}" in page


def test_the_patients_page_names_who_looks_alike(desk: Client, twin: PossibleTwin, elena: Patient) -> None:
    page = text(desk.get(f"/desk/patients/{elena.pk}/"))
    assert "The same person?" in page
    assert f"?other={twin.patient_id}" in page
    assert "One possible duplicate" in text(desk.get("/desk/patients/"))


def test_registering_a_likely_twin_offers_to_book_for_the_known_one(desk: Client, elena: Patient) -> None:
    told = {
        "given_name": "Elena", "family_name": "Ruiz", "birth_date": "1979-05-02", "language": "en",
        "clinic": str(elena.clinic_id),
    }  # fmt: skip
    answer = desk.post("/desk/patients/new/", told)
    assert answer.status_code == 409
    assert "Book for this one instead" in text(answer)
    desk.post("/desk/patients/new/", {**told, "confirmed": "on"})
    assert merging.suspicions(user=User.objects.get(name="Hedda Falk")).count() == 1


def test_a_physiotherapist_merges_nothing(mira: Practitioner, elena: Patient, samuel: Patient) -> None:
    answer = browser(mira.user).get(f"/desk/patients/{elena.pk}/merge/", {"other": str(samuel.pk)})
    assert answer.status_code == 403
