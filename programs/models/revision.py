"""A dosage from a date on: immutable, numbered, with its author and reason. Nothing is overwritten."""

from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.models import User
from clinic.models.row import Row
from programs.models.exercise import MODES
from programs.models.program import Prescription
from programs.rules.dosage import FIELDS, Dosage, LoadUnit, Mode, Side

SIDES = [
    (Side.NONE, _("no side")),
    (Side.LEFT, _("left")),
    (Side.RIGHT, _("right")),
    (Side.BOTH, _("each side")),
    (Side.ALTERNATE, _("alternate sides")),
]
LOAD_UNITS = [
    (LoadUnit.KG, _("kg")),
    (LoadUnit.LB, _("lb")),
    (LoadUnit.BAND, _("band")),
    (LoadUnit.BODY, _("body weight")),
]
COUNTED = [
    "sets",
    "reps",
    "reps_max",
    "hold_s",
    "rest_s",
    "duration_min",
    "duration_max_min",
    "distance_m",
    "times_a_day",
    "days_a_week",
    "load",
    "effort_target",
    "heart_rate_min",
    "heart_rate_max",
    "pain_ceiling",
]
"""The fields that are one number each, so that the database can hold their hard bounds."""


def _hard_bounds() -> list[models.CheckConstraint]:
    """One named constraint a number, from the same table that the forms and the rules read."""
    return [
        models.CheckConstraint(
            condition=Q(**{name: None}) | Q(**{f"{name}__range": FIELDS[name].hard}),
            name=f"dosage_{name}_hard",
        )
        for name in COUNTED
    ]


def _fields_of_modes() -> list[models.CheckConstraint]:
    """What each mode needs stands; what it does not use is empty."""
    in_sets = ~Q(mode__in=[Mode.REPS, Mode.HOLD, Mode.REPS_HOLD]) | (
        Q(sets__isnull=False) | Q(reps_per_set__isnull=False)
    )
    repeated = Q(mode__in=[Mode.REPS, Mode.REPS_HOLD])
    held = Q(mode__in=[Mode.HOLD, Mode.REPS_HOLD])
    return [
        models.CheckConstraint(condition=in_sets, name="dosage_sets_stand"),
        models.CheckConstraint(
            condition=(repeated & (Q(reps__isnull=False) | Q(reps_per_set__isnull=False)))
            | (~repeated & Q(reps=None, reps_max=None, reps_per_set=None)),
            name="dosage_reps_stand_where_repeated",
        ),
        models.CheckConstraint(
            condition=(held & Q(hold_s__isnull=False)) | (~held & Q(hold_s=None)),
            name="dosage_hold_where_held",
        ),
        models.CheckConstraint(
            condition=Q(mode=Mode.DURATION, duration_min__isnull=False)
            | (~Q(mode=Mode.DURATION) & Q(duration_min=None, duration_max_min=None)),
            name="dosage_minutes_where_timed",
        ),
        models.CheckConstraint(
            condition=Q(mode=Mode.DISTANCE, distance_m__isnull=False)
            | (~Q(mode=Mode.DISTANCE) & Q(distance_m=None)),
            name="dosage_metres_where_measured",
        ),
        models.CheckConstraint(
            condition=Q(days_a_week=None, weekdays__isnull=False)
            | Q(days_a_week__isnull=False, weekdays=None),
            name="dosage_days_counted_or_named",
        ),
    ]


class DosageRevision(Row):
    """What is to be done, how much and how often, from `effective_on` (a date in the program's clinic's zone).

    In force on a day is the highest (effective_on, number) that is not after it. `recorded_on` is the day of writing
    in the same zone: nothing can be made to hold in the past. `sheet_version` is the version of the program that it
    made, so that a second save can be told what the first changed. The columns of the dosage are those of
    `programs.rules.dosage.Dosage`; the bounds are its FIELDS.
    """

    prescription = models.ForeignKey(Prescription, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField(_("number"))
    effective_on = models.DateField(_("holds from"))
    recorded_on = models.DateField(_("written on"))
    created_at = models.DateTimeField(auto_now_add=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    sheet_version = models.PositiveIntegerField(default=1)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="superseded_by"
    )

    mode = models.CharField(max_length=10, choices=MODES)
    sets = models.PositiveSmallIntegerField(null=True)
    reps = models.PositiveSmallIntegerField(null=True)
    reps_max = models.PositiveSmallIntegerField(null=True)
    reps_per_set = ArrayField(models.PositiveSmallIntegerField(), null=True)
    hold_s = models.PositiveSmallIntegerField(null=True)
    rest_s = models.PositiveSmallIntegerField(null=True)
    tempo = ArrayField(models.PositiveSmallIntegerField(), size=4, null=True)
    duration_min = models.PositiveSmallIntegerField(null=True)
    duration_max_min = models.PositiveSmallIntegerField(null=True)
    distance_m = models.PositiveIntegerField(null=True)
    side = models.CharField(max_length=10, choices=SIDES)
    times_a_day = models.PositiveSmallIntegerField()
    days_a_week = models.PositiveSmallIntegerField(null=True)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), null=True)
    load = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    load_unit = models.CharField(max_length=5, choices=LOAD_UNITS, null=True)  # noqa: DJ001 - absent is None in the value too
    band_colour = models.CharField(max_length=30, blank=True, default="")
    effort_target = models.DecimalField(max_digits=3, decimal_places=1, null=True)
    heart_rate_min = models.PositiveSmallIntegerField(null=True)
    heart_rate_max = models.PositiveSmallIntegerField(null=True)
    pain_ceiling = models.PositiveSmallIntegerField(null=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    note_to_patient = models.TextField(blank=True, default="")

    class Meta:
        verbose_name = _("dosage revision")
        verbose_name_plural = _("dosage revisions")
        indexes = [
            models.Index(fields=["prescription", "-effective_on", "-number"], name="revision_in_force"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["prescription", "number"], name="one_revision_a_number"),
            models.CheckConstraint(
                condition=Q(effective_on__gte=F("recorded_on")), name="revision_not_in_the_past"
            ),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="revision_says_why"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="dosage_end"
            ),
            *_hard_bounds(),
            *_fields_of_modes(),
        ]
        triggers = [pgtrigger.Protect(name="immutable", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.number}"

    @property
    def dosage(self) -> Dosage:
        """The dosage as a value."""
        values = {name: _value(getattr(self, name)) for name in FIELDS}
        values["mode"] = Mode(self.mode)
        values["side"] = Side(self.side)
        values["load_unit"] = LoadUnit(self.load_unit) if self.load_unit else None
        return Dosage(**values)

    @staticmethod
    def columns(dosage: Dosage) -> dict[str, Any]:
        """The columns of a dosage, to make a revision from."""
        return {name: _column(getattr(dosage, name)) for name in FIELDS}


def _value(column: Any) -> Any:
    return tuple(column) if isinstance(column, list) else column


def _column(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
