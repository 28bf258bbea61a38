"""Enters what differs from the weekly hours: leave, sickness, extra hours, closures."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from clinic import policy
from clinic.models import Block, Clinic, ExceptionKind, HoursException, Practitioner, User
from clinic.policy import NotYours
from clinic.rules.refusals import Refusal

__all__ = ["Entry", "NotYours", "SpanUnlikely", "WhomMissing", "add_exception"]

LONGEST = timedelta(days=366)


class SpanUnlikely(Refusal):
    """An entry that ends before it starts, or lasts longer than a year."""

    code = "span_unlikely"


class WhomMissing(Refusal):
    """Leave is somebody's, a closure a clinic's, and extra hours somebody's at a clinic."""

    code = "whom_missing"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A stretch of time that differs. Leave and sickness name a practitioner, a closure a clinic, extra hours both."""

    kind: ExceptionKind
    start: datetime
    end: datetime
    practitioner: Practitioner | None = None
    clinic: Clinic | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Entered:
    """The row that was made, and the bookings that lie in it: they stand, and somebody has to clear them."""

    exception: HoursException
    blocks: list[Block]


def add_exception(*, entry: Entry, by: User, now: datetime) -> Entered:
    """The entry, saved, with the blocks that it concerns, in order of start; extra hours concern none.

    Whoever it concerns is locked first, so that a booking made at the same moment is either in the list or refused.
    Raises SpanUnlikely, WhomMissing, NotYours.
    """
    _check(entry)
    with transaction.atomic():
        concerned = (
            Q(pk=entry.practitioner.pk) if entry.practitioner else Q(weekly_hours__clinic=entry.clinic)
        )
        people = Practitioner.objects.filter(pk__in=Practitioner.objects.filter(concerned).values("pk"))
        locked = list(people.order_by("pk").select_for_update(no_key=True, of=("self",)))
        row = HoursException.objects.create(
            kind=entry.kind,
            practitioner=entry.practitioner,
            clinic=entry.clinic,
            start=entry.start,
            end=entry.end,
            reason=entry.reason.strip(),
        )
        if not policy.may(by, "add", row):  # asked of the row itself, so that policy alone knows the rule
            raise NotYours(_("You may enter your own absences. Ask a manager for those of others."))
        return Entered(exception=row, blocks=_concerned(entry, locked, now))


def _check(entry: Entry) -> None:
    if entry.end <= entry.start:
        raise SpanUnlikely(_("The end lies before the start. Swap them."), field="end")
    if entry.end - entry.start > LONGEST:
        raise SpanUnlikely(_("Enter at most a year at once."), field="end")
    of_somebody = entry.kind != ExceptionKind.CLOSURE
    at_a_clinic = entry.kind in {ExceptionKind.CLOSURE, ExceptionKind.EXTRA}
    if of_somebody != (entry.practitioner is not None):
        raise WhomMissing(
            _("Say whom it concerns; a closure concerns the whole clinic."), field="practitioner"
        )
    if at_a_clinic != (entry.clinic is not None):
        raise WhomMissing(_("Say at which clinic; leave holds at all of them."), field="clinic")


def _concerned(entry: Entry, people: list[Practitioner], now: datetime) -> list[Block]:
    if entry.kind == ExceptionKind.EXTRA:
        return []
    blocks = (
        Block.objects.busy(max(entry.start, now), entry.end, now) if entry.end > now else Block.objects.none()
    )
    whose = Q(practitioner__in=people) if entry.practitioner else Q(clinic=entry.clinic)
    return list(blocks.filter(whose).select_related("practitioner", "room", "type").order_by("start", "pk"))
