"""System checks of our own: what Django cannot know about this product."""

from collections.abc import Sequence

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

OURS = {"clinic", "patients", "programs"}
OPEN_TO_NOBODY = {"AccessEvent", "ApiToken", "IdempotencyKey"}
"""Read by no page in this form: access events by the audit's own command, tokens and keys by their digest only."""


@register(Tags.security)
def every_model_has_a_table(app_configs: Sequence[AppConfig] | None, **_: object) -> list[CheckMessage]:
    """clinic.E001: a model without a policy table is shown to nobody, which is safe, but surely a slip."""
    from clinic import policy  # noqa: PLC0415 - models exist only now

    known = {model.__name__ for model in policy.tables()} | OPEN_TO_NOBODY
    return [
        Error(f"{model.__name__} has no table in its app's policy.py", id="clinic.E001")
        for model in apps.get_models()
        if model._meta.app_label in OURS
        and model.__name__ not in known
        and not model._meta.auto_created
        and not hasattr(model, "pgh_tracked_model")  # history, which database triggers write
    ]


@register(Tags.security, deploy=True)
def not_a_demo(app_configs: Sequence[AppConfig] | None, **_: object) -> list[CheckMessage]:
    """clinic.E002: an installation with real patients is neither in debug nor a demo."""
    wrong = [name for name in ("DEBUG", "DEMO") if getattr(settings, name)]
    return [
        Error(f"{name} is on: unset it before real patients use this", id="clinic.E002") for name in wrong
    ]
