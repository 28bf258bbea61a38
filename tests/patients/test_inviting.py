"""An invitation opens the portal to the address that the clinic knows, and leaves existing accounts alone."""

from datetime import datetime, timedelta

import pytest

from clinic import policy
from clinic.actions import linking
from clinic.models import Practitioner, State, User
from patients.actions import inviting
from patients.models import Patient, PortalAccess
from patients.models.patient import Relation
from tests.doors import browser, told
from tests.factories import PortalAccessFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def samuel_with_email(samuel: Patient) -> Patient:
    samuel.email = "Samuel@Example.org"
    samuel.save()
    return samuel


def test_it_makes_the_account_the_access_and_the_mail(
    samuel_with_email: Patient, hedda: User, now: datetime
) -> None:
    access = inviting.invite(patient=samuel_with_email, by=hedda, now=now)
    assert (access.user.email, access.user.name) == ("samuel@example.org", "Samuel Ortiz")
    assert not access.user.has_usable_password()
    assert not policy.is_staff(access.user)
    [row] = told("invitation")
    assert (row.subject_id, row.person_id, row.due_at) == (access.pk, samuel_with_email.pk, now)
    assert row.useful_until == now + timedelta(days=14)


def test_a_patient_without_an_email_cannot_be_invited(samuel: Patient, hedda: User, now: datetime) -> None:
    with pytest.raises(inviting.NoEmail, match="Add an email address first") as refused:
        inviting.invite(patient=samuel, by=hedda, now=now)
    assert refused.value.field == "email"
    assert not PortalAccess.objects.exists()
    assert told("invitation") == []


@pytest.mark.assures("AC-06")
def test_an_account_with_that_email_is_used_as_it_is(
    samuel_with_email: Patient, hedda: User, now: datetime
) -> None:
    hers = User.objects.create_user("samuel@example.org", "a long sentence of hers", name="Rosa Ortiz")
    access = inviting.invite(patient=samuel_with_email, by=hedda, now=now)
    assert access.user == hers
    hers.refresh_from_db()
    assert hers.name == "Rosa Ortiz"
    assert hers.check_password("a long sentence of hers")


def test_inviting_again_sends_again_and_makes_no_second_access(
    elena: Patient, hedda: User, now: datetime
) -> None:
    first = inviting.invite(patient=elena, by=hedda, now=now)
    again = inviting.invite(patient=elena, by=hedda, now=now + timedelta(hours=1))
    assert first == again == PortalAccess.objects.get()
    assert len(told("invitation")) == 2


@pytest.mark.parametrize("closed", ["archived_at", "deceased_on"])
def test_a_closed_record_is_not_opened(elena: Patient, hedda: User, now: datetime, closed: str) -> None:
    Patient.objects.filter(pk=elena.pk).update(**{closed: now})
    elena.refresh_from_db()
    with pytest.raises(inviting.Departed):
        inviting.invite(patient=elena, by=hedda, now=now)
    assert told("invitation") == []


@pytest.mark.assures("AZ-02")
def test_a_stranger_to_the_clinic_invites_nobody(elena: Patient, jonas: Practitioner, now: datetime) -> None:
    assert jonas.user
    for by, refusal in ((jonas.user, policy.Hidden), (elena.portal_access.get().user, policy.Hidden)):
        with pytest.raises(refusal):
            inviting.invite(patient=elena, by=by, now=now)
    assert told("invitation") == []


def test_the_link_opens_a_living_access_of_an_active_user(elena: Patient, now: datetime) -> None:
    access = elena.portal_access.get()
    token = linking.make(purpose=inviting.PURPOSE, subject=access.pk, now=now)
    assert inviting.invited(token=token, now=now + timedelta(days=14)) == access
    with pytest.raises(linking.LinkInvalid):
        inviting.invited(token=token, now=now + timedelta(days=14, minutes=1))
    User.objects.update(is_active=False)
    with pytest.raises(linking.LinkInvalid, match="taken back"):
        inviting.invited(token=token, now=now)


def test_an_access_that_ended_is_opened_by_no_link(elena: Patient, now: datetime) -> None:
    access = elena.portal_access.get()
    token = linking.make(purpose=inviting.PURPOSE, subject=access.pk, now=now)
    PortalAccess.objects.update(ended_at=now)
    with pytest.raises(linking.LinkInvalid, match="Call your clinic"):
        inviting.invited(token=token, now=now)


def _corrected(elena: Patient) -> Patient:
    """Elena's email was mistyped, and the desk put it right."""
    elena.email = "right@example.org"
    elena.save()
    return elena


def test_at_a_corrected_address_the_account_of_the_mistyped_one_opens_nothing(
    elena: Patient, hedda: User, now: datetime
) -> None:
    inviting.invite(patient=elena, by=hedda, now=now)
    old = elena.portal_access.get()
    phone = browser(old.user)
    assert "Elena" in phone.get("/portal/").content.decode()
    access = inviting.invite(patient=_corrected(elena), by=hedda, now=now + timedelta(hours=1))
    old.refresh_from_db()
    assert (old.ended_at, access.user.email) == (now + timedelta(hours=1), "right@example.org")
    assert list(PortalAccess.objects.filter(patient=elena, ended_at=None)) == [access]
    assert "Elena" not in phone.get("/portal/").content.decode()
    assert [row.state for row in told("invitation")] == [State.SUPERSEDED, State.DUE]


def test_a_parents_access_stays_when_the_patient_is_invited_at_a_new_address(
    elena: Patient, hedda: User, now: datetime
) -> None:
    parent = PortalAccessFactory.create(
        patient=elena, user__email="rosa@example.org", relation=Relation.PARENT
    )
    inviting.invite(patient=_corrected(elena), by=hedda, now=now)
    parent.refresh_from_db()
    assert parent.ended_at is None


@pytest.mark.assures("AZ-02")
def test_the_desk_ends_an_access_and_only_who_may(
    elena: Patient, hedda: User, mira: Practitioner, zoe: Patient, now: datetime
) -> None:
    access = elena.portal_access.get()
    assert mira.user
    for by, refusal in ((mira.user, policy.NotYours), (zoe.portal_access.get().user, policy.Hidden)):
        with pytest.raises(refusal):
            inviting.end_access(access=access, by=by, now=now)
    inviting.end_access(access=access, by=hedda, now=now)
    assert inviting.end_access(access=access, by=hedda, now=now + timedelta(hours=1)).ended_at == now


def test_the_patients_page_ends_an_access_for_whom_it_shows_the_button(
    elena: Patient, hedda: User, mira: Practitioner
) -> None:
    access = elena.portal_access.get()
    end, page = f"/desk/access/{access.pk}/end/", f"/desk/patients/{elena.pk}/"
    assert end in browser(hedda).get(page).content.decode()
    assert end not in browser(mira.user).get(page).content.decode()
    assert browser(mira.user).post(end).status_code == 403
    assert browser(hedda).post(end)["Location"] == page
    access.refresh_from_db()
    assert access.ended_at is not None
