"""What follows from a dosage by arithmetic, each figure worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from programs.rules import dosage
from programs.rules.dosage import Burden, Dosage, Side
from tests.programs.doses import CARRY, CURL_UP, KNEE_TO_CHEST, PLANK, SQUAT, WALK, sound_dosages

LEFT_SQUAT = dosage.changed(SQUAT, side=Side.LEFT)


@pytest.mark.parametrize(
    ("dose", "a_week", "held_s", "minutes"),
    [
        # 3 sets of 12 on 3 days; 36 repetitions of 3 s
        (SQUAT, 108, 0, 1.8),
        (LEFT_SQUAT, 108, 0, 1.8),
        # tempo 2-1-2-0 makes a repetition 5 s: 36 × 5 s, and 3 rests of 60 s
        (dosage.changed(SQUAT, tempo=(2, 1, 2, 0), rest_s=60), 108, 0, 6.0),
        # the upper end of a range is for the hand-out only
        (dosage.changed(SQUAT, reps_max=15), 108, 0, 1.8),
        # 3 holds of 20 s daily; a hold takes 3 s to enter and leave
        (PLANK, 21, 420, 1.15),
        # 10 each side, twice a day, daily: 280 of 5 s; one sitting is 20 × 8 s
        (KNEE_TO_CHEST, 280, 1400, 160 / 60),
        # 9 each side on 3 named days: 54 of 10 s; 18 × 13 s and 3 rests of 30 s
        (CURL_UP, 54, 540, 5.4),
        # a duration has no repetitions and counts its lower end
        (WALK, 0, 0, 30.0),
        (dosage.changed(WALK, sets=3, duration_min=10, rest_s=60), 0, 0, 33.0),
        (dosage.changed(WALK, side=Side.BOTH), 0, 0, 60.0),
        # 2 × 50 m at 75 m a minute
        (CARRY, 0, 0, 2 * 50 / 75),
    ],
)
def test_the_derived_numbers_are_those_of_the_formula(
    dose: Dosage, a_week: int, held_s: int, minutes: float
) -> None:
    assert dosage.problems(dose) == ()
    assert dosage.weekly_repetitions(dose) == a_week
    assert dosage.time_under_tension_s(dose) == held_s
    assert dosage.session_minutes(dose) == pytest.approx(minutes)
    assert dosage.minutes_a_day(dose) == pytest.approx(minutes * dose.times_a_day)


@settings(deadline=None)
@given(sound_dosages())
def test_a_second_side_doubles_the_repetitions(dose: Dosage) -> None:
    one, two = (dosage.changed(dose, side=side) for side in (Side.LEFT, Side.ALTERNATE))
    assert dosage.weekly_repetitions(two) == 2 * dosage.weekly_repetitions(one)
    assert dosage.repetitions(two) * dose.times_a_day * dose.days == dosage.weekly_repetitions(two)
    assert dosage.session_minutes(two) >= dosage.session_minutes(one)


def test_the_burden_is_the_minutes_of_a_day_and_warns_from_the_fifth_exercise() -> None:
    four = Burden.of([SQUAT, PLANK, KNEE_TO_CHEST, WALK])
    assert four.exercises == 4
    assert four.minutes_a_day == pytest.approx(1.8 + 1.15 + 2 * 160 / 60 + 30)
    assert four.warnings == ()
    [warning] = Burden.of([SQUAT, PLANK, KNEE_TO_CHEST, WALK, CURL_UP]).warnings
    assert warning.code == "too_many_exercises"
    assert "Take some out, or give a reason." in warning.message
    assert Burden.of([]) == Burden(0, 0)


@pytest.mark.parametrize(
    ("side", "factor"),
    [(Side.NONE, 1), (Side.LEFT, 1), (Side.RIGHT, 1), (Side.BOTH, 2), (Side.ALTERNATE, 2)],
)
def test_the_sides_count_twice_only_where_both_are_done(side: Side, factor: int) -> None:
    assert side.factor == factor
