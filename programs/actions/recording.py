"""Takes what a patient did: a sitting once and only once, each exercise judged by the dosage that was shown."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from clinic import policy
from clinic.models import User
from clinic.policy import NotYours
from clinic.rules import wallclock
from clinic.rules.refusals import Kind, Refusal
from patients import record
from patients.models import Patient
from programs.actions import watching
from programs.actions.sitting import (
    ExerciseEntry,
    SessionEntry,
    SetEntry,
    faults,
    logged,
    scale,
    with_the_sittings,
)
from programs.models import (
    DosageRevision,
    ExerciseLog,
    LogSource,
    ProgramStatus,
    SessionLog,
    SetLog,
)
from programs.rules.adherence import log_flags
from programs.rules.dosage import Problem

__all__ = [
    "BadLog",
    "ExerciseEntry",
    "InTheFuture",
    "MayBeTheSame",
    "NotInYourProgram",
    "NotYours",
    "OutsideProgram",
    "SessionEntry",
    "SetEntry",
    "Taken",
    "TooOld",
    "add_next_morning",
    "take",
    "take_from_form",
]

CLOCKS_DIFFER = timedelta(minutes=5)
"""How far ahead of its own sending a device may place a start: clocks are set while one exercises."""
LONGEST_KEPT = timedelta(days=366)
"""How long a device may keep a log before it sends it."""


class BadLog(Refusal):
    """Numbers that cannot be; `details["problems"]` gives each its path ("exercises.0.pain"), code and message."""

    code = "log_out_of_bounds"

    def __init__(self, found: Sequence[Problem]) -> None:
        super().__init__(
            " ".join(fault.message for fault in found),
            field=found[0].field,
            details={"problems": [asdict(fault) for fault in found]},
        )


class InTheFuture(Refusal):
    """A sitting that has not begun yet."""

    code = "log_in_the_future"


class TooOld(Refusal):
    """A sitting that the device kept for more than a year."""

    code = "log_too_old"


class NotInYourProgram(Refusal):
    """A prescription, or a revision of it, that the patient does not have: the answer tells nothing of others."""

    code = "not_in_your_program"
    kind = Kind.MISSING


class OutsideProgram(Refusal):
    """A day before the program began, or after it ended."""

    code = "outside_program"
    kind = Kind.CONFLICT


class MayBeTheSame(Refusal):
    """A sitting with one of the exercises came in since the form was opened; `found` is that sitting."""

    code = "may_be_the_same"
    kind = Kind.CONFLICT

    def __init__(self, found: watching.Sent) -> None:
        super().__init__(
            _("A session was sent after you opened this form. Send this one only if you did it again."),
            details={"session": str(found.session.pk)},
        )
        self.found = found


@dataclass(frozen=True)
class Taken:
    """The sitting as it stands, and whether this call made it."""

    session: SessionLog
    created: bool


def take(
    *, patient: Patient, log: SessionEntry, by: User, source: str = LogSource.PORTAL, now: datetime
) -> Taken:
    """The sitting, stored once: sent again, also at the same moment, the first one comes back unchanged.

    1. Put the device's clock right by what it says of now. 2. Check scales and hard bounds. 3. Find prescriptions and
    revisions among the patient's own. 4. Insert; who comes second waits here and gets the first's row. An exercise
    without a pain or effort of its own is stored with that of the sitting (`sitting.with_the_sittings`).
    Raises InTheFuture, TooOld, BadLog, NotInYourProgram, OutsideProgram, NotYours.
    """
    first = SessionLog.objects.filter(patient=patient, client_uuid=log.client_uuid).first()
    if first is not None:
        _require_may_log(first, by, source)
        return Taken(first, created=False)
    started_at = _started(log, now)
    if found := list(faults(log)):
        raise BadLog(found)
    revisions = _revisions(patient, log, started_at)
    program = revisions[log.exercises[0].revision].prescription.program
    session = SessionLog(
        client_uuid=log.client_uuid,
        patient=patient,
        program=program,
        started_at=started_at,
        received_at=now,
        day=wallclock.local_day(started_at, program.clinic.zone),
        source=source,
        entered_by=by,
        **_said(log),
    )
    with transaction.atomic():
        session.patient = patient = record.current(patient)
        SessionLog.objects.bulk_create([session], ignore_conflicts=True)
        stored = SessionLog.objects.get(patient=patient, client_uuid=log.client_uuid)
        _require_may_log(stored, by, source)
        if stored.pk == session.pk:
            _add_exercises(session, with_the_sittings(log), revisions)
    return Taken(stored, created=stored.pk == session.pk)


def take_from_form(
    *, patient: Patient, log: SessionEntry, after: UUID | None, by: User, now: datetime
) -> Taken:
    """As `take`, for a page that a person fills in: asks before it takes what may be the same sitting twice.

    Two tabs, two phones, or a form that came up anew have a UUID each, so the UUID cannot tell a second sitting from
    the first one sent again; neither can the number of doses, for several sittings a day are normal. What can is
    whether the person knew: a sitting with one of these exercises that came in since the form was opened, and is not
    the one `after` which the person said to log another, is put before them, and their log stays on the page until
    they say. A device that keeps logs sends them by `take`, once each, and is never asked. Two forms at the same moment
    wait for each other at the patient's row. Raises MayBeTheSame, and what `take` raises.
    """
    opened_at = _started(log, now)
    with transaction.atomic():
        Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
        wanted = [each.prescription for each in log.exercises]
        found = watching.since(patient=patient, prescriptions=wanted, moment=opened_at)
        is_known = found is None or found.session.pk == after
        if found and not is_known and not watching.sent_as(patient=patient, client_uuid=log.client_uuid):
            raise MayBeTheSame(found)
        return take(patient=patient, log=log, by=by, now=now)


def add_next_morning(*, session: SessionLog, pain: int, by: User, now: datetime) -> SessionLog:
    """The sitting with the pain of the morning after it, 0 to 10. Raises BadLog, InTheFuture, NotYours."""
    if found := list(scale("pain_next_morning", pain)):
        raise BadLog(found)
    if wallclock.local_day(now, session.program.clinic.zone) <= session.day:
        raise InTheFuture(_("Say tomorrow morning how it is then."), field="pain_next_morning")
    with transaction.atomic():
        row = SessionLog.objects.select_for_update(no_key=True).get(pk=session.pk)
        if not policy.may(by, "log", row):
            raise NotYours(_("You may not change this log."))
        row.pain_next_morning = pain
        row.save(update_fields=["pain_next_morning"])
    return row


def _said(log: SessionEntry) -> dict[str, Any]:
    """What the patient says of the sitting; without a word on the pain during it, the worst of its exercises stands."""
    pains = [each.pain for each in log.exercises if each.pain is not None]
    return {
        "pain_before": log.pain_before,
        "pain_during": max(pains, default=None) if log.pain_during is None else log.pain_during,
        "pain_after": log.pain_after,
        "effort": log.effort,
        "feel": log.feel,
        "note": log.note,
    }


def _require_may_log(session: SessionLog, by: User, source: str) -> None:
    """A portal logs its own; paper is entered by who may adjust the program. Raises NotYours."""
    is_own = source in {LogSource.PORTAL, LogSource.EMAIL_LINK}
    allowed = policy.may(by, "log", session) if is_own else policy.may(by, "adjust", session.program)
    if not allowed:
        raise NotYours(_("You may not log for this patient."))


def _started(log: SessionEntry, now: datetime) -> datetime:
    """When it began by our clock. The device's clock counts only for how long ago that was."""
    ago = log.sent_at - log.started_at
    if ago < -CLOCKS_DIFFER:
        raise InTheFuture(_("Log what you have done, not what is to come."), field="started_at")
    if ago > LONGEST_KEPT:
        raise TooOld(
            _("This was more than a year ago. Tell your physiotherapist instead."), field="started_at"
        )
    return now - max(ago, timedelta())


def _revisions(patient: Patient, log: SessionEntry, started_at: datetime) -> dict[UUID, DosageRevision]:
    """The revisions shown, with their prescriptions and programs, all of them the patient's and begun by then."""
    rows = DosageRevision.objects.filter(
        pk__in=[each.revision for each in log.exercises], prescription__program__patient=patient
    ).select_related("prescription__program__clinic")
    found = {row.pk: row for row in rows.exclude(prescription__program__status=ProgramStatus.DRAFT)}
    for index, each in enumerate(log.exercises):
        row = found.get(each.revision)
        if row is None or row.prescription_id != each.prescription:
            raise NotInYourProgram(
                _("This exercise is not in your program. Load the program again."), field=f"exercises.{index}"
            )
        program = row.prescription.program
        day = wallclock.local_day(started_at, program.clinic.zone)
        if day < program.starts_on or (program.ends_on is not None and day > program.ends_on):
            raise OutsideProgram(
                _("The program did not run on %(day)s. Ask your physiotherapist.") % {"day": day},
                field="started_at",
                details={"day": day.isoformat()},
            )
    return found


def _add_exercises(
    session: SessionLog, entries: Sequence[ExerciseEntry], revisions: dict[UUID, DosageRevision]
) -> None:
    logs, sets = [], []
    for entry in entries:
        revision = revisions[entry.revision]
        zone = revision.prescription.program.clinic.zone
        log = ExerciseLog(
            session=session,
            prescription=revision.prescription,
            revision=revision,
            day=wallclock.local_day(session.started_at, zone),
            status=entry.status,
            reason=entry.reason,
            pain=entry.pain,
            effort=entry.effort,
            note=entry.note,
            too_much=bool(log_flags(revision.dosage, logged(entry.sets))),
        )
        logs.append(log)
        sets += [SetLog(exercise_log=log, **asdict(each)) for each in entry.sets]
    ExerciseLog.objects.bulk_create(logs)
    SetLog.objects.bulk_create(sets)
