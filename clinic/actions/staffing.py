"""Enters and takes back what differs from the weekly hours: leave, sickness, extra hours, closures."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from clinic import policy
from clinic.models import Block, Clinic, ExceptionKind, HoursException, Practitioner, User
from clinic.policy import NotYours
from clinic.rules.refusals import Kind, Refusal

__all__ = [
    "AlreadyOver",
    "Entry",
    "NotYours",
    "SpanUnlikely",
    "WhomMissing",
    "add_exception",
    "blocks_below",
    "take_back",
]

LONGEST = timedelta(days=366)


class SpanUnlikely(Refusal):
    """An entry that ends before it starts, or lasts longer than a year."""

    code = "span_unlikely"


class WhomMissing(Refusal):
    """Leave is somebody's, a closure a clinic's, and extra hours somebody's at a clinic."""

    code = "whom_missing"


class AlreadyOver(Refusal):
    """Leave that is over is history."""

    code = "already_over"
    kind = Kind.CONFLICT


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
        list(people.order_by("pk").select_for_update(no_key=True, of=("self",)))
        row = HoursException.objects.create(
            kind=entry.kind,
            practitioner=entry.practitioner,
            clinic=entry.clinic,
            start=entry.start,
            end=entry.end,
            reason=entry.reason.strip(),
        )
        if not policy.may(by, "add", row):  # asked of the row itself, so that policy alone knows the rule
            raise NotYours(_("You may not enter this. Ask a manager of the clinic."))
        return Entered(exception=row, blocks=list(blocks_below(exception=row, now=now)))


def take_back(*, exception: HoursException, by: User, now: datetime) -> None:
    """Deletes an entry that is not over yet: the weekly hours hold again, and history keeps what stood there.

    Raises AlreadyOver, NotYours.
    """
    if not policy.may(by, "delete", exception):
        raise NotYours(_("You may not take this back. Ask a manager of the clinic."))
    if exception.end <= now:
        raise AlreadyOver(_("This is over, so it stays in the history. Enter what comes next as its own."))
    exception.delete()


def blocks_below(*, exception: HoursException, now: datetime) -> QuerySet[Block]:
    """The blocks from now on that lie in it, in order of start: they stand until somebody clears them.

    Extra hours concern none; leave those of its practitioner at every clinic, a closure those of its clinic.
    """
    if exception.kind == ExceptionKind.EXTRA or exception.end <= now:
        return Block.objects.none()
    blocks = Block.objects.busy(max(exception.start, now), exception.end, now)
    whose = (
        Q(practitioner=exception.practitioner_id)
        if exception.practitioner_id
        else Q(clinic=exception.clinic_id)
    )
    return blocks.filter(whose).select_related("practitioner", "room", "type").order_by("start", "pk")


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
