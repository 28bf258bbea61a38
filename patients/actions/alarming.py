"""Keeps answers that alarm from the moment they are given, and lets a clinician sign them off: none is dropped.

Whoever answers so may close the page at once, or correct the answer; the row stays until somebody has looked at it.
Who goes on to ask for a time is looked at as that request, with all that they typed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from clinic import policy
from clinic.models import Clinic, Practitioner, User
from clinic.rules.refusals import Kind, Refusal
from patients.actions import registering
from patients.models import AlarmingAnswer, BookingRequest, SignedOff
from patients.rules import redflags
from patients.rules.redflags import Answer, Urgency

__all__ = [
    "Contact",
    "DoneMissing",
    "NothingNoted",
    "answers_of",
    "leave_contact",
    "left",
    "note",
    "noted",
    "requests",
    "review",
    "waiting",
]


class DoneMissing(Refusal):
    """A sign-off says what was done, else nobody can judge it later."""

    code = "done_missing"


class NothingNoted(Refusal):
    """There is no answer of theirs to which a number could be left."""

    code = "nothing_noted"
    kind = Kind.MISSING


@dataclass(frozen=True, kw_only=True)
class Contact:
    """How somebody may be called back, and by which clinic."""

    name: str
    phone: str
    clinic: Clinic


def note(
    *, answers: Mapping[str, Answer], reason: str, before: UUID | None, now: datetime
) -> AlarmingAnswer | None:
    """The row for answers that alarm; None for calm ones. `before` is what the same visitor was noted for.

    The same answers sent twice are one row. Other answers make a new row, and the old one stays, marked as corrected.
    """
    urgency = redflags.weigh(answers)
    told = json.dumps(dict(answers))
    with transaction.atomic():
        old = _of(AlarmingAnswer.objects.select_for_update(no_key=True), before)
        if old is not None and old.red_flags == told:
            old.reason = reason.strip()
            old.save(update_fields=["reason"])
            return old
        if old is not None and old.corrected_at is None:
            old.corrected_at = now
            old.save(update_fields=["corrected_at"])
        if urgency is Urgency.NOTHING:
            return None
        clinics = list(Clinic.objects.filter(archived_at=None)[:2])
        return AlarmingAnswer.objects.create(
            clinic=clinics[0] if len(clinics) == 1 else None,
            reason=reason.strip(),
            red_flags=told,
            is_emergency=urgency is Urgency.EMERGENCY,
            name=old.name if old else "",
            phone=old.phone if old else "",
            made_at=now,
        )


def noted(*, pk: UUID | None) -> AlarmingAnswer | None:
    """What the visitor was noted for, where it has not become a request."""
    return _of(AlarmingAnswer.objects.select_related("clinic"), pk)


def leave_contact(*, alarm: UUID | None, contact: Contact) -> AlarmingAnswer:
    """The noted answer with a way to call back. Raises NothingNoted, PhoneUnreadable."""
    phone = registering.readable_phone(contact.phone, contact.clinic)
    with transaction.atomic():
        row = _of(AlarmingAnswer.objects.select_for_update(no_key=True), alarm)
        if row is None:
            raise NothingNoted(_("Answer the questions again, then leave your number. Or call us."))
        row.name, row.phone, row.clinic = " ".join(contact.name.split()), phone, contact.clinic
        row.save(update_fields=["name", "phone", "clinic"])
    return row


def review(*, row: AlarmingAnswer | BookingRequest, done: str, by: User, now: datetime) -> SignedOff:
    """The row, signed off by a clinician, with what was done; who was first stays.

    Raises DoneMissing, Hidden, NotYours.
    """
    done = done.strip()
    if not done:
        raise DoneMissing(_("Say what was done: called, reached nobody, sent on."), field="done")
    with transaction.atomic():
        rows: QuerySet[SignedOff] = type(row)._default_manager.select_for_update(no_key=True, of=("self",))
        fresh = policy.fetch(by, "review", rows, pk=row.pk)
        if fresh.reviewed_at is None:
            fresh.reviewed_at, fresh.reviewed_by = now, Practitioner.objects.filter(user=by).first()
            fresh.done = done
            fresh.save(update_fields=["reviewed_at", "reviewed_by", "done"])
    return fresh


def requests(*, by: User) -> QuerySet[BookingRequest]:
    """The alarming requests that the user may look at, booked or not, the newest first."""
    rows = policy.visible(by, BookingRequest, "review").filter(is_alarming=True)
    return rows.select_related(
        "clinic", "type", "practitioner", "consultation__patient", "reviewed_by", "alarm"
    ).order_by("-made_at")


def left(*, by: User) -> QuerySet[AlarmingAnswer]:
    """The alarming answers after which nobody asked for a time, the newest first."""
    rows = policy.visible(by, AlarmingAnswer, "review").filter(request=None)
    return rows.select_related("clinic", "reviewed_by").order_by("-made_at")


def waiting(by: User) -> int:
    """How many of both no clinician has signed off yet. One query."""
    asked = policy.visible(by, BookingRequest, "review").filter(is_alarming=True, reviewed_at=None)
    gone = policy.visible(by, AlarmingAnswer, "review").filter(request=None, reviewed_at=None)
    return asked.values("pk").union(gone.values("pk")).count()


def answers_of(row: AlarmingAnswer | BookingRequest) -> dict[str, Answer]:
    """What was answered, by the keys of redflags.QUESTIONS."""
    return {key: Answer(said) for key, said in json.loads(row.red_flags or "{}").items()}


def _of(rows: QuerySet[AlarmingAnswer], pk: UUID | None) -> AlarmingAnswer | None:
    return rows.filter(pk=pk, request=None).first() if pk is not None else None
