"""The people who treat."""

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.models.account import User
from clinic.models.place import Clinic
from clinic.models.row import Row


@pghistory.track()
class Practitioner(Row):
    """A physiotherapist with a diary. One user, one diary, at one or more clinics (by weekly hours)."""

    user = models.OneToOneField(
        User, verbose_name=_("account"), on_delete=models.PROTECT, related_name="practitioner"
    )
    name = models.CharField(_("name"), max_length=150)
    title = models.CharField(_("title"), max_length=80, blank=True)
    clinics = models.ManyToManyField(Clinic, verbose_name=_("clinics"), related_name="practitioners")
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)

    class Meta:
        verbose_name = _("practitioner")
        verbose_name_plural = _("practitioners")

    def __str__(self) -> str:
        return self.name
