"""Bookings that come in by themselves: a wish with a held slot, of somebody who need not be known."""

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from clinic.models import Block, Clinic, ConsultationType, Practitioner
from clinic.models.row import Row
from clinic.models.secret import EncryptedText
from patients.models.alarm import SignedOff
from patients.models.consultation import Consultation
from patients.models.patient import Patient

OPEN_HOLDS = 2
"""Open requests at a time, for one email address and for one network address."""


class RequestState(models.TextChoices):
    """Where a request stands. An open one whose hold has run out is over, whatever it says here."""

    OPEN = "open", _("email not confirmed yet")
    CONFIRMED = "confirmed", _("booked")
    EXPIRED = "expired", _("ran out")


@pghistory.track(exclude=["reason", "red_flags", "done"])
class BookingRequest(SignedOff, Row):
    """A booking that waits for its email address to be confirmed; its block is held meanwhile.

    The patient is made when it is confirmed, and never matched by email, phone or name: possible twins go to the
    desk's list. `address_hold` and `network_hold` count the open holds of an email and a network address; the
    constraints refuse a third. The addresses stand there as digests only.
    """

    block = models.ForeignKey(Block, on_delete=models.PROTECT, related_name="requests")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    type = models.ForeignKey(ConsultationType, on_delete=models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    start = models.DateTimeField(_("from"))
    end = models.DateTimeField(_("to"))
    given_name = models.CharField(_("given name"), max_length=80)
    family_name = models.CharField(_("family name"), max_length=80)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    email = models.EmailField(_("email"))
    language = models.CharField(_("language"), max_length=8, default="en")
    reason = EncryptedText(_("reason"), blank=True, default="")
    red_flags = EncryptedText(blank=True, default="")
    is_alarming = models.BooleanField(_("an answer alarms"), default=False)
    made_at = models.DateTimeField()
    held_until = models.DateTimeField()
    state = models.CharField(max_length=10, choices=RequestState, default=RequestState.OPEN)
    address_digest = models.CharField(max_length=64)
    network_digest = models.CharField(max_length=64)
    address_hold = models.PositiveSmallIntegerField()
    network_hold = models.PositiveSmallIntegerField()
    consultation = models.OneToOneField(
        Consultation, on_delete=models.PROTECT, null=True, blank=True, related_name="request"
    )

    class Meta:
        verbose_name = _("online booking")
        verbose_name_plural = _("online bookings")
        indexes = [
            models.Index(fields=["clinic", "made_at"], name="request_of_clinic"),
            models.Index(
                fields=["clinic", "made_at"],
                condition=Q(is_alarming=True, reviewed_at=None),
                name="request_alarming",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["address_digest", "address_hold"],
                condition=Q(state="open"),
                name="two_open_holds_an_email",
            ),
            models.UniqueConstraint(
                fields=["network_digest", "network_hold"],
                condition=Q(state="open"),
                name="two_open_holds_a_network",
            ),
            models.CheckConstraint(
                condition=Q(address_hold__range=(1, OPEN_HOLDS), network_hold__range=(1, OPEN_HOLDS)),
                name="request_hold_counted",
            ),
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="request_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(state__in=RequestState.values), name="request_state_known"),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(consultation__isnull=False), name="request_booked_as_what"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}, {self.start:%Y-%m-%d %H:%M}"


@pghistory.track()
class PossibleTwin(Row):
    """Two records that may be of one person: for somebody at the desk to say whether they are."""

    class Verdict(models.TextChoices):
        """What was found out."""

        OPEN = "", _("not looked at yet")
        SAME = "same", _("one person, merged")
        DIFFERENT = "different", _("two people")

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="possible_twins")
    other = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    noticed_at = models.DateTimeField()
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True, default=Verdict.OPEN)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        indexes = [models.Index(fields=["noticed_at"], condition=Q(verdict=""), name="twin_open")]
        constraints = [
            models.UniqueConstraint(fields=["patient", "other"], name="one_suspicion_a_pair"),
            models.CheckConstraint(condition=~Q(patient=F("other")), name="twin_of_somebody_else"),
            models.CheckConstraint(
                condition=Q(verdict__in=["", "same", "different"]), name="twin_verdict_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient} / {self.other}"
