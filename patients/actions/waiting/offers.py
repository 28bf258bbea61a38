"""Offers a free slot for a wish: holds it, writes, and takes the answer. Exactly one gets it.

The held consultation is the slot, so the diary itself keeps everybody else out. An answer locks the diary first and
then the offer: of two at the same moment, and of an answer and the clock, the one that comes first holds.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from clinic import policy
from clinic.actions import linking, outbox
from clinic.actions.linking import LinkInvalid
from clinic.models import Clinic, ConsultationType, Practitioner, User
from clinic.policy import NotYours
from clinic.rules.refusals import Kind, Refusal
from patients import messages
from patients.actions import booking, holding, locking
from patients.actions.waiting import exchanging, holds, wishes
from patients.actions.wishing import Wish
from patients.messages.waiting import OFFER
from patients.models import Answer, Consultation, Offer, Patient, Source, WaitlistEntry, WaitState
from patients.rules.waiting import offer_ends

LASTS = timedelta(days=90)
"""The page still says what became of the offer, long after it is over."""


class OfferOver(Refusal):
    """The offer was answered, withdrawn, or has run out."""

    code = "offer_over"
    kind = Kind.CONFLICT


class OfferOpen(Refusal):
    """Something is offered for this wish already."""

    code = "offer_open"
    kind = Kind.CONFLICT


class NotReachable(Refusal):
    """Nobody may write to the patient."""

    code = "not_reachable"


class TooSoon(Refusal):
    """There is too little time for an answer."""

    code = "too_soon_to_offer"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a slot of the wish's type is."""

    clinic: Clinic
    practitioner: Practitioner
    start: datetime

    def wish(self, kind: ConsultationType, patient: Patient) -> Wish:
        """The seat, as the diary knows it."""
        return Wish(
            type=kind, clinic=self.clinic, practitioner=self.practitioner, start=self.start, patient=patient
        )


def offer(*, entry: WaitlistEntry, place: Place, by: User | None, now: datetime) -> Offer:
    """The offer, its slot held for as long as the clinic says, and the mail in the outbox.

    Raises NotYours, NotReachable, TooSoon, NotWaiting, OfferOpen, and what `holding.hold` raises.
    """
    if by is not None and not (policy.may(by, "offer", entry) and policy.may(by, "book", place.clinic)):
        raise NotYours(
            _("You may not offer times of %(clinic)s. Ask its front desk.") % {"clinic": place.clinic}
        )
    patient = entry.patient
    if not patient.reads_email:
        raise NotReachable(
            _("%(patient)s gets no email. Call, and book the time at once.") % {"patient": patient.name}
        )
    until = offer_ends(now, place.start, timedelta(minutes=place.clinic.offer_hold_min))
    if until is None:
        raise TooSoon(
            _("The time is too near to wait for an answer. Call, and book it at once."), field="slot"
        )
    return locking.settled(lambda: _offer(entry, place, until, now))


def opened(*, token: str, now: datetime) -> Offer:
    """The offer that a link in a mail is about, with its visit; reading it changes nothing. Raises LinkInvalid."""
    subject = linking.subject_of(token=token, purpose=OFFER, max_age=LASTS, now=now)
    found = holds.with_visit().filter(pk=subject).first()
    if found is None:
        raise LinkInvalid(_("This link does not work any more. Call the clinic, and we sort it out."))
    return found


def accept(*, offer: Offer, now: datetime, give_back: UUID | None = None) -> Consultation:
    """The visit, booked, and the wish fulfilled; the other visit that is given back for it is cancelled with it, or
    neither happens.

    Raises OfferOver, Changed, Busy, and NotGivenBack for what is not among `exchanging.others`.
    """
    return locking.settled(lambda: _accept(offer, give_back, now))


def decline(*, offer: Offer, now: datetime) -> Offer:
    """The offer, declined: the time is free at once, and the next who fits is asked.

    Raises OfferOver, Changed, Busy.
    """
    return _ended(offer, Answer.DECLINED, now)


def withdraw_offer(*, offer: Offer, by: User | None, now: datetime) -> Offer:
    """The offer, taken back by the desk; the wish waits on. Raises NotYours, OfferOver, Changed, Busy."""
    if by is not None and not policy.may(by, "withdraw", offer):
        raise NotYours(_("You may not take back this offer. Ask the front desk."))
    return _ended(offer, Answer.WITHDRAWN, now)


def book(*, entry: WaitlistEntry, place: Place, by: User | None, now: datetime) -> Consultation:
    """The visit, booked straight for the wish, which is fulfilled: for who was called.

    Raises NotWaiting, OfferOpen, NotYours, and what `booking.book` raises.
    """
    order = booking.Order(
        patient=entry.patient,
        type=entry.type,
        clinic=place.clinic,
        practitioner=place.practitioner,
        start=place.start,
        source=Source.WAITLIST,
    )
    if by is not None and not policy.may(by, "change", entry):
        raise NotYours(_("You may not change this wish. Ask the front desk."))
    return locking.settled(lambda: _book(entry, order, by, now))


def _offer(entry: WaitlistEntry, place: Place, until: datetime, now: datetime) -> Offer:
    visit = holding.hold(
        wish=place.wish(entry.type, entry.patient), until=until, source=Source.WAITLIST, now=now
    )
    fresh = wishes.locked(entry.pk)
    _check_nothing_open(fresh)
    made = Offer.objects.create(entry=fresh, consultation=visit, made_at=now, expires_at=until)
    outbox.put(*messages.posts_for_offer(made, now=now), now=now)
    return made


def _accept(offer: Offer, give_back: UUID | None, now: datetime) -> Consultation:
    given = exchanging.locked(offer, give_back, now=now) if give_back else None
    try:
        visit = holding.take_up(consultation=offer.consultation, by=None, now=now)
    except holding.HoldOver:
        raise _over() from None
    fresh = holds.locked(offer.pk)
    if (
        fresh.answer != Answer.OPEN or fresh.expires_at <= now
    ):  # a seat in a class is held without an end of its own
        raise _over()
    fresh.answer, fresh.answered_at = Answer.ACCEPTED, now
    fresh.save(update_fields=["answer", "answered_at"])
    _fulfil(fresh.entry)
    if given is not None:
        exchanging.give_back(given, now=now)
    return visit


def _ended(offer: Offer, answer: Answer, now: datetime) -> Offer:
    ended = locking.settled(lambda: holds.end(offer, answer, now=now))
    if ended is None:
        raise _over()
    return ended


def _book(entry: WaitlistEntry, order: booking.Order, by: User | None, now: datetime) -> Consultation:
    visit = booking.book(order=order, by=by, now=now)
    fresh = wishes.locked(entry.pk)
    _check_nothing_open(fresh)
    _fulfil(fresh)
    return visit


def _check_nothing_open(entry: WaitlistEntry) -> None:
    if Offer.objects.filter(entry=entry, answer=Answer.OPEN).exists():
        raise OfferOpen(
            _("A time is offered for this wish already. Wait for the answer, or take the offer back.")
        )


def _fulfil(entry: WaitlistEntry) -> None:
    entry.state = WaitState.FULFILLED
    entry.save(update_fields=["state"])


def _over() -> OfferOver:
    return OfferOver(_("This offer is over: it was answered, or the time to answer has run out."))
