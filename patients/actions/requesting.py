"""Takes bookings that come in by themselves: holds the time, asks for the email to be confirmed, then books.

Nobody who asks needs to be known, and no answer tells whether they are: nothing is looked up by email, phone or name.
A hold takes the one path of `booking`; whoever books next sweeps it once it has run out.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from clinic import policy
from clinic.actions import linking, outbox
from clinic.actions.linking import LinkInvalid
from clinic.models import Clinic, ConsultationType, User
from clinic.rules.intervals import Span
from clinic.rules.refusals import Kind, Refusal
from patients import messages
from patients.actions import holding, limiting, locking, registering
from patients.actions.entries import WHO, Choice, Entry
from patients.actions.holding import Busy, HoldOver, NotOffered, NotServed, SlotTaken
from patients.actions.limiting import DayFull, TooManyHolds
from patients.actions.registering import PatientDetails
from patients.actions.wishing import Wish
from patients.messages.online import CONFIRM
from patients.models import AlarmingAnswer, BookingRequest, Consultation, RequestState, Source
from patients.rules import redflags
from patients.rules.redflags import Urgency

__all__ = [
    "Busy",
    "Choice",
    "DayFull",
    "EmailMissing",
    "Emergency",
    "Entry",
    "HoldOver",
    "LinkInvalid",
    "NotOffered",
    "NotServed",
    "Requested",
    "SlotTaken",
    "TooManyHolds",
    "confirm",
    "confirm_at",
    "lately",
    "opened",
    "request",
]

HELD_FOR = timedelta(minutes=15)
LINK_LASTS = timedelta(days=60)
"""The link books within the quarter of an hour; after it, it tells what holds and offers other times."""


class Emergency(Refusal):
    """An answer leads to an emergency department: there is nothing to book."""

    code = "emergency"
    kind = Kind.CONFLICT


class EmailMissing(Refusal):
    """Without an email nothing can be confirmed."""

    code = "email_missing"


@dataclass(frozen=True, kw_only=True)
class Requested:
    """The request, and until when its time is held."""

    request: BookingRequest
    held_until: datetime


def request(*, entry: Entry, now: datetime) -> Requested:
    """Holds the time for 15 minutes and posts the mail that asks for the email to be confirmed.

    The same asked twice, as by a double click, is one. Raises TooManyHolds, DayFull, Emergency, EmailMissing,
    NotOffered, NotServed, SlotTaken (without alternatives: `choosing.nearest` tells them), Busy, and for who they are
    NameMissing, BirthDateUnlikely, PhoneUnreadable.
    """
    columns = registering.columns(entry.who, now)
    if not columns["email"]:
        raise EmailMissing(_("Enter your email: the booking is confirmed by it."), field="email")
    if redflags.weigh(entry.answers) is Urgency.EMERGENCY:
        raise Emergency(_("Your answers need help now. Call the emergency number; do not wait for a visit."))
    _check_online(entry.type, entry.clinic, entry.choice.start, now)
    try:
        made = locking.settled(lambda: _request(entry, columns, now))
    except SlotTaken:
        twice = limiting.same(entry, now)
        if twice is None:
            raise
        made = twice
    return Requested(request=made, held_until=made.held_until)


def opened(*, token: str, now: datetime) -> BookingRequest:
    """The request that a mail's link is about, with its visit if it is booked. Raises LinkInvalid."""
    pk = linking.subject_of(token=token, purpose=CONFIRM, max_age=LINK_LASTS, now=now)
    return _read(BookingRequest.objects.all(), pk)


def confirm(*, token: str, now: datetime) -> Consultation:
    """The visit, booked for a new patient; asked again, the same visit as it stands now.

    Raises HoldOver once the time is held no more, LinkInvalid, Busy.
    """
    pk = linking.subject_of(token=token, purpose=CONFIRM, max_age=LINK_LASTS, now=now)
    return locking.settled(lambda: _confirm(pk, None, now))


def confirm_at(*, token: str, choice: Choice, now: datetime) -> Consultation:
    """The visit, booked at another free time with all that was typed before: the email is proven by the link.

    Raises SlotTaken, NotOffered, NotServed, LinkInvalid, Busy.
    """
    pk = linking.subject_of(token=token, purpose=CONFIRM, max_age=LINK_LASTS, now=now)
    return locking.settled(lambda: _confirm(pk, choice, now))


def lately(*, by: User, now: datetime) -> QuerySet[BookingRequest]:
    """The visits to come that were booked online at the user's clinics, the newest first, alarms apart."""
    rows = policy.visible(by, BookingRequest, "review").filter(is_alarming=False)
    coming = rows.filter(consultation__start__gt=now, consultation__status__in=messages.TO_COME)
    return coming.select_related("clinic", "type", "practitioner", "consultation__patient").order_by(
        "-made_at"
    )


def _request(entry: Entry, columns: Mapping[str, object], now: datetime) -> BookingRequest:
    twice = limiting.same(entry, now)
    if twice is not None:
        return twice
    until = now + HELD_FOR
    block, span = holding.hold_open(wish=entry.wish, until=until, now=now)
    limiting.check_share(entry, now)
    made = limiting.counted(
        entry,
        {
            "block": block,
            "clinic": entry.clinic,
            "type": entry.type,
            "practitioner": entry.choice.practitioner,
            "start": span.start,
            "end": span.end,
            "reason": entry.reason.strip(),
            "red_flags": json.dumps(dict(entry.answers)),
            "is_alarming": redflags.weigh(entry.answers) is not Urgency.NOTHING,
            "made_at": now,
            "held_until": until,
            **{name: columns[name] for name in WHO},
            **entry.digests,
        },
        now,
    )
    if entry.alarm is not None:
        AlarmingAnswer.objects.filter(pk=entry.alarm, request=None).update(request=made)
    outbox.put(*messages.posts_for_request(made, now=now), now=now)
    return made


def _check_online(kind: ConsultationType, clinic: Clinic, start: datetime, now: datetime) -> None:
    """Online, people book types that are open to it, in their notice, and no seat of a class: staff book those."""
    if not kind.online or kind.capacity != 1 or kind.archived_at or clinic.archived_at:
        raise NotServed(
            _("This cannot be booked online. Call us: %(phone)s.") % {"phone": clinic.phone}, field="type"
        )
    if start < now + timedelta(hours=kind.notice_to_book_h):
        raise NotOffered(_("This is too soon to be booked online. Choose a later time, or call us."))


def _read(rows: QuerySet[BookingRequest], pk: UUID) -> BookingRequest:
    found = rows.select_related(
        "clinic", "type", "practitioner", "block__type", "consultation__clinic", "consultation__patient",
        "consultation__practitioner", "consultation__type",
    ).filter(pk=pk).first()  # fmt: skip
    if found is None:
        raise LinkInvalid(_("This link does not work any more. Book anew, or call us."))
    return found


def _confirm(pk: UUID, choice: Choice | None, now: datetime) -> Consultation:
    # Locked first and read after it: a join in the locking query would show the visit as before the wait.
    BookingRequest.objects.select_for_update(no_key=True).filter(pk=pk).values_list("pk").first()
    row = _read(BookingRequest.objects.all(), pk)
    if row.consultation is not None:
        return row.consultation
    block, span = row.block, Span(row.start, row.end)
    if choice is not None:
        _check_online(row.type, row.clinic, choice.start, now)
        wish = Wish(type=row.type, clinic=row.clinic, practitioner=choice.practitioner, start=choice.start)
        block, span = holding.hold_open(wish=wish, until=now + HELD_FOR, now=now)
        row.practitioner = choice.practitioner
    patient = registering.enrol(details=_details(row), now=now)
    visit = holding.settle(block=block, span=span, patient=patient, source=Source.ONLINE, now=now)
    row.block, row.start, row.end = block, span.start, span.end
    row.state, row.consultation = RequestState.CONFIRMED, visit
    row.save(update_fields=["block", "practitioner", "start", "end", "state", "consultation"])
    return visit


def _details(row: BookingRequest) -> PatientDetails:
    told = {name: getattr(row, name) for name in WHO}
    return PatientDetails(clinic=row.clinic, **{**told, "phone": str(row.phone or "")})
