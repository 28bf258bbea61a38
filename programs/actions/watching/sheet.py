"""A program on one sheet: each dosage beside its last two weeks, the burden of all, and the history of changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from programs import wording
from programs.actions.changing import ranges
from programs.actions.watching.reading import (
    DAYS,
    Cell,
    DayLog,
    Dose,
    Dosed,
    dosed,
    logged,
    lowest_limit,
    worst_pains,
)
from programs.actions.watching.why import Judged
from programs.models import DosageRevision, Exercise, Prescription, Program
from programs.rules import attention, schedule
from programs.rules.adherence import Adherence, program_adherence
from programs.rules.attention import Course
from programs.rules.dosage import Burden, Problem, changes, warnings


@dataclass(frozen=True, kw_only=True)
class HistoryLine:
    """One revision in the history, with what it changed in words. A correction is a second one for the same day."""

    revision: DosageRevision
    exercise: Exercise
    changes: tuple[str, ...]
    is_in_force: bool
    is_correction: bool


@dataclass(frozen=True, kw_only=True)
class SheetRow(Dose, Judged):
    """One prescription: the revision to edit, the one in force today (None before its first day), and its last days.

    The revision to edit is the one that will hold tomorrow, else the first to come. `ranges` gives for a field the
    lowest and highest number that needs no reason, and the source. `adherence` leaves today out: it is not over.
    """

    in_force: DosageRevision | None
    latest_number: int
    cells: tuple[Cell, ...]
    adherence: Adherence

    @property
    def ranges(self) -> dict[str, tuple[float, float, str]]:
        """The recommended range of each field that has one, with its source."""
        return {
            field: (low, high, source) for field, (low, high, source) in self.exercise.recommended.items()
        }

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What of the dosage lies outside the usual."""
        return warnings(self.dosage, ranges(self.exercise))


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A program on one sheet. `pains` are those of the sittings of the last two weeks, oldest first.

    `course` is of the whole program, without today's doses.
    """

    program: Program
    day: date
    days: tuple[date, ...]
    rows: tuple[SheetRow, ...]
    stopped: tuple[Prescription, ...]
    revisions: tuple[HistoryLine, ...]
    burden: Burden
    adherence: Fraction | None
    course: Course
    pains: tuple[tuple[date, int], ...]

    @property
    def ratio(self) -> Fraction | None:
        """Done ÷ due of all exercises together, not capped."""
        return self.course.ratio

    @property
    def version(self) -> int:
        """What a save of this sheet expects to find."""
        return self.program.version


def sheet(*, program: Program, day: date) -> Sheet:
    """The program as it stands on a date of its clinic's zone. 3 queries, however many exercises and revisions."""
    days = tuple(day - timedelta(days=back) for back in reversed(range(DAYS)))
    prescribed = dosed([program])[program.pk]
    living = [row for row in prescribed if row.prescription.stopped_on is None]
    logs = logged([row.prescription.pk for row in living], schedule.week_of(days[0])[0], day)
    rows = tuple(_row(row, logs[row.prescription.pk], days) for row in living)
    adherences = [row.adherence for row in rows]
    pains = worst_pains([program], days[0], day)[program.pk]
    return Sheet(
        program=program,
        day=day,
        days=days,
        rows=rows,
        stopped=tuple(row.prescription for row in prescribed if row.prescription.stopped_on is not None),
        revisions=tuple(_history(prescribed, day)),
        burden=Burden.of(row.dosage for row in rows),
        adherence=program_adherence(adherences),
        course=_course(
            program, rows, [pain for _day, pain in pains], day, lowest_limit(program, living, day)
        ),
        pains=tuple(pains),
    )


def _course(
    program: Program, rows: Sequence[SheetRow], pains: Sequence[int], day: date, pain_limit: int
) -> Course:
    """The last days of all exercises together."""
    courses = [row.course for row in rows]
    return Course(
        day=day,
        began_on=program.starts_on,
        pains=pains,
        done=sum(each.done for each in courses),
        due=sum(each.due for each in courses),
        last_logged=max((each.last_logged for each in courses if each.last_logged), default=None),
        says_too_much=sum(each.says_too_much for each in courses),
        pain_limit=pain_limit,
    )


def _row(row: Dosed, logs: dict[date, DayLog], days: Sequence[date]) -> SheetRow:
    day, before = days[-1], days[-1] - timedelta(days=1)
    coming = sorted(row.revisions, key=lambda each: (each.effective_on, -each.number))
    revision = row.in_force(day + timedelta(days=1)) or coming[0]
    cells = row.cells(logs, days[0], day)
    adherence = row.adherence(logs, days[0], before)
    course = Course(
        day=day,
        began_on=max(row.program.starts_on, min(each.effective_on for each in row.revisions)),
        pains=[cell.pain for cell in cells if cell.pain is not None],
        done=adherence.done,
        due=adherence.due,
        last_logged=max(
            (cell.day for cell in cells if cell.done or cell.partly or cell.skipped), default=None
        ),
        says_too_much=sum(cell.too_much for cell in cells),
        pain_limit=row.pain_limit(day),
    )
    return SheetRow(
        prescription=row.prescription,
        revision=revision,
        dosage=revision.dosage,
        in_force=row.in_force(day),
        latest_number=max(each.number for each in row.revisions),
        cells=cells,
        adherence=adherence,
        course=course,
        flag=attention.flag(course),
    )


def _history(prescribed: Sequence[Dosed], day: date) -> list[HistoryLine]:
    """All revisions of the program, newest save first."""
    lines = []
    for row in prescribed:
        in_force, before = row.in_force(day), None
        for revision in row.revisions:
            dosage = revision.dosage
            said = (
                (wording.dosage(dosage),)
                if before is None
                else tuple(wording.change(each) for each in changes(before.dosage, dosage))
            )
            lines.append(
                HistoryLine(
                    revision=revision,
                    exercise=row.prescription.exercise,
                    changes=said,
                    is_in_force=revision is in_force,
                    is_correction=before is not None and before.effective_on == revision.effective_on,
                )
            )
            before = revision
    return sorted(lines, key=lambda line: (line.revision.sheet_version, line.revision.pk), reverse=True)
