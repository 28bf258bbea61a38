"""Changing a dosage: what is written, what is refused, and what the second of two is told."""

import threading
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import cast

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from clinic.models import OutboxMessage, Practitioner
from clinic.rules.refusals import Refusal
from patients.models import Patient
from programs.actions import adjusting, prescribing
from programs.actions.adjusting import Edit, FieldsEdit, SheetEdit
from programs.models import DosageRevision, Prescription, ProgramStatus
from programs.rules.dosage import Dosage, Mode, changed
from tests.factories import KNEE_TO_CHEST, TUESDAY, ExerciseFactory, PrescriptionFactory

WEDNESDAY = date(2026, 3, 18)
LONGER_HOLD = changed(KNEE_TO_CHEST, hold_s=8)


@pytest.fixture
def knee(elenas_program: SimpleNamespace) -> Prescription:
    """Elena's knee-to-chest, twice a day, held 5 s."""
    prescription: Prescription = elenas_program.prescription
    return prescription


@pytest.fixture
def second(knee: Prescription) -> Prescription:
    """A second exercise in Elena's program."""
    prescription: Prescription = PrescriptionFactory.create(
        program=knee.program, position=2, exercise=ExerciseFactory.create(name="Rotational stretch")
    )
    return prescription


@pytest.fixture
def usually_5_to_30(knee: Prescription) -> Prescription:
    """Knee-to-chest with a recommended hold of 5 to 30 s."""
    knee.exercise.recommended = {"hold_s": [5, 30, "Trial"]}
    knee.exercise.save()
    return knee


def revise(knee: Prescription, mira: Practitioner, now: datetime, **edit: object) -> DosageRevision:
    """A change by Mira that would be accepted but for what the test changes in it."""
    values = {"dosage": LONGER_HOLD, "reason": "Easy at 5 s"} | edit
    return adjusting.revise(prescription=knee, edit=Edit(**values), by=mira.user, now=now)  # type: ignore[arg-type]


class TestRevise:
    """One prescription."""

    def test_it_writes_the_next_revision_from_tomorrow_with_its_author_and_reason(
        self, knee: Prescription, mira: Practitioner, now: datetime
    ) -> None:
        revision = revise(knee, mira, now, reason="  Easy\nat 5 s ")
        revision.refresh_from_db()
        assert (revision.number, revision.effective_on, revision.recorded_on) == (2, WEDNESDAY, TUESDAY)
        assert (revision.author, revision.reason) == (mira.user, "Easy at 5 s")
        assert revision.supersedes == knee.revisions.get(number=1)
        assert revision.dosage == LONGER_HOLD

    def test_it_leaves_the_first_revision_as_it_was(
        self, knee: Prescription, mira: Practitioner, now: datetime
    ) -> None:
        revise(knee, mira, now)
        assert knee.revisions.get(number=1).dosage == KNEE_TO_CHEST

    def test_it_may_hold_from_today_on(self, knee: Prescription, mira: Practitioner, now: datetime) -> None:
        assert revise(knee, mira, now, effective_on=TUESDAY).effective_on == TUESDAY

    def test_a_second_change_for_the_same_day_is_a_correction(
        self, knee: Prescription, mira: Practitioner, now: datetime
    ) -> None:
        revise(knee, mira, now)
        correction = revise(
            knee, mira, now, dosage=changed(KNEE_TO_CHEST, hold_s=6), reason="8 s is too long"
        )
        assert (correction.number, correction.effective_on) == (3, WEDNESDAY)

    @pytest.mark.parametrize("reason", ["", "  \n"])
    def test_it_refuses_a_change_without_a_reason(
        self, knee: Prescription, mira: Practitioner, now: datetime, reason: str
    ) -> None:
        with pytest.raises(adjusting.ReasonMissing, match="Say why") as refusal:
            revise(knee, mira, now, reason=reason)
        assert refusal.value.field == "reason"
        assert knee.revisions.count() == 1

    def test_it_names_what_is_unusual_where_the_reason_is_missing(
        self, knee: Prescription, mira: Practitioner, now: datetime
    ) -> None:
        knee.exercise.recommended = {"hold_s": [5, 30, "Trial"]}
        knee.exercise.save()
        with pytest.raises(adjusting.ReasonMissing, match="hold is usually 5 to 30 s"):
            revise(knee, mira, now, dosage=changed(KNEE_TO_CHEST, hold_s=45), reason="")

    def test_outside_the_usual_it_is_said_to_be_on_purpose(
        self, usually_5_to_30: Prescription, mira: Practitioner, now: datetime
    ) -> None:
        """A slip of the finger with some reason for another field does not pass."""
        knee, longer = usually_5_to_30, changed(KNEE_TO_CHEST, hold_s=45)
        with pytest.raises(adjusting.NotOnPurpose, match="hold is usually 5 to 30 s") as refusal:
            revise(knee, mira, now, dosage=longer, reason="Older adult", on_purpose=["reps"])
        [warning] = cast("list[dict[str, str]]", refusal.value.details["warnings"])
        assert (warning["prescription"], warning["field"]) == (str(knee.pk), "hold_s")
        assert knee.revisions.count() == 1
        assert revise(knee, mira, now, dosage=longer, reason="Older adult", on_purpose=["hold_s"]).number == 2

    def test_what_lay_outside_before_is_not_asked_about_again(
        self, usually_5_to_30: Prescription, mira: Practitioner, now: datetime
    ) -> None:
        knee, longer = usually_5_to_30, changed(KNEE_TO_CHEST, hold_s=45)
        revise(knee, mira, now, dosage=longer, on_purpose=["hold_s"])
        assert revise(knee, mira, now, dosage=changed(longer, reps=8)).number == 3
        with pytest.raises(adjusting.NotOnPurpose):
            revise(knee, mira, now, dosage=changed(longer, hold_s=50))
        assert revise(knee, mira, now, dosage=KNEE_TO_CHEST).number == 4
        back = adjusting.revert(prescription=knee, to_number=2, reason="Fits", by=mira.user, now=now)
        assert back.dosage == longer

    def test_it_refuses_a_reason_that_does_not_fit(
        self, knee: Prescription, mira: Practitioner, now: datetime
    ) -> None:
        with pytest.raises(adjusting.ReasonTooLong, match="300"):
            revise(knee, mira, now, reason="x" * 301)

    def test_it_refuses_a_past_effective_date(
        self, knee: Prescription, mira: Practitioner, now: datetime
    ) -> None:
        with pytest.raises(adjusting.InThePast) as refusal:
            revise(knee, mira, now, effective_on=TUESDAY - timedelta(days=1))
        assert refusal.value.field == "effective_on"

    def test_the_day_is_that_of_the_clinic(
        self, knee: Prescription, mira: Practitioner, now: datetime
    ) -> None:
        late = now.replace(hour=23, minute=30)  # 0:30 on Wednesday in Berlin
        assert revise(knee, mira, late).effective_on == WEDNESDAY + timedelta(days=1)
        with pytest.raises(adjusting.InThePast):
            revise(knee, mira, late, effective_on=TUESDAY)

    @pytest.mark.parametrize(
        ("field", "value"),
        [("hold_s", 3600), ("sets", 0), ("reps", -1), ("times_a_day", 7), ("pain_ceiling", 11)],
    )
    def test_it_refuses_what_lies_outside_the_hard_bounds_and_names_the_field(
        self, knee: Prescription, mira: Practitioner, now: datetime, field: str, value: int
    ) -> None:
        with pytest.raises(adjusting.OutOfBounds) as refusal:
            revise(knee, mira, now, dosage=changed(KNEE_TO_CHEST, **{field: value}))
        assert refusal.value.field == field
        assert knee.revisions.count() == 1

    def test_it_refuses_to_change_nothing(
        self, knee: Prescription, mira: Practitioner, now: datetime
    ) -> None:
        with pytest.raises(adjusting.NothingChanged):
            revise(knee, mira, now, dosage=KNEE_TO_CHEST)

    def test_it_tells_the_second_of_two_what_the_first_changed(
        self, knee: Prescription, mira: Practitioner, leila: Practitioner, now: datetime
    ) -> None:
        revise(knee, leila, now, expected_number=1)
        with pytest.raises(adjusting.ChangedMeanwhile) as refusal:
            revise(knee, mira, now, dosage=changed(KNEE_TO_CHEST, reps=8), expected_number=1)
        assert refusal.value.details == {
            "by": "Leila Haddad",
            "changes": ["Knee-to-chest stretch: hold 5 s to 8 s"],
            "number": 2,
        }
        assert "Leila Haddad saved first" in str(refusal.value)
        assert revise(knee, mira, now, dosage=changed(LONGER_HOLD, reps=8), expected_number=2).number == 3

    def test_it_is_refused_to_who_does_not_treat_there(
        self, knee: Prescription, jonas: Practitioner, now: datetime
    ) -> None:
        with pytest.raises(adjusting.NotYours):
            revise(knee, jonas, now)
        assert knee.revisions.count() == 1

    def test_it_is_refused_to_the_patient(self, knee: Prescription, elena: Patient, now: datetime) -> None:
        edit = Edit(dosage=LONGER_HOLD, reason="I feel strong")
        with pytest.raises(adjusting.NotYours):
            adjusting.revise(prescription=knee, edit=edit, by=elena.portal_access.get().user, now=now)

    def test_an_ended_program_is_not_changed(
        self, knee: Prescription, mira: Practitioner, now: datetime
    ) -> None:
        prescribing.end(program=knee.program, by=mira.user, now=now)
        with pytest.raises(adjusting.ProgramEnded):
            revise(knee, mira, now)

    def test_a_stopped_exercise_is_not_changed(
        self, knee: Prescription, mira: Practitioner, now: datetime
    ) -> None:
        prescribing.stop(prescription=knee, by=mira.user, now=now)
        with pytest.raises(adjusting.ProgramEnded, match="stopped"):
            revise(knee, mira, now)

    def test_the_patient_is_told_once_a_day(
        self, knee: Prescription, mira: Practitioner, now: datetime
    ) -> None:
        revise(knee, mira, now)
        revise(knee, mira, now + timedelta(hours=1), dosage=KNEE_TO_CHEST)
        revise(knee, mira, now + timedelta(days=1), dosage=changed(KNEE_TO_CHEST, reps=8))
        messages = OutboxMessage.objects.filter(kind="dosage_changed", subject_id=knee.program_id)
        assert sorted(messages.values_list("occurrence", flat=True)) == ["2026-03-17", "2026-03-18"]
        assert set(messages.values_list("person_id", flat=True)) == {knee.program.patient_id}

    def test_nobody_is_told_of_a_draft(self, knee: Prescription, mira: Practitioner, now: datetime) -> None:
        knee.program.status = ProgramStatus.DRAFT
        knee.program.save()
        revise(knee, mira, now)
        assert not OutboxMessage.objects.exists()

    def test_it_takes_at_most_12_queries(self, knee: Prescription, mira: Practitioner, now: datetime) -> None:
        with CaptureQueriesContext(connection) as queries:
            revise(knee, mira, now)
        sent = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
        assert len(sent) <= 12, sent

    def test_the_program_is_locked_before_anything_is_written(
        self, knee: Prescription, mira: Practitioner, now: datetime
    ) -> None:
        with CaptureQueriesContext(connection) as queries:
            revise(knee, mira, now)
        sent = [query["sql"] for query in queries]
        lock = next(n for n, sql in enumerate(sent) if "FOR NO KEY UPDATE" in sql)
        write = next(n for n, sql in enumerate(sent) if sql.startswith(("INSERT", "UPDATE")))
        assert lock < write


class TestSaveSheet:
    """Many at once."""

    def test_it_writes_all_under_one_reason_and_one_version(
        self, knee: Prescription, second: Prescription, mira: Practitioner, now: datetime
    ) -> None:
        edit = SheetEdit(
            changes={knee.pk: LONGER_HOLD, second.pk: LONGER_HOLD},
            reason="All holds +3 s",
            expected_version=1,
        )
        written = adjusting.save_sheet(program=knee.program, edit=edit, by=mira.user, now=now)
        assert [(each.prescription_id, each.number, each.reason) for each in written] == [
            (knee.pk, 2, "All holds +3 s"),
            (second.pk, 2, "All holds +3 s"),
        ]
        knee.program.refresh_from_db()
        assert {each.sheet_version for each in written} == {knee.program.version} == {2}

    def test_what_stays_as_it_is_gets_no_revision(
        self, knee: Prescription, second: Prescription, mira: Practitioner, now: datetime
    ) -> None:
        edit = SheetEdit(changes={knee.pk: LONGER_HOLD, second.pk: KNEE_TO_CHEST}, reason="Easy")
        written = adjusting.save_sheet(program=knee.program, edit=edit, by=mira.user, now=now)
        assert [each.prescription_id for each in written] == [knee.pk]

    def test_one_fault_leaves_nothing_half_written_and_names_its_prescription(
        self, knee: Prescription, second: Prescription, mira: Practitioner, now: datetime
    ) -> None:
        edit = SheetEdit(
            changes={knee.pk: LONGER_HOLD, second.pk: changed(KNEE_TO_CHEST, hold_s=3600)}, reason="Longer"
        )
        with pytest.raises(adjusting.OutOfBounds) as refusal:
            adjusting.save_sheet(program=knee.program, edit=edit, by=mira.user, now=now)
        problems = refusal.value.details["problems"]
        assert [(each["prescription"], each["field"]) for each in problems] == [(str(second.pk), "hold_s")]  # type: ignore[attr-defined]
        assert DosageRevision.objects.count() == 2
        knee.program.refresh_from_db()
        assert knee.program.version == 1

    def test_a_stale_sheet_is_told_what_the_other_changed_and_loses_nothing(
        self, knee: Prescription, second: Prescription, mira: Practitioner, leila: Practitioner, now: datetime
    ) -> None:
        first = SheetEdit(changes={second.pk: LONGER_HOLD}, reason="Easy", expected_version=1)
        adjusting.save_sheet(program=knee.program, edit=first, by=leila.user, now=now)
        late = SheetEdit(changes={knee.pk: LONGER_HOLD}, reason="Easy too", expected_version=1)
        with pytest.raises(adjusting.ChangedMeanwhile) as refusal:
            adjusting.save_sheet(program=knee.program, edit=late, by=mira.user, now=now)
        assert refusal.value.details == {
            "by": "Leila Haddad",
            "changes": ["Rotational stretch: hold 5 s to 8 s"],
            "version": 2,
        }
        again = SheetEdit(changes=late.changes, reason=late.reason, expected_version=2)
        assert len(adjusting.save_sheet(program=knee.program, edit=again, by=mira.user, now=now)) == 1

    def test_a_note_goes_to_the_patient_with_each_change(
        self, knee: Prescription, mira: Practitioner, now: datetime
    ) -> None:
        edit = SheetEdit(changes={knee.pk: LONGER_HOLD}, reason="Easy", note_to_patient="Well done.")
        (revision,) = adjusting.save_sheet(program=knee.program, edit=edit, by=mira.user, now=now)
        assert revision.dosage.note_to_patient == "Well done."

    def test_an_exercise_of_another_program_is_not_found(
        self, knee: Prescription, mira: Practitioner, now: datetime
    ) -> None:
        strange = PrescriptionFactory.create()
        edit = SheetEdit(changes={strange.pk: LONGER_HOLD}, reason="Easy")
        with pytest.raises(adjusting.NotInThisProgram):
            adjusting.save_sheet(program=knee.program, edit=edit, by=mira.user, now=now)


class TestRevert:
    """Back to an older dosage."""

    def test_it_is_a_new_revision_with_the_old_values(
        self, knee: Prescription, mira: Practitioner, now: datetime
    ) -> None:
        revise(knee, mira, now)
        back = adjusting.revert(prescription=knee, to_number=1, reason="Too hard", by=mira.user, now=now)
        assert (back.number, back.dosage, back.reason) == (3, KNEE_TO_CHEST, "Too hard")

    def test_a_number_that_never_was_is_refused(
        self, knee: Prescription, mira: Practitioner, now: datetime
    ) -> None:
        with pytest.raises(adjusting.NoSuchRevision):
            adjusting.revert(prescription=knee, to_number=9, reason="Too hard", by=mira.user, now=now)


class TestShifted:
    """The preview of a change to many."""

    def test_it_changes_only_those_that_use_the_field(self) -> None:
        walk = Dosage(mode=Mode.DURATION, sets=1, duration_min=30, days_a_week=5)
        assert adjusting.shifted({"knee": KNEE_TO_CHEST, "walk": walk}, "hold_s", 5) == {
            "knee": changed(KNEE_TO_CHEST, hold_s=10)
        }

    def test_a_pyramid_shifts_as_a_whole(self) -> None:
        pyramid = changed(KNEE_TO_CHEST, sets=None, reps=None, reps_per_set=(5, 3, 1))
        assert adjusting.shifted({1: pyramid}, "reps_per_set", 1)[1].reps_per_set == (6, 4, 2)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """Several physiotherapists save at the same moment."""

    @staticmethod
    def at_once(calls: Sequence[Callable[[], object]]) -> list[object]:
        """What each call returned or refused, all of them started together."""
        barrier = threading.Barrier(len(calls))
        answers: list[object] = []

        def run(call: Callable[[], object]) -> None:
            try:
                barrier.wait(timeout=10)
                answers.append(call())
            except Refusal as refusal:
                answers.append(refusal)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run, args=(call,)) for call in calls]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
        return answers

    def test_each_change_gets_its_own_number_and_follows_the_one_before(
        self, knee: Prescription, mira: Practitioner, now: datetime
    ) -> None:
        doses = [changed(KNEE_TO_CHEST, hold_s=hold) for hold in range(10, 16)]
        answers = self.at_once([partial(revise, knee, mira, now, dosage=dosage) for dosage in doses])
        assert all(isinstance(answer, DosageRevision) for answer in answers), answers
        rows = list(knee.revisions.order_by("number"))
        assert [row.number for row in rows] == [1, 2, 3, 4, 5, 6, 7]
        assert [row.supersedes_id for row in rows[1:]] == [row.pk for row in rows[:-1]]
        assert [row.sheet_version for row in rows] == [1, 2, 3, 4, 5, 6, 7]

    def test_of_two_sheets_loaded_together_one_is_saved_and_the_other_told(
        self, knee: Prescription, second: Prescription, mira: Practitioner, leila: Practitioner, now: datetime
    ) -> None:
        edits = [
            (mira, SheetEdit(changes={knee.pk: LONGER_HOLD}, reason="Easy", expected_version=1)),
            (leila, SheetEdit(changes={second.pk: LONGER_HOLD}, reason="Easy", expected_version=1)),
        ]
        saves = [
            partial(adjusting.save_sheet, program=knee.program, edit=edit, by=who.user, now=now)
            for who, edit in edits
        ]
        answers = self.at_once(saves)
        told = [answer for answer in answers if isinstance(answer, adjusting.ChangedMeanwhile)]
        assert (len(answers), len(told)) == (2, 1)
        assert DosageRevision.objects.filter(number=2).count() == 1

    @pytest.mark.parametrize("turn", range(3))
    def test_two_who_change_different_fields_do_not_undo_each_other(
        self, knee: Prescription, mira: Practitioner, leila: Practitioner, now: datetime, turn: int
    ) -> None:
        calls = [
            partial(
                adjusting.revise_fields,
                prescription=knee,
                edit=FieldsEdit(fields=fields, reason="Easy"),
                by=who.user,
                now=now,
            )
            for who, fields in ((mira, {"hold_s": 8}), (leila, {"reps": 12}))
        ]
        answers = self.at_once(calls)
        assert all(isinstance(answer, DosageRevision) for answer in answers), answers
        assert knee.revisions.get(number=3).dosage == changed(KNEE_TO_CHEST, hold_s=8, reps=12)


class TestReviseFields:
    """Some fields of one prescription."""

    def test_what_is_not_named_stays_as_it_holds_on_that_day(
        self, knee: Prescription, mira: Practitioner, now: datetime
    ) -> None:
        revise(knee, mira, now, effective_on=WEDNESDAY + timedelta(days=7))
        edit = FieldsEdit(fields={"reps": 12}, reason="Easy", effective_on=WEDNESDAY)
        revision = adjusting.revise_fields(prescription=knee, edit=edit, by=mira.user, now=now)
        assert (revision.number, revision.dosage) == (3, changed(KNEE_TO_CHEST, reps=12))

    def test_a_number_that_is_no_longer_the_newest_is_refused(
        self, knee: Prescription, mira: Practitioner, now: datetime
    ) -> None:
        revise(knee, mira, now)
        edit = FieldsEdit(fields={"reps": 12}, reason="Easy", expected_number=1)
        with pytest.raises(adjusting.ChangedMeanwhile):
            adjusting.revise_fields(prescription=knee, edit=edit, by=mira.user, now=now)
        assert knee.revisions.count() == 2

    def test_it_reads_what_holds_only_once_it_has_the_lock(
        self, knee: Prescription, mira: Practitioner, now: datetime
    ) -> None:
        edit = FieldsEdit(fields={"reps": 12}, reason="Easy")
        with CaptureQueriesContext(connection) as queries:
            adjusting.revise_fields(prescription=knee, edit=edit, by=mira.user, now=now)
        sent = [query["sql"] for query in queries]
        lock = next(
            i for i, sql in enumerate(sent) if "FOR NO KEY UPDATE" in sql and "programs_program" in sql
        )
        read = next(i for i, sql in enumerate(sent) if 'FROM "programs_dosagerevision"' in sql)
        assert lock < read
