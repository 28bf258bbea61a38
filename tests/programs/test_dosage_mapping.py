"""The dosage as a value: how two differ, and the plain form for the API and for snapshots."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programs.rules import dosage
from programs.rules.dosage import FIELDS, Change, Dosage, Mode
from tests.programs.doses import CARRY, SQUAT, sound_dosages

MARCH_2 = date(2026, 3, 2)


@settings(deadline=None)
@given(sound_dosages())
def test_a_sound_dosage_passes_and_comes_back_whole_through_json(dose: Dosage) -> None:
    dosage.require_sound(dose)
    assert dosage.from_mapping(json.loads(json.dumps(dosage.to_mapping(dose)))) == dose


@settings(deadline=None)
@given(sound_dosages(), sound_dosages())
def test_the_changes_lead_from_the_old_dosage_to_the_new(old: Dosage, new: Dosage) -> None:
    listed = dosage.changes(old, new)
    assert dosage.changed(old, **{change.field: change.new for change in listed}) == new
    order = list(FIELDS)
    assert [change.field for change in listed] == sorted((each.field for each in listed), key=order.index)
    assert all(change.old != change.new for change in listed)
    assert dosage.changes(new, new) == ()


def test_the_first_dosage_changes_every_field_it_uses() -> None:
    assert dosage.changes(None, SQUAT) == (
        Change("mode", None, Mode.REPS),
        Change("sets", None, 3),
        Change("reps", None, 12),
        Change("times_a_day", None, 1),
        Change("days_a_week", None, 3),
    )


def test_equal_doses_have_one_form() -> None:
    from_a_row = Dosage(mode=Mode.REPS, reps_per_set=[5, 3], weekdays=[4, 0, 4], tempo=[])  # type: ignore[arg-type]
    assert from_a_row.reps_per_set == (5, 3)
    assert from_a_row.weekdays == (0, 4)
    assert from_a_row.tempo is None
    assert dosage.changes(CARRY, dosage.changed(CARRY, load=Decimal("8.00"))) == ()


def test_a_changed_dosage_leaves_the_old_one_alone() -> None:
    assert dosage.changed(SQUAT, reps=8).reps == 8
    assert SQUAT.reps == 12
    with pytest.raises(TypeError):
        dosage.changed(SQUAT, repetitions=8)


def test_the_plain_form_keeps_text_for_dates_and_decimals() -> None:
    dose = dosage.changed(CARRY, starts_on=MARCH_2, load=Decimal("2.50"), weekdays=(0, 2), days_a_week=None)
    plain = dosage.to_mapping(dose)
    assert list(plain) == list(FIELDS)
    assert plain["starts_on"] == "2026-03-02"
    assert plain["load"] == "2.50"
    assert plain["weekdays"] == [0, 2]
    assert type(plain["mode"]) is str
    assert plain["reps"] is None


def test_a_client_may_send_numbers_for_decimals_and_leave_out_what_is_not_used() -> None:
    sent = {"mode": "reps", "sets": 3, "reps": 12, "days_a_week": 3, "effort_target": 5.5, "hold_s": None}
    assert dosage.from_mapping(sent) == dosage.changed(SQUAT, effort_target=Decimal("5.5"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mode", "sprint"),
        ("mode", None),
        ("sets", "3"),
        ("sets", 3.0),
        ("sets", True),
        ("reps_per_set", 5),
        ("reps_per_set", [5, None]),
        ("tempo", [1, 2, 3]),
        ("side", "middle"),
        ("side", None),
        ("side", ["both"]),
        ("times_a_day", None),
        ("weekdays", "Mon"),
        ("load", "heavy"),
        ("load", "NaN"),
        ("load", "Infinity"),
        ("load", True),
        ("load", "1" * 33),
        ("load", []),
        ("load_unit", "stone"),
        ("band_colour", None),
        ("starts_on", "soon"),
        ("ends_on", 20260302),
        ("note_to_patient", 5),
    ],
)
def test_it_names_the_field_of_a_wrong_type(field: str, value: object) -> None:
    with pytest.raises(dosage.OutOfBounds) as refused:
        dosage.from_mapping({"mode": "reps", field: value})
    assert refused.value.field == field
    assert refused.value.message.startswith("Give ")


def test_it_names_an_unknown_field_and_a_missing_mode() -> None:
    with pytest.raises(dosage.OutOfBounds) as refused:
        dosage.from_mapping({"repetitions": 5})
    assert refused.value.field == "repetitions"
    assert [fault["code"] for fault in refused.value.details["problems"]] == ["unknown", "required"]  # type: ignore[attr-defined]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(list(FIELDS)) | st.text(max_size=5), anything))
def test_whatever_is_sent_is_read_or_refused_and_nothing_else_happens(sent: dict[str, object]) -> None:
    try:
        dose = dosage.from_mapping(sent)
    except dosage.OutOfBounds:
        return
    dosage.problems(dose)
    assert dosage.from_mapping(dosage.to_mapping(dose)) == dose


@pytest.mark.parametrize("value", [None, 5, "reps", [1], [["mode", "reps"]]])
def test_what_is_no_mapping_is_refused_before_it_is_read(value: object) -> None:
    with pytest.raises(dosage.OutOfBounds, match="Write the dosage as fields"):
        dosage.from_mapping(value)


@settings(deadline=None)
@given(anything)
def test_whatever_a_form_holds_is_a_dose_to_prescribe_or_refused(told: object) -> None:
    try:
        dose = dosage.sound_mapping(told)
    except dosage.OutOfBounds:
        return
    assert dosage.problems(dose) == ()


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(list(FIELDS)), st.tuples(anything, anything, anything).map(list)))
def test_whatever_range_a_form_holds_can_be_judged_and_stored_or_is_refused(told: dict[str, object]) -> None:
    try:
        ranges = dosage.sound_ranges(told)
    except dosage.OutOfBounds:
        return
    json.dumps(ranges, allow_nan=False)
    dosage.warnings(SQUAT, {name: (low, high) for name, (low, high, _source) in ranges.items()})


@pytest.mark.parametrize(
    "value", [{"hold_s": [True, 30, "Trial"]}, {"hold_s": [30, 5, "Trial"]}, {"hold_s": [5, 30]}]
)
def test_a_range_runs_from_a_number_to_a_larger_one_and_names_its_source(value: object) -> None:
    with pytest.raises(dosage.OutOfBounds) as refused:
        dosage.sound_ranges(value)
    assert refused.value.field == "hold_s"


def test_fields_that_were_sent_take_the_place_of_the_old_ones_alone() -> None:
    assert dosage.with_fields(SQUAT, {"reps": 8}) == dosage.changed(SQUAT, reps=8)
    with pytest.raises(dosage.OutOfBounds):
        dosage.with_fields(SQUAT, {"repetitions": 8})


def test_weekdays_take_the_place_of_a_count_of_days_and_the_reverse() -> None:
    on_days = dosage.with_fields(SQUAT, {"weekdays": [0, 2]})
    assert (on_days.weekdays, on_days.days_a_week) == ((0, 2), None)
    counted = dosage.with_fields(on_days, {"days_a_week": 5})
    assert (counted.weekdays, counted.days_a_week) == (None, 5)
