"""The caseload and the patients' pages under the admin: whom to look at first, whom one finds, what one may open."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.models import AccessEvent, Clinic, Membership, OutboxMessage, Practitioner, Role, User
from patients.models import EpisodeOfCare, Intake, Patient
from programs.models import Program, ProgramStatus, SessionLog
from tests.doors import browser
from tests.factories import (
    TUESDAY,
    EpisodeFactory,
    PatientFactory,
    PrescriptionFactory,
    ProgramFactory,
    UserFactory,
)

CASELOAD = "/admin/caseload/"


@pytest.fixture(autouse=True)
def tuesday(now: datetime) -> Iterator[None]:
    """Pages read the clock themselves."""
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def at_mira(mira: Practitioner) -> Client:
    """Mira's browser."""
    return browser(mira.user)


@pytest.fixture
def silent(elenas_program: SimpleNamespace) -> Program:
    """Elena's program: doses were due for two weeks, and nothing was logged."""
    row: Program = elenas_program.program
    return row


@pytest.fixture
def hurting(samuel: Patient, mira: Practitioner) -> Program:
    """Samuel's program, in which pain rose from 2 to 5."""
    program: Program = ProgramFactory.create(
        patient=samuel,
        episode=EpisodeFactory.create(patient=samuel, team=[mira], complaint="Stiff neck"),
        physiotherapist=mira,
    )
    PrescriptionFactory.create(program=program)
    for back, pain in ((8, 2), (6, 2), (4, 5), (2, 5)):
        day = TUESDAY - timedelta(days=back)
        at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        SessionLog.objects.create(
            client_uuid=f"00000000-0000-0000-0000-00000000000{back}",
            patient=samuel,
            program=program,
            started_at=at,
            received_at=at,
            day=day,
            pain_after=pain,
            entered_by=mira.user,
        )
    return program


class TestTheCaseload:
    """Who stands on it, in which order, and who may see it."""

    def test_rising_pain_comes_first_with_its_reason(
        self, at_mira: Client, silent: Program, hurting: Program
    ) -> None:
        page = at_mira.get(CASELOAD).content.decode()
        assert page.index("Samuel Ortiz") < page.index("Elena Ruiz")
        assert "Pain 2 to 5 in 4 sessions" in page
        assert f'href="/admin/programs/{hurting.pk}/"' in page

    def test_pain_has_one_colour_here_and_on_the_sheet(self, at_mira: Client, hurting: Program) -> None:
        for address in (CASELOAD, f"/admin/programs/{hurting.pk}/"):
            assert 'class="spark"' in (page := at_mira.get(address).content.decode())
            assert '<path class="ln bad"' in page

    def test_a_flag_and_a_search_narrow_it(self, at_mira: Client, silent: Program, hurting: Program) -> None:
        by_flag = at_mira.get(CASELOAD, {"flag": "pain_rising"}).content.decode()
        by_complaint = at_mira.post(CASELOAD, {"q": "neck"}).content.decode()
        for page in (by_flag, by_complaint):
            assert "Samuel Ortiz" in page
            assert "Elena Ruiz" not in page
        assert "Nothing fits" in at_mira.post(CASELOAD, {"q": "nobody like this"}).content.decode()

    def test_no_complaint_is_searched_by_address(
        self, at_mira: Client, silent: Program, hurting: Program
    ) -> None:
        page = at_mira.get(CASELOAD, {"q": "neck"}).content.decode()
        assert "Elena Ruiz" in page
        both = at_mira.post(f"{CASELOAD}?flag=pain_rising", {"q": "neck"}).content.decode()
        assert 'action="/admin/caseload/?flag=pain_rising"' in both

    @pytest.mark.assures("AU-01")
    def test_the_reading_names_those_who_were_shown(
        self, at_mira: Client, silent: Program, hurting: Program
    ) -> None:
        at_mira.get(CASELOAD, {"flag": "pain_rising"})
        assert AccessEvent.objects.get().patient_ids == [hurting.patient_id]

    def test_it_asks_the_database_as_often_for_many_as_for_one(
        self, at_mira: Client, silent: Program, mira: Practitioner
    ) -> None:
        at_mira.get(CASELOAD)
        few = _queries(at_mira, CASELOAD)
        for family_name in ("Lam", "Maier", "Novak"):
            patient = PatientFactory.create(clinic=silent.clinic, family_name=family_name)
            PrescriptionFactory.create(program=ProgramFactory.create(patient=patient, physiotherapist=mira))
        assert _queries(at_mira, CASELOAD) == few

    def test_an_empty_one_says_what_to_do(self, at_mira: Client) -> None:
        assert "Find a patient" in at_mira.get(CASELOAD).content.decode()

    def test_the_desk_is_refused_and_a_colleague_elsewhere_sees_only_theirs(
        self, silent: Program, hedda: User, jonas: Practitioner
    ) -> None:
        assert browser(hedda).get(CASELOAD).status_code == 403
        assert "Elena Ruiz" not in browser(jonas.user).get(CASELOAD).content.decode()


class TestPatients:
    """Found, opened, invited, given an episode, an intake and a program."""

    def test_they_are_found_by_name_and_only_at_ones_own_clinics(
        self, at_mira: Client, elena: Patient, zoe: Patient
    ) -> None:
        assert "Ruiz, Elena" in at_mira.post("/admin/patients/", {"q": "ruis"}).content.decode()
        assert "Stranger" not in at_mira.post("/admin/patients/", {"q": "stranger"}).content.decode()
        assert at_mira.get(f"/admin/patients/{zoe.pk}/").status_code == 404

    def test_the_page_shows_record_portal_and_programs(self, at_mira: Client, silent: Program) -> None:
        page = at_mira.get(f"/admin/patients/{silent.patient_id}/").content.decode()
        for words in (
            "Elena Ruiz",
            "elena@example.org",
            "Low back pain",
            "Low back, first weeks",
            "Invite again",
        ):
            assert words in page

    def test_an_invitation_goes_out(self, at_mira: Client, elena: Patient) -> None:
        at_mira.post(f"/admin/patients/{elena.pk}/invite/")
        assert OutboxMessage.objects.filter(kind="invitation").count() == 1

    def test_without_an_email_it_says_what_to_do(self, at_mira: Client, samuel: Patient) -> None:
        page = at_mira.post(f"/admin/patients/{samuel.pk}/invite/", follow=True).content.decode()
        assert "Add an email address first" in page
        assert OutboxMessage.objects.count() == 0

    def test_who_opens_an_episode_treats_in_it(
        self, at_mira: Client, samuel: Patient, mira: Practitioner
    ) -> None:
        at_mira.post(
            f"/admin/patients/{samuel.pk}/episodes/",
            {"clinic": samuel.clinic_id, "complaint": "Stiff neck", "onset_on": "2026-03-01"},
        )
        episode = EpisodeOfCare.objects.get(patient=samuel)
        assert (episode.complaint, episode.onset_on) == ("Stiff neck", date(2026, 3, 1))
        assert [member.practitioner for member in episode.team.all()] == [mira]

    def test_an_episode_without_a_complaint_is_refused_beside_its_field(
        self, at_mira: Client, samuel: Patient
    ) -> None:
        answer = at_mira.post(
            f"/admin/patients/{samuel.pk}/episodes/", {"clinic": samuel.clinic_id, "complaint": " "}
        )
        assert answer.status_code == 422
        assert "Say what the complaint is" in answer.content.decode()
        assert EpisodeOfCare.objects.count() == 0

    @pytest.mark.assures("AZ-02")
    def test_the_intake_is_read_and_taken_by_the_care_team_only(
        self, at_mira: Client, silent: Program, leila: Practitioner, jonas: Practitioner
    ) -> None:
        address = f"/admin/episodes/{silent.episode_id}/intake/"
        at_mira.post(address, {"current_condition": "Sits all day"})
        assert Intake.objects.get().current_condition == "Sits all day"
        assert "Sits all day" in at_mira.get(address).content.decode()
        asked = browser(leila.user).get(address, follow=True)
        assert asked.redirect_chain == [(f"/admin/patients/{silent.patient_id}/", 302)]
        assert "Join it first" in asked.content.decode()
        assert "Sits all day" not in asked.content.decode()
        browser(leila.user).post(address, {"current_condition": "Overwritten"})
        assert Intake.objects.get().current_condition == "Sits all day"
        assert browser(jonas.user).get(address).status_code == 404

    @pytest.mark.assures("AZ-02")
    def test_a_colleague_joins_the_care_team_with_a_reason_and_reads_the_intake(
        self, silent: Program, leila: Practitioner, jonas: Practitioner
    ) -> None:
        Intake.objects.create(episode=silent.episode, current_condition="Sits all day")
        intake, join = (f"/admin/episodes/{silent.episode_id}/{page}/" for page in ("intake", "join"))
        at_leila = browser(leila.user)
        assert f'action="{join}"' in at_leila.get(f"/admin/patients/{silent.patient_id}/").content.decode()
        refused = at_leila.post(join, {"reason": " "})
        assert refused.status_code == 422
        assert "Say why you join" in refused.content.decode()
        assert browser(jonas.user).post(join, {"reason": "Curious"}).status_code == 404
        at_leila.post(join, {"reason": "Stands in for Mira"})
        assert AccessEvent.objects.get(what="joined care team").reason == "Stands in for Mira"
        assert "Sits all day" in at_leila.get(intake).content.decode()
        assert (
            f'action="{join}"' not in at_leila.get(f"/admin/patients/{silent.patient_id}/").content.decode()
        )

    def test_who_has_no_diary_is_told_whom_to_ask(self, silent: Program, riverside: Clinic) -> None:
        nadia = UserFactory.create(name="Nadia New", email="nadia@example.org")
        Membership.objects.create(user=nadia, clinic=riverside, role=Role.PHYSIOTHERAPIST)
        client, pages = browser(nadia), f"/admin/patients/{silent.patient_id}"
        sent = {
            f"{pages}/episodes/": {"clinic": riverside.pk, "complaint": "Stiff neck"},
            f"{pages}/programs/": {
                "episode": silent.episode_id,
                "title": "Back to running",
                "starts_on": "2026-03-18",
            },
            f"/admin/episodes/{silent.episode_id}/join/": {"reason": "Stands in for Mira"},
        }
        for address, form in sent.items():
            answer = client.post(address, form)
            assert answer.status_code == 422, address
            assert "Ask a manager to add you" in answer.content.decode()
        assert (EpisodeOfCare.objects.count(), Program.objects.count()) == (1, 1)

    def test_a_new_program_begins_as_a_draft_on_its_sheet(
        self, at_mira: Client, silent: Program, mira: Practitioner
    ) -> None:
        answer = at_mira.post(
            f"/admin/patients/{silent.patient_id}/programs/",
            {"episode": silent.episode_id, "title": "Back to running", "starts_on": "2026-03-18"},
        )
        program = Program.objects.get(title="Back to running")
        assert answer["Location"] == f"/admin/programs/{program.pk}/"
        assert (program.status, program.physiotherapist) == (ProgramStatus.DRAFT, mira)
        assert "Apply a template" in at_mira.get(answer["Location"]).content.decode()

    def test_a_program_that_ends_before_it_starts_is_refused(self, at_mira: Client, silent: Program) -> None:
        answer = at_mira.post(
            f"/admin/patients/{silent.patient_id}/programs/",
            {
                "episode": silent.episode_id,
                "title": "Back to running",
                "starts_on": "2026-03-18",
                "ends_on": "2026-03-17",
            },
        )
        assert answer.status_code == 422
        assert Program.objects.count() == 1

    def test_the_desk_is_refused(self, elena: Patient, hedda: User) -> None:
        assert browser(hedda).get("/admin/patients/").status_code == 403
        assert browser(hedda).get(f"/admin/patients/{elena.pk}/").status_code == 403


def _queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    return len(asked)
