"""When a clinic is open and a practitioner works: weekly rules, and the exceptions to them."""

from datetime import date

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from clinic.models.place import Clinic
from clinic.models.row import Row
from clinic.models.staff import Practitioner
from clinic.rules.hours import Weekly


class Weekday(models.IntegerChoices):
    """Monday is 0, as in `date.weekday()`."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class DatedQuerySet(models.QuerySet["OpeningHours"]):
    """Rows that hold from a day on and perhaps until one."""

    def between(self, first: date, last: date) -> "DatedQuerySet":
        """Those that hold on some of these days."""
        begun = Q(valid_from=None) | Q(valid_from__lte=last)
        return self.filter(begun, Q(valid_until=None) | Q(valid_until__gte=first))


def _days(first: str, last: str) -> Func:
    """The days between two columns, both inclusive; an empty one leaves its side open."""
    return Func(first, last, Value("[]"), function="daterange", output_field=DateRangeField())


@pghistory.track()
class OpeningHours(Row):
    """A clinic is open on a weekday from one wall time to another; several rows a day make a break.

    It holds from a date on (since ever where there is none) and perhaps until one.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))
    valid_from = models.DateField(_("holds from"), null=True, blank=True)
    valid_until = models.DateField(_("holds until"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        constraints = [
            models.CheckConstraint(
                condition=Q(opens__lt=F("closes")),
                name="opening_ends_after_it_starts",
                violation_error_message=_(
                    "Let it close later than it opens; split hours over midnight in two."
                ),
            ),
            models.CheckConstraint(
                condition=Q(weekday__range=(0, 6)),
                name="opening_weekday_known",
                violation_error_message=_("Choose a day from Monday to Sunday."),
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="opening_until_after_from",
                violation_error_message=_("Let the hours hold until a day that is not before the first."),
            ),
            ExclusionConstraint(
                name="one_opening_a_start_at_a_time",
                expressions=[
                    ("clinic", RangeOperators.EQUAL),
                    ("weekday", RangeOperators.EQUAL),
                    ("opens", RangeOperators.EQUAL),
                    (_days("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_(
                    "The clinic opens at this time of this day already. Change that row instead."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}-{self.closes:%H:%M}"

    @property
    def rule(self) -> Weekly:
        """As the rules of the diary read it."""
        return Weekly(
            self.weekday, self.opens, self.closes,
            valid_from=self.valid_from or date.min, valid_until=self.valid_until,
        )  # fmt: skip


class Weeks(models.TextChoices):
    """In which ISO calendar weeks a weekly rule holds."""

    EVERY = "every", _("every week")
    ODD = "odd", _("odd weeks")
    EVEN = "even", _("even weeks")


@pghistory.track()
class WeeklyHours(Row):
    """A practitioner works at a clinic on a weekday, from a date on and perhaps until one."""

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="weekly_hours")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="weekly_hours")
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("to"))
    weeks = models.CharField(_("weeks"), max_length=5, choices=Weeks, default=Weeks.EVERY)
    valid_from = models.DateField(_("holds from"))
    valid_until = models.DateField(_("holds until"), null=True, blank=True)

    class Meta:
        verbose_name = _("working hours")
        verbose_name_plural = _("working hours")
        constraints = [
            models.CheckConstraint(
                condition=Q(starts__lt=F("ends")),
                name="working_ends_after_it_starts",
                violation_error_message=_("Let the hours end later than they begin; split a night in two."),
            ),
            models.CheckConstraint(
                condition=Q(weekday__range=(0, 6)),
                name="working_weekday_known",
                violation_error_message=_("Choose a day from Monday to Sunday."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="working_until_after_from",
                violation_error_message=_("Let the hours hold until a day that is not before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.practitioner}, {self.get_weekday_display()} {self.starts:%H:%M}-{self.ends:%H:%M}"

    @property
    def rule(self) -> Weekly:
        """As the rules of the diary read it."""
        return Weekly(self.weekday, self.starts, self.ends, self.weeks, self.valid_from, self.valid_until)


class ExceptionKind(models.TextChoices):
    """Why a day differs from the weekly rule. Only extra hours open time; the others close it."""

    LEAVE = "leave", _("leave")
    SICK = "sick", _("sick")
    EXTRA = "extra", _("extra hours")
    CLOSURE = "closure", _("clinic closed")


@pghistory.track()
class HoursException(Row):
    """A stretch in which the weekly rule does not hold. It is not a block: bookings below it stay, to be cleared."""

    practitioner = models.ForeignKey(
        Practitioner, on_delete=models.CASCADE, null=True, blank=True, related_name="exceptions"
    )
    clinic = models.ForeignKey(
        Clinic, on_delete=models.CASCADE, null=True, blank=True, related_name="exceptions"
    )
    kind = models.CharField(_("kind"), max_length=8, choices=ExceptionKind)
    start = models.DateTimeField(_("from"))
    end = models.DateTimeField(_("to"))
    reason = models.CharField(_("reason"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("leave or extra hours")
        verbose_name_plural = _("leave and extra hours")
        indexes = [
            models.Index(fields=["practitioner", "end"], name="exception_of_practitioner"),
            models.Index(fields=["clinic", "end"], name="exception_of_clinic"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(start__lt=F("end")),
                name="exception_ends_after_it_starts",
                violation_error_message=_("Let it end later than it begins."),
            ),
            models.CheckConstraint(
                condition=Q(kind="closure", practitioner=None, clinic__isnull=False)
                | Q(kind__in=["leave", "sick"], practitioner__isnull=False, clinic=None)
                | Q(kind="extra", practitioner__isnull=False, clinic__isnull=False),
                name="exception_concerns_whom_its_kind_says",
                violation_error_message=_(
                    "Name the clinic of a closure, the person of leave or sickness, and both of extra hours."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.practitioner or self.clinic}"
