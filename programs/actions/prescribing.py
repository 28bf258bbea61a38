"""Opens programs, puts exercises into them, and takes a program through its life: draft, active, paused, ended."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic import policy
from clinic.actions import outbox
from clinic.models import Clinic, Practitioner, User
from clinic.policy import NotYours
from clinic.rules import wallclock
from clinic.rules.refusals import Kind, Refusal
from patients import record
from patients.models import EpisodeOfCare, Patient
from programs.actions import changing
from programs.actions.changing import ON_PURPOSE, grown, locked, tell, today_of
from programs.models import DosageRevision, Exercise, Pause, Prescription, Program, ProgramStatus, Template
from programs.rules.dosage import Dosage, from_mapping

__all__ = [
    "BadPeriod",
    "ExerciseRetired",
    "Line",
    "NoExercises",
    "NotTheirEpisode",
    "NotYours",
    "Plan",
    "WrongStatus",
    "activate",
    "end",
    "from_template",
    "open_program",
    "pause",
    "prescribe",
    "resume",
    "stop",
]

READY_WITHIN = timedelta(days=7)
"""After a week without a way to send it, "your program is ready" is no news."""


class NoExercises(Refusal):
    """A program that would show the patient an empty page."""

    code = "program_without_exercises"


class WrongStatus(Refusal):
    """A step that does not follow from where the program stands."""

    code = "wrong_status"
    kind = Kind.CONFLICT


class NotTheirEpisode(Refusal):
    """An episode of another patient, or one that is over."""

    code = "not_their_episode"


class BadPeriod(Refusal):
    """A program that would be over before it starts, or is over already."""

    code = "ends_before_it_starts"


class ExerciseRetired(Refusal):
    """An exercise that is not prescribed any more."""

    code = "exercise_retired"
    kind = Kind.CONFLICT


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a new program is: whose, in which episode, where, by whom, what for and when."""

    patient: Patient
    episode: EpisodeOfCare
    clinic: Clinic
    physiotherapist: Practitioner
    title: str
    goal: str = ""
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """One exercise to prescribe. Without a dosage its starting one, without a limit of pain the clinic's, without a
    position last, without a day once the program runs. Outside the usual: a reason, the fields in `on_purpose`."""

    exercise: Exercise
    dosage: Dosage | None = None
    position: int | None = None
    effective_on: date | None = None
    reason: str = ""
    on_purpose: Collection[str] = ()


def open_program(*, plan: Plan, by: User, now: datetime) -> Program:
    """A new program as a draft. Raises BadPeriod, NotTheirEpisode, NotYours."""
    earliest = max(plan.starts_on, wallclock.local_day(now, plan.clinic.zone))
    if plan.ends_on is not None and plan.ends_on < earliest:
        day = date_format(earliest, "D j M Y")
        raise BadPeriod(_("Let the program end on %(day)s or later.") % {"day": day}, field="ends_on")
    if plan.episode.patient_id != plan.patient.pk or plan.episode.discharged_on is not None:
        raise NotTheirEpisode(_("Choose an open episode of this patient."), field="episode")
    with transaction.atomic():
        program = Program.objects.create(
            patient=record.current(plan.patient),
            episode=plan.episode,
            clinic=plan.clinic,
            physiotherapist=plan.physiotherapist,
            title=plan.title,
            goal=plan.goal,
            starts_on=plan.starts_on,
            ends_on=plan.ends_on,
        )
        if not policy.may(by, "add", program):  # asked of the row itself, so that policy alone knows the rule
            raise NotYours(_("You may not open a program at this clinic. Ask one of its physiotherapists."))
    return program


def prescribe(*, program: Program, line: Line, by: User, now: datetime) -> Prescription:
    """The exercise as a prescription with its revision 1; others make room at its position.

    Raises NotYours, ProgramEnded, ExerciseRetired, OutOfBounds, ReasonMissing, NotOnPurpose, InThePast.
    """
    with transaction.atomic():
        held = locked(program.pk, by=by)
        return _add(held, [line], by, now)[0]


def from_template(*, program: Program, template: Template, by: User, now: datetime) -> list[Prescription]:
    """The template's exercises with its dosages, after those that the program has; all of them or none.

    Raises what `prescribe` raises.
    """
    with transaction.atomic():
        held = locked(program.pk, by=by)
        items = template.items.select_related("exercise").order_by("position")
        lines = [
            Line(
                exercise=item.exercise,
                dosage=from_mapping(item.dosage),
                reason=str(template),
                on_purpose=ON_PURPOSE,
            )
            for item in items
        ]
        return _add(held, lines, by, now)


def stop(*, prescription: Prescription, by: User, now: datetime) -> Prescription:
    """The prescription, not due from today on; its history and logs stay. Stopping twice changes nothing."""
    with transaction.atomic():
        program = locked(prescription.program_id, by=by)
        row = program.prescriptions.select_for_update(no_key=True).get(pk=prescription.pk)
        if row.stopped_on is None:
            row.stopped_on = today_of(program, now)
            row.save(update_fields=["stopped_on"])
            grown(program)
            tell(program, now)
    return row


def activate(*, program: Program, by: User, now: datetime) -> Program:
    """The draft, now active: its patient sees it from its first day on and is told by mail.

    Raises NotYours, WrongStatus, NoExercises.
    """
    with transaction.atomic():
        held = _in_status(program, [ProgramStatus.DRAFT], by)
        if not held.prescriptions.filter(stopped_on=None).exists():
            raise NoExercises(_("This program has no exercises yet. Add one, or apply a template."))
        post = outbox.Post(
            kind="program_ready",
            subject_id=held.pk,
            person_id=held.patient_id,
            due_at=now,
            useful_until=now + READY_WITHIN,
        )
        outbox.put(post, now=now)
        return _become(held, ProgramStatus.ACTIVE)


def pause(*, program: Program, by: User, now: datetime) -> Program:
    """The active program, paused: nothing is due from today on. Raises NotYours, WrongStatus."""
    with transaction.atomic():
        held = _in_status(program, [ProgramStatus.ACTIVE], by)
        Pause.objects.create(program=held, first=today_of(held, now))
        return _become(held, ProgramStatus.PAUSED)


def resume(*, program: Program, by: User, now: datetime) -> Program:
    """The paused program, active again: due from today on. Raises NotYours, WrongStatus."""
    with transaction.atomic():
        held = _in_status(program, [ProgramStatus.PAUSED], by)
        _close_pause(held, today_of(held, now) - timedelta(days=1))
        return _become(held, ProgramStatus.ACTIVE)


def end(*, program: Program, by: User, now: datetime) -> Program:
    """The program, over: today is its last day, unless it had ended before or was to start later.

    What the patient did until then can still be logged. Raises NotYours, ProgramEnded.
    """
    with transaction.atomic():
        held = _in_status(program, [ProgramStatus.DRAFT, ProgramStatus.ACTIVE, ProgramStatus.PAUSED], by)
        today = today_of(held, now)
        _close_pause(held, today)
        held.ends_on = max(held.starts_on, min(today, held.ends_on or today))
        held.save(update_fields=["ends_on"])
        return _become(held, ProgramStatus.ENDED)


def _add(program: Program, lines: Sequence[Line], by: User, now: datetime) -> list[Prescription]:
    """Writes prescriptions and their first revisions into a locked program."""
    today = today_of(program, now)
    version = grown(program)
    rows = []
    for line in lines:
        if line.exercise.retired_at is not None:
            raise ExerciseRetired(
                _("%(name)s is retired. Choose another exercise.") % {"name": line.exercise}
            )
        effective_on = line.effective_on or max(program.starts_on, today)
        changing.require_not_past(effective_on, today)
        row = Prescription(program=program, exercise=line.exercise, position=_place(program, line.position))
        wanted = {row: line.dosage or from_mapping(line.exercise.starting)}
        changing.require_sound(wanted)
        reason = changing.required_reason(wanted, line.reason, always=False)
        if line.dosage is not None:  # the starting one is the library's word, not a slip of the finger
            changing.require_on_purpose(wanted, {}, {row.pk: line.on_purpose})
        row.save(force_insert=True)
        DosageRevision.objects.create(
            prescription=row,
            number=1,
            effective_on=effective_on,
            recorded_on=today,
            author=by,
            reason=reason,
            sheet_version=version,
            **DosageRevision.columns(changing.limited(wanted[row], program)),
        )
        rows.append(row)
    tell(program, now)
    return rows


def _place(program: Program, wanted: int | None) -> int:
    """A free position: the one wanted, from which the others move down by one, or the one after the last."""
    living = program.prescriptions.filter(stopped_on=None)
    last: int = living.aggregate(last=Max("position"))["last"] or 0
    if wanted is None or wanted > last:
        return last + 1
    place = max(1, wanted)
    if living.filter(position=place).exists():
        for row in living.filter(position__gte=place).order_by("-position"):
            row.position += 1
            row.save(update_fields=["position"])
    return place


def _in_status(program: Program, allowed: Sequence[ProgramStatus], by: User) -> Program:
    held = locked(program.pk, by=by)
    if held.status not in allowed:
        stands = held.get_status_display()
        raise WrongStatus(
            _("The program is %(status)s, so this cannot be done. Load it again.") % {"status": stands}
        )
    return held


def _become(program: Program, status: ProgramStatus) -> Program:
    program.status = status
    program.save(update_fields=["status"])
    grown(program)
    return program


def _close_pause(program: Program, last: date) -> None:
    """Ends the open pause, if any; one that would end before it began never was."""
    open_pause = program.pauses.filter(last=None).first()
    if open_pause is None:
        return
    if last < open_pause.first:
        open_pause.delete()
    else:
        open_pause.last = last
        open_pause.save(update_fields=["last"])
