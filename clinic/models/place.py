"""Where the work happens: the organisation, its clinics and their rooms."""

from datetime import time
from zoneinfo import ZoneInfo, available_timezones

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from clinic.models.row import Row


class Organisation(Row):
    """The one that this installation belongs to; its name stands on every page and mail."""

    only = models.BooleanField(default=True, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(only=True), name="one_organisation")]

    def __str__(self) -> str:
        return self.name


def zones() -> list[tuple[str, str]]:
    """Choices of IANA zones; the file named "localtime" is this machine's, not a zone."""
    return [(zone, zone) for zone in sorted(available_timezones() - {"localtime"})]


@pghistory.track()
class Clinic(Row):
    """One location. Its zone is the zone in which its people think."""

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("short name"), unique=True)
    street = models.CharField(_("street"), max_length=120)
    postcode = models.CharField(_("postcode"), max_length=16)
    city = models.CharField(_("city"), max_length=80)
    country = models.CharField(_("country"), max_length=2, help_text=_("ISO 3166 code, such as DE"))
    region = models.CharField(
        _("region"), max_length=8, blank=True, help_text=_("for public holidays, such as BE")
    )
    phone = PhoneNumberField(_("phone"))
    email = models.EmailField(_("reply address"))
    time_zone = models.CharField(_("time zone"), max_length=64)
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=5)
    longitude = models.DecimalField(_("longitude"), max_digits=8, decimal_places=5)
    slot_step_min = models.PositiveSmallIntegerField(_("slots begin every (minutes)"), default=10)
    keeps_public_holidays = models.BooleanField(_("closed on public holidays"), default=True)
    pain_ceiling = models.PositiveSmallIntegerField(
        _("pain ceiling"), default=5, validators=[MinValueValidator(0), MaxValueValidator(10)]
    )
    offer_hold_min = models.PositiveSmallIntegerField(
        _("a freed slot is offered for (minutes)"),
        default=120,
        validators=[MinValueValidator(10), MaxValueValidator(1440)],
    )
    online_share = models.PositiveSmallIntegerField(
        _("share of a day that unconfirmed online requests may hold (%)"),
        default=30,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    quiet_from = models.TimeField(_("no messages from"), default=time(20))
    quiet_to = models.TimeField(_("no messages until"), default=time(8))
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)

    class Meta:
        verbose_name = _("clinic")
        verbose_name_plural = _("clinics")
        constraints = [
            models.CheckConstraint(
                condition=Q(slot_step_min__range=(5, 60)), name="clinic_slot_step_5_to_60"
            ),
            models.CheckConstraint(
                condition=Q(pain_ceiling__range=(0, 10)), name="clinic_pain_ceiling_0_to_10"
            ),
            models.CheckConstraint(
                condition=Q(offer_hold_min__range=(10, 1440)), name="clinic_offer_hold_10_min_to_a_day"
            ),
            models.CheckConstraint(condition=Q(online_share__lte=100), name="clinic_online_share_to_100"),
            models.CheckConstraint(condition=Q(latitude__range=(-90, 90)), name="clinic_latitude_on_earth"),
            models.CheckConstraint(
                condition=Q(longitude__range=(-180, 180)), name="clinic_longitude_on_earth"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The time zone as an object."""
        return ZoneInfo(self.time_zone)

    @property
    def address(self) -> str:
        """The address in one line."""
        return f"{self.street}, {self.postcode} {self.city}"


@pghistory.track()
class Room(Row):
    """A room holds one block at a time."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(_("name"), max_length=40)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        constraints = [models.UniqueConstraint(fields=["clinic", "name"], name="one_room_a_name")]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class ReminderLead(Row):
    """How long before a consultation a reminder goes out (docs/adr/005).

    Days with a time of day, or days at the consultation's own wall time (`at` empty), both on the clinic's wall
    clock; or hours under 24, elapsed.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="reminder_leads")
    days = models.PositiveSmallIntegerField(_("days before"), null=True, blank=True)
    at = models.TimeField(_("at"), null=True, blank=True)
    hours = models.PositiveSmallIntegerField(_("hours before"), null=True, blank=True)

    class Meta:
        verbose_name = _("reminder lead")
        verbose_name_plural = _("reminder leads")
        constraints = [
            models.CheckConstraint(
                condition=Q(days__range=(1, 30), hours=None) | Q(days=None, at=None, hours__range=(1, 23)),
                name="lead_is_days_or_hours",
            ),
            models.UniqueConstraint(
                F("clinic"), F("days"), F("at"), F("hours"), nulls_distinct=False, name="one_lead_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.days} d {self.at or ''}" if self.days else f"{self.hours} h"
