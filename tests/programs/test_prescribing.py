"""Opening a program, filling it, and its life from draft to ended."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from clinic.models import Clinic, OutboxMessage, Practitioner, User
from patients.models import EpisodeOfCare, Patient
from programs.actions import adjusting, prescribing
from programs.actions.changing import InThePast, NotOnPurpose, ProgramEnded, ReasonMissing
from programs.actions.prescribing import Line, Plan
from programs.models import Exercise, Prescription, Program, ProgramStatus, Template, TemplateItem
from programs.rules.dosage import OutOfBounds, changed, to_mapping
from tests.factories import KNEE_TO_CHEST, TUESDAY, EpisodeFactory, ExerciseFactory

YESTERDAY, TOMORROW = TUESDAY - timedelta(days=1), TUESDAY + timedelta(days=1)


@pytest.fixture
def exercise(db: None) -> Exercise:
    """Knee-to-chest with its starting dosage and a recommended hold."""
    row: Exercise = ExerciseFactory.create(
        starting=to_mapping(KNEE_TO_CHEST), recommended={"hold_s": [5, 30, "Trial"]}
    )
    return row


@pytest.fixture
def plan(elena: Patient, mira: Practitioner, riverside: Clinic) -> Plan:
    """A program for Elena's back, from today, by Mira."""
    return Plan(
        patient=elena,
        episode=EpisodeFactory.create(patient=elena, team=[mira]),
        clinic=riverside,
        physiotherapist=mira,
        title="Low back, first weeks",
        goal="Carry her daughter upstairs",
        starts_on=TUESDAY,
    )


@pytest.fixture
def draft(plan: Plan, mira: Practitioner, now: datetime) -> Program:
    """The plan, opened."""
    return prescribing.open_program(plan=plan, by=mira.user, now=now)


@pytest.fixture
def active(draft: Program, exercise: Exercise, mira: Practitioner, now: datetime) -> Program:
    """The draft with one exercise, active."""
    prescribing.prescribe(program=draft, line=Line(exercise=exercise), by=mira.user, now=now)
    return prescribing.activate(program=draft, by=mira.user, now=now)


def positions(program: Program) -> list[tuple[int, str]]:
    """The living exercises of a program in order."""
    rows = Prescription.objects.filter(program=program, stopped_on=None).order_by("position")
    return [(row.position, row.exercise.name) for row in rows]


class TestOpenProgram:
    """A new draft."""

    def test_it_is_a_draft(self, draft: Program, plan: Plan) -> None:
        assert (draft.status, draft.patient, draft.goal) == (ProgramStatus.DRAFT, plan.patient, plan.goal)

    @pytest.mark.parametrize("ends_on", [YESTERDAY, date(2026, 1, 1)])
    def test_it_refuses_an_end_before_the_start(
        self, plan: Plan, mira: Practitioner, now: datetime, ends_on: date
    ) -> None:
        with pytest.raises(prescribing.BadPeriod) as refusal:
            prescribing.open_program(plan=replace(plan, ends_on=ends_on), by=mira.user, now=now)
        assert refusal.value.field == "ends_on"

    def test_it_refuses_an_episode_of_another_patient(
        self, plan: Plan, samuel: Patient, mira: Practitioner, now: datetime
    ) -> None:
        with pytest.raises(prescribing.NotTheirEpisode):
            prescribing.open_program(plan=replace(plan, patient=samuel), by=mira.user, now=now)

    def test_it_refuses_an_episode_that_is_over(
        self, plan: Plan, elena: Patient, mira: Practitioner, now: datetime
    ) -> None:
        over: EpisodeOfCare = EpisodeFactory.create(patient=elena, discharged_on=YESTERDAY)
        with pytest.raises(prescribing.NotTheirEpisode):
            prescribing.open_program(plan=replace(plan, episode=over), by=mira.user, now=now)

    def test_neither_the_desk_nor_another_clinic_opens_one(
        self, plan: Plan, hedda: User, jonas: Practitioner, now: datetime
    ) -> None:
        for stranger in (hedda, jonas.user):
            with pytest.raises(prescribing.NotYours):
                prescribing.open_program(plan=plan, by=stranger, now=now)
        assert not Program.objects.exists()


class TestPrescribe:
    """An exercise goes in."""

    def test_it_begins_with_the_starting_dosage_from_today(
        self, draft: Program, exercise: Exercise, mira: Practitioner, now: datetime
    ) -> None:
        row = prescribing.prescribe(program=draft, line=Line(exercise=exercise), by=mira.user, now=now)
        revision = row.revisions.get()
        assert (revision.number, revision.effective_on, revision.dosage) == (1, TUESDAY, KNEE_TO_CHEST)
        assert revision.author == mira.user

    @pytest.mark.parametrize(("given", "stands"), [(None, 4), (0, 0), (5, 5)])
    def test_without_a_limit_of_pain_it_gets_the_clinics(
        self,
        draft: Program,
        exercise: Exercise,
        mira: Practitioner,
        now: datetime,
        given: int | None,
        stands: int,
    ) -> None:
        Clinic.objects.update(pain_ceiling=4)
        exercise.starting = to_mapping(changed(KNEE_TO_CHEST, pain_ceiling=given))
        for dosage in (None, changed(KNEE_TO_CHEST, pain_ceiling=given)):
            line = Line(exercise=exercise, dosage=dosage)
            row = prescribing.prescribe(program=draft, line=line, by=mira.user, now=now)
            assert row.revisions.get().pain_ceiling == stands

    def test_a_clinics_limit_above_the_usual_asks_for_no_reason(
        self, draft: Program, exercise: Exercise, mira: Practitioner, now: datetime
    ) -> None:
        Clinic.objects.update(pain_ceiling=6)
        line = Line(exercise=exercise, dosage=changed(KNEE_TO_CHEST, pain_ceiling=None))
        row = prescribing.prescribe(program=draft, line=line, by=mira.user, now=now)
        assert row.revisions.get().pain_ceiling == 6

    def test_before_the_program_starts_it_holds_from_its_start(
        self, plan: Plan, exercise: Exercise, mira: Practitioner, now: datetime
    ) -> None:
        later = prescribing.open_program(plan=replace(plan, starts_on=TOMORROW), by=mira.user, now=now)
        row = prescribing.prescribe(program=later, line=Line(exercise=exercise), by=mira.user, now=now)
        assert row.revisions.get().effective_on == TOMORROW

    def test_others_make_room_at_its_position(
        self, draft: Program, exercise: Exercise, mira: Practitioner, now: datetime
    ) -> None:
        for name, position in (("first", None), ("second", None), ("third", None), ("new", 2)):
            other = ExerciseFactory.create(name=name, starting=exercise.starting)
            line = Line(exercise=other, position=position)
            prescribing.prescribe(program=draft, line=line, by=mira.user, now=now)
        assert positions(draft) == [(1, "first"), (2, "new"), (3, "second"), (4, "third")]

    def test_it_refuses_hard_faults(
        self, draft: Program, exercise: Exercise, mira: Practitioner, now: datetime
    ) -> None:
        line = Line(exercise=exercise, dosage=changed(KNEE_TO_CHEST, hold_s=3600), reason="Because")
        with pytest.raises(OutOfBounds) as refusal:
            prescribing.prescribe(program=draft, line=line, by=mira.user, now=now)
        assert refusal.value.field == "hold_s"
        assert not Prescription.objects.exists()

    def test_outside_the_recommended_range_it_asks_for_a_reason_and_that_it_is_meant(
        self, draft: Program, exercise: Exercise, mira: Practitioner, now: datetime
    ) -> None:
        line = Line(exercise=exercise, dosage=changed(KNEE_TO_CHEST, hold_s=40))
        with pytest.raises(ReasonMissing):
            prescribing.prescribe(program=draft, line=line, by=mira.user, now=now)
        said = replace(line, reason="Older adult")
        with pytest.raises(NotOnPurpose):
            prescribing.prescribe(program=draft, line=said, by=mira.user, now=now)
        said = replace(said, on_purpose=["hold_s"])
        row = prescribing.prescribe(program=draft, line=said, by=mira.user, now=now)
        assert row.revisions.get().reason == "Older adult"

    def test_what_the_library_itself_starts_with_is_not_asked_about(
        self, draft: Program, exercise: Exercise, mira: Practitioner, now: datetime
    ) -> None:
        exercise.recommended = {"hold_s": [10, 30, "Trial"]}
        exercise.save()
        line = Line(exercise=exercise, reason="As the leaflet says")
        row = prescribing.prescribe(program=draft, line=line, by=mira.user, now=now)
        assert row.revisions.get().dosage == KNEE_TO_CHEST

    def test_it_refuses_a_past_day(
        self, draft: Program, exercise: Exercise, mira: Practitioner, now: datetime
    ) -> None:
        with pytest.raises(InThePast):
            prescribing.prescribe(
                program=draft, line=Line(exercise=exercise, effective_on=YESTERDAY), by=mira.user, now=now
            )

    def test_a_retired_exercise_is_refused(
        self, draft: Program, exercise: Exercise, mira: Practitioner, now: datetime
    ) -> None:
        exercise.retired_at = now
        exercise.save()
        with pytest.raises(prescribing.ExerciseRetired):
            prescribing.prescribe(program=draft, line=Line(exercise=exercise), by=mira.user, now=now)

    def test_who_does_not_treat_there_prescribes_nothing(
        self, draft: Program, exercise: Exercise, jonas: Practitioner, now: datetime
    ) -> None:
        with pytest.raises(prescribing.NotYours):
            prescribing.prescribe(program=draft, line=Line(exercise=exercise), by=jonas.user, now=now)


class TestFromTemplate:
    """A program of many at once."""

    def test_it_brings_its_exercises_in_order_with_its_dosages(
        self, draft: Program, exercise: Exercise, mira: Practitioner, now: datetime
    ) -> None:
        template = Template.objects.create(name="First week")
        other = ExerciseFactory.create(name="Curl-up", starting=exercise.starting)
        gentle = changed(KNEE_TO_CHEST, reps=5)
        TemplateItem.objects.create(
            template=template, exercise=other, position=2, dosage=to_mapping(KNEE_TO_CHEST)
        )
        TemplateItem.objects.create(
            template=template, exercise=exercise, position=1, dosage=to_mapping(gentle)
        )
        rows = prescribing.from_template(program=draft, template=template, by=mira.user, now=now)
        assert [(row.position, row.exercise) for row in rows] == [(1, exercise), (2, other)]
        assert rows[0].revisions.get().dosage == gentle

    def test_one_fault_leaves_nothing(
        self, draft: Program, exercise: Exercise, mira: Practitioner, now: datetime
    ) -> None:
        template = Template.objects.create(name="Broken")
        for position, hold in ((1, 5), (2, 3600)):
            dosage = to_mapping(changed(KNEE_TO_CHEST, hold_s=hold))
            TemplateItem.objects.create(
                template=template, exercise=exercise, position=position, dosage=dosage
            )
        with pytest.raises(OutOfBounds):
            prescribing.from_template(program=draft, template=template, by=mira.user, now=now)
        assert not Prescription.objects.exists()

    def test_its_exercises_get_the_clinics_limit_of_pain(
        self, draft: Program, exercise: Exercise, mira: Practitioner, now: datetime
    ) -> None:
        template = Template.objects.create(name="Back, gentle start")
        dosage = to_mapping(changed(KNEE_TO_CHEST, pain_ceiling=None))
        TemplateItem.objects.create(template=template, exercise=exercise, position=1, dosage=dosage)
        [row] = prescribing.from_template(program=draft, template=template, by=mira.user, now=now)
        assert row.revisions.get().pain_ceiling == 5


class TestLife:
    """Draft, active, paused, ended."""

    def test_a_program_without_exercises_is_not_activated(
        self, draft: Program, mira: Practitioner, now: datetime
    ) -> None:
        with pytest.raises(prescribing.NoExercises, match="Add one, or apply a template"):
            prescribing.activate(program=draft, by=mira.user, now=now)

    def test_activating_tells_the_patient(self, active: Program) -> None:
        assert active.status == ProgramStatus.ACTIVE
        message = OutboxMessage.objects.get()
        assert (message.kind, message.subject_id, message.person_id) == (
            "program_ready",
            active.pk,
            active.patient_id,
        )

    def test_it_is_activated_once(self, active: Program, mira: Practitioner, now: datetime) -> None:
        with pytest.raises(prescribing.WrongStatus):
            prescribing.activate(program=active, by=mira.user, now=now)

    def test_a_pause_lasts_until_the_day_before_it_is_resumed(
        self, active: Program, mira: Practitioner, now: datetime
    ) -> None:
        assert prescribing.pause(program=active, by=mira.user, now=now).status == ProgramStatus.PAUSED
        resumed = prescribing.resume(program=active, by=mira.user, now=now + timedelta(days=3))
        assert resumed.status == ProgramStatus.ACTIVE
        pause = active.pauses.get()
        assert (pause.first, pause.last) == (TUESDAY, TUESDAY + timedelta(days=2))

    def test_a_pause_of_no_day_leaves_none(self, active: Program, mira: Practitioner, now: datetime) -> None:
        prescribing.pause(program=active, by=mira.user, now=now)
        prescribing.resume(program=active, by=mira.user, now=now)
        assert not active.pauses.exists()

    def test_it_ends_today_and_takes_no_more_exercises(
        self, active: Program, exercise: Exercise, mira: Practitioner, now: datetime
    ) -> None:
        ended = prescribing.end(program=active, by=mira.user, now=now)
        assert (ended.status, ended.ends_on) == (ProgramStatus.ENDED, TUESDAY)
        with pytest.raises(ProgramEnded):
            prescribing.prescribe(program=active, line=Line(exercise=exercise), by=mira.user, now=now)

    def test_stopping_frees_the_place_and_tells_the_patient(
        self, active: Program, mira: Practitioner, now: datetime
    ) -> None:
        row = active.prescriptions.get()
        assert prescribing.stop(prescription=row, by=mira.user, now=now).stopped_on == TUESDAY
        assert OutboxMessage.objects.filter(kind="dosage_changed").count() == 1
        prescribing.stop(prescription=row, by=mira.user, now=now + timedelta(days=2))
        row.refresh_from_db()
        assert row.stopped_on == TUESDAY

    def test_each_step_makes_an_open_sheet_stale(
        self, active: Program, exercise: Exercise, mira: Practitioner, now: datetime
    ) -> None:
        seen = active.version
        prescribing.prescribe(program=active, line=Line(exercise=exercise), by=mira.user, now=now)
        edit = adjusting.SheetEdit(
            changes={active.prescriptions.get(position=1).pk: changed(KNEE_TO_CHEST, reps=8)},
            reason="Tired",
            expected_version=seen,
        )
        with pytest.raises(adjusting.ChangedMeanwhile, match="Mira Okafor saved first"):
            adjusting.save_sheet(program=active, edit=edit, by=mira.user, now=now)
