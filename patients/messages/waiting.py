"""Messages that ask for an answer: the offer of a freed time, and a visit for which another time is to be chosen.

Each leads to a page that takes no account: opening it changes nothing, and it shows no more than the mail says.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from clinic.messages import Kind, Link, Post, Recipient, register
from clinic.models import OutboxMessage
from patients.messages import visits
from patients.models import Answer, Consultation, Offer

OFFER, AGAIN = "offer", "choose-again"
"""What the links are for."""


def posts_for_offer(offer: Offer, *, now: datetime) -> list[Post]:
    """The offer, now; of no use once it has run out."""
    return [
        Post(
            kind="slot_offer",
            subject_id=offer.pk,
            person_id=offer.consultation.patient_id,
            due_at=now,
            useful_until=offer.expires_at,
        )
    ]


def posts_for_choose_again(visit: Consultation, *, now: datetime) -> list[Post]:
    """The request to choose another time, now. Supersede what is still to be said of this one first."""
    return [
        Post(
            kind="choose_again",
            subject_id=visit.pk,
            person_id=visit.patient_id,
            due_at=now,
            useful_until=visit.start,
            occurrence=f"asked:{now:%Y-%m-%dT%H:%M:%S}",
            version=visit.version,
        )
    ]


def _offer(row: OutboxMessage) -> Offer | None:
    return (
        Offer.objects.select_related(
            "consultation__patient", "consultation__clinic", "consultation__practitioner"
        )
        .filter(pk=row.subject_id)
        .first()
    )


def _of_offer(offer: Offer) -> Recipient:
    visit = offer.consultation
    return visits.recipient(visit.patient, visit.clinic)


def _is_open(offer: Offer, _row: OutboxMessage, now: datetime) -> bool:
    return offer.answer == Answer.OPEN and offer.expires_at > now


def _offered(offer: Offer, row: OutboxMessage) -> Mapping[str, Any]:
    visit = offer.consultation
    return {
        "start": visit.start, "end": visit.end, "practitioner": visit.practitioner.name, "until": offer.expires_at,
    }  # fmt: skip


def _to_offer(offer: Offer, _row: OutboxMessage) -> Link:
    return Link(page="offer", purpose=OFFER, subject=offer.pk)


def _is_asked(visit: Consultation, row: OutboxMessage, now: datetime) -> bool:
    return visit.asked_to_move_at is not None and visits.is_to_come(visit, row, now)


def _to_times(visit: Consultation, _row: OutboxMessage) -> Link:
    return Link(page="choose_again", purpose=AGAIN, subject=visit.pk, version=visit.version)


register(
    Kind(
        name="slot_offer",
        label=_("Offer of a freed time"),
        subject=_offer,
        recipient=_of_offer,
        still_true=_is_open,
        context=_offered,
        link=_to_offer,
    )
)
register(
    Kind(
        name="choose_again",
        label=_("Request to choose another time"),
        subject=visits.visit_of,
        recipient=visits.of_visit,
        still_true=_is_asked,
        context=visits.about,
        link=_to_times,
    )
)
