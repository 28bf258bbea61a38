"""Reads what the slot search needs in a constant number of queries, and asks the rules which starts are free."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, F, OuterRef, Q, QuerySet, TextField, When
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from clinic.actions import working
from clinic.actions.working import Hours, SlotQuery
from clinic.models import Block, Clinic, ConsultationType, Room, TypeKind
from clinic.rules import slots, wallclock
from clinic.rules.availability import Diary, Pair, Place, Seat, Slot
from clinic.rules.intervals import Bounds, Span
from clinic.rules.refusals import Refusal

__all__ = [
    "MOST_DAYS",
    "RangeReversed",
    "RangeTooLong",
    "Search",
    "Slot",
    "SlotQuery",
    "free_starts",
    "read",
    "search",
    "shape",
]

MOST_DAYS = 31
_instant = datetime.fromisoformat


class RangeTooLong(Refusal):
    """More days than one search looks at."""

    code = "range_too_long"


class RangeReversed(Refusal):
    """A range that ends before it begins."""

    code = "range_reversed"


@dataclass(frozen=True, kw_only=True)
class Search:
    """A question with all that is known to answer it but what is taken: that is read of the days that are looked at."""

    query: SlotQuery
    now: datetime
    own: tuple[Bounds, ...]
    hours: Hours
    places: Mapping[UUID, Place]

    def free(self) -> list[Slot]:
        """Every slot that can be booked, in order of start; one query.

        Nothing before `now` or past the type's horizon is offered. A free seat in a group class that stands is a slot
        too.
        """
        return self.diary(self.query.first, self.query.last).free(self.query.first, self.query.last)

    def first_free(self) -> Slot | None:
        """The earliest of the free starts, or None; five queries at most.

        What is taken is read of one day first, then of the next two, of the next four and so on. With each stretch the
        day after it is read, too, for a clinic further east begins it before one further west has ended the last.
        """
        for first, last in _doubling(self.query.first, self.query.last):
            next_day = min(last + wallclock.ONE_DAY, self.query.last)
            slot = self.diary(first, next_day).first_free(first, next_day)
            if slot and wallclock.local_day(slot.start, self.places[slot.clinic_id].zone) <= last:
                return slot
        return None

    def diary(self, first: date, last: date) -> Diary:
        """The diary around these days; one query."""
        busy, seats = self._taken(first, last)
        return Diary(
            since=self.now,
            horizon_days=self.query.type.horizon_days,
            places=self.places,
            work={pair: rules for pair, rules in self.hours.work.items() if pair[1] in self.places},
            extra={pair: spans for pair, spans in self.hours.extra.items() if pair[1] in self.places},
            away=self.hours.away,
            busy=busy,
            seats=seats,
            own=self.own,
        )

    def _taken(self, first: date, last: date) -> tuple[dict[UUID, list[Bounds]], dict[Pair, list[Seat]]]:
        """What is taken, by practitioner and by room, and the free seats of classes of the type; in order of start."""
        windows = [
            window for place in self.places.values() if (window := place.window(first, last, self.now))
        ]
        busy: dict[UUID, list[Bounds]] = defaultdict(list)
        seats: dict[Pair, list[Seat]] = defaultdict(list)
        if not windows:
            return busy, seats
        kind = self.query.type
        before, after = timedelta(minutes=kind.before_min), timedelta(minutes=kind.after_min)
        start = min(window.start for window in windows) - before
        end = max(window.end for window in windows) + timedelta(minutes=kind.duration_min) + after
        rooms = [room for place in self.places.values() for room in place.rooms or ()]
        taken = Block.objects.busy(start, end, self.now).filter(
            Q(practitioner__in={who for who, _where in self.hours.pairs}) | Q(room__in=rooms)
        )
        for who, room, begins, ends, class_id, where in _spans(taken, kind):
            span = _instant(begins), _instant(ends)
            busy[who].append(span)
            if room is not None:
                busy[room].append(span)
            if class_id is not None and span[0] + before < span[1] - after:
                seats[who, where].append(Seat(class_id, *Span(span[0] + before, span[1] - after)))
        return busy, seats


def search(*, query: SlotQuery, now: datetime, also_busy: Iterable[Bounds] = ()) -> Search:
    """The search, to be asked for all that is free or for the first; 2 queries, for any number of people and days.

    `also_busy` are spans of the patient that must not be met (without buffers).
    Raises RangeTooLong past 31 days, and RangeReversed.
    """
    if query.last < query.first:
        raise RangeReversed(_("The last day lies before the first. Swap them."), field="to")
    if (query.last - query.first).days >= MOST_DAYS:
        raise RangeTooLong(
            _("Ask for at most 31 days at once."), field="to", details={"most_days": MOST_DAYS}
        )
    return _begun(query, now, also_busy, None)


def free_starts(*, query: SlotQuery, now: datetime, also_busy: Iterable[Bounds] = ()) -> list[Slot]:
    """Every slot that can be booked, as `Search.free` says, in 3 queries. Raises as `search` does."""
    return search(query=query, now=now, also_busy=also_busy).free()


def read(query: SlotQuery, *, now: datetime, rooms: Sequence[Room] | None = None) -> Diary:
    """The diary around the days asked for. Who has read (and locked) the candidate rooms already hands them in."""
    return _begun(query, now, (), rooms).diary(query.first, query.last)


def _begun(query: SlotQuery, now: datetime, own: Iterable[Bounds], rooms: Sequence[Room] | None) -> Search:
    hours = working.hours(query)
    clinics = _clinics(query, {clinic for _who, clinic in hours.pairs}, rooms)
    places = {
        clinic.pk: Place(
            id=clinic.pk,
            zone=clinic.zone,
            shape=shape(query.type, clinic),
            opening=hours.opening[clinic.pk],
            holidays_of=(clinic.country, clinic.region) if clinic.keeps_public_holidays else None,
            rooms=None if query.type.kind == TypeKind.TELEHEALTH else room_ids,
        )
        for clinic, room_ids in clinics
    }
    return Search(query=query, now=now, own=tuple(own), hours=hours, places=places)


def _clinics(
    query: SlotQuery, ids: set[UUID], rooms: Sequence[Room] | None
) -> list[tuple[Clinic, list[UUID]]]:
    """The clinics that are open to bookings, each with its rooms of the type by name, or those handed in."""
    if query.clinic is not None and rooms is not None:
        return [(query.clinic, [room.pk for room in rooms])] if query.clinic.archived_at is None else []
    of_type = Room.objects.filter(types=query.type, archived_at=None, clinic=OuterRef("pk")).order_by("name")
    rows = Clinic.objects.filter(archived_at=None).annotate(room_ids=ArraySubquery(of_type.values("pk")))
    rows = rows.filter(pk__in=ids) if query.clinic is None else rows.filter(pk=query.clinic.pk)
    return [(row, row.room_ids) for row in rows]


def shape(kind: ConsultationType, clinic: Clinic) -> slots.Shape:
    """What a consultation of the type takes of the day, on the grid of the clinic."""
    return slots.Shape(
        duration=timedelta(minutes=kind.duration_min),
        before=timedelta(minutes=kind.before_min),
        after=timedelta(minutes=kind.after_min),
        step=timedelta(minutes=clinic.slot_step_min),
    )


def _doubling(first: date, last: date) -> Iterator[tuple[date, date]]:
    """The days in stretches of one, two, four and so on."""
    length = timedelta(days=1)
    while first <= last:
        until = min(first + length - wallclock.ONE_DAY, last)
        yield first, until
        first, length = until + wallclock.ONE_DAY, 2 * length


def _spans(blocks: QuerySet[Block], kind: ConsultationType) -> QuerySet[Block, Any]:
    """Whom and which room each block takes from when to when, and its id and clinic if it is a class with a free seat.

    A search reads thousands: times come as text, which Python reads twenty times faster than Django's loader of times.
    """
    has_a_seat = Q(type=kind, taken__lt=F("capacity"))
    return blocks.order_by("start").values_list(
        "practitioner_id",
        "room_id",
        Cast("start", TextField()),
        Cast("end", TextField()),
        Case(When(has_a_seat, then="id")),
        Case(When(has_a_seat, then="clinic_id")),
    )
