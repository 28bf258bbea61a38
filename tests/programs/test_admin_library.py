"""The library under the admin: found by picture and region, kept whole by its form."""

import json
import math
import re
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import Practitioner
from programs.models import Exercise, Template, TemplateItem
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
        return re.findall(r'<th[^>]*class="field-name"[^>]*><a[^>]*>([^<]+)</a>', page)

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
        ({"starting": [1]}, "Write the dosage as fields"),
        ({"starting": {"sets": 2}}, "Give mode as"),
        ({"recommended": {"hold_s": 5}}, "Write each range as"),
        ({"starting": 5}, "Write the dosage as fields"),
        ({"recommended": {"hold": [5, 30, "Trial"]}}, "a range is given for one of sets, reps"),
        ({"recommended": {"side": [1, 2, "Trial"]}}, "a range is given for one of sets, reps"),
        ({"recommended": {"hold_s": [5, math.inf, "Trial"]}}, "That of hold_s cannot be read."),
        ({"recommended": {"hold_s": [math.nan, 30, "Trial"]}}, "That of hold_s cannot be read."),
        ({"recommended": {"hold_s": [5, 3600, "Trial"]}}, "Keep the range of hold_s within 0 to 300"),
        ({"recommended": {"hold_s": [5, 30, "\0"]}}, "Remove the control characters"),
        ({"recommended": [1]}, "Write each range as"),
    ],
    ids=[
        "out of bounds",
        "no dosage",
        "no mode",
        "no range",
        "a bare number",
        "no such field",
        "no number",
        "without end",
        "not a number",
        "beyond what can be prescribed",
        "unreadable source",
        "a list",
    ],
)
def test_a_dose_that_no_sheet_could_show_is_refused(
    at_mira: Client, knee: Exercise, typed: dict[str, Any], said: str
) -> None:
    told = sent(knee, **{name: json.dumps(value) for name, value in typed.items()})
    page = at_mira.post(reverse("admin:programs_exercise_change", args=[knee.pk]), told).content.decode()
    assert said in unescape(page)
    knee.refresh_from_db()
    assert knee.recommended == {"hold_s": [5, 30, "Trial"]}


class TestATemplate:
    """Its doses are judged where they are written, not in front of a patient."""

    @pytest.fixture
    def address(self, knee: Exercise) -> str:
        """The form of a template with knee-to-chest in it."""
        template = Template.objects.create(name="Back")
        TemplateItem.objects.create(
            template=template, exercise=knee, position=1, dosage=to_mapping(KNEE_TO_CHEST)
        )
        return reverse("admin:programs_template_change", args=[template.pk])

    @staticmethod
    def typed(at_mira: Client, address: str, dosage: str) -> Any:
        """The answer to the form with another dosage typed into its one exercise."""
        page = at_mira.get(address)
        told = {"name": "Back", "description": "", "source": ""}
        for each in page.context["inline_admin_formsets"]:
            for form in (each.formset.management_form, *each.formset.forms):
                told |= {form.add_prefix(name): form[name].value() for name in form.fields}
        dose = next(name for name in told if name.endswith("-dosage"))
        return at_mira.post(address, {name: value or "" for name, value in told.items()} | {dose: dosage})

    @pytest.mark.parametrize(
        ("dosage", "said"),
        [
            ("5", "Write the dosage as fields"),
            ("[1]", "Write the dosage as fields"),
            ('{"foo": 1}', "Remove 'foo'"),
            ('{"mode": "reps", "sets": NaN}', "Give sets as a whole number."),
            ('{"mode": "reps", "load": 1e309}', "Give load as a number."),
            (
                '{"mode": "reps", "sets": 99, "reps": 10, "days_a_week": 7}',
                "Set sets from 1 to 10.",
            ),
        ],
    )
    def test_a_dose_that_could_not_be_prescribed_is_refused(
        self, at_mira: Client, address: str, dosage: str, said: str
    ) -> None:
        answer = self.typed(at_mira, address, dosage)
        assert answer.status_code == 200
        assert said in unescape(answer.content.decode())
        assert TemplateItem.objects.get().dosage == to_mapping(KNEE_TO_CHEST)

    def test_a_sound_dose_is_kept(self, at_mira: Client, address: str) -> None:
        dosage = '{"mode": "reps", "sets": 2, "reps": 10, "days_a_week": 7}'
        assert self.typed(at_mira, address, dosage).status_code == 302
        assert TemplateItem.objects.get().dosage["sets"] == 2
