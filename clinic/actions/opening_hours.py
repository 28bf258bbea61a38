"""Sets when a clinic is open, from a day on: what held before ends the day before, and the past stands.

Its public holidays and the step of its slots have no days of their own: they are set at once.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from clinic import policy
from clinic.models import Clinic, ExceptionKind, HoursException, OpeningHours, User, Weekday
from clinic.policy import NotYours
from clinic.rules import hours, wallclock, week
from clinic.rules.refusals import Kind, Refusal
from clinic.rules.succession import Succession, holds, succeed
from clinic.rules.week import Stretch

__all__ = [
    "Changed",
    "NotYours",
    "Overlap",
    "PastDay",
    "Plan",
    "Sheet",
    "StepUnlikely",
    "closures",
    "holidays_to_come",
    "plan",
    "save",
    "stamp",
    "standing",
    "stretch",
    "stretches",
]

SHORTEST_STEP, LONGEST_STEP = 5, 60
"""Minutes from one start to the next, as the table allows."""


class PastDay(Refusal):
    """Hours cannot begin on a day that is over: when it was open is history."""

    code = "past_day"


class Overlap(Refusal):
    """A clinic is not open twice at the same time."""

    code = "hours_overlap"


class StepUnlikely(Refusal):
    """Slots begin every 5 to 60 minutes."""

    code = "step_unlikely"


class Changed(Refusal):
    """Somebody else set these hours since the sheet was opened."""

    code = "changed_meanwhile"
    kind = Kind.CONFLICT


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """When a clinic is open from a day on; `stamp` is of what whoever sets it saw."""

    clinic: Clinic
    since: date
    hours: frozenset[Stretch]
    keeps_public_holidays: bool
    slot_step_min: int
    stamp: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a sheet would change: the hours from its day on, and at once whether the holidays or the step do."""

    since: date
    week: Succession[OpeningHours, Stretch]
    holidays_change: bool
    step_changes: bool

    @property
    def is_empty(self) -> bool:
        """Whether all stays as it is."""
        return not (self.week_changes or self.holidays_change or self.step_changes)

    @property
    def week_changes(self) -> bool:
        """Whether the hours do."""
        return bool(self.week.ends or self.week.dropped or self.week.begins)


def standing(*, clinic: Clinic, on: date) -> list[OpeningHours]:
    """The rows that hold on that day or later, by weekday. One query."""
    rows = clinic.opening_hours.filter(Q(valid_until=None) | Q(valid_until__gte=on))
    return list(rows.order_by("weekday", "opens", "valid_from"))


def stretch(row: OpeningHours) -> Stretch:
    """The row's stretch of the week."""
    return Stretch(row.weekday, row.opens, row.closes)


def stretches(*, clinic: Clinic, on: date) -> frozenset[Stretch]:
    """When it is open in the week of that day. One query."""
    return frozenset(stretch(row) for row in standing(clinic=clinic, on=on) if holds(row, on))


def stamp(*, clinic: Clinic) -> str:
    """What tells one state of the clinic's hours from every other. Two queries."""
    settings = Clinic.objects.filter(pk=clinic.pk).values_list("keeps_public_holidays", "slot_step_min").get()
    rows = clinic.opening_hours.order_by("pk").values_list(
        "pk", "weekday", "opens", "closes", "valid_from", "valid_until"
    )
    return hashlib.sha256(repr((list(rows), settings)).encode()).hexdigest()[:16]


def holidays_to_come(*, clinic: Clinic, now: datetime) -> list[tuple[date, str]]:
    """The public holidays of its country and region in the next 12 months, by the library's calendar."""
    today = wallclock.local_day(now, clinic.zone)
    last = date(today.year + 1, today.month, min(today.day, 28))
    return hours.named_holidays(clinic.country, clinic.region, today, last)


def closures(*, clinic: Clinic, now: datetime) -> list[HoursException]:
    """Its closures that are not over, soonest first. One query."""
    rows = HoursException.objects.filter(kind=ExceptionKind.CLOSURE, clinic=clinic, end__gt=now)
    return list(rows.order_by("start", "pk"))


def plan(*, sheet: Sheet, by: User, now: datetime) -> Plan:
    """What the sheet would change; nothing is written. Raises Changed, PastDay, Overlap, StepUnlikely, NotYours."""
    if not policy.may(by, "change", sheet.clinic):
        raise NotYours(_("Opening hours are set by the managers of the clinic. Ask one."))
    if sheet.stamp != stamp(clinic=sheet.clinic):
        raise Changed(
            _("Somebody changed these hours meanwhile. What you typed is kept: look at what it changes now.")
        )
    if sheet.since < wallclock.local_day(now, sheet.clinic.zone):
        raise PastDay(_("Choose today or a later day: hours that are over stay as they were."), field="since")
    if not SHORTEST_STEP <= sheet.slot_step_min <= LONGEST_STEP:
        raise StepUnlikely(_("Let slots begin every 5 to 60 minutes."), field="slot_step_min")
    _refuse_overlap(sheet.hours)
    rows = standing(clinic=sheet.clinic, on=sheet.since)
    now_set = Clinic.objects.get(pk=sheet.clinic.pk)
    return Plan(
        since=sheet.since,
        week=succeed(rows, wanted=sheet.hours, since=sheet.since, key=stretch),
        holidays_change=now_set.keeps_public_holidays != sheet.keeps_public_holidays,
        step_changes=now_set.slot_step_min != sheet.slot_step_min,
    )


@transaction.atomic
def save(*, sheet: Sheet, by: User, now: datetime) -> Plan:
    """The sheet, in force from its day: what changed. Two at once: the second is told. Raises as `plan`."""
    clinic = Clinic.objects.select_for_update(no_key=True).get(pk=sheet.clinic.pk)
    planned = plan(sheet=sheet, by=by, now=now)
    OpeningHours.objects.filter(pk__in=[row.pk for row in planned.week.ends]).update(
        valid_until=sheet.since - wallclock.ONE_DAY
    )
    OpeningHours.objects.filter(pk__in=[row.pk for row in planned.week.dropped]).delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(
            clinic=clinic, weekday=each.weekday, opens=each.starts, closes=each.ends, valid_from=sheet.since
        )
        for each in sorted(planned.week.begins)
    )
    clinic.keeps_public_holidays, clinic.slot_step_min = sheet.keeps_public_holidays, sheet.slot_step_min
    clinic.save(update_fields=["keeps_public_holidays", "slot_step_min"])
    return planned


def _refuse_overlap(told: Iterable[Stretch]) -> None:
    for one, other in combinations(sorted(told), 2):
        if week.meet(one, other):
            words = _("%(day)s: %(one)s overlaps %(other)s. Join them, or move one.")
            raise Overlap(
                words
                % {
                    "day": Weekday(one.weekday).label,
                    "one": week.write([one[1:3]]),
                    "other": week.write([other[1:3]]),
                }
            )
