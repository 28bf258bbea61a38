"""Who waits for a freed slot, and to whom one is offered."""

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.models import Clinic, ConsultationType, Practitioner, User
from clinic.models.row import Row
from patients.models.consultation import Consultation
from patients.models.patient import Patient

ALL_WEEK = 0b1111111
"""Every weekday; Monday is the lowest bit."""


class WaitState(models.TextChoices):
    """Where a wish stands. Past its last day it is over, whatever it says here."""

    OPEN = "open", _("waiting")
    FULFILLED = "fulfilled", _("has a visit")
    WITHDRAWN = "withdrawn", _("withdrawn")


@pghistory.track()
class WaitlistEntry(Row):
    """A wish that a freed slot can fill: a type, with whom, where, on which days and at which hours, until when.

    Without practitioner anybody will do; without clinics any clinic. Days and hours are those of the slot's clinic.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="waitlist")
    type = models.ForeignKey(ConsultationType, on_delete=models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(
        Practitioner, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    clinics = models.ManyToManyField(Clinic, verbose_name=_("clinics"), related_name="+", blank=True)
    weekdays = models.PositiveSmallIntegerField(_("weekdays"), default=ALL_WEEK)
    earliest = models.TimeField(_("from"), null=True, blank=True)
    latest = models.TimeField(_("until"), null=True, blank=True)
    since = models.DateField(_("first day"))
    until = models.DateField(_("last day"))
    state = models.CharField(max_length=10, choices=WaitState, default=WaitState.OPEN)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(_("note for the desk"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("wish on the waitlist")
        verbose_name_plural = _("waitlist")
        indexes = [
            models.Index(fields=["type", "created_at"], condition=Q(state="open"), name="waitlist_open"),
            models.Index(fields=["patient"], name="waitlist_of_patient"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(weekdays__range=(1, ALL_WEEK)), name="waitlist_some_weekday"),
            models.CheckConstraint(condition=Q(since__lte=F("until")), name="waitlist_until_after_since"),
            models.CheckConstraint(
                condition=Q(earliest=None) | Q(latest=None) | Q(earliest__lt=F("latest")),
                name="waitlist_hours_in_order",
            ),
            models.CheckConstraint(condition=Q(state__in=WaitState.values), name="waitlist_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.patient}, {self.type}"


class Answer(models.TextChoices):
    """What became of an offer."""

    OPEN = "", _("no answer yet")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    EXPIRED = "expired", _("ran out")
    WITHDRAWN = "withdrawn", _("withdrawn")


@pghistory.track()
class Offer(Row):
    """A freed slot, held for one wish for a time. The held consultation is the slot: the diary excludes others."""

    entry = models.ForeignKey(WaitlistEntry, on_delete=models.PROTECT, related_name="offers")
    consultation = models.OneToOneField(Consultation, on_delete=models.PROTECT, related_name="offer")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Answer, blank=True, default=Answer.OPEN)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        indexes = [models.Index(fields=["expires_at"], condition=Q(answer=""), name="offer_open")]
        constraints = [
            models.UniqueConstraint(fields=["entry"], condition=Q(answer=""), name="one_open_offer_a_wish"),
            models.CheckConstraint(
                condition=Q(made_at__lt=F("expires_at")), name="offer_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=Q(answer__in=Answer.values), name="offer_answer_known"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None) | ~Q(answer="") & Q(answered_at__isnull=False),
                name="offer_answered_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry}, {self.made_at:%Y-%m-%d %H:%M}"
