"""Owns the plain form of a dosage, for the API and for snapshots: JSON types only, and an exact way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from programs.rules.dosage.bounds import FIELDS
from programs.rules.dosage.soundness import OutOfBounds, Problem, require_sound
from programs.rules.dosage.value import Dosage, LoadUnit, Mode, Side

_LONGEST_NUMBER = 32  # signs; a longer text is no dose, and costs time to read


def to_mapping(dosage: Dosage) -> dict[str, object]:
    """Every field by its name, in canonical order; dates are ISO 8601, decimals text: no digit is lost."""
    return {name: _plain(getattr(dosage, name)) for name in FIELDS}


def sound_mapping(value: object) -> Dosage:
    """The dosage that a value read from JSON holds, of which any sheet can make a prescription.

    Asks for a mapping with known names, then for types and finite numbers, then for the hard bounds. Raises
    OutOfBounds.
    """
    dosage = from_mapping(value)
    require_sound(dosage)
    return dosage


def from_mapping(data: object) -> Dosage:
    """The dosage that `to_mapping` wrote, or that a client sent; a field left out is not used.

    Checks shape, names and types alone; `soundness.require_sound` checks the numbers. Raises OutOfBounds.
    """
    if not isinstance(data, Mapping):
        raise OutOfBounds(
            Problem("mode", "type", 'Write the dosage as fields with their values, such as {"mode": "reps"}.')
        )
    faults: list[Problem] = [
        Problem(str(name), "unknown", f"Remove {str(name)[:60]!r}: a dosage has no such field.")
        for name in data
        if name not in FIELDS
    ]
    values: dict[str, object] = {}
    for name, (read, wanted) in _READERS.items():
        if name not in data or (data[name] is None and name in _MAY_BE_NONE):
            continue
        try:
            values[name] = read(data[name])
        except (TypeError, ValueError, InvalidOperation):
            faults.append(Problem(name, "type", f"Give {FIELDS[name].label} as {wanted}."))
    if "mode" not in data:
        faults.append(Problem("mode", "required", f"Give mode as {_choices(Mode)}."))
    if faults:
        raise OutOfBounds(*faults)
    return Dosage(**values)  # type: ignore[arg-type]  # each value was read by the reader of its own field


def with_fields(dosage: Dosage, sent: Mapping[str, object]) -> Dosage:
    """The dosage with the fields that a client sent in their plain form; what was not sent stays as it is.

    Weekdays take the place of a count of days, and the reverse. Raises OutOfBounds as `from_mapping` does.
    """
    whole = {**to_mapping(dosage), **sent}
    for one, other in (("weekdays", "days_a_week"), ("days_a_week", "weekdays")):
        if one in sent and other not in sent:
            whole[other] = None
    return from_mapping(whole)


def _plain(value: object) -> object:
    match value:
        case date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case tuple():
            return list(value)
        case Mode() | Side() | LoadUnit():
            return value.value
        case _:
            return value


def _whole(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise TypeError


def _decimal(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise TypeError
    if len(text := str(value)) > _LONGEST_NUMBER or not (number := Decimal(text)).is_finite():
        raise ValueError
    return number


def _whole_numbers(value: object) -> tuple[int, ...]:
    if not isinstance(value, list | tuple):
        raise TypeError
    return tuple(_whole(each) for each in value)


def _four(value: object) -> tuple[int, ...]:
    if len(numbers := _whole_numbers(value)) != 4:
        raise ValueError
    return numbers


def _date(value: object) -> date:
    if isinstance(value, str):
        return date.fromisoformat(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise TypeError


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise TypeError


def _choices(kind: type[Mode | Side | LoadUnit]) -> str:
    return "one of " + ", ".join(kind)


_WHOLE = (_whole, "a whole number")
_DECIMAL = (_decimal, "a number")
_DATE = (_date, "a date like 2026-03-31")
_TEXT = (_text, "text")
_READERS: dict[str, tuple[Callable[[Any], object], str]] = {
    "mode": (Mode, _choices(Mode)),
    "sets": _WHOLE,
    "reps": _WHOLE,
    "reps_max": _WHOLE,
    "reps_per_set": (_whole_numbers, "a list of whole numbers, one a set"),
    "hold_s": _WHOLE,
    "rest_s": _WHOLE,
    "tempo": (_four, "a list of four whole numbers: lower, pause, lift, pause"),
    "duration_min": _WHOLE,
    "duration_max_min": _WHOLE,
    "distance_m": _WHOLE,
    "side": (Side, _choices(Side)),
    "times_a_day": _WHOLE,
    "days_a_week": _WHOLE,
    "weekdays": (_whole_numbers, "a list of whole numbers, Monday 0 to Sunday 6"),
    "load": _DECIMAL,
    "load_unit": (LoadUnit, _choices(LoadUnit)),
    "band_colour": _TEXT,
    "effort_target": _DECIMAL,
    "heart_rate_min": _WHOLE,
    "heart_rate_max": _WHOLE,
    "pain_ceiling": _WHOLE,
    "starts_on": _DATE,
    "ends_on": _DATE,
    "note_to_patient": _TEXT,
}
NUMERIC = frozenset(name for name, kind in _READERS.items() if kind in (_WHOLE, _DECIMAL))
"""The fields that hold one number."""
_MAY_BE_NONE = frozenset(FIELDS) - {"mode", "side", "times_a_day", "band_colour", "note_to_patient"}
