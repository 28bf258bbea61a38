"""What one patient is to do in one episode, and programs without a patient."""

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.models import Clinic, Practitioner
from clinic.models.row import Row
from patients.models import EpisodeOfCare, Patient
from programs.models.exercise import Exercise


class ProgramStatus(models.TextChoices):
    """Where a program stands. Only an active one is shown as today's."""

    DRAFT = "draft", _("draft")
    ACTIVE = "active", _("active")
    PAUSED = "paused", _("paused")
    ENDED = "ended", _("ended")


@pghistory.track()
class Program(Row):
    """A patient's program. `version` grows with each save of its sheet: a second physiotherapist's save is told."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="programs")
    episode = models.ForeignKey(EpisodeOfCare, on_delete=models.PROTECT, related_name="programs")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="programs")
    physiotherapist = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="programs")
    title = models.CharField(_("title"), max_length=80)
    goal = models.CharField(_("goal"), max_length=200, blank=True)
    status = models.CharField(_("status"), max_length=8, choices=ProgramStatus, default=ProgramStatus.DRAFT)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("program")
        verbose_name_plural = _("programs")
        indexes = [
            models.Index(fields=["patient", "status"], name="program_of_patient"),
            models.Index(fields=["physiotherapist", "status"], name="program_of_physiotherapist"),
            models.Index(fields=["clinic", "status"], name="program_of_clinic"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="program_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.title


@pghistory.track()
class Pause(Row):
    """Days on which a program is not due, both ends inclusive; open while `last` is empty."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="pauses")
    first = models.DateField(_("from"))
    last = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        constraints = [
            models.CheckConstraint(
                condition=Q(last=None) | Q(last__gte=F("first")), name="pause_ends_after_it_starts"
            ),
            models.UniqueConstraint(
                fields=["program"], condition=Q(last=None), name="one_open_pause_a_program"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} - {self.last or ''}"


@pghistory.track()
class Prescription(Row):
    """One exercise in a program. What is to be done stands in its dosage revisions. Stopped, never deleted."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="prescriptions")
    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="prescriptions")
    position = models.PositiveSmallIntegerField(_("order"))
    stopped_on = models.DateField(_("stopped"), null=True, blank=True)

    class Meta:
        verbose_name = _("prescription")
        verbose_name_plural = _("prescriptions")
        constraints = [
            models.UniqueConstraint(
                fields=["program", "position"],
                condition=Q(stopped_on=None),
                name="one_prescription_a_place",
            ),
        ]

    def __str__(self) -> str:
        return str(self.exercise)


@pghistory.track()
class Template(Row):
    """A program without a patient."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    description = models.CharField(_("description"), max_length=200, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    class Meta:
        verbose_name = _("program template")
        verbose_name_plural = _("program templates")

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class TemplateItem(Row):
    """An exercise of a template with its dosage, in the form of `programs.rules.dosage.to_mapping`."""

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="items")
    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(_("order"))
    dosage = models.JSONField(_("dosage"))

    class Meta:
        verbose_name = _("exercise of a template")
        verbose_name_plural = _("exercises of a template")
        constraints = [
            models.UniqueConstraint(fields=["template", "position"], name="one_template_item_a_place")
        ]

    def __str__(self) -> str:
        return str(self.exercise)
