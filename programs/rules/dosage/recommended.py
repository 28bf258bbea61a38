"""Owns the range that an exercise recommends for a field: what may stand there, and how it is read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeGuard

from programs.rules.dosage.bounds import FIELDS
from programs.rules.dosage.mapping import NUMERIC
from programs.rules.dosage.soundness import OutOfBounds, Problem, is_unreadable


def sound_ranges(value: object) -> dict[str, list[Any]]:
    """The ranges that a value read from JSON holds: for a field [lowest, highest, source].

    A field that has a range holds one number, and both ends lie within its hard bounds. Raises OutOfBounds.
    """
    if not isinstance(value, Mapping):
        raise OutOfBounds(Problem("", "type", _HOW))
    if faults := [fault for name, told in value.items() if (fault := _fault(name, told)) is not None]:
        raise OutOfBounds(*faults)
    return dict(value)


_HOW = 'Write each range as "hold_s": [5, 30, "where the numbers come from"].'


def _fault(name: str, told: object) -> Problem | None:
    if name not in NUMERIC:
        names = ", ".join(field for field in FIELDS if field in NUMERIC)
        return Problem(name, "no_number", f"Remove {name[:60]!r}: a range is given for one of {names}.")
    match told:
        case [_, _, str(source)] if is_unreadable(source):
            return Problem(name, "unreadable", f"Remove the control characters from the source of {name}.")
        case [low, high, str()] if _is_number(low) and _is_number(high) and low <= high:
            return _beyond(name, low, high)
        case _:
            return Problem(name, "type", f"{_HOW} That of {name} cannot be read.")


def _beyond(name: str, low: float, high: float) -> Problem | None:
    hard = FIELDS[name].hard
    if hard is None or hard[0] <= low <= high <= hard[1]:
        return None
    message = f"Keep the range of {name} within {hard[0]} to {hard[1]}: nothing else can be prescribed."
    return Problem(name, "out_of_range", message)


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
