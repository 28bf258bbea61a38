"""Periods of dates: named ones, their neighbours, their weeks, and what they are compared with."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.rules.periods import Kind, Period, named

DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
KINDS = st.sampled_from(list(Kind))


@given(KINDS, DAYS)
def test_neighbours_touch_and_lead_back(kind: Kind, day: date) -> None:
    period = named(kind, day)
    assert day in period
    assert period.before.last + timedelta(days=1) == period.first
    assert period.after.first - timedelta(days=1) == period.last
    assert period.after.before == period.before.after == period


@given(DAYS, st.integers(0, 365))
def test_steps_are_all_its_days_once_and_weeks_begin_on_monday(first: date, more: int) -> None:
    period = Period(first, first + timedelta(days=more))
    steps = period.steps()
    assert [day for step in steps for day in step.days] == period.days
    assert all(step.first.weekday() == 0 for step in steps[1:] if period.length > 14)


@given(KINDS, DAYS, st.integers(-400, 400))
def test_it_is_judged_up_to_today_beside_no_more_days_of_the_one_before(
    kind: Kind, day: date, ago: int
) -> None:
    period, today = named(kind, day), day + timedelta(days=ago)
    judged, beside = period.compared(today)
    if today in period:
        assert (judged.first, judged.last) == (period.first, today)
        assert beside.length <= judged.length
    else:
        assert (judged, beside) == (period, period.before)
    assert beside.first == period.before.first
    assert beside.last <= period.before.last


def test_a_quarter_is_three_months_and_five_weeks_end_with_this_one() -> None:
    assert named(Kind.QUARTER, date(2026, 11, 25)) == Period(
        date(2026, 10, 1), date(2026, 12, 31), Kind.QUARTER
    )
    assert named(Kind.RECENT, date(2026, 3, 17)) == Period(date(2026, 2, 16), date(2026, 3, 22), Kind.RECENT)
    assert named(Kind.MONTH, date(2024, 2, 29)).length == 29


def test_it_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="must not end before it begins"):
        Period(date(2026, 3, 2), date(2026, 3, 1))
