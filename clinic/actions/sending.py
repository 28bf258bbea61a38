"""Sends what is due: leases rows, asks each whether it still holds, sends it, and writes down what became of it.

The order is what makes it safe (docs/adr/004). A row is leased; it is asked and marked as begun in a short
transaction; the mail goes out with no transaction open; the outcome is written where the lease is still ours. Who
dies before the mark leaves a row that another worker takes. Who dies after it leaves an outcome that nobody knows:
such a row is tried once more under the same Message-ID while there is time for it, else it is for the desk.
"""

import logging
from datetime import datetime, timedelta
from email.utils import parseaddr
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.urls import reverse
from django.utils import timezone, translation

from clinic.actions import leasing, linking
from clinic.actions.leasing import BATCH, LEASE, Clock, Lease
from clinic.channels import email
from clinic.messages import Link, Message, Unneeded, kind_of, names, spoken
from clinic.models import Channel, Organisation, OutboxMessage, State
from clinic.rules import ics

WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720))
"""Between tries, so that there are at most eight (assurance RM-04)."""
LONGEST_WAIT = WAITS[-1] * 5 / 4
TIME_FOR_ANOTHER = timedelta(hours=2)
BY_THE_ROW = (LookupError, TypeError, AttributeError, ValueError, TemplateSyntaxError, TemplateDoesNotExist)
"""What a row's own content may set off while it is written out. Faults of the database or the machine fly."""

logger = logging.getLogger(__name__)


def send_batch(*, clock: Clock) -> bool:
    """Sends up to 50 due messages; True where there may be more to send at once.

    The clock is asked for each row, for a batch may take minutes. Where the server cannot be reached, the rest of
    the batch is given back untried.
    """
    lease = _take(clock())
    renewed_at = clock()
    with email.Line() as line:
        for row_id in lease.rows:
            if clock() - renewed_at > LEASE / 2:
                renewed_at = clock()
                leasing.held(lease.token).update(lease_until=renewed_at + LEASE)
            if not _send(row_id, lease.token, line, clock):
                leasing.give_back(lease.token)
                return False
    return len(lease.rows) == BATCH


def _take(now: datetime) -> Lease:
    """Leases what is due; rows whose last holder died in the middle are judged instead."""
    due = OutboxMessage.objects.sendable(now).filter(channel=Channel.EMAIL, kind__in=names())
    stopped = "The worker stopped in the middle."
    return leasing.take(due, now, judge=lambda row: _unanswered(row, stopped, now))


def _send(row_id: UUID, token: UUID, line: email.Line, clock: Clock) -> bool:
    """Sends one row; False where the mail server cannot be reached."""
    begun = _begin(row_id, token, clock())
    if begun is None:
        return True
    row, letter = begun
    try:
        line.send(letter)
    except email.Unanswered as outcome:
        _unanswered(row, str(outcome), clock())
    except email.Later as outcome:
        _later(row, str(outcome), clock())
        return not isinstance(outcome, email.NoLine)
    except email.Refused as outcome:
        leasing.close(row, State.FAILED, str(outcome))
    else:
        leasing.close(row, State.SENT, "", sent_at=clock())
    return True


def _begin(row_id: UUID, token: UUID, now: datetime) -> tuple[OutboxMessage, email.Letter] | None:
    """The row, marked as begun, and its letter; None where it is not ours any more or not to be sent."""
    with transaction.atomic():
        row = leasing.held(token).filter(pk=row_id, lease_until__gt=now).select_for_update().first()
        if row is None:
            return None
        if row.useful_until < now:
            leasing.close(row, State.FAILED, "It was too late to send it.")
            return None
        row.message_id = _message_id(row)
        try:
            letter = _letter(row, kind_of(row.kind).message(row, now), now)
        except Unneeded as reason:
            leasing.close(row, State.SUPPRESSED, str(reason))
            return None
        except BY_THE_ROW as fault:
            # Neither the words of the fault nor its trace are logged: they may quote the record.
            logger.error("Message %s (%s) cannot be written: %s", row.pk, row.kind, type(fault).__name__)  # noqa: TRY400
            leasing.close(row, State.FAILED, f"It cannot be written ({type(fault).__name__}).")
            return None
        row.attempt_started_at, row.attempts, row.lease_until = now, row.attempts + 1, now + LEASE
        row.save(update_fields=["attempt_started_at", "attempts", "lease_until", "message_id"])
    return row, letter


def _letter(row: OutboxMessage, message: Message, now: datetime) -> email.Letter:
    """The letter in the recipient's language, where the product speaks it, its times on the clinic's clock."""
    to, language = message.recipient, spoken(message.recipient.language)
    organisation = Organisation.objects.values_list("name", flat=True).first() or "Spine Clinic"
    context = {
        "first_name": email.one_line(to.name),
        "clinic": to.clinic,
        "organisation": organisation,
        "link": _url(message.link, now),
        "language": language,
        **{name: _url(link, now) for name, link in message.links.items()},
        **message.context,
    }
    with translation.override(language), timezone.override(to.zone):
        subject, text, html = email.written(row.kind, context)
    event = message.event
    return email.Letter(
        to=to.email,
        sender_name=to.clinic.name if to.clinic else organisation,
        reply_to=to.clinic.email if to.clinic else "",
        message_id=row.message_id,
        subject=subject,
        text=text,
        html=html,
        calendar=ics.event(event) if event else b"",
        method="CANCEL" if event and event.cancelled else "REQUEST",
    )


def _url(link: Link, now: datetime) -> str:
    """The absolute address of a link. One with a purpose carries a token, made now, so that its time begins now."""
    if link.url:
        return link.url if "://" in link.url else settings.SITE_URL + link.url
    if link.purpose and link.subject:
        token = linking.make(purpose=link.purpose, subject=link.subject, now=now, version=link.version)
        return str(settings.SITE_URL + reverse(link.page, args=[token]))
    return str(settings.SITE_URL + reverse(link.page))


def _message_id(row: OutboxMessage) -> str:
    """The same for every try, so that servers and mail programs drop a copy."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{row.pk}@{domain}>"


def _later(row: OutboxMessage, reply: str, now: datetime) -> None:
    """Tries again after a growing wait, while the message is of use; else it has failed."""
    wait = _wait(row)
    if wait is None or now + wait >= row.useful_until:
        leasing.close(row, State.FAILED, reply)
    else:
        leasing.again(row, reply, now + wait)


def _unanswered(row: OutboxMessage, reply: str, now: datetime) -> None:
    """Tries a second time, once, if more than two hours are left; else nobody knows, and the desk sees it."""
    wait = _wait(row)
    if row.unanswered or wait is None or row.useful_until - now <= TIME_FOR_ANOTHER:
        leasing.close(row, State.UNKNOWN, reply, unanswered=row.unanswered + 1)
    else:
        leasing.again(row, reply, now + wait, unanswered=row.unanswered + 1)


def _wait(row: OutboxMessage) -> timedelta | None:
    """How long until the next try, or None after the last. Up to a quarter more by the row's own chance."""
    if row.attempts > len(WAITS):
        return None
    return WAITS[max(row.attempts, 1) - 1] * (1 + row.pk.int % 1000 / 4000)
