"""Owns the stamp of the diary in view: it stays the same for as long as nothing that is drawn there changed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Func, JSONField, Q, QuerySet, TextField
from django.db.models.functions import MD5, Cast

from clinic.models import Clinic, HoursException, OpeningHours, Practitioner, Room, WeeklyHours
from clinic.rules.intervals import Span
from patients.actions import daybook_holds
from patients.actions.daybook import STILL_OPEN
from patients.models import Consultation
from patients.rules.lifecycle import Status

OF_A_VISIT = (
    *("id", "status", "status_at", "version", "start", "end", "desk_note", "cancel_reason"),
    *("practitioner_id", "practitioner__name", "type__name"),
    *("patient__given_name", "patient__family_name", "patient__phone"),
    *("block__start", "block__end", "block__lane", "block__taken", "block__held_until"),
    *("block__room_id", "block__room__name"),
)
OF_WEEKLY_HOURS = "practitioner_id", "weekday", "starts", "ends", "weeks", "valid_from", "valid_until"
OF_OPENING_HOURS = "weekday", "opens", "closes", "valid_from", "valid_until"
OF_AN_EXCEPTION = "id", "kind", "start", "end", "reason"
OF_A_CLINIC = "name", "time_zone", "country", "region", "keeps_public_holidays", "slot_step_min"
"""What of each is drawn, or decides what is."""


@dataclass(frozen=True, kw_only=True)
class Extent:
    """What is in view: of a clinic, a stretch of time; of one practitioner or room where it is a week.

    With `open_since` also earlier visits, from then on, of which nobody has said how they ended.
    """

    clinic: UUID
    window: Span
    practitioner: UUID | None = None
    room: UUID | None = None
    open_since: datetime | None = None


def stamp(extent: Extent, now: datetime) -> str:
    """32 hexadecimal digits over visits, held times, people, rooms and hours in view. One query, by indexes.

    Take it before the rows are read: what changes in between is then seen as a change.
    """
    here, window = {"clinic": extent.clinic}, extent.window
    people = Practitioner.objects.filter(clinics=extent.clinic)
    still = Q(valid_until=None) | Q(valid_until__gte=window.start.date())
    whose = Q(practitioner__in=people.values("pk")) | Q(clinic=extent.clinic)
    away = HoursException.objects.filter(whose, start__lt=window.end, end__gt=window.start)
    parts = [
        _drawn(_visits(extent, now), *OF_A_VISIT),
        _drawn(daybook_holds.held_online(extent.clinic, window, now), "id", "held_until"),
        _drawn(people, "id", "name", "archived_at"),
        _drawn(Room.objects.filter(**here), "id", "name", "archived_at"),
        _drawn(WeeklyHours.objects.filter(still, **here), *OF_WEEKLY_HOURS),
        _drawn(OpeningHours.objects.filter(still, **here), *OF_OPENING_HOURS),
        _drawn(away, *OF_AN_EXCEPTION),
    ]
    row = _array(*OF_A_CLINIC)
    whole = Func(row, *parts, function="CONCAT", output_field=TextField())
    return Clinic.objects.filter(pk=extent.clinic).values_list(MD5(whole), flat=True).first() or ""


def _visits(extent: Extent, now: datetime) -> QuerySet[Consultation]:
    window = Q(start__gte=extent.window.start, start__lt=extent.window.end)
    if extent.open_since:
        window |= Q(status__in=STILL_OPEN, start__gte=extent.open_since, start__lt=extent.window.start)
    rows = Consultation.objects.filter(window, clinic_id=extent.clinic)
    if extent.practitioner:
        rows = rows.filter(practitioner_id=extent.practitioner)
    if extent.room:
        rows = rows.filter(block__room_id=extent.room)
    return rows.exclude(Q(status=Status.HELD, block__held_until__lte=now))


def _drawn(rows: QuerySet[object], *columns: str) -> Cast:  # type: ignore[type-var]
    return Cast(ArraySubquery(rows.order_by("pk").values(line=_array(*columns))), TextField())


def _array(*columns: str) -> Func:
    return Func(*map(F, columns), function="JSONB_BUILD_ARRAY", output_field=JSONField())
