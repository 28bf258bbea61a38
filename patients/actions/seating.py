"""Owns how a patient gets a seat in the diary: the checks that every door passes, the room, and the block."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext as _

from clinic.actions import searching
from clinic.actions.searching import Slot, SlotQuery
from clinic.models import Block, Room, TypeKind
from clinic.rules import wallclock
from clinic.rules.availability import Diary
from clinic.rules.intervals import Span
from clinic.rules.refusals import Refusal
from patients.actions import freeing, locking
from patients.actions.locking import Locked, SlotTaken
from patients.actions.wishing import Wish
from patients.models import Consultation

ALTERNATIVES = 5
OF_THE_SAME = 3
NEAR = timedelta(days=7)
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=8)
"""Of one visit."""


class NotOffered(Refusal):
    """No slot, even were nobody booked: outside hours, on leave, off the grid, past, or too far ahead."""

    code = "not_a_slot"


class NotServed(Refusal):
    """The practitioner does not give this type, or the room is none of its rooms here."""

    code = "type_not_served"


class PatientClosed(Refusal):
    """The record is archived, merged or of somebody who died."""

    code = "patient_not_current"


def seat(wish: Wish, locked: Locked, *, now: datetime) -> tuple[Block, Span]:
    """The block in which the patient now has a seat, and the time of the visit; all that it needs is locked already,
    and `sweep` has found nothing in the way.

    The server decides: the start must be one that the search offers at this moment. A consultation that is moved
    keeps its room where that is free.
    Raises PatientClosed, NotServed, NotOffered, SlotTaken.
    """
    _check_who(wish, locked)
    rooms = _candidates(wish, locked, favourite=wish.moved.block.room_id if wish.moved else None)
    day = wallclock.local_day(wish.start, wish.clinic.zone)
    query = SlotQuery(type=wish.type, first=day, last=day, clinic=wish.clinic, practitioner=wish.practitioner)
    diary = searching.read(query, now=now, rooms=rooms)
    span = wish.span
    if wish.overlap_reason:
        _check_open(wish, diary)
        return _new_block(wish, diary, rooms, lane=1), span
    if not any(slot.start == span.start for slot in diary.free(day, day)):
        raise _why_not(wish, diary)
    place = diary.seat_at(wish.pair, span.start)
    if place is not None:
        return _take_seat(place.block_id), Span(place.start, place.end)
    return _new_block(wish, diary, rooms, lane=0), span


def reseat(block: Block, *, now: datetime) -> None:
    """Gives back the seat that was freed before, if the time is free still. Raises SlotTaken."""
    if block.active:
        _take_seat(block.pk)
        return
    # What was put over it on purpose in the second lane lay there before it was freed.
    others = Block.objects.busy(block.start, block.end, now).filter(lane=0).exclude(pk=block.pk)
    in_the_way = others.filter(practitioner=block.practitioner)
    if block.room_id is not None:
        in_the_way = in_the_way | others.filter(room=block.room_id)
    if block.lane == 0 and in_the_way.exists():
        raise SlotTaken(_("The time has been given to somebody else. Book another one."))
    Block.objects.filter(pk=block.pk).update(active=True, taken=1)


def regrow(block: Block, until: datetime, *, now: datetime) -> None:
    """Gives the block another end, if the time is free; what an earlier one leaves is offered to who waits for it.

    Of the other lane, too, nothing may come sooner: it was put over this one on purpose only if it overlaps already.
    Raises SlotTaken.
    """
    others = Block.objects.busy(block.start, until, now).exclude(pk=block.pk)
    others = others.filter(Q(lane=block.lane) | Q(start__gte=block.end))
    if others.filter(Q(practitioner=block.practitioner) | Q(room__isnull=False, room=block.room_id)).exists():
        raise locking.taken()
    Block.objects.filter(pk=block.pk).update(end=until)
    if until < block.end:
        freeing.freed_part(block, Span(until, block.end), now=now)


def stretch(block: Block, start: datetime, end: datetime, *, now: datetime) -> None:
    """Gives the block of a visit that begins at `start` its new end and the type's buffer; all is locked already.

    Raises NotOffered under 5 minutes, over 8 hours or past the open time, SlotTaken where somebody else comes sooner.
    """
    if end - start < SHORTEST:
        raise NotOffered(
            _("A visit ends at least 5 minutes after it begins. Choose a later end."), field="end"
        )
    if end - start > LONGEST:
        raise NotOffered(_("A visit takes at most 8 hours. Choose an earlier end."), field="end")
    if not is_open(block, Span(start, end), now=now):
        raise NotOffered(
            _("%(practitioner)s does not work until then. Choose an earlier end.")
            % {"practitioner": block.practitioner},
            field="end",
        )
    regrow(block, end + timedelta(minutes=block.type.after_min), now=now)


def is_open(block: Block, span: Span, *, now: datetime) -> bool:
    """Whether the block's practitioner works at its clinic for all of the span, as hours and absences stand now."""
    clinic, day = block.clinic, wallclock.local_day(span.start, block.clinic.zone)
    query = SlotQuery(type=block.type, first=day, last=day, clinic=clinic, practitioner=block.practitioner)
    spans = searching.read(query, now=now).open_spans((block.practitioner_id, clinic.pk), day, day)
    return any(there.contains(span) for there in spans)


def alternatives(wish: Wish, *, now: datetime) -> list[dict[str, str]]:
    """Up to 5 free slots of the clinic near the time wanted: with the same practitioner first, then with others.

    Plain values: ids as text, times in ISO 8601 with the clinic's offset. The day itself is looked at first, and the
    week around it only if that gives too few.
    """
    zone = wish.clinic.zone
    today, day = wallclock.local_day(now, zone), wallclock.local_day(wish.start, zone)
    around = Consultation.objects.seated().filter(
        start__gt=wish.start - 2 * NEAR, start__lt=wish.start + 2 * NEAR
    )
    own = list(around.filter(patient=wish.patient).values_list("start", "end")) if wish.patient else []
    found: list[Slot] = []
    for first, last in ((day, day), (max(today, day - NEAR / 7), day + NEAR)):
        query = SlotQuery(type=wish.type, first=first, last=max(first, last), clinic=wish.clinic)
        found = _nearest(wish, searching.free_starts(query=query, now=now, also_busy=own))
        if len(found) >= ALTERNATIVES:
            break
    return [
        {
            "practitioner": str(slot.practitioner_id),
            "clinic": str(slot.clinic_id),
            "start": slot.start.astimezone(zone).isoformat(),
            "end": slot.end.astimezone(zone).isoformat(),
        }
        for slot in found
    ]


def _nearest(wish: Wish, free: list[Slot]) -> list[Slot]:
    """Three of the same practitioner and two of others, as far as there are; else more of whom there is."""
    free = sorted(free, key=lambda slot: abs(slot.start - wish.start))
    same = [slot for slot in free if slot.practitioner_id == wish.practitioner.pk]
    others = [slot for slot in free if slot.practitioner_id != wish.practitioner.pk]
    of_same = max(OF_THE_SAME, ALTERNATIVES - len(others))
    same = same[:of_same]
    return [*same, *others[: ALTERNATIVES - len(same)]]


def _check_who(wish: Wish, locked: Locked) -> None:
    patient = locked.patient
    if patient and (patient.archived_at or patient.merged_into_id or patient.deceased_on):
        raise PatientClosed(_("This record is closed. Open it again before you book."), field="patient")
    if wish.type.archived_at or wish.clinic.archived_at:
        raise NotServed(_("This is not offered any more. Choose another type or clinic."), field="type")
    if wish.practitioner.pk not in locked.serving:
        raise NotServed(
            _("%(practitioner)s does not give this type of consultation. Choose somebody who does.")
            % {"practitioner": wish.practitioner},
            field="practitioner",
        )


def _candidates(wish: Wish, locked: Locked, *, favourite: UUID | None) -> list[Room]:
    """The rooms that may be used, in the order in which they are tried; the one given, if one is given."""
    rooms = [room for room in locked.rooms if room.clinic_id == wish.clinic.pk and room.archived_at is None]
    if wish.room is None:
        return sorted(rooms, key=lambda room: room.pk != favourite)
    chosen = [room for room in rooms if room.pk == wish.room.pk]
    if not chosen:
        raise NotServed(_("This room is not one of the type's rooms here. Choose another."), field="room")
    return chosen


def _check_open(wish: Wish, diary: Diary) -> None:
    """An overlap may lie anywhere between opening and closing, but not in the past, past the horizon, or on leave."""
    day = wallclock.local_day(wish.start, wish.clinic.zone)
    spans = diary.open_spans(wish.pair, day, day)
    last_day = wallclock.local_day(diary.since, wish.clinic.zone) + timedelta(days=diary.horizon_days)
    is_open = any(span.contains(wish.span) for span in spans)
    if wish.span.start < diary.since or day > last_day or not is_open:
        raise _not_offered(wish)


def _why_not(wish: Wish, diary: Diary) -> Refusal:
    """Taken, if the search would offer the start were nothing booked; else it is no slot at all."""
    day = wallclock.local_day(wish.start, wish.clinic.zone)
    empty = replace(diary, busy={}, seats={})
    if any(slot.start == wish.span.start for slot in empty.free(day, day)):
        return locking.taken()
    return _not_offered(wish)


def _not_offered(wish: Wish) -> NotOffered:
    return NotOffered(
        _("%(practitioner)s has no slot of this type at %(clinic)s then. Choose one of the free times.")
        % {"practitioner": wish.practitioner, "clinic": wish.clinic},
        field="start",
    )


def _take_seat(block_id: UUID) -> Block:
    """One more seat in a block that stands: a conditional UPDATE, so that the last seat goes once. Raises SlotTaken."""
    if not Block.objects.filter(pk=block_id, active=True, taken__lt=F("capacity")).update(
        taken=F("taken") + 1
    ):
        raise locking.taken()
    return Block.objects.select_related("room").get(pk=block_id)


def _new_block(wish: Wish, diary: Diary, rooms: list[Room], *, lane: int) -> Block:
    occupied = diary.places[wish.clinic.pk].shape.occupied(wish.start)
    room_id: UUID | None = None
    if wish.type.kind != TypeKind.TELEHEALTH:
        free = diary.free_rooms(wish.clinic.pk, occupied) or [room.pk for room in rooms if lane == 1]
        if not free:
            raise locking.taken()
        room_id = free[0]
    return Block.objects.create(
        clinic=wish.clinic,
        practitioner=wish.practitioner,
        room=next((room for room in rooms if room.pk == room_id), None),
        type=wish.type,
        start=occupied.start,
        end=occupied.end,
        capacity=wish.type.capacity,
        taken=1,
        lane=lane,
        overlap_reason=wish.overlap_reason,
    )
