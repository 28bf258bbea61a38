"""Owns the dosage as a value: what, how much, how often; its bounds with their source, and its arithmetic."""

from programs.rules.dosage.bounds import FIELDS, FieldRule
from programs.rules.dosage.mapping import NUMERIC, from_mapping, sound_mapping, to_mapping, with_fields
from programs.rules.dosage.recommended import sound_ranges
from programs.rules.dosage.soundness import (
    NOT_BELOW,
    OutOfBounds,
    Problem,
    own_range,
    problems,
    require_sound,
    usual_range,
    warnings,
)
from programs.rules.dosage.value import Change, Dosage, LoadUnit, Mode, Side, changed, changes
from programs.rules.dosage.workload import (
    MOST_EXERCISES,
    REPETITION_S,
    Burden,
    minutes_a_day,
    repetitions,
    session_minutes,
    time_under_tension_s,
    weekly_repetitions,
)

__all__ = [
    "FIELDS",
    "MOST_EXERCISES",
    "NOT_BELOW",
    "NUMERIC",
    "REPETITION_S",
    "Burden",
    "Change",
    "Dosage",
    "FieldRule",
    "LoadUnit",
    "Mode",
    "OutOfBounds",
    "Problem",
    "Side",
    "changed",
    "changes",
    "from_mapping",
    "minutes_a_day",
    "own_range",
    "problems",
    "repetitions",
    "require_sound",
    "session_minutes",
    "sound_mapping",
    "sound_ranges",
    "time_under_tension_s",
    "to_mapping",
    "usual_range",
    "warnings",
    "weekly_repetitions",
    "with_fields",
]
