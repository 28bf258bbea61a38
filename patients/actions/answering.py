"""Does what a patient asks by a link in a mail: confirm, cancel or move a visit, without an account.

A link is about one visit, for one act, and of the version of which its mail spoke: one for a time that the visit no
longer has does nothing. Within the type's notice to cancel it acts by itself; after it the patient calls.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _

from clinic.actions import linking
from clinic.actions.linking import LinkInvalid
from clinic.models import Practitioner
from clinic.rules.refusals import Kind, Refusal
from patients.actions import attending, booking
from patients.messages.links import purpose
from patients.models import CancelledBy, Consultation
from patients.rules import lifecycle
from patients.rules.lifecycle import Status

__all__ = ["Link", "LinkInvalid", "LinkOver", "Standing", "Verb", "cancel", "confirm", "move", "opened"]

LASTS = timedelta(days=800)
"""Longer than anything can be booked ahead (730 days): what ends a link is its visit."""


class Verb(StrEnum):
    """What a link is for."""

    CONFIRM = "confirm"
    CANCEL = "cancel"
    MOVE = "move"


class Standing(StrEnum):
    """What a link can still do."""

    READY = "ready"
    DONE = "done"
    """It is confirmed, or cancelled, already."""
    CANCELLED = "cancelled"
    CHANGED = "changed"
    """The visit has another time than the mail said."""
    LATE = "late"
    """Less than the notice is left: call."""
    OVER = "over"
    """It has begun, or is past."""


class LinkOver(Refusal):
    """The link can do no more what it is for; `opened` tells why."""

    code = "link_over"
    kind = Kind.CONFLICT


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link that was opened: its visit as it is now, and what can be done."""

    visit: Consultation
    verb: Verb
    standing: Standing


def opened(*, token: str, verb: Verb, now: datetime) -> Link:
    """What the link is about; reading it changes nothing. Raises LinkInvalid."""
    told = linking.opened(token=token, purpose=purpose(verb), max_age=LASTS, now=now)
    visit = Consultation.objects.with_names().filter(pk=told.subject).first()
    if visit is None:
        raise LinkInvalid(_("This link does not work any more. Call the clinic, and we sort it out."))
    return Link(visit=visit, verb=verb, standing=_standing(visit, verb, told.version, now))


def confirm(*, token: str, now: datetime) -> Consultation:
    """The visit, confirmed. Raises LinkInvalid, LinkOver, and what `attending.confirm` raises."""
    visit = _ready(token, Verb.CONFIRM, now)
    return attending.confirm(consultation=visit, by=None, now=now)


def cancel(*, token: str, reason: str, now: datetime) -> Consultation:
    """The visit, cancelled at the patient's wish. Raises LinkInvalid, LinkOver, and what `booking.cancel` raises."""
    visit = _ready(token, Verb.CANCEL, now)
    return booking.cancel(
        consultation=visit,
        asked_by=CancelledBy.PATIENT,
        reason=reason.strip() or _("Cancelled by the link in the mail."),
        by=None,
        now=now,
    )


def move(*, token: str, practitioner: Practitioner, start: datetime, now: datetime) -> Consultation:
    """The visit at the free time that was chosen. Raises LinkInvalid, LinkOver, and what `booking.move` raises.

    A time within the notice to book is refused as no slot: by oneself one comes no sooner than with it.
    """
    visit = _ready(token, Verb.MOVE, now)
    if start < now + timedelta(hours=visit.type.notice_to_book_h):
        raise booking.NotOffered(
            _("That is too soon to choose by yourself. Choose a later time, or call us.")
        )
    return booking.move(consultation=visit, practitioner=practitioner, start=start, by=None, now=now)


def _ready(token: str, verb: Verb, now: datetime) -> Consultation:
    link = opened(token=token, verb=verb, now=now)
    if link.standing is not Standing.READY:
        raise LinkOver(
            _("This link can do no more. Call us: %(phone)s.") % {"phone": link.visit.clinic.phone},
            details={"standing": link.standing},
        )
    return link.visit


def _standing(visit: Consultation, verb: Verb, version: int, now: datetime) -> Standing:
    status = Status(visit.status)
    if status is Status.CANCELLED:
        return Standing.DONE if verb is Verb.CANCEL else Standing.CANCELLED
    if visit.start <= now or status not in {Status.BOOKED, Status.CONFIRMED}:
        return Standing.OVER
    if visit.version != version:
        return Standing.CHANGED
    if verb is Verb.CONFIRM:
        return Standing.DONE if status is Status.CONFIRMED else Standing.READY
    notice = timedelta(hours=visit.type.notice_to_cancel_h)
    return Standing.LATE if lifecycle.late_cancel(visit.start, now, notice) else Standing.READY
