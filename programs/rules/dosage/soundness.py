"""Owns what makes a dosage impossible (refused) and what makes it unusual (allowed with a reason)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from clinic.rules.refusals import Kind, Refusal
from programs.rules.dosage.bounds import FIELDS, FieldRule
from programs.rules.dosage.value import Dosage, LoadUnit

Number = int | Decimal
Range = TypeVar("Range")

# A recommended range of the library is given for the field on the right and judges the one on the left too.
_JUDGED_BY = {
    "reps_max": "reps",
    "reps_per_set": "reps",
    "duration_max_min": "duration_min",
    "weekdays": "days_a_week",
}


NOT_BELOW = {"reps_max": "reps", "duration_max_min": "duration_min", "heart_rate_max": "heart_rate_min"}
"""The upper end of a pair by name, and the lower one that it must not be below."""
_SAID = {
    "sets": "the number of sets",
    "reps": "the number of repetitions",
    "reps_max": "the highest number of repetitions",
    "reps_per_set": "the number of repetitions in a set",
    "hold_s": "a hold",
    "rest_s": "a rest",
    "duration_min": "the duration",
    "duration_max_min": "the longest duration",
    "distance_m": "the distance",
    "times_a_day": "the number of times a day",
    "days_a_week": "the number of days a week",
    "weekdays": "the number of days a week",
    "effort_target": "the effort",
    "heart_rate_min": "the lowest heart rate",
    "heart_rate_max": "the highest heart rate",
    "pain_ceiling": "the limit of pain",
    "ends_on": "the time from start to end",
}
"""Fields as a sentence names them; the others by their label."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing about one field: a stable code for programs, and a sentence that says what to do."""

    field: str
    code: str
    message: str


class OutOfBounds(Refusal):
    """A dosage that cannot be prescribed; `details["problems"]` lists each fault: field, code and message."""

    code = "dosage_out_of_bounds"
    kind = Kind.INVALID

    def __init__(self, *faults: Problem) -> None:
        super().__init__(
            " ".join(fault.message for fault in faults),
            field=faults[0].field if faults else "",
            details={"problems": [asdict(fault) for fault in faults]},
        )


def require_sound(dosage: Dosage) -> None:
    """Let a dosage pass that has no hard fault. Raises OutOfBounds with all of its faults."""
    if faults := problems(dosage):
        raise OutOfBounds(*faults)


def problems(dosage: Dosage) -> tuple[Problem, ...]:
    """The hard faults, in the canonical order of the fields; empty when the dosage can be prescribed."""
    found = [*_fields_of_the_mode(dosage), *_ranges(dosage), *_pairs(dosage), *_load(dosage), *_days(dosage)]
    order = list(FIELDS)
    return tuple(sorted(found, key=lambda problem: order.index(problem.field)))


def warnings(
    dosage: Dosage, recommended: Mapping[str, tuple[float, float]] | None = None
) -> tuple[Problem, ...]:
    """What a physiotherapist may do with a reason: fields outside the usual or the exercise's own range.

    `recommended` gives a lowest and a highest value for a field name. A pyramid is judged by its largest set,
    named weekdays by their number. One problem a field: the exercise's range is named before the usual one.
    """
    return tuple(
        problem
        for rule in FIELDS.values()
        if (problem := _unusual(dosage, rule, recommended or {})) is not None
    )


def own_range(name: str, recommended: Mapping[str, Range]) -> Range | None:
    """What the exercise recommends for the field: given for it, or for the field that judges it too."""
    return recommended.get(name) or recommended.get(_JUDGED_BY.get(name, ""))


def usual_range(name: str, recommended: Mapping[str, tuple[float, float]]) -> tuple[float, float] | None:
    """Within what the field needs no reason: in the exercise's range and in the usual one; None without either."""
    own, soft = own_range(name, recommended), FIELDS[name].soft
    if own is None or soft is None:
        return own or soft
    low, high = max(own[0], soft[0]), min(own[1], soft[1])
    return (low, high) if low <= high else own


def is_unreadable(text: str) -> bool:
    """Whether a text holds signs that are never meant: control characters other than tab and line ends."""
    # PostgreSQL cannot store NUL, UTF-8 no lone surrogate.
    return any((ord(sign) < 32 and sign not in "\t\n\r") or 0xD800 <= ord(sign) <= 0xDFFF for sign in text)


def _unusual(
    dosage: Dosage, rule: FieldRule, recommended: Mapping[str, tuple[float, float]]
) -> Problem | None:
    numbers = _numbers(dosage, rule.name)
    if not numbers:
        return None
    own = own_range(rule.name, recommended)
    judged = dosage.days if rule.name == "weekdays" else max(numbers)
    if own is not None and not own[0] <= judged <= own[1]:
        return Problem(
            rule.name,
            "outside_recommended",
            f"For this exercise {_said(rule)} is usually {_plain(own[0])} to {_with_unit(own[1], rule)}.",
        )
    if rule.soft is not None and any(not rule.soft[0] <= number <= rule.soft[1] for number in numbers):
        low, high = rule.soft
        message = f"{_said(rule)} is usually {low} to {_with_unit(high, rule)}."
        return Problem(rule.name, "outside_usual", f"{message[:1].upper()}{message[1:]}")
    return None


def _fields_of_the_mode(dosage: Dosage) -> Iterator[Problem]:
    pyramid = dosage.reps_per_set is not None
    for rule in FIELDS.values():
        value = getattr(dosage, rule.name)
        used = value is not None and value != ""
        if used and dosage.mode not in rule.allowed:
            yield Problem(rule.name, "not_in_mode", f"Leave {rule.label} empty: mode {dosage.mode} has none.")
        elif pyramid and rule.name in {"sets", "reps", "reps_max"}:
            if used:
                yield Problem(
                    rule.name,
                    "not_together",
                    f"Leave {rule.label} empty, or leave the repetitions of each set empty.",
                )
        elif not used and dosage.mode in rule.required:
            yield Problem(
                rule.name, "required", f"Give {rule.label}{_from_to(rule)}: mode {dosage.mode} needs it."
            )


def _ranges(dosage: Dosage) -> Iterator[Problem]:
    for rule in FIELDS.values():
        numbers = _numbers(dosage, rule.name)
        if any(not rule.admits(number) for number in numbers):
            yield Problem(rule.name, "out_of_range", f"Set {rule.label}{_from_to(rule)}.")
        elif any(number % rule.step for number in numbers):
            yield Problem(rule.name, "step", f"Give {rule.label} in steps of {rule.step}.")
    if not FIELDS["sets"].admits(len(dosage.reps_per_set or (1,))):
        message = f"Give the repetitions of 1 to {FIELDS['sets'].highest} sets."
        yield Problem("reps_per_set", "out_of_range", message)
    if dosage.tempo is not None and len(dosage.tempo) != 4:
        yield Problem("tempo", "out_of_range", "Give the tempo as four numbers: lower, pause, lift, pause.")
    for name in ("band_colour", "note_to_patient"):
        if is_unreadable(getattr(dosage, name)):
            yield Problem(name, "unreadable", f"Remove the control characters from {FIELDS[name].label}.")


def _pairs(dosage: Dosage) -> Iterator[Problem]:
    for high, low in NOT_BELOW.items():
        smallest, largest = getattr(dosage, low), getattr(dosage, high)
        if smallest is not None and largest is not None and largest < smallest:
            message = f"{_said(FIELDS[high])} must not be below {smallest}. Raise it, or leave it empty."
            yield Problem(high, "order", f"{message[:1].upper()}{message[1:]}")


def _load(dosage: Dosage) -> Iterator[Problem]:
    weighed = dosage.load_unit in {LoadUnit.KG, LoadUnit.LB}
    if dosage.load is not None and dosage.load_unit is None:
        yield Problem("load_unit", "required", "Choose the unit of the load: kg or lb.")
    if dosage.load is None and weighed:
        yield Problem("load", "required", f"Give load{_from_to(FIELDS['load'])} {dosage.load_unit}.")
    if dosage.load is not None and dosage.load_unit is not None and not weighed:
        yield Problem("load", "not_together", "Leave load empty: a band or the body has no weight to set.")
    if dosage.load_unit is LoadUnit.BAND and not dosage.band_colour:
        yield Problem("band_colour", "required", "Name the colour of the band.")
    if dosage.band_colour and dosage.load_unit is not LoadUnit.BAND:
        yield Problem(
            "band_colour", "not_together", "Leave the colour empty, or choose band as the unit of the load."
        )


def _days(dosage: Dosage) -> Iterator[Problem]:
    if dosage.days_a_week is None and dosage.weekdays is None:
        yield Problem("days_a_week", "choose_one", "Give 1 to 7 days a week, or name the weekdays.")
    if dosage.days_a_week is not None and dosage.weekdays is not None:
        yield Problem("days_a_week", "choose_one", "Give days a week or name the weekdays, not both.")


def _numbers(dosage: Dosage, name: str) -> tuple[Number, ...]:
    """What the ranges of a field look at: its numbers, the length of a text, the days up to the end."""
    value = getattr(dosage, name)
    if name == "ends_on" and dosage.starts_on is not None and value is not None:
        return ((value - dosage.starts_on).days,)
    if FIELDS[name].hard is None or value is None or isinstance(value, date):
        return ()
    if isinstance(value, str):
        return (len(value),)
    return value if isinstance(value, tuple) else (value,)


def _said(rule: FieldRule) -> str:
    return _SAID.get(rule.name, rule.label)


def _from_to(rule: FieldRule) -> str:
    if rule.hard is None:
        return ""
    low, high = rule.hard
    if rule.name == "ends_on":
        return f" to the day of the start or up to {high} days after it"
    return f" from {low:,} to {_with_unit(high, rule)}"


def _with_unit(number: float, rule: FieldRule) -> str:
    return f"{_plain(number)} {rule.unit}".rstrip()


def _plain(number: float) -> str:
    return f"{number:,g}" if abs(number) < 1000 else f"{number:,.0f}"
