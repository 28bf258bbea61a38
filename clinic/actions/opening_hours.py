"""Sets when a clinic is open: its weekly hours, its public holidays and the step of its slots, from now on."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations

from django.db import transaction
from django.utils.translation import gettext as _

from clinic import policy
from clinic.models import Clinic, ExceptionKind, HoursException, OpeningHours, User, Weekday
from clinic.policy import NotYours
from clinic.rules import hours, wallclock, week
from clinic.rules.refusals import Kind, Refusal
from clinic.rules.week import Stretch

__all__ = [
    "Changed",
    "NotYours",
    "Overlap",
    "Plan",
    "Sheet",
    "StepUnlikely",
    "closures",
    "holidays_to_come",
    "plan",
    "save",
    "stamp",
    "stretches",
]

SHORTEST_STEP, LONGEST_STEP = 5, 60
"""Minutes from one start to the next, as the table allows."""


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
    """When a clinic is open; `stamp` is of what whoever sets it saw."""

    clinic: Clinic
    hours: frozenset[Stretch]
    keeps_public_holidays: bool
    slot_step_min: int
    stamp: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a sheet would change: hours that go, hours that come, and whether the holidays or the step do."""

    goes: list[Stretch]
    comes: list[Stretch]
    holidays_change: bool
    step_changes: bool

    @property
    def is_empty(self) -> bool:
        """Whether all stays as it is."""
        return not (self.goes or self.comes or self.holidays_change or self.step_changes)


def stretches(*, clinic: Clinic) -> frozenset[Stretch]:
    """When it is open. One query."""
    rows = OpeningHours.objects.filter(clinic=clinic).values_list("weekday", "opens", "closes")
    return frozenset(Stretch(*row) for row in rows)


def stamp(*, clinic: Clinic) -> str:
    """What tells one state of the clinic's hours from every other. Two queries."""
    settings = Clinic.objects.filter(pk=clinic.pk).values_list("keeps_public_holidays", "slot_step_min").get()
    told = repr((sorted(stretches(clinic=clinic)), settings))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def holidays_to_come(*, clinic: Clinic, now: datetime) -> list[tuple[date, str]]:
    """The public holidays of its country and region in the next 12 months, by the library's calendar."""
    today = wallclock.local_day(now, clinic.zone)
    last = date(today.year + 1, today.month, min(today.day, 28))
    return hours.named_holidays(clinic.country, clinic.region, today, last)


def closures(*, clinic: Clinic, now: datetime) -> list[HoursException]:
    """Its closures that are not over, soonest first. One query."""
    rows = HoursException.objects.filter(kind=ExceptionKind.CLOSURE, clinic=clinic, end__gt=now)
    return list(rows.order_by("start", "pk"))


def plan(*, sheet: Sheet, by: User) -> Plan:
    """What the sheet would change; nothing is written. Raises Changed, Overlap, StepUnlikely, NotYours."""
    if not policy.may(by, "change", sheet.clinic):
        raise NotYours(_("Opening hours are set by the managers of the clinic. Ask one."))
    if sheet.stamp != stamp(clinic=sheet.clinic):
        raise Changed(
            _("Somebody changed these hours meanwhile. What you typed is kept: look at what it changes now.")
        )
    if not SHORTEST_STEP <= sheet.slot_step_min <= LONGEST_STEP:
        raise StepUnlikely(_("Let slots begin every 5 to 60 minutes."), field="slot_step_min")
    _refuse_overlap(sheet.hours)
    open_now = stretches(clinic=sheet.clinic)
    now = Clinic.objects.get(pk=sheet.clinic.pk)
    return Plan(
        goes=sorted(open_now - sheet.hours),
        comes=sorted(sheet.hours - open_now),
        holidays_change=now.keeps_public_holidays != sheet.keeps_public_holidays,
        step_changes=now.slot_step_min != sheet.slot_step_min,
    )


@transaction.atomic
def save(*, sheet: Sheet, by: User) -> Plan:
    """The sheet, in force at once: what changed. Two at once: the second is told. Raises as `plan`."""
    row = Clinic.objects.select_for_update(no_key=True).get(pk=sheet.clinic.pk)
    planned = plan(sheet=sheet, by=by)
    for gone in planned.goes:
        OpeningHours.objects.filter(
            clinic=row, weekday=gone.weekday, opens=gone.starts, closes=gone.ends
        ).delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(clinic=row, weekday=each.weekday, opens=each.starts, closes=each.ends)
        for each in planned.comes
    )
    row.keeps_public_holidays, row.slot_step_min = sheet.keeps_public_holidays, sheet.slot_step_min
    row.save(update_fields=["keeps_public_holidays", "slot_step_min"])
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
