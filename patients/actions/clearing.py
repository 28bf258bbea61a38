"""Clears what leave and closures leave behind: lists the visits that stand where nobody works, and finds each an end.

Each visit is moved to a colleague, its patient asked by mail to choose another time, or it is cancelled. Every visit
is an action of its own: one that cannot be done leaves the others done, and says why.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from clinic import policy
from clinic.actions import outbox, searching, staffing
from clinic.actions.searching import SlotQuery
from clinic.models import ExceptionKind, HoursException, Practitioner, User
from clinic.rules import wallclock
from clinic.rules.availability import Diary
from clinic.rules.refusals import Refusal
from patients.actions import asking, booking
from patients.models import CancelledBy, Consultation
from patients.rules.lifecycle import Status

STANDING = (Status.HELD, Status.BOOKED, Status.CONFIRMED)
"""Who has arrived is being seen, and what is over needs no clearing."""


@dataclass(frozen=True, kw_only=True)
class Clearing:
    """The visits to clear that one may see, soonest first, and how many more stand at clinics of others."""

    visits: list[Consultation]
    elsewhere: int


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """Somebody who is free at the times of some of the visits, gives their types, and works there."""

    practitioner: Practitioner
    takes: frozenset[UUID]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one visit; `refusal` is why it stands as before, "" where it was done."""

    visit: Consultation
    refusal: str = ""


def to_clear(*, exception: HoursException, user: User, now: datetime) -> Clearing:
    """What stands below the entry from now on; nothing below extra hours. 2 queries beside those of the rights."""
    blocks = staffing.blocks_below(exception=exception, now=now).values("pk")
    below = Consultation.objects.filter(block__in=blocks, status__in=STANDING)
    mine = policy.visible(user, Consultation, "move").values("pk")
    visits = list(below.filter(pk__in=mine).with_names().order_by("start", "pk"))
    return Clearing(visits=visits, elsewhere=below.count() - len(visits))


def colleagues(*, visits: Iterable[Consultation], now: datetime) -> list[Colleague]:
    """Who could take how many of the visits at their own times, whoever takes most first.

    One search for each type, clinic and month among them. Two visits that only one of them could take are both
    counted: each is checked again when it is moved.
    """
    takes: dict[UUID, set[UUID]] = {}
    for query, group in _searches(visits):
        free: dict[datetime, set[UUID]] = {}
        for slot in _emptied(searching.read(query, now=now), group).free(query.first, query.last):
            free.setdefault(slot.start, set()).add(slot.practitioner_id)
        for visit in group:
            for who in free.get(visit.start, set()) - {visit.practitioner_id}:
                takes.setdefault(who, set()).add(visit.pk)
    people = Practitioner.objects.filter(pk__in=takes).order_by("name")
    found = [Colleague(practitioner=who, takes=frozenset(takes[who.pk])) for who in people]
    return sorted(found, key=lambda each: -len(each.takes))


def move_all(*, visits: Iterable[Consultation], to: Practitioner, by: User, now: datetime) -> list[Outcome]:
    """Each visit moved to the colleague at its own time, its patient told once; or why it stays."""

    def one(visit: Consultation) -> None:
        try:
            booking.move(consultation=visit, practitioner=to, start=visit.start, by=by, now=now)
        except (booking.SlotTaken, booking.NotOffered):
            raise booking.SlotTaken(_("%(colleague)s is not free then.") % {"colleague": to}) from None

    return _each(visits, one)


def cancel_all(*, visits: Iterable[Consultation], reason: str, by: User, now: datetime) -> list[Outcome]:
    """Each visit cancelled by the clinic for the reason, its patient told once; or why it stays.

    Raises ReasonMissing, before anything is done.
    """
    if not reason.strip():
        raise booking.ReasonMissing(_("Say why they are cancelled: the patients are told."), field="reason")

    def one(visit: Consultation) -> None:
        booking.cancel(consultation=visit, asked_by=CancelledBy.CLINIC, reason=reason, by=by, now=now)

    return _each(visits, one)


def ask_all(*, visits: Iterable[Consultation], by: User, now: datetime) -> list[Outcome]:
    """The patient of each visit asked by mail to choose another time; or why that is of no use."""
    return _each(visits, lambda visit: asking.ask(visit=visit, by=by, now=now))


def take_back(*, exception: HoursException, by: User, now: datetime) -> None:
    """Takes the entry back: the weekly hours hold again, and so does what was asked to be chosen anew.

    What lies below another absence or closure besides stays asked for. All or nothing.
    Raises as `staffing.take_back`.
    """
    with transaction.atomic():
        below = list(staffing.blocks_below(exception=exception, now=now).values_list("pk", flat=True))
        staffing.take_back(exception=exception, by=by, now=now)
        asked = Consultation.objects.filter(
            block__in=below, status__in=STANDING, asked_to_move_at__isnull=False
        ).exclude(Exists(_away_then()))
        sure = list(asked.values_list("pk", flat=True))
        for pk in sure:
            outbox.supersede(subject_id=pk, kinds=["choose_again"], now=now)
        Consultation.objects.filter(pk__in=sure).update(asked_to_move_at=None)


def _away_then() -> QuerySet[HoursException]:
    """Absences of a visit's practitioner, and closures of its clinic, that its block meets."""
    whose = Q(practitioner=OuterRef("practitioner")) | Q(
        kind=ExceptionKind.CLOSURE, clinic=OuterRef("clinic")
    )
    meets = {"start__lt": OuterRef("block__end"), "end__gt": OuterRef("block__start")}
    return HoursException.objects.filter(whose, **meets).exclude(kind=ExceptionKind.EXTRA)


def _each(visits: Iterable[Consultation], act: Callable[[Consultation], object]) -> list[Outcome]:
    """Each visit by itself, in its own transaction. A refusal is its result; nothing else is caught."""
    outcomes = []
    for visit in visits:
        try:
            act(visit)
        except Refusal as refusal:
            outcomes.append(Outcome(visit=visit, refusal=refusal.message))
        else:
            outcomes.append(Outcome(visit=visit))
    return outcomes


def _emptied(diary: Diary, visits: Iterable[Consultation]) -> Diary:
    """The diary as if the rooms of the visits were free: each takes its own along when it moves."""
    left = {(visit.block.room_id, visit.block.start, visit.block.end) for visit in visits}
    busy = {
        taker: [span for span in spans if (taker, *span) not in left] for taker, spans in diary.busy.items()
    }
    return replace(diary, busy=busy)


def _searches(visits: Iterable[Consultation]) -> list[tuple[SlotQuery, list[Consultation]]]:
    """The visits by type, clinic and stretch of 31 days, each with the search that covers them."""
    groups: dict[tuple[UUID, UUID, int], list[Consultation]] = {}
    for visit in visits:
        day = wallclock.local_day(visit.start, visit.clinic.zone)
        stretch = day.toordinal() // searching.MOST_DAYS
        groups.setdefault((visit.type_id, visit.clinic_id, stretch), []).append(visit)
    found = []
    for group in groups.values():
        first = group[0]
        days = [wallclock.local_day(visit.start, first.clinic.zone) for visit in group]
        query = SlotQuery(type=first.type, first=min(days), last=max(days), clinic=first.clinic)
        found.append((query, group))
    return found
