"""Reads programs with their doses and logs, in a number of queries that does not grow with them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import DateField, Exists, F, Func, OuterRef, Q

from programs import wording
from programs.models import (
    DosageRevision,
    Exercise,
    ExerciseLog,
    LogStatus,
    Pause,
    Prescription,
    Program,
    SessionLog,
)
from programs.rules import schedule
from programs.rules.adherence import Adherence
from programs.rules.dosage import Dosage

DAYS = 14
"""How far back a sheet and a caseload look."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One day of one prescription: doses due and done, the worst pain and effort of 0 to 10 that were logged."""

    day: date
    due: int
    done: int = 0
    partly: int = 0
    skipped: int = 0
    pain: int | None = None
    effort: Decimal | None = None
    too_much: bool = False


@dataclass(frozen=True, kw_only=True)
class Dose:
    """A prescription with the revision that a page shows of it, and its dosage."""

    prescription: Prescription
    revision: DosageRevision
    dosage: Dosage

    @property
    def exercise(self) -> Exercise:
        """What is to be done."""
        return self.prescription.exercise

    @property
    def words(self) -> str:
        """The dosage in the notation."""
        return wording.dosage(self.dosage)


@dataclass(kw_only=True)
class DayLog:
    """What was logged of one prescription on one day."""

    done: int = 0
    partly: int = 0
    skipped: int = 0
    pain: int | None = None
    effort: Decimal | None = None
    too_much: bool = False
    sitting_pain: int | None = None

    def add(self, log: ExerciseLog) -> None:
        """Counts one more log."""
        self.done += log.status == LogStatus.DONE
        self.partly += log.status == LogStatus.PARTLY
        self.skipped += log.status == LogStatus.SKIPPED
        self.pain = max((each for each in (self.pain, log.pain) if each is not None), default=None)
        self.effort = max((each for each in (self.effort, log.effort) if each is not None), default=None)
        self.too_much = self.too_much or log.too_much
        said = (self.sitting_pain, log.session.pain_during, log.session.pain_after)
        self.sitting_pain = max((each for each in said if each is not None), default=None)

    def shown(self) -> dict[str, Any]:
        """What a cell shows of it: all but the pain of the sitting, which is not of one exercise."""
        return {name: value for name, value in vars(self).items() if name != "sitting_pain"}


@dataclass(kw_only=True)
class Dosed:
    """A prescription with its revisions and the pauses of its program: all that says what is due."""

    program: Program
    prescription: Prescription
    pauses: list[schedule.Pause]
    revisions: list[DosageRevision] = field(default_factory=list)
    dated: list[schedule.Dated] = field(default_factory=list)

    def add(self, revision: DosageRevision) -> None:
        """One more revision; each is turned into a dosage once."""
        self.revisions.append(revision)
        self.dated.append(schedule.Dated(revision.number, revision.effective_on, revision.dosage))

    def in_force(self, day: date) -> DosageRevision | None:
        """The revision in force on the day; None before the first."""
        found = schedule.in_force(self.dated, day)
        return next((each for each in self.revisions if found and each.number == found.number), None)

    def is_running(self, day: date) -> bool:
        """Whether the program runs on the day and the prescription was not stopped by then."""
        first, last = self.bounds(day, day)
        return first <= day <= last

    def bounds(self, first: date, last: date) -> tuple[date, date]:
        """The part of a period in which the program runs and the prescription is not stopped; may be empty."""
        first = max(first, self.program.starts_on)
        if self.program.ends_on is not None:
            last = min(last, self.program.ends_on)
        if self.prescription.stopped_on is not None:
            last = min(last, self.prescription.stopped_on - timedelta(days=1))
        return first, last

    def pain_limit(self, day: date) -> int:
        """The most pain to accept, 0 to 10: that of the dosage in force, else the clinic's."""
        revision = self.in_force(day)
        return pain_limit(revision) if revision else self.program.clinic.pain_ceiling

    def due_on(self, day: date, done_days: Iterable[date]) -> int:
        """Doses due on the day, given the days on which one was done."""
        if not self.is_running(day):
            return 0
        return schedule.due_on(self.dated, day, done_days_this_week=frozenset(done_days), paused=self.pauses)

    def due_over(self, first: date, last: date) -> int:
        """Doses due over the period, both ends included."""
        return schedule.due_over(self.dated, *self.bounds(first, last), paused=self.pauses)

    def adherence(self, logs: dict[date, DayLog], first: date, last: date) -> Adherence:
        """Doses done and due over the period, both ends included."""
        done = sum(log.done for day, log in logs.items() if first <= day <= last)
        return Adherence(done, self.due_over(first, last))

    def cells(self, logs: dict[date, DayLog], first: date, last: date) -> tuple[Cell, ...]:
        """The days of the period, oldest first. `logs` reach back to the Monday of its first week."""
        done_days = [day for day, log in logs.items() if log.done]
        days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
        return tuple(
            Cell(day=day, due=self.due_on(day, done_days), **logs.get(day, DayLog()).shown()) for day in days
        )


def pain_limit(revision: DosageRevision) -> int:
    """The most pain to accept under the revision, 0 to 10: that of its dosage, else the clinic's."""
    limit = revision.pain_ceiling
    return revision.prescription.program.clinic.pain_ceiling if limit is None else limit


def lowest_limit(program: Program, rows: Iterable[Dosed], day: date) -> int:
    """The lowest limit of the program's exercises that run on the day, 0 to 10: one pain is said of all of them."""
    limits = (row.pain_limit(day) for row in rows if row.is_running(day))
    return min(limits, default=program.clinic.pain_ceiling)


def dosed(programs: Collection[Program], *, since: date | None = None) -> dict[UUID, list[Dosed]]:
    """The prescriptions of each program in their order, the stopped ones too. 1 query.

    With `since`, revisions that were no longer in force on that day are left out.
    """
    by_program: dict[UUID, list[Dosed]] = {program.pk: [] for program in programs}
    known = {program.pk: program for program in programs}
    rows = DosageRevision.objects.filter(prescription__program__in=programs)
    rows = rows if since is None else rows.exclude(_outdated(since))
    rows = rows.select_related("prescription__exercise", "author").annotate(pauses=_pauses())
    found: dict[UUID, Dosed] = {}
    for revision in rows.order_by("prescription__position", "prescription", "number"):
        each = found.get(revision.prescription_id)
        if each is None:
            prescription = revision.prescription
            program = prescription.program = known[prescription.program_id]
            pauses = [(first, last) for first, last in revision.pauses]
            each = Dosed(program=program, prescription=prescription, pauses=pauses)
            found[prescription.pk] = each
            by_program[program.pk].append(each)
        revision.prescription = each.prescription
        each.add(revision)
    return by_program


def _pauses() -> ArraySubquery:
    """The first and last day of each pause of the revision's program; the last one of an open pause is None."""
    ends = Func(
        F("first"), F("last"), template="ARRAY[%(expressions)s]", output_field=ArrayField(DateField())
    )
    of_program = Pause.objects.filter(program=OuterRef("prescription__program")).order_by("first")
    return ArraySubquery(of_program.values(ends=ends), output_field=ArrayField(ArrayField(DateField())))


def logged(prescriptions: Collection[UUID], first: date, last: date) -> dict[UUID, dict[date, DayLog]]:
    """What was logged of each prescription, by day, both ends included. 1 query; a missing day has no log."""
    result: dict[UUID, dict[date, DayLog]] = {pk: {} for pk in prescriptions}
    rows = ExerciseLog.objects.filter(prescription__in=prescriptions, day__range=(first, last))
    own = "prescription_id", "day", "status", "pain", "effort", "too_much", "session_id"
    for log in rows.select_related("session").only(*own, "session__pain_during", "session__pain_after"):
        result[log.prescription_id].setdefault(log.day, DayLog()).add(log)
    return result


def kept(programs: Collection[Program], first: date, last: date) -> Adherence:
    """Doses done and due of all exercises of the programs over the period, both ends included. 2 queries."""
    rows = [row for prescribed in dosed(programs).values() for row in prescribed]
    logs = logged([row.prescription.pk for row in rows], first, last)
    each = [row.adherence(logs[row.prescription.pk], first, last) for row in rows]
    return Adherence(sum(one.done for one in each), sum(one.due for one in each))


def worst_pains(
    programs: Collection[Program], first: date, last: date | None = None
) -> dict[UUID, list[tuple[date, int]]]:
    """The pain of each sitting from the one day to the other, oldest first, by program. 1 query.

    It is the pain during the sitting or after it, whichever was worse.
    """
    rows = SessionLog.objects.filter(program__in=programs, day__gte=first).order_by("started_at")
    rows = rows if last is None else rows.filter(day__lte=last)
    found: dict[UUID, list[tuple[date, int]]] = {program.pk: [] for program in programs}
    for program, day, *said in rows.values_list("program", "day", "pain_during", "pain_after"):
        pains = [pain for pain in said if pain is not None]
        if pains:
            found[program].append((day, max(pains)))
    return found


def last_days(*, program: Program, day: date, count: int = DAYS) -> dict[UUID, tuple[Cell, ...]]:
    """For each prescription of the program its days up to the day, that one last. 2 queries."""
    first = day - timedelta(days=count - 1)
    rows = dosed([program])[program.pk]
    logs = logged([row.prescription.pk for row in rows], schedule.week_of(first)[0], day)
    return {row.prescription.pk: row.cells(logs[row.prescription.pk], first, day) for row in rows}


def _outdated(since: date) -> Exists:
    """Another revision of the same prescription took over by that day."""
    later = Q(effective_on__gt=OuterRef("effective_on")) | Q(
        effective_on=OuterRef("effective_on"), number__gt=OuterRef("number")
    )
    return Exists(
        DosageRevision.objects.filter(later, prescription=OuterRef("prescription"), effective_on__lte=since)
    )
