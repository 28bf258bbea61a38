"""Says inside the post that time of the future has become free, so that whoever waits for it is asked.

The row is written in the transaction that frees the time: it is there exactly when the time is free. Who reads it
(`waiting`) looks at the diary anew, so a row too many does no harm, and a bell that is lost only costs a wait.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from django.db import transaction

from clinic.actions import outbox
from clinic.actions.outbox import Post
from clinic.models import Block, Channel, OutboxMessage
from clinic.rules.intervals import Span

KIND = "slot_freed"
WORKER = "patients.tasks.offer_freed_slots"
"""The task that is rung for. The broker knows tasks by name."""


def freed_part(block: Block, part: Span, *, now: datetime) -> None:
    """Puts a row for the part of a block that stands, where that is still to come; inside the same transaction."""
    if part.end > now:
        _put([_post(block, part.end, now, payload="|".join(bound.isoformat() for bound in part))], now)


def part_of(row: OutboxMessage) -> Span | None:
    """The part that the row speaks of; None where it is the whole block."""
    start, _bar, end = row.payload.partition("|")
    return Span(datetime.fromisoformat(start), datetime.fromisoformat(end)) if end else None


def freed(blocks: Iterable[Block], *, now: datetime) -> None:
    """Puts a row for each block that is still to come; call it inside the transaction that frees them."""
    _put([_post(block, block.start, now) for block in blocks if block.start > now], now)


def _post(block: Block, useful_until: datetime, now: datetime, *, payload: str = "") -> Post:
    return Post(
        kind=KIND,
        channel=Channel.INTERNAL,
        subject_id=block.pk,
        person_id=block.pk,  # it is news for nobody yet
        due_at=now,
        useful_until=useful_until,
        occurrence=f"{now:%Y-%m-%dT%H:%M:%S.%f}",
        payload=payload,
    )


def _put(posts: list[Post], now: datetime) -> None:
    if posts:
        outbox.put(*posts, now=now)
        transaction.on_commit(partial(outbox.ring, WORKER), robust=True)
