"""Reads the free times from which somebody chooses by themselves: fewer than the desk sees, and with notice."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from clinic.actions import searching
from clinic.models import Clinic, ConsultationType, Practitioner
from clinic.rules import wallclock
from clinic.rules.intervals import Bounds
from patients.actions import clearing, limiting
from patients.models import Consultation, Patient
from patients.rules import proposals

DAYS = 14
"""So many days are shown at once."""
NEAREST = 6


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What somebody looks for, from the day `first` on; `practitioner` is None for anybody.

    With `patient` no time is shown at which they are elsewhere; the visit that they `moved` is not in its own way.
    `is_request` says that it will be an unconfirmed request: of a day whose share is used up nothing is shown.
    """

    type: ConsultationType
    clinic: Clinic
    first: date
    practitioner: Practitioner | None = None
    patient: Patient | None = None
    moved: Consultation | None = None
    is_request: bool = False


@dataclass(frozen=True, kw_only=True)
class Time:
    """A free time with the name that people say."""

    practitioner: Practitioner
    start: datetime
    end: datetime

    @property
    def moment(self) -> str:
        """Its start as an address says it."""
        return f"{self.start.astimezone(UTC):%Y-%m-%dT%H:%MZ}"

    @property
    def value(self) -> str:
        """How a form sends it."""
        return f"{self.practitioner.pk} {self.moment}"


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day on the clinic's calendar, with its free times in order."""

    date: date
    times: list[Time]


def types_at(clinic: Clinic) -> QuerySet[ConsultationType]:
    """What is booked online at the clinic; staff book the seats of classes."""
    serving = Practitioner.objects.filter(clinics=clinic, archived_at=None)
    rows = ConsultationType.objects.filter(online=True, capacity=1, archived_at=None)
    return rows.filter(practitioners__in=serving).distinct().order_by("position", "name")


def people_at(kind: ConsultationType, clinic: Clinic) -> QuerySet[Practitioner]:
    """Who gives the type at the clinic, by name."""
    return Practitioner.objects.filter(types=kind, clinics=clinic, archived_at=None).order_by("name")


def chosen(*, value: str, kind: ConsultationType) -> tuple[Practitioner, datetime] | None:
    """Whom and when a form names, as `Time.value` writes it; None for what cannot be read or gives no such type."""
    who, _space, moment = value.partition(" ")
    try:
        start = datetime.fromisoformat(moment)
        practitioner = Practitioner.objects.filter(types=kind, pk=UUID(who)).first()
    except ValueError:
        return None
    if practitioner is None or start.tzinfo is None or not wallclock.is_near(start.date()):
        return None
    return practitioner, start


def days(*, wanted: Wanted, now: datetime) -> list[Day]:
    """The 14 days from `wanted.first` or from today, each with its free times, one for each half hour.

    None begins within the type's notice to book. Eight queries at most, for any number of people; for a request one
    more, and a search for each day on which others wait for their confirmation.
    """
    clinic, zone = wanted.clinic, wanted.clinic.zone
    first = max(wanted.first, wallclock.local_day(now, zone))
    last = first + timedelta(days=DAYS - 1)
    query = searching.SlotQuery(
        type=wanted.type, first=first, last=last, clinic=clinic, practitioner=wanted.practitioner
    )
    earliest = now + timedelta(hours=wanted.type.notice_to_book_h)
    busy = _own(wanted, first, last) if wanted.patient else ()
    free = searching.free_starts(query=query, now=now, also_busy=busy)
    people = {each.pk: each for each in wanted.type.practitioners.all()}
    slots = proposals.one_each_half_hour([slot for slot in free if slot.start >= earliest], zone=zone)
    found: dict[date, list[Time]] = {first + timedelta(days=n): [] for n in range(DAYS)}
    for slot in slots:
        time = Time(practitioner=people[slot.practitioner_id], start=slot.start, end=slot.end)
        found[wallclock.local_day(slot.start, zone)].append(time)
    if wanted.is_request:
        for day in limiting.full_days(kind=wanted.type, clinic=clinic, first=first, last=last, now=now):
            found[day] = []
    return [Day(date=day, times=times) for day, times in found.items()]


def nearest(*, wanted: Wanted, to: datetime, now: datetime) -> list[Time]:
    """Up to six free times near one that is gone, in order; with anybody where the one wanted has none."""
    around = replace(wanted, first=wallclock.local_day(to, wanted.clinic.zone) - timedelta(days=3))
    times = [time for day in days(wanted=around, now=now) for time in day.times]
    if not times and wanted.practitioner is not None:
        return nearest(wanted=replace(wanted, practitioner=None), to=to, now=now)
    near = sorted(times, key=lambda time: abs(time.start - to))[:NEAREST]
    return sorted(near, key=lambda time: time.start)


def with_colleagues(*, visit: Consultation, now: datetime) -> list[Time]:
    """The visit's own time with each colleague who could take it over, by name: what its patient would like best."""
    colleagues = clearing.colleagues(visits=[visit], now=now)
    return [Time(practitioner=who.practitioner, start=visit.start, end=visit.end) for who in colleagues]


def _own(wanted: Wanted, first: date, last: date) -> list[Bounds]:
    zone = wanted.clinic.zone
    start, end = wallclock.day_span(first, zone).start, wallclock.day_span(last, zone).end
    visits = Consultation.objects.filter(patient=wanted.patient, start__lt=end, end__gt=start).seated()
    if wanted.moved is not None:
        visits = visits.exclude(pk=wanted.moved.pk)
    return list(visits.values_list("start", "end"))
