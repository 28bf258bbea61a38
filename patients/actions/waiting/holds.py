"""Ends an offer together with the time that it holds, in one transaction: what `wishes` and `offers` both need."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from patients.actions import holding
from patients.models import Answer, Offer, WaitlistEntry

REASONS = {
    Answer.DECLINED: _("The offer was declined."),
    Answer.EXPIRED: _("The offer ran out."),
    Answer.WITHDRAWN: _("The offer was withdrawn."),
}
"""What the history of the held visit says."""


def end(offer: Offer, answer: Answer, *, now: datetime) -> Offer | None:
    """The offer with its answer, its time free; None where it had been answered already, and stays so.

    Belongs inside `locking.settled`. The diary is locked first, the offer after it, here as in an acceptance.
    """
    holding.let_go(consultation=offer.consultation, reason=str(REASONS[answer]), now=now)
    fresh = locked(offer.pk)
    if fresh.answer != Answer.OPEN:
        return None
    fresh.answer, fresh.answered_at = answer, now
    fresh.save(update_fields=["answer", "answered_at"])
    return fresh


def take_back(entry: WaitlistEntry, *, now: datetime) -> None:
    """Withdraws what is offered for the wish, if anything is. Belongs inside `locking.settled`."""
    open_offer = with_visit().filter(entry=entry, answer=Answer.OPEN).first()
    if open_offer is not None:
        end(open_offer, Answer.WITHDRAWN, now=now)


def locked(offer_id: UUID) -> Offer:
    """The offer as it is now, locked; after the rows of the diary, never before."""
    return Offer.objects.select_for_update(no_key=True, of=("self",)).select_related("entry").get(pk=offer_id)


def with_visit() -> QuerySet[Offer]:
    """Offers with what the diary needs of their visits."""
    return Offer.objects.select_related(
        "entry__type",
        "consultation__patient",
        "consultation__type",
        "consultation__clinic",
        "consultation__practitioner",
        "consultation__block",
    )
