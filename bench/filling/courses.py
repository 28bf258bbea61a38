"""Programs with their dosages, and weeks of logs, for the patient whose day is measured and for many beside."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from uuid import UUID

from bench.filling.copying import in_bulk
from bench.filling.people import Person
from bench.filling.places import Places
from clinic.models import Clinic, Practitioner
from patients.models import CareTeamMember, EpisodeOfCare
from programs.actions import stocking
from programs.management.demo.start import Start
from programs.models import (
    DosageRevision,
    Exercise,
    ExerciseLog,
    Prescription,
    Program,
    ProgramStatus,
    SessionLog,
)
from programs.rules.dosage import changed, from_mapping

EXERCISES = 8
"""Exercises of one program."""
SINCE = timedelta(days=42)
CHANGED = timedelta(days=14)
"""How long ago the program began, and its dosages were last changed."""


class Course:
    """One patient's program with all that hangs on it, as rows that are not written yet."""

    def __init__(
        self, start: Start, patient: UUID, whom: Practitioner, clinic: Clinic, ids: Iterator[UUID]
    ) -> None:
        began = start.today - SINCE
        self.start, self.ids, self.author = start, ids, whom.user_id
        self.episode = EpisodeOfCare(
            id=next(ids), patient_id=patient, clinic=clinic, complaint="Low back pain", opened_on=began
        )
        self.member = CareTeamMember(id=next(ids), episode=self.episode, practitioner=whom)
        self.program = Program(
            id=next(ids), patient_id=patient, episode=self.episode, clinic=clinic, physiotherapist=whom,
            title="Low back, first weeks", status=ProgramStatus.ACTIVE, starts_on=began,
        )  # fmt: skip
        self.prescriptions: list[Prescription] = []
        self.revisions: list[DosageRevision] = []
        self.sessions: list[SessionLog] = []
        self.logs: list[ExerciseLog] = []

    def prescribe(self, exercises: list[Exercise]) -> None:
        """Each exercise with its starting dosage, and a second revision of it."""
        for position, exercise in enumerate(exercises, start=1):
            row = Prescription(id=next(self.ids), program=self.program, exercise=exercise, position=position)
            self.prescriptions.append(row)
            self._revise(row, 1, self.start.today - SINCE, "")
            self._revise(row, 2, self.start.today - CHANGED, "Moves well; next step as planned.")

    def _revise(self, row: Prescription, number: int, on: date, reason: str) -> None:
        dosage = changed(from_mapping(row.exercise.starting), note_to_patient="Slowly, and breathe on.")
        before = self.revisions[-1] if number > 1 else None
        self.revisions.append(
            DosageRevision(
                id=next(self.ids), prescription=row, number=number, effective_on=on, recorded_on=on,
                author_id=self.author, reason=reason, supersedes=before, **DosageRevision.columns(dosage),
            )
        )  # fmt: skip

    def log(self) -> None:
        """A sitting a day since the program began, today's not yet."""
        newest = self.revisions[1::2]
        for days in range(1, SINCE.days):
            day = self.start.today - timedelta(days=days)
            at = datetime.combine(day, time(17), UTC)
            session = SessionLog(
                id=next(self.ids), client_uuid=next(self.ids), patient_id=self.program.patient_id,
                program=self.program, started_at=at, received_at=at, day=day, pain_before=3, pain_after=2,
                entered_by_id=self.author,
            )  # fmt: skip
            self.sessions.append(session)
            self.logs += [
                ExerciseLog(
                    id=next(self.ids), session=session, prescription=row, revision=revision, day=day, status="done",
                    pain=2,
                )
                for row, revision in zip(self.prescriptions, newest, strict=True)
            ]  # fmt: skip


def make(start: Start, places: Places, people: list[Person], first: UUID, how_many: int) -> None:
    """A program for the patient `first`, and for so many more."""
    stocking.stock()
    exercises = list(Exercise.objects.exclude(picture="").order_by("slug")[:EXERCISES])
    ids = start.ids("courses")
    others = (person.id for person in people if person.id != first)
    with in_bulk():
        for number, patient in enumerate([first, *islice(others, how_many)]):
            clinic = number % len(places.clinics)
            whom = places.practitioners[clinic][number % 10]
            _write(Course(start, patient, whom, places.clinics[clinic], ids), exercises)


def _write(course: Course, exercises: list[Exercise]) -> None:
    course.prescribe(exercises)
    course.log()
    course.episode.save(force_insert=True)
    course.member.save(force_insert=True)
    course.program.save(force_insert=True)
    Prescription.objects.bulk_create(course.prescriptions)
    DosageRevision.objects.bulk_create(course.revisions)
    SessionLog.objects.bulk_create(course.sessions)
    ExerciseLog.objects.bulk_create(course.logs)
