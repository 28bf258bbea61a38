"""What the database holds to, whoever writes: bounds, uniqueness, immutability, history."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pghistory
import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from clinic.models.row import Row
from programs.models import (
    DosageRevision,
    Exercise,
    ExerciseLog,
    Pause,
    Prescription,
    Program,
    SessionLog,
    SetLog,
)
from tests.factories import KNEE_TO_CHEST, TUESDAY, TUESDAY_MORNING, ExerciseFactory


def revision_of(story: SimpleNamespace, **fields: object) -> DosageRevision:
    """A sound second revision of Elena's knee-to-chest, but for these fields; not saved."""
    sound = {
        "prescription": story.prescription,
        "number": 2,
        "effective_on": TUESDAY,
        "recorded_on": TUESDAY,
        "author": story.program.physiotherapist.user,
        "reason": "Easy",
        **DosageRevision.columns(KNEE_TO_CHEST),
    }
    return DosageRevision(**sound | fields)


def session_of(story: SimpleNamespace, **fields: object) -> SessionLog:
    """A sound sitting of Elena's, but for these fields; not saved."""
    sound = {
        "client_uuid": uuid4(),
        "patient": story.program.patient,
        "program": story.program,
        "started_at": TUESDAY_MORNING,
        "received_at": TUESDAY_MORNING,
        "day": TUESDAY,
        "entered_by": story.program.physiotherapist.user,
    }
    return SessionLog(**sound | fields)


class TestDosageRevision:
    """Immutable, bounded, numbered."""

    def test_it_cannot_be_changed(self, elenas_program: SimpleNamespace) -> None:
        with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
            DosageRevision.objects.update(hold_s=60)

    def test_it_cannot_be_deleted(self, elenas_program: SimpleNamespace) -> None:
        with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
            DosageRevision.objects.all().delete()

    @pytest.mark.parametrize(
        ("broken", "constraint"),
        [
            ({"sets": 11}, "dosage_sets_hard"),
            ({"reps": 0}, "dosage_reps_hard"),
            ({"hold_s": 301}, "dosage_hold_s_hard"),
            ({"times_a_day": 7}, "dosage_times_a_day_hard"),
            ({"days_a_week": 8}, "dosage_days_a_week_hard"),
            ({"pain_ceiling": 11}, "dosage_pain_ceiling_hard"),
            ({"hold_s": None}, "dosage_hold_where_held"),
            ({"sets": None}, "dosage_sets_stand"),
            ({"reps": None}, "dosage_reps_stand_where_repeated"),
            ({"duration_min": 30}, "dosage_minutes_where_timed"),
            ({"distance_m": 30}, "dosage_metres_where_measured"),
            ({"days_a_week": None}, "dosage_days_counted_or_named"),
            ({"weekdays": [0, 2]}, "dosage_days_counted_or_named"),
            ({"starts_on": TUESDAY, "ends_on": TUESDAY - timedelta(days=1)}, "dosage_end"),
            ({"reason": ""}, "revision_says_why"),
            ({"effective_on": TUESDAY - timedelta(days=1)}, "revision_not_in_the_past"),
            ({"number": 1}, "one_revision_a_number"),
        ],
    )
    def test_bulk_writes_obey_too(
        self, elenas_program: SimpleNamespace, broken: dict[str, object], constraint: str
    ) -> None:
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            DosageRevision.objects.bulk_create([revision_of(elenas_program, **broken)])
        DosageRevision.objects.bulk_create([revision_of(elenas_program)])

    def test_the_dosage_comes_back_as_it_was_written(self, elenas_program: SimpleNamespace) -> None:
        assert DosageRevision.objects.get().dosage == KNEE_TO_CHEST


class TestLogs:
    """Scales and identities."""

    @pytest.mark.parametrize(
        "field", ["pain_before", "pain_during", "pain_after", "pain_next_morning", "effort"]
    )
    def test_a_sitting_stays_on_its_scales(self, elenas_program: SimpleNamespace, field: str) -> None:
        with pytest.raises(IntegrityError, match=f"session_{field}_0_to_10"), transaction.atomic():
            SessionLog.objects.bulk_create([session_of(elenas_program, **{field: 11})])
        SessionLog.objects.bulk_create([session_of(elenas_program, **{field: 10})])

    def test_one_client_uuid_is_one_sitting(self, elenas_program: SimpleNamespace) -> None:
        first = session_of(elenas_program)
        first.save()
        with pytest.raises(IntegrityError, match="one_log_a_sitting"), transaction.atomic():
            session_of(elenas_program, client_uuid=first.client_uuid).save()

    def test_one_prescription_is_logged_once_in_a_sitting(self, elenas_program: SimpleNamespace) -> None:
        session = session_of(elenas_program)
        session.save()
        log: dict[str, Any] = {
            "session": session,
            "prescription": elenas_program.prescription,
            "revision": elenas_program.revision,
            "day": TUESDAY,
            "status": "done",
        }
        ExerciseLog.objects.create(**log)
        with pytest.raises(IntegrityError, match="one_log_a_prescription_and_sitting"), transaction.atomic():
            ExerciseLog.objects.create(**log)

    @pytest.mark.parametrize(
        ("broken", "constraint"),
        [
            ({"number": 21}, "set_number_1_to_20"),
            ({"reps": 201}, "set_reps_0_to_200"),
            ({"hold_s": 601}, "set_hold_0_to_600"),
            ({"minutes": 361}, "set_minutes_0_to_360"),
        ],
    )
    def test_a_set_stays_in_its_bounds(
        self, elenas_program: SimpleNamespace, broken: dict[str, int], constraint: str
    ) -> None:
        session = session_of(elenas_program)
        session.save()
        log = ExerciseLog.objects.create(
            session=session,
            prescription=elenas_program.prescription,
            revision=elenas_program.revision,
            day=TUESDAY,
            status="done",
        )
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            SetLog.objects.create(**{"exercise_log": log, "number": 1} | broken)


class TestPrograms:
    """Programs, their pauses and places."""

    def test_a_program_does_not_end_before_it_starts(self, elenas_program: SimpleNamespace) -> None:
        with pytest.raises(IntegrityError, match="program_ends_after_it_starts"), transaction.atomic():
            Program.objects.update(ends_on=date(2026, 2, 1))

    def test_a_program_has_one_open_pause(self, elenas_program: SimpleNamespace) -> None:
        Pause.objects.create(program=elenas_program.program, first=TUESDAY)
        with pytest.raises(IntegrityError, match="one_open_pause_a_program"), transaction.atomic():
            Pause.objects.create(program=elenas_program.program, first=TUESDAY)

    def test_two_exercises_do_not_stand_in_one_place(self, elenas_program: SimpleNamespace) -> None:
        with pytest.raises(IntegrityError, match="one_prescription_a_place"), transaction.atomic():
            Prescription.objects.create(
                program=elenas_program.program, exercise=ExerciseFactory.create(), position=1
            )

    def test_a_stopped_one_frees_its_place(self, elenas_program: SimpleNamespace) -> None:
        Prescription.objects.update(stopped_on=TUESDAY)
        Prescription.objects.create(
            program=elenas_program.program, exercise=ExerciseFactory.create(), position=1
        )

    def test_an_exercise_has_steps(self, elenas_program: SimpleNamespace) -> None:
        with pytest.raises(IntegrityError, match="exercise_has_steps"), transaction.atomic():
            Exercise.objects.update(steps=[])


@pytest.mark.assures("AU-02")
@pytest.mark.parametrize("model", [Program, Prescription, SessionLog, Exercise])
def test_every_change_leaves_a_row_of_history(elenas_program: SimpleNamespace, model: type[Row]) -> None:
    session_of(elenas_program).save()
    events = model.pgh_event_model.objects  # type: ignore[attr-defined]
    before = events.count()
    row = model.objects.first()  # type: ignore[attr-defined]
    field, value = {
        Program: ("title", "Another"),
        Prescription: ("position", 7),
        SessionLog: ("pain_next_morning", 4),
        Exercise: ("name", "Another"),
    }[model]
    with pghistory.context(user="mira"):
        model.objects.filter(pk=row.pk).update(**{field: value})  # type: ignore[attr-defined]
    event = events.order_by("pgh_id").last()
    assert before >= 1
    assert events.count() == before + 1
    assert getattr(event, field) == value
    assert event.pgh_context.metadata["user"] == "mira"
    assert event.pgh_created_at <= timezone.now()
