"""A sitting as a device sends it, and what is impossible in one."""

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from programs.models import Feel, LogStatus, SkipReason
from programs.rules.adherence import LoggedSet, log_problems
from programs.rules.dosage import FIELDS, Dosage, Mode, Problem

LONGEST_NOTE = 2000
HALF = Decimal("0.5")


@dataclass(frozen=True, kw_only=True)
class SetEntry:
    """One set as it was done; what does not apply is None."""

    number: int
    reps: int | None = None
    hold_s: int | None = None
    minutes: Decimal | None = None
    load: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class ExerciseEntry:
    """What became of one prescription, under the revision that the device showed. Pain and effort are 0 to 10."""

    prescription: UUID
    revision: UUID
    status: str
    reason: str = ""
    pain: int | None = None
    effort: Decimal | None = None
    note: str = ""
    sets: tuple[SetEntry, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SessionEntry:
    """One sitting as a device sends it, both times by the device's own clock. Pain and effort are 0 to 10."""

    client_uuid: UUID
    started_at: datetime
    sent_at: datetime
    exercises: tuple[ExerciseEntry, ...]
    pain_before: int | None = None
    pain_during: int | None = None
    pain_after: int | None = None
    effort: Decimal | None = None
    feel: str = ""
    note: str = ""


def with_the_sittings(log: SessionEntry) -> tuple[ExerciseEntry, ...]:
    """The exercises of the sitting, each with a pain and an effort: its own, else those of the sitting.

    The rule "the sitting speaks for its exercises": a patient who says once how much it hurts afterwards and how hard
    it was says it of each exercise that was done or partly done. What was skipped has none but its own.
    """
    return tuple(
        each
        if each.status == LogStatus.SKIPPED
        else replace(
            each,
            pain=log.pain_after if each.pain is None else each.pain,
            effort=log.effort if each.effort is None else each.effort,
        )
        for each in log.exercises
    )


@dataclass(frozen=True)
class Counted:
    """How a patient says in one number how much was done: `unit` "sets" or "minutes", `dose` and `most` in it."""

    unit: str
    dose: int
    most: int


def counted(dosage: Dosage) -> Counted:
    """In minutes where the dose is one bout of them, else in sets: of repetitions, holds, bouts or ways."""
    sets = len(dosage.reps_per_set or ()) or dosage.sets or 1
    if dosage.mode is Mode.DURATION and sets == 1:
        return Counted("minutes", dosage.duration_min or 0, int(FIELDS["duration_min"].highest or 0))
    return Counted("sets", sets, int(FIELDS["sets"].highest or 0))


def sets_done(dosage: Dosage, amount: int) -> tuple[SetEntry, ...]:
    """The sets of a patient who says the amount of `counted`, each as the dose has it; none where it is the dose.

    Sets beyond those of a list of repetitions repeat its last.
    """
    how = counted(dosage)
    if amount == how.dose:
        return ()
    if how.unit == "minutes":
        return (SetEntry(number=1, minutes=Decimal(amount)),)
    reps = dosage.reps_per_set or (dosage.reps,)
    minutes = None if dosage.duration_min is None else Decimal(dosage.duration_min)
    return tuple(
        SetEntry(
            number=number + 1, reps=reps[min(number, len(reps) - 1)], hold_s=dosage.hold_s, minutes=minutes
        )
        for number in range(amount)
    )


def logged(sets: Sequence[SetEntry]) -> list[LoggedSet]:
    """As the rules count them; begun minutes are whole ones, which changes no comparison with whole bounds."""
    return [
        LoggedSet(
            reps=each.reps,
            hold_s=each.hold_s,
            minutes=None if each.minutes is None else math.ceil(each.minutes),
            load=each.load,
        )
        for each in sets
    ]


def faults(log: SessionEntry) -> Iterator[Problem]:
    """What is impossible in a log, each with the path to it."""
    for name in ("pain_before", "pain_during", "pain_after"):
        yield from scale(name, getattr(log, name))
    yield from _effort("effort", log.effort)
    yield from _choice("feel", log.feel, ["", *Feel.values])
    yield from _text("note", log.note)
    if not log.exercises:
        yield Problem("exercises", "required", _("Log at least one exercise."))
    if len({each.prescription for each in log.exercises}) < len(log.exercises):
        yield Problem("exercises", "twice", _("Log each exercise once in a sitting."))
    for index, each in enumerate(log.exercises):
        yield from _exercise_faults(f"exercises.{index}", each)


def _exercise_faults(path: str, entry: ExerciseEntry) -> Iterator[Problem]:
    yield from _choice(f"{path}.status", entry.status, LogStatus.values)
    yield from _choice(f"{path}.reason", entry.reason, ["", *SkipReason.values])
    yield from scale(f"{path}.pain", entry.pain)
    yield from _effort(f"{path}.effort", entry.effort)
    yield from _text(f"{path}.note", entry.note)
    if [each.number for each in entry.sets] != list(range(1, len(entry.sets) + 1)):
        yield Problem(f"{path}.sets", "numbers", _("Number the sets 1, 2, 3 and so on."))
    numbers = [number for each in entry.sets for number in (each.minutes, each.load) if number is not None]
    if not all(number.is_finite() for number in numbers):
        yield Problem(f"{path}.sets", "type", _("Give minutes and load as numbers."))
        return
    for fault in log_problems(logged(entry.sets)):
        yield Problem(f"{path}.sets", fault.code, fault.message)


def scale(path: str, value: int | None) -> Iterator[Problem]:
    """What is wrong with a pain that should be 0 to 10, or not given."""
    if value is not None and not 0 <= value <= 10:
        yield Problem(path, "out_of_range", _("Give pain from 0 to 10."))


def _effort(path: str, value: Decimal | None) -> Iterator[Problem]:
    if value is not None and not (value.is_finite() and 0 <= value <= 10 and value % HALF == 0):
        yield Problem(path, "out_of_range", _("Give effort from 0 to 10, in halves."))


def _choice(path: str, value: str, choices: Collection[str]) -> Iterator[Problem]:
    if value not in choices:
        listed = ", ".join(filter(None, choices))
        yield Problem(path, "unknown", _("Choose one of: %(choices)s.") % {"choices": listed})


def _text(path: str, value: str) -> Iterator[Problem]:
    if len(value) > LONGEST_NOTE or "\x00" in value:
        yield Problem(path, "text", _("Give a text of at most %(n)s characters.") % {"n": LONGEST_NOTE})
