"""The exercises that ship: sound doses, complete texts, and the doses of the article."""

from __future__ import annotations

from pathlib import Path

import pytest

from programs import library
from programs.figures import catalogue
from programs.library import ExerciseEntry
from programs.rules import dosage
from programs.rules.dosage import FIELDS, Dosage, Mode, Side

BENEFITS = {"core_strength", "endorphins", "circulation", "flexibility"}

EXERCISES = {entry.slug: entry for entry in library.exercises()}
every = pytest.mark.parametrize("entry", EXERCISES.values(), ids=EXERCISES)

TEXT = (Path(library.__file__).with_name("exercises.toml")).read_text(encoding="utf-8")
CURL_UP_TEXT = "[[exercise]]" + TEXT.split("[[exercise]]")[2]


def test_it_has_the_articles_exercises_each_aerobic_one_apart() -> None:
    assert list(EXERCISES) == [
        "knee-to-chest-stretch",
        "curl-up",
        "rotational-stretch",
        "walking",
        "cycling",
        "swimming",
    ]


@every
def test_a_starting_dose_is_sound_and_inside_its_own_ranges(entry: ExerciseEntry) -> None:
    assert dosage.problems(entry.starting) == ()
    assert dosage.warnings(entry.starting, entry.ranges) == ()
    assert entry.starting.mode is entry.mode


@every
def test_a_recommended_range_has_a_source_and_lies_inside_the_hard_bounds(entry: ExerciseEntry) -> None:
    assert entry.recommended
    for field, (low, high, source) in entry.recommended.items():
        hard = FIELDS[field].hard
        assert hard is not None
        assert hard[0] <= low < high <= hard[1]
        assert entry.mode in FIELDS[field].allowed
        assert source


@every
def test_an_entry_says_what_a_patient_and_a_physiotherapist_need(entry: ExerciseEntry) -> None:
    assert len(entry.steps) >= 3
    assert entry.cautions
    assert entry.contraindications
    assert entry.precautions
    assert set(entry.benefits) <= BENEFITS
    assert entry.benefits
    assert entry.figure in catalogue.names()  # each is drawn
    assert 1 <= entry.difficulty <= 5
    sentences = (
        entry.position,
        entry.why,
        *entry.steps,
        *entry.cautions,
        *entry.contraindications,
        *entry.precautions,
    )
    assert all(sentence.endswith(".") and sentence == sentence.strip() for sentence in sentences)


@every
@pytest.mark.parametrize("claim", ["cure", "heal", "relieve", "reduces pain", "less pain", "proven"])
def test_it_says_what_an_exercise_is_for_and_claims_no_cure(entry: ExerciseEntry, claim: str) -> None:
    assert claim not in " ".join((entry.why, *entry.steps, *entry.cautions)).lower()


@pytest.mark.parametrize(
    ("slug", "dose"),
    [
        (
            "knee-to-chest-stretch",
            Dosage(mode=Mode.REPS_HOLD, sets=1, reps=10, hold_s=5, side=Side.BOTH, days_a_week=7),
        ),
        (
            "curl-up",
            Dosage(
                mode=Mode.REPS_HOLD,
                sets=1,
                reps=5,
                reps_max=10,
                hold_s=10,
                side=Side.ALTERNATE,
                days_a_week=5,
            ),
        ),
        (
            "rotational-stretch",
            Dosage(mode=Mode.REPS_HOLD, sets=1, reps=10, hold_s=10, side=Side.BOTH, days_a_week=7),
        ),
        ("walking", Dosage(mode=Mode.DURATION, sets=1, duration_min=30, duration_max_min=40, days_a_week=5)),
        ("cycling", Dosage(mode=Mode.DURATION, sets=1, duration_min=30, duration_max_min=40, days_a_week=5)),
        ("swimming", Dosage(mode=Mode.DURATION, sets=1, duration_min=30, duration_max_min=40, days_a_week=3)),
    ],
)
def test_it_starts_with_the_dose_of_the_article(slug: str, dose: Dosage) -> None:
    assert EXERCISES[slug].starting == dose


def test_aerobic_exercise_may_start_at_ten_minutes_without_a_reason() -> None:
    walking = EXERCISES["walking"]
    untrained = dosage.changed(walking.starting, duration_min=10, duration_max_min=None)
    assert dosage.warnings(untrained, walking.ranges) == ()
    shorter = dosage.changed(untrained, duration_min=9)
    assert [warning.field for warning in dosage.warnings(shorter, walking.ranges)] == ["duration_min"]


def test_one_entry_reads_alone() -> None:
    assert library.read(CURL_UP_TEXT) == (EXERCISES["curl-up"],)


@pytest.mark.parametrize(
    ("good", "bad", "complaint"),
    [
        ("difficulty = 2", "", "difficulty"),
        ("difficulty = 2", "difficulty = 2\ncolour = 'red'", "colour"),
        ("sets = { low", "repeats = { low", "repeats"),
        ('mode = "reps_hold"', 'mode = "sprint"', "sprint"),
        ("difficulty = 2", "difficulty =", "Invalid value"),
    ],
)
def test_it_refuses_a_file_at_fault_and_names_the_fault(good: str, bad: str, complaint: str) -> None:
    assert good in CURL_UP_TEXT
    with pytest.raises(ValueError, match=complaint):
        library.read(CURL_UP_TEXT.replace(good, bad))


def test_it_refuses_an_unknown_field_of_a_starting_dose_and_a_slug_that_stands_twice() -> None:
    with pytest.raises(dosage.OutOfBounds, match="repetitions"):
        library.read(CURL_UP_TEXT.replace("reps = 5\n", "repetitions = 5\n"))
    with pytest.raises(ValueError, match="these stand twice: curl-up"):
        library.read(CURL_UP_TEXT * 2)
