"""The program's sheet under the admin: shown, tried out, saved, refused; and what is done to a program beside it."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from clinic.models import AccessEvent, OutboxMessage, Practitioner, User
from patients.models import Patient, PortalAccess
from programs.actions import adjusting, prescribing
from programs.actions.adjusting import Edit
from programs.models import (
    DosageRevision,
    ExerciseLog,
    LogStatus,
    Prescription,
    Program,
    ProgramStatus,
    SessionLog,
    Template,
    TemplateItem,
)
from programs.rules.dosage import changed, to_mapping
from tests.doors import browser
from tests.factories import KNEE_TO_CHEST, TUESDAY, ExerciseFactory, PrescriptionFactory

WEDNESDAY = date(2026, 3, 18)


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
def program(elenas_program: SimpleNamespace) -> Program:
    """Elena's program with knee-to-chest in it."""
    row: Program = elenas_program.program
    return row


@pytest.fixture
def knee(elenas_program: SimpleNamespace) -> Prescription:
    """Elena's knee-to-chest, twice a day, held 5 s."""
    row: Prescription = elenas_program.prescription
    return row


def url(program: Program, end: str = "") -> str:
    """The address of the sheet, or of an act on the program."""
    return f"/admin/programs/{program.pk}/{end}"


def filled(client: Client, program: Program, **typed: str) -> dict[str, Any]:
    """What a browser would send: every field of the page as it stands, and what was typed over it."""
    page = client.get(url(program)).context["desk"]
    data: dict[str, Any] = {"reason": "Easy at 5 s", **_sent(page.save)}
    for line in page.lines:
        data |= _sent(line.form)
    row = program.prescriptions.order_by("position").first()
    assert row is not None
    data |= {f"{row.pk}-{name}": value for name, value in typed.items() if name not in page.save.fields}
    return data | {name: value for name, value in typed.items() if name in page.save.fields}


def _sent(form: Any) -> dict[str, Any]:
    bounds = {form.add_prefix(name): form[name] for name in form.fields}
    return {
        name: bound.field.prepare_value(bound.value())
        for name, bound in bounds.items()
        if bound.value() not in {None, ""}
    }


class TestTheSheet:
    """What it shows, and to whom."""

    def test_it_shows_each_dosage_as_fields_with_the_recommended_range(
        self, at_mira: Client, program: Program, knee: Prescription
    ) -> None:
        knee.exercise.recommended = {"hold_s": [5, 10, "a trial"]}
        knee.exercise.save()
        page = at_mira.get(url(program)).content.decode()
        assert f'name="{knee.pk}-hold_s" value="5"' in page
        assert 'data-low="5" data-high="10"' in page
        assert "5–10" in page

    def test_the_limit_of_pain_stands_with_the_dose_and_where_it_is_empty_the_clinics(
        self, at_mira: Client, program: Program, knee: Prescription
    ) -> None:
        old = PrescriptionFactory.create(
            program=program, position=2, dosage=changed(KNEE_TO_CHEST, pain_ceiling=None)
        )
        page = at_mira.get(url(program))
        for line in page.context["desk"].lines:
            assert "pain_ceiling" in [view.name for view in line.fields]
        text = page.content.decode()
        assert f'name="{knee.pk}-pain_ceiling" value="5"' in text
        [empty] = re.findall(f'<input [^>]*name="{old.pk}-pain_ceiling"[^>]*>', text)
        assert 'placeholder="5"' in empty

    def test_what_a_patient_logs_shows_at_once(
        self, at_mira: Client, program: Program, knee: Prescription, elena: Patient, now: datetime
    ) -> None:
        session = SessionLog.objects.create(
            client_uuid=elena.pk,
            patient=elena,
            program=program,
            started_at=now,
            received_at=now,
            day=TUESDAY,
            pain_after=6,
            entered_by=elena.portal_access.get().user,
        )
        ExerciseLog.objects.create(
            session=session,
            prescription=knee,
            revision=knee.revisions.get(),
            day=TUESDAY,
            status=LogStatus.DONE,
            pain=6,
        )
        page = at_mira.get(url(program)).content.decode()
        assert '<td class="p6"><span>6</span></td>' in page

    def test_adherence_is_said_in_plain_words(
        self, at_mira: Client, program: Program, knee: Prescription
    ) -> None:
        PrescriptionFactory.create(program=program, position=2, dosage=changed(KNEE_TO_CHEST, times_a_day=1))
        page = at_mira.get(url(program)).content.decode()
        assert "0 of 39 doses done, the aim is 80&nbsp;%" in page
        assert "uncapped" not in page

    @pytest.mark.assures("AU-01")
    def test_the_reading_is_written_down_with_the_patient(
        self, at_mira: Client, program: Program, mira: Practitioner
    ) -> None:
        at_mira.get(url(program))
        event = AccessEvent.objects.get()
        assert (event.user_id, event.patient_ids, event.what) == (
            mira.user.pk,
            [program.patient_id],
            "program sheet",
        )

    def test_a_physiotherapist_of_another_clinic_finds_nothing(
        self, program: Program, jonas: Practitioner
    ) -> None:
        assert browser(jonas.user).get(url(program)).status_code == 404
        assert browser(jonas.user).post(url(program), {"reason": "x"}).status_code == 404
        assert AccessEvent.objects.count() == 0

    def test_the_desk_and_patients_are_refused(self, program: Program, hedda: User, elena: Patient) -> None:
        assert browser(hedda).get(url(program)).status_code == 403
        assert browser(elena.portal_access.get().user).get(url(program)).status_code == 403
        assert browser().get(url(program)).status_code == 302
        assert AccessEvent.objects.count() == 0

    def test_it_asks_the_database_as_often_for_one_exercise_as_for_four(
        self, at_mira: Client, program: Program
    ) -> None:
        at_mira.get(url(program))
        few = _queries(at_mira, program)
        for position in (2, 3, 4):
            PrescriptionFactory.create(program=program, position=position)
        assert _queries(at_mira, program) == few


def _queries(client: Client, program: Program) -> int:
    with CaptureQueriesContext(connection) as asked:
        client.get(url(program))
    return len(asked)


class TestSaving:
    """One save, one reason."""

    def test_it_writes_a_revision_from_tomorrow_with_its_reason_and_tells_the_patient(
        self, at_mira: Client, program: Program, knee: Prescription, mira: Practitioner
    ) -> None:
        answer = at_mira.post(url(program), filled(at_mira, program, hold_s="8"))
        assert answer.status_code == 302, answer.content
        revision = knee.revisions.get(number=2)
        assert revision.dosage == changed(KNEE_TO_CHEST, hold_s=8)
        assert (revision.effective_on, revision.reason, revision.author) == (
            WEDNESDAY,
            "Easy at 5 s",
            mira.user,
        )
        assert OutboxMessage.objects.filter(kind="dosage_changed", subject_id=program.pk).exists()
        assert "hold 5 s to 8 s" in at_mira.get(url(program)).content.decode()

    def test_named_days_stand_instead_of_a_number(
        self, at_mira: Client, program: Program, knee: Prescription
    ) -> None:
        at_mira.post(url(program), filled(at_mira, program, days_a_week="", weekdays=["0", "2"]))  # type: ignore[arg-type]
        assert knee.revisions.get(number=2).dosage.weekdays == (0, 2)

    def test_a_pyramid_is_typed_with_dashes(
        self, at_mira: Client, program: Program, knee: Prescription
    ) -> None:
        typed = filled(at_mira, program, sets="", reps="", reps_per_set="5-3-1")
        at_mira.post(url(program), typed)
        assert knee.revisions.get(number=2).dosage.reps_per_set == (5, 3, 1)

    def test_words_to_the_patient_go_with_the_change(
        self, at_mira: Client, program: Program, knee: Prescription
    ) -> None:
        at_mira.post(url(program), filled(at_mira, program, hold_s="8", note_to_patient="Breathe out"))
        assert knee.revisions.get(number=2).dosage.note_to_patient == "Breathe out"

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"hold_s": "999"}, "Set hold from 0 to 300 s."),
            ({"hold_s": "abc"}, "Give a whole number."),
            ({"hold_s": "8", "reason": " "}, "Say why"),
            ({"hold_s": "8", "effective_on": "2026-03-16"}, "A dosage cannot hold from a day that is over."),
            ({"reps_per_set": "5-x"}, "Write whole numbers with a dash between them"),
            ({}, "Nothing differs from what holds on that day."),
        ],
        ids=["out of bounds", "no number", "no reason", "in the past", "no pyramid", "nothing changed"],
    )
    def test_a_refusal_stands_beside_what_was_typed_and_nothing_is_saved(
        self, at_mira: Client, program: Program, typed: dict[str, str], said: str
    ) -> None:
        answer = at_mira.post(url(program), filled(at_mira, program, **typed))
        page = answer.content.decode()
        assert answer.status_code == 422
        assert said in page
        for value in filter(str.strip, typed.values()):
            assert f'value="{escape(value)}"' in page
        assert DosageRevision.objects.count() == 1

    def test_a_value_outside_the_recommended_range_is_asked_about_once(
        self, at_mira: Client, program: Program, knee: Prescription
    ) -> None:
        """By a tick beside the change, which goes with the value: another value is asked about anew."""
        knee.exercise.recommended = {"hold_s": [5, 30, "a trial"]}
        knee.exercise.save()
        typed = filled(at_mira, program, hold_s="45", reason="Older adult")
        answer = at_mira.post(url(program), typed)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "For this exercise a hold is usually 5 to 30 s. Tick it if it is meant." in page
        assert "I prescribe 45 s on purpose." in page
        assert f'name="{knee.pk}-hold_s" value="45"' in page
        assert ">\nOlder adult</textarea>" in page
        [said] = re.findall(r'name="on_purpose" value="([^"]+)"', page)
        assert (
            at_mira.post(url(program), typed | {f"{knee.pk}-hold_s": "54", "on_purpose": said}).status_code
            == 422
        )
        assert DosageRevision.objects.count() == 1
        assert at_mira.post(url(program), typed | {"on_purpose": said}).status_code == 302
        assert knee.revisions.get(number=2).dosage.hold_s == 45
        assert at_mira.post(url(program), filled(at_mira, program, reps="8")).status_code == 302

    def test_a_save_that_is_refused_for_one_thing_says_the_others_too(
        self, at_mira: Client, program: Program, knee: Prescription
    ) -> None:
        """No reason, repetitions above the most, and a hold outside the usual that was ticked: all at once."""
        typed = filled(at_mira, program, reason="", reps="50", reps_max="10", hold_s="70")
        answer = at_mira.post(url(program), typed | {"on_purpose": f"{knee.pk}:hold_s:70 s"})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "Say why, in a few words" in page
        assert "The highest number of repetitions must not be below 50." in page
        assert "A hold is usually 0 to 60 s. Tick it if it is meant." in page
        assert "Give a reason to go outside" not in page
        assert f'name="on_purpose" value="{knee.pk}:hold_s:70 s" checked' in page
        assert "I prescribe 50 on purpose." in page
        assert DosageRevision.objects.count() == 1

    def test_every_number_stands_beside_what_is_usual_for_it(
        self, at_mira: Client, program: Program, knee: Prescription
    ) -> None:
        knee.exercise.recommended = {"reps": [8, 12, "a trial"]}
        knee.exercise.save()
        [line] = at_mira.get(url(program)).context["desk"].lines
        usual = {view.name: (view.low, view.high) for view in (*line.fields, *line.more)}
        assert usual["reps"] == usual["reps_max"] == usual["reps_per_set"] == (8, 12)
        assert (usual["pain_ceiling"], usual["hold_s"], usual["side"]) == ((0, 5), (0, 60), (None, None))

    def test_the_second_of_two_keeps_what_was_said_to_be_on_purpose(
        self, at_mira: Client, program: Program, knee: Prescription, leila: Practitioner, now: datetime
    ) -> None:
        knee.exercise.recommended = {"hold_s": [5, 30, "a trial"]}
        knee.exercise.save()
        typed = filled(at_mira, program, hold_s="45") | {"on_purpose": f"{knee.pk}:hold_s:45 s"}
        edit = Edit(dosage=changed(KNEE_TO_CHEST, times_a_day=1), reason="Too much for her")
        adjusting.revise(prescription=knee, edit=edit, by=leila.user, now=now)
        answer = at_mira.post(url(program), typed)
        assert answer.status_code == 409
        assert f'name="on_purpose" value="{knee.pk}:hold_s:45 s" checked' in answer.content.decode()

    @pytest.mark.parametrize(("typed", "end"), [("-30", ""), ("-30", "tried/"), ("many", "")])
    def test_no_difference_is_counted_from_what_cannot_be_prescribed(
        self, at_mira: Client, program: Program, typed: str, end: str
    ) -> None:
        answer = at_mira.post(url(program, end), filled(at_mira, program, reps=typed))
        figures = answer.content.decode().split('id="figures"')[1].split("</div>")[0]
        assert figures.startswith(' aria-live="polite"')  # what is swapped in is read out
        assert figures.count("<dt") == figures.count("<dd")
        assert "<s>" not in figures
        assert "-" not in "".join(re.findall(r"<dd>(.*?)</dd>", figures))
        assert "Counted anew once" in figures

    def test_the_second_of_two_is_told_and_keeps_what_was_typed(
        self, at_mira: Client, program: Program, knee: Prescription, leila: Practitioner, now: datetime
    ) -> None:
        typed = filled(at_mira, program, hold_s="8")
        edit = Edit(dosage=changed(KNEE_TO_CHEST, times_a_day=1), reason="Too much for her")
        adjusting.revise(prescription=knee, edit=edit, by=leila.user, now=now)
        answer = at_mira.post(url(program), typed)
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "Leila Haddad saved first." in page
        assert "times a day 2 to 1" in page
        assert f'name="{knee.pk}-hold_s" value="8"' in page
        assert knee.revisions.count() == 2

    def test_saving_again_keeps_what_the_other_changed(
        self, at_mira: Client, program: Program, knee: Prescription, leila: Practitioner, now: datetime
    ) -> None:
        typed = filled(at_mira, program, hold_s="8")
        edit = Edit(dosage=changed(KNEE_TO_CHEST, times_a_day=1), reason="Too much for her")
        adjusting.revise(prescription=knee, edit=edit, by=leila.user, now=now)
        told = at_mira.post(url(program), typed)
        again = {"reason": "Easy at 5 s", **_sent(told.context["desk"].save)}
        for line in told.context["desk"].lines:
            again |= _sent(line.form)
        assert at_mira.post(url(program), again).status_code == 302
        assert knee.revisions.get(number=3).dosage == changed(KNEE_TO_CHEST, hold_s=8, times_a_day=1)

    def test_trying_saves_nothing_and_moves_all_exercises_at_once(
        self, at_mira: Client, program: Program, knee: Prescription
    ) -> None:
        typed = filled(at_mira, program) | {"field": "hold_s", "amount": "+5"}
        page = at_mira.post(url(program, "tried/"), typed)
        assert page.status_code == 200
        assert f'name="{knee.pk}-hold_s" value="10"' in page.content.decode()
        assert DosageRevision.objects.count() == 1


class TestActs:
    """What is done to a program beside its dosages."""

    def test_an_exercise_comes_with_its_starting_dosage(self, at_mira: Client, program: Program) -> None:
        curl_up = ExerciseFactory.create(name="Curl-up", starting=to_mapping(KNEE_TO_CHEST))
        at_mira.post(url(program, "exercises/"), {"exercise": curl_up.pk})
        assert program.prescriptions.get(exercise=curl_up).revisions.get().dosage == KNEE_TO_CHEST

    def test_a_template_brings_its_exercises(self, at_mira: Client, program: Program) -> None:
        template = Template.objects.create(name="First week")
        TemplateItem.objects.create(
            template=template,
            exercise=ExerciseFactory.create(name="Curl-up"),
            position=1,
            dosage=to_mapping(KNEE_TO_CHEST),
        )
        at_mira.post(url(program, "template/"), {"template": template.pk})
        assert program.prescriptions.filter(exercise__name="Curl-up").exists()

    def test_a_draft_is_given_to_the_patient_once(
        self, at_mira: Client, program: Program, knee: Prescription
    ) -> None:
        Program.objects.update(status=ProgramStatus.DRAFT)
        at_mira.post(url(program, "activate/"))
        program.refresh_from_db()
        assert program.status == ProgramStatus.ACTIVE
        assert OutboxMessage.objects.filter(kind="program_ready").count() == 1
        refused = at_mira.post(url(program, "activate/"), follow=True)
        assert "so this cannot be done" in refused.content.decode()

    def test_who_cannot_open_the_portal_is_invited_from_the_sheet(
        self, at_mira: Client, program: Program, now: datetime
    ) -> None:
        assert "told by email and in the portal" in at_mira.get(url(program)).content.decode()
        PortalAccess.objects.update(ended_at=now)
        page = at_mira.get(url(program)).content.decode()
        assert "cannot open the portal yet." in page
        assert "told by email and in the portal" not in page
        assert at_mira.post(url(program, "invite/"))["Location"] == url(program)
        assert OutboxMessage.objects.filter(kind="invitation").exists()
        assert "cannot open the portal yet" not in at_mira.get(url(program)).content.decode()

    def test_without_an_email_the_sheet_says_where_to_add_one(
        self, at_mira: Client, program: Program, elena: Patient
    ) -> None:
        PortalAccess.objects.all().delete()
        Patient.objects.update(email="")
        page = at_mira.get(url(program)).content.decode()
        assert f'href="/desk/patients/{elena.pk}/"' in page
        assert f'action="{url(program, "invite/")}"' not in page
        told = at_mira.post(url(program, "invite/"), follow=True).content.decode()
        assert "Add an email address first" in told

    @pytest.mark.parametrize(
        ("email", "said"),
        [("e@example.org", "Invite the patient at the top of the page."), ("", "neither an email")],
    )
    def test_giving_a_program_to_whom_no_portal_is_open_says_so(
        self, at_mira: Client, program: Program, email: str, said: str
    ) -> None:
        PortalAccess.objects.all().delete()
        Patient.objects.update(email=email)
        Program.objects.update(status=ProgramStatus.DRAFT)
        assert said in at_mira.post(url(program, "activate/"), follow=True).content.decode()

    def test_of_who_was_invited_and_has_not_signed_in_it_says_so(
        self, at_mira: Client, program: Program, elena: Patient
    ) -> None:
        User.objects.filter(portal_access__patient=elena).update(last_login=None)
        Program.objects.update(status=ProgramStatus.DRAFT)
        page = at_mira.post(url(program, "activate/"), follow=True).content.decode()
        assert "The patient is told by email, but has not signed in yet." in page
        assert "Elena was invited, but has not signed in yet." in page
        assert "Invite again" in page
        assert at_mira.post(url(program, "invite/"))["Location"] == url(program)

    @pytest.mark.parametrize(
        ("acts", "status"),
        [(["pause"], "paused"), (["pause", "resume"], "active"), (["end"], "ended")],
    )
    def test_a_program_goes_through_its_life(
        self, at_mira: Client, program: Program, acts: list[str], status: str
    ) -> None:
        for act in acts:
            at_mira.post(url(program, f"{act}/"))
        program.refresh_from_db()
        assert program.status == status

    def test_an_unknown_act_is_not_found(self, at_mira: Client, program: Program) -> None:
        assert at_mira.post(url(program, "explode/")).status_code == 404

    def test_stopping_asks_once(self, at_mira: Client, program: Program, knee: Prescription) -> None:
        address = f"/admin/prescriptions/{knee.pk}/stop/"
        assert "Keep it" in at_mira.get(address).content.decode()
        at_mira.post(address)
        knee.refresh_from_db()
        assert knee.stopped_on == TUESDAY

    def test_going_back_needs_a_reason_and_writes_a_new_revision(
        self, at_mira: Client, knee: Prescription, mira: Practitioner, now: datetime
    ) -> None:
        edit = Edit(dosage=changed(KNEE_TO_CHEST, hold_s=8), reason="Easy")
        adjusting.revise(prescription=knee, edit=edit, by=mira.user, now=now)
        address = f"/admin/prescriptions/{knee.pk}/revert/1/"
        assert "hold 8 s to 5 s" in at_mira.get(address).content.decode()
        assert at_mira.post(address, {"reason": ""}).status_code == 422
        assert at_mira.post(address, {"reason": "It hurt"}).status_code == 302
        assert knee.revisions.get(number=3).dosage == KNEE_TO_CHEST

    def test_another_clinic_and_the_desk_can_do_none_of_it(
        self, program: Program, knee: Prescription, jonas: Practitioner, hedda: User
    ) -> None:
        for end in ("exercises/", "template/", "end/", "tried/", "invite/"):
            assert browser(jonas.user).post(url(program, end)).status_code == 404
            assert browser(hedda).post(url(program, end)).status_code == 403
        for act in ("stop/", "revert/1/"):
            assert browser(jonas.user).post(f"/admin/prescriptions/{knee.pk}/{act}").status_code == 404
        program.refresh_from_db()
        assert program.status == ProgramStatus.ACTIVE


def test_an_ended_program_offers_no_change(
    at_mira: Client, program: Program, mira: Practitioner, now: datetime
) -> None:
    prescribing.end(program=program, by=mira.user, now=now)
    page = at_mira.get(url(program)).content.decode()
    assert "This program has ended" in page
    assert not re.search(r'type="submit"[^>]*id="save"', page)
