"""Merges two records of one person, and keeps what was found out about records that look alike.

Nothing is deleted: the rows of the dropped record move to the kept one, its own data stays with it, and it leads to
the kept one from then on. History says who did it, when and why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pghistory
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from clinic import policy
from clinic.models import User
from clinic.policy import NotYours
from clinic.rules.refusals import Kind, Refusal
from patients import record
from patients.actions import holding, locking
from patients.actions.locking import Busy
from patients.models import Consultation, Patient, PossibleTwin
from patients.record import Merge
from patients.rules.lifecycle import Status

__all__ = [
    "Busy",
    "Moving",
    "NotYours",
    "ReasonMissing",
    "RecordClosed",
    "SamePatient",
    "VisitsOverlap",
    "merge",
    "moving",
    "overlapping",
    "suspicions",
    "taken_over",
    "tell_apart",
]

FILLED = "birth_date", "phone", "email", "desk_note"
"""What the kept record takes from the dropped one where it is empty itself."""
NAMED = 3
"""So many overlapping visits are named in a refusal."""


class SamePatient(Refusal):
    """A record cannot be merged with itself."""

    code = "same_patient"


class RecordClosed(Refusal):
    """One of the two is archived, merged already, or of somebody who died."""

    code = "record_closed"
    kind = Kind.CONFLICT


class VisitsOverlap(Refusal):
    """One person cannot be in two places: visits of both lie over each other."""

    code = "visits_overlap"
    kind = Kind.CONFLICT


class ReasonMissing(Refusal):
    """Nobody can judge a merge later whose reason nobody wrote down."""

    code = "reason_missing"


@dataclass(frozen=True, kw_only=True)
class Moving:
    """How many rows of a kind would move."""

    label: str | Promise
    count: int


def merge(*, keep: Patient, drop: Patient, by: User, now: datetime, reason: str) -> Patient:
    """The kept record, with all that hung on the other; its empty contact fields are filled from the other.

    Both records are locked by id, so that no booking for either meets it half-way. Raises ReasonMissing, SamePatient,
    NotYours, RecordClosed, VisitsOverlap, Busy.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise ReasonMissing(_("Say how you know that they are one person."), field="reason")
    if keep.pk == drop.pk:
        raise SamePatient(_("This is one and the same record. Choose the other one."), field="other")
    if not (policy.may(by, "merge", keep) and policy.may(by, "merge", drop)):
        raise NotYours(_("You may not merge these records. Ask the front desk or a manager of their clinic."))
    _let_go_of_old_holds(keep, drop, now)
    with pghistory.context(merged=str(drop.pk), into=str(keep.pk), reason=reason):
        return locking.settled(lambda: _merge(keep, drop, now))


def moving(*, drop: Patient) -> list[Moving]:
    """What of the record would move, by kind, where there is any; one query a kind."""
    counted = [Moving(label=part.label, count=part.of(drop).count()) for part in record.parts() if part.label]
    return [each for each in counted if each.count]


def taken_over(*, keep: Patient, drop: Patient) -> list[str]:
    """The fields that the kept record takes from the other, for it has nothing there itself.

    With an email address comes whether mails are wanted there.
    """
    taken = [name for name in FILLED if not getattr(keep, name) and getattr(drop, name)]
    return [*taken, "wants_email"] if "email" in taken else taken


def overlapping(*, keep: Patient, drop: Patient) -> list[tuple[Consultation, Consultation]]:
    """Pairs of visits of both that lie over each other, soonest first: they are in the way of a merge. 2 queries."""
    theirs = list(_seated(drop))
    return [
        (one, other)
        for one in _seated(keep)
        for other in theirs
        if one.start < other.end and other.start < one.end
    ]


def suspicions(*, user: User) -> QuerySet[PossibleTwin]:
    """Pairs of current records that nobody has judged yet and the user may, the oldest first."""
    rows = policy.visible(user, PossibleTwin, "settle").filter(
        verdict=PossibleTwin.Verdict.OPEN,
        patient__merged_into=None,
        patient__archived_at=None,
        other__merged_into=None,
        other__archived_at=None,
    )
    return rows.select_related("patient__clinic", "other__clinic").order_by("noticed_at", "pk")


def tell_apart(*, twin: PossibleTwin, by: User, now: datetime) -> PossibleTwin:
    """The suspicion, settled: they are two people. One that is settled stays as it is. Raises NotYours."""
    if not policy.may(by, "settle", twin):
        raise NotYours(_("You may not settle this. Ask the front desk or a manager of their clinic."))
    PossibleTwin.objects.filter(pk=twin.pk, verdict=PossibleTwin.Verdict.OPEN).update(
        verdict=PossibleTwin.Verdict.DIFFERENT, settled_at=now
    )
    twin.refresh_from_db()
    return twin


def _merge(keep: Patient, drop: Patient, now: datetime) -> Patient:
    keep, drop = locking.lock_patients(keep, drop)
    for row in (keep, drop):
        if row.archived_at or row.merged_into_id or row.deceased_on:
            raise RecordClosed(
                _("The record of %(name)s, no. %(number)s, is closed. Only open records can be merged.")
                % {"name": row.name, "number": row.number}
            )
    if pairs := overlapping(keep=keep, drop=drop):
        raise VisitsOverlap(_named(pairs))
    between = Q(patient=keep, other=drop) | Q(patient=drop, other=keep)
    PossibleTwin.objects.filter(between).update(verdict=PossibleTwin.Verdict.SAME, settled_at=now)
    told = Merge(keep=keep, drop=drop, now=now)
    for part in record.parts():
        part.move(told)
    _fill(keep, drop)
    drop.merged_into = keep
    drop.save(update_fields=["merged_into", "updated_at"])
    return keep


def _fill(keep: Patient, drop: Patient) -> None:
    taken = taken_over(keep=keep, drop=drop)
    for name in taken:
        setattr(keep, name, getattr(drop, name))
    keep.save(update_fields=[*taken, "updated_at"])


def _seated(patient: Patient) -> QuerySet[Consultation]:
    return Consultation.objects.filter(patient=patient).seated().select_related("clinic").order_by("start")


def _let_go_of_old_holds(keep: Patient, drop: Patient, now: datetime) -> None:
    """A hold that ran out is no visit, but it excludes others until somebody sweeps it."""
    held = Consultation.objects.filter(
        patient__in=[keep.pk, drop.pk], status=Status.HELD, block__held_until__lte=now
    )
    for visit in held.select_related("patient", "type", "practitioner", "clinic", "block"):
        holding.let_go(consultation=visit, reason=_("The hold ran out."), now=now)


def _named(pairs: Sequence[tuple[Consultation, Consultation]]) -> str:
    told = [
        _("%(start)s at %(one)s and at %(other)s")
        % {
            "start": f"{one.start.astimezone(one.clinic.zone):%Y-%m-%d %H:%M}",
            "one": one.clinic,
            "other": other.clinic,
        }
        for one, other in pairs[:NAMED]
    ]
    return _("Both have visits at the same time: %(visits)s. Move or cancel one of each first.") % {
        "visits": "; ".join(told)
    }
