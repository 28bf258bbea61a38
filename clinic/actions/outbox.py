"""Puts messages into the outbox, in the transaction of the action that they speak of, and rings for the worker.

The rows are the truth; the ring only saves waiting for the next beat, so it may fail, but it may not take long.
"""

import logging
from collections.abc import Collection
from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from kombu import Connection
from kombu.exceptions import KombuError
from kombu.pools import producers

from clinic import policy
from clinic.actions import queueing
from clinic.celery import app
from clinic.messages import Post
from clinic.models import Channel, OutboxMessage, State, User
from clinic.rules.refusals import Kind, Refusal

__all__ = ["NotToResend", "Post", "put", "put_anew", "resend", "ring", "supersede", "unsay"]

REPLACED = "Replaced at"
"""Begins the note on a row that was taken back because what it speaks of changed."""
PATIENCE = 0.5
"""Seconds that a ring waits for the broker, for connecting and for an answer."""

logger = logging.getLogger(__name__)


class NotToResend(Refusal):
    """It was sent, is on its way, or is of no more use."""

    code = "not_to_resend"
    kind = Kind.CONFLICT


def put(*posts: Post, now: datetime) -> None:
    """Writes the posts as rows of the outbox; one that stands already stays as it is.

    Belongs inside the caller's transaction: what is undone is not said. After the commit the worker is rung for,
    if anything is due. Raises IntegrityError where a post is due after it has become useless.
    """
    OutboxMessage.objects.bulk_create(
        (
            OutboxMessage(
                kind=post.kind,
                channel=post.channel,
                subject_id=post.subject_id,
                person_id=post.person_id,
                occurrence=post.occurrence,
                version=post.version,
                due_at=post.due_at,
                useful_until=post.useful_until,
                next_try=post.due_at,
                payload=post.payload,
            )
            for post in posts
        ),
        ignore_conflicts=True,
    )
    if any(post.due_at <= now and post.channel == Channel.EMAIL for post in posts):
        # Robust: whatever is wrong with the bell, the booking stands and its door answers so.
        transaction.on_commit(ring, robust=True)


def supersede(*, subject_id: UUID, kinds: Collection[str], now: datetime) -> int:
    """Takes back what is still due about a subject, because it moved or is no more; returns how many rows.

    Call it before the new version's `put`. A row that is being sent at this moment ends as sent, for it was.
    """
    due = OutboxMessage.objects.filter(subject_id=subject_id, kind__in=kinds, state=State.DUE)
    return due.update(state=State.SUPERSEDED, payload="", last_reply=_replaced(now))


def _replaced(at: datetime) -> str:
    return f"{REPLACED} {at.astimezone(UTC):%Y-%m-%d %H:%M} UTC."


def unsay(*, subject_id: UUID, kinds: Collection[str], version: int, now: datetime) -> bool:
    """Takes back the posts of a version as if they had never been put, because the change they tell of is taken back.

    Returns False, and does nothing, where one of them has gone out or may have: then what holds now is to be told.
    The rows stay, and make room for a later post of the same version. Belongs inside the caller's transaction.
    """
    put_then = OutboxMessage.objects.filter(subject_id=subject_id, kind__in=kinds, version=version)
    rows = list(put_then.exclude(state=State.SUPERSEDED).select_for_update().order_by("pk"))
    if any(row.state != State.DUE or row.attempt_started_at or row.unanswered for row in rows):
        return False
    for row in rows:
        row.state, row.payload = State.SUPERSEDED, ""
        row.occurrence = f"{row.occurrence[:27]}~{row.pk.hex[-12:]}"  # the end of a UUIDv7 is chance
        row.last_reply = f"Taken back at {now:%Y-%m-%d %H:%M} UTC."
    OutboxMessage.objects.bulk_update(rows, ["state", "payload", "occurrence", "last_reply"])
    return True


def put_anew(*, subject_id: UUID, kinds: Collection[str], version: int, since: datetime) -> int:
    """Makes due again what `supersede` took back of a version from then on, because that version holds again.

    Returns how many. Belongs inside the caller's transaction.
    """
    rows = OutboxMessage.objects.filter(subject_id=subject_id, kind__in=kinds, version=version)
    replaced = rows.filter(
        state=State.SUPERSEDED, last_reply__startswith=REPLACED, last_reply__gte=_replaced(since)
    )
    found = replaced.update(state=State.DUE, last_reply="")
    if found:
        transaction.on_commit(ring, robust=True)
    return found


@transaction.atomic
def resend(*, message: OutboxMessage, by: User, now: datetime) -> OutboxMessage:
    """A new row, due now, that says the same; the old one is replaced by it. Whether it still holds is asked again.

    Asked twice, also at the same moment, it goes once. Raises Hidden, NotToResend, and NotYours also where `by` may
    not see the person whom it is for.
    """
    row = policy.fetch(by, "resend", OutboxMessage.objects.select_for_update(of=("self",)), pk=message.pk)
    if not queueing.addressees(of={row.person_id}, by=by):
        raise policy.NotYours(
            _("It is for somebody whom you may not see. Ask their clinic to send it again.")
        )
    if not queueing.can_resend(row, now):
        raise NotToResend(_("This message is not to be sent again. Load the list again to see why."))
    base, _hash, number = row.occurrence.partition("#")
    post = Post(
        kind=row.kind,
        subject_id=row.subject_id,
        person_id=row.person_id,
        due_at=now,
        useful_until=row.useful_until,
        occurrence=f"{base}#{int(number or 1) + 1}",
        version=row.version,
    )
    put(post, now=now)
    row.state, row.last_reply = (
        State.SUPERSEDED,
        f"Sent again at {now:%Y-%m-%d %H:%M} UTC. {row.last_reply}"[:300],
    )
    row.save(update_fields=["state", "last_reply"])
    return OutboxMessage.objects.get(
        kind=post.kind,
        channel=post.channel,
        subject_id=post.subject_id,
        person_id=post.person_id,
        occurrence=post.occurrence,
        version=post.version,
    )


def ring(task: str = "clinic.tasks.send_due_messages") -> None:
    """Wakes a worker for the task. Without a broker it is written to the log, and the next beat sends what is due."""
    try:
        with producers[_line(settings.CELERY_BROKER_URL)].acquire(block=True, timeout=PATIENCE) as producer:
            app.send_task(task, retry=False, ignore_result=True, producer=producer)
    except KombuError as fault:
        logger.warning(
            "The broker cannot be reached, so it waits for the next beat: %s", type(fault).__name__
        )


@lru_cache(maxsize=4)
def _line(url: str) -> Connection:
    """A line of its own: Celery's would try again for six seconds, while somebody waits for their booking."""
    impatient = {
        "max_retries": 0,
        "interval_start": 0,
        "socket_timeout": PATIENCE,
        "socket_connect_timeout": PATIENCE,
    }
    return app.connection_for_write(url, connect_timeout=PATIENCE, transport_options=impatient)
