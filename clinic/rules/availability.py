"""Owns the question "which starts are free" for several people and places at once, over rows read beforehand.

Open time = (weekly hours within opening hours, less public holidays) plus extra hours, less leave, sickness and
closures: a closing entry always wins, so that nobody is booked with somebody who is away. Extra hours
may lie outside the opening hours and on a holiday, for that is what they are for.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import chain, islice
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from clinic.rules import hours, slots, wallclock
from clinic.rules.hours import Weekly
from clinic.rules.intervals import Bounds, Span, intersect, merge, subtract

REACH = timedelta(days=1)
"""No busy span is as long as this, so those that begin further away from a window do not touch it."""

Pair = tuple[UUID, UUID]
"""A practitioner and a clinic."""


class Slot(NamedTuple):
    """A time that can be booked, without buffers, in UTC."""

    practitioner_id: UUID
    clinic_id: UUID
    start: datetime
    end: datetime


def _by_time(slot: Slot) -> tuple[datetime, UUID]:
    return slot.start, slot.practitioner_id


class Seat(NamedTuple):
    """A free seat in a group class that stands in the diary."""

    block_id: UUID
    start: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True)
class Place:
    """A clinic as the search needs it. `rooms` are those of the type; None where the type takes no room."""

    id: UUID
    zone: ZoneInfo
    shape: slots.Shape
    opening: Sequence[Weekly]
    holidays_of: tuple[str, str] | None
    rooms: Sequence[UUID] | None

    def open_on(self, day: date) -> bool:
        """Whether it is no public holiday that the clinic keeps."""
        return self.holidays_of is None or day not in hours.public_holidays(*self.holidays_of, day.year)

    def window(self, first: date, last: date, since: datetime) -> Span | None:
        """From the start of the first day, or from `since` on where that is later, to the end of the last."""
        start = wallclock.opening(first, wallclock.MIDNIGHT, self.zone)
        end = wallclock.opening(last + wallclock.ONE_DAY, wallclock.MIDNIGHT, self.zone)
        return Span(max(start, since), end) if max(start, since) < end else None


@dataclass(frozen=True, kw_only=True)
class Diary:
    """Who works where, who is away, and what is taken.

    `away` is by practitioner or clinic, `busy` by practitioner or room and in order of start, as are `seats`; `own` are
    the patient's spans. No start lies before `since`, nor more than `horizon_days` days after it.
    """

    since: datetime
    horizon_days: int
    places: Mapping[UUID, Place]
    work: Mapping[Pair, Sequence[Weekly]]
    extra: Mapping[Pair, Sequence[Bounds]] = field(default_factory=dict)
    away: Mapping[UUID, Sequence[Bounds]] = field(default_factory=dict)
    busy: Mapping[UUID, Sequence[Bounds]] = field(default_factory=dict)
    seats: Mapping[Pair, Sequence[Seat]] = field(default_factory=dict)
    own: Sequence[Bounds] = ()

    def free(self, first: date, last: date) -> list[Slot]:
        """Every slot whose start lies on these days of its clinic, in order of start."""
        return sorted(chain.from_iterable(self._ways(first, last)), key=_by_time)

    def first_free(self, first: date, last: date) -> Slot | None:
        """The earliest of them, or None; of each practitioner and clinic only the first is worked out."""
        firsts = (slot for ways in self._ways(first, last) for slot in islice(ways, 1))
        return min(firsts, key=_by_time, default=None)

    def open_spans(self, pair: Pair, first: date, last: date) -> list[Span]:
        """When the practitioner can be booked at the clinic on these days, were nothing taken; once closed, never."""
        practitioner, clinic = pair
        if clinic not in self.places:
            return []
        place = self.places[clinic]
        on = [day for day in hours.days(first, last) if place.open_on(day)]
        regular = intersect(
            hours.spans(self.work.get(pair, ()), on, place.zone), hours.spans(place.opening, on, place.zone)
        )
        there = merge([*regular, *self.extra.get(pair, ())])
        return subtract(there, [*self.away.get(practitioner, ()), *self.away.get(clinic, ())])

    def free_rooms(self, clinic: UUID, occupied: Span) -> list[UUID]:
        """The rooms of the clinic that are free for the whole block, in the order in which they were given."""
        rooms = self.places[clinic].rooms or ()
        return [
            room for room in rooms if not any(occupied.overlaps(span) for span in self.busy.get(room, ()))
        ]

    def seat_at(self, pair: Pair, start: datetime) -> Seat | None:
        """The free seat in a class that begins then, or None."""
        return next((seat for seat in self.seats.get(pair, ()) if seat.start == start), None)

    def _ways(self, first: date, last: date) -> Iterator[Iterator[Slot]]:
        """For each practitioner and clinic the new times, and the free seats, each in order of start."""
        for pair in sorted({*self.work, *self.extra}):
            place = self.places[pair[1]]
            horizon = wallclock.local_day(self.since, place.zone) + timedelta(days=self.horizon_days)
            window = place.window(first, min(last, horizon), self.since)
            open_spans = self.open_spans(pair, first, min(last, horizon)) if window else []
            if window is not None and open_spans:
                yield self._new_times(pair, window, open_spans)
                yield self._free_seats(pair, window, open_spans)

    def _new_times(self, pair: Pair, window: Span, open_spans: Sequence[Span]) -> Iterator[Slot]:
        practitioner, clinic = pair
        place = self.places[clinic]
        starts: Iterator[datetime] = slots.iter_free(
            open_spans=open_spans, busy=self._near(practitioner, window), shape=place.shape, window=window
        )
        if place.rooms is not None:
            rooms = [self._near(room, window) for room in place.rooms]
            starts = slots.iter_with_a_room(starts, rooms=rooms, shape=place.shape)
        for start in starts:
            end = start + place.shape.duration
            if self._is_own_time_free((start, end)):
                yield Slot(practitioner, clinic, start, end)

    def _free_seats(self, pair: Pair, window: Span, open_spans: Sequence[Span]) -> Iterator[Slot]:
        for seat in self.seats.get(pair, ()):
            time = seat.start, seat.end
            is_offered = window.contains(seat.start) and any(span.contains(time) for span in open_spans)
            if is_offered and self._is_own_time_free(time):
                yield Slot(*pair, *time)

    def _near(self, taker: UUID, window: Span) -> Sequence[Bounds]:
        spans = self.busy.get(taker, ())
        low = bisect_left(spans, window.start - REACH, key=lambda span: span[0])
        return spans[low : bisect_left(spans, window.end + REACH, lo=low, key=lambda span: span[0])]

    def _is_own_time_free(self, time: Bounds) -> bool:
        """Without buffers: the patient may come from one consultation straight to the next."""
        return all(own[1] <= time[0] or time[1] <= own[0] for own in self.own)
