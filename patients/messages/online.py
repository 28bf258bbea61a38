"""The message that asks for the email address of an online booking to be confirmed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from clinic.messages import Kind, Link, Post, Recipient, register
from clinic.models import OutboxMessage
from patients.models import BookingRequest, RequestState

CONFIRM = "booking-confirm"
"""What the link is for."""


def posts_for_request(request: BookingRequest, *, now: datetime) -> list[Post]:
    """The request to confirm, now; of no use once the time is held no more."""
    return [
        Post(
            kind="confirm_request",
            subject_id=request.pk,
            person_id=request.pk,
            due_at=now,
            useful_until=request.held_until,
        )
    ]


def _request(row: OutboxMessage) -> BookingRequest | None:
    return BookingRequest.objects.select_related("clinic").filter(pk=row.subject_id).first()


def _who_asked(request: BookingRequest) -> Recipient:
    return Recipient(
        email=request.email, name=request.given_name, language=request.language, clinic=request.clinic
    )


def _is_held(request: BookingRequest, _row: OutboxMessage, now: datetime) -> bool:
    return request.state == RequestState.OPEN and request.held_until > now


def _about(request: BookingRequest, _row: OutboxMessage) -> Mapping[str, Any]:
    return {"start": request.start, "end": request.end, "until": request.held_until}


def _to_confirm(request: BookingRequest, _row: OutboxMessage) -> Link:
    return Link(page="book_confirm", purpose=CONFIRM, subject=request.pk)


register(
    Kind(
        name="confirm_request",
        label=_("Request to confirm an online booking"),
        lasting=False,
        subject=_request,
        recipient=_who_asked,
        still_true=_is_held,
        context=_about,
        link=_to_confirm,
    )
)
