"""Reads the times of a diary that are held for somebody who books online and has not confirmed by email yet.

They stand there before there is a record, so there is no visit to show; and nobody at the desk needs the name.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from clinic import policy
from clinic.models import Block, Practitioner, Room, User
from clinic.models.diary import LONGEST
from clinic.rules.intervals import Span
from patients.models import BookingRequest, RequestState


@dataclass(frozen=True)
class Hold:
    """A time held online, as the day shows it."""

    request: BookingRequest

    @property
    def start(self) -> datetime:
        """When the visit would begin."""
        return self.request.start

    @property
    def end(self) -> datetime:
        """When it would end."""
        return self.request.end

    @property
    def minutes(self) -> int:
        """How long the visit would take, without buffers."""
        return (self.end - self.start) // timedelta(minutes=1)

    @property
    def until(self) -> datetime:
        """When the time is free again, unless it is booked by then."""
        return self.request.held_until

    @property
    def room(self) -> Room | None:
        """Where it would be."""
        return self.request.block.room


def held_online(clinic: UUID, window: Span, now: datetime) -> QuerySet[BookingRequest]:
    """The requests that hold time at the clinic which begins in the window, and have not run out."""
    return BookingRequest.objects.filter(
        state=RequestState.OPEN,
        start__gte=window.start,
        start__lt=window.end,
        block__clinic_id=clinic,
        block__active=True,
        block__held_until__gt=now,
        block__start__gt=window.start - LONGEST,
        block__start__lt=window.end,
    )


def between(
    clinic: UUID, window: Span, user: User, now: datetime, of: Practitioner | Room | None = None
) -> list[Hold]:
    """What is held online in the window where the user may see the diary, in order; only of the practitioner or room
    where one is named. One query."""
    rows = held_online(clinic, window, now).filter(block__in=policy.visible(user, Block).values("pk"))
    if of is not None:
        rows = rows.filter(practitioner=of) if isinstance(of, Practitioner) else rows.filter(block__room=of)
    named = rows.select_related("practitioner", "type", "clinic", "block__room").defer("reason", "red_flags")
    return [Hold(row) for row in named.order_by("start", "id")]
