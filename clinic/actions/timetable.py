"""Reads when people can be booked by the weekly rules alone: nothing else cuts it. Four queries."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from clinic.models import Clinic, ExceptionKind, HoursException, WeeklyHours
from clinic.rules import wallclock
from clinic.rules.availability import Diary, Pair, Place
from clinic.rules.hours import Weekly
from clinic.rules.intervals import Bounds, Span
from clinic.rules.slots import Shape


def regular(*, pairs: Iterable[Pair], first: date, last: date) -> dict[Pair, list[Span]]:
    """For each practitioner and clinic the spans of these dates: weekly hours while it is open, and extra hours.

    Leave, sickness and closures cut nothing here: what lies below them has a list of its own.
    """
    wanted = set(pairs)
    places = {
        clinic.pk: _place(clinic)
        for clinic in Clinic.objects.filter(pk__in={clinic for _who, clinic in wanted}).prefetch_related(
            "opening_hours"
        )
    }
    people = {who for who, _clinic in wanted}
    work: dict[Pair, list[Weekly]] = defaultdict(list)
    for row in WeeklyHours.objects.filter(practitioner__in=people, clinic__in=places):
        work[row.practitioner_id, row.clinic_id].append(row.rule)
    diary = Diary(
        since=datetime.combine(first, wallclock.MIDNIGHT, UTC),
        horizon_days=0,
        places=places,
        work=work,
        extra=_extra(people, places),
    )
    return {pair: diary.open_spans(pair, first, last) for pair in wanted}


def _extra(people: Iterable[UUID], places: Iterable[UUID]) -> dict[Pair, list[Bounds]]:
    extra: dict[Pair, list[Bounds]] = defaultdict(list)
    rows = HoursException.objects.filter(kind=ExceptionKind.EXTRA, practitioner__in=people, clinic__in=places)
    for who, clinic, start, end in rows.values_list("practitioner_id", "clinic_id", "start", "end"):
        if who and clinic:
            extra[who, clinic].append((start, end))
    return extra


def _place(clinic: Clinic) -> Place:
    step = timedelta(minutes=clinic.slot_step_min)
    return Place(
        id=clinic.pk,
        zone=clinic.zone,
        shape=Shape(duration=step, step=step),
        opening=[row.rule for row in clinic.opening_hours.all()],
        holidays_of=(clinic.country, clinic.region) if clinic.keeps_public_holidays else None,
        rooms=None,
    )
