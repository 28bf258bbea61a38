"""Messages about visits, and which of them a booking, a move or a cancellation asks for.

No subject names a condition or a treatment, nor a full name: it stands on a locked screen. Posts are put for every
patient; whether somebody can and wants to be written to is asked at the moment of sending, for it may change.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, gettext_noop, override
from django.utils.translation import gettext_lazy as _

from clinic.messages import Kind, Link, Post, Recipient, Unneeded, register, spoken
from clinic.models import Clinic, OutboxMessage, ReminderLead
from clinic.rules import ics, wallclock
from patients.messages.links import to_answer
from patients.models import Consultation, Patient, PortalAccess
from patients.rules.lifecycle import Status

ABOUT_A_VISIT = ("booked", "moved", "cancelled", "reminder", "choose_again")
"""What a move or a cancellation supersedes."""
TO_COME = (Status.BOOKED, Status.CONFIRMED)


def posts_for_booked(
    consultation: Consultation, *, leads: Iterable[ReminderLead], now: datetime
) -> list[Post]:
    """The confirmation, now, and a reminder for each lead that is not past; none for a visit that has begun."""
    return _posts("booked", consultation, leads, now)


def posts_for_moved(
    consultation: Consultation, *, leads: Iterable[ReminderLead], now: datetime
) -> list[Post]:
    """The news of the move, now, and the reminders of the new time. Supersede ABOUT_A_VISIT first."""
    return _posts("moved", consultation, leads, now)


def posts_for_cancelled(consultation: Consultation, *, now: datetime) -> list[Post]:
    """The cancellation, now; none for a visit that has begun. Supersede ABOUT_A_VISIT first."""
    return [_post("cancelled", consultation, now)] if consultation.start > now else []


def _posts(kind: str, visit: Consultation, leads: Iterable[ReminderLead], now: datetime) -> list[Post]:
    if visit.start <= now:
        return []
    due = {_named(lead): _reminder_due(visit, lead, now) for lead in leads}
    reminders = (_post("reminder", visit, at, occurrence=lead) for lead, at in due.items() if at)
    return [_post(kind, visit, now), *reminders]


def _post(kind: str, visit: Consultation, due_at: datetime, *, occurrence: str = "") -> Post:
    return Post(
        kind=kind,
        subject_id=visit.pk,
        person_id=visit.patient_id,
        due_at=due_at,
        useful_until=visit.start,
        occurrence=occurrence,
        version=visit.version,
    )


def _reminder_due(visit: Consultation, lead: ReminderLead, now: datetime) -> datetime | None:
    clinic = visit.clinic
    return wallclock.reminder_due(
        visit.start,
        before=wallclock.Lead(days=lead.days or 0, at=lead.at, hours=lead.hours or 0),
        booked_at=now,
        quiet_hours=(clinic.quiet_from, clinic.quiet_to),
        zone=clinic.zone,
    )


def _named(lead: ReminderLead) -> str:
    if lead.hours:
        return f"lead:{lead.hours}h"
    return f"lead:{lead.days}d@{lead.at:%H:%M}" if lead.at else f"lead:{lead.days}d"


def recipient(patient: Patient, clinic: Clinic) -> Recipient:
    """How to write to a patient on behalf of a clinic; raises Unneeded, with the reason, where nobody may."""
    _require_current(patient)
    if not patient.reads_email:
        raise Unneeded(
            gettext_noop("The patient wants no emails.")
            if patient.email
            else gettext_noop("The patient has no email address.")
        )
    return Recipient(email=patient.email, name=patient.given_name, language=patient.language, clinic=clinic)


def _require_current(patient: Patient) -> None:
    if patient.deceased_on:
        raise Unneeded(gettext_noop("The patient has died."))
    if patient.archived_at or patient.merged_into_id:
        raise Unneeded(gettext_noop("The record is closed."))


def visit_of(row: OutboxMessage) -> Consultation | None:
    """The visit of a row, with all that a message says, in one query."""
    return (
        Consultation.objects.select_related("patient", "clinic", "practitioner", "type")
        .filter(pk=row.subject_id)
        .first()
    )


def of_visit(visit: Consultation) -> Recipient:
    """Its patient, on behalf of its clinic; raises Unneeded as `recipient` does."""
    return recipient(visit.patient, visit.clinic)


def is_to_come(visit: Consultation, row: OutboxMessage, now: datetime) -> bool:
    """Whether it still stands where the row says."""
    return visit.status in TO_COME and visit.version == row.version and visit.start > now


def _is_sure(visit: Consultation, row: OutboxMessage, now: datetime) -> bool:
    """Nobody is reminded of a time for which they were asked to choose another."""
    return visit.asked_to_move_at is None and is_to_come(visit, row, now)


def _is_cancelled(visit: Consultation, _row: OutboxMessage, now: datetime) -> bool:
    return visit.status == Status.CANCELLED and visit.start > now


def about(visit: Consultation, _row: OutboxMessage) -> Mapping[str, Any]:
    """When it is and with whom."""
    return {"start": visit.start, "end": visit.end, "practitioner": visit.practitioner.name}


def _to_visits(_visit: Consultation, _row: OutboxMessage) -> Link:
    return Link(page="portal_visits")


def calendar(visit: Consultation, *, now: datetime) -> bytes:
    """The visit as an iCalendar file, UTF-8, written now: the same event as in the mails."""
    return ics.event(_entry(visit, now))


def _entry(visit: Consultation, stamp: datetime) -> ics.Event:
    """The visit for a calendar: a stable uid from its id, the sequence from its version, in the patient's language.

    A cancellation counts as a change of its own. The summary names the clinic, never a treatment.
    """
    clinic, cancelled = visit.clinic, visit.status == Status.CANCELLED
    with override(spoken(visit.patient.language)):
        summary = gettext("Appointment at %(clinic)s") % {"clinic": clinic.name}
        description = gettext("With %(practitioner)s. Telephone: %(phone)s") % {
            "practitioner": visit.practitioner.name,
            "phone": clinic.phone,
        }
    return ics.Event(
        uid=str(visit.pk),
        sequence=visit.version - 1 + cancelled,
        start=visit.start,
        end=visit.end,
        zone=clinic.zone,
        summary=summary,
        location=f"{clinic.name}, {clinic.address}",
        description=description,
        organizer_name=clinic.name,
        organizer_email=clinic.email,
        attendee_email=visit.patient.email,
        cancelled=cancelled,
        stamp=stamp,
    )


def _event(visit: Consultation, _row: OutboxMessage) -> ics.Event:
    return _entry(visit, visit.status_at)


_WAITING: list[Callable[[Patient], bool]] = []


def ask_what_waits(ask: Callable[[Patient], bool]) -> None:
    """Lets an app above say whether something waits in a patient's portal; an invitation then says that it does."""
    _WAITING.append(ask)


def is_entered(patient: Patient) -> bool:
    """Whether somebody who may open the patient's portal has ever signed in. One query."""
    accesses = PortalAccess.objects.filter(patient=patient, ended_at=None, user__is_active=True)
    return accesses.exclude(user__last_login=None).exists()


def may_be_opened(patient: Patient) -> bool:
    """Whether somebody was let into the patient's portal, though perhaps has not come yet. One query."""
    return PortalAccess.objects.filter(patient=patient, ended_at=None, user__is_active=True).exists()


def is_invited_since(patient: Patient, moment: datetime) -> bool:
    """Whether an invitation to the patient's portal was put into the post after that moment. One query."""
    mails = OutboxMessage.objects.filter(person_id=patient.pk, kind="invitation")
    return mails.filter(created_at__gt=moment).exists()


def _access(row: OutboxMessage) -> PortalAccess | None:
    return PortalAccess.objects.select_related("patient__clinic", "user").filter(pk=row.subject_id).first()


def _of_access(access: PortalAccess) -> Recipient:
    """The account that the link opens, whatever address the record has by now. It was asked for: it is no news."""
    patient = access.patient
    _require_current(patient)
    return Recipient(
        email=access.user.email, name=patient.given_name, language=patient.language, clinic=patient.clinic
    )


def _is_open(access: PortalAccess, _row: OutboxMessage, _now: datetime) -> bool:
    return access.ended_at is None and access.user.is_active


def _of_what_waits(access: PortalAccess, _row: OutboxMessage) -> Mapping[str, Any]:
    return {"something_waits": any(ask(access.patient) for ask in _WAITING)}


def _to_welcome(access: PortalAccess, _row: OutboxMessage) -> Link:
    return Link(page="portal_welcome", purpose="portal-invitation", subject=access.pk)


for _kind, _label, _holds in (
    ("booked", _("Confirmation of a visit"), is_to_come),
    ("moved", _("News of a moved visit"), is_to_come),
    ("reminder", _("Reminder of a visit"), _is_sure),
    ("cancelled", _("News of a cancelled visit"), _is_cancelled),
):
    register(
        Kind(
            name=_kind,
            label=_label,
            subject=visit_of,
            recipient=of_visit,
            still_true=_holds,
            context=about,
            link=_to_visits,
            links=to_answer,
            event=_event,
        )
    )
register(
    Kind(
        name="invitation",
        label=_("Invitation to the portal"),
        subject=_access,
        recipient=_of_access,
        still_true=_is_open,
        context=_of_what_waits,
        link=_to_welcome,
    )
)
