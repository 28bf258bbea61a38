"""Asks a patient by mail to choose another time, because theirs cannot take place, and takes the choice.

The visit stands until the choice is made. The link is of the version of which the mail spoke: once the visit has
another time, it does nothing more.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _

from clinic import policy
from clinic.actions import linking, outbox
from clinic.actions.linking import LinkInvalid
from clinic.models import Practitioner, User
from clinic.policy import NotYours
from clinic.rules.refusals import Kind, Refusal
from patients import messages
from patients.actions import booking, locking, telling
from patients.actions.booking import NotPossible
from patients.messages.waiting import AGAIN
from patients.models import Consultation
from patients.rules.lifecycle import Status

__all__ = [
    "AskedAlready",
    "AskedOver",
    "LinkInvalid",
    "NoEmail",
    "Request",
    "Standing",
    "ask",
    "choose",
    "opened",
]

ASK_AGAIN = timedelta(days=1)
"""Nobody is asked twice within a day: call instead."""
LASTS = timedelta(days=800)
"""Longer than anything can be booked ahead (730 days): what ends a link is its visit."""
WAITING = frozenset({Status.BOOKED, Status.CONFIRMED})


class NoEmail(Refusal):
    """Nobody may write to the patient."""

    code = "no_email"


class AskedAlready(Refusal):
    """The patient was asked less than a day ago."""

    code = "asked_already"
    kind = Kind.CONFLICT


class AskedOver(Refusal):
    """There is nothing to choose any more."""

    code = "asked_over"
    kind = Kind.CONFLICT


class Standing(StrEnum):
    """What the link can still do."""

    READY = "ready"
    MOVED = "moved"
    """The visit has another time by now."""
    STANDS = "stands"
    """The old time holds after all."""
    CANCELLED = "cancelled"
    OVER = "over"


@dataclass(frozen=True, kw_only=True)
class Request:
    """A link that was opened: its visit as it is now, and what can be done."""

    visit: Consultation
    standing: Standing


def ask(*, visit: Consultation, by: User, now: datetime) -> Consultation:
    """The visit, asked for: it stands until its patient chooses another time by the link in the mail.

    What else was still to be said of it is replaced; its reminders are silent meanwhile.
    Raises NotYours, NotPossible, NoEmail, AskedAlready, Changed, Busy.
    """
    if not policy.may(by, "move", visit):
        raise NotYours(
            _("You may not change bookings of %(clinic)s. Ask its front desk.") % {"clinic": visit.clinic}
        )
    return locking.settled(lambda: _ask(visit, now))


def opened(*, token: str, now: datetime) -> Request:
    """What the link is about; reading it changes nothing. Raises LinkInvalid."""
    told = linking.opened(token=token, purpose=AGAIN, max_age=LASTS, now=now)
    visit = Consultation.objects.with_names().filter(pk=told.subject).first()
    if visit is None:
        raise LinkInvalid(_("This link does not work any more. Call the clinic, and we sort it out."))
    return Request(visit=visit, standing=_standing(visit, told.version, now))


def choose(*, token: str, practitioner: Practitioner, start: datetime, now: datetime) -> Consultation:
    """The visit at the time that was chosen. Raises LinkInvalid, AskedOver, and what `booking.move` raises."""
    asked = opened(token=token, now=now)
    if asked.standing is not Standing.READY:
        raise AskedOver(
            _("There is nothing to choose any more. Questions? Call us: %(phone)s.")
            % {"phone": asked.visit.clinic.phone.as_international}
        )
    is_too_soon = start < now + timedelta(hours=asked.visit.type.notice_to_book_h)
    if is_too_soon and start != asked.visit.start:  # at the old time, with a colleague, they come anyway
        raise booking.NotOffered(
            _("That is too soon to choose by yourself. Choose a later time, or call us.")
        )
    return booking.move(consultation=asked.visit, practitioner=practitioner, start=start, by=None, now=now)


def _standing(visit: Consultation, version: int, now: datetime) -> Standing:
    if visit.status == Status.CANCELLED:
        return Standing.CANCELLED
    if visit.start <= now or visit.status not in WAITING:
        return Standing.OVER
    if visit.version != version:
        return Standing.MOVED
    return Standing.READY if visit.asked_to_move_at else Standing.STANDS


def _ask(visit: Consultation, now: datetime) -> Consultation:
    fresh, _locked = locking.lock_visit(visit, now=now)
    if fresh.status not in WAITING or fresh.start <= now:
        raise NotPossible(_("It does not wait for its time any more. Look at it again."))
    if to_call := telling.by_phone(fresh, now=now):
        raise NoEmail(to_call)
    if fresh.asked_to_move_at and now - fresh.asked_to_move_at < ASK_AGAIN:
        raise AskedAlready(_("Was asked less than a day ago. Call, or wait for the answer."))
    fresh.asked_to_move_at = now
    fresh.save(update_fields=["asked_to_move_at"])
    outbox.supersede(subject_id=fresh.pk, kinds=("booked", "moved", "choose_again"), now=now)
    outbox.put(*messages.posts_for_choose_again(fresh, now=now), now=now)
    return fresh
