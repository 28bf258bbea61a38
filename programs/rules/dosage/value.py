"""Owns the shape of a dosage: its fields, their order, and how two dosages differ."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Mode(StrEnum):
    """How an exercise is counted; it decides which fields apply (see `bounds.FIELDS`)."""

    REPS = "reps"
    HOLD = "hold"
    REPS_HOLD = "reps_hold"
    DURATION = "duration"
    DISTANCE = "distance"


class Side(StrEnum):
    """Which side of the body works: `both` is each side in full, `alternate` takes the sides in turn."""

    NONE = "none"
    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"
    ALTERNATE = "alternate"

    @property
    def factor(self) -> int:
        """How often a repetition is done: repetitions count per side, so 2 for both and alternate."""
        return 2 if self in {Side.BOTH, Side.ALTERNATE} else 1


class LoadUnit(StrEnum):
    """What resists: a weight in kilograms or pounds, an elastic band known by its colour, or the body."""

    KG = "kg"
    LB = "lb"
    BAND = "band"
    BODY = "body"


@dataclass(frozen=True, kw_only=True, slots=True)
class Dosage:
    """One dose of one exercise. A field that is not used is None, a text that is not used is ''.

    The order of the fields is the canonical one, in sheets, histories and exports. Any combination can be
    built, so that a form may show it with its faults; `soundness.require_sound` stands before what is stored.
    """

    mode: Mode
    sets: int | None = None
    reps: int | None = None
    reps_max: int | None = None
    reps_per_set: tuple[int, ...] | None = None
    hold_s: int | None = None
    rest_s: int | None = None
    tempo: tuple[int, int, int, int] | None = None
    duration_min: int | None = None
    duration_max_min: int | None = None
    distance_m: int | None = None
    side: Side = Side.NONE
    times_a_day: int = 1
    days_a_week: int | None = None
    weekdays: tuple[int, ...] | None = None
    load: Decimal | None = None
    load_unit: LoadUnit | None = None
    band_colour: str = ""
    effort_target: Decimal | None = None
    heart_rate_min: int | None = None
    heart_rate_max: int | None = None
    pain_ceiling: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    note_to_patient: str = ""

    def __post_init__(self) -> None:
        """Give equal doses one form: lists become tuples, empty ones None, weekdays sorted and unique."""
        object.__setattr__(self, "reps_per_set", _tuple_or_none(self.reps_per_set))
        object.__setattr__(self, "tempo", _tuple_or_none(self.tempo))
        object.__setattr__(self, "weekdays", _tuple_or_none(sorted(set(self.weekdays or ()))))

    @property
    def days(self) -> int:
        """Days a week on which the dose is done, 0 to 7; 0 when neither a number nor weekdays are set."""
        return len(self.weekdays) if self.weekdays else self.days_a_week or 0


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs; `old` is None when there was no dosage before, or the field was not used."""

    field: str
    old: object
    new: object


def changes(old: Dosage | None, new: Dosage) -> tuple[Change, ...]:
    """The fields in which `new` differs, in canonical order; without an old dosage, all that are used."""
    if old is None:
        return tuple(Change(name, None, value) for name, value in _values(new) if _is_used(value))
    pairs = zip(_values(old), _values(new), strict=True)
    return tuple(Change(name, before, after) for (name, before), (_, after) in pairs if before != after)


def changed(dosage: Dosage, **fields: Any) -> Dosage:
    """The same dosage with some fields set anew; the old one stays. TypeError on an unknown field."""
    return dataclasses.replace(dosage, **fields)


def _values(dosage: Dosage) -> tuple[tuple[str, object], ...]:
    return tuple((field.name, getattr(dosage, field.name)) for field in dataclasses.fields(dosage))


def _is_used(value: object) -> bool:
    return value is not None and value != "" and value is not Side.NONE


def _tuple_or_none(values: Iterable[int] | None) -> tuple[int, ...] | None:
    return tuple(values or ()) or None
