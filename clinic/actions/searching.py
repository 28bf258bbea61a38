"""Reads what the slot search needs in a constant number of queries, and asks the rules which starts are free."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from clinic.models import (
    Block,
    Clinic,
    ConsultationType,
    ExceptionKind,
    HoursException,
    OpeningHours,
    Practitioner,
    Room,
    TypeKind,
    WeeklyHours,
)
from clinic.rules import slots
from clinic.rules.availability import Diary, Pair, Place, Seat, Slot
from clinic.rules.hours import Weekly
from clinic.rules.intervals import Bounds, Span
from clinic.rules.refusals import Refusal

__all__ = [
    "MOST_DAYS",
    "RangeReversed",
    "RangeTooLong",
    "Slot",
    "SlotQuery",
    "first_free",
    "free_starts",
    "read",
]

MOST_DAYS = 31


class RangeTooLong(Refusal):
    """More days than one search looks at."""

    code = "range_too_long"


class RangeReversed(Refusal):
    """A range that ends before it begins."""

    code = "range_reversed"


@dataclass(frozen=True, kw_only=True)
class SlotQuery:
    """What is looked for: a type, on these days of each clinic (both inclusive), anywhere or with anybody if None."""

    type: ConsultationType
    first: date
    last: date
    clinic: Clinic | None = None
    practitioner: Practitioner | None = None


def free_starts(*, query: SlotQuery, now: datetime, also_busy: Iterable[Bounds] = ()) -> list[Slot]:
    """Every slot that can be booked, in order of start; 6 queries at most, for any number of people and days.

    Nothing before `now` or past the type's horizon is offered. `also_busy` are spans of the patient that must not be
    met (without buffers). A free seat in a group class that stands is a slot too.
    Raises RangeTooLong past 31 days, and RangeReversed.
    """
    _check(query)
    return read(query, now=now, own=also_busy).free(query.first, query.last)


def first_free(*, query: SlotQuery, now: datetime, also_busy: Iterable[Bounds] = ()) -> Slot | None:
    """The earliest of the free starts, or None. Raises as `free_starts` does."""
    _check(query)
    return read(query, now=now, own=also_busy).first_free(query.first, query.last)


def read(
    query: SlotQuery, *, now: datetime, own: Iterable[Bounds] = (), rooms: Sequence[Room] | None = None
) -> Diary:
    """The diary around the days asked for. Who has read (and locked) the candidate rooms already hands them in."""
    work = _work(query)
    extra, away = _exceptions(query)
    clinics = _clinics(query, {clinic for _who, clinic in (*work, *extra)})
    places = _places(query, clinics, rooms)
    busy, seats = _blocks(query, places, {who for who, _where in (*work, *extra)}, now)
    return Diary(
        since=now,
        horizon_days=query.type.horizon_days,
        places=places,
        work={pair: rules for pair, rules in work.items() if pair[1] in places},
        extra={pair: spans for pair, spans in extra.items() if pair[1] in places},
        away=away,
        busy=busy,
        seats=seats,
        own=tuple(own),
    )


def _check(query: SlotQuery) -> None:
    if query.last < query.first:
        raise RangeReversed(_("The last day lies before the first. Swap them."), field="to")
    if (query.last - query.first).days >= MOST_DAYS:
        raise RangeTooLong(
            _("Ask for at most 31 days at once."), field="to", details={"most_days": MOST_DAYS}
        )


def _around(query: SlotQuery) -> tuple[datetime, datetime]:
    """Instants that hold the days of the query in any zone."""
    first = datetime.combine(query.first, time(), UTC) - timedelta(days=1)
    return first, datetime.combine(query.last, time(), UTC) + timedelta(days=2)


def _who_and_where(query: SlotQuery) -> dict[str, Any]:
    """Filters on rows of a practitioner at a clinic. They name the joins that the query does not pin down itself."""
    filters: dict[str, Any] = {"practitioner__types": query.type, "practitioner__archived_at": None}
    if query.practitioner is not None:
        filters["practitioner"] = query.practitioner
    if query.clinic is not None:
        filters["clinic"] = query.clinic
    return filters


def _work(query: SlotQuery) -> dict[Pair, list[Weekly]]:
    rows = WeeklyHours.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=query.first),
        valid_from__lte=query.last,
        **_who_and_where(query),
    ).values_list(
        "practitioner_id", "clinic_id", "weekday", "starts", "ends", "weeks", "valid_from", "valid_until"
    )
    work: dict[Pair, list[Weekly]] = defaultdict(list)
    for who, where, day, starts, ends, weeks, since, until in rows:
        work[who, where].append(Weekly(day, starts, ends, weeks, since, until))
    return work


def _exceptions(query: SlotQuery) -> tuple[dict[Pair, list[Bounds]], dict[UUID, list[Bounds]]]:
    """Extra hours by practitioner and clinic, and absences and closures by whom they concern."""
    start, end = _around(query)
    of_somebody = {key: value for key, value in _who_and_where(query).items() if key != "clinic"}
    rows = HoursException.objects.filter(
        Q(practitioner=None) | Q(**of_somebody), end__gt=start, start__lt=end
    ).values_list("kind", "practitioner_id", "clinic_id", "start", "end")
    extra: dict[Pair, list[Bounds]] = defaultdict(list)
    away: dict[UUID, list[Bounds]] = defaultdict(list)
    for kind, who, where, begins, ends in rows:
        if kind != ExceptionKind.EXTRA:
            away[who or where].append((begins, ends))
        elif query.clinic is None or query.clinic.pk == where:
            extra[who, where].append((begins, ends))
    return extra, away


def _clinics(query: SlotQuery, ids: set[UUID]) -> list[Clinic]:
    if query.clinic is not None:
        return [query.clinic] if query.clinic.archived_at is None else []
    return list(Clinic.objects.filter(pk__in=ids, archived_at=None))


def _places(query: SlotQuery, clinics: list[Clinic], rooms: Sequence[Room] | None) -> dict[UUID, Place]:
    kind = query.type
    opening: dict[UUID, list[Weekly]] = defaultdict(list)
    for where, day, opens, closes in OpeningHours.objects.filter(clinic__in=clinics).values_list(
        "clinic_id", "weekday", "opens", "closes"
    ):
        opening[where].append(Weekly(day, opens, closes))
    room_ids = _rooms(query, clinics, rooms)
    return {
        clinic.pk: Place(
            id=clinic.pk,
            zone=clinic.zone,
            shape=shape(kind, clinic),
            opening=opening[clinic.pk],
            holidays_of=(clinic.country, clinic.region) if clinic.keeps_public_holidays else None,
            rooms=None if kind.kind == TypeKind.TELEHEALTH else room_ids.get(clinic.pk, ()),
        )
        for clinic in clinics
    }


def shape(kind: ConsultationType, clinic: Clinic) -> slots.Shape:
    """What a consultation of the type takes of the day, on the grid of the clinic."""
    return slots.Shape(
        duration=timedelta(minutes=kind.duration_min),
        before=timedelta(minutes=kind.before_min),
        after=timedelta(minutes=kind.after_min),
        step=timedelta(minutes=clinic.slot_step_min),
    )


def _rooms(query: SlotQuery, clinics: list[Clinic], known: Sequence[Room] | None) -> dict[UUID, list[UUID]]:
    if query.type.kind == TypeKind.TELEHEALTH:
        return {}
    if known is None:
        known = list(
            Room.objects.filter(types=query.type, archived_at=None, clinic__in=clinics).order_by("name")
        )
    rooms: dict[UUID, list[UUID]] = defaultdict(list)
    for room in known:
        rooms[room.clinic_id].append(room.pk)
    return rooms


def _blocks(
    query: SlotQuery, places: dict[UUID, Place], practitioners: set[UUID], now: datetime
) -> tuple[dict[UUID, list[Bounds]], dict[Pair, list[Seat]]]:
    """What is taken, by practitioner and by room, in order of start; and the free seats of classes of the type."""
    windows = [window for place in places.values() if (window := place.window(query.first, query.last, now))]
    busy: dict[UUID, list[Bounds]] = defaultdict(list)
    seats: dict[Pair, list[Seat]] = defaultdict(list)
    if not windows:
        return busy, seats
    before, after = timedelta(minutes=query.type.before_min), timedelta(minutes=query.type.after_min)
    start = min(window.start for window in windows) - before
    end = max(window.end for window in windows) + timedelta(minutes=query.type.duration_min) + after
    rooms = [room for place in places.values() for room in place.rooms or ()]
    rows = (
        Block.objects.busy(start, end, now)
        .filter(Q(practitioner__in=practitioners) | Q(room__in=rooms))
        .order_by("start")
        .values_list(
            "id", "practitioner_id", "clinic_id", "room_id", "type_id", "start", "end", "capacity", "taken"
        )
    )
    for block, who, where, room, kind, begins, ends, capacity, taken in rows:
        busy[who].append((begins, ends))
        if room is not None:
            busy[room].append((begins, ends))
        if kind == query.type.pk and taken < capacity and begins + before < ends - after:
            seats[who, where].append(Seat(block, *Span(begins + before, ends - after)))
    return busy, seats
