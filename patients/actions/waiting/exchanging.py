"""Owns the other visits that somebody has who is offered a time, and giving one of them back for it."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from clinic.models import Room
from clinic.rules.refusals import Kind, Refusal
from patients.actions import booking, locking
from patients.models import CancelledBy, Consultation, Offer

SHOWN = 6
"""Visits to come of one type that are asked about, the soonest first."""


class NotGivenBack(Refusal):
    """The visit that was to be given back is no more what it was, or its notice has passed."""

    code = "not_given_back"
    kind = Kind.CONFLICT


def others(*, offer: Offer, now: datetime) -> list[Consultation]:
    """The patient's other visits to come of the offered type, the soonest first: they may not want them any more."""
    visit = offer.consultation
    rows = Consultation.objects.filter(patient=visit.patient_id, type=visit.type_id).upcoming(now)
    return list(rows.with_names()[:SHOWN])


def is_in_time(visit: Consultation, now: datetime) -> bool:
    """Whether it can be given back without a call: the type's notice to cancel has not begun."""
    return visit.start >= now + timedelta(hours=visit.type.notice_to_cancel_h)


def locked(offer: Offer, pk: UUID, *, now: datetime) -> Consultation:
    """The visit to be given back, with all that both visits take locked in the one order. Raises NotGivenBack, Busy."""
    given = next((each for each in others(offer=offer, now=now) if each.pk == pk), None)
    if given is None or not is_in_time(given, now):
        raise NotGivenBack(_("The other visit cannot be given back here any more. Keep it, or call us."))
    taken = offer.consultation
    of_type = Room.objects.filter(types=given.type, clinic=given.clinic_id, archived_at=None)
    rooms = {*of_type.values_list("pk", flat=True), given.block.room_id, taken.block.room_id} - {None}
    rows = locking.Rows(
        practitioners=frozenset({taken.practitioner_id, given.practitioner_id}),
        kind=taken.type,
        clinic_id=taken.clinic_id,
        patient_id=taken.patient_id,
        rooms=frozenset(room for room in rooms if room is not None),
    )
    locking.lock(rows, now=now)
    return given


def give_back(visit: Consultation, *, now: datetime) -> None:
    """Cancels it for the patient; its time goes to whoever waits. Inside the transaction that took the other."""
    booking.cancel(
        consultation=visit,
        asked_by=CancelledBy.PATIENT,
        reason=_("Given back for a time from the waitlist."),
        by=None,
        now=now,
    )
