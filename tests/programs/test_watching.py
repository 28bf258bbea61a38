"""What the portal, the sheet and the caseload show, and that its cost does not grow with what they show."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import Clinic, Membership, Practitioner, Role, User
from patients.models import Patient
from programs.actions import adjusting, prescribing, watching
from programs.actions.adjusting import Edit
from programs.models import (
    Exercise,
    ExerciseLog,
    Pause,
    Prescription,
    Program,
    ProgramStatus,
    SessionLog,
)
from programs.rules.attention import Flag
from programs.rules.dosage import Side, changed
from tests.factories import (
    KNEE_TO_CHEST,
    TUESDAY,
    TUESDAY_MORNING,
    ClinicFactory,
    EpisodeFactory,
    ExerciseFactory,
    PatientFactory,
    PrescriptionFactory,
    ProgramFactory,
)

ONE_DAY = timedelta(days=1)


def logged(prescription: Prescription, day: date, status: str = "done", **fields: Any) -> ExerciseLog:
    """A sitting of that day with this one exercise."""
    program = prescription.program
    at = TUESDAY_MORNING + (day - TUESDAY)
    session = SessionLog.objects.create(
        client_uuid=uuid4(),
        patient=program.patient,
        program=program,
        started_at=at,
        received_at=at,
        day=day,
        pain_after=fields.get("pain"),
        entered_by=program.physiotherapist.user,
    )
    revision = prescription.revisions.get(number=1)
    return ExerciseLog.objects.create(
        session=session, prescription=prescription, revision=revision, day=day, status=status, **fields
    )


def queries_of(call: Callable[[], object]) -> int:
    """How many queries a call sends."""
    with CaptureQueriesContext(connection) as queries:
        call()
    return len(queries)


class TestToday:
    """A patient's day."""

    def test_it_shows_the_dosage_in_force_with_what_is_due_and_done(
        self, elena: Patient, elenas_program: SimpleNamespace, now: datetime
    ) -> None:
        logged(elenas_program.prescription, TUESDAY, pain=2)
        today = watching.today(patient=elena, now=now)
        (item,) = today.items
        assert (today.day, today.programs) == (TUESDAY, (elenas_program.program,))
        assert (item.prescription, item.revision) == (elenas_program.prescription, elenas_program.revision)
        assert (item.due, item.done, item.left) == (2, 1, 1)
        assert item.words == "1 × 10 × 5 s hold, each side, pain up to 5 of 10, twice a day, every day"
        assert item.pain_ceiling == 5

    def test_a_new_dosage_shows_from_its_day_on_and_the_old_before(
        self, elena: Patient, elenas_program: SimpleNamespace, mira: Practitioner, now: datetime
    ) -> None:
        edit = Edit(dosage=changed(KNEE_TO_CHEST, hold_s=8), reason="Easy")
        adjusting.revise(prescription=elenas_program.prescription, edit=edit, by=mira.user, now=now)
        holds = [
            watching.today(patient=elena, now=now + days * ONE_DAY).items[0].dosage.hold_s
            for days in range(3)
        ]
        assert holds == [5, 8, 8]

    def test_the_day_changes_at_the_clinics_midnight(
        self, elena: Patient, elenas_program: SimpleNamespace, now: datetime
    ) -> None:
        late = now.replace(hour=22, minute=59)
        assert watching.today(patient=elena, now=late).day == TUESDAY
        assert watching.today(patient=elena, now=late + timedelta(minutes=1)).day == TUESDAY + ONE_DAY

    def test_what_was_partly_done_or_skipped_is_settled_but_not_done(
        self, elena: Patient, elenas_program: SimpleNamespace, now: datetime
    ) -> None:
        logged(elenas_program.prescription, TUESDAY, "partly")
        logged(elenas_program.prescription, TUESDAY, "skipped", reason="no_time")
        today = watching.today(patient=elena, now=now)
        (item,) = today.items
        assert (item.done, item.partly, item.skipped) == (0, 1, 1)
        assert (item.is_settled, today.left, today.minutes_left) == (True, (), 0)

    def test_a_number_a_week_is_due_until_it_is_done(
        self, elena: Patient, elenas_program: SimpleNamespace, now: datetime
    ) -> None:
        weekly = changed(KNEE_TO_CHEST, times_a_day=1, days_a_week=1)
        other = PrescriptionFactory.create(program=elenas_program.program, position=2, dosage=weekly)
        assert [item.due for item in watching.today(patient=elena, now=now).items] == [2, 1]
        logged(other, TUESDAY - ONE_DAY)
        assert [item.due for item in watching.today(patient=elena, now=now).items] == [2, 0]
        assert [item.due for item in watching.today(patient=elena, now=now + 6 * ONE_DAY).items] == [2, 1]

    def test_a_paused_program_asks_nothing_and_says_so(
        self, elena: Patient, elenas_program: SimpleNamespace, mira: Practitioner, now: datetime
    ) -> None:
        prescribing.pause(program=elenas_program.program, by=mira.user, now=now)
        today = watching.today(patient=elena, now=now)
        assert (today.items, today.programs, today.paused) == ((), (), (elenas_program.program,))

    @pytest.mark.parametrize(
        "change",
        [
            {"status": "draft"},
            {"status": "ended"},
            {"starts_on": TUESDAY + ONE_DAY},
            {"ends_on": TUESDAY - ONE_DAY},
        ],
    )
    def test_a_program_that_does_not_run_is_not_shown(
        self, elena: Patient, elenas_program: SimpleNamespace, now: datetime, change: dict[str, object]
    ) -> None:
        Program.objects.update(**change)
        assert watching.today(patient=elena, now=now).items == ()

    def test_a_stopped_exercise_is_not_shown(
        self, elena: Patient, elenas_program: SimpleNamespace, mira: Practitioner, now: datetime
    ) -> None:
        prescribing.stop(prescription=elenas_program.prescription, by=mira.user, now=now)
        assert watching.today(patient=elena, now=now).items == ()

    def test_without_a_ceiling_of_its_own_the_clinics_holds(
        self, elena: Patient, elenas_program: SimpleNamespace, riverside: Clinic, now: datetime
    ) -> None:
        riverside.pain_ceiling = 3
        riverside.save()
        PrescriptionFactory.create(
            program=elenas_program.program, position=2, dosage=changed(KNEE_TO_CHEST, pain_ceiling=None)
        )
        assert [item.pain_ceiling for item in watching.today(patient=elena, now=now).items] == [5, 3]

    def test_pain_above_the_limit_stands_out_in_what_was_prescribed_without_one(
        self, elenas_program: SimpleNamespace, mira: Practitioner, now: datetime
    ) -> None:
        """Prescribed today, and as rows of before stand: in both the clinic's limit holds."""
        program, plain = elenas_program.program, changed(KNEE_TO_CHEST, pain_ceiling=None)
        line = prescribing.Line(exercise=ExerciseFactory.create(), dosage=plain)
        prescribed = prescribing.prescribe(program=program, line=line, by=mira.user, now=now)
        old = PrescriptionFactory.create(program=program, position=3, dosage=plain)
        for row in (prescribed, old):
            logged(row, TUESDAY, pain=8)
        rows = watching.sheet(program=program, day=TUESDAY).rows
        flags = {row.prescription.pk: row.flag for row in rows}
        assert flags[prescribed.pk] == flags[old.pk] == Flag.PAIN_ABOVE_LIMIT
        assert "pain up to 5 of 10" in next(row.words for row in rows if row.prescription == prescribed)

    def test_the_picture_is_that_of_the_patients_own_side(
        self, elena: Patient, elenas_program: SimpleNamespace, now: datetime
    ) -> None:
        Exercise.objects.update(figure="knee_to_chest", picture="knee_to_chest-1")
        PrescriptionFactory.create(
            program=elenas_program.program,
            position=2,
            exercise=elenas_program.prescription.exercise,
            dosage=changed(KNEE_TO_CHEST, side=Side.LEFT),
        )
        both, left = watching.today(patient=elena, now=now).items
        assert (both.mirrored, both.picture) == (False, "/media/figures/knee_to_chest-1.svg")
        assert (left.mirrored, left.picture) == (True, "/media/figures/knee_to_chest-1-other.svg")

    def test_somebody_without_a_program_has_an_empty_day(self, samuel: Patient, now: datetime) -> None:
        today = watching.today(patient=samuel, now=now)
        assert (today.items, today.day, today.next_consultation) == ((), TUESDAY, None)

    def test_it_takes_four_queries_however_much_there_is(
        self, elena: Patient, elenas_program: SimpleNamespace, now: datetime
    ) -> None:
        def look() -> None:
            for item in watching.today(patient=elena, now=now).items:
                assert item.words
                assert item.exercise.name
                assert item.program.clinic.name
                assert item.program.physiotherapist.name

        logged(elenas_program.prescription, TUESDAY)
        assert queries_of(look) == 4
        for position in range(2, 8):
            more = PrescriptionFactory.create(program=elenas_program.program, position=position)
            logged(more, TUESDAY)
        assert queries_of(look) == 4


class TestSheet:
    """A program on one sheet."""

    def test_each_exercise_has_its_last_fourteen_days(
        self, elenas_program: SimpleNamespace, mira: Practitioner
    ) -> None:
        logged(elenas_program.prescription, TUESDAY, pain=4, effort=Decimal("3.5"), too_much=True)
        logged(elenas_program.prescription, TUESDAY, pain=2)
        logged(elenas_program.prescription, TUESDAY - 13 * ONE_DAY, "skipped")
        logged(elenas_program.prescription, TUESDAY - 14 * ONE_DAY)
        sheet = watching.sheet(program=elenas_program.program, day=TUESDAY)
        (row,) = sheet.rows
        assert [cell.day for cell in row.cells] == list(sheet.days)
        assert (sheet.days[0], sheet.days[-1], len(sheet.days)) == (TUESDAY - 13 * ONE_DAY, TUESDAY, 14)
        today = row.cells[-1]
        assert (today.due, today.done, today.pain, today.effort, today.too_much) == (
            2,
            2,
            4,
            Decimal("3.5"),
            True,
        )
        assert (row.cells[0].skipped, row.cells[0].done) == (1, 0)

    def test_adherence_leaves_out_today_which_is_not_over(self, elenas_program: SimpleNamespace) -> None:
        for back in range(14):
            logged(elenas_program.prescription, TUESDAY - back * ONE_DAY)
        sheet = watching.sheet(program=elenas_program.program, day=TUESDAY)
        assert (sheet.rows[0].adherence.done, sheet.rows[0].adherence.due) == (13, 26)
        assert sheet.adherence == sheet.ratio == Fraction(1, 2)

    def test_pauses_are_not_due(self, elenas_program: SimpleNamespace) -> None:
        Pause.objects.create(
            program=elenas_program.program, first=TUESDAY - 9 * ONE_DAY, last=TUESDAY - 5 * ONE_DAY
        )
        (row,) = watching.sheet(program=elenas_program.program, day=TUESDAY).rows
        assert row.adherence.due == 16
        assert [cell.due for cell in row.cells].count(0) == 5

    def test_the_dosage_to_edit_is_the_one_that_will_hold_tomorrow(
        self, elenas_program: SimpleNamespace, mira: Practitioner, now: datetime
    ) -> None:
        edit = Edit(dosage=changed(KNEE_TO_CHEST, hold_s=8), reason="Easy")
        adjusting.revise(prescription=elenas_program.prescription, edit=edit, by=mira.user, now=now)
        (row,) = watching.sheet(program=elenas_program.program, day=TUESDAY).rows
        assert (row.dosage.hold_s, row.in_force and row.in_force.dosage.hold_s) == (8, 5)
        assert (row.revision.number, row.latest_number) == (2, 2)

    def test_the_history_says_what_changed_and_what_is_in_force(
        self, elenas_program: SimpleNamespace, mira: Practitioner, leila: Practitioner, now: datetime
    ) -> None:
        prescription = elenas_program.prescription
        for hold, by, reason in ((8, mira.user, "Easy"), (6, leila.user, "Too long")):
            edit = Edit(dosage=changed(KNEE_TO_CHEST, hold_s=hold), reason=reason)
            adjusting.revise(prescription=prescription, edit=edit, by=by, now=now)
        lines = watching.sheet(program=elenas_program.program, day=TUESDAY).revisions
        assert [(line.revision.number, line.changes, str(line.revision.author)) for line in lines] == [
            (3, ("hold 8 s to 6 s",), "Leila Haddad"),
            (2, ("hold 5 s to 8 s",), "Mira Okafor"),
            (1, ("1 × 10 × 5 s hold, each side, pain up to 5 of 10, twice a day, every day",), "Mira Okafor"),
        ]
        assert [line.is_in_force for line in lines] == [False, False, True]
        assert [line.is_correction for line in lines] == [True, False, False]

    def test_the_burden_is_that_of_the_whole_program(self, elenas_program: SimpleNamespace) -> None:
        before = watching.sheet(program=elenas_program.program, day=TUESDAY).burden
        PrescriptionFactory.create(program=elenas_program.program, position=2)
        after = watching.sheet(program=elenas_program.program, day=TUESDAY).burden
        assert (after.exercises, after.minutes_a_day) == (2, 2 * before.minutes_a_day)

    def test_the_range_and_its_source_stand_beside_each_field(self, elenas_program: SimpleNamespace) -> None:
        Exercise.objects.update(recommended={"hold_s": [8, 30, "Trial"]})
        (row,) = watching.sheet(program=elenas_program.program, day=TUESDAY).rows
        assert row.ranges == {"hold_s": (8, 30, "Trial")}
        assert [warning.field for warning in row.warnings] == ["hold_s"]

    def test_a_stopped_exercise_leaves_the_sheet_but_not_the_history(
        self, elenas_program: SimpleNamespace, mira: Practitioner, now: datetime
    ) -> None:
        prescribing.stop(prescription=elenas_program.prescription, by=mira.user, now=now)
        sheet = watching.sheet(program=elenas_program.program, day=TUESDAY)
        assert (sheet.rows, sheet.stopped) == ((), (elenas_program.prescription,))
        assert len(sheet.revisions) == 1
        assert (sheet.adherence, sheet.ratio) == (None, None)

    def test_it_takes_three_queries_however_much_there_is(
        self, elenas_program: SimpleNamespace, mira: Practitioner, now: datetime
    ) -> None:
        def look() -> None:
            sheet = watching.sheet(program=elenas_program.program, day=TUESDAY)
            assert all(row.words and row.why and row.exercise.name for row in sheet.rows)
            assert all(str(line.revision.author) for line in sheet.revisions)

        assert queries_of(look) == 3
        for position in range(2, 8):
            more = PrescriptionFactory.create(program=elenas_program.program, position=position)
            edit = Edit(dosage=changed(KNEE_TO_CHEST, hold_s=position + 4), reason="Easy")
            adjusting.revise(prescription=more, edit=edit, by=mira.user, now=now)
            logged(more, TUESDAY)
        assert queries_of(look) == 3

    def test_the_last_days_alone_are_those_of_the_sheet(self, elenas_program: SimpleNamespace) -> None:
        logged(elenas_program.prescription, TUESDAY, pain=4)
        days = watching.last_days(program=elenas_program.program, day=TUESDAY)
        (row,) = watching.sheet(program=elenas_program.program, day=TUESDAY).rows
        assert days == {elenas_program.prescription.pk: row.cells}


class TestCaseload:
    """Whom to look at first."""

    @staticmethod
    def program_of(mira: Practitioner, clinic: Clinic, name: str, **fields: object) -> Prescription:
        """Another patient of Mira's, with one exercise once a day since January."""
        patient = PatientFactory.create(clinic=clinic, given_name=name)
        program = ProgramFactory.create(
            patient=patient,
            episode=EpisodeFactory.create(patient=patient, team=[mira]),
            physiotherapist=mira,
            **{"starts_on": date(2026, 1, 5)} | fields,
        )
        once = changed(KNEE_TO_CHEST, times_a_day=1)
        prescription: Prescription = PrescriptionFactory.create(program=program, position=1, dosage=once)
        return prescription

    @pytest.fixture
    def people(self, mira: Practitioner, riverside: Clinic) -> None:
        """One of each: on track, new, too little, silent, too much, pain rising, pain above the limit."""
        last = TUESDAY - ONE_DAY
        steady = self.program_of(mira, riverside, "Steady")
        few = self.program_of(mira, riverside, "Few")
        silent = self.program_of(mira, riverside, "Silent")
        much = self.program_of(mira, riverside, "Much")
        hurting = self.program_of(mira, riverside, "Hurting")
        logged(self.program_of(mira, riverside, "Nine"), last, pain=9)
        self.program_of(mira, riverside, "New", starts_on=last)
        for back in range(13):
            day = last - back * ONE_DAY
            logged(steady, day, pain=3)
            logged(hurting, day, pain=2 if back > 3 else 5)
            logged(much, day, pain=4)
            logged(much, day, pain=4)
            if back >= 5:
                logged(silent, day, pain=3)
            if back % 3 == 0:
                logged(few, day, pain=4)

    def test_the_most_pressing_come_first_each_with_its_reason(
        self, people: None, mira: Practitioner, now: datetime
    ) -> None:
        rows = watching.caseload(user=mira.user, now=now)
        assert [(row.patient.given_name, row.flag, row.urgency, row.why) for row in rows] == [
            ("Nine", Flag.PAIN_ABOVE_LIMIT, "today", "Pain 9, limit 5"),
            ("Hurting", Flag.PAIN_RISING, "today", "Pain 2 to 5 in 13 sessions"),
            ("Much", Flag.TOO_MUCH, "today", "200 % of the dose"),
            ("Silent", Flag.STOPPED_LOGGING, "today", "Nothing for 6 days"),
            ("Few", Flag.TOO_LITTLE, "week", "38 % done"),
            ("New", Flag.NEW, "week", "First week, day 2: 0 of 1 dose done"),
            ("Steady", Flag.ON_TRACK, "on_track", "100 % of the dose, pain steady"),
        ]

    def test_a_row_says_pain_adherence_and_the_last_log(
        self, people: None, mira: Practitioner, now: datetime
    ) -> None:
        much = watching.caseload(user=mira.user, now=now)[2]
        assert (much.adherence, much.ratio) == (Fraction(1), Fraction(2))
        assert (much.pain_first, much.pain_last, much.last_logged) == (4, 4, TUESDAY - ONE_DAY)
        assert (much.week, much.weeks, much.next_consultation) == (11, None, None)
        assert much.detail == "26 of 13 doses done. Logged yesterday."

    def test_only_ones_own_active_programs_are_listed(
        self, people: None, mira: Practitioner, leila: Practitioner, hedda: User, now: datetime
    ) -> None:
        assert watching.caseload(user=leila.user, now=now) == []
        assert watching.caseload(user=hedda, now=now) == []
        Program.objects.update(status=ProgramStatus.PAUSED)
        assert watching.caseload(user=mira.user, now=now) == []

    def test_an_old_revision_counts_on_the_days_on_which_it_held(
        self, mira: Practitioner, riverside: Clinic, now: datetime
    ) -> None:
        row = self.program_of(mira, riverside, "Changed")
        for days, times in ((30, 3), (4, 2)):
            at = now - days * ONE_DAY
            edit = Edit(dosage=changed(KNEE_TO_CHEST, times_a_day=times), reason="Adjust")
            adjusting.revise(prescription=row, edit=edit, by=mira.user, now=at)
        (line,) = watching.caseload(user=mira.user, now=now)
        assert line.course.due == 10 * 3 + 3 * 2

    def test_today_is_left_out_in_the_zone_of_each_clinic(
        self, mira: Practitioner, riverside: Clinic, now: datetime
    ) -> None:
        auckland: Clinic = ClinicFactory.create(name="Harbour", time_zone="Pacific/Auckland")
        Membership.objects.create(user=mira.user, clinic=auckland, role=Role.PHYSIOTHERAPIST)
        evening = now.replace(hour=20)  # Tuesday in Berlin, Wednesday in Auckland
        for clinic, name in ((riverside, "Here"), (auckland, "There")):
            row = self.program_of(mira, clinic, name)
            logged(row, TUESDAY)
        rows = {row.patient.given_name: row for row in watching.caseload(user=mira.user, now=evening)}
        assert (rows["Here"].day, rows["There"].day) == (TUESDAY, TUESDAY + ONE_DAY)
        assert (rows["Here"].course.done, rows["There"].course.done) == (0, 1)

    def test_its_queries_do_not_grow(
        self, people: None, mira: Practitioner, riverside: Clinic, now: datetime
    ) -> None:
        def look() -> None:
            user = User.objects.get(pk=mira.user_id)
            rows = watching.caseload(user=user, now=now)
            assert all(
                row.why and row.detail and row.patient.name and row.program.clinic.name for row in rows
            )

        few = queries_of(look)
        for name in "ABCDEF":
            logged(self.program_of(mira, riverside, name), TUESDAY, pain=3)
        assert queries_of(look) == few <= 10
