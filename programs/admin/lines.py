"""How a program's sheet shows its rows: fields with their ranges, days as marks, what differs as old and new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.forms import BoundField
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from programs.actions import adjusting, stocking
from programs.actions.watching import Cell, Flag, SheetRow
from programs.admin.forms import DosageForm, fields_of, label
from programs.models.revision import LOAD_UNITS, SIDES
from programs.rules.adherence import ADHERENT
from programs.rules.dosage import FIELDS, Dosage, Problem, changes, problems

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


ADHERENT_PERCENT = round(ADHERENT * 100)
"""Where the line stands in a bar of adherence."""


class Look(NamedTuple):
    """How a flag's badge looks."""

    tone: str
    mark: str


LOOKS = {
    Flag.PAIN_ABOVE_LIMIT: Look("bad", "alert-triangle"),
    Flag.PAIN_RISING: Look("bad", "trending-up"),
    Flag.TOO_MUCH: Look("warn", "too-much"),
    Flag.STOPPED_LOGGING: Look("warn", "silent"),
    Flag.TOO_LITTLE: Look("warn", "too-little"),
    Flag.NEW: Look("info", "info-circle"),
    Flag.ON_TRACK: Look("good", "check"),
}
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
        """Outside which nobody may go, where the field holds one number."""
        rule = FIELDS[self.name]
        return rule.hard if self.value is not None else None

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


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A field that will change."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A value newly outside the usual. `token` names it with its prescription and field: ticked, it is meant."""

    token: str
    value: str
    message: str
    is_ticked: bool


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A day of the strip: which drawing, and what it says."""

    kind: str
    words: str
    cell: Cell


@dataclass(frozen=True, kw_only=True)
class Line:
    """One prescription on the sheet. `wanted` is the dosage that saving would write.

    `ticked` are the values said to be meant, on the whole sheet; `refused` what a save asked about.
    """

    row: SheetRow
    form: DosageForm
    wanted: Dosage
    ticked: frozenset[str] = frozenset()
    refused: tuple[Problem, ...] = ()

    @property
    def picture(self) -> str:
        """The figure's address on the side that works; "" where there is none."""
        exercise = self.row.exercise
        mirrored = stocking.shows_other_side(exercise, self.wanted.side)
        return stocking.picture_url(exercise, mirrored=mirrored)

    @property
    def look(self) -> Look:
        """How the flag's badge looks."""
        return LOOKS[self.row.flag]

    @property
    def differences(self) -> list[Difference]:
        """What will change."""
        return [
            Difference(
                label=label(each.field), old=shown(each.field, each.old), new=shown(each.field, each.new)
            )
            for each in changes(self.row.dosage, self.wanted)
        ]

    @property
    def asks(self) -> list[Ask]:
        """What of the changed dosage is to be said to be meant: it lies outside the usual, and did not before."""
        if not self.is_sound:
            return []
        new = adjusting.newly_outside(self.wanted, self.row.dosage, self.row.exercise)
        outside = {problem.field: problem.message for problem in (*new, *self.refused)}
        return [
            Ask(
                token=self._token(name),
                value=shown(name, getattr(self.wanted, name)),
                message=message,
                is_ticked=self._token(name) in self.ticked,
            )
            for name, message in outside.items()
        ]

    @property
    def meant(self) -> frozenset[str]:
        """The fields whose value, as it stands now, was said to be meant."""
        return frozenset(name for name in self._names() if self._token(name) in self.ticked)

    @property
    def is_sound(self) -> bool:
        """Whether all was read and could be prescribed, so that it can be counted."""
        return not self.form.errors and not problems(self.wanted)

    @property
    def is_edited(self) -> bool:
        """Whether something differs, or could not be read."""
        return self.wanted != self.row.dosage or bool(self.form.errors)

    @property
    def fields(self) -> list[FieldView]:
        """Those that hold something or are needed."""
        return [self._view(name) for name in self._names() if not self._is_seldom(name)]

    @property
    def more(self) -> list[FieldView]:
        """Those that are seldom used."""
        return [self._view(name) for name in self._names() if self._is_seldom(name)]

    @property
    def more_open(self) -> bool:
        """Whether one of the seldom used ones has an error, so that it must be seen."""
        return any(view.bound.errors or view.was is not None for view in self.more)

    @property
    def marks(self) -> list[Mark]:
        """The last days."""
        today = self.row.course.day
        return [_mark(cell, today) for cell in self.row.cells]

    @property
    def percent(self) -> int | None:
        """Doses done of those due in two weeks, not capped."""
        ratio = self.row.adherence.ratio
        return None if ratio is None else round(ratio * 100)

    @property
    def pains(self) -> list[int]:
        """Pains of the last days, oldest first."""
        return [cell.pain for cell in self.row.cells if cell.pain is not None]

    def _token(self, name: str) -> str:
        return f"{self.row.prescription.pk}:{name}:{shown(name, getattr(self.wanted, name))}"

    def _names(self) -> tuple[str, ...]:
        return fields_of(self.row.dosage.mode)

    def _is_seldom(self, name: str) -> bool:
        if self.row.dosage.reps_per_set and name in {"sets", "reps"}:
            return True
        return name in SELDOM and getattr(self.row.dosage, name) in {None, ""}

    def _view(self, name: str) -> FieldView:
        old, new = getattr(self.row.dosage, name), getattr(self.wanted, name)
        low, high, source = self.row.ranges.get(name, (None, None, ""))
        return FieldView(
            name=name,
            bound=self.form[name],
            before=shown(name, old),
            was=shown(name, old) if old != new else None,
            low=low,
            high=high,
            source=source,
            value=float(new) if isinstance(new, int | float) and name in FIELDS else None,
        )


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


def total(lines: Sequence[Line]) -> int:
    """How many fields will change."""
    return sum(len(line.differences) for line in lines)


def _mark(cell: Cell, today: date) -> Mark:
    kind, words = _kind(cell, today)
    return Mark(kind=kind, words=words, cell=cell)


def _kind(cell: Cell, today: date) -> tuple[str, str]:
    if cell.too_much or (cell.done and cell.done > cell.due):
        return "more", _("more than due")
    if cell.done and cell.done >= cell.due:
        return "done", _("done")
    if cell.done or cell.partly:
        return "partly", _("partly")
    if cell.skipped:
        return "skipped", _("skipped")
    if cell.due:
        return ("today", _("due today")) if cell.day == today else ("nothing", _("nothing logged"))
    return "free", _("not due")
