"""Reads who is on duty at a clinic on a day or more, from when to when, and who is away. Always one query."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q

from clinic.models import Clinic, ExceptionKind, HoursException, OpeningHours, Practitioner, WeeklyHours
from clinic.models.row import all_rows
from clinic.rules import wallclock
from clinic.rules.availability import Diary, Place
from clinic.rules.hours import Weekly, days
from clinic.rules.intervals import Bounds, Span, intersect
from clinic.rules.slots import Shape


@dataclass(frozen=True, kw_only=True)
class Away:
    """A stretch of the day for which somebody is not there."""

    span: Span
    kind: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class OnDuty:
    """A practitioner on one day: the spans in which they can be booked, and the absences that cut them."""

    practitioner: Practitioner
    spans: list[Span]
    away: list[Away]


def roster(*, clinic: Clinic, day: date, now: datetime) -> list[OnDuty]:
    """Everybody who works, or was to work, at the clinic on a date of its zone, by name."""
    return rosters(clinic=clinic, on=[day], now=now)[day]


def rosters(
    *, clinic: Clinic, on: list[date], now: datetime, people: Iterable[Practitioner] | None = None
) -> dict[date, list[OnDuty]]:
    """The roster of each of these dates, which are in order: one query for a week as for a day.

    `people` are the clinic's practitioners by name, where they are read already.
    """
    windows = {day: wallclock.day_span(day, clinic.zone) for day in on}
    rows = _read(clinic, on[0], on[-1], people)
    diary = _diary(clinic, rows, now)

    def on_duty(person: Practitioner, day: date) -> OnDuty:
        window, pair = windows[day], (person.pk, clinic.pk)
        cut = [
            row for row in rows.exceptions if _concerns(row, *pair) and window.overlaps((row.start, row.end))
        ]
        return OnDuty(
            practitioner=person,
            spans=intersect(diary.open_spans(pair, day, day), [window]),
            away=[_away(row, window) for row in cut],
        )

    def was_to_work(person: Practitioner, day: date) -> bool:
        return any(rule.weekday == day.weekday() for rule in rows.weekly.get(person.pk, ()))

    return {
        day: [
            duty
            for duty in (on_duty(person, day) for person in rows.people)
            if duty.spans or (duty.away and was_to_work(duty.practitioner, day))
        ]
        for day in on
    }


def open_time(
    *, clinic: Clinic, people: Iterable[Practitioner], first: date, last: date, now: datetime
) -> dict[Practitioner, list[Span]]:
    """When each of them can be booked at the clinic on these dates of its zone, were nothing taken.

    Nobody can be booked from the moment of their archiving on. One query.
    """
    people = list(people)
    window = wallclock.days_span(first, last, clinic.zone)
    diary = _diary(clinic, _read(clinic, first, last, people), now)

    def there(person: Practitioner) -> list[Span]:
        until = min(window.end, person.archived_at or window.end)
        if until <= window.start:
            return []
        return intersect(diary.open_spans((person.pk, clinic.pk), first, last), [Span(window.start, until)])

    return {person: there(person) for person in people}


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """What a roster is worked out from."""

    people: list[Practitioner]
    weekly: dict[UUID, list[Weekly]]
    exceptions: list[HoursException]
    opening: list[OpeningHours]


def _read(clinic: Clinic, first: date, last: date, known: Iterable[Practitioner] | None = None) -> _Rows:
    """The rows of several tables, in one query; the practitioners only where they are not known."""
    window = wallclock.days_span(first, last, clinic.zone)
    people = clinic.practitioners.filter(archived_at=None)
    whose = Q(practitioner__in=people.values("pk") if known is None else list(known)) | Q(clinic=clinic)
    weekly = WeeklyHours.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=first),
        clinic=clinic,
        weekday__in={day.weekday() for day in days(first, last)},
        valid_from__lte=last,
    )
    exceptions = HoursException.objects.filter(whose, start__lt=window.end, end__gt=window.start)
    wanted = [weekly, exceptions, OpeningHours.objects.between(first, last).filter(clinic=clinic)]
    wanted += [people] if known is None else []
    found = all_rows(*wanted)
    return _Rows(
        people=sorted(found[Practitioner], key=lambda each: each.name) if known is None else list(known),
        weekly=_by_person(found[WeeklyHours]),
        exceptions=found[HoursException],
        opening=found[OpeningHours],
    )


def _by_person(rows: list[WeeklyHours]) -> dict[UUID, list[Weekly]]:
    rules: dict[UUID, list[Weekly]] = defaultdict(list)
    for row in rows:
        rules[row.practitioner_id].append(row.rule)
    return rules


def _diary(clinic: Clinic, rows: _Rows, now: datetime) -> Diary:
    extra: dict[tuple[UUID, UUID], list[Bounds]] = defaultdict(list)
    away: dict[UUID, list[Bounds]] = defaultdict(list)
    for row in rows.exceptions:
        if row.kind == ExceptionKind.EXTRA and row.practitioner_id and row.clinic_id == clinic.pk:
            extra[row.practitioner_id, clinic.pk].append((row.start, row.end))
        elif row.kind != ExceptionKind.EXTRA:
            whom = row.practitioner_id or clinic.pk
            away[whom].append((row.start, row.end))
    opening = [row.rule for row in rows.opening]
    minute = timedelta(minutes=clinic.slot_step_min)
    place = Place(
        id=clinic.pk,
        zone=clinic.zone,
        shape=Shape(duration=minute, step=minute),
        opening=opening,
        holidays_of=(clinic.country, clinic.region) if clinic.keeps_public_holidays else None,
        rooms=None,
    )
    work = {(who, clinic.pk): weekly for who, weekly in rows.weekly.items()}
    return Diary(since=now, horizon_days=0, places={clinic.pk: place}, work=work, extra=extra, away=away)


def _concerns(row: HoursException, practitioner: UUID, clinic: UUID) -> bool:
    if row.kind == ExceptionKind.EXTRA:
        return False
    return row.practitioner_id == practitioner or (row.practitioner_id is None and row.clinic_id == clinic)


def _away(row: HoursException, window: Span) -> Away:
    span = Span(max(row.start, window.start), min(row.end, window.end))
    return Away(span=span, kind=row.get_kind_display(), reason=row.reason)
