"""The register of what hangs on a patient: how each kind of row moves when two records turn out to be of one person,
and which record a new row is hung on at that very moment.

Each app registers its own models when it is ready. `patients.actions.merging` asks them, part by part; a test of the
house walks all models, so that none is forgotten.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinic.models import OutboxMessage
from patients.models import (
    Consultation,
    EpisodeOfCare,
    Patient,
    PortalAccess,
    PossibleTwin,
    Series,
    WaitlistEntry,
)


@dataclass(frozen=True, kw_only=True)
class Merge:
    """Two records of one person: `drop` goes into `keep`."""

    keep: Patient
    drop: Patient
    now: datetime


def _all(rows: QuerySet[Any], _merge: Merge) -> QuerySet[Any]:
    return rows


@dataclass(frozen=True, kw_only=True)
class Part:
    """One kind of row, by the field that names its patient.

    `label` is what it is called on the page; empty for what nobody counts. `movable` makes ready the rows that
    would meet a constraint at the kept record, and says which of them move; what does not move stays where it is.
    """

    model: type[Model]
    field: str = "patient"
    label: str | Promise = ""
    movable: Callable[[QuerySet[Any], Merge], QuerySet[Any]] = _all

    def of(self, patient: Patient) -> QuerySet[Any]:
        """The patient's rows of this kind."""
        return self.model._default_manager.filter(**{self.field: patient.pk})

    def move(self, merge: Merge) -> int:
        """Hangs the rows of the dropped record on the kept one; how many. One that stays is not counted."""
        return self.movable(self.of(merge.drop), merge).update(**{self.field: merge.keep.pk})


_PARTS: dict[tuple[type[Model], str], Part] = {}


def register(part: Part) -> None:
    """Makes the part known; a second one for the same field is a slip and raises ValueError."""
    key = part.model, part.field
    if _PARTS.setdefault(key, part) is not part:
        raise ValueError(f"{part.model.__name__}.{part.field} is registered already.")


def parts() -> list[Part]:
    """All parts, in the order in which they were registered."""
    return list(_PARTS.values())


def current(patient: Patient) -> Patient:
    """The record as it stands, locked until the transaction ends; where it was merged meanwhile, the one it went into.

    Whatever hangs a new row on a record asks here first: a merge then waits and takes the row along, or came first
    and is followed. (The check of a foreign key comes at the commit, too late for a merge to see the row.)
    """
    row = _locked(patient.pk)
    while row.merged_into_id is not None:
        row = _locked(row.merged_into_id)
    return row


def _locked(pk: UUID) -> Patient:
    rows = Patient.objects.select_related("clinic").select_for_update(no_key=True, of=("self",))
    return rows.get(pk=pk)


def _once_an_account(rows: QuerySet[PortalAccess], merge: Merge) -> QuerySet[PortalAccess]:
    """An account that opens both records keeps one living access, and the other one ends."""
    twice = PortalAccess.objects.filter(patient=merge.keep, ended_at=None).values("user")
    rows.filter(ended_at=None, user__in=twice).update(ended_at=merge.now)
    return rows


def _once_a_pair(to: str) -> Callable[[QuerySet[PossibleTwin], Merge], QuerySet[PossibleTwin]]:
    """A suspicion moves unless the kept record is in it, or is under the same suspicion already."""

    def movable(rows: QuerySet[PossibleTwin], merge: Merge) -> QuerySet[PossibleTwin]:
        keep = merge.keep
        known = PossibleTwin.objects.filter(Q(patient=keep) | Q(other=keep))
        others = {pk for pair in known.values_list("patient", "other") for pk in pair}
        return rows.exclude(**{f"{to}__in": [*others, keep.pk]})

    return movable


for _part in (
    Part(model=Consultation, label=_("Visits")),
    Part(model=Series, label=_("Series")),
    Part(model=EpisodeOfCare, label=_("Episodes of care")),
    Part(model=WaitlistEntry, label=_("Wishes on the waitlist")),
    Part(model=PortalAccess, label=_("Accounts of the portal"), movable=_once_an_account),
    Part(model=OutboxMessage, field="person_id", label=_("Messages")),
    Part(model=PossibleTwin, movable=_once_a_pair("other")),
    Part(model=PossibleTwin, field="other", movable=_once_a_pair("patient")),
    Part(model=Patient, field="merged_into", label=_("Records that were merged before")),
):
    register(_part)
