"""The notation of a dosage: a table of doses and the words they become."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given, settings

from programs import wording
from programs.rules import dosage
from programs.rules.dosage import FIELDS, Change, Dosage, LoadUnit, Mode, Side
from tests.programs.doses import CARRY, CURL_UP, KNEE_TO_CHEST, PLANK, SQUAT, WALK, sound_dosages

OF_THE_DOMAIN = Dosage(
    mode=Mode.REPS_HOLD, sets=2, reps=10, hold_s=8, rest_s=30, side=Side.BOTH, times_a_day=2, days_a_week=5
)
ARTICLE_CURL_UP = Dosage(mode=Mode.REPS_HOLD, sets=1, reps=8, hold_s=10, side=Side.ALTERNATE, days_a_week=5)
EVERYTHING = Dosage(
    mode=Mode.REPS,
    sets=3,
    reps=8,
    reps_max=12,
    rest_s=90,
    tempo=(3, 1, 1, 0),
    side=Side.LEFT,
    times_a_day=3,
    weekdays=(1, 6),
    load=Decimal("2.50"),
    load_unit=LoadUnit.KG,
    effort_target=Decimal("4.5"),
    pain_ceiling=4,
    starts_on=date(2026, 3, 2),
    ends_on=date(2026, 4, 30),
    note_to_patient="slowly",
)


@pytest.mark.parametrize(
    ("dose", "words"),
    [
        (OF_THE_DOMAIN, "2 × 10 × 8 s hold, each side, rest 30 s, twice a day, 5 days a week"),
        (CURL_UP, "5-3-1 × 10 s hold, alternate sides, rest 30 s, once a day, Mon Wed Fri"),
        (KNEE_TO_CHEST, "1 × 10 × 5 s hold, each side, twice a day, every day"),
        (WALK, "1 bout of 30 to 40 min, once a day, 5 days a week"),
        (
            dosage.changed(
                WALK, sets=3, duration_min=10, duration_max_min=10, heart_rate_min=110, heart_rate_max=130
            ),
            "3 bouts of 10 min, heart rate 110 to 130, once a day, 5 days a week",
        ),
        (dosage.changed(WALK, sets=None), "1 bout of 30 to 40 min, once a day, 5 days a week"),
        (
            dosage.changed(WALK, heart_rate_max=130),
            "1 bout of 30 to 40 min, heart rate up to 130, once a day, 5 days a week",
        ),
        (
            dosage.changed(WALK, heart_rate_min=110),
            "1 bout of 30 to 40 min, heart rate from 110, once a day, 5 days a week",
        ),
        (SQUAT, "3 × 12, once a day, 3 days a week"),
        (PLANK, "3 × 20 s hold, once a day, every day"),
        (CARRY, "2 × 50 m, 8 kg, once a day, 2 days a week"),
        (
            dosage.changed(CARRY, sets=1, distance_m=12_000, load=None, load_unit=None, days_a_week=1),
            "12,000 m, once a day, 1 day a week",
        ),
        (
            EVERYTHING,
            "3 × 8 to 12, left side, rest 90 s, tempo 3-1-1-0, 2.5 kg, effort 4.5 of 10, pain up to 4 of 10, "
            "3 times a day, Tue Sun, from 2 Mar 2026 to 30 Apr 2026",
        ),
        (
            dosage.changed(SQUAT, load_unit=LoadUnit.BAND, band_colour="red", starts_on=date(2026, 3, 2)),
            "3 × 12, red band, once a day, 3 days a week, from 2 Mar 2026",
        ),
        (
            dosage.changed(SQUAT, load_unit=LoadUnit.BODY, ends_on=date(2026, 3, 2), side=Side.RIGHT),
            "3 × 12, right side, body weight, once a day, 3 days a week, until 2 Mar 2026",
        ),
        (
            dosage.changed(
                SQUAT, days_a_week=None, weekdays=range(7), load=Decimal(100), load_unit=LoadUnit.LB
            ),
            "3 × 12, 100 lb, once a day, every day",
        ),
    ],
)
def test_the_notation_is_the_same_everywhere(dose: Dosage, words: str) -> None:
    assert dosage.problems(dose) == ()
    assert wording.dosage(dose) == words


@pytest.mark.parametrize(
    ("dose", "words"),
    [
        (ARTICLE_CURL_UP, "8 × 10 s hold, switch sides"),
        (OF_THE_DOMAIN, "2 × 10 × 8 s hold, each side"),
        (CURL_UP, "5-3-1 × 10 s hold, switch sides"),
        (dosage.changed(PLANK, sets=1), "20 s hold"),
        (dosage.changed(SQUAT, sets=1, reps=1), "1 repetition"),
        (dosage.changed(SQUAT, sets=1, reps_max=15), "12 to 15 repetitions"),
        (dosage.changed(WALK, duration_max_min=None), "30 min"),
        (CARRY, "2 × 50 m, 8 kg"),
    ],
)
def test_the_headline_leaves_out_how_often(dose: Dosage, words: str) -> None:
    assert wording.short(dose) == words


@pytest.mark.parametrize(
    ("dose", "words"),
    [
        (OF_THE_DOMAIN, "twice a day, 5 days a week"),
        (CURL_UP, "once a day, Mon Wed Fri"),
        (dosage.changed(SQUAT, times_a_day=4, days_a_week=1), "4 times a day, 1 day a week"),
        (PLANK, "once a day, every day"),
    ],
)
def test_the_frequency_stands_alone(dose: Dosage, words: str) -> None:
    assert wording.frequency(dose) == words


@pytest.mark.parametrize(
    ("dose", "words"),
    [
        (
            dosage.changed(OF_THE_DOMAIN, sets=3, hold_s=5, rest_s=None, days_a_week=7),
            "3 sets of 10, hold 5 seconds, each side, twice a day, every day.",
        ),
        (
            CURL_UP,
            "3 sets of 5, 3 and 1, hold 10 seconds, switch sides, rest 30 seconds, once a day, "
            "Monday, Wednesday and Friday.",
        ),
        (
            dosage.changed(OF_THE_DOMAIN, sets=1, hold_s=1, rest_s=1, times_a_day=1, days_a_week=1),
            "1 set of 10, hold 1 second, each side, rest 1 second, once a day, 1 day a week.",
        ),
        (PLANK, "3 holds of 20 seconds, once a day, every day."),
        (dosage.changed(PLANK, sets=1), "1 hold of 20 seconds, once a day, every day."),
        (WALK, "30 to 40 minutes, once a day, 5 days a week."),
        (
            dosage.changed(WALK, sets=2, duration_min=1, duration_max_min=None),
            "2 bouts of 1 minute, once a day, 5 days a week.",
        ),
        (CARRY, "2 × 50 m, 8 kg, once a day, 2 days a week."),
    ],
)
def test_the_sentence_for_patients_spells_units_and_days_out(dose: Dosage, words: str) -> None:
    assert wording.plain(dose) == words


@pytest.mark.parametrize(
    ("field", "old", "new", "words"),
    [
        ("hold_s", 5, 8, "hold 5 s to 8 s"),
        ("rest_s", None, 30, "rest none to 30 s"),
        ("rest_s", 30, None, "rest 30 s to none"),
        ("sets", 1, 3, "sets 1 to 3"),
        ("reps_per_set", None, (5, 3, 1), "repetitions of each set none to 5-3-1"),
        ("weekdays", (0, 2), (0, 2, 4), "weekdays Mon Wed to Mon Wed Fri"),
        ("side", Side.NONE, Side.ALTERNATE, "side none to alternate sides"),
        ("mode", Mode.REPS, Mode.REPS_HOLD, "mode repetitions to repetitions with a hold"),
        ("load", Decimal("2.50"), Decimal(5), "load 2.5 to 5"),
        ("load_unit", None, LoadUnit.BAND, "unit of the load none to band"),
        ("band_colour", "", "left", "colour of the band none to left"),
        ("distance_m", 900, 10_000, "distance 900 m to 10,000 m"),
        ("starts_on", None, date(2026, 3, 2), "start none to 2 Mar 2026"),
        ("note_to_patient", "", "slowly", "note changed"),
    ],
)
def test_a_change_says_before_and_after(field: str, old: object, new: object, words: str) -> None:
    assert wording.change(Change(field, old, new)) == words


def test_every_field_has_a_name_for_people() -> None:
    assert all(wording.label(field) for field in FIELDS)
    with pytest.raises(KeyError):
        wording.label("repetitions")


@pytest.mark.parametrize("mode", Mode)
def test_a_draft_with_gaps_still_has_words(mode: Mode) -> None:
    draft = Dosage(mode=mode)
    assert "None" not in wording.dosage(draft) + wording.short(draft) + wording.plain(draft)


@settings(max_examples=50, deadline=None)
@given(sound_dosages(), sound_dosages())
def test_every_dosage_and_every_change_has_words(old: Dosage, new: Dosage) -> None:
    said = [wording.short(new), wording.frequency(new), wording.dosage(new), wording.plain(new)]
    said += [wording.change(change) for change in dosage.changes(old, new)]
    assert all(said)
    assert not any("None" in words or "%(" in words or ", ," in words for words in said)
    assert wording.frequency(new) in wording.dosage(new)


def test_numbers_and_weekdays_follow_the_active_language() -> None:
    with translation.override("es"):
        assert "2,5 kg" in wording.dosage(EVERYTHING)
        assert "lun mié vie" in wording.frequency(CURL_UP)
