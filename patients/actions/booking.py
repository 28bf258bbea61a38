"""Books, moves and cancels consultations: one path for every door (docs/adr/003).

Rights first; then, in one transaction: look, lock, sweep holds that have run out, check, write, put the post. A door
has nothing to add.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from clinic import policy
from clinic.actions import outbox
from clinic.models import Block, Clinic, ConsultationType, Practitioner, Room, User
from clinic.policy import NotYours
from clinic.rules.intervals import Span
from clinic.rules.refusals import Kind, Refusal
from patients import messages
from patients.actions import locking, seating, telling
from patients.actions.locking import Busy, Changed, PatientBusy, SlotTaken
from patients.actions.seating import NotOffered, NotServed, PatientClosed
from patients.actions.wishing import Wish
from patients.models import CancelledBy, Consultation, EpisodeOfCare, Patient, Series, Source
from patients.rules import lifecycle
from patients.rules.lifecycle import Status

__all__ = [
    "Busy",
    "Changed",
    "NotOffered",
    "NotPossible",
    "NotServed",
    "NotYours",
    "Order",
    "PatientBusy",
    "PatientClosed",
    "ReasonMissing",
    "SlotTaken",
    "book",
    "cancel",
    "enter",
    "lengthen",
    "move",
]


LENGTHENED = frozenset({Status.BOOKED, Status.CONFIRMED, Status.ARRIVED, Status.IN_PROGRESS})
"""The statuses in which an end may still be changed."""


class NotPossible(Refusal):
    """The consultation stands where this act cannot follow: it is over, cancelled, or has begun."""

    code = "not_possible_now"
    kind = Kind.CONFLICT


class ReasonMissing(Refusal):
    """A cancellation without a reason."""

    code = "reason_missing"


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be booked. The server chooses the room unless one is given.

    With `overlap_reason` it is a deliberate overlap of staff: it may lie over other bookings of the practitioner and
    the room, never over one of the same patient. `episode` ties the visit to a complaint.
    """

    patient: Patient
    type: ConsultationType
    clinic: Clinic
    practitioner: Practitioner
    start: datetime
    source: Source
    room: Room | None = None
    desk_note: str = ""
    overlap_reason: str = ""
    episode: EpisodeOfCare | None = None

    @property
    def wish(self) -> Wish:
        """The seat that it asks for."""
        return Wish(
            patient=self.patient,
            type=self.type,
            clinic=self.clinic,
            practitioner=self.practitioner,
            start=self.start,
            room=self.room,
            overlap_reason=self.overlap_reason.strip(),
        )


def book(*, order: Order, by: User | None, now: datetime) -> Consultation:
    """The new consultation, with its messages in the outbox. `by` is None where nobody signed in asks.

    Raises NotYours, PatientClosed, NotServed, NotOffered, PatientBusy, Busy; and SlotTaken, whose
    `details["alternatives"]` are up to 5 free slots near the time, as the API shows them.
    """
    if by is not None and not policy.may(by, "book", order.clinic):
        raise NotYours(_("You may not book at %(clinic)s. Ask its front desk.") % {"clinic": order.clinic})
    wish = order.wish
    try:
        return locking.settled(lambda: _book(order, wish, by, now))
    except SlotTaken as lost:
        raise _lost(lost, wish, by, now) from None


def move(
    *,
    consultation: Consultation,
    practitioner: Practitioner,
    start: datetime,
    by: User | None,
    now: datetime,
    room: Room | None = None,
) -> Consultation:
    """The consultation at its new time, a version later; its room is kept where that is free, unless `room` says which.

    A confirmation of the old time does not hold for the new. Where anything is in the way the old time stands.
    Where only the room is another, nothing that the patient was told changes, and nobody is told anything.
    Raises NotYours, NotPossible, Changed and what `book` raises.
    """
    wish = Wish(
        patient=consultation.patient,
        type=consultation.type,
        clinic=consultation.clinic,
        practitioner=practitioner,
        start=start,
        room=room,
        moved=consultation,
    )
    _may(by, "move", consultation)
    _check_to_come(consultation)
    try:
        return locking.settled(lambda: _move(consultation, wish, now))
    except SlotTaken as lost:
        raise _lost(lost, wish, by, now) from None


def lengthen(*, consultation: Consultation, end: datetime, by: User | None, now: datetime) -> Consultation:
    """The consultation with another end, later or sooner, and the type's buffer after it; a version later.

    Practitioner, room and patient must be free until then, within the hours. Nobody changes the end of a class alone.
    Raises NotYours, NotPossible, NotOffered, SlotTaken (without alternatives: the start stays), PatientBusy, Changed,
    Busy.
    """
    _may(by, "move", consultation)
    return locking.settled(lambda: _lengthen(consultation, end, by, now))


def cancel(
    *, consultation: Consultation, asked_by: CancelledBy, reason: str, by: User | None, now: datetime
) -> Consultation:
    """The consultation, cancelled; its time is free at once, and its history stays.

    `cancelled_late` says whether it came with less than the type's notice, whoever asked.
    Raises ReasonMissing, NotYours, NotPossible, Changed, Busy.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise ReasonMissing(_("Say why it is cancelled: the other side is told."), field="reason")
    _may(by, "cancel", consultation)
    return locking.settled(lambda: _cancel(consultation, CancelledBy(asked_by), reason, now))


def enter(
    order: Order, block: Block, span: Span, *, by: User | None, now: datetime, series: Series | None = None
) -> Consultation:
    """Writes the visit into the seat that it was given, and puts its messages; inside the transaction that locked."""
    consultation = Consultation.objects.create(
        block=block,
        patient=order.patient,
        type=order.type,
        clinic=order.clinic,
        practitioner=order.practitioner,
        episode=order.episode,
        series=series,
        start=span.start,
        end=span.end,
        source=order.source,
        booked_by=by,
        booked_at=now,
        status_at=now,
        desk_note=order.desk_note.strip(),
    )
    telling.of_booking(consultation, now=now)
    return consultation


def _book(order: Order, wish: Wish, by: User | None, now: datetime) -> Consultation:
    rows = locking.Rows(
        practitioners=frozenset([order.practitioner.pk]),
        kind=order.type,
        clinic_id=order.clinic.pk,
        patient_id=order.patient.pk,
    )
    locked = locking.lock(rows, now=now, wish=wish)
    locking.sweep(locked, now=now, wish=wish)
    return enter(order, *seating.seat(wish, locked, now=now), by=by, now=now)


def _move(consultation: Consultation, wish: Wish, now: datetime) -> Consultation:
    fresh, locked = locking.lock_visit(consultation, now=now, wish=wish)
    _check_to_come(fresh)
    locking.free_seat(fresh.block, now=now)
    block, span = seating.seat(wish, locked, now=now)
    told = fresh.practitioner_id, fresh.start, fresh.end
    fresh.block, fresh.practitioner = block, wish.practitioner
    if told == (wish.practitioner.pk, span.start, span.end):
        fresh.save(update_fields=["block"])
        return fresh
    fresh.start, fresh.end = span.start, span.end
    fresh.version += 1
    fresh.status, fresh.previous_status, fresh.status_at = Status.BOOKED, "", now
    fresh.asked_to_move_at = None
    fresh.save(
        update_fields=[
            "block", "practitioner", "start", "end", "version", "status", "previous_status", "status_at",
            "asked_to_move_at",
        ]
    )  # fmt: skip
    telling.of_move(fresh, now=now)
    return fresh


def _lengthen(consultation: Consultation, end: datetime, by: User | None, now: datetime) -> Consultation:
    fresh, _locked = locking.lock_visit(consultation, now=now)
    if Status(fresh.status) not in LENGTHENED or fresh.block.capacity > 1:
        raise NotPossible(
            _("The end of this visit cannot be changed: it is over, or a class that others share.")
        )
    locking.busy_elsewhere(fresh.patient, fresh.start, end, by=by, but=fresh.pk)
    seating.stretch(fresh.block, fresh.start, end, now=now)
    fresh.end = end
    fresh.version += 1
    fresh.save(update_fields=["end", "version"])
    telling.of_move(fresh, now=now)
    return fresh


def _cancel(consultation: Consultation, asked_by: CancelledBy, reason: str, now: datetime) -> Consultation:
    fresh, _locked = locking.lock_visit(consultation, now=now)
    if Status.CANCELLED not in Status(fresh.status).may_follow():
        raise NotPossible(_("This consultation is over or under way, so it cannot be cancelled."))
    locking.free_seat(fresh.block, now=now)
    fresh.status, fresh.previous_status, fresh.status_at = Status.CANCELLED, fresh.status, now
    fresh.cancelled_by, fresh.cancel_reason = asked_by, reason
    fresh.cancelled_late = lifecycle.late_cancel(
        fresh.start, now, timedelta(hours=fresh.type.notice_to_cancel_h)
    )
    fresh.save(
        update_fields=[
            "status", "previous_status", "status_at", "cancelled_by", "cancel_reason", "cancelled_late",
        ]
    )  # fmt: skip
    outbox.supersede(subject_id=fresh.pk, kinds=messages.ABOUT_A_VISIT, now=now)
    if fresh.previous_status != Status.HELD:  # who had nothing yet loses nothing
        outbox.put(*messages.posts_for_cancelled(fresh, now=now), now=now)
    return fresh


def _may(by: User | None, act: str, consultation: Consultation) -> None:
    if by is not None and not policy.may(by, act, consultation):
        raise NotYours(
            _("You may not change bookings of %(clinic)s. Ask its front desk.")
            % {"clinic": consultation.clinic}
        )


def _check_to_come(consultation: Consultation) -> None:
    if consultation.status not in {Status.BOOKED, Status.CONFIRMED}:
        raise NotPossible(_("Only a consultation that is still to come can be moved. Book a new one."))


def _lost(lost: SlotTaken, wish: Wish, by: User | None, now: datetime) -> Refusal:
    """The refusal with the nearest free slots, looked for after the rollback, when no lock is held any more.

    Where it is the patient's own other visit that is in the way (who clicked twice, say), it is that which is told.
    """
    but = wish.moved.pk if wish.moved else None
    try:
        if wish.patient is not None:
            locking.busy_elsewhere(wish.patient, wish.span.start, wish.span.end, by=by, but=but)
    except PatientBusy as own:
        return own
    found = seating.alternatives(wish, now=now)
    return SlotTaken(lost.message, field=lost.field, details={"alternatives": found})
