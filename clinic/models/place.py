"""Where the work happens: the organisation, its clinics and their rooms."""

from collections.abc import Sequence
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pghistory
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from clinic.models.row import Row
from clinic.rules import places


class Organisation(Row):
    """The one that this installation belongs to; its name stands on every page and mail."""

    only = models.BooleanField(default=True, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(only=True),
                name="one_organisation",
                violation_error_message=_("There is one organisation already. Change its name instead."),
            )
        ]

    def __str__(self) -> str:
        return self.name


def zones() -> list[tuple[str, str]]:
    """Choices of IANA zones; the file named "localtime" is this machine's, not a zone."""
    return [(zone, zone) for zone in sorted(available_timezones() - {"localtime"})]


def known_zone(name: str) -> None:
    """Raises ValidationError for what is no zone: every time of such a clinic would fail, on every page."""
    if (name, name) not in zones():
        raise ValidationError(_("There is no such time zone. Choose one of the list, such as Europe/Berlin."))


def known_country(code: str) -> None:
    """Raises ValidationError for what is no ISO 3166 code of two letters."""
    if code not in places.COUNTRIES:
        raise ValidationError(
            _("There is no such country. Give its ISO code of two capital letters, such as DE.")
        )


STEP = _("Let slots begin every 5 to 60 minutes.")
LATITUDE = _("Give a latitude between -90 and 90, north positive.")
LONGITUDE = _("Give a longitude between -180 and 180, east positive.")


def within(least: int, most: int, words: Any) -> list[MinValueValidator | MaxValueValidator]:
    """That a number lies between two, both allowed; the words say so beside its field."""
    return [MinValueValidator(least, words), MaxValueValidator(most, words)]


@pghistory.track()
class Clinic(Row):
    """One location. Its zone is the zone in which its people think."""

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("short name"), unique=True)
    street = models.CharField(_("street"), max_length=120)
    postcode = models.CharField(_("postcode"), max_length=16)
    city = models.CharField(_("city"), max_length=80)
    country = models.CharField(
        _("country"), max_length=2, validators=[known_country], help_text=_("ISO 3166 code, such as DE")
    )
    region = models.CharField(
        _("region"),
        max_length=places.LONGEST_REGION,
        blank=True,
        help_text=_("for public holidays, such as BE"),
    )
    phone = PhoneNumberField(_("phone"))
    email = models.EmailField(_("reply address"))
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[known_zone])
    latitude = models.DecimalField(
        _("latitude"), max_digits=8, decimal_places=5, validators=within(-90, 90, LATITUDE)
    )
    longitude = models.DecimalField(
        _("longitude"), max_digits=8, decimal_places=5, validators=within(-180, 180, LONGITUDE)
    )
    slot_step_min = models.PositiveSmallIntegerField(
        _("slots begin every (minutes)"), default=10, validators=within(5, 60, STEP)
    )
    keeps_public_holidays = models.BooleanField(_("closed on public holidays"), default=True)
    pain_ceiling = models.PositiveSmallIntegerField(
        _("pain ceiling"), default=5, validators=[MinValueValidator(0), MaxValueValidator(10)]
    )
    offer_hold_min = models.PositiveSmallIntegerField(
        _("a freed slot is offered for (minutes)"),
        default=120,
        db_default=120,
        validators=[MinValueValidator(10), MaxValueValidator(1440)],
    )
    online_share = models.PositiveSmallIntegerField(
        _("share of a day that unconfirmed online requests may hold (%)"),
        default=30,
        db_default=30,
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
                condition=Q(slot_step_min__range=(5, 60)),
                name="clinic_slot_step_5_to_60",
                violation_error_message=STEP,
            ),
            models.CheckConstraint(
                condition=Q(pain_ceiling__range=(0, 10)),
                name="clinic_pain_ceiling_0_to_10",
                violation_error_message=_("Give a pain ceiling between 0 and 10."),
            ),
            models.CheckConstraint(
                condition=Q(offer_hold_min__range=(10, 1440)),
                name="clinic_offer_hold_10_min_to_a_day",
                violation_error_message=_("Offer a freed slot for 10 to 1440 minutes."),
            ),
            models.CheckConstraint(
                condition=Q(online_share__lte=100),
                name="clinic_online_share_to_100",
                violation_error_message=_("Give a share of 0 to 100 percent."),
            ),
            models.CheckConstraint(
                condition=Q(latitude__range=(-90, 90)),
                name="clinic_latitude_on_earth",
                violation_error_message=LATITUDE,
            ),
            models.CheckConstraint(
                condition=Q(longitude__range=(-180, 180)),
                name="clinic_longitude_on_earth",
                violation_error_message=LONGITUDE,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raises ValidationError for a region of which no calendar of public holidays speaks."""
        if self.country not in places.COUNTRIES or not self.region:
            return  # of a country that is none its own field speaks
        if self.region not in (known := places.regions(self.country)):
            raise ValidationError({"region": _no_region(known)})

    @property
    def zone(self) -> ZoneInfo:
        """The time zone as an object."""
        return ZoneInfo(self.time_zone)

    @property
    def address(self) -> str:
        """The address in one line."""
        return f"{self.street}, {self.postcode} {self.city}"


def _no_region(known: Sequence[str]) -> str:
    if not known:
        return gettext("No regions of this country are known. Leave the region empty.")
    words = gettext(
        "The public holidays of this country know no such region. Leave it empty, or give one of: %(regions)s."
    )
    return words % {"regions": ", ".join(known)}


@pghistory.track()
class Room(Row):
    """A room holds one block at a time."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(_("name"), max_length=40)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "name"],
                name="one_room_a_name",
                violation_error_message=_("This clinic has a room of that name. Give another name."),
            )
        ]

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
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.CheckConstraint(
                # without "is not null" an empty lead would be neither true nor false, and so be let in
                condition=Q(days__isnull=False, days__range=(1, 30), hours=None)
                | Q(days=None, at=None, hours__isnull=False, hours__range=(1, 23)),
                name="lead_is_days_or_hours",
                violation_error_message=_(
                    "Give either days (1 to 30), perhaps with a time, or hours (1 to 23) without one."
                ),
            ),
            models.UniqueConstraint(
                F("clinic"),
                F("days"),
                F("at"),
                F("hours"),
                nulls_distinct=False,
                name="one_lead_a_time",
                violation_error_message=_("The clinic has this reminder already. Change it or remove one."),
            ),
        ]

    def __str__(self) -> str:
        if not self.days:
            return ngettext("%(n)d hour before", "%(n)d hours before", self.hours or 0) % {"n": self.hours}
        words = ngettext("%(n)d day before", "%(n)d days before", self.days) % {"n": self.days}
        return (
            gettext("%(before)s, at %(time)s") % {"before": words, "time": f"{self.at:%H:%M}"}
            if self.at
            else words
        )
