"""Messages about programs. They say that there is something to see; what it is stands behind the sign-in."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from clinic.messages import Kind, Link, Recipient, Unneeded, register
from clinic.models import OutboxMessage
from patients.messages import ask_what_waits, is_entered, is_invited_since, may_be_opened, recipient
from patients.models import Patient
from programs.models import Program, ProgramStatus


def _program(row: OutboxMessage) -> Program | None:
    return Program.objects.select_related("patient", "clinic").filter(pk=row.subject_id).first()


def _of_program(program: Program) -> Recipient:
    """Who was let into the portal."""
    told = recipient(program.patient, program.clinic)
    if not may_be_opened(program.patient):
        raise Unneeded(gettext_noop("Nobody opens this portal yet."))
    return told


def _is_news(program: Program, row: OutboxMessage, _now: datetime) -> bool:
    """While the program runs; not to who has not come yet and gets an invitation that says so: one mail is enough."""
    patient = program.patient
    is_said = not is_entered(patient) and is_invited_since(patient, row.created_at)
    return program.status == ProgramStatus.ACTIVE and not is_said


def _to_today(_program: Program, _row: OutboxMessage) -> Link:
    return Link(page="portal")


def _has_program(patient: Patient) -> bool:
    return Program.objects.filter(patient=patient, status=ProgramStatus.ACTIVE).exists()


ask_what_waits(_has_program)
for _kind in ("program_ready", "dosage_changed"):
    register(
        Kind(
            name=_kind,
            label=_("News in the portal"),
            subject=_program,
            recipient=_of_program,
            still_true=_is_news,
            link=_to_today,
        )
    )
