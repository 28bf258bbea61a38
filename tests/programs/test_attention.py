"""What stands out in a patient's last days."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.rules.attention import Course, Flag, flag

DAY = date(2026, 3, 17)
STEADY = Course(
    day=DAY,
    began_on=date(2026, 2, 1),
    pains=[3, 3, 2, 3, 3],
    done=24,
    due=26,
    last_logged=DAY - timedelta(days=1),
)
COURSES = st.builds(
    Course,
    day=st.just(DAY),
    began_on=st.dates(date(2026, 1, 1), date(2026, 4, 1)),
    pains=st.lists(st.integers(0, 10), max_size=14),
    done=st.integers(0, 60),
    due=st.integers(0, 30),
    last_logged=st.none() | st.dates(date(2026, 1, 1), DAY),
    says_too_much=st.integers(0, 3),
)


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        (STEADY, Flag.ON_TRACK),
        (replace(STEADY, pains=[2, 2, 3, 4, 4]), Flag.PAIN_RISING),
        (replace(STEADY, pains=[2, 2, 3, 3, 4]), Flag.ON_TRACK),
        (replace(STEADY, pains=[2, 2, 9]), Flag.ON_TRACK),
        (replace(STEADY, pains=[9], pain_limit=5), Flag.PAIN_ABOVE_LIMIT),
        (replace(STEADY, pains=[3, 6, 2], pain_limit=5), Flag.PAIN_ABOVE_LIMIT),
        (replace(STEADY, pains=[6, 2, 2], pain_limit=5), Flag.ON_TRACK),
        (replace(STEADY, pains=[5, 5], pain_limit=5), Flag.ON_TRACK),
        (replace(STEADY, pains=[], pain_limit=0), Flag.ON_TRACK),
        (replace(STEADY, pains=[6, 6, 2, 2]), Flag.ON_TRACK),
        (replace(STEADY, done=40), Flag.TOO_MUCH),
        (replace(STEADY, done=39), Flag.ON_TRACK),
        (replace(STEADY, says_too_much=1), Flag.TOO_MUCH),
        (replace(STEADY, last_logged=DAY - timedelta(days=5)), Flag.STOPPED_LOGGING),
        (replace(STEADY, last_logged=DAY - timedelta(days=4)), Flag.ON_TRACK),
        (replace(STEADY, last_logged=None), Flag.STOPPED_LOGGING),
        (replace(STEADY, last_logged=None, due=0, done=0), Flag.ON_TRACK),
        (replace(STEADY, done=12), Flag.TOO_LITTLE),
        (replace(STEADY, done=13), Flag.ON_TRACK),
        (replace(STEADY, began_on=DAY - timedelta(days=6), done=0), Flag.NEW),
        (replace(STEADY, began_on=DAY - timedelta(days=7), done=0), Flag.TOO_LITTLE),
        (replace(STEADY, began_on=DAY + timedelta(days=3), last_logged=None, due=0, done=0), Flag.NEW),
    ],
)
def test_the_most_pressing_thing_is_named(course: Course, expected: Flag) -> None:
    assert flag(course) is expected


def test_pain_goes_before_everything_else() -> None:
    worst = replace(STEADY, pains=[1, 1, 6, 6], done=60, last_logged=None)
    assert flag(worst) is Flag.PAIN_RISING
    assert flag(replace(worst, pain_limit=5)) is Flag.PAIN_ABOVE_LIMIT


def test_the_ranks_are_in_the_order_of_the_flags() -> None:
    assert [each.rank for each in Flag] == list(range(len(Flag)))
    assert [each.urgency for each in Flag] == [*["today"] * 4, *["week"] * 2, "on_track"]


@given(COURSES)
def test_a_course_is_judged_whatever_its_numbers(course: Course) -> None:
    found = flag(course)
    assert course.silent_days >= 0
    assert course.ratio is None or course.ratio == Fraction(course.done, course.due)
    assert (found is Flag.PAIN_RISING) == (course.rise >= 2)


@given(COURSES, st.integers(1, 5))
def test_more_pain_at_the_end_never_calms(course: Course, more: int) -> None:
    if len(course.pains) >= 4:
        hurt = replace(course, pains=[*course.pains[:-2], *(pain + more for pain in course.pains[-2:])])
        assert flag(hurt).rank <= flag(course).rank or flag(course) is Flag.PAIN_RISING


@pytest.mark.parametrize(
    ("course", "stands_out"),
    [
        (replace(STEADY, pains=[9], pain_limit=5), True),
        (replace(STEADY, pains=[2, 2, 4, 4]), True),
        (replace(STEADY, pains=[4, 4, 2, 2], pain_limit=5), False),
        (replace(STEADY, says_too_much=1), False),
    ],
)
def test_pain_stands_out_where_it_is_why_to_look(course: Course, stands_out: bool) -> None:
    assert course.pain_stands_out is stands_out
    assert (flag(course) in {Flag.PAIN_ABOVE_LIMIT, Flag.PAIN_RISING}) is stands_out
