"""Whatever hangs on a patient moves along when two records are merged: every field that names one is registered."""

from typing import Any

import pghistory.models
from django.apps import apps
from django.db import models

from clinic.models import AccessEvent, IdempotencyKey, OutboxMessage
from patients import record
from patients.models import Patient

EXEMPT = {
    (AccessEvent, "patient_ids"): "who read which record stays as it was: nobody can change a line",
    (
        IdempotencyKey,
        "made",
    ): "what a request made, patient or not, whatever becomes of it; forgotten after a day",
}
"""Fields that name patients and stay at the dropped record, with the reason."""
PLAIN = {(OutboxMessage, "person_id"), (AccessEvent, "patient_ids"), (IdempotencyKey, "made")}
"""Fields that name patients without a foreign key: the clinic knows no patients."""


def naming_a_patient(known: list[Any]) -> set[tuple[Any, str]]:
    """Every foreign key to a patient, history apart: that says what was."""
    return {
        (model, field.name)
        for model in known
        if not issubclass(model, pghistory.models.Event)
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField) and field.related_model is Patient
    }


def test_every_field_that_names_a_patient_is_registered_or_exempt() -> None:
    registered = {(part.model, part.field) for part in record.parts()}
    assert (naming_a_patient(apps.get_models()) | PLAIN) - set(EXEMPT) - registered == set()


def test_nothing_is_registered_or_exempt_that_names_no_patient() -> None:
    registered = {(part.model, part.field) for part in record.parts()}
    assert (registered | set(EXEMPT)) - (naming_a_patient(apps.get_models()) | PLAIN) == set()


def test_it_sees_a_model_that_nobody_registered() -> None:
    field = models.ForeignKey(Patient, on_delete=models.CASCADE)
    field.name = "patient"
    field.related_model = Patient
    options = type("Options", (), {"get_fields": staticmethod(lambda: [field])})
    guest = type("Guest", (), {"_meta": options})
    assert naming_a_patient([guest]) == {(guest, "patient")}
