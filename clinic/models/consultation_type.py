"""What can be booked: how long it takes, what it needs around it, who and where serves it."""

import pghistory
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models.place import Room, within
from clinic.models.row import Row
from clinic.models.staff import Practitioner

LASTS = _("Let it last between 5 and 480 minutes.")
BUFFERS = _("Leave at most 120 minutes before and 120 after it.")
SEATS = _("Give a group class 1 to 100 seats, and every other kind one.")
NOTICE = _(
    "Nobody could book it online: the notice is longer than the days for which it can be booked. "
    "Give a shorter notice, or more days."
)
HORIZON = _("Let it be booked between 1 and 730 days ahead.")


class TypeKind(models.TextChoices):
    """The kinds that the product treats differently."""

    INITIAL = "initial", _("initial assessment")
    FOLLOW_UP = "follow_up", _("follow-up")
    CLASS = "class", _("group class")
    TELEHEALTH = "telehealth", _("telehealth")


@pghistory.track()
class ConsultationType(Row):
    """A kind of consultation of the organisation. Telehealth takes no room."""

    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=10, choices=TypeKind)
    duration_min = models.PositiveSmallIntegerField(_("minutes"), validators=within(5, 480, LASTS))
    before_min = models.PositiveSmallIntegerField(
        _("minutes before"), default=0, validators=within(0, 120, BUFFERS)
    )
    after_min = models.PositiveSmallIntegerField(
        _("minutes after"), default=0, validators=within(0, 120, BUFFERS)
    )
    capacity = models.PositiveSmallIntegerField(_("seats"), default=1, validators=within(1, 100, SEATS))
    online = models.BooleanField(_("bookable online"), default=False)
    notice_to_book_h = models.PositiveSmallIntegerField(_("notice to book online (hours)"), default=12)
    notice_to_cancel_h = models.PositiveSmallIntegerField(_("notice to cancel (hours)"), default=24)
    horizon_days = models.PositiveSmallIntegerField(
        _("bookable so many days ahead"), default=180, validators=within(1, 730, HORIZON)
    )
    practitioners = models.ManyToManyField(Practitioner, verbose_name=_("served by"), related_name="types")
    rooms = models.ManyToManyField(Room, verbose_name=_("in rooms"), related_name="types", blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)

    class Meta:
        verbose_name = _("consultation type")
        verbose_name_plural = _("consultation types")
        constraints = [
            models.CheckConstraint(
                condition=Q(duration_min__range=(5, 480)),
                name="type_lasts_5_to_480_min",
                violation_error_message=LASTS,
            ),
            models.CheckConstraint(
                condition=Q(before_min__lte=120, after_min__lte=120),
                name="type_buffers_up_to_120_min",
                violation_error_message=BUFFERS,
            ),
            models.CheckConstraint(
                condition=Q(kind="class", capacity__range=(1, 100)) | (~Q(kind="class") & Q(capacity=1)),
                name="type_only_a_class_has_seats",
                violation_error_message=SEATS,
            ),
            models.CheckConstraint(
                condition=~Q(kind="class", online=True),
                name="type_no_class_online",
                violation_error_message=_(
                    "A group class cannot be booked online yet: the front desk books its seats. "
                    "Take the tick from “bookable online”."
                ),
            ),
            models.CheckConstraint(
                condition=Q(horizon_days__range=(1, 730)),
                name="type_horizon_1_to_730_days",
                violation_error_message=HORIZON,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raises ValidationError, beside the field, for seats that its kind has not, and for what nobody could book."""
        if self.capacity and self.kind and self.kind != TypeKind.CLASS and self.capacity != 1:
            raise ValidationError({"capacity": SEATS})
        if self.horizon_days and (self.notice_to_book_h or 0) >= self.horizon_days * 24:
            raise ValidationError({"notice_to_book_h": NOTICE})
