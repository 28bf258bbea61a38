"""The forms of practitioners: a manager adds, changes and lets go those of their own clinics."""

from typing import Any

import pytest
from django.urls import reverse

from clinic.models import Clinic, ConsultationType, Membership, Practitioner, Role, User
from clinic.models.account import ADDRESS_TAKEN
from patients.models import Patient
from tests.doors import browser

pytestmark = pytest.mark.django_db


def change(by: User, who: Practitioner, *clinics: Clinic, **more: str) -> Any:
    """What the page answers to a new name, these clinics, and more."""
    sent = {"name": "Renamed", "title": "", "clinics": [str(each.pk) for each in clinics], **more}
    return browser(by).post(reverse("admin:clinic_practitioner_change", args=[who.pk]), sent)


@pytest.mark.assures("AZ-02")
def test_a_practitioner_of_another_clinic_is_read_and_neither_renamed_nor_archived(
    noor: User, jonas: Practitioner, old_town: Clinic
) -> None:
    address = reverse("admin:clinic_practitioner_change", args=[jonas.pk])
    page = browser(noor).get(address).content.decode()
    assert 'name="_save"' not in page
    assert jonas.name in page
    archived = {"archived_at_0": "2026-03-01", "archived_at_1": "10:00"}
    assert change(noor, jonas, old_town, **archived).status_code == 403
    jonas.refresh_from_db()
    assert (jonas.name, jonas.archived_at) == ("Jonas Brandt", None)


def test_a_practitioner_of_ones_own_clinic_is_renamed_and_archived(
    noor: User, mira: Practitioner, riverside: Clinic
) -> None:
    archived = {"archived_at_0": "2026-03-01", "archived_at_1": "10:00"}
    assert change(noor, mira, riverside, **archived).status_code == 302
    mira.refresh_from_db()
    assert mira.name == "Renamed"
    assert mira.archived_at is not None


def test_a_practitioner_is_added_to_ones_own_clinic(
    noor: User, hedda: User, riverside: Clinic, old_town: Clinic
) -> None:
    address = reverse("admin:clinic_practitioner_add")
    sent = {"user": str(hedda.pk), "name": "Hedda Falk", "title": ""}
    assert browser(noor).post(address, sent | {"clinics": [str(old_town.pk)]}).status_code == 200
    assert browser(noor).post(address, sent | {"clinics": [str(riverside.pk)]}).status_code == 302
    assert set(Practitioner.objects.get(user=hedda).clinics.all()) == {riverside}


def test_a_colleague_who_works_elsewhere_too_is_let_go(
    noor: User, mira: Practitioner, riverside: Clinic, old_town: Clinic
) -> None:
    mira.clinics.add(old_town)
    assert change(noor, mira, old_town).status_code == 302
    assert set(mira.clinics.all()) == {old_town}
    assert change(noor, mira, old_town, riverside).status_code == 403


def test_who_works_elsewhere_is_not_put_under_what_can_be_booked(
    noor: User, jonas: Practitioner, follow_up: ConsultationType
) -> None:
    offered = browser(noor).get(reverse("admin:clinic_consultationtype_change", args=[follow_up.pk]))
    assert jonas not in offered.context["adminform"].form.fields["practitioners"].queryset


@pytest.mark.assures("AZ-02")
def test_a_new_users_address_is_refused_alike_whoever_has_it(
    noor: User, jonas: Practitioner, elena: Patient, riverside: Clinic
) -> None:
    """A colleague of another clinic, a patient, and the same in capitals: none is told from the other."""
    patients = elena.portal_access.get().user.email
    said = set()
    for address in (jonas.user.email, patients, patients.upper()):
        sent = {"name": "New", "email": address, "is_active": "on", "memberships-TOTAL_FORMS": "1"}
        sent |= {"memberships-INITIAL_FORMS": "0", "memberships-0-clinic": str(riverside.pk)}
        answer = browser(noor).post(
            reverse("admin:clinic_user_add"), sent | {"memberships-0-role": Role.FRONT_DESK}
        )
        faults = answer.context["adminform"].form.errors
        said |= {fault for of_field in faults.values() for fault in of_field}
    assert said == {str(ADDRESS_TAKEN)}
    assert not Membership.objects.filter(user__email=patients).exists()
