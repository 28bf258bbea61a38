"""Changes dosages: one, many at once under one reason, back to an older one. Each change is a new revision."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.models import User
from clinic.policy import NotYours
from clinic.rules.refusals import Kind, Refusal
from programs.actions.changing import (
    ON_PURPOSE,
    ChangedMeanwhile,
    InThePast,
    NotOnPurpose,
    ProgramEnded,
    ReasonMissing,
    ReasonTooLong,
    grown,
    locked,
    newly_outside,
    ranges,
    require_newest,
    require_not_past,
    require_on_purpose,
    require_sound,
    require_version,
    required_reason,
    tell,
    today_of,
)
from programs.models import DosageRevision, Prescription, Program
from programs.rules import schedule
from programs.rules.dosage import Dosage, OutOfBounds, changed, with_fields

__all__ = [
    "ON_PURPOSE",
    "ChangedMeanwhile",
    "Edit",
    "FieldsEdit",
    "InThePast",
    "NoSuchRevision",
    "NotInThisProgram",
    "NotOnPurpose",
    "NotYours",
    "NothingChanged",
    "OutOfBounds",
    "ProgramEnded",
    "ReasonMissing",
    "ReasonTooLong",
    "SheetEdit",
    "first_day",
    "newly_outside",
    "ranges",
    "revert",
    "revise",
    "revise_fields",
    "save_sheet",
    "shifted",
]

Key = TypeVar("Key", bound=Hashable)


class NothingChanged(Refusal):
    """A change that changes nothing."""

    code = "nothing_changed"


class NotInThisProgram(Refusal):
    """A prescription that the program does not have."""

    code = "not_in_this_program"
    kind = Kind.MISSING


class NoSuchRevision(Refusal):
    """A number that the prescription's history does not have."""

    code = "no_such_revision"
    kind = Kind.MISSING


@dataclass(frozen=True, kw_only=True)
class Edit:
    """A whole new dosage of one prescription. `effective_on` None is tomorrow; `expected_number` is the newest seen.

    `on_purpose` names the fields that are meant to lie outside the usual.
    """

    dosage: Dosage
    reason: str
    effective_on: date | None = None
    expected_number: int | None = None
    on_purpose: Collection[str] = ()


@dataclass(frozen=True, kw_only=True)
class FieldsEdit:
    """Some fields of one prescription's dosage, by name in their plain form; the rest as in Edit."""

    fields: Mapping[str, object]
    reason: str
    effective_on: date | None = None
    expected_number: int | None = None
    on_purpose: Collection[str] = ()


@dataclass(frozen=True, kw_only=True)
class SheetEdit:
    """New dosages by prescription, under one reason; a note to the patient goes to each of them.

    `on_purpose` names by prescription the fields that are meant to lie outside the usual.
    """

    changes: Mapping[UUID, Dosage]
    reason: str
    effective_on: date | None = None
    expected_version: int | None = None
    note_to_patient: str = ""
    on_purpose: Mapping[UUID, Collection[str]] = field(default_factory=dict)


def revise(*, prescription: Prescription, edit: Edit, by: User, now: datetime) -> DosageRevision:
    """The revision that gives the prescription its new dosage; the patient of an active program is told.

    Raises NotYours, ProgramEnded, ChangedMeanwhile, InThePast, NothingChanged, OutOfBounds, ReasonMissing,
    ReasonTooLong, NotOnPurpose.
    """
    with transaction.atomic():
        program = locked(prescription.program_id, by=by)
        [row] = _living(program, [prescription.pk])
        require_newest(row, edit.expected_number)
        sheet = SheetEdit(
            changes={row.pk: edit.dosage},
            reason=edit.reason,
            effective_on=edit.effective_on,
            on_purpose={row.pk: edit.on_purpose},
        )
        return _write(program, [row], sheet, by, now)[0]


def revise_fields(*, prescription: Prescription, edit: FieldsEdit, by: User, now: datetime) -> DosageRevision:
    """The revision with these fields changed; the others stay as they hold on that day once the lock is had.

    So what a colleague changed a moment before in another field is kept. Raises what `revise` raises.
    """
    with transaction.atomic():
        program = locked(prescription.program_id, by=by)
        history = list(prescription.revisions.order_by("number"))
        held = _held(history, edit.effective_on or first_day(program, now)) or history[-1].dosage
        whole = Edit(
            dosage=with_fields(held, edit.fields),
            reason=edit.reason,
            effective_on=edit.effective_on,
            expected_number=edit.expected_number,
            on_purpose=edit.on_purpose,
        )
        return revise(prescription=prescription, edit=whole, by=by, now=now)


def save_sheet(*, program: Program, edit: SheetEdit, by: User, now: datetime) -> list[DosageRevision]:
    """The revisions of one save, in the order of the sheet; all of them or none. The program's version grows by one.

    Prescriptions whose dosage stays are left alone. Raises what `revise` raises, and NotInThisProgram; the problems
    of OutOfBounds and the warnings of ReasonMissing and NotOnPurpose name their prescription.
    """
    with transaction.atomic():
        held = locked(program.pk, by=by)
        require_version(held, edit.expected_version)
        return _write(held, _living(held, edit.changes), edit, by, now)


def revert(
    *, prescription: Prescription, to_number: int, reason: str, by: User, now: datetime
) -> DosageRevision:
    """A new revision with the dosage of an older one, from tomorrow; what lies between stays in the history.

    What of it lies outside the usual was prescribed once and is not asked about again. Raises NoSuchRevision, and
    what `revise` raises.
    """
    old = prescription.revisions.filter(number=to_number).first()
    if old is None:
        raise NoSuchRevision(_("There is no revision %(n)s. Choose one of the history.") % {"n": to_number})
    edit = Edit(dosage=old.dosage, reason=reason, on_purpose=ON_PURPOSE)
    return revise(prescription=prescription, edit=edit, by=by, now=now)


def shifted(dosages: Mapping[Key, Dosage], field: str, amount: int) -> dict[Key, Dosage]:
    """Those of the dosages that use the field, with that much more (or less) in it: "all holds +5 s".

    What leaves its bounds is returned too, so that a sheet can show it; saving refuses it.
    """
    result = {}
    for key, dosage in dosages.items():
        value = getattr(dosage, field)
        if value is not None and amount:
            more = tuple(each + amount for each in value) if isinstance(value, tuple) else value + amount
            result[key] = changed(dosage, **{field: more})
    return result


def first_day(program: Program, now: datetime) -> date:
    """From when a change holds unless it says otherwise: tomorrow, so that today stays as the patient began it."""
    return today_of(program, now) + timedelta(days=1)


def _living(program: Program, ids: Collection[UUID]) -> list[Prescription]:
    """These prescriptions of the program, in order, locked. Raises NotInThisProgram, and ProgramEnded if stopped."""
    rows = (
        program.prescriptions.filter(pk__in=list(ids)).select_related("exercise").order_by("position", "pk")
    )
    found = list(rows.select_for_update(no_key=True, of=("self",)))
    if len(found) != len(set(ids)):
        raise NotInThisProgram(_("This exercise is not in the program. Load the sheet again."))
    if any(row.stopped_on for row in found):
        raise ProgramEnded(_("This exercise was stopped. Prescribe it anew to go on with it."))
    return found


def _write(
    program: Program, rows: Sequence[Prescription], edit: SheetEdit, by: User, now: datetime
) -> list[DosageRevision]:
    """Checks and writes the new revisions of locked prescriptions."""
    today = today_of(program, now)
    effective_on = edit.effective_on or today + timedelta(days=1)
    require_not_past(effective_on, today)
    history = _history(rows)
    wanted = {row: _with_note(edit.changes[row.pk], edit.note_to_patient) for row in rows}
    before = {row: _held(history[row.pk], effective_on) for row in rows}
    differing = {row: dosage for row, dosage in wanted.items() if before[row] != dosage}
    if not differing:
        raise NothingChanged(
            _("Nothing differs from what holds on that day. Change a field, or close the sheet.")
        )
    require_sound(differing)
    reason = required_reason(differing, edit.reason, always=True)
    require_on_purpose(differing, before, edit.on_purpose)
    version = grown(program)
    written = DosageRevision.objects.bulk_create(
        DosageRevision(
            prescription=row,
            number=history[row.pk][-1].number + 1,
            supersedes=history[row.pk][-1],
            effective_on=effective_on,
            recorded_on=today,
            author=by,
            reason=reason,
            sheet_version=version,
            **DosageRevision.columns(dosage),
        )
        for row, dosage in differing.items()
    )
    tell(program, now)
    return written


def _with_note(dosage: Dosage, note: str) -> Dosage:
    return changed(dosage, note_to_patient=note) if note else dosage


def _history(rows: Sequence[Prescription]) -> dict[UUID, list[DosageRevision]]:
    """All revisions of each, oldest first."""
    history: dict[UUID, list[DosageRevision]] = {row.pk: [] for row in rows}
    for revision in DosageRevision.objects.filter(prescription__in=rows).order_by("number"):
        history[revision.prescription_id].append(revision)
    return history


def _held(history: Sequence[DosageRevision], day: date) -> Dosage | None:
    """What would hold on the day if nothing were written."""
    dated = [schedule.Dated(each.number, each.effective_on, each.dosage) for each in history]
    revision = schedule.in_force(dated, day)
    return revision.dosage if revision else None
