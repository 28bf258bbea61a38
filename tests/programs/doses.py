"""One plain dosage a mode, known by its exercise, and a Hypothesis strategy for every sound dosage."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import strategies as st

from programs.rules.dosage import Dosage, LoadUnit, Mode, Side

SQUAT = Dosage(mode=Mode.REPS, sets=3, reps=12, days_a_week=3)
PLANK = Dosage(mode=Mode.HOLD, sets=3, hold_s=20, days_a_week=7)
KNEE_TO_CHEST = Dosage(
    mode=Mode.REPS_HOLD, sets=1, reps=10, hold_s=5, side=Side.BOTH, times_a_day=2, days_a_week=7
)
CURL_UP = Dosage(
    mode=Mode.REPS_HOLD,
    reps_per_set=(5, 3, 1),
    hold_s=10,
    rest_s=30,
    side=Side.ALTERNATE,
    weekdays=(0, 2, 4),
)
WALK = Dosage(mode=Mode.DURATION, sets=1, duration_min=30, duration_max_min=40, days_a_week=5)
CARRY = Dosage(
    mode=Mode.DISTANCE, sets=2, distance_m=50, load=Decimal(8), load_unit=LoadUnit.KG, days_a_week=2
)
ONE_A_MODE = {dose.mode: dose for dose in (SQUAT, PLANK, KNEE_TO_CHEST, WALK, CARRY)}

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=30)


MODES = st.sampled_from(Mode)
SIDES = st.sampled_from(Side)
REST = st.fixed_dictionaries(
    {
        "rest_s": st.none() | st.integers(0, 600),
        "effort_target": st.none() | st.integers(0, 20).map(lambda halves: Decimal(halves) / 2),
        "pain_ceiling": st.none() | st.integers(0, 10),
        "note_to_patient": texts,
    }
)


@st.composite
def sound_dosages(draw: st.DrawFn) -> Dosage:
    """Any dosage without a hard fault. What it draws from is made once: to make it costs more than to draw."""
    mode = draw(MODES)
    fields = {"mode": mode, "side": draw(SIDES), "times_a_day": draw(st.integers(1, 6))}
    fields |= draw(_amounts(mode)) | draw(_days()) | draw(_dates())
    if mode is not Mode.DURATION:
        fields |= draw(_loads())
    if mode in {Mode.DURATION, Mode.DISTANCE}:
        fields |= draw(HEART_RATES)
    fields |= draw(REST)
    return Dosage(**fields)


@cache
def _amounts(mode: Mode) -> st.SearchStrategy[dict[str, Any]]:
    repetitions = st.integers(1, 100)
    sets = st.fixed_dictionaries({"sets": st.integers(1, 10)})
    pyramid = st.fixed_dictionaries({"reps_per_set": st.lists(repetitions, min_size=1, max_size=10)})
    straight = st.builds(dict.__or__, sets, _ranges("reps", "reps_max", repetitions))
    tempo = st.fixed_dictionaries({"tempo": st.none() | st.tuples(*[st.integers(0, 20)] * 4)})
    repeated = st.builds(dict.__or__, straight | pyramid, tempo)
    hold = st.fixed_dictionaries({"hold_s": st.integers(0, 300)})
    match mode:
        case Mode.REPS:
            return repeated
        case Mode.HOLD:
            return st.builds(dict.__or__, sets, hold)
        case Mode.REPS_HOLD:
            return st.builds(dict.__or__, repeated, hold)
        case Mode.DURATION:
            return _ranges("duration_min", "duration_max_min", st.integers(1, 180))
        case Mode.DISTANCE:
            return st.fixed_dictionaries({"distance_m": st.integers(1, 50_000)})


def _ranges(low: str, high: str, numbers: st.SearchStrategy[int]) -> st.SearchStrategy[dict[str, Any]]:
    alone = numbers.map(lambda number: {low: number})
    pair = st.tuples(numbers, numbers).map(sorted).map(lambda ends: {low: ends[0], high: ends[1]})
    return alone | pair


@cache
def _days() -> st.SearchStrategy[dict[str, Any]]:
    named = st.sets(st.integers(0, 6), min_size=1).map(lambda days: {"weekdays": tuple(days)})
    return named | st.integers(1, 7).map(lambda number: {"days_a_week": number})


@cache
def _dates() -> st.SearchStrategy[dict[str, Any]]:
    days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
    lengths = st.integers(0, 365).map(lambda number: timedelta(days=number))
    spans = st.builds(lambda first, length: {"starts_on": first, "ends_on": first + length}, days, lengths)
    return st.just({}) | days.map(lambda day: {"starts_on": day}) | spans


@cache
def _loads() -> st.SearchStrategy[dict[str, Any]]:
    weights = st.decimals(0, 500, places=2)
    units = st.sampled_from([LoadUnit.KG, LoadUnit.LB])
    weighed = st.builds(lambda load, unit: {"load": load, "load_unit": unit}, weights, units)
    band: dict[str, Any] = {"load_unit": LoadUnit.BAND, "band_colour": "red"}
    body: dict[str, Any] = {"load_unit": LoadUnit.BODY}
    return st.just({}) | weighed | st.just(band) | st.just(body)


HEART_RATES = _ranges("heart_rate_min", "heart_rate_max", st.integers(30, 230))
