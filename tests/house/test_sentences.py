"""Each constraint that a form of the stock admin can meet answers with a sentence that says what to do."""

import pytest
from django.contrib import admin
from django.db.models import BaseConstraint, Model

OURS = {"clinic", "patients", "programs"}
DEFAULT = BaseConstraint.default_violation_error_message
READ = "the stock admin only shows these rows; their actions refuse with sentences of their own"
EXEMPT = {
    "patients.Consultation": READ,
    "patients.Patient": READ,
    "programs.Exercise": "mode and steps are asked by their fields; difficulty still names its constraint",
    "programs.TemplateItem": "the rows below a template name their duplicates themselves",
}
"""Model → why its constraints need no sentence."""


def reached() -> dict[str, type[Model]]:
    """The models with a page or rows below a page in the stock admin, by their app and name."""
    pages = {model: page for model, page in admin.site._registry.items() if model._meta.app_label in OURS}
    below = {inline.model for page in pages.values() for inline in page.inlines}
    return {model._meta.label: model for model in sorted((*pages, *below), key=str)}


def mute(model: type[Model]) -> list[str]:
    """The constraints that would answer "Constraint … is violated"."""
    return [each.name for each in model._meta.constraints if each.violation_error_message == DEFAULT]


@pytest.mark.parametrize("model", reached().values(), ids=reached().keys())
def test_each_constraint_says_what_to_do(model: type[Model]) -> None:
    if model._meta.label not in EXEMPT:
        assert mute(model) == []


@pytest.mark.parametrize("model", reached().values(), ids=reached().keys())
def test_a_sentence_is_a_sentence(model: type[Model]) -> None:
    for each in model._meta.constraints:
        said = str(each.violation_error_message)
        if each.violation_error_message != DEFAULT:
            assert said[0].isupper(), said
            assert said.endswith("."), said


def test_exemptions_name_models_that_need_one() -> None:
    needing = {name for name, model in reached().items() if mute(model)}
    assert set(EXEMPT) <= needing
    assert all(EXEMPT.values())
