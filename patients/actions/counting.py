"""Counts what a manager looks at: visits, new patients, waits for the first one, and how full each diary is.

All is read by the day and by who treats, over the period in view and the one before, and then added up: so the
parts of every table are the same rows as its total.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import BigIntegerField, Count, Exists, Func, JSONField, OuterRef, Q
from django.db.models.functions import TruncDate

from clinic import policy
from clinic.actions import rostering
from clinic.models import Block, Clinic, Practitioner, User
from clinic.rules import wallclock
from clinic.rules.intervals import Span
from patients.actions.holding import NEVER_A_VISIT
from patients.models import SEATED, Consultation, Patient
from patients.rules.counts import Leads, Stretch, Tally, Totals, midnights, use_by_day
from patients.rules.lifecycle import Status
from patients.rules.periods import Period

WAITED_FOR = [status for status in SEATED if status != Status.HELD]
"""The visits of which the first is a patient's first consultation: completed, or to come."""

Rows = dict[UUID | None, dict[date, Totals]]
"""By who treats and by date of the clinic; what belongs to nobody who treats stands under None."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """A week or a day of the period."""

    period: Period
    totals: Totals


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who treats, in the period and in what it is compared with."""

    practitioner: Practitioner
    totals: Totals
    before: Totals


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """A clinic's numbers, or those of one who treats there.

    `totals` are of `judged`, the part of the period that can be judged by now; `totals_before` are of `beside`, as many
    days of the period before. The steps are of the whole period, so they also show what is booked ahead.
    """

    clinic: Clinic
    practitioner: Practitioner | None
    people: list[Practitioner]
    period: Period
    judged: Period
    beside: Period
    totals: Totals
    totals_before: Totals
    steps: list[Step]
    persons: list[Person]


def numbers(*, clinic: Clinic, period: Period, whom: UUID | None = None, by: User, now: datetime) -> Numbers:
    """The numbers of the period on the clinic's clock, of everybody or of one. Ten queries. Raises Hidden, NotYours.

    Lead time to the first consultation: days from the date of booking to the date of the visit, of each patient's first
    visit that was kept or is to come ("create date" method for new patients; Prentice, Davies and Pizer, American
    Journal of Medical Quality 2014, 29:227). It looks back at what people waited; the time to the third next free
    appointment, which looks ahead, is another measure.
    """
    clinic = policy.fetch(by, "count", Clinic, pk=clinic.pk)
    rows, people = _counted(clinic, Period(period.before.first, period.last), now)
    judged, beside = period.compared(wallclock.local_day(now, clinic.zone))
    chosen = next((each for each in people if each.pk == whom), None)
    of: set[UUID | None] = {chosen.pk} if chosen else set(rows)
    persons = [
        Person(
            practitioner=each,
            totals=_sum(rows, judged.days, [each.pk]),
            before=_sum(rows, beside.days, [each.pk]),
        )
        for each in people
        if each.pk in of
    ]
    return Numbers(
        clinic=clinic,
        practitioner=chosen,
        people=people,
        period=period,
        judged=judged,
        beside=beside,
        totals=_sum(rows, judged.days, of),
        totals_before=_sum(rows, beside.days, of),
        steps=[Step(period=step, totals=_sum(rows, step.days, of)) for step in period.steps()],
        persons=[each for each in persons if each.totals != Totals() or each.before != Totals()],
    )


def _sum(rows: Rows, days: Iterable[date], of: Iterable[UUID | None]) -> Totals:
    days = list(days)
    return sum((rows[who][day] for who in of if who in rows for day in days if day in rows[who]), Totals())


def _counted(clinic: Clinic, period: Period, now: datetime) -> tuple[Rows, list[Practitioner]]:
    """Every count by who treats and by date; and everybody who treats here, or did in the period."""
    window = wallclock.days_span(period.first, period.last, clinic.zone)
    rows: Rows = defaultdict(lambda: defaultdict(Totals))
    _add_visits(rows, clinic, window)
    _add_leads(rows, clinic, window)
    _add_new_patients(rows, clinic, window)
    taken = _taken(clinic, window, now)
    here = Q(archived_at=None, pk__in=clinic.practitioners.values("pk"))
    people = list(Practitioner.objects.filter(here | Q(pk__in={*taken, *rows} - {None})).order_by("name"))
    there = rostering.open_time(clinic=clinic, people=people, first=period.first, last=period.last, now=now)
    days = midnights(period.days, clinic.zone)
    for person, spans in there.items():
        for day, use in use_by_day(taken.get(person.pk, ()), spans, days).items():
            rows[person.pk][day] += Totals(use=use)
    return rows, people


def _add_visits(rows: Rows, clinic: Clinic, window: Span) -> None:
    found = (
        Consultation.objects.filter(clinic=clinic, start__gte=window.start, start__lt=window.end)
        .exclude(status=Status.HELD)
        .exclude(NEVER_A_VISIT)
        .values("practitioner", day=TruncDate("start", tzinfo=clinic.zone))
        .annotate(
            booked=Count("pk", filter=~Q(status=Status.CANCELLED)),
            completed=Count("pk", filter=Q(status=Status.COMPLETED)),
            cancelled=Count("pk", filter=Q(status=Status.CANCELLED)),
            late=Count("pk", filter=Q(status=Status.CANCELLED, cancelled_late=True)),
            no_shows=Count("pk", filter=Q(status=Status.NO_SHOW)),
        )
    )
    for row in found:
        tally = Tally(
            booked=row["booked"],
            completed=row["completed"],
            cancelled=row["cancelled"],
            late=row["late"],
            no_shows=row["no_shows"],
        )
        rows[row["practitioner"]][row["day"]] += Totals(visits=tally)


def _add_leads(rows: Rows, clinic: Clinic, window: Span) -> None:
    """A visit is a patient's first where none before it was kept, or is to come, at any clinic."""
    visits = Consultation.objects.filter(status__in=WAITED_FOR)
    earlier = visits.filter(patient=OuterRef("patient"), start__lt=OuterRef("start"))
    found = (
        visits.filter(~Exists(earlier), clinic=clinic, start__gte=window.start, start__lt=window.end)
        .values_list(
            "practitioner",
            TruncDate("start", tzinfo=clinic.zone),
            TruncDate("booked_at", tzinfo=clinic.zone),
        )
        .annotate(count=Count("pk"))
    )
    for who, day, made, count in found:
        rows[who][day] += Totals(leads=Leads(Counter({max((day - made).days, 0): count})))


def _add_new_patients(rows: Rows, clinic: Clinic, window: Span) -> None:
    """Records made in the window, with the clinic as their home."""
    found = (
        Patient.objects.filter(
            clinic=clinic, merged_into=None, created_at__gte=window.start, created_at__lt=window.end
        )
        .values_list(TruncDate("created_at", tzinfo=clinic.zone))
        .annotate(count=Count("pk"))
    )
    for day, count in found:
        rows[None][day] += Totals(new_patients=count)


def _taken(clinic: Clinic, window: Span, now: datetime) -> dict[UUID, list[Stretch]]:
    """The blocks that begin in the window, buffers included, by who treats; a group class is one block.

    In seconds and one row a person: a quarter holds thousands, and to read as many rows costs more than to count them.
    """
    found = Block.objects.filter(clinic=clinic, start__gte=window.start).busy(window.start, window.end, now)
    pair = _Pair(_Seconds("start"), _Seconds("end"))
    return dict(found.values_list("practitioner").annotate(spans=JSONBAgg(pair)))


class _Seconds(Func):
    """A time as whole seconds since 1970."""

    template = "EXTRACT(EPOCH FROM %(expressions)s)::bigint"
    output_field = BigIntegerField()


class _Pair(Func):
    """Two values as one."""

    function = "jsonb_build_array"
    output_field = JSONField()
