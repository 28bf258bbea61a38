"""Makes the demo's programs: exercises, dosages, and a change of dosage with its reason for half of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from random import Random
from uuid import UUID

from programs.actions import stocking
from programs.management.demo import names
from programs.management.demo.people import Person
from programs.management.demo.start import Start
from programs.models import DosageRevision, Exercise, Prescription, Program, ProgramStatus
from programs.rules.dosage import Dosage, Mode, changed, from_mapping, require_sound


class Story(StrEnum):
    """How a program goes; a caseload shows each."""

    PAIN_ABOVE_LIMIT = "pain_above_limit"
    PAIN_RISES = "pain_rises"
    TOO_MUCH = "too_much"
    TOO_LITTLE = "too_little"
    STOPPED = "stopped"
    NEW = "new"
    ON_TRACK = "on_track"


STORIES = (
    Story.PAIN_RISES,
    Story.ON_TRACK,
    Story.TOO_MUCH,
    Story.TOO_LITTLE,
    Story.NEW,
    Story.PAIN_ABOVE_LIMIT,
    Story.ON_TRACK,
    Story.STOPPED,
    Story.ON_TRACK,
    Story.ON_TRACK,
)
WEEKS = (6, 8, 12)
ELENA = "patient@demo.clinic"
"""The patient who signs in: her program is the one that the tour shows."""
FOUR_WEEKS = 28
ELENAS_CHANGE = 5
"""So many days ago the first patient's curl-ups grew."""
PAIN_CEILING = 5
MORE = (
    "Pain 2 at most for a week; a little more.",
    "Holds without effort now.",
    "Asked for more, and moves well.",
    "Next step as planned.",
)
LESS = (
    "Pain rose to 5 in the evening; a step back.",
    "Too much beside work; fewer, done well.",
    "Sore the next morning; start again lower.",
)


@dataclass(kw_only=True)
class Course:
    """A program with its prescriptions, their revisions in order, and how it goes."""

    person: Person
    story: Story
    program: Program
    doses: list[tuple[Prescription, list[DosageRevision]]] = field(default_factory=list)


def make(start: Start, people: list[Person]) -> list[Course]:
    """The library and the programs of those who are to have one, in the database."""
    stocking.stock()
    exercises = {row.slug: row for row in Exercise.objects.current()}
    chance, ids = start.chance("programs"), start.ids("programs")
    counts: dict[UUID, int] = {}
    courses = []
    for person in people:
        if person.has_program:
            count = counts[person.practitioner.pk] = counts.get(person.practitioner.pk, -1) + 1
            courses.append(_course(start, chance, ids, person, _story(person, people, count)))
    for course in courses:
        _prescribe(start, chance, ids, course, exercises)
    Program.objects.bulk_create(course.program for course in courses)
    doses = [dose for course in courses for dose in course.doses]
    Prescription.objects.bulk_create(prescription for prescription, _revisions in doses)
    revisions = [revision for _prescription, revisions in doses for revision in revisions]
    DosageRevision.objects.bulk_create(sorted(revisions, key=lambda row: (row.recorded_on, row.number)))
    return courses


def _story(person: Person, people: list[Person], count: int) -> Story:
    """The patient of the log-ins and the child are on track; the others take turns."""
    if person in people[:3]:
        return Story.ON_TRACK
    fixed = 3 if person.practitioner == people[0].practitioner else 0
    return STORIES[(count - fixed) % len(STORIES)]


def _course(start: Start, chance: Random, ids: Iterator[UUID], person: Person, story: Story) -> Course:
    days = FOUR_WEEKS if person.patient.email == ELENA else chance.choice((16, 20, 24, FOUR_WEEKS))
    begins = start.day(-chance.randint(2, 4) if story is Story.NEW else -days)
    weeks = chance.choice(WEEKS)
    program = Program(
        id=next(ids),
        patient=person.patient,
        episode=person.episode,
        clinic=person.patient.clinic,
        physiotherapist=person.practitioner,
        title=person.complaint[1],
        goal=chance.choice(names.GOALS),
        status=ProgramStatus.ACTIVE,
        starts_on=begins,
        ends_on=begins + timedelta(weeks=weeks, days=-1),
    )
    return Course(person=person, story=story, program=program)


def _prescribe(
    start: Start, chance: Random, ids: Iterator[UUID], course: Course, exercises: dict[str, Exercise]
) -> None:
    """The exercises of the complaint, each with its first dosage, and for some a second one."""
    is_elena = course.person.patient.email == ELENA
    changes_at = None if course.story is Story.NEW or chance.random() < 0.5 else chance.randrange(2)
    for position, slug in enumerate(course.person.complaint[2], start=1):
        exercise = exercises[slug]
        prescription = Prescription(
            id=next(ids), program=course.program, exercise=exercise, position=position
        )
        dosage = changed(_first_dosage(chance, exercise), pain_ceiling=PAIN_CEILING)
        if is_elena and slug == "curl-up":
            dosage = changed(dosage, reps=6, reps_max=None)
        revisions = [_revision(next(ids), course, prescription, dosage, course.program.starts_on)]
        if is_elena and slug == "curl-up":
            revisions.append(_elenas_change(start, next(ids), course, revisions[0]))
        elif not is_elena and changes_at == position - 1:
            day = start.day(-chance.randint(2, (start.today - course.program.starts_on).days - 5))
            revisions.append(_second(chance, next(ids), course, revisions[0], day))
        course.doses.append((prescription, revisions))
    course.program.version = max(
        revision.sheet_version for _prescription, revisions in course.doses for revision in revisions
    )


def _first_dosage(chance: Random, exercise: Exercise) -> Dosage:
    """The library's starting dosage, fitted to a person."""
    dosage = from_mapping(exercise.starting)
    if dosage.mode is Mode.DURATION:
        minutes = chance.choice((10, 15, 20))
        return changed(dosage, duration_min=minutes, duration_max_min=minutes + 5)
    if exercise.slug == "knee-to-chest-stretch" and chance.random() < 0.3:
        return changed(dosage, times_a_day=2)
    return dosage


def _revision(
    row_id: UUID, course: Course, prescription: Prescription, dosage: Dosage, day: date
) -> DosageRevision:
    require_sound(dosage)
    return DosageRevision(
        id=row_id,
        prescription=prescription,
        number=1,
        effective_on=day,
        recorded_on=day,
        author=course.person.practitioner.user,
        **DosageRevision.columns(dosage),
    )


def _next(row_id: UUID, course: Course, first: DosageRevision, dosage: Dosage, day: date) -> DosageRevision:
    """Revision 2, written the day before it holds."""
    revision = _revision(row_id, course, first.prescription, dosage, day)
    revision.number = revision.sheet_version = 2
    revision.recorded_on = day - timedelta(days=1)
    revision.supersedes = first
    return revision


def _elenas_change(start: Start, row_id: UUID, course: Course, first: DosageRevision) -> DosageRevision:
    note = "Curl-ups go from 6 to 8. Keep the lift small: if your neck works harder than your belly, lower a little."
    dosage = changed(first.dosage, reps=8, note_to_patient=note)
    revision = _next(row_id, course, first, dosage, start.day(-ELENAS_CHANGE))
    revision.reason = "Pain 3 or less in a week of curl-ups; two more."
    return revision


def _second(chance: Random, row_id: UUID, course: Course, first: DosageRevision, day: date) -> DosageRevision:
    dosage, is_less = first.dosage, course.story in {Story.PAIN_RISES, Story.TOO_LITTLE}
    if dosage.duration_min:
        minutes = dosage.duration_min + (-5 if is_less else 5)
        dosage = changed(dosage, duration_min=minutes, duration_max_min=minutes + 5)
    else:
        reps = (dosage.reps or 10) + (-2 if is_less else 2)
        dosage = changed(dosage, reps=reps, reps_max=max(reps, dosage.reps_max) if dosage.reps_max else None)
    revision = _next(row_id, course, first, dosage, day)
    revision.reason = chance.choice(LESS if is_less else MORE)
    return revision
