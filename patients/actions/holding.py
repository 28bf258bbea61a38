"""Holds time in the diary for a while, then books it or lets it go: for offers and for online requests.

A hold takes the time from everybody else until it runs out. It takes the one path of `booking`: look, lock, sweep,
check, write. A run-out hold is swept by whoever books next, so nothing depends on a clock that ticks.
"""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from clinic.models import Block, User
from clinic.rules.intervals import Span
from clinic.rules.refusals import Kind, Refusal
from patients.actions import locking, seating, telling
from patients.actions.locking import Busy, Changed, PatientBusy, SlotTaken
from patients.actions.seating import NotOffered, NotServed, PatientClosed
from patients.actions.wishing import Wish
from patients.models import CancelledBy, Consultation, Patient, Source
from patients.rules.lifecycle import Status

__all__ = [
    "NEVER_A_VISIT",
    "Busy",
    "Changed",
    "HoldOver",
    "NotOffered",
    "NotServed",
    "PatientBusy",
    "PatientClosed",
    "SlotTaken",
    "hold",
    "hold_open",
    "let_go",
    "settle",
    "sweep_expired",
    "take_up",
]


NEVER_A_VISIT = Q(status=Status.CANCELLED, previous_status=Status.HELD)
"""Holds that came to nothing. They stand in the diary's history, and in no list or count of visits."""


class HoldOver(Refusal):
    """The time was held, and is no more: it ran out, was taken up or let go, or nobody works then any more."""

    code = "hold_over"
    kind = Kind.CONFLICT


def hold(*, wish: Wish, until: datetime, source: Source, now: datetime) -> Consultation:
    """A held consultation: the time is the patient's until `until`, and nobody is told.

    A seat in a class has no block of its own to run out: whoever holds it lets it go.
    Raises as `booking.book`, but SlotTaken names no alternatives; ValueError for a wish without a patient.
    """
    if wish.patient is None:
        raise ValueError("Without a record there is no consultation to hold: use hold_open")
    patient = wish.patient
    return locking.settled(lambda: _hold(wish, patient, until, source, now))


def hold_open(*, wish: Wish, until: datetime, now: datetime) -> tuple[Block, Span]:
    """A held block for somebody without a record, and the time of the visit; call it inside a transaction.

    Only for types of one seat. Raises as `booking.book`, and the faults of the database that `locking.settled` reads.
    """
    locked = _lock(wish, now)
    block, span = seating.seat(wish, locked, now=now)
    block.held_until = until
    block.save(update_fields=["held_until"])
    return block, span


def take_up(*, consultation: Consultation, by: User | None, now: datetime) -> Consultation:
    """The held consultation, booked, with its messages in the outbox.

    Raises HoldOver, also where hours or an absence have taken the time since; Changed, Busy.
    """
    return locking.settled(lambda: _take_up(consultation, by, now))


def settle(*, block: Block, span: Span, patient: Patient, source: Source, now: datetime) -> Consultation:
    """The visit of a patient who has a record by now, in the block that was held open; call it inside a transaction.

    Raises HoldOver, also where hours or an absence have taken the time since.
    """
    locking.lock(_rows_of(block, patient), now=now)
    fresh = Block.objects.select_for_update(no_key=True, of=("self",)).get(pk=block.pk)
    if not fresh.active or fresh.held_until is None or fresh.held_until <= now:
        raise _over()
    if not seating.is_open(fresh, span, now=now):
        raise _over()
    Block.objects.filter(pk=block.pk).update(held_until=None)
    visit = Consultation.objects.create(
        block=fresh,
        patient=patient,
        type=fresh.type,
        clinic=fresh.clinic,
        practitioner=fresh.practitioner,
        start=span.start,
        end=span.end,
        source=source,
        booked_at=now,
        status_at=now,
    )
    telling.of_booking(visit, now=now)
    return visit


def let_go(*, consultation: Consultation, reason: str, now: datetime) -> Consultation:
    """The held consultation, cancelled; its time is free at once. One that is held no more stays as it is."""
    return locking.settled(lambda: _let_go(consultation, reason, now))


def sweep_expired(*, now: datetime, most: int) -> int:
    """Frees holds that ran out and that no booking has swept meanwhile, so that who waits may have them. How many."""
    swept = 0
    for block in Block.objects.expired(now).filter(start__gt=now).select_related("type")[:most]:
        try:
            locking.settled(lambda block=block: _sweep(block, now))  # type: ignore[misc]
        except Busy:
            continue
        swept += 1
    return swept


def _sweep(block: Block, now: datetime) -> None:
    rows = locking.Rows(
        practitioners=frozenset([block.practitioner_id]),
        kind=block.type,
        clinic_id=block.clinic_id,
        rooms=frozenset([block.room_id] if block.room_id else []),
    )
    locking.sweep(locking.lock(rows, now=now), now=now)


def _hold(wish: Wish, patient: Patient, until: datetime, source: Source, now: datetime) -> Consultation:
    locked = _lock(wish, now)
    block, span = seating.seat(wish, locked, now=now)
    if block.capacity == 1:
        block.held_until = until
        block.save(update_fields=["held_until"])
    return Consultation.objects.create(
        block=block,
        patient=patient,
        type=wish.type,
        clinic=wish.clinic,
        practitioner=wish.practitioner,
        start=span.start,
        end=span.end,
        status=Status.HELD,
        source=source,
        booked_at=now,
        status_at=now,
    )


def _take_up(consultation: Consultation, by: User | None, now: datetime) -> Consultation:
    fresh, _locked = locking.lock_visit(consultation, now=now)
    until = fresh.block.held_until
    if fresh.status != Status.HELD or (until is not None and until <= now):
        raise _over()
    if not seating.is_open(fresh.block, Span(fresh.start, fresh.end), now=now):
        raise _over()
    Block.objects.filter(pk=fresh.block_id).update(held_until=None)
    fresh.status, fresh.previous_status, fresh.status_at = Status.BOOKED, "", now
    fresh.booked_by, fresh.booked_at = by, now
    fresh.save(update_fields=["status", "previous_status", "status_at", "booked_by", "booked_at"])
    telling.of_booking(fresh, now=now)
    return fresh


def _let_go(consultation: Consultation, reason: str, now: datetime) -> Consultation:
    fresh, _locked = locking.lock_visit(consultation, now=now)
    fresh.refresh_from_db(fields=["status"])  # the sweep may have come first
    if fresh.status != Status.HELD:
        return fresh
    locking.free_seat(fresh.block, now=now)
    fresh.status, fresh.previous_status, fresh.status_at = Status.CANCELLED, Status.HELD, now
    fresh.cancelled_by, fresh.cancel_reason = CancelledBy.CLINIC, reason
    fresh.save(
        update_fields=["status", "previous_status", "status_at", "cancelled_by", "cancel_reason"],
    )
    return fresh


def _lock(wish: Wish, now: datetime) -> locking.Locked:
    rows = locking.Rows(
        practitioners=frozenset([wish.practitioner.pk]),
        kind=wish.type,
        clinic_id=wish.clinic.pk,
        patient_id=wish.patient.pk if wish.patient else None,
    )
    locked = locking.lock(rows, now=now, wish=wish)
    locking.sweep(locked, now=now, wish=wish)
    return locked


def _rows_of(block: Block, patient: Patient) -> locking.Rows:
    return locking.Rows(
        practitioners=frozenset([block.practitioner_id]),
        kind=block.type,
        clinic_id=block.clinic_id,
        patient_id=patient.pk,
        rooms=frozenset([block.room_id] if block.room_id else []),
    )


def _over() -> HoldOver:
    return HoldOver(_("This time is held no more. Choose another one."))
