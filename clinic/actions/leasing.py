"""Owns the lease of rows of the outbox: who works on which, so that none is worked on twice, and how a row ends.

A lease is a token on the row and a time. Who holds it may end the row; who dies holding it lets the time run out, and
another worker takes the row.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction

from clinic.models import OutboxMessage, State
from clinic.models.message import Outbox

BATCH = 50
LEASE = timedelta(minutes=5)
"""A letter takes a minute at worst (EMAIL_TIMEOUT for each step of the talk), and the lease is renewed on the way."""

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Lease:
    """A token, and the rows that carry it."""

    token: UUID
    rows: list[UUID]


def take(due: Outbox, now: datetime, *, judge: Callable[[OutboxMessage], None] | None = None) -> Lease:
    """Leases up to 50 of the rows, leaving those that another worker is taking at this moment.

    A row whose last holder died in the middle of it is handed to `judge` instead, where there is one.
    """
    token, taken = uuid4(), []
    with transaction.atomic():
        for row in due.select_for_update(skip_locked=True)[:BATCH]:
            if row.attempt_started_at and judge is not None:
                judge(row)
            else:
                taken.append(row.pk)
        OutboxMessage.objects.filter(pk__in=taken).update(lease_token=token, lease_until=now + LEASE)
    return Lease(token, taken)


def held(token: UUID) -> Outbox:
    """The rows that are still ours."""
    return OutboxMessage.objects.filter(lease_token=token, state=State.DUE)


def give_back(token: UUID) -> None:
    """Lets go of all that is still ours: anybody may take it at once."""
    held(token).update(lease_token=None, lease_until=None)


def again(row: OutboxMessage, reply: str, at: datetime, **more: object) -> None:
    """The row is tried again from `at` on, where the lease is still ours; `more` are columns that change too."""
    mine = OutboxMessage.objects.filter(pk=row.pk, lease_token=row.lease_token, state=State.DUE)
    mine.update(
        next_try=at,
        lease_token=None,
        lease_until=None,
        attempt_started_at=None,
        last_reply=reply[:300],
        **more,
    )


def close(row: OutboxMessage, state: State, reply: str, **more: object) -> None:
    """The end of the row, where the lease is still ours: what was sent is sent, though it was replaced meanwhile."""
    mine = OutboxMessage.objects.filter(pk=row.pk, lease_token=row.lease_token)
    mine.update(state=state, lease_token=None, lease_until=None, payload="", last_reply=reply[:300], **more)
