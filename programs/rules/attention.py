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


LAST_SITTINGS = 2
"""Sittings in which pain above the limit still asks for a look: a calm one after it does not hide it. Own."""


class Flag(StrEnum):
    """What stands out, most pressing first; the order is the rank in a caseload."""

    PAIN_ABOVE_LIMIT = "pain_above_limit"
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
        if self in {Flag.PAIN_ABOVE_LIMIT, Flag.PAIN_RISING, Flag.TOO_MUCH, Flag.STOPPED_LOGGING}:
            return "today"
        return "on_track" if self is Flag.ON_TRACK else "week"


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """The last days of a program, or of one exercise. `pains` are those of its sittings, oldest first.

    `pain_limit` is the most pain, 0 to 10, that the dosage or the clinic accepts; None where there is no limit.
    """

    day: date
    began_on: date
    pains: Sequence[int]
    done: int
    due: int
    last_logged: date | None
    says_too_much: int = 0
    pain_limit: int | None = None

    @property
    def ratio(self) -> Fraction | None:
        """Done ÷ due, not capped; None when nothing was due."""
        return Fraction(self.done, self.due) if self.due else None

    @property
    def silent_days(self) -> int:
        """Days since the last log, or since the beginning; 0 on the day of a log."""
        return max(0, (self.day - (self.last_logged or self.began_on)).days)

    @property
    def above_limit(self) -> int | None:
        """The worst pain of the last sittings where it is above the limit; else None."""
        worst = max(self.pains[-LAST_SITTINGS:], default=0)
        return worst if self.pain_limit is not None and worst > self.pain_limit else None

    @property
    def rise(self) -> Fraction:
        """Points by which the last sittings hurt more than the first; negative where pain fell, 0 where too few."""
        if len(self.pains) < 2 * SITTINGS_AN_END:
            return Fraction()
        first, last = self.pains[:SITTINGS_AN_END], self.pains[-SITTINGS_AN_END:]
        return Fraction(sum(last) - sum(first), SITTINGS_AN_END)

    @property
    def pain_stands_out(self) -> bool:
        """Whether the pain itself asks for a look: above the limit, or rising. Its line is red then, else not."""
        return self.above_limit is not None or self.rise >= PAIN_RISE


def flag(course: Course) -> Flag:
    """The most pressing thing that stands out; in the first week too little is not yet held against anybody."""
    ratio = course.ratio
    stands_out = {
        Flag.PAIN_ABOVE_LIMIT: course.above_limit is not None,
        Flag.PAIN_RISING: course.rise >= PAIN_RISE,
        Flag.TOO_MUCH: course.says_too_much > 0 or (ratio is not None and ratio > TOO_MUCH),
        Flag.STOPPED_LOGGING: course.due > 0 and course.silent_days >= SILENT_DAYS,
        Flag.NEW: (course.day - course.began_on).days < NEW_DAYS,
        Flag.TOO_LITTLE: ratio is not None and ratio < TOO_LITTLE,
    }
    return next((each for each, is_so in stands_out.items() if is_so), Flag.ON_TRACK)
