"""Roles are given to colleagues: a patient's account is nobody's to make staff, and an answer tells of no account."""

import pytest
from django.urls import reverse

from clinic import policy
from clinic.actions import joining
from clinic.models import Clinic, Membership, Practitioner, Role, User
from patients.models import Patient
from tests.doors import browser

pytestmark = pytest.mark.django_db


def role(user: User, clinic: Clinic) -> Membership:
    """A role at the desk that nobody has been given yet."""
    return Membership(user=user, clinic=clinic, role=Role.FRONT_DESK)


def test_a_colleague_of_another_clinic_is_given_a_role(
    noor: User, jonas: Practitioner, riverside: Clinic
) -> None:
    joining.join(membership=role(jonas.user, riverside), by=noor)
    assert Membership.objects.filter(user=jonas.user, clinic=riverside).exists()


def test_who_never_was_staff_is_not_made_staff(noor: User, elena: Patient, riverside: Clinic) -> None:
    account = elena.portal_access.get().user
    with pytest.raises(joining.NoColleague):
        joining.join(membership=role(account, riverside), by=noor)
    assert not account.memberships.exists()


def test_a_role_at_a_clinic_that_one_does_not_manage_is_refused_and_not_kept(
    noor: User, hedda: User, old_town: Clinic
) -> None:
    with pytest.raises(policy.NotYours):
        joining.join(membership=role(hedda, old_town), by=noor)
    assert not hedda.memberships.filter(clinic=old_town).exists()


def test_a_role_that_was_taken_by_mistake_is_given_back_by_that_clinics_manager(
    noor: User, hedda: User, jonas: Practitioner, riverside: Clinic
) -> None:
    Membership.objects.filter(user__in=[hedda, jonas.user]).delete()
    joining.join(membership=role(hedda, riverside), by=noor)
    assert hedda.memberships.filter(clinic=riverside).exists()
    with pytest.raises(joining.NoColleague):
        joining.join(membership=role(jonas.user, riverside), by=noor)


@pytest.mark.assures("AZ-02")
def test_the_form_answers_alike_for_a_patients_address_and_for_nobodys(
    noor: User, elena: Patient, riverside: Clinic
) -> None:
    account, said = elena.portal_access.get().user, set()
    for address in (account.email, "nobody@example.org"):
        told = {"user": address, "clinic": str(riverside.pk), "role": Role.FRONT_DESK}
        answer = browser(noor).post(reverse("admin:clinic_membership_add"), told)
        said.add((answer.status_code, str(answer.context["adminform"].form.errors)))
    assert len(said) == 1
    assert "No colleague has this address" in said.pop()[1]
    assert not account.memberships.exists()
    assert browser(account).get("/portal/").status_code == 200
    assert not policy.may(noor, "change", account)
