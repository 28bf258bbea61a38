"""Makes what the demo's patients logged in the last four weeks, sitting by sitting, as their stories go."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from clinic.models import User
from clinic.rules import wallclock
from programs.management.demo.programs import Course, Story
from programs.management.demo.start import HISTORY, ZONE, Start
from programs.models import (
    DosageRevision,
    ExerciseLog,
    Feel,
    LogSource,
    LogStatus,
    Prescription,
    SessionLog,
    SetLog,
    SkipReason,
)
from programs.rules.dosage import Dosage, Mode

KEEPS_UP = {
    Story.PAIN_ABOVE_LIMIT: 0.9,
    Story.PAIN_RISES: 0.85,
    Story.TOO_MUCH: 1.0,
    Story.TOO_LITTLE: 1.0,
    Story.STOPPED: 0.9,
    Story.NEW: 0.85,
    Story.ON_TRACK: 0.93,
}
"""On how many of the days due somebody exercises."""
SILENT_FOR = 7
"""Days since the last log of somebody who stopped."""
EVERY_SO_MANY_DAYS = 3
"""On one day of these somebody exercises who does too little: less than half, and never silent for long."""
SITTINGS_OF_TOO_MUCH = 2
"""Times the doses due that somebody does who does too much."""
RECENT = 14
WORST_PAIN = 7
"""Pain of the last days where it is above the limit."""
WORST_DAYS = 3
NOTES = (
    "The twisting one hurts in the evening.",
    "Easier than last week.",
    "Did it before work.",
    "Neck got tired first.",
    "Slept better after it.",
    "Walked with a friend.",
)


@dataclass
class Book:
    """What is being logged."""

    start: Start
    chance: Random
    ids: Iterator[UUID]
    sessions: list[SessionLog] = field(default_factory=list)
    exercises: list[ExerciseLog] = field(default_factory=list)
    sets: list[SetLog] = field(default_factory=list)


@dataclass(frozen=True)
class Sitting:
    """One sitting that is to be logged."""

    course: Course
    day: date
    begins: datetime
    doses: list[tuple[Prescription, DosageRevision]]


def make(start: Start, courses: list[Course]) -> int:
    """How many sittings were logged."""
    book = Book(start, start.chance("logs"), start.ids("logs"))
    for course in courses:
        first = max(course.program.starts_on, start.today - HISTORY)
        for offset in range((start.today - first).days):
            _day(book, course, first + timedelta(days=offset))
    _this_morning(book, courses[0])
    SessionLog.objects.bulk_create(book.sessions, batch_size=1000)
    ExerciseLog.objects.bulk_create(book.exercises, batch_size=2000)
    SetLog.objects.bulk_create(book.sets, batch_size=4000)
    return len(book.sessions)


def _day(book: Book, course: Course, day: date) -> None:
    """The sittings of one day, or none."""
    ago = (book.start.today - day).days
    if course.story is Story.STOPPED and ago < SILENT_FOR:
        return
    if course.story is Story.TOO_LITTLE and ago % EVERY_SO_MANY_DAYS != 1:
        return
    if book.chance.random() >= KEEPS_UP[course.story] and ago not in {1, 2}:
        return
    doses = _due(course, day)
    most = max((revision.times_a_day for _prescription, revision in doses), default=0)
    factor = SITTINGS_OF_TOO_MUCH if course.story is Story.TOO_MUCH else 1
    for sitting in range(most * factor):
        now_due = [dose for dose in doses if sitting < dose[1].times_a_day * factor]
        minute = book.chance.randrange(60)
        begins = wallclock.opening(day, time(min(7 + 4 * sitting, 22), minute), ZONE)
        _log(book, Sitting(course, day, begins, now_due))


def _this_morning(book: Book, course: Course) -> None:
    """The first patient has done the first exercise today, unless it is still night."""
    begins = wallclock.opening(book.start.today, time(7, 40), ZONE)
    if begins < book.start.now - timedelta(minutes=10):
        _log(book, Sitting(course, book.start.today, begins, _due(course, book.start.today)[:1]))


def _due(course: Course, day: date) -> list[tuple[Prescription, DosageRevision]]:
    """What is due on the day: n days a week are the first n of it."""
    due = []
    for prescription, revisions in course.doses:
        revision = next(row for row in reversed(revisions) if row.effective_on <= day)
        if day.weekday() < (revision.days_a_week or 7):
            due.append((prescription, revision))
    return due


def _pain(book: Book, course: Course, day: date) -> int:
    """0 to 10. It falls for those on track, rises for those whose story it is, and stays for the others.

    Only where the story is pain above the limit is it so in the last days.
    """
    ago = (book.start.today - day).days
    if course.story is Story.PAIN_RISES:
        return 2 if ago > RECENT else 2 + (RECENT - ago) * 4 // RECENT
    if course.story is Story.PAIN_ABOVE_LIMIT and ago <= WORST_DAYS:
        return WORST_PAIN
    if course.story is Story.ON_TRACK:
        return 1 + ago // 7 + (book.chance.random() < 0.15)
    return 3 + (book.chance.random() < 0.2)


def _log(book: Book, sitting: Sitting) -> None:
    course, chance = sitting.course, book.chance
    pain = _pain(book, course, sitting.day)
    session = SessionLog(
        id=next(book.ids),
        client_uuid=next(book.ids),
        patient=course.person.patient,
        program=course.program,
        started_at=sitting.begins,
        received_at=sitting.begins + timedelta(minutes=20),
        day=sitting.day,
        pain_before=pain,
        pain_during=pain,
        pain_after=max(0, pain - 1),
        effort=Decimal(chance.choice((3, 4, 4, 5))) + (2 if course.story is Story.TOO_MUCH else 0),
        feel=_feel(chance, pain),
        note=chance.choice(NOTES) if chance.random() < 0.1 else "",
        source=LogSource.PORTAL if course.person.user else LogSource.PAPER,
        entered_by=_entered_by(course),
    )
    book.sessions.append(session)
    for prescription, revision in sitting.doses:
        _log_exercise(book, session, prescription, revision)


def _entered_by(course: Course) -> User:
    """The account of the patient, or, from paper, the physiotherapist."""
    return course.person.user or course.person.practitioner.user


def _feel(chance: Random, pain: int) -> str:
    if pain >= 5:
        return Feel.HURT
    return chance.choice((Feel.RIGHT, Feel.RIGHT, Feel.RIGHT, Feel.TOO_EASY))


def _log_exercise(
    book: Book, session: SessionLog, prescription: Prescription, revision: DosageRevision
) -> None:
    luck = book.chance.random()
    is_today = session.day == book.start.today
    status, reason = LogStatus.DONE, ""
    if luck < 0.03 and not is_today:
        status, reason = LogStatus.SKIPPED, SkipReason.NO_TIME
    elif luck < 0.07 and not is_today:
        status, reason = (
            LogStatus.PARTLY,
            SkipReason.PAIN if (session.pain_during or 0) > 4 else SkipReason.NO_TIME,
        )
    log = ExerciseLog(
        id=next(book.ids),
        session=session,
        prescription=prescription,
        revision=revision,
        day=session.day,
        status=status,
        reason=reason,
        pain=None if status == LogStatus.SKIPPED else session.pain_during,
        effort=None if status == LogStatus.SKIPPED else session.effort,
    )
    book.exercises.append(log)
    if status != LogStatus.SKIPPED:
        numbers = _sets(revision.dosage)
        count = len(numbers) if status == LogStatus.DONE else max(1, len(numbers) // 2)
        book.sets += [
            SetLog(id=next(book.ids), exercise_log=log, number=number, **values)
            for number, values in enumerate(numbers[:count], start=1)
        ]


def _sets(dosage: Dosage) -> list[dict[str, int | None]]:
    """The sets as prescribed, by the lower end of a range."""
    if dosage.mode is Mode.DURATION:
        return [{"minutes": dosage.duration_min}] * (dosage.sets or 1)
    reps = dosage.reps_per_set or (dosage.reps,) * (dosage.sets or 1)
    return [{"reps": count, "hold_s": dosage.hold_s} for count in reps]
