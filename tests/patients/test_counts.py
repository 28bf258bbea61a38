"""Utilisation and waits, whatever the diary."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from clinic.rules.intervals import Bounds, intersect, merge, subtract
from patients.rules.counts import Leads, Stretch, Tally, Use, midnights, use_by_day

BERLIN = ZoneInfo("Europe/Berlin")
SATURDAY_NOON = datetime(2026, 3, 28, 12, tzinfo=UTC)
"""The night after it is an hour short in Berlin."""


def spans(most: int = 8) -> st.SearchStrategy[list[Bounds]]:
    """Stretches of whole minutes over two days; they may overlap."""
    made = st.tuples(st.integers(0, 2880), st.integers(1, 600)).map(
        lambda at: (SATURDAY_NOON + timedelta(minutes=at[0]), SATURDAY_NOON + timedelta(minutes=sum(at)))
    )
    return st.lists(made, max_size=most)


DAYS = midnights([date(2026, 3, 28) + timedelta(days=number) for number in range(4)], BERLIN)


def seconds(found: list[Bounds]) -> list[Stretch]:
    """As the database gives them."""
    return [(int(start.timestamp()), int(end.timestamp())) for start, end in found]


def total(days: dict[date, Use]) -> Use:
    """Of all days."""
    return sum(days.values(), Use())


def length(found: list[Bounds]) -> timedelta:
    """Of all of them."""
    return sum((end - start for start, end in found), timedelta())


@given(spans(), spans())
def test_without_a_second_lane_utilisation_is_between_0_and_100(
    taken: list[Bounds], there: list[Bounds]
) -> None:
    one_lane: list[Bounds] = list(merge(taken))  # what the constraint of the first lane leaves possible
    days = use_by_day(seconds(one_lane), there, DAYS)
    for use in days.values():
        assert timedelta() <= use.inside <= use.open
        assert use.outside >= timedelta()
        assert use.percent is None or 0 <= use.percent <= 100
    found = total(days)
    assert found.inside == length(list(intersect(one_lane, there)))
    assert found.outside == length(list(subtract(one_lane, there)))
    assert found.open == length(list(merge(there)))


@given(spans(), spans())
def test_every_minute_that_is_taken_is_counted_in_each_lane(taken: list[Bounds], there: list[Bounds]) -> None:
    found = total(use_by_day(seconds(taken), there, DAYS))
    assert found.inside + found.outside == length(taken)


def test_a_second_lane_may_take_more_than_is_open() -> None:
    hour = (SATURDAY_NOON, SATURDAY_NOON + timedelta(hours=1))
    assert total(use_by_day(seconds([hour, hour]), [hour], DAYS)).percent == 200


def test_a_night_is_cut_at_midnight_of_the_zone() -> None:
    night = (datetime(2026, 3, 28, 21, tzinfo=UTC), datetime(2026, 3, 29, 4, tzinfo=UTC))
    days = use_by_day([], [night], DAYS)
    hours = {day.day: use.open / timedelta(hours=1) for day, use in days.items()}
    assert hours == {28: 2, 29: 5}


@given(st.lists(st.integers(0, 400), min_size=1))
def test_a_wait_within_which_a_share_came_is_one_that_somebody_had(waits: list[int]) -> None:
    leads = Leads(Counter(waits))
    for share, days in ((0.5, leads.median), (0.9, leads.most)):
        assert days in waits
        assert sum(wait <= days for wait in waits) >= share * len(waits)
        assert sum(wait < days for wait in waits) < share * len(waits)


def test_nothing_has_no_rate() -> None:
    assert (Tally().no_show_rate, Tally().cancellation_rate, Use().percent, Leads().median) == (None,) * 4
