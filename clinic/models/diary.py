"""The diary: stretches of a practitioner's and a room's time that are taken. The database itself refuses a double."""

from datetime import datetime, timedelta

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from clinic.models.consultation_type import ConsultationType
from clinic.models.place import Clinic, Room
from clinic.models.row import Row
from clinic.models.staff import Practitioner

LONGEST = timedelta(hours=12)
"""No block is longer, so those that reach into a span begin at most this long before it: a plain index finds them."""


class TsTzRange(Func):
    """`tstzrange(start, end, '[)')`: what ends at ten leaves ten free."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class Blocks(models.QuerySet["Block"]):
    """Blocks by what they do to the diary."""

    def busy(self, start: datetime, end: datetime, now: datetime) -> "Blocks":
        """Those that take time between `start` and `end`: active, and no hold that has run out. Overlaps count too."""
        return self.filter(
            Q(held_until=None) | Q(held_until__gt=now),
            active=True,
            start__lt=end,
            start__gt=start - LONGEST,
            end__gt=start,
        )

    def expired(self, now: datetime) -> "Blocks":
        """Holds that have run out: they still stand in the constraint until they are swept."""
        return self.filter(active=True, held_until__lte=now)


@pghistory.track()
class Block(Row):
    """Time of one practitioner, and of one room where the type needs one, buffers included.

    Lane 0 excludes; a deliberate overlap stands in lane 1 with its reason (docs/adr/002). A block that nobody
    needs any more is set inactive, never deleted: the seats in it keep their history.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="blocks")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="blocks")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, null=True, blank=True, related_name="blocks")
    type = models.ForeignKey(ConsultationType, on_delete=models.PROTECT, related_name="blocks")
    start = models.DateTimeField(_("from, buffer included"))
    end = models.DateTimeField(_("to, buffer included"))
    capacity = models.PositiveSmallIntegerField(_("seats"), default=1)
    taken = models.PositiveSmallIntegerField(_("seats taken"), default=0)
    held_until = models.DateTimeField(_("held until"), null=True, blank=True)
    lane = models.PositiveSmallIntegerField(_("lane"), default=0)
    overlap_reason = models.CharField(_("reason of the overlap"), max_length=200, blank=True)
    active = models.BooleanField(default=True)

    objects = Blocks.as_manager()

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        indexes = [
            models.Index(
                fields=["practitioner", "start"], condition=Q(active=True), name="block_by_practitioner"
            ),
            models.Index(fields=["room", "start"], condition=Q(active=True), name="block_by_room"),
            models.Index(fields=["clinic", "start"], condition=Q(active=True), name="block_by_clinic"),
            models.Index(fields=["held_until"], condition=Q(held_until__isnull=False), name="block_held"),
        ]
        constraints = [
            ExclusionConstraint(
                name="one_block_a_practitioner",
                expressions=[
                    ("practitioner", RangeOperators.EQUAL),
                    (TsTzRange("start", "end", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(lane=0, active=True),
            ),
            ExclusionConstraint(
                name="one_block_a_room",
                expressions=[
                    ("room", RangeOperators.EQUAL),
                    (TsTzRange("start", "end", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(lane=0, active=True, room__isnull=False),
            ),
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="block_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(end__lte=F("start") + LONGEST), name="block_up_to_12_hours"),
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="block_not_over_capacity"),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="block_has_a_seat"),
            models.CheckConstraint(
                condition=Q(lane=0) | (Q(lane=1) & ~Q(overlap_reason="")), name="block_overlap_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.practitioner} {self.start:%Y-%m-%d %H:%M}"
