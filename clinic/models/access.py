"""Who looked at whose record: one row for each answer that showed clinical data. Nobody can change or delete one."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from clinic.models.row import Row


class AccessEvent(Row):
    """One reading. Plain UUIDs, so that erasing a person needs no change here."""

    at = models.DateTimeField()
    user_id = models.UUIDField()
    patient_ids = ArrayField(models.UUIDField())
    what = models.CharField(max_length=60)
    door = models.CharField(max_length=20)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            GinIndex(fields=["patient_ids"], name="access_of_patient"),
            models.Index(fields=["user_id", "at"], name="access_by_user"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.what} at {self.at:%Y-%m-%d %H:%M}"
