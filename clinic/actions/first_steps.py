"""What a new installation still needs before the first visit can be booked, and the four usual types at once."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from clinic import policy
from clinic.models import (
    Clinic,
    ConsultationType,
    Membership,
    OpeningHours,
    Organisation,
    Practitioner,
    ReminderLead,
    Role,
    Room,
    TypeKind,
    User,
    WeeklyHours,
)
from clinic.policy import NotYours

__all__ = ["NotYours", "Step", "Wanted", "add_usual_types", "give_all", "is_first_run", "is_ready", "steps"]


class Wanted(StrEnum):
    """The steps, in the order in which each builds on those before it."""

    OPENING = "opening"
    ROOMS = "rooms"
    STAFF = "staff"
    PRACTITIONERS = "practitioners"
    TYPES = "types"
    GIVEN = "given"
    HOURS = "hours"
    REMINDERS = "reminders"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step at the clinics of a manager: how many there are, and which by name still lack it.

    `needed` is False for what a clinic may do without: colleagues, and reminders.
    """

    wanted: Wanted
    count: int
    lacking: list[str]
    needed: bool = True

    @property
    def is_done(self) -> bool:
        """Whether there is something, and nothing lacks it."""
        return self.count > 0 and not self.lacking


def steps(*, by: User, now: datetime) -> list[Step]:
    """All of them, for the clinics that `by` manages. 13 queries, whatever there is."""
    clinics = policy.visible(by, Clinic, "change").filter(archived_at=None)
    people = Practitioner.objects.filter(archived_at=None, clinics__in=clinics.values("pk")).distinct()
    types = ConsultationType.objects.filter(archived_at=None)
    staff = Membership.objects.filter(clinic__in=clinics.values("pk")).exclude(user=by)
    today = now.date()
    working = WeeklyHours.objects.filter(Q(valid_until=None) | Q(valid_until__gte=today))
    rooms = Room.objects.filter(archived_at=None)
    return [
        _at_each(Wanted.OPENING, clinics, OpeningHours.objects.all()),
        _at_each(Wanted.ROOMS, clinics, rooms),
        Step(wanted=Wanted.STAFF, count=staff.values("user").distinct().count(), lacking=[], needed=False),
        Step(wanted=Wanted.PRACTITIONERS, count=people.count(), lacking=[]),
        Step(wanted=Wanted.TYPES, count=types.count(), lacking=[]),
        Step(wanted=Wanted.GIVEN, count=types.count(), lacking=_names(types.filter(_given_by_nobody()))),
        Step(
            wanted=Wanted.HOURS,
            count=people.count(),
            lacking=_names(people.exclude(pk__in=working.values("practitioner"))),
        ),
        replace(_at_each(Wanted.REMINDERS, clinics, ReminderLead.objects.all()), needed=False),
    ]


def is_first_run(*, by: User, now: datetime) -> bool:
    """Whether something needed is missing altogether, so that no visit can be booked at any clinic of the manager."""
    return any(not step.count for step in steps(by=by, now=now) if step.needed)


def is_ready(found: Iterable[Step]) -> bool:
    """Whether visits can be booked at every clinic of these steps: what is not needed is not asked."""
    return all(step.is_done for step in found if step.needed)


@transaction.atomic
def add_usual_types(*, by: User) -> list[ConsultationType]:
    """The usual types of those kinds of which there is none yet, given by everybody in every room of `by`'s clinics.

    Two at once add each kind once. Raises NotYours.
    """
    if not policy.can(by, "add", ConsultationType):
        raise NotYours(_("Consultation types are set by managers. Ask one."))
    list(Organisation.objects.select_for_update())
    there = set(ConsultationType.objects.filter(archived_at=None).values_list("kind", flat=True))
    people, rooms = _mine(by)
    added = [each for each in _usual() if each.kind not in there]
    for each in added:
        each.save()
        each.practitioners.set(people)
        each.rooms.set([] if each.kind == TypeKind.TELEHEALTH else rooms)
    return added


@transaction.atomic
def give_all(*, by: User) -> list[ConsultationType]:
    """The types that lack people or rooms, given now by everybody in every room of `by`'s clinics.

    What is set already stays. Raises NotYours.
    """
    if not policy.can(by, "change", ConsultationType):
        raise NotYours(_("Consultation types are set by managers. Ask one."))
    lacking = list(ConsultationType.objects.filter(archived_at=None).filter(_given_by_nobody()).distinct())
    people, rooms = _mine(by)
    for each in lacking:
        if not each.practitioners.exists():
            each.practitioners.set(people)
        if each.kind != TypeKind.TELEHEALTH and not each.rooms.exists():
            each.rooms.set(rooms)
    return lacking


def _mine(by: User) -> tuple[list[Practitioner], list[Room]]:
    """The people and the rooms of the clinics that `by` manages."""
    mine = policy.reach(by).of(Role.MANAGER)
    people = Practitioner.objects.filter(archived_at=None, clinics__in=mine).distinct()
    return list(people), list(Room.objects.filter(archived_at=None, clinic__in=mine))


def _usual() -> list[ConsultationType]:
    """Unsaved: the common lengths of an initial assessment, a follow-up, a class of eight, and a video visit."""
    kind, made = TypeKind, ConsultationType
    return [
        made(name=_("Initial assessment"), kind=kind.INITIAL, duration_min=60, online=True, position=1),
        made(name=_("Follow-up"), kind=kind.FOLLOW_UP, duration_min=30, online=True, position=2),
        made(name=_("Group class"), kind=kind.CLASS, duration_min=60, capacity=8, position=3),
        made(name=_("Telehealth"), kind=kind.TELEHEALTH, duration_min=30, online=True, position=4),
    ]


def _at_each(
    wanted: Wanted, clinics: QuerySet[Clinic], rows: QuerySet[OpeningHours] | QuerySet[Room] | QuerySet[ReminderLead]
) -> Step:  # fmt: skip
    here = rows.filter(clinic=OuterRef("pk"))
    count = rows.filter(clinic__in=clinics.values("pk")).count()
    return Step(wanted=wanted, count=count, lacking=_names(clinics.filter(~Exists(here))))


def _given_by_nobody() -> Q:
    return Q(practitioners=None) | (Q(rooms=None) & ~Q(kind=TypeKind.TELEHEALTH))


def _names(rows: QuerySet[Clinic] | QuerySet[Practitioner] | QuerySet[ConsultationType]) -> list[str]:
    return sorted({str(name) for name in rows.values_list("name", flat=True)})
