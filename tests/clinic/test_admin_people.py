"""The forms of practitioners: a manager adds, changes and lets go those of their own clinics."""

from datetime import datetime
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from clinic.actions import sending, welcoming
from clinic.models import Clinic, ConsultationType, OutboxMessage, Practitioner, Role, User
from patients.models import Patient
from tests.doors import browser
from tests.post import FixedClock, Postbox, content_of

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


def invited(by: User, email: str, clinic: Clinic, *roles: Role) -> Any:
    """What the sheet of somebody new answers."""
    sent = {"name": "Ada Novak", "email": email, "clinic": str(clinic.pk), "roles": list(roles)}
    return browser(by).post(reverse("admin:staff_new"), sent)


def test_who_is_new_has_a_role_and_no_password_that_anybody_knows(
    noor: User, riverside: Clinic, old_town: Clinic
) -> None:
    assert reverse("admin:staff_new") == browser(noor).get(reverse("admin:clinic_user_add"))["Location"]
    assert "password" not in browser(noor).get(reverse("admin:staff_new")).content.decode().split("<form")[1]
    for clinic, roles in ((riverside, ()), (old_town, (Role.FRONT_DESK,))):
        assert invited(noor, "ada@example.org", clinic, *roles).status_code == 422
        assert not User.objects.filter(email="ada@example.org").exists()
    assert invited(noor, "Ada@example.org", riverside, Role.FRONT_DESK, Role.MANAGER).status_code == 302
    ada = User.objects.get(email="ada@example.org")
    assert not ada.has_usable_password()
    assert {(each.clinic, each.role) for each in ada.memberships.all()} == {
        (riverside, Role.FRONT_DESK), (riverside, Role.MANAGER),
    }  # fmt: skip


@pytest.mark.assures("AC-02", "AZ-02")
def test_a_new_colleagues_address_is_answered_alike_whoever_has_it(
    noor: User, jonas: Practitioner, elena: Patient, riverside: Clinic
) -> None:
    """Nobody, a colleague of another clinic, a patient, and the same in capitals: none is told from the others."""
    patients = elena.portal_access.get().user
    said = set()
    for address in ("ada@example.org", jonas.user.email, patients.email, patients.email.upper()):
        before = OutboxMessage.objects.count()
        answer = invited(noor, address, riverside, Role.FRONT_DESK)
        words = [str(each) for each in get_messages(answer.wsgi_request)][-1].replace(address, "")
        said.add((answer.status_code, answer["Location"], words, OutboxMessage.objects.count() - before))
        OutboxMessage.objects.all().delete()  # the two of the patient's within a minute are one
    assert len(said) == 1
    assert next(iter(said))[3] == 1, "one mail"
    assert not patients.memberships.exists(), "a patient's account stays a patient's"
    assert jonas.user.memberships.filter(clinic=riverside, role=Role.FRONT_DESK).exists()


def test_the_owner_of_a_known_address_is_told_what_became_of_it(
    noor: User, jonas: Practitioner, elena: Patient, riverside: Clinic, postbox: Postbox, clock: FixedClock
) -> None:
    jonas.user.set_password("a long sentence of his")
    jonas.user.save()
    for address in (jonas.user.email, elena.portal_access.get().user.email):
        person = welcoming.Newcomer(name="A", email=address, clinic=riverside, roles=(Role.FRONT_DESK,))
        welcoming.take_on(newcomer=person, by=noor, now=clock.now)
    sending.send_batch(clock=clock)
    told = {
        str(each["To"]): next(
            content_of(part).decode() for part in each.walk() if part.get_content_type() == "text/plain"
        )
        for each in postbox.received
    }
    assert "sign in as always" in told[jonas.user.email]
    assert "nothing was changed" in told[elena.portal_access.get().user.email]


def test_an_address_that_the_manager_sees_anyway_is_named(noor: User, hedda: User, riverside: Clinic) -> None:
    answer = invited(noor, hedda.email, riverside, Role.MANAGER)
    assert answer.status_code == 409
    assert "is on your staff already" in str(answer.context["form"].errors["email"])
    assert hedda.memberships.count() == 1


def test_only_managers_take_anybody_on(
    noor: User, hedda: User, riverside: Clinic, old_town: Clinic, elena: Patient, now: datetime
) -> None:
    patients = elena.portal_access.get().user.email
    for by, where, email in (
        (hedda, riverside, "ada@example.org"),
        (noor, old_town, "ada@example.org"),
        (noor, old_town, patients),
    ):
        person = welcoming.Newcomer(name="A", email=email, clinic=where, roles=(Role.FRONT_DESK,))
        with pytest.raises(welcoming.NotYours):
            welcoming.take_on(newcomer=person, by=by, now=now)
    assert not OutboxMessage.objects.exists()
