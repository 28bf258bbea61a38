"""Owns how what was done is judged by what was due: the adherence of a period, and a log that is too much.

The arithmetic follows EXAS: doses done ÷ doses due, capped for the score, uncapped to show over-dosing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from programs.rules.dosage import FIELDS, Dosage, Problem

ADHERENT = Fraction(4, 5)
"""At or above 80 % counts as adherent: the line that pages draw. Exact, for the float 0.8 is a little more."""

TOO_MUCH = 2
"""Up to twice the prescription is normal use; above it a log is taken and flagged."""


@dataclass(frozen=True, slots=True)
class Adherence:
    """Doses done and due of one exercise over a period. Raises ValueError for a negative number."""

    done: int
    due: int

    def __post_init__(self) -> None:
        if self.done < 0 or self.due < 0:
            raise ValueError("Give doses done and due as 0 or more.")

    @property
    def ratio(self) -> Fraction | None:
        """Done ÷ due, above 1 when more was done than asked; None when nothing was due."""
        return Fraction(self.done, self.due) if self.due else None

    @property
    def score(self) -> Fraction | None:
        """The ratio capped at 1, from 0 to 1; None when nothing was due."""
        return None if self.ratio is None else min(self.ratio, Fraction(1))


def program_adherence(exercises: Iterable[Adherence]) -> Fraction | None:
    """The mean of the capped scores of the exercises that had doses due, from 0 to 1; None when none had."""
    scores = [exercise.score for exercise in exercises if exercise.score is not None]
    return sum(scores, Fraction()) / len(scores) if scores else None


def too_much(done: int | Decimal, prescribed: int | Decimal) -> bool:
    """Whether a logged number is above twice the prescribed one."""
    return done > TOO_MUCH * prescribed


@dataclass(frozen=True, kw_only=True, slots=True)
class LoggedSet:
    """One set as a patient logged it, counted as prescribed: repetitions of one side, minutes of a bout.

    A number that was not logged is None.
    """

    reps: int | None = None
    hold_s: int | None = None
    minutes: int | None = None
    load: Decimal | None = None


_HARD_BOUNDS_OF = {
    "reps": FIELDS["reps"],
    "hold_s": FIELDS["hold_s"],
    "minutes": FIELDS["duration_min"],
    "load": FIELDS["load"],
}


def log_problems(sets: Sequence[LoggedSet]) -> tuple[Problem, ...]:
    """Why a log is refused: numbers above the hard bounds of a dosage. Less than asked is no fault."""
    return tuple(_log_problems(sets))


def log_flags(dosage: Dosage, sets: Sequence[LoggedSet]) -> tuple[str, ...]:
    """What in a log is above twice the prescription: sets, reps, hold_s, load, repetitions or minutes.

    Measured against the upper end of a range. `reps`, `hold_s` and `load` look at the highest set,
    `repetitions` and `minutes` at the whole sitting. Empty for normal use. A load is in the dosage's unit.
    """
    pairs = _logged_and_prescribed(dosage, sets)
    return tuple(name for name, logged, asked in pairs if asked is not None and too_much(logged, asked))


def _logged_and_prescribed(
    dosage: Dosage, sets: Sequence[LoggedSet]
) -> Iterator[tuple[str, int | Decimal, int | Decimal | None]]:
    set_count = dosage.sets or 1
    asked_reps = dosage.reps_per_set or (dosage.reps_max or dosage.reps or 0,) * set_count
    asked_minutes = (dosage.duration_max_min or dosage.duration_min or 0) * set_count
    yield "sets", len(sets), len(asked_reps)
    yield "reps", max((each.reps or 0 for each in sets), default=0), max(asked_reps) or None
    yield "hold_s", max((each.hold_s or 0 for each in sets), default=0), dosage.hold_s
    yield "load", max((each.load or 0 for each in sets), default=0), dosage.load
    yield "repetitions", sum(each.reps or 0 for each in sets), sum(asked_reps) or None
    yield "minutes", sum(each.minutes or 0 for each in sets), asked_minutes or None


def _log_problems(sets: Sequence[LoggedSet]) -> Iterator[Problem]:
    most_sets = FIELDS["sets"].highest or 0
    if len(sets) > most_sets:
        yield Problem("sets", "out_of_range", f"Log at most {most_sets} sets in one sitting.")
    for number, each in enumerate(sets, start=1):
        for name, rule in _HARD_BOUNDS_OF.items():
            logged = getattr(each, name)
            if logged is not None and logged != 0 and not rule.admits(logged):
                highest = f"{rule.highest} {rule.unit}".rstrip()
                yield Problem(name, "out_of_range", f"Set {number}: give {rule.label} from 0 to {highest}.")
