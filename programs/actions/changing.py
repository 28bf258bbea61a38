"""What every change of a program passes: its lock, the right to it, the checks of a dosage, its version, its mail."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic import policy
from clinic.actions import outbox
from clinic.models import User
from clinic.policy import NotYours
from clinic.rules import wallclock
from clinic.rules.refusals import Kind, Refusal
from programs import wording
from programs.models import DosageRevision, Exercise, Prescription, Program, ProgramStatus
from programs.rules.dosage import FIELDS, Dosage, OutOfBounds, Problem, changed, changes, problems, warnings

TOLD_WITHIN = timedelta(days=3)
"""A mail about a new dosage that could not go out for this long says nothing new any more."""

ON_PURPOSE = frozenset(FIELDS)
"""All that a dosage holds is meant: for who gives a reason with each call, and for what was prescribed before."""

Wanted = Mapping[Prescription, Dosage]


class ReasonMissing(Refusal):
    """A change without a reason, or a dosage outside the usual without one; `details["warnings"]` lists which."""

    code = "reason_missing"


class NotOnPurpose(Refusal):
    """A field newly outside the usual, and nobody said that it is meant; `details["warnings"]` lists which."""

    code = "not_on_purpose"


class ReasonTooLong(Refusal):
    """A reason that does not fit beside its revision."""

    code = "reason_too_long"


class InThePast(Refusal):
    """A dosage that would hold from a day that is over."""

    code = "effective_in_the_past"


class ProgramEnded(Refusal):
    """The program, or this exercise in it, is over."""

    code = "program_ended"
    kind = Kind.CONFLICT


class ChangedMeanwhile(Refusal):
    """Somebody saved first. `details`: `by`, `changes` in words, and the `number` or `version` that stands now."""

    code = "changed_meanwhile"
    kind = Kind.CONFLICT


def today_of(program: Program, now: datetime) -> date:
    """The date in the zone of the program's clinic."""
    return wallclock.local_day(now, program.clinic.zone)


def ranges(exercise: Exercise) -> dict[str, tuple[float, float]]:
    """The exercise's recommended ranges without their sources, as `dosage.warnings` takes them."""
    return {field: (low, high) for field, (low, high, *_source) in exercise.recommended.items()}


def locked(program_id: UUID, *, by: User) -> Program:
    """The program, locked until the end of the transaction, with its clinic.

    One lock a program, so that two saves follow each other and none waits in a circle. Raises NotYours, ProgramEnded.
    """
    rows = Program.objects.select_related("clinic").select_for_update(no_key=True, of=("self",))
    program = rows.get(pk=program_id)
    if not policy.may(by, "adjust", program):
        raise NotYours(_("You may not change this program. Ask its physiotherapist."))
    if program.status == ProgramStatus.ENDED:
        raise ProgramEnded(_("This program has ended. Open a new one to prescribe."))
    return program


def grown(program: Program) -> int:
    """Makes the locked program's version one more, and returns it."""
    program.version += 1
    program.save(update_fields=["version"])
    return program.version


def tell(program: Program, now: datetime) -> None:
    """Puts the mail about a changed dosage into the outbox: one a program and day, and none before it is active."""
    if program.status == ProgramStatus.ACTIVE:
        post = outbox.Post(
            kind="dosage_changed",
            subject_id=program.pk,
            person_id=program.patient_id,
            occurrence=today_of(program, now).isoformat(),
            due_at=now,
            useful_until=now + TOLD_WITHIN,
        )
        outbox.put(post, now=now)


def require_sound(wanted: Wanted) -> None:
    """Lets dosages without hard faults pass. Raises OutOfBounds; each of its problems names its prescription."""
    faults = [(row, fault) for row, dosage in wanted.items() for fault in problems(dosage)]
    if faults:
        refusal = OutOfBounds(*(fault for _row, fault in faults))
        refusal.details = {"problems": _named(faults)}
        raise refusal


def required_reason(wanted: Wanted, reason: str, *, always: bool) -> str:
    """The reason, tidied. It may be empty where it is not always asked for and every dosage is a usual one.

    Raises ReasonMissing, ReasonTooLong.
    """
    tidy = " ".join(reason.replace("\x00", "").split())
    unusual = [
        (row, warning) for row, dosage in wanted.items() for warning in warnings(dosage, ranges(row.exercise))
    ]
    if not tidy and (always or unusual):
        outside = " ".join(warning.message for _row, warning in unusual)
        sentence = (
            _("%(what)s Give a reason to go outside.") % {"what": outside}
            if unusual
            else _("Say why, in a few words: it is kept with the change.")
        )
        raise ReasonMissing(sentence, field="reason", details={"warnings": _named(unusual)})
    longest = DosageRevision._meta.get_field("reason").max_length or 0
    if len(tidy) > longest:
        raise ReasonTooLong(_("Shorten the reason to %(n)s characters.") % {"n": longest}, field="reason")
    return tidy


def newly_outside(dosage: Dosage, before: Dosage | None, exercise: Exercise) -> tuple[Problem, ...]:
    """What of the dosage lies outside the usual and did not with this value before."""
    recommended = ranges(exercise)
    stood = {problem.field for problem in warnings(before, recommended)} if before else set()
    return tuple(
        problem
        for problem in warnings(dosage, recommended)
        if problem.field not in stood or getattr(dosage, problem.field) != getattr(before, problem.field)
    )


def require_on_purpose(
    wanted: Wanted, before: Mapping[Prescription, Dosage | None], meant: Mapping[UUID, Collection[str]]
) -> None:
    """Lets pass what lies outside the usual where it did before, or is said to be meant: `meant` names fields.

    A slip of the finger and a deliberate dose look the same, so the second is said. Raises NotOnPurpose.
    """
    unsaid = [
        (row, problem)
        for row, dosage in wanted.items()
        for problem in newly_outside(dosage, before.get(row), row.exercise)
        if problem.field not in meant.get(row.pk, ())
    ]
    if unsaid:
        raise NotOnPurpose(
            _("Say that you prescribe it on purpose, or change it. %(what)s")
            % {"what": " ".join(problem.message for _row, problem in unsaid)},
            field=unsaid[0][1].field,
            details={"warnings": _named(unsaid)},
        )


def limited(dosage: Dosage, program: Program) -> Dosage:
    """The dosage with the clinic's limit of pain where it has none of its own: nobody exercises without one."""
    if dosage.pain_ceiling is not None:
        return dosage
    return changed(dosage, pain_ceiling=program.clinic.pain_ceiling)


def require_not_past(effective_on: date, today: date) -> None:
    """Lets a day from today on pass. Raises InThePast."""
    if effective_on < today:
        raise InThePast(
            _("A dosage cannot hold from a day that is over. Choose %(today)s or a later day.")
            % {"today": date_format(today, "D j M")},
            field="effective_on",
            details={"today": today.isoformat()},
        )


def _named(found: list[tuple[Prescription, Problem]]) -> list[dict[str, str]]:
    return [asdict(problem) | {"prescription": str(row.pk)} for row, problem in found]


def require_newest(prescription: Prescription, expected_number: int | None) -> None:
    """Raises ChangedMeanwhile where revisions stand that the editor has not seen."""
    newer = prescription.revisions.select_related("author", "supersedes", "prescription__exercise")
    unseen = list(newer.filter(number__gt=expected_number).order_by("number")) if expected_number else []
    if unseen:
        raise _meanwhile(unseen, number=unseen[-1].number)


def require_version(program: Program, expected_version: int | None) -> None:
    """Raises ChangedMeanwhile where the sheet was saved since the editor loaded it."""
    if expected_version is None or expected_version == program.version:
        return
    newer = DosageRevision.objects.filter(
        prescription__program=program, sheet_version__gt=expected_version
    ).select_related("author", "supersedes", "prescription__exercise")
    unseen = list(newer.order_by("sheet_version", "prescription__position"))
    raise _meanwhile(unseen, version=program.version)


def _meanwhile(newer: Sequence[DosageRevision], **stands: int) -> ChangedMeanwhile:
    """The refusal that says what others changed since, in words. `stands` is the number or version to save on."""
    words = [word for each in newer for word in _changed_words(each)]
    names = ", ".join(dict.fromkeys(str(each.author) for each in newer)) or _("Somebody")
    what = "; ".join(words) or _("the exercises of the program")
    sentence = _(
        "%(who)s saved first and changed: %(what)s. Nothing of yours is lost: look at it and save again."
    )
    details = {"by": names, "changes": words, **stands}
    return ChangedMeanwhile(sentence % {"who": names, "what": what}, details=details)


def _changed_words(revision: DosageRevision) -> list[str]:
    """What a revision changed against the one before it, each with the name of its exercise."""
    exercise, before = revision.prescription.exercise, revision.supersedes
    if before is None:
        return [f"{exercise}: {wording.dosage(revision.dosage)}"]
    return [f"{exercise}: {wording.change(each)}" for each in changes(before.dosage, revision.dosage)]
