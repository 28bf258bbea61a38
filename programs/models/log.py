"""What the patient did: one sitting, its exercises, their sets. Never overwritten by the clinic."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models import User
from clinic.models.row import Row
from clinic.models.secret import EncryptedText
from patients.models import Patient
from programs.models.program import Prescription, Program
from programs.models.revision import DosageRevision


class Feel(models.TextChoices):
    """How the sitting felt."""

    TOO_EASY = "too_easy", _("too easy")
    RIGHT = "right", _("right")
    TOO_HARD = "too_hard", _("too hard")
    HURT = "hurt", _("it hurt")


class LogSource(models.TextChoices):
    """Where a log came from."""

    PORTAL = "portal", _("portal")
    EMAIL_LINK = "email_link", _("email link")
    PAPER = "paper", _("paper")
    STAFF = "staff", _("staff")


class LogStatus(models.TextChoices):
    """What became of one dose."""

    DONE = "done", _("done")
    PARTLY = "partly", _("partly")
    SKIPPED = "skipped", _("skipped")


class SkipReason(models.TextChoices):
    """Why a dose was not done, or not wholly."""

    PAIN = "pain", _("it hurts")
    NO_TIME = "no_time", _("no time")
    NOT_UNDERSTOOD = "not_understood", _("I did not understand it")
    OTHER = "other", _("other")


def _scale(**named: str) -> list[models.CheckConstraint]:
    """Constraints that keep 0 to 10 scales on their scale, or empty."""
    return [
        models.CheckConstraint(condition=Q(**{field: None}) | Q(**{f"{field}__range": (0, 10)}), name=name)
        for field, name in named.items()
    ]


@pghistory.track()
class SessionLog(Row):
    """One sitting. `client_uuid` is made by the device: the same sitting sent again is the same row.

    `day` is the date in the program's clinic's zone at `started_at`; the clock of a device that is wrong is put
    right by received minus sent.
    """

    client_uuid = models.UUIDField()
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="session_logs")
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="session_logs")
    started_at = models.DateTimeField(_("started"))
    received_at = models.DateTimeField(_("received"))
    day = models.DateField(_("day"))
    pain_before = models.PositiveSmallIntegerField(_("pain before"), null=True, blank=True)
    pain_during = models.PositiveSmallIntegerField(_("pain during"), null=True, blank=True)
    pain_after = models.PositiveSmallIntegerField(_("pain after"), null=True, blank=True)
    pain_next_morning = models.PositiveSmallIntegerField(_("pain next morning"), null=True, blank=True)
    effort = models.DecimalField(_("effort"), max_digits=3, decimal_places=1, null=True, blank=True)
    feel = models.CharField(_("felt"), max_length=10, choices=Feel, blank=True, default="")
    note = EncryptedText(_("note"), blank=True, default="")
    source = models.CharField(_("source"), max_length=10, choices=LogSource, default=LogSource.PORTAL)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("session log")
        verbose_name_plural = _("session logs")
        indexes = [
            models.Index(fields=["program", "day"], name="session_of_program"),
            models.Index(fields=["patient", "started_at"], name="session_of_patient"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["patient", "client_uuid"], name="one_log_a_sitting"),
            *_scale(
                pain_before="session_pain_before_0_to_10",
                pain_during="session_pain_during_0_to_10",
                pain_after="session_pain_after_0_to_10",
                pain_next_morning="session_pain_next_morning_0_to_10",
                effort="session_effort_0_to_10",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}"


@pghistory.track()
class ExerciseLog(Row):
    """One prescription in a sitting, judged by the revision that the device showed."""

    session = models.ForeignKey(SessionLog, on_delete=models.CASCADE, related_name="exercises")
    prescription = models.ForeignKey(Prescription, on_delete=models.PROTECT, related_name="logs")
    revision = models.ForeignKey(DosageRevision, on_delete=models.PROTECT, related_name="logs")
    day = models.DateField(_("day"))
    status = models.CharField(_("status"), max_length=8, choices=LogStatus)
    reason = models.CharField(_("reason"), max_length=16, choices=SkipReason, blank=True, default="")
    pain = models.PositiveSmallIntegerField(_("pain"), null=True, blank=True)
    effort = models.DecimalField(_("effort"), max_digits=3, decimal_places=1, null=True, blank=True)
    note = EncryptedText(_("note"), blank=True, default="")
    too_much = models.BooleanField(_("more than twice the dose"), default=False)

    class Meta:
        verbose_name = _("exercise log")
        verbose_name_plural = _("exercise logs")
        indexes = [models.Index(fields=["prescription", "day"], name="log_of_prescription")]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "prescription"], name="one_log_a_prescription_and_sitting"
            ),
            *_scale(pain="exercise_pain_0_to_10", effort="exercise_effort_0_to_10"),
        ]

    def __str__(self) -> str:
        return f"{self.prescription}, {self.status}"


class SetLog(Row):
    """One set as it was done."""

    exercise_log = models.ForeignKey(ExerciseLog, on_delete=models.CASCADE, related_name="sets")
    number = models.PositiveSmallIntegerField(_("number"))
    reps = models.PositiveSmallIntegerField(_("repetitions"), null=True, blank=True)
    hold_s = models.PositiveSmallIntegerField(_("hold (s)"), null=True, blank=True)
    minutes = models.DecimalField(_("minutes"), max_digits=5, decimal_places=1, null=True, blank=True)
    load = models.DecimalField(_("load"), max_digits=5, decimal_places=1, null=True, blank=True)

    class Meta:
        verbose_name = _("set")
        verbose_name_plural = _("sets")
        constraints = [
            models.UniqueConstraint(fields=["exercise_log", "number"], name="one_set_a_number"),
            models.CheckConstraint(condition=Q(number__range=(1, 20)), name="set_number_1_to_20"),
            models.CheckConstraint(
                condition=Q(reps=None) | Q(reps__range=(0, 200)), name="set_reps_0_to_200"
            ),
            models.CheckConstraint(
                condition=Q(hold_s=None) | Q(hold_s__range=(0, 600)), name="set_hold_0_to_600"
            ),
            models.CheckConstraint(
                condition=Q(minutes=None) | Q(minutes__range=(0, 360)), name="set_minutes_0_to_360"
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)
