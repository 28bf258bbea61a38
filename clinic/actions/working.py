"""Owns what a search for slots asks, and reads the rules of who works where on its days: one query."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, TextField, Value

from clinic.models import (
    Clinic,
    ConsultationType,
    ExceptionKind,
    HoursException,
    OpeningHours,
    Practitioner,
    WeeklyHours,
)
from clinic.rules.availability import Pair
from clinic.rules.hours import Weekly
from clinic.rules.intervals import Bounds

_NOTHING = Value(None, output_field=TextField())


@dataclass(frozen=True, kw_only=True)
class SlotQuery:
    """What is looked for: a type, on these days of each clinic (both inclusive), anywhere or with anybody if None."""

    type: ConsultationType
    first: date
    last: date
    clinic: Clinic | None = None
    practitioner: Practitioner | None = None


@dataclass(frozen=True, kw_only=True)
class Hours:
    """Who works where, extra hours by practitioner and clinic, absences and closures by whom they concern."""

    work: dict[Pair, list[Weekly]] = field(default_factory=lambda: defaultdict(list))
    extra: dict[Pair, list[Bounds]] = field(default_factory=lambda: defaultdict(list))
    away: dict[UUID, list[Bounds]] = field(default_factory=lambda: defaultdict(list))
    opening: dict[UUID, list[Weekly]] = field(default_factory=lambda: defaultdict(list))

    @property
    def pairs(self) -> set[Pair]:
        """Who may be where."""
        return {*self.work, *self.extra}


def hours(query: SlotQuery) -> Hours:
    """Weekly hours, the exceptions to them, and opening hours, in one query."""
    found = Hours()
    for kind, who, where, weekday, starts, ends, weeks, since, until, begins, finishes in _rules(query):
        match kind:
            case "weekly":
                found.work[who, where].append(Weekly(weekday, starts, ends, weeks, since, until))
            case "opening":
                found.opening[where].append(
                    Weekly(weekday, starts, ends, valid_from=since or date.min, valid_until=until)
                )
            case ExceptionKind.EXTRA:
                if query.clinic is None or query.clinic.pk == where:
                    found.extra[who, where].append((begins, finishes))
            case _:
                found.away[who or where].append((begins, finishes))
    return found


def _around(query: SlotQuery) -> tuple[datetime, datetime]:
    """Instants that hold the days of the query in any zone."""
    first = datetime.combine(query.first, time(), UTC) - timedelta(days=1)
    return first, datetime.combine(query.last, time(), UTC) + timedelta(days=2)


def _rules(query: SlotQuery) -> QuerySet[WeeklyHours, Any]:
    """Rows of one shape. The first two give each column its type, so that it may be empty in the others."""
    start, end = _around(query)
    theirs: dict[str, Any] = {"practitioner__types": query.type, "practitioner__archived_at": None}
    if query.practitioner is not None:
        theirs["practitioner"] = query.practitioner
    here = {} if query.clinic is None else {"clinic": query.clinic}
    weekly = WeeklyHours.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=query.first), valid_from__lte=query.last, **theirs, **here
    ).values_list(
        Value("weekly"), "practitioner_id", "clinic_id", "weekday", "starts", "ends", "weeks", "valid_from",
        "valid_until", _NOTHING, _NOTHING,
    )  # fmt: skip
    exceptions = HoursException.objects.filter(
        Q(practitioner=None) | Q(**theirs), end__gt=start, start__lt=end
    ).values_list("kind", "practitioner_id", "clinic_id", *[_NOTHING] * 6, "start", "end")
    opening = OpeningHours.objects.between(query.first, query.last).filter(**here).values_list(
        Value("opening"), _NOTHING, "clinic_id", "weekday", "opens", "closes", _NOTHING, "valid_from",
        "valid_until", _NOTHING, _NOTHING,
    )  # fmt: skip
    return weekly.union(exceptions, opening, all=True)
