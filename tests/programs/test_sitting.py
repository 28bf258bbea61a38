"""What a patient says in one number becomes sets as the dose has them."""

from decimal import Decimal

import pytest

from programs.actions import sitting
from programs.rules.dosage import Dosage, Mode

SETS = Dosage(mode=Mode.REPS, sets=3, reps=10)
LISTED = Dosage(mode=Mode.REPS_HOLD, reps_per_set=(10, 8), hold_s=5)
WALK = Dosage(mode=Mode.DURATION, duration_min=20)
BOUTS = Dosage(mode=Mode.DURATION, sets=3, duration_min=5)
WAY = Dosage(mode=Mode.DISTANCE, distance_m=400)


@pytest.mark.parametrize(
    ("dosage", "unit", "dose"),
    [(SETS, "sets", 3), (LISTED, "sets", 2), (WALK, "minutes", 20), (BOUTS, "sets", 3), (WAY, "sets", 1)],
)
def test_one_bout_is_counted_in_minutes_and_all_else_in_sets(dosage: Dosage, unit: str, dose: int) -> None:
    how = sitting.counted(dosage)
    assert (how.unit, how.dose) == (unit, dose)
    assert sitting.sets_done(dosage, dose) == ()


def test_a_list_of_repetitions_goes_on_with_its_last() -> None:
    sets = sitting.sets_done(LISTED, 3)
    assert [(each.number, each.reps, each.hold_s) for each in sets] == [(1, 10, 5), (2, 8, 5), (3, 8, 5)]


def test_minutes_are_one_bout_and_bouts_have_the_minutes_of_the_dose() -> None:
    assert sitting.sets_done(WALK, 35) == (sitting.SetEntry(number=1, minutes=Decimal(35)),)
    assert [each.minutes for each in sitting.sets_done(BOUTS, 2)] == [Decimal(5), Decimal(5)]
