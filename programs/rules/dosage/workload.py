"""Owns what follows from a dosage by arithmetic: repetitions, time under tension, minutes, burden."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from programs.rules.dosage.soundness import Problem
from programs.rules.dosage.value import Dosage, Mode

REPETITION_S = 3
"""Seconds of one repetition without its hold where no tempo is set: 1.5 s there and 1.5 s back. Own proposal:
the middle of a moderate tempo (1 to 2 s each way), and the pace at which the figures of the library move."""

WALKING_M_A_MIN = 75
"""Metres a minute assumed for a distance: a walk of 4.5 km an hour. Own proposal, for estimates only."""

MOST_EXERCISES = 4
"""Patients keep up two to four exercises; more is allowed with a reason."""


def repetitions(dosage: Dosage) -> int:
    """Repetitions of one sitting, both sides counted; a hold is one a set, a duration or distance none."""
    return sum(_repetitions_per_set(dosage)) * dosage.side.factor


def weekly_repetitions(dosage: Dosage) -> int:
    """Σ repetitions × sides × times a day × days a week, by the lower end of a range."""
    return repetitions(dosage) * dosage.times_a_day * dosage.days


def time_under_tension_s(dosage: Dosage) -> int:
    """Seconds a week spent holding: weekly repetitions × hold; 0 for a mode that holds nothing."""
    return weekly_repetitions(dosage) * (dosage.hold_s or 0)


def session_minutes(dosage: Dosage) -> float:
    """Minutes of one sitting: Σ sets × (repetitions × sides × (repetition time + hold) + rest) ÷ 60.

    By the lower end of a range. A duration counts its own minutes a bout, a distance the time of a walk.
    """
    sets = dosage.sets or 1
    resting = dosage.rest_s or 0
    match dosage.mode:
        case Mode.DURATION:
            return sets * ((dosage.duration_min or 0) * dosage.side.factor + resting / 60)
        case Mode.DISTANCE:
            return sets * ((dosage.distance_m or 0) * dosage.side.factor / WALKING_M_A_MIN + resting / 60)
        case _:
            one = (sum(dosage.tempo) if dosage.tempo else REPETITION_S) + (dosage.hold_s or 0)
            return (repetitions(dosage) * one + len(_repetitions_per_set(dosage)) * resting) / 60


def minutes_a_day(dosage: Dosage) -> float:
    """Minutes on a day on which the dose is due: one sitting × times a day."""
    return session_minutes(dosage) * dosage.times_a_day


@dataclass(frozen=True, slots=True)
class Burden:
    """What a whole program asks on a day when everything in it is due."""

    minutes_a_day: float
    exercises: int

    @classmethod
    def of(cls, dosages: Iterable[Dosage]) -> Burden:
        """The sum over one dosage an exercise."""
        minutes = [minutes_a_day(dosage) for dosage in dosages]
        return cls(sum(minutes), len(minutes))

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """One soft warning where the program has more exercises than patients keep up."""
        if self.exercises <= MOST_EXERCISES:
            return ()
        return (
            Problem(
                "exercises",
                "too_many_exercises",
                f"{self.exercises} exercises: patients keep up 2 to {MOST_EXERCISES}. "
                "Take some out, or give a reason.",
            ),
        )


def _repetitions_per_set(dosage: Dosage) -> tuple[int, ...]:
    """One number a set, one side counted."""
    if dosage.reps_per_set:
        return dosage.reps_per_set
    match dosage.mode:
        case Mode.HOLD:
            return (1,) * (dosage.sets or 0)
        case Mode.REPS | Mode.REPS_HOLD:
            return (dosage.reps or 0,) * (dosage.sets or 0)
        case _:
            return ()
