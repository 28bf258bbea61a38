"""The library under the admin: found by picture and region, kept whole by its form."""

import json
import re
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import Practitioner
from programs.models import Exercise
from programs.rules.dosage import to_mapping
from tests.doors import browser
from tests.factories import KNEE_TO_CHEST, ExerciseFactory

LIST = "/admin/programs/exercise/"


@pytest.fixture
def at_mira(mira: Practitioner) -> Client:
    """Mira's browser."""
    return browser(mira.user)


@pytest.fixture
def knee(db: None) -> Exercise:
    """Knee-to-chest, drawn, for back and hips, usually held 5 to 30 s."""
    row: Exercise = ExerciseFactory.create(
        name="Knee-to-chest stretch",
        starting=to_mapping(KNEE_TO_CHEST),
        body_regions=["lower back", "hips"],
        recommended={"hold_s": [5, 30, "Trial"]},
        picture="figures/knee.svg",
    )
    return row


def sent(knee: Exercise, **typed: Any) -> dict[str, Any]:
    """What the form of the exercise sends back, with what was typed over it."""
    return {
        "name": knee.name,
        "slug": knee.slug,
        "mode": knee.mode,
        "difficulty": "1",
        "position": "On the back",
        "steps": "Lie down, then breathe.\r\n\r\nPull, gently, one knee.",
        "benefits": ["flexibility"],
        "body_regions": "lower back,hips",
        "starting": json.dumps(knee.starting),
        "recommended": json.dumps(knee.recommended),
    } | typed


def test_it_shows_picture_regions_and_usual_dose(at_mira: Client, knee: Exercise) -> None:
    page = at_mira.get(LIST).content.decode()
    assert "<h1>Exercises</h1>" in page
    assert "figures/knee" in page
    assert "lower back, hips" in page
    assert "hold 5–30 s" in page


def test_it_is_narrowed_by_region_and_leaves_the_retired_out(
    at_mira: Client, knee: Exercise, now: datetime
) -> None:
    ExerciseFactory.create(name="Neck turn", body_regions=["neck"])
    ExerciseFactory.create(name="Old stretch", body_regions=["hips"], retired_at=now)

    def names(query: str) -> list[str]:
        page = at_mira.get(f"{LIST}{query}").content.decode()
        return re.findall(r'<th class="field-name"><a[^>]*>([^<]+)</a>', page)

    assert names("") == ["Knee-to-chest stretch", "Neck turn"]
    assert names("?region=hips") == ["Knee-to-chest stretch"]
    assert names("?state=retired") == ["Old stretch"]
    assert names("?q=neck") == ["Neck turn"]


def test_a_list_with_nothing_in_it_says_what_to_do(at_mira: Client, knee: Exercise) -> None:
    page = at_mira.get(f"{LIST}?q=nothing-like-this").content.decode()
    assert "Try fewer letters" in page


def test_a_comma_belongs_to_its_step(at_mira: Client, knee: Exercise) -> None:
    """One step a line: a sentence is not cut in two where it is saved."""
    answer = at_mira.post(reverse("admin:programs_exercise_change", args=[knee.pk]), sent(knee))
    assert answer.status_code == 302
    knee.refresh_from_db()
    assert knee.steps == ["Lie down, then breathe.", "Pull, gently, one knee."]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"starting": {**to_mapping(KNEE_TO_CHEST), "hold_s": 3600}}, "Set hold from 0 to 300 s."),
        ({"starting": [1]}, "Give mode as"),
        ({"recommended": {"hold_s": 5}}, "Write each range as"),
        ({"recommended": {"hold": [5, 30, "Trial"]}}, "Write each range as"),
    ],
    ids=["out of bounds", "no dosage", "no range", "no such field"],
)
def test_a_dose_that_no_sheet_could_show_is_refused(
    at_mira: Client, knee: Exercise, typed: dict[str, Any], said: str
) -> None:
    told = sent(knee, **{name: json.dumps(value) for name, value in typed.items()})
    page = at_mira.post(reverse("admin:programs_exercise_change", args=[knee.pk]), told).content.decode()
    assert said in page
    knee.refresh_from_db()
    assert knee.recommended == {"hold_s": [5, 30, "Trial"]}
