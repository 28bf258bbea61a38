"""The library: what can be prescribed."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models.row import Row
from programs.rules.dosage import Mode

MODES = [
    (Mode.REPS, _("repetitions")),
    (Mode.HOLD, _("hold")),
    (Mode.REPS_HOLD, _("repetitions with hold")),
    (Mode.DURATION, _("duration")),
    (Mode.DISTANCE, _("distance")),
]


class Benefit(models.TextChoices):
    """What an exercise is for."""

    CORE_STRENGTH = "core_strength", _("core strength")
    ENDORPHINS = "endorphins", _("endorphins")
    CIRCULATION = "circulation", _("circulation")
    FLEXIBILITY = "flexibility", _("flexibility")


class Exercises(models.QuerySet["Exercise"]):
    """Exercises by their state."""

    def current(self) -> "Exercises":
        """Not retired, by name."""
        return self.filter(retired_at=None).order_by("name")


@pghistory.track()
class Exercise(Row):
    """An entry of the library. Retired, never deleted: programs point at it.

    `recommended` maps a dosage field to [low, high, source]; `starting` is a dosage in the form of
    `programs.rules.dosage.to_mapping`.
    """

    slug = models.SlugField(unique=True)
    name = models.CharField(_("name"), max_length=80)
    mode = models.CharField(_("mode"), max_length=10, choices=MODES)
    position = models.TextField(_("position"))
    steps = ArrayField(models.TextField(), verbose_name=_("steps"))
    cautions = ArrayField(models.TextField(), verbose_name=_("watch for"), blank=True, default=list)
    benefits = ArrayField(models.CharField(max_length=20, choices=Benefit), verbose_name=_("benefits"))
    why = models.TextField(_("why"), blank=True, help_text=_("for the patient: what it is for"))
    body_regions = ArrayField(models.CharField(max_length=30), verbose_name=_("body regions"), default=list)
    equipment = ArrayField(
        models.CharField(max_length=40), verbose_name=_("equipment"), blank=True, default=list
    )
    difficulty = models.PositiveSmallIntegerField(_("difficulty"), default=1)
    contraindications = ArrayField(models.TextField(), blank=True, default=list)
    precautions = ArrayField(models.TextField(), blank=True, default=list)
    recommended = models.JSONField(_("recommended ranges"), default=dict, blank=True)
    starting = models.JSONField(_("starting dosage"))
    figure = models.CharField(_("figure"), max_length=40, blank=True)
    picture = models.CharField(
        max_length=120, blank=True, help_text=_("file of the drawn figure, without its side")
    )
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    objects = Exercises.as_manager()

    class Meta:
        verbose_name = _("exercise")
        verbose_name_plural = _("exercises")
        constraints = [
            models.CheckConstraint(condition=Q(mode__in=list(Mode)), name="exercise_mode_known"),
            models.CheckConstraint(condition=Q(difficulty__range=(1, 5)), name="exercise_difficulty_1_to_5"),
            models.CheckConstraint(condition=Q(steps__len__gt=0), name="exercise_has_steps"),
        ]

    def __str__(self) -> str:
        return self.name
