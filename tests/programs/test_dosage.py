"""The bounds of a dosage: what is refused, what needs a reason, and what the sentence says."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from clinic.rules.refusals import Kind
from programs.rules import dosage
from programs.rules.dosage import FIELDS, Dosage, LoadUnit, Mode
from tests.programs.doses import CARRY, CURL_UP, KNEE_TO_CHEST, ONE_A_MODE, SQUAT, WALK

MARCH_2 = date(2026, 3, 2)

# A dosage in which the field may stand, and the lowest and the highest number that pass.
HARD = [
    ("sets", SQUAT, 1, 10),
    ("reps", SQUAT, 1, 100),
    ("reps_max", dosage.changed(SQUAT, reps=1), 1, 100),
    ("hold_s", KNEE_TO_CHEST, 0, 300),
    ("rest_s", SQUAT, 0, 600),
    ("duration_min", dosage.changed(WALK, duration_max_min=None), 1, 180),
    ("duration_max_min", dosage.changed(WALK, duration_min=1), 1, 180),
    ("distance_m", CARRY, 1, 50_000),
    ("times_a_day", SQUAT, 1, 6),
    ("days_a_week", SQUAT, 1, 7),
    ("load", CARRY, 0, 500),
    ("effort_target", SQUAT, 0, 10),
    ("heart_rate_min", WALK, 30, 230),
    ("heart_rate_max", WALK, 30, 230),
    ("pain_ceiling", SQUAT, 0, 10),
]
SOFT = [
    ("sets", SQUAT, 5),
    ("reps", SQUAT, 30),
    ("reps_max", SQUAT, 30),
    ("hold_s", KNEE_TO_CHEST, 60),
    ("rest_s", SQUAT, 180),
    ("duration_min", dosage.changed(WALK, duration_max_min=None), 60),
    ("duration_max_min", WALK, 60),
    ("times_a_day", SQUAT, 3),
    ("effort_target", SQUAT, 8),
    ("heart_rate_min", WALK, 180),
    ("heart_rate_max", WALK, 180),
    ("pain_ceiling", SQUAT, 5),
]


def faults(dose: Dosage) -> set[tuple[str, str]]:
    return {(problem.field, problem.code) for problem in dosage.problems(dose)}


def worries(dose: Dosage, **recommended: tuple[float, float]) -> set[tuple[str, str]]:
    return {(problem.field, problem.code) for problem in dosage.warnings(dose, recommended)}


@pytest.mark.parametrize(("field", "dose", "low", "high"), HARD, ids=[row[0] for row in HARD])
def test_it_takes_the_ends_of_the_hard_range_and_refuses_the_next_number(
    field: str, dose: Dosage, low: int, high: int
) -> None:
    kind = Decimal if field in {"load", "effort_target"} else int
    for inside in (low, high):
        assert faults(dosage.changed(dose, **{field: kind(inside)})) == set()
    for outside in (low - 1, high + 1):
        assert (field, "out_of_range") in faults(dosage.changed(dose, **{field: kind(outside)}))


@pytest.mark.parametrize(("field", "dose", "usual"), SOFT, ids=[row[0] for row in SOFT])
def test_it_asks_for_a_reason_just_above_the_usual_range(field: str, dose: Dosage, usual: int) -> None:
    kind = Decimal if field == "effort_target" else int
    above = usual + Decimal("0.5") if field == "effort_target" else usual + 1
    assert worries(dosage.changed(dose, **{field: kind(usual)})) == set()
    assert worries(dosage.changed(dose, **{field: kind(above)})) == {(field, "outside_usual")}
    assert faults(dosage.changed(dose, **{field: kind(above)})) == set()


def test_every_field_has_a_rule_with_its_source_and_every_range_is_tried() -> None:
    assert list(FIELDS) == [field.name for field in dataclasses.fields(Dosage)]
    assert all(rule.basis for rule in FIELDS.values())
    tried_apart = {"reps_per_set", "tempo", "weekdays", "ends_on", "band_colour", "note_to_patient"}
    assert {name for name, rule in FIELDS.items() if rule.hard} == {row[0] for row in HARD} | tried_apart
    assert {name for name, rule in FIELDS.items() if rule.soft} == {row[0] for row in SOFT} | {
        "reps_per_set",
        "ends_on",
    }


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("field", FIELDS)
def test_a_mode_needs_its_own_fields_and_takes_no_others(mode: Mode, field: str) -> None:
    rule, dose = FIELDS[field], ONE_A_MODE[mode]
    if mode not in rule.allowed:
        example: Any = {"reps_per_set": (3,), "tempo": (1, 1, 1, 1), "load": Decimal(5)}.get(field, 30)
        example = {"load_unit": LoadUnit.BODY, "band_colour": "red"}.get(field, example)
        assert (field, "not_in_mode") in faults(dosage.changed(dose, **{field: example}))
    elif mode in rule.required and field not in {"mode", "side", "times_a_day"}:
        assert (field, "required") in faults(dosage.changed(dose, **{field: None}))
    else:
        assert not any(name == field for name, _ in faults(dose))


@pytest.mark.parametrize(
    ("dose", "fault"),
    [
        (dosage.changed(CURL_UP, reps=5), ("reps", "not_together")),
        (dosage.changed(CURL_UP, sets=3), ("sets", "not_together")),
        (dosage.changed(CURL_UP, reps_max=5), ("reps_max", "not_together")),
        (dosage.changed(CURL_UP, reps_per_set=(101, 1)), ("reps_per_set", "out_of_range")),
        (dosage.changed(CURL_UP, reps_per_set=(5, 0)), ("reps_per_set", "out_of_range")),
        (dosage.changed(CURL_UP, reps_per_set=(1,) * 11), ("reps_per_set", "out_of_range")),
        (dosage.changed(CURL_UP, weekdays=(0, 7)), ("weekdays", "out_of_range")),
        (dosage.changed(CURL_UP, weekdays=()), ("days_a_week", "choose_one")),
        (dosage.changed(CURL_UP, days_a_week=3), ("days_a_week", "choose_one")),
        (dosage.changed(SQUAT, reps_max=11), ("reps_max", "order")),
        (dosage.changed(SQUAT, tempo=(3, 0, 21, 0)), ("tempo", "out_of_range")),
        (dosage.changed(SQUAT, tempo=(3, 0, 1)), ("tempo", "out_of_range")),
        (dosage.changed(WALK, duration_max_min=29), ("duration_max_min", "order")),
        (dosage.changed(WALK, heart_rate_min=120, heart_rate_max=119), ("heart_rate_max", "order")),
        (dosage.changed(SQUAT, effort_target=Decimal("4.25")), ("effort_target", "step")),
        (dosage.changed(SQUAT, effort_target=Decimal("NaN")), ("effort_target", "out_of_range")),
        (dosage.changed(CARRY, load=Decimal("2.505")), ("load", "step")),
        (dosage.changed(CARRY, load=Decimal("sNaN")), ("load", "out_of_range")),
        (dosage.changed(CARRY, load_unit=None), ("load_unit", "required")),
        (dosage.changed(CARRY, load=None), ("load", "required")),
        (dosage.changed(CARRY, load_unit=LoadUnit.BODY), ("load", "not_together")),
        (dosage.changed(SQUAT, load_unit=LoadUnit.BAND), ("band_colour", "required")),
        (dosage.changed(SQUAT, band_colour="red"), ("band_colour", "not_together")),
        (dosage.changed(SQUAT, band_colour="r" * 31), ("band_colour", "out_of_range")),
        (dosage.changed(SQUAT, note_to_patient="n" * 2001), ("note_to_patient", "out_of_range")),
        (dosage.changed(SQUAT, note_to_patient="slowly\x00"), ("note_to_patient", "unreadable")),
        (dosage.changed(SQUAT, note_to_patient="slowly\ud800"), ("note_to_patient", "unreadable")),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else "",
)
def test_it_refuses_what_cannot_be_meant(dose: Dosage, fault: tuple[str, str]) -> None:
    assert fault in faults(dose)


def test_an_equal_end_of_a_range_and_a_note_in_lines_pass() -> None:
    assert faults(dosage.changed(SQUAT, reps_max=12, note_to_patient="slowly\nबहुत अच्छा")) == set()
    assert faults(dosage.changed(WALK, heart_rate_min=120, heart_rate_max=120)) == set()


@pytest.mark.parametrize(
    ("days", "hard", "soft"),
    [
        (-1, {("ends_on", "out_of_range")}, None),
        (0, set(), set()),
        (120, set(), set()),
        (121, set(), {("ends_on", "outside_usual")}),
        (365, set(), {("ends_on", "outside_usual")}),
        (366, {("ends_on", "out_of_range")}, None),
    ],
)
def test_it_ends_on_or_after_its_start_and_within_a_year(days: int, hard: set[Any], soft: set[Any]) -> None:
    dose = dosage.changed(SQUAT, starts_on=MARCH_2, ends_on=MARCH_2 + timedelta(days=days))
    assert faults(dose) == hard
    if soft is not None:
        assert worries(dose) == soft


def test_the_refusal_names_every_fault_and_says_what_to_do_with_the_bounds() -> None:
    with pytest.raises(dosage.OutOfBounds) as refused:
        dosage.require_sound(dosage.changed(SQUAT, sets=11, times_a_day=7))
    assert refused.value.kind is Kind.INVALID
    assert refused.value.code == "dosage_out_of_bounds"
    assert refused.value.field == "sets"
    assert refused.value.message == "Set sets from 1 to 10. Set times a day from 1 to 6."
    assert refused.value.details["problems"] == [
        {"field": "sets", "code": "out_of_range", "message": "Set sets from 1 to 10."},
        {"field": "times_a_day", "code": "out_of_range", "message": "Set times a day from 1 to 6."},
    ]


def test_a_recommended_range_is_judged_before_the_usual_one_and_at_both_ends() -> None:
    assert worries(KNEE_TO_CHEST, hold_s=(5, 10), reps=(10, 15)) == set()
    assert worries(KNEE_TO_CHEST, hold_s=(6, 10)) == {("hold_s", "outside_recommended")}
    assert worries(dosage.changed(KNEE_TO_CHEST, hold_s=11), hold_s=(5, 10)) == {
        ("hold_s", "outside_recommended")
    }
    [worry] = dosage.warnings(dosage.changed(KNEE_TO_CHEST, hold_s=61), {"hold_s": (5, 10)})
    assert worry.message == "For this exercise a hold is usually 5 to 10 s."


def test_a_recommended_range_also_judges_the_upper_end_the_pyramid_and_the_named_days() -> None:
    assert worries(dosage.changed(SQUAT, reps_max=16), reps=(8, 15)) == {("reps_max", "outside_recommended")}
    assert worries(CURL_UP, reps=(5, 10), days_a_week=(2, 3)) == set()
    assert worries(CURL_UP, reps=(6, 10), days_a_week=(4, 7)) == {
        ("reps_per_set", "outside_recommended"),
        ("weekdays", "outside_recommended"),
    }
    assert worries(dosage.changed(CURL_UP, reps_per_set=(31, 1))) == {("reps_per_set", "outside_usual")}


@pytest.mark.parametrize(
    ("name", "recommended", "usual"),
    [
        ("hold_s", {}, (0, 60)),
        ("hold_s", {"hold_s": (5, 10)}, (5, 10)),
        ("hold_s", {"hold_s": (5, 90)}, (5, 60)),
        ("hold_s", {"hold_s": (90, 120)}, (90, 120)),
        ("reps_max", {"reps": (8, 12)}, (8, 12)),
        ("weekdays", {"days_a_week": (2, 3)}, (2, 3)),
        ("pain_ceiling", {}, (0, 5)),
        ("side", {}, None),
    ],
)
def test_one_range_says_what_needs_no_reason(
    name: str, recommended: dict[str, tuple[float, float]], usual: tuple[float, float] | None
) -> None:
    assert dosage.usual_range(name, recommended) == usual


def test_what_lies_outside_is_said_in_words_that_people_use() -> None:
    dose = dosage.changed(SQUAT, reps=50, reps_max=60, pain_ceiling=9)
    assert [each.message for each in dosage.warnings(dose, {"reps": (8, 12)})] == [
        "For this exercise the number of repetitions is usually 8 to 12.",
        "For this exercise the highest number of repetitions is usually 8 to 12.",
        "The limit of pain is usually 0 to 5 of 10.",
    ]
    [fault] = dosage.problems(dosage.changed(SQUAT, reps=50, reps_max=10))
    assert fault.message == (
        "The highest number of repetitions must not be below 50. Raise it, or leave it empty."
    )
