"""Owns the search for free starts: open hours, less what is busy, on a grid.

The rule, for one practitioner. A start is free when
1. it lies a whole number of steps after the opening of its open span (spans that touch are one), and
2. the consultation itself, `[start, start + duration)`, lies in that open span, and
3. the consultation with its buffers, `[start - before, start + duration + after)`, meets nothing busy, and
4. it lies in the window asked for.
So a buffer may reach outside the open hours (a room can be prepared before the door opens) but never into a
busy span. Busy spans are diary blocks and carry buffers of their own: between two consultations lie
the buffer after the one and the buffer before the other. The window cuts starts off and never moves the grid.

All times are instants. Plain pairs are taken as well as spans and must be in UTC, as the database gives them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter

from clinic.rules.intervals import FIRST_INSTANT, Bounds, Span, in_utc, runs


@dataclass(frozen=True, slots=True)
class Shape:
    """What a consultation of a type takes of the day, and how far apart its starts lie.

    Raises ValueError where the duration or the step is not longer than nothing, or a buffer is negative.
    """

    duration: timedelta
    before: timedelta = timedelta()
    after: timedelta = timedelta()
    step: timedelta = timedelta(minutes=15)

    def __post_init__(self) -> None:
        if self.duration <= timedelta() or self.step <= timedelta():
            raise ValueError("Duration and step must be longer than nothing.")
        if self.before < timedelta() or self.after < timedelta():
            raise ValueError("A buffer cannot be negative.")

    def occupied(self, start: datetime) -> Span:
        """The block that a consultation at this start occupies, buffers included."""
        start = in_utc(start)
        return Span(start - self.before, start + self.duration + self.after)


def iter_free(
    *, open_spans: Iterable[Bounds], busy: Iterable[Bounds], shape: Shape, window: Span
) -> Iterator[datetime]:
    """The free starts in order, in UTC, found one by one; see the module for the rule."""
    for opening, earliest, latest in _stretches(open_spans, busy, shape, window):
        start = earliest if earliest is opening else earliest + (opening - earliest) % shape.step
        while start <= latest:
            yield start
            start += shape.step


def iter_with_a_room(
    starts: Iterable[datetime], *, rooms: Iterable[Iterable[Bounds]], shape: Shape
) -> Iterator[datetime]:
    """Those of the ascending starts at which one single room is free for the whole block, one by one.

    `rooms` holds what keeps each room busy. Rooms that are free by turns do not add up to a room: nobody
    changes rooms within a consultation.
    """
    takers = [list(runs(room)) for room in rooms]
    passed = [0] * len(takers)
    tail = shape.duration + shape.after

    def is_room_free(room: int, start: datetime) -> bool:
        spans, i = takers[room], passed[room]
        while i < len(spans) and spans[i][1] <= start - shape.before:
            i += 1
        passed[room] = i
        return i == len(spans) or spans[i][0] >= start + tail

    numbers: Sequence[int] = range(len(takers))
    return (start for start in starts if any(is_room_free(room, start) for room in numbers))


def _stretches(
    open_spans: Iterable[Bounds], busy: Iterable[Bounds], shape: Shape, window: Span
) -> Iterator[tuple[datetime, datetime, datetime]]:
    """Where starts may lie, the grid aside: the opening that anchors it, the earliest start and the latest.

    One pass over both lists, a few operations a busy span: this runs for every practitioner in one request.
    (Hence no `max`, which costs as much as three comparisons, and no sums where two busy spans touch.)
    """
    before, tail = shape.before, shape.duration + shape.after
    takers = iter(sorted(busy, key=itemgetter(0)))
    taken = next(takers, None)
    clear_from = FIRST_INSTANT
    for opening, closing in runs(open_spans):
        floor = opening if opening > window.start else window.start
        latest = closing - shape.duration
        latest = latest if latest < window.end else window.end - timedelta.resolution
        out_of_reach = latest + tail
        while taken is not None and taken[0] < out_of_reach:
            if taken[0] > clear_from:
                earliest, until = clear_from + before, taken[0] - tail
                earliest = earliest if earliest > floor else floor
                if earliest <= until:
                    yield opening, earliest, until
            clear_from = taken[1] if taken[1] > clear_from else clear_from
            taken = next(takers, None)
        earliest = clear_from + before
        earliest = earliest if earliest > floor else floor
        if earliest <= latest:
            yield opening, earliest, latest
