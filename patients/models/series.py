"""Visits that were booked together: each lives its own life, the series only says that they belong together."""

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.models import User
from clinic.models.row import Row
from patients.models.patient import Patient


@pghistory.track()
class Series(Row):
    """ "6 times, Tuesdays 10:00". There is no status of a series, so that none can be wrong."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="series")
    booked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    booked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")

    def __str__(self) -> str:
        return f"{self.patient}, {self.booked_at:%Y-%m-%d}"
