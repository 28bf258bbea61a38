"""How logs are judged: shares of what was due, and logs that are more than twice what was asked."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programs.rules import adherence, dosage
from programs.rules.adherence import ADHERENT, Adherence, LoggedSet
from programs.rules.dosage import Dosage
from tests.programs.doses import CARRY, CURL_UP, KNEE_TO_CHEST, PLANK, SQUAT, WALK, sound_dosages

RANGED = dosage.changed(SQUAT, sets=1, reps=5, reps_max=10)


def logged(count: int = 1, **numbers: int | Decimal) -> list[LoggedSet]:
    return [LoggedSet(**numbers)] * count  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("done", "due", "ratio", "score"),
    [
        (0, 5, Fraction(0), Fraction(0)),
        (3, 4, Fraction(3, 4), Fraction(3, 4)),
        (5, 5, Fraction(1), Fraction(1)),
        (12, 5, Fraction(12, 5), Fraction(1)),
        (0, 0, None, None),
        (3, 0, None, None),
    ],
)
def test_the_score_is_capped_and_the_ratio_is_not(
    done: int, due: int, ratio: Fraction | None, score: Fraction | None
) -> None:
    judged = Adherence(done, due)
    assert judged.ratio == ratio
    assert judged.score == score


@pytest.mark.parametrize(("done", "due"), [(-1, 5), (5, -1)])
def test_it_refuses_negative_doses(done: int, due: int) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        Adherence(done, due)


def test_more_than_twice_what_was_prescribed_is_too_much() -> None:
    assert not adherence.too_much(10, 5)
    assert adherence.too_much(11, 5)


def test_a_program_is_the_mean_of_the_capped_scores_of_what_was_due() -> None:
    assert adherence.program_adherence([Adherence(10, 5), Adherence(2, 4), Adherence(1, 0)]) == Fraction(3, 4)
    assert adherence.program_adherence([Adherence(10, 5), Adherence(0, 5)]) == Fraction(1, 2)
    assert adherence.program_adherence([]) is None
    assert adherence.program_adherence([Adherence(1, 0)]) is None


@settings(deadline=None)
@given(st.lists(st.builds(Adherence, st.integers(0, 300), st.integers(0, 100))))
def test_a_program_lies_between_its_worst_and_its_best_exercise(exercises: list[Adherence]) -> None:
    scores = [each.score for each in exercises if each.score is not None]
    overall = adherence.program_adherence(exercises)
    assert (overall is None) == (not scores)
    if overall is not None:
        assert 0 <= min(scores) <= overall <= max(scores) <= 1


def test_adherent_is_exactly_four_of_five() -> None:
    assert Fraction(4, 5) >= ADHERENT
    assert Fraction(79_999, 100_000) < ADHERENT


@pytest.mark.parametrize(
    ("dose", "sets", "flags"),
    [
        (SQUAT, [], ()),
        (SQUAT, logged(3, reps=12), ()),
        (SQUAT, logged(6, reps=12), ()),
        (SQUAT, logged(7, reps=1), ("sets",)),
        (SQUAT, logged(3, reps=24), ()),
        (SQUAT, logged(1, reps=25), ("reps",)),
        (SQUAT, logged(6, reps=13), ("repetitions",)),
        (RANGED, logged(1, reps=20), ()),
        (RANGED, logged(1, reps=21), ("reps", "repetitions")),
        (PLANK, logged(3, hold_s=40), ()),
        (PLANK, logged(1, hold_s=41), ("hold_s",)),
        (KNEE_TO_CHEST, logged(2, reps=10, hold_s=10), ()),
        (KNEE_TO_CHEST, logged(2, reps=11, hold_s=11), ("hold_s", "repetitions")),
        (CURL_UP, [LoggedSet(reps=5), LoggedSet(reps=3), LoggedSet(reps=1)], ()),
        (CURL_UP, logged(6, reps=3), ()),
        (CURL_UP, logged(2, reps=10), ("repetitions",)),
        (CURL_UP, logged(1, reps=11), ("reps",)),
        (WALK, logged(1, minutes=80), ()),
        (WALK, logged(2, minutes=41), ("minutes",)),
        (dosage.changed(WALK, duration_max_min=None, sets=2), logged(4, minutes=30), ()),
        (CARRY, logged(2, load=Decimal(16)), ()),
        (CARRY, logged(1, load=Decimal("16.01")), ("load",)),
        (SQUAT, logged(1, reps=12, minutes=90, hold_s=90, load=Decimal(90)), ()),
    ],
)
def test_it_flags_what_is_above_twice_the_prescription(
    dose: Dosage, sets: list[LoggedSet], flags: tuple[str, ...]
) -> None:
    assert adherence.log_flags(dose, sets) == flags


@settings(deadline=None)
@given(sound_dosages())
def test_doing_exactly_what_was_asked_is_never_flagged(dose: Dosage) -> None:
    reps = dose.reps_per_set or (dose.reps_max or dose.reps,) * (dose.sets or 1)
    minutes = dose.duration_max_min or dose.duration_min
    sets = [LoggedSet(reps=each, hold_s=dose.hold_s, minutes=minutes, load=dose.load) for each in reps]
    assert adherence.log_flags(dose, sets) == ()
    assert adherence.log_problems(sets) == ()


@pytest.mark.parametrize(
    ("sets", "fields"),
    [
        ([], []),
        (logged(10, reps=100, hold_s=300, minutes=180, load=Decimal(500)), []),
        (logged(1, reps=0, hold_s=0, minutes=0, load=Decimal(0)), []),
        (logged(11, reps=1), ["sets"]),
        (logged(1, reps=101), ["reps"]),
        (logged(1, reps=-1), ["reps"]),
        (logged(1, hold_s=301), ["hold_s"]),
        (logged(1, minutes=181), ["minutes"]),
        (logged(1, load=Decimal("500.01")), ["load"]),
        (logged(1, load=Decimal("NaN")), ["load"]),
        (logged(2, reps=101, minutes=-5), ["reps", "minutes", "reps", "minutes"]),
    ],
)
def test_a_log_is_refused_only_outside_the_hard_bounds(sets: list[LoggedSet], fields: list[str]) -> None:
    assert [problem.field for problem in adherence.log_problems(sets)] == fields


def test_the_refusal_of_a_log_names_the_set_and_the_bound() -> None:
    [problem] = adherence.log_problems([LoggedSet(hold_s=5), LoggedSet(hold_s=301)])
    assert problem.message == "Set 2: give hold from 0 to 300 s."
