"""Messages about programs. They say that there is something to see; what it is stands behind the sign-in."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from clinic.messages import Kind, Link, Recipient, register
from clinic.models import OutboxMessage
from patients.messages import recipient
from programs.models import Program, ProgramStatus


def _program(row: OutboxMessage) -> Program | None:
    return Program.objects.select_related("patient", "clinic").filter(pk=row.subject_id).first()


def _of_program(program: Program) -> Recipient:
    return recipient(program.patient, program.clinic)


def _is_active(program: Program, _row: OutboxMessage, _now: datetime) -> bool:
    return program.status == ProgramStatus.ACTIVE


def _to_today(_program: Program, _row: OutboxMessage) -> Link:
    return Link(page="portal")


for _kind in ("program_ready", "dosage_changed"):
    register(
        Kind(
            name=_kind,
            label=_("News in the portal"),
            subject=_program,
            recipient=_of_program,
            still_true=_is_active,
            link=_to_today,
        )
    )
