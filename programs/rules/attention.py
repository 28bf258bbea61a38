"""Owns whom to look at first: what stands out in a patient's last days, from numbers alone.

The thresholds are this project's proposals, but for the change of pain that matters (NPRS: 2 points).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

PAIN_RISE = 2
"""Points from the first to the last sittings: a change of 2 on the scale of 0 to 10 matters to patients (NPRS)."""
SITTINGS_AN_END = 2
"""Sittings that make up the first and the last end of a course of pain, so that one bad day is no trend."""
TOO_LITTLE = Fraction(1, 2)
"""Below half of the doses due. Own."""
TOO_MUCH = Fraction(3, 2)
"""Above one and a half times the doses due. Own."""
SILENT_DAYS = 5
"""Days without a log, where doses were due. Own."""
NEW_DAYS = 7
"""The first week of a program, in which a look is due anyway. Own."""


class Flag(StrEnum):
    """What stands out, most pressing first; the order is the rank in a caseload."""

    PAIN_RISING = "pain_rising"
    TOO_MUCH = "too_much"
    STOPPED_LOGGING = "stopped_logging"
    TOO_LITTLE = "too_little"
    NEW = "new"
    ON_TRACK = "on_track"

    @property
    def rank(self) -> int:
        """0 for the most pressing."""
        return list(Flag).index(self)

    @property
    def urgency(self) -> str:
        """When to look: "today", this "week", or "on_track"."""
        if self in {Flag.PAIN_RISING, Flag.TOO_MUCH, Flag.STOPPED_LOGGING}:
            return "today"
        return "on_track" if self is Flag.ON_TRACK else "week"


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """The last days of a program, or of one exercise. `pains` are those of its sittings, oldest first."""

    day: date
    began_on: date
    pains: Sequence[int]
    done: int
    due: int
    last_logged: date | None
    says_too_much: int = 0

    @property
    def ratio(self) -> Fraction | None:
        """Done ÷ due, not capped; None when nothing was due."""
        return Fraction(self.done, self.due) if self.due else None

    @property
    def silent_days(self) -> int:
        """Days since the last log, or since the beginning; 0 on the day of a log."""
        return max(0, (self.day - (self.last_logged or self.began_on)).days)

    @property
    def rise(self) -> Fraction:
        """Points by which the last sittings hurt more than the first; negative where pain fell, 0 where too few."""
        if len(self.pains) < 2 * SITTINGS_AN_END:
            return Fraction()
        first, last = self.pains[:SITTINGS_AN_END], self.pains[-SITTINGS_AN_END:]
        return Fraction(sum(last) - sum(first), SITTINGS_AN_END)


def flag(course: Course) -> Flag:
    """The most pressing thing that stands out."""
    ratio = course.ratio
    if course.rise >= PAIN_RISE:
        return Flag.PAIN_RISING
    if course.says_too_much or (ratio is not None and ratio > TOO_MUCH):
        return Flag.TOO_MUCH
    if course.due and course.silent_days >= SILENT_DAYS:
        return Flag.STOPPED_LOGGING
    if (course.day - course.began_on).days < NEW_DAYS:
        return Flag.NEW
    if ratio is not None and ratio < TOO_LITTLE:
        return Flag.TOO_LITTLE
    return Flag.ON_TRACK
