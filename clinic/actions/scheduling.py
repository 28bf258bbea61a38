"""Sets the weekly hours of a practitioner from a day on: what held before ends the day before, and the past stands."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import combinations
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from clinic import policy
from clinic.models import Clinic, Practitioner, User, Weekday, WeeklyHours
from clinic.policy import NotYours
from clinic.rules import wallclock, week
from clinic.rules.refusals import Kind, Refusal
from clinic.rules.succession import succeed
from clinic.rules.week import Stretch

__all__ = [
    "Changed",
    "NotYours",
    "Overlap",
    "PastDay",
    "Placed",
    "Plan",
    "Sheet",
    "WrongClinic",
    "clinics_to_set",
    "earliest",
    "plan",
    "save",
    "stamp",
    "standing",
]


class PastDay(Refusal):
    """Hours cannot begin on a day that is over: who worked when is history."""

    code = "past_day"


class Overlap(Refusal):
    """Nobody works at two places, or twice at one, at the same time."""

    code = "hours_overlap"


class WrongClinic(Refusal):
    """Hours at a clinic that is not one of the practitioner's."""

    code = "not_their_clinic"


class Changed(Refusal):
    """Somebody else set these hours since the sheet was opened."""

    code = "changed_meanwhile"
    kind = Kind.CONFLICT


class Placed(NamedTuple):
    """A stretch of the week at a clinic."""

    clinic_id: UUID
    stretch: Stretch


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A practitioner's whole week from a day on, at the clinics of whoever sets it; `stamp` is of what they saw."""

    practitioner: Practitioner
    since: date
    hours: frozenset[Placed]
    stamp: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a sheet would change: rows that end the day before it, rows that never come to hold, and new stretches."""

    since: date
    ends: list[WeeklyHours]
    dropped: list[WeeklyHours]
    begins: list[Placed]

    @property
    def is_empty(self) -> bool:
        """Whether all stays as it is."""
        return not (self.ends or self.dropped or self.begins)


def clinics_to_set(*, practitioner: Practitioner, by: User) -> list[Clinic]:
    """The practitioner's clinics at which `by` may set hours, by name."""
    mine = policy.visible(by, Clinic, "change").filter(archived_at=None, practitioners=practitioner)
    return list(mine.order_by("name"))


def standing(*, practitioner: Practitioner, on: date) -> list[WeeklyHours]:
    """The rows that hold on that day or later, at every clinic, by the day from which they hold. One query."""
    rows = practitioner.weekly_hours.filter(Q(valid_until=None) | Q(valid_until__gte=on))
    return list(rows.select_related("clinic").order_by("valid_from", "clinic__name", "weekday", "starts"))


def stamp(*, practitioner: Practitioner) -> str:
    """What tells one state of the practitioner's hours from every other. One query."""
    rows = practitioner.weekly_hours.order_by("pk").values_list(
        "pk", "clinic_id", "weekday", "starts", "ends", "weeks", "valid_from", "valid_until"
    )
    return hashlib.sha256(repr(list(rows)).encode()).hexdigest()[:16]


def earliest(*, clinics: Iterable[Clinic], now: datetime) -> date:
    """The first day from which hours may hold: today, where the day is latest of these clinics."""
    zones = [clinic.zone for clinic in clinics] or [ZoneInfo("UTC")]
    return max(wallclock.local_day(now, zone) for zone in zones)


def placed(row: WeeklyHours) -> Placed:
    """The row's stretch at its clinic."""
    return Placed(row.clinic_id, Stretch(row.weekday, row.starts, row.ends, row.weeks))


def plan(*, sheet: Sheet, by: User, now: datetime) -> Plan:
    """What the sheet would change; nothing is written.

    Raises Changed, PastDay, WrongClinic, Overlap, NotYours.
    """
    if not policy.may(by, "change", sheet.practitioner):
        raise NotYours(_("Hours are set by the managers of a practitioner's clinics. Ask one."))
    if sheet.stamp != stamp(practitioner=sheet.practitioner):
        raise Changed(
            _("Somebody changed these hours meanwhile. What you typed is kept: look at what it changes now.")
        )
    clinics = {each.pk: each for each in clinics_to_set(practitioner=sheet.practitioner, by=by)}
    if not {each.clinic_id for each in sheet.hours} <= set(clinics):
        raise WrongClinic(_("Add the clinic on the practitioner's page first, or leave its hours empty."))
    if sheet.since < earliest(clinics=clinics.values(), now=now):
        raise PastDay(_("Choose today or a later day: hours that are over stay as they were."), field="since")
    rows = standing(practitioner=sheet.practitioner, on=sheet.since)
    elsewhere = [row for row in rows if row.clinic_id not in clinics]
    _refuse_overlap(sheet, [*clinics.values(), *(row.clinic for row in elsewhere)], elsewhere)
    return _compare(sheet, [row for row in rows if row.clinic_id in clinics])


@transaction.atomic
def save(*, sheet: Sheet, by: User, now: datetime) -> Plan:
    """The sheet, in force from its day: what changed. Two at once: the second is told.

    The practitioner is locked as by every booking. Raises as `plan`.
    """
    Practitioner.objects.select_for_update(no_key=True).get(pk=sheet.practitioner.pk)
    planned = plan(sheet=sheet, by=by, now=now)
    day_before = sheet.since - timedelta(days=1)
    WeeklyHours.objects.filter(pk__in=[row.pk for row in planned.ends]).update(valid_until=day_before)
    WeeklyHours.objects.filter(pk__in=[row.pk for row in planned.dropped]).delete()
    WeeklyHours.objects.bulk_create(
        WeeklyHours(
            practitioner=sheet.practitioner,
            clinic_id=each.clinic_id,
            valid_from=sheet.since,
            **each.stretch._asdict(),
        )
        for each in planned.begins
    )
    return planned


def _compare(sheet: Sheet, rows: Iterable[WeeklyHours]) -> Plan:
    found = succeed(rows, wanted=sheet.hours, since=sheet.since, key=placed)
    begins = sorted(found.begins, key=lambda each: (str(each.clinic_id), each.stretch))
    return Plan(since=sheet.since, ends=found.ends, dropped=found.dropped, begins=begins)


def _refuse_overlap(sheet: Sheet, clinics: Collection[Clinic], elsewhere: Iterable[WeeklyHours]) -> None:
    """Of the sheet with itself, and with hours that hold at clinics of others."""
    by_id = {clinic.pk: clinic for clinic in clinics}
    at_noon = {pk: wallclock.opening(sheet.since, time(12), each.zone) for pk, each in by_id.items()}
    ordered = sorted(sheet.hours, key=lambda each: (each.stretch, str(each.clinic_id)))
    pairs = [*combinations(ordered, 2), *((one, placed(row)) for one in ordered for row in elsewhere)]
    for one, other in pairs:
        shift = (at_noon[other.clinic_id] - at_noon[one.clinic_id]) // timedelta(minutes=1)
        if week.meet(one.stretch, other.stretch, shift_min=shift):
            words = _("%(day)s: %(one)s at %(here)s overlaps %(other)s at %(there)s. Move one of them.")
            raise Overlap(
                words
                % {
                    "day": Weekday(one.stretch.weekday).label,
                    "one": week.write([one.stretch[1:3]]),
                    "here": by_id[one.clinic_id],
                    "other": week.write([other.stretch[1:3]]),
                    "there": by_id[other.clinic_id],
                }
            )
