"""Whose patients one reaches: by clinic for who treats and manages, all for the desk, one's own in the portal."""

import pytest

from clinic import policy
from clinic.models import Clinic, Membership, Practitioner, User
from patients.models import EpisodeOfCare, Intake, Patient
from tests import factories
from tests.doors import browser

pytestmark = pytest.mark.django_db


def test_the_desk_knows_all_and_others_those_of_their_clinic(
    elena: Patient, zoe: Patient, hedda: User, noor: User, mira: Practitioner, jonas: Practitioner
) -> None:
    people = {hedda: {elena, zoe}, noor: {elena}, mira.user: {elena}, jonas.user: {zoe}}
    assert {user: set(policy.visible(user, Patient)) for user in people if user} == people


def test_an_episode_elsewhere_brings_the_patient_there(zoe: Patient, mira: Practitioner) -> None:
    assert mira.user
    assert not policy.may(mira.user, "view", zoe)
    factories.EpisodeFactory.create(patient=zoe, clinic=mira.clinics.get())
    assert policy.may(mira.user, "view", zoe)


def test_desk_and_manager_see_no_episode_and_no_intake(elena: Patient, hedda: User, noor: User) -> None:
    factories.EpisodeFactory.create(patient=elena)
    for user in (hedda, noor):
        for model in (EpisodeOfCare, Intake):
            assert not policy.can(user, "view", model)


@pytest.mark.assures("AZ-02")
def test_who_left_the_clinic_reads_no_intake_of_it_any_more(
    elena: Patient, mira: Practitioner, riverside: Clinic, old_town: Clinic
) -> None:
    """She stays in the care team, for history; her role is at another clinic now."""
    assert mira.user
    episode = factories.EpisodeFactory.create(patient=elena, team=[mira])
    intake = Intake.objects.create(episode=episode, lifestyle="Swims.")
    assert policy.may(mira.user, "view", intake)
    assert policy.may(mira.user, "chart", episode)
    Membership.objects.filter(user=mira.user, clinic=riverside).update(clinic=old_town)
    later = User.objects.get(pk=mira.user.pk)
    assert not policy.may(later, "view", intake)
    assert not policy.may(later, "chart", episode)


@pytest.mark.assures("AZ-03")
def test_the_desks_list_names_nobody_out_of_reach(elena: Patient, zoe: Patient, jonas: Practitioner) -> None:
    text = browser(jonas.user).get("/desk/patients/").content.decode()
    assert "Stranger" in text
    assert "Ruiz" not in text
