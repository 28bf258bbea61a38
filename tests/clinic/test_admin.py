"""The stock admin: every list opens for who may see it, and none for the others."""

import pytest
from django.contrib import admin
from django.urls import reverse

from clinic import policy
from clinic.models import AccessEvent, Clinic, Membership, Practitioner, User
from patients.models import Patient
from tests.doors import browser

LISTS = sorted(
    (model for model in admin.site._registry if model._meta.app_label in {"clinic", "patients", "programs"}),
    key=lambda model: model._meta.label,
)


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.label)
def test_a_list_opens_exactly_for_who_may_see_its_rows(
    model: type, noor: User, mira: Practitioner, hedda: User
) -> None:
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")  # type: ignore[attr-defined]
    for user in (noor, mira.user, hedda):
        expected = 200 if policy.can(user, "view", model) else 403
        assert browser(user).get(address).status_code == expected, user


def test_managers_see_the_records_and_patients_are_sent_home(noor: User, elena: Patient) -> None:
    page = browser(noor).get("/admin/").content.decode()
    assert "Consultation types" in page
    answer = browser(elena.portal_access.get().user).get("/admin/records/")
    assert answer.status_code == 302


def test_a_manager_changes_their_own_clinic_and_not_another(
    noor: User, riverside: Clinic, old_town: Clinic
) -> None:
    client = browser(noor)
    own = client.get(reverse("admin:clinic_clinic_change", args=[riverside.pk])).content.decode()
    foreign = client.get(reverse("admin:clinic_clinic_change", args=[old_town.pk])).content.decode()
    assert 'name="_save"' in own
    assert 'name="_save"' not in foreign


def test_a_user_made_here_has_no_password_that_anybody_knows(noor: User) -> None:
    page = browser(noor).get(reverse("admin:clinic_user_add")).content.decode()
    assert "password" not in page.split('id="user_form"')[1].split("</form>")[0].lower()
    browser(noor).post(
        reverse("admin:clinic_user_add"),
        {"name": "New Colleague", "email": "new@example.org", "is_active": "on"},
    )
    made = User.objects.get(email="new@example.org")
    assert not made.has_usable_password()


def test_a_physiotherapist_cannot_make_anybody_staff(mira: Practitioner) -> None:
    answer = browser(mira.user).get(reverse("admin:clinic_membership_add"))
    assert answer.status_code == 403
    assert Membership.objects.count() == 1


@pytest.mark.assures("AU-01")
def test_a_list_and_a_page_of_patients_are_written_down(noor: User, elena: Patient, samuel: Patient) -> None:
    client = browser(noor)
    client.get(reverse("admin:patients_patient_changelist"))
    assert set(AccessEvent.objects.get().patient_ids) == {elena.pk, samuel.pk}
    page = client.get(reverse("admin:patients_patient_change", args=[elena.pk])).content.decode()
    assert AccessEvent.objects.latest("id").patient_ids == [elena.pk]
    assert 'name="_save"' not in page
