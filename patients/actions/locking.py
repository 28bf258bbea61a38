"""Owns the order in which every change of the diary takes its locks, and what a lost lock or a constraint means.

Practitioners first, then rooms, then the patient, each by id (docs/adr/003). Two changes that share anything then
queue instead of meeting head-on, and what is read after the locks stays true until the commit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import psycopg.errors
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Exists, F, Func, OuterRef, Q, TextField, Value
from django.utils.translation import gettext as _

from clinic import policy
from clinic.models import Block, ConsultationType, Practitioner, Room, User
from clinic.rules.refusals import Kind, Refusal
from patients.actions import freeing
from patients.actions.wishing import Wish
from patients.models import SEATED, CancelledBy, Consultation, Patient
from patients.rules.lifecycle import Status

T = TypeVar("T")

LONGEST_WAIT = "3s"
"""For a lock, before the one more try."""
BLOCK_CONSTRAINTS = frozenset({"one_block_a_practitioner", "one_block_a_room", "block_not_over_capacity"})
PATIENT_CONSTRAINTS = frozenset({"one_consultation_a_patient", "one_seat_a_patient_in_a_block"})


class SlotTaken(Refusal):
    """Somebody else has the time, or the room. `details["alternatives"]` are the nearest free slots, where known."""

    code = "slot_taken"
    kind = Kind.CONFLICT


class PatientBusy(Refusal):
    """The patient is somewhere else at that time."""

    code = "patient_busy"
    kind = Kind.CONFLICT


class Busy(Refusal):
    """The diary was locked for longer than 3 seconds, twice."""

    code = "busy"
    kind = Kind.BUSY


class Changed(Refusal):
    """The consultation was moved by somebody else since it was read."""

    code = "changed_meanwhile"
    kind = Kind.CONFLICT


@dataclass(frozen=True, kw_only=True)
class Rows:
    """What a change of the diary touches: these are locked, with the rooms of the type at the clinic."""

    practitioners: frozenset[UUID]
    kind: ConsultationType
    clinic_id: UUID
    patient_id: UUID | None = None
    rooms: frozenset[UUID] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Locked:
    """The rows, read after they were locked: the practitioners, those of them who give the type, the candidate rooms
    of the type at the clinic by name, and the patient, where there is one."""

    practitioners: frozenset[UUID]
    serving: frozenset[UUID]
    rooms: list[Room]
    patient: Patient | None


def settled(change: Callable[[], T]) -> T:
    """What the change returns, done in one transaction; tried once more where a lock was not to be had.

    Raises Busy after the second try, and SlotTaken or PatientBusy where a constraint of the diary refused.
    """
    try:
        return _once(change)
    except OperationalError as fault:
        if not _is_lock(fault):
            raise
    try:
        return _once(change)
    except OperationalError as fault:
        if not _is_lock(fault):
            raise
        raise Busy(_("Somebody else is changing this diary right now. Try again in a moment.")) from None


def lock(rows: Rows, *, now: datetime, wish: Wish | None = None) -> Locked:
    """Locks the practitioners, the type's rooms at the clinic with `rooms` besides, and the patient, in this order.

    NO KEY UPDATE, because a plain FOR UPDATE would block every insert that points at these rows.
    Raises SlotTaken as soon as something is seen in the way of `wish`: before the queue for the locks, and again with
    the rooms, when the practitioner is locked, so that a loser lets the next one pass at once and does not search the
    day meanwhile. (Where no room is needed it is left to the search.)
    """
    _begin(rows, wish, now)
    gives = Practitioner.types.through.objects.filter(
        consultationtype_id=rows.kind.pk, practitioner_id=OuterRef("pk")
    )
    people = Practitioner.objects.filter(pk__in=rows.practitioners).annotate(serves=Exists(gives))
    of_type = Room.types.through.objects.filter(consultationtype_id=rows.kind.pk).values("room_id")
    places = Room.objects.filter(
        Q(pk__in=of_type, clinic_id=rows.clinic_id, archived_at=None) | Q(pk__in=rows.rooms)
    )
    locked_people = list(people.order_by("pk").select_for_update(no_key=True, of=("self",)))
    gone = Value(False) if wish is None else Exists(wish.of_practitioner(now))
    locked_rooms = list(
        places.order_by("pk").annotate(gone=gone).select_for_update(no_key=True, of=("self",))
    )
    if any(room.gone for room in locked_rooms):
        raise taken()
    patient: Patient | None = None
    if rows.patient_id is not None:
        patient = Patient.objects.select_for_update(no_key=True, of=("self",)).get(pk=rows.patient_id)
    return Locked(
        practitioners=frozenset(row.pk for row in locked_people),
        serving=frozenset(row.pk for row in locked_people if row.serves and not row.archived_at),
        rooms=sorted(locked_rooms, key=lambda room: room.name),
        patient=patient,
    )


def lock_patients(*patients: Patient) -> list[Patient]:
    """These records as they are now, locked by id, in the order in which they were given.

    For a change that touches no practitioner and no room: it comes last in the order of locks, so it meets nobody.
    FOR UPDATE, so that a row which is just being hung on a record is waited for, and seen.
    """
    known = Patient.objects.filter(pk__in=[row.pk for row in patients]).order_by("pk")
    list(known.values_list(_bounded()))
    locked = {row.pk: row for row in known.select_for_update(of=("self",))}
    return [locked[row.pk] for row in patients]


def _bounded() -> Func:
    """Bounds the wait for locks until the transaction ends, where it stands in a query."""
    return Func(
        Value("lock_timeout"),
        Value(LONGEST_WAIT),
        Value(True),
        function="set_config",
        output_field=TextField(),
    )


def _begin(rows: Rows, wish: Wish | None, now: datetime) -> None:
    """Bounds the wait for locks, and in the same statement looks whether there is anything to wait for."""
    bounded = _bounded()
    gone = Value(False) if wish is None else Exists(wish.in_the_way(now))
    told = Practitioner.objects.filter(pk__in=rows.practitioners).values_list(bounded, gone)
    if any(is_gone for _wait, is_gone in told):
        raise taken()


def sweep(locked: Locked, *, now: datetime, wish: Wish | None = None) -> None:
    """Frees the holds of the locked rows that have run out, for they would still exclude others.

    Raises SlotTaken where the patient, who is locked by now, has come to sit elsewhere: the same query sees it.
    """
    of_the_locked = Q(practitioner__in=locked.practitioners) | Q(room__in=locked.rooms)
    if locked.patient is not None:
        of_the_locked |= Q(consultations__patient=locked.patient)
    found = Block.objects.expired(now).filter(of_the_locked).values_list("pk", "held_until")
    if wish is not None:
        found = found.union(wish.of_patient(now).values_list("pk", "held_until"))
    expired = []
    for block, held_until in found:
        if held_until is None or held_until > now:
            raise taken()
        expired.append(block)
    if expired:
        Consultation.objects.filter(block__in=expired, status=Status.HELD).update(
            status=Status.CANCELLED,
            previous_status=Status.HELD,
            status_at=now,
            cancelled_by=CancelledBy.CLINIC,
            cancel_reason=_("The hold ran out."),
        )
        Block.objects.filter(pk__in=expired).update(active=False, taken=0)
        freeing.freed(Block.objects.filter(pk__in=expired), now=now)


def lock_visit(
    consultation: Consultation, *, now: datetime, wish: Wish | None = None, back: Block | None = None
) -> tuple[Consultation, Locked]:
    """The consultation as it is now, with everything locked that it takes, the practitioner of `wish`, and those of the
    block to which it may go `back`.

    Raises Changed where it was moved since it was read: then other rows would have to be locked. And SlotTaken where
    something is in the way of `wish`.
    """
    old = consultation
    practitioners = {old.practitioner_id, *([wish.practitioner.pk] if wish else [])}
    rooms = {old.block.room_id}
    if back is not None:
        practitioners.add(back.practitioner_id)
        rooms.add(back.room_id)
    rows = Rows(
        practitioners=frozenset(practitioners),
        kind=old.type,
        clinic_id=old.clinic_id,
        rooms=frozenset(room for room in rooms if room),
        patient_id=old.patient_id,
    )
    locked = lock(rows, now=now, wish=wish)
    fresh = (
        Consultation.objects.select_related("patient", "type", "practitioner", "clinic", "block__room")
        .select_for_update(no_key=True, of=("self", "block"))
        .get(pk=old.pk)
    )
    if fresh.block_id != old.block_id:
        raise Changed(_("Somebody has changed this consultation meanwhile. Look at it again."))
    sweep(locked, now=now, wish=wish)
    return fresh, locked


def free_seat(block: Block, *, now: datetime) -> None:
    """Gives back one seat; a block in which nobody sits any more takes no time. Who waits for it is asked later."""
    Block.objects.filter(pk=block.pk, taken__gt=0).update(taken=F("taken") - 1)
    Block.objects.filter(pk=block.pk, taken=0).update(active=False)
    freeing.freed([block], now=now)


def busy_elsewhere(
    patient: Patient, start: datetime, end: datetime, *, by: User | None, but: UUID | None = None
) -> None:
    """Raises PatientBusy if the patient has a consultation that meets this time.

    It says with whom and where to who may see that consultation, to others only when.
    """
    others = Consultation.objects.filter(
        patient=patient, status__in=SEATED, start__lt=end, end__gt=start
    ).select_related("clinic", "practitioner")
    other = (others if but is None else others.exclude(pk=but)).first()
    if other is not None:
        is_open = by is None or policy.may(by, "view", other)
        words = (
            _(
                "%(patient)s is with %(practitioner)s at %(clinic)s from %(start)s to %(end)s. Choose another time."
            )
            if is_open
            else _("%(patient)s has a visit elsewhere from %(start)s to %(end)s. Choose another time.")
        )
        raise PatientBusy(
            words
            % {
                "patient": patient.name,
                "practitioner": other.practitioner,
                "clinic": other.clinic,
                "start": f"{other.start.astimezone(other.clinic.zone):%H:%M}",
                "end": f"{other.end.astimezone(other.clinic.zone):%H:%M}",
            },
            field="start",
        )


def _once(change: Callable[[], T]) -> T:
    try:
        with transaction.atomic():
            return change()
    except IntegrityError as fault:
        violated = constraint(fault)
        if violated in BLOCK_CONSTRAINTS:
            raise taken() from None
        if violated in PATIENT_CONSTRAINTS:
            raise PatientBusy(
                _("This patient has another consultation at that time. Choose another time."), field="start"
            ) from None
        raise


def taken() -> SlotTaken:
    """The refusal for a time that is gone."""
    return SlotTaken(_("This time is taken. Choose another."), field="start")


def _is_lock(fault: OperationalError) -> bool:
    return isinstance(fault.__cause__, psycopg.errors.LockNotAvailable | psycopg.errors.DeadlockDetected)


def constraint(fault: IntegrityError) -> str:
    """The name of the constraint that the database found violated; empty where it names none."""
    cause = fault.__cause__
    return (cause.diag.constraint_name or "") if isinstance(cause, psycopg.Error) else ""
