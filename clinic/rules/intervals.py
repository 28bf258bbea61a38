"""Owns the arithmetic of half-open spans of time: join, take away, have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from operator import itemgetter
from typing import NamedTuple, Self

Bounds = tuple[datetime, datetime]
"""A start and an end as the database hands them over: in UTC, the end after the start. A `Span` is one."""

FIRST_INSTANT = datetime.min.replace(tzinfo=UTC)


class _Bounds(NamedTuple):
    start: datetime
    end: datetime


class Span(_Bounds):
    """The time from `start` up to, but not including, `end`; both are kept in UTC.

    UTC because Python compares two times of one zone by their wall clocks, which is wrong by an hour around a
    clock change. Raises ValueError for a time without a zone, and for an end that is not after the start.
    """

    __slots__ = ()

    def __new__(cls, start: datetime, end: datetime) -> Self:
        if start.tzinfo is not UTC:
            start = in_utc(start)
        if end.tzinfo is not UTC:
            end = in_utc(end)
        if end <= start:
            raise ValueError(f"A span must end after it starts: {start} to {end}.")
        return tuple.__new__(cls, (start, end))

    @property
    def minutes(self) -> float:
        """Its length in minutes of elapsed time."""
        return (self.end - self.start).total_seconds() / 60

    def overlaps(self, other: Bounds) -> bool:
        """Whether the two share time; spans that only touch do not."""
        return self.start < other[1] and other[0] < self.end

    def contains(self, other: datetime | Bounds) -> bool:
        """Whether the instant, or the whole of the other span, lies in this one."""
        if isinstance(other, datetime):
            return self.start <= other < self.end
        return self.start <= other[0] and other[1] <= self.end


def in_utc(instant: datetime) -> datetime:
    """The same instant in UTC. Raises ValueError for a time without a zone."""
    if instant.tzinfo is UTC:
        return instant
    if instant.utcoffset() is None:
        raise ValueError(f"The time {instant} needs a zone.")
    return instant.astimezone(UTC)


def runs(spans: Iterable[Bounds]) -> Iterator[Bounds]:
    """The spans in order of time, those that overlap or touch joined into one, one by one and unchecked.

    This is `merge` for a caller that has many spans and may stop early: the slot search.
    """
    ordered = iter(sorted(spans, key=itemgetter(0)))
    current = next(ordered, None)
    if current is None:
        return
    start, end = current
    for next_start, next_end in ordered:
        if next_start > end:
            yield start, end
            start, end = next_start, next_end
        elif next_end > end:
            end = next_end
    yield start, end


def merge(spans: Iterable[Bounds]) -> list[Span]:
    """The same time as few spans as possible, in order; spans that touch become one."""
    return [Span(*run) for run in runs(spans)]


def subtract(spans: Iterable[Bounds], busy: Iterable[Bounds]) -> list[Span]:
    """What is left of the spans when the busy time is taken away, in order; linear in both when sorted."""
    left: list[Span] = []
    takers = iter(sorted(busy, key=itemgetter(0)))
    taken = next(takers, None)
    free_from = FIRST_INSTANT
    for start, end in runs(spans):
        free_from = max(free_from, start)
        while taken is not None and taken[0] < end:
            if free_from < taken[0]:
                left.append(Span(free_from, taken[0]))
            free_from = max(free_from, taken[1])
            taken = next(takers, None)
        if free_from < end:
            left.append(Span(free_from, end))
    return left


def intersect(a: Iterable[Bounds], b: Iterable[Bounds]) -> list[Span]:
    """The time that lies in both, in order; linear in both when sorted."""
    common: list[Span] = []
    ours, theirs = list(runs(a)), list(runs(b))
    i = j = 0
    while i < len(ours) and j < len(theirs):
        start = max(ours[i][0], theirs[j][0])
        end = min(ours[i][1], theirs[j][1])
        if start < end:
            common.append(Span(start, end))
        if ours[i][1] <= theirs[j][1]:
            i += 1
        else:
            j += 1
    return common
