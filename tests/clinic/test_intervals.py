"""The arithmetic of spans, held against sets of minutes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.rules.intervals import Bounds, Span, intersect, merge, subtract

EIGHT = datetime(2026, 3, 2, 8, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def at(minutes: int) -> datetime:
    return EIGHT + timedelta(minutes=minutes)


def span(start: int, end: int) -> Span:
    return Span(at(start), at(end))


def minutes_of(spans: Iterable[Bounds]) -> set[int]:
    """The model: the minutes after eight that the spans hold."""
    return {
        minute
        for start, end in spans
        for minute in range((start - EIGHT) // timedelta(minutes=1), (end - EIGHT) // timedelta(minutes=1))
    }


def are_in_order_and_apart(spans: list[Span]) -> bool:
    return all(one.end < other.start for one, other in pairwise(spans))


spans = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda pair: span(pair[0], sum(pair))), max_size=8
)


@given(spans)
def test_merging_keeps_every_minute_and_leaves_spans_in_order_and_apart(given_spans: list[Span]) -> None:
    merged = merge(given_spans)

    assert minutes_of(merged) == minutes_of(given_spans)
    assert are_in_order_and_apart(merged)


@given(spans, spans)
def test_subtracting_leaves_the_minutes_that_are_not_busy(opened: list[Span], busy: list[Span]) -> None:
    left = subtract(opened, busy)

    assert minutes_of(left) == minutes_of(opened) - minutes_of(busy)
    assert are_in_order_and_apart(left)


@given(spans, spans)
def test_intersecting_leaves_the_minutes_in_both(one: list[Span], other: list[Span]) -> None:
    common = intersect(one, other)

    assert minutes_of(common) == minutes_of(one) & minutes_of(other)
    assert are_in_order_and_apart(common)


@given(spans, spans)
def test_two_spans_overlap_where_they_share_a_minute(one: list[Span], other: list[Span]) -> None:
    for ours in one:
        for theirs in other:
            assert ours.overlaps(theirs) == bool(minutes_of([ours]) & minutes_of([theirs]))
            assert ours.contains(theirs) == (minutes_of([theirs]) <= minutes_of([ours]))


def test_spans_that_touch_do_not_overlap_and_merge_into_one() -> None:
    assert not span(0, 30).overlaps(span(30, 60))
    assert merge([span(30, 60), span(0, 30)]) == [span(0, 60)]


def test_a_span_holds_its_start_and_not_its_end() -> None:
    assert span(0, 30).contains(at(0))
    assert not span(0, 30).contains(at(30))


def test_plain_pairs_from_the_database_are_taken_as_spans() -> None:
    assert merge([(at(0), at(10))]) == [span(0, 10)]
    assert subtract([(at(0), at(10))], [(at(2), at(4))]) == [span(0, 2), span(4, 10)]
    assert intersect([(at(0), at(10))], [(at(2), at(14))]) == [span(2, 10)]


def test_it_measures_elapsed_minutes_in_the_night_of_a_clock_change() -> None:
    midnight_to_six = Span(datetime(2026, 3, 29, 0, tzinfo=BERLIN), datetime(2026, 3, 29, 6, tzinfo=BERLIN))

    assert midnight_to_six.minutes == 300


def test_both_halves_of_a_fold_are_told_apart() -> None:
    first = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)

    assert Span(first, first.replace(fold=1)).minutes == 60


def test_it_refuses_a_time_without_a_zone() -> None:
    with pytest.raises(ValueError, match="needs a zone"):
        Span(datetime(2026, 3, 2, 8), at(30))  # noqa: DTZ001
    with pytest.raises(ValueError, match="needs a zone"):
        Span(at(0), datetime(2026, 3, 2, 9))  # noqa: DTZ001


@pytest.mark.parametrize("end", [0, -1])
def test_it_refuses_an_end_that_is_not_after_the_start(end: int) -> None:
    with pytest.raises(ValueError, match="end after it starts"):
        span(0, end)


def test_it_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        span(0, 10).start = at(5)  # type: ignore[misc]
