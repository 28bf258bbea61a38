"""Owns what a booking and a move put into the post, inside the transaction that changed the visit."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from clinic.actions import outbox
from patients import messages
from patients.models import Consultation
from patients.rules.lifecycle import Status


def of_booking(visit: Consultation, *, now: datetime) -> None:
    """The confirmation, and the reminders as the clinic set them. What was due of an older version is taken back."""
    _take_back(visit, now)
    leads = visit.clinic.reminder_leads.all()
    outbox.put(*messages.posts_for_booked(visit, leads=leads, now=now), now=now)


def of_move(visit: Consultation, *, now: datetime) -> None:
    """The news of the new time, and its reminders; what was due of the old one is taken back."""
    _take_back(visit, now)
    leads = visit.clinic.reminder_leads.all()
    outbox.put(*messages.posts_for_moved(visit, leads=leads, now=now), now=now)


def by_phone(visit: Consultation, *, now: datetime) -> str:
    """What to do where no email tells the patient of a change: whom to call, or that there is no number. Else nothing.

    `visit` as it stood before it was cancelled, or after it was moved. Nobody is written to about one that has begun;
    who only held a time had nothing to lose.
    """
    patient = visit.patient
    if visit.status == Status.HELD or (patient.reads_email and visit.start > now):
        return ""
    if patient.phone:
        return _("Gets no email. Call %(phone)s.") % {"phone": patient.phone.as_national}
    return _("Gets no email, and has no phone number on record.")


def unsaid(
    visit: Consultation,
    *,
    back_to: int,
    since: datetime,
    now: datetime,
    kinds: Collection[str] = messages.ABOUT_A_VISIT,
) -> bool:
    """Whether nobody has been told of a change that is taken back: then nobody is, and what was due before it is again.

    `back_to` is the version that holds again, `since` when it was left; `kinds` told of the change.
    """
    if not outbox.unsay(subject_id=visit.pk, kinds=kinds, version=visit.version, now=now):
        return False
    outbox.put_anew(subject_id=visit.pk, kinds=messages.ABOUT_A_VISIT, version=back_to, since=since)
    return True


def _take_back(visit: Consultation, now: datetime) -> None:
    if visit.version > 1:
        outbox.supersede(subject_id=visit.pk, kinds=messages.ABOUT_A_VISIT, now=now)
