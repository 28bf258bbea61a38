"""Owns a week as somebody types it: stretches by weekday, how they are read and written, whether two meet."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import time
from itertools import pairwise
from typing import NamedTuple

from clinic.rules.refusals import Refusal

Pair = tuple[time, time]
"""From and to, on one wall clock and within one day."""

A_DAY = 24 * 60
A_WEEK = 7 * A_DAY
TIME = r"(\d{1,2})(?:[:.h](\d{2}))?"
PAIR = re.compile(rf"\s*{TIME}\s*(?:-|–|—|to)\s*{TIME}\s*")
BETWEEN = re.compile(r"\s*[,;/+]\s*|\s+(?:and\s+)?")


class Unreadable(Refusal):
    """The text is no list of times. The code is one of "hours_unreadable", "hours_backward" and "hours_overlap"."""

    code = "hours_unreadable"


class Backward(Unreadable):
    """An end that is not later than its start: hours over midnight are two days' hours."""

    code = "hours_backward"


class Overlapping(Unreadable):
    """Two stretches of one text that share time."""

    code = "hours_overlap"


class Stretch(NamedTuple):
    """From one wall time to another on a weekday (Monday is 0), in every, odd or even ISO weeks."""

    weekday: int
    starts: time
    ends: time
    weeks: str = "every"


def read(text: str) -> tuple[Pair, ...]:
    """The stretches of one day in order, such as of "8-12, 13:30-17"; none of an empty text.

    Raises Unreadable, Backward or Overlapping.
    """
    pairs: list[Pair] = []
    rest = text.strip()
    while rest:
        found = PAIR.match(rest)
        if found is None:
            raise Unreadable("Write from and to, such as 08:00-12:00, 13:00-17:00.")
        pairs.append(_pair(*found.groups()))
        rest = rest[found.end() :]
        if rest and (gap := BETWEEN.match(rest)):
            rest = rest[gap.end() :]
    pairs.sort()
    for (_start, end), (start, _end) in pairwise(pairs):
        if start < end:
            raise Overlapping("Two of these times overlap. Join them, or move one.")
    return tuple(pairs)


def write(pairs: Iterable[Pair]) -> str:
    """The text that `read` reads."""
    return ", ".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in pairs)


def meet(one: Stretch, other: Stretch, *, shift_min: int = 0) -> bool:
    """Whether two stretches share time in some week; those that only touch do not.

    `shift_min` is how many minutes later the same wall time comes on the clocks of the other.
    """
    if one.weeks != other.weeks and "every" not in {one.weeks, other.weeks}:
        return False
    after = (_minute(other.weekday, other.starts) + shift_min - _minute(one.weekday, one.starts)) % A_WEEK
    return after < _length(one) or A_WEEK - after < _length(other)


def _pair(hour: str, minute: str | None, to_hour: str, to_minute: str | None) -> Pair:
    try:
        start, end = time(int(hour), int(minute or 0)), time(int(to_hour), int(to_minute or 0))
    except ValueError:
        raise Unreadable("Write times of the day from 00:00 to 23:59.") from None
    if end <= start:
        raise Backward("The end must be later than the start; split hours over midnight in two days.")
    return start, end


def _minute(weekday: int, at: time) -> int:
    return weekday * A_DAY + at.hour * 60 + at.minute


def _length(stretch: Stretch) -> int:
    return _minute(0, stretch.ends) - _minute(0, stretch.starts)
