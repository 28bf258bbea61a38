"""When doses are due, held against a model that looks at every day and every revision without any shortcut."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programs.rules import dosage, schedule
from programs.rules.dosage import Dosage
from programs.rules.schedule import Dated, Pause
from tests.programs.doses import SQUAT

MONDAY = date(2026, 3, 2)  # the clocks of Berlin change on the last Sunday of this month
SUNDAY = MONDAY + timedelta(days=6)
THREE_A_WEEK = SQUAT
DAILY = dosage.changed(SQUAT, days_a_week=7)
TWICE_DAILY = dosage.changed(DAILY, times_a_day=2)
MON_WED_FRI = dosage.changed(SQUAT, days_a_week=None, weekdays=(0, 2, 4))


def day(offset: int) -> date:
    return MONDAY + timedelta(days=offset)


def first(dose: Dosage, offset: int = 0) -> Dated:
    return Dated(1, day(offset), dose)


days = st.integers(-20, 40).map(day)
counts = st.integers(1, 7).map(lambda number: {"days_a_week": number, "weekdays": None})
named = st.sets(st.integers(0, 6), min_size=1).map(
    lambda some: {"days_a_week": None, "weekdays": tuple(some)}
)
limits = st.fixed_dictionaries({"starts_on": st.none() | days, "ends_on": st.none() | days})
doses = st.builds(
    lambda often, span, times: dosage.changed(SQUAT, times_a_day=times, **often, **span),
    counts | named,
    limits,
    st.integers(1, 6),
)
revisions = st.lists(st.tuples(days, doses), max_size=5).flatmap(
    lambda some: st.permutations([Dated(number, *each) for number, each in enumerate(some, start=1)])
)
pauses = st.lists(st.tuples(days, st.none() | days), max_size=3)


def model_in_force(some: Sequence[Dated], on: date) -> Dated | None:
    ranked = sorted(some, key=lambda revision: revision.number)
    best: Dated | None = None
    for revision in ranked:
        if revision.effective_on <= on and (best is None or revision.effective_on >= best.effective_on):
            best = revision
    return best


def model_active(some: Sequence[Dated], on: date, paused: Sequence[Pause]) -> Dosage | None:
    revision = model_in_force(some, on)
    if revision is None:
        return None
    dose = revision.dosage
    if on < (dose.starts_on or date.min) or on > (dose.ends_on or date.max):
        return None
    if any(begin <= on <= (end or date.max) for begin, end in paused):
        return None
    return dose


def model_due_over(some: Sequence[Dated], begin: date, end: date, paused: Sequence[Pause]) -> int:
    total = Fraction(0)
    on = begin
    while on <= end:
        dose = model_active(some, on, paused)
        if dose is not None and dose.weekdays:
            total += dose.times_a_day * (on.weekday() in dose.weekdays)
        elif dose is not None:
            total += Fraction(dose.days_a_week or 0, 7) * dose.times_a_day
        on += timedelta(days=1)
    return math.floor(total)


@settings(max_examples=300, deadline=None)
@given(revisions, days)
def test_in_force_is_the_latest_effective_and_of_those_the_highest_number(
    some: list[Dated], on: date
) -> None:
    assert schedule.in_force(some, on) == model_in_force(some, on)


@settings(max_examples=300, deadline=None)
@given(revisions, days, st.integers(-2, 45), pauses)
def test_due_over_equals_the_model(some: list[Dated], begin: date, length: int, paused: list[Pause]) -> None:
    end = begin + timedelta(days=length)
    assert schedule.due_over(some, begin, end, paused=paused) == model_due_over(some, begin, end, paused)


@settings(max_examples=300, deadline=None)
@given(revisions, days, pauses, st.frozensets(days))
def test_due_on_equals_the_model(
    some: list[Dated], on: date, paused: list[Pause], done: frozenset[date]
) -> None:
    dose = model_active(some, on, paused)
    monday = on - timedelta(days=on.weekday())
    earlier = {monday + timedelta(days=offset) for offset in range(on.weekday())} & done
    is_due = dose is not None and (
        on.weekday() in dose.weekdays if dose.weekdays else len(earlier) < (dose.days_a_week or 0)
    )
    expected = dose.times_a_day if dose is not None and is_due else 0
    assert schedule.due_on(some, on, done_days_this_week=done, paused=paused) == expected


@settings(deadline=None)
@given(doses, days, st.integers(0, 30), st.integers(0, 30))
def test_two_periods_lose_at_most_one_dose_against_the_whole(
    dose: Dosage, begin: date, one: int, two: int
) -> None:
    cut, end = begin + timedelta(days=one), begin + timedelta(days=one + 1 + two)
    parts = [
        schedule.due_over([first(dose, -30)], *ends)
        for ends in ((begin, cut), (cut + timedelta(days=1), end))
    ]
    assert 0 <= schedule.due_over([first(dose, -30)], begin, end) - sum(parts) <= 1


def test_a_correction_on_the_same_date_wins_whatever_the_order() -> None:
    slip, right = Dated(2, day(3), TWICE_DAILY), Dated(3, day(3), DAILY)
    assert schedule.in_force([right, first(THREE_A_WEEK), slip], day(3)) == right
    assert schedule.in_force([slip, first(THREE_A_WEEK), right], day(2)) == first(THREE_A_WEEK)


def test_a_later_number_with_an_earlier_date_does_not_override() -> None:
    planned, sooner = Dated(2, day(10), TWICE_DAILY), Dated(3, day(5), DAILY)
    assert schedule.in_force([first(THREE_A_WEEK), planned, sooner], day(9)) == sooner
    assert schedule.in_force([first(THREE_A_WEEK), planned, sooner], day(10)) == planned


def test_nothing_is_in_force_or_due_before_the_first_revision() -> None:
    assert schedule.in_force([first(DAILY)], day(-1)) is None
    assert schedule.in_force([], day(0)) is None
    assert schedule.due_on([first(DAILY)], day(-1), done_days_this_week=frozenset()) == 0
    assert schedule.due_over([first(DAILY)], day(-7), day(-1)) == 0


def test_named_weekdays_are_due_on_them_even_when_others_were_done() -> None:
    done = frozenset({day(0), day(1), day(3)})
    due = [schedule.due_on([first(MON_WED_FRI)], day(n), done_days_this_week=done) for n in range(7)]
    assert due == [1, 0, 1, 0, 1, 0, 0]


def test_three_a_week_is_due_each_day_until_three_days_are_done() -> None:
    done = frozenset({day(0), day(2), day(3)})
    due = [schedule.due_on([first(THREE_A_WEEK)], day(n), done_days_this_week=done) for n in range(8)]
    assert due == [1, 1, 1, 1, 0, 0, 0, 1]


def test_a_day_half_done_is_still_due_in_full() -> None:
    once_a_week = dosage.changed(TWICE_DAILY, days_a_week=1)
    assert schedule.due_on([first(once_a_week)], day(2), done_days_this_week=frozenset({day(2)})) == 2


@pytest.mark.parametrize(
    ("dose", "last", "due"),
    [
        (THREE_A_WEEK, 6, 3),
        (THREE_A_WEEK, 1, 0),  # 6 ÷ 7 is not yet a dose
        (THREE_A_WEEK, 2, 1),
        (THREE_A_WEEK, 13, 6),
        (THREE_A_WEEK, 30, 13),  # 93 ÷ 7, a month across a clock change
        (DAILY, 6, 7),
        (TWICE_DAILY, 6, 14),
        (MON_WED_FRI, 0, 1),
        (MON_WED_FRI, 6, 3),
        (DAILY, -1, 0),
    ],
)
def test_a_period_counts_sevenths_and_floors_once(dose: Dosage, last: int, due: int) -> None:
    assert schedule.due_over([first(dose)], day(0), day(last)) == due


def test_pauses_the_start_and_the_end_are_not_due_and_their_edges_are() -> None:
    limited = dosage.changed(DAILY, starts_on=day(1), ends_on=day(5))
    assert schedule.due_over([first(limited)], day(0), day(6)) == 5
    assert schedule.due_over([first(DAILY)], day(0), day(6), paused=[(day(2), day(3))]) == 5
    assert schedule.due_over([first(DAILY)], day(0), day(6), paused=[(day(2), day(3)), (day(3), day(4))]) == 4
    assert schedule.due_over([first(DAILY)], day(0), day(6), paused=[(day(4), None)]) == 4
    due = [
        schedule.due_on([first(limited)], day(n), done_days_this_week=frozenset(), paused=[(day(3), day(3))])
        for n in range(7)
    ]
    assert due == [0, 1, 1, 0, 1, 1, 0]


def test_each_day_of_a_period_counts_by_the_revision_in_force_on_it() -> None:
    some = [first(DAILY), Dated(2, day(5), TWICE_DAILY)]
    assert schedule.due_over(some, day(0), day(6)) == 5 + 2 * 2
    assert schedule.due_over(some, day(5), day(6)) == 4


@settings(deadline=None)
@given(days)
def test_a_week_begins_on_monday_and_ends_on_sunday(on: date) -> None:
    monday, sunday = schedule.week_of(on)
    assert monday.weekday() == 0
    assert sunday - monday == timedelta(days=6)
    assert monday <= on <= sunday


def test_neighbouring_days_share_a_week_except_from_sunday_to_monday() -> None:
    march = [day(offset) for offset in range(31)]
    changes = [
        later for earlier, later in pairwise(march) if schedule.week_of(earlier) != schedule.week_of(later)
    ]
    assert changes == [day(7), day(14), day(21), day(28)]
    assert schedule.week_of(SUNDAY) == (MONDAY, SUNDAY)
