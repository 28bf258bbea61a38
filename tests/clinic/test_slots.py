"""The search for free starts, held against a model that tries every minute."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.rules.intervals import Span
from clinic.rules.slots import Shape, iter_free, iter_with_a_room

EIGHT = datetime(2026, 3, 2, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def at(minutes: int) -> datetime:
    return EIGHT + timedelta(minutes=minutes)


def span(start: int, end: int) -> Span:
    return Span(at(start), at(end))


def shape(duration: int, before: int = 0, after: int = 0, step: int = 15) -> Shape:
    return Shape(*(timedelta(minutes=part) for part in (duration, before, after, step)))


ALL_DAY = span(-480, 960)
MORNING = span(0, 240)

bounds = st.tuples(st.integers(0, 60), st.integers(1, 25)).map(lambda pair: span(pair[0], sum(pair)))
spans = st.lists(bounds, max_size=5)
shapes = st.builds(shape, st.integers(1, 12), st.integers(0, 4), st.integers(0, 4), st.integers(1, 7))


@dataclass(frozen=True)
class Model:
    """Free starts by trying every minute, slowly and plainly."""

    opened: list[Span]
    busy: list[Span]
    shape: Shape
    window: Span

    def starts(self) -> list[datetime]:
        return [at(minute) for minute in range(-10, 120) if self.is_free(at(minute))]

    def is_free(self, start: datetime) -> bool:
        ends = start + self.shape.duration
        block = Span(start - self.shape.before, ends + self.shape.after)
        return (
            self.window.start <= start < self.window.end
            and all(self.is_open(minute) for minute in self.minutes(start, ends))
            and not any(block.overlaps(taken) for taken in self.busy)
            and (start - self.opening_of(start)) % self.shape.step == timedelta()
        )

    def is_open(self, minute: datetime) -> bool:
        return any(opened.contains(minute) for opened in self.opened)

    def opening_of(self, minute: datetime) -> datetime:
        while self.is_open(minute - MINUTE):
            minute -= MINUTE
        return minute

    def minutes(self, start: datetime, end: datetime) -> Iterator[datetime]:
        while start < end:
            yield start
            start += MINUTE


def free_starts(
    *, open_spans: Iterable[Span], busy: Iterable[Span], shape: Shape, window: Span
) -> list[datetime]:
    """All that the search finds."""
    return list(iter_free(open_spans=open_spans, busy=busy, shape=shape, window=window))


@pytest.mark.assures("BO-08")
@given(opened=spans, busy=spans, wanted=shapes, window=bounds)
def test_it_finds_what_trying_every_minute_finds(
    opened: list[Span], busy: list[Span], wanted: Shape, window: Span
) -> None:
    found = free_starts(open_spans=opened, busy=busy, shape=wanted, window=window)

    assert found == Model(opened, busy, wanted, window).starts()


@given(rooms=st.lists(spans, max_size=3), wanted=shapes)
def test_a_room_is_found_where_one_alone_is_free_throughout(rooms: list[list[Span]], wanted: Shape) -> None:
    starts = [at(minute) for minute in range(0, 90, 3)]

    found = list(iter_with_a_room(starts, rooms=rooms, shape=wanted))

    assert found == [
        start
        for start in starts
        if any(not any(wanted.occupied(start).overlaps(taken) for taken in room) for room in rooms)
    ]


def test_two_rooms_that_are_free_by_turns_are_no_room() -> None:
    by_turns = [[span(0, 30)], [span(30, 60)]]

    assert list(iter_with_a_room([at(15)], rooms=by_turns, shape=shape(30))) == []


def test_the_last_start_ends_with_the_opening_hours() -> None:
    found = free_starts(open_spans=[MORNING], busy=[], shape=shape(45), window=ALL_DAY)

    assert (found[0], found[-1], len(found)) == (at(0), at(195), 14)


def test_buffers_may_reach_outside_the_opening_hours() -> None:
    found = free_starts(open_spans=[span(0, 30)], busy=[], shape=shape(30, 10, 10), window=ALL_DAY)

    assert found == [at(0)]


def test_buffers_may_not_reach_into_a_busy_span_even_outside_the_opening_hours() -> None:
    wanted = shape(30, 10, 10)

    for taken in (span(-20, -9), span(39, 60)):
        assert free_starts(open_spans=[span(0, 30)], busy=[taken], shape=wanted, window=ALL_DAY) == []
    for aside in (span(-20, -10), span(40, 60)):
        assert free_starts(open_spans=[span(0, 30)], busy=[aside], shape=wanted, window=ALL_DAY) == [at(0)]


def test_the_grid_is_anchored_at_each_opening_and_not_at_the_window() -> None:
    found = free_starts(
        open_spans=[span(5, 65), span(100, 160)], busy=[], shape=shape(30, step=20), window=span(10, 200)
    )

    assert found == [at(25), at(100), at(120)]


def test_after_a_busy_span_the_next_start_is_back_on_the_grid() -> None:
    found = free_starts(open_spans=[MORNING], busy=[span(10, 50)], shape=shape(60, step=30), window=ALL_DAY)

    assert found == [at(60), at(90), at(120), at(150), at(180)]


def test_a_long_span_still_blocks_after_a_shorter_one_inside_it_has_ended() -> None:
    nested = [span(0, 200), span(10, 20)]

    found = free_starts(open_spans=[MORNING], busy=nested, shape=shape(30), window=ALL_DAY)

    assert found == [at(210)]


def test_a_span_over_a_closed_hour_blocks_both_openings() -> None:
    found = free_starts(
        open_spans=[span(0, 60), span(120, 180)], busy=[span(30, 150)], shape=shape(30), window=ALL_DAY
    )

    assert found == [at(0), at(150)]


def test_the_first_free_start_is_found_without_making_the_rest() -> None:
    """A day holds 86 thousand million starts on this grid: listing them would outlast the test."""
    wanted = Shape(timedelta(minutes=30), step=timedelta.resolution)

    assert next(iter_free(open_spans=[ALL_DAY], busy=[span(-480, 5)], shape=wanted, window=ALL_DAY)) == at(5)
    assert next(iter_free(open_spans=[ALL_DAY], busy=[], shape=wanted, window=ALL_DAY)) == at(-480)


def test_nothing_is_found_where_nothing_is_open() -> None:
    assert free_starts(open_spans=[], busy=[], shape=shape(30), window=ALL_DAY) == []


@pytest.mark.parametrize("parts", [(0, 0, 0, 15), (30, 0, 0, 0), (30, -1, 0, 15), (30, 0, -1, 15)])
def test_it_refuses_a_shape_that_takes_no_time_or_never_steps_on(parts: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"longer than nothing|negative"):
        shape(*parts)
