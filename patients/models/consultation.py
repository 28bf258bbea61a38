"""A seat in a block: one patient's visit, with its status and its history."""

from datetime import datetime, timedelta

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.models import Block, Clinic, ConsultationType, Practitioner, User
from clinic.models.diary import TsTzRange
from clinic.models.row import Row
from patients.models.episode import EpisodeOfCare
from patients.models.patient import Patient
from patients.models.series import Series
from patients.rules.lifecycle import Status

STATUSES = [
    (Status.HELD, _("held")),
    (Status.BOOKED, _("booked")),
    (Status.CONFIRMED, _("confirmed")),
    (Status.ARRIVED, _("arrived")),
    (Status.IN_PROGRESS, _("in progress")),
    (Status.COMPLETED, _("completed")),
    (Status.CANCELLED, _("cancelled")),
    (Status.NO_SHOW, _("no-show")),
]
SEATED = [Status.HELD, Status.BOOKED, Status.CONFIRMED, Status.ARRIVED, Status.IN_PROGRESS, Status.COMPLETED]
"""The statuses in which the patient is, or will be, or was there: they take the patient's time."""


class CancelledBy(models.TextChoices):
    """Who asked for it."""

    PATIENT = "patient", _("the patient")
    CLINIC = "clinic", _("the clinic")


class Source(models.TextChoices):
    """Through which door it was booked."""

    DESK = "desk", _("desk")
    ONLINE = "online", _("online")
    API = "api", _("API")
    WAITLIST = "waitlist", _("waitlist")


class Consultations(models.QuerySet["Consultation"]):
    """Consultations by time and state."""

    def seated(self) -> "Consultations":
        """Those that take the patient's time."""
        return self.filter(status__in=SEATED)

    def between(self, start: datetime, end: datetime) -> "Consultations":
        """Those that begin in `[start, end)`, in order."""
        return self.filter(start__gte=start, start__lt=end).order_by("start", "id")

    def upcoming(self, now: datetime) -> "Consultations":
        """Still to come and still wanted, soonest first."""
        return self.filter(start__gt=now, status__in=[Status.BOOKED, Status.CONFIRMED]).order_by("start")

    def with_names(self) -> "Consultations":
        """With all that a line in a list shows, in one query."""
        return self.select_related("patient", "type", "practitioner", "clinic", "block__room")


@pghistory.track()
class Consultation(Row):
    """One patient's visit. Start and end are without buffers; the block around it has them.

    `version` counts what a patient was told: a move makes it one more, and messages of an older version are not sent.
    """

    block = models.ForeignKey(Block, on_delete=models.PROTECT, related_name="consultations")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="consultations")
    type = models.ForeignKey(ConsultationType, on_delete=models.PROTECT, related_name="consultations")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="consultations")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="consultations")
    episode = models.ForeignKey(
        EpisodeOfCare, on_delete=models.PROTECT, null=True, blank=True, related_name="consultations"
    )
    series = models.ForeignKey(
        Series, on_delete=models.PROTECT, null=True, blank=True, related_name="consultations"
    )
    start = models.DateTimeField(_("from"))
    end = models.DateTimeField(_("to"))
    status = models.CharField(_("status"), max_length=12, choices=STATUSES, default=Status.BOOKED)
    version = models.PositiveIntegerField(default=1)
    source = models.CharField(_("source"), max_length=8, choices=Source)
    booked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    booked_at = models.DateTimeField()
    status_at = models.DateTimeField(_("status since"))
    previous_status = models.CharField(max_length=12, choices=STATUSES, blank=True, default="")
    cancelled_by = models.CharField(
        _("cancelled by"), max_length=8, choices=CancelledBy, blank=True, default=""
    )
    cancel_reason = models.CharField(_("reason"), max_length=200, blank=True)
    cancelled_late = models.BooleanField(_("cancelled late"), default=False)
    desk_note = models.CharField(_("note for the desk"), max_length=200, blank=True)
    asked_to_move_at = models.DateTimeField(_("asked to choose another time"), null=True, blank=True)

    objects = Consultations.as_manager()

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        indexes = [
            models.Index(fields=["clinic", "start"], name="consultation_of_clinic"),
            models.Index(fields=["practitioner", "start"], name="consultation_of_practitioner"),
            models.Index(fields=["patient", "start"], name="consultation_of_patient"),
        ]
        constraints = [
            ExclusionConstraint(
                name="one_consultation_a_patient",
                expressions=[
                    ("patient", RangeOperators.EQUAL),
                    (TsTzRange("start", "end", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(status__in=SEATED),
            ),
            models.UniqueConstraint(
                fields=["block", "patient"],
                condition=Q(status__in=SEATED),
                name="one_seat_a_patient_in_a_block",
            ),
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="consultation_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(end__lte=F("start") + timedelta(hours=8)), name="consultation_up_to_8_h"
            ),
            models.CheckConstraint(condition=Q(status__in=list(Status)), name="consultation_status_known"),
            models.CheckConstraint(
                condition=~Q(status=Status.CANCELLED) | (~Q(cancelled_by="") & ~Q(cancel_reason="")),
                name="consultation_cancelled_by_whom_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient}, {self.start:%Y-%m-%d %H:%M}"
