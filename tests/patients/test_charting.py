"""Opening an episode of care and taking its intake."""

from datetime import date, datetime, timedelta

import pytest

from clinic import policy
from clinic.models import AccessEvent, Clinic, Practitioner, User
from patients.actions import charting
from patients.actions.charting import Answers, Opening
from patients.models import CareTeamMember, EpisodeOfCare, Intake, Patient
from tests.factories import TUESDAY


@pytest.fixture
def opening(riverside: Clinic, mira: Practitioner) -> Opening:
    """Low back pain since January, treated by Mira at Riverside."""
    return Opening(
        clinic=riverside, complaint=" Low  back pain ", practitioner=mira, onset_on=date(2026, 1, 6)
    )


@pytest.fixture
def episode(elena: Patient, opening: Opening, mira: Practitioner, now: datetime) -> EpisodeOfCare:
    """Elena's, opened by Mira."""
    return charting.open_episode(patient=elena, opening=opening, by=mira.user, now=now)


class TestOpenEpisode:
    """From complaint to episode."""

    def test_it_opens_today_with_its_practitioner_in_the_care_team(
        self, episode: EpisodeOfCare, mira: Practitioner
    ) -> None:
        assert (episode.complaint, episode.opened_on) == ("Low back pain", TUESDAY)
        assert list(episode.care_team.all()) == [mira]

    def test_the_cause_is_not_yet_known(self, episode: EpisodeOfCare) -> None:
        assert not episode.cause_known

    def test_today_is_that_of_the_clinic(
        self, elena: Patient, opening: Opening, mira: Practitioner, now: datetime
    ) -> None:
        late = now.replace(hour=23, minute=30)  # 0:30 on Wednesday in Berlin
        episode = charting.open_episode(patient=elena, opening=opening, by=mira.user, now=late)
        assert episode.opened_on == TUESDAY + timedelta(days=1)

    def test_it_refuses_an_empty_complaint(
        self, elena: Patient, riverside: Clinic, mira: Practitioner, now: datetime
    ) -> None:
        empty = Opening(clinic=riverside, complaint="  ", practitioner=mira)
        with pytest.raises(charting.ComplaintMissing):
            charting.open_episode(patient=elena, opening=empty, by=mira.user, now=now)

    def test_it_refuses_an_onset_to_come(
        self, elena: Patient, riverside: Clinic, mira: Practitioner, now: datetime
    ) -> None:
        early = Opening(
            clinic=riverside, complaint="Neck pain", practitioner=mira, onset_on=TUESDAY + timedelta(days=1)
        )
        with pytest.raises(charting.OnsetInTheFuture):
            charting.open_episode(patient=elena, opening=early, by=mira.user, now=now)

    def test_the_desk_does_not_open_one(
        self, elena: Patient, opening: Opening, hedda: User, now: datetime
    ) -> None:
        with pytest.raises(charting.NotYours):
            charting.open_episode(patient=elena, opening=opening, by=hedda, now=now)
        assert not EpisodeOfCare.objects.exists()

    def test_who_treats_elsewhere_does_not_open_one(
        self, elena: Patient, opening: Opening, jonas: Practitioner, now: datetime
    ) -> None:
        with pytest.raises(charting.NotYours):
            charting.open_episode(patient=elena, opening=opening, by=jonas.user, now=now)
        assert not EpisodeOfCare.objects.exists()


class TestTakeIntake:
    """What the first consultation asks."""

    def test_it_keeps_the_answers(self, episode: EpisodeOfCare, mira: Practitioner, now: datetime) -> None:
        answers = Answers(lifestyle="Sits all day", goals="Carry her daughter upstairs")
        charting.take_intake(episode=episode, answers=answers, by=mira.user, now=now)
        intake = Intake.objects.get()
        assert (intake.lifestyle, intake.goals, intake.diet) == (
            "Sits all day",
            "Carry her daughter upstairs",
            "",
        )

    def test_taken_again_it_replaces_the_first(
        self, episode: EpisodeOfCare, mira: Practitioner, now: datetime
    ) -> None:
        for lifestyle in ("Sits all day", "Walks to work now"):
            charting.take_intake(episode=episode, answers=Answers(lifestyle=lifestyle), by=mira.user, now=now)
        assert Intake.objects.get().lifestyle == "Walks to work now"

    def test_a_colleague_outside_the_care_team_does_not_take_it(
        self, episode: EpisodeOfCare, leila: Practitioner, now: datetime
    ) -> None:
        with pytest.raises(charting.NotYours):
            charting.take_intake(episode=episode, answers=Answers(diet="?"), by=leila.user, now=now)
        assert not Intake.objects.exists()

    def test_a_discharged_episode_takes_none(
        self, episode: EpisodeOfCare, mira: Practitioner, now: datetime
    ) -> None:
        episode.discharged_on = TUESDAY
        episode.save()
        with pytest.raises(charting.EpisodeOver):
            charting.take_intake(episode=episode, answers=Answers(), by=mira.user, now=now)


class TestJoin:
    """A colleague comes into the care team, and says why."""

    def test_it_opens_the_intake_and_stands_in_the_log_of_readings(
        self, episode: EpisodeOfCare, leila: Practitioner, elena: Patient, now: datetime
    ) -> None:
        assert not policy.may(leila.user, "chart", episode)
        charting.join(
            episode=episode, practitioner=leila, reason=" Stands in \n for Mira ", by=leila.user, now=now
        )
        assert policy.may(leila.user, "chart", episode)
        event = AccessEvent.objects.get()
        assert (event.what, event.reason) == ("joined care team", "Stands in for Mira")
        assert (event.user_id, event.patient_ids) == (leila.user.pk, [elena.pk])
        charting.take_intake(episode=episode, answers=Answers(diet="?"), by=leila.user, now=now)

    def test_without_a_reason_nobody_comes_in(
        self, episode: EpisodeOfCare, leila: Practitioner, now: datetime
    ) -> None:
        for reason, refusal in ((" \n", charting.WhyMissing), ("x" * 201, charting.WhyTooLong)):
            with pytest.raises(refusal):
                charting.join(episode=episode, practitioner=leila, reason=reason, by=leila.user, now=now)
        assert CareTeamMember.objects.count() == 1
        assert not AccessEvent.objects.exists()

    def test_who_treats_elsewhere_or_asks_for_another_does_not_come_in(
        self, episode: EpisodeOfCare, leila: Practitioner, jonas: Practitioner, hedda: User, now: datetime
    ) -> None:
        for practitioner, by in ((jonas, jonas.user), (leila, hedda), (leila, jonas.user)):
            with pytest.raises(charting.NotYours):
                charting.join(episode=episode, practitioner=practitioner, reason="Curious", by=by, now=now)
        assert CareTeamMember.objects.count() == 1

    def test_who_is_in_it_stays_in_it_and_nothing_is_logged(
        self, episode: EpisodeOfCare, mira: Practitioner, now: datetime
    ) -> None:
        charting.join(episode=episode, practitioner=mira, reason="Again", by=mira.user, now=now)
        assert CareTeamMember.objects.count() == 1
        assert not AccessEvent.objects.exists()
