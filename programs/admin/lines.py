"""How a program's sheet shows its rows: fields with their ranges, days as marks, what differs as old and new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from programs.actions import adjusting, stocking
from programs.actions.watching import Cell, Flag, SheetRow
from programs.admin.fields import SELDOM, FieldView, shown, view_of
from programs.admin.forms import DosageForm, fields_of, label
from programs.rules.adherence import ADHERENT
from programs.rules.attention import Course
from programs.rules.dosage import Dosage, Problem, changes, problems

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
        """What of the changed dosage is to be said to be meant: it lies outside the usual, and did not before.

        What cannot be prescribed at all is said beside its field, and does not hide the rest.
        """
        new = adjusting.newly_outside(self.wanted, self.row.dosage, self.row.exercise)
        refused = {problem.field for problem in problems(self.wanted)}
        asked = (problem for problem in (*new, *self.refused) if problem.field not in refused)
        outside = {problem.field: problem.message for problem in asked}
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
        was = getattr(self.row.dosage, name)
        return view_of(name, bound=self.form[name], was=was, value=getattr(self.wanted, name), row=self.row)


def pain_tone(course: Course) -> str:
    """The colour of a small line of pains, wherever it stands: "bad" where the pain stands out."""
    return "bad" if course.pain_stands_out else ""


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
