"""Answers of a stranger that alarm: kept for a clinician from the moment they are given, booked or not."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from clinic.models import Clinic, Practitioner
from clinic.models.row import Row
from clinic.models.secret import EncryptedText


class SignedOff(models.Model):
    """Something that a clinician looks at and signs off: who, when, and what was done."""

    reviewed_at = models.DateTimeField(_("looked at by a clinician"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        Practitioner, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    done = EncryptedText(_("what was done"), blank=True, default="", db_default="")

    class Meta:
        abstract = True


@pghistory.track(exclude=["reason", "red_flags", "done"])
class AlarmingAnswer(SignedOff, Row):
    """What was answered before an online booking, and a way to call back where one was left.

    Nobody has said who they are or where by then, so all that is optional; without a clinic it concerns the clinicians
    of all. `corrected_at` says that the person answered anew: what was said first is not forgotten by that. Once
    they ask for a time, `request` carries it on, and it is looked at there.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = EncryptedText(_("reason"), blank=True, default="")
    red_flags = EncryptedText()
    is_emergency = models.BooleanField(_("was sent to get help at once"), default=False)
    name = models.CharField(_("name"), max_length=160, blank=True, default="")
    phone = PhoneNumberField(_("phone"), blank=True, default="")
    made_at = models.DateTimeField()
    corrected_at = models.DateTimeField(_("answered anew"), null=True, blank=True)
    request = models.OneToOneField(
        "patients.BookingRequest", on_delete=models.PROTECT, null=True, blank=True, related_name="alarm"
    )

    class Meta:
        verbose_name = _("alarming answer")
        verbose_name_plural = _("alarming answers")
        indexes = [
            models.Index(
                fields=["clinic", "made_at"], condition=Q(request=None, reviewed_at=None), name="alarm_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name or '?'}, {self.made_at:%Y-%m-%d %H:%M}"
