"""How a field of a dosage shows on the sheet: its width and unit, what stood there, and within what it may lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.forms import BoundField
from django.utils.dates import WEEKDAYS_ABBR

from programs.actions import adjusting
from programs.actions.watching import SheetRow
from programs.models.revision import LOAD_UNITS, SIDES
from programs.rules.dosage import FIELDS, NOT_BELOW, NUMERIC, own_range, usual_range

WIDTHS = {"side": "w2", "reps_per_set": "w2", "tempo": "w2", "load_unit": "w2", "band_colour": "w2"} | {
    "times_a_day": "wt",
    "days_a_week": "wt",
    "distance_m": "wt",
    "effort_target": "wt",
    "pain_ceiling": "wt",
    "weekdays": "wd",
    "heart_rate_min": "w2",
    "heart_rate_max": "w2",
    "starts_on": "wd",
    "ends_on": "wd",
}
UNITS = {"hold_s": "s", "rest_s": "s", "distance_m": "m"}
SELDOM = {
    "reps_max", "reps_per_set", "tempo", "load", "load_unit", "band_colour",
    "effort_target", "heart_rate_min", "heart_rate_max", "starts_on", "ends_on", "duration_max_min",
    "rest_s", "weekdays", "days_a_week",
}  # fmt: skip
"""Fields that stand behind "more" until they hold something."""
_CHOICES: dict[str, dict[Any, Any]] = {"side": dict(SIDES), "load_unit": dict(LOAD_UNITS)}


@dataclass(frozen=True, kw_only=True)
class FieldView:
    """One field. `low` to `high` needs no reason; `was` is what stood there, in words, where it differs now."""

    name: str
    bound: BoundField
    before: str
    was: str | None
    low: float | None
    high: float | None
    source: str
    value: float | None

    @property
    def css(self) -> str:
        """Width and state."""
        states = [WIDTHS.get(self.name, ""), "u" if self.unit else ""]
        states += ["ch"] if self.was is not None else []
        states += ["out"] if self.is_outside or self.bound.errors else []
        return " ".join(filter(None, states))

    @property
    def unit(self) -> str:
        """The sign of the unit inside the field."""
        return UNITS.get(self.name, "")

    @property
    def hard(self) -> tuple[float, float] | None:
        """Outside which nobody may go, where the field holds numbers."""
        return FIELDS[self.name].hard if self.name in NUMERIC | {"reps_per_set"} else None

    @property
    def floor(self) -> str:
        """The name of the field that this one must not be below; "" where there is none."""
        return NOT_BELOW.get(self.name, "")

    @property
    def top(self) -> float:
        """Where the track of the range ends."""
        return max(2 * (self.high or 0), self.value or 0)

    @property
    def is_outside(self) -> bool:
        """Whether the value lies outside the recommended range."""
        if self.value is None or self.low is None or self.high is None:
            return False
        return not self.low <= self.value <= self.high


def view_of(name: str, *, bound: BoundField, was: Any, value: Any, row: SheetRow) -> FieldView:
    """The field of that name in a row of the sheet, with what stood there and what stands there now."""
    low, high = usual_range(name, adjusting.ranges(row.exercise)) or (None, None)
    own = own_range(name, row.ranges)
    return FieldView(
        name=name,
        bound=bound,
        before=shown(name, was),
        was=shown(name, was) if was != value else None,
        low=low,
        high=high,
        source=own[2] if own else FIELDS[name].basis,
        value=_judged(name, value),
    )


def _judged(name: str, value: Any) -> float | None:
    """What a range looks at: the number, the largest set of a pyramid, how many days are named."""
    if isinstance(value, tuple) and name in {"reps_per_set", "weekdays"}:
        return float(len(value) if name == "weekdays" else max(value))
    return float(value) if name in NUMERIC and value is not None else None


def shown(name: str, value: Any) -> str:
    """A value of a field as its input shows it; a dash where there is none."""
    if value is None or value == "":
        return "–"
    if name in _CHOICES:
        return str(_CHOICES[name][value])
    if name == "weekdays":
        return " ".join(str(WEEKDAYS_ABBR[day]) for day in value)
    if isinstance(value, tuple):
        return "-".join(map(str, value))
    return f"{value} {UNITS[name]}" if name in UNITS else str(value)
