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
from clinic.models import Block, Channel

KIND = "slot_freed"
WORKER = "patients.tasks.offer_freed_slots"
"""The task that is rung for. The broker knows tasks by name."""


def freed(blocks: Iterable[Block], *, now: datetime) -> None:
    """Puts a row for each block that is still to come; call it inside the transaction that frees them."""
    posts = [
        Post(
            kind=KIND,
            channel=Channel.INTERNAL,
            subject_id=block.pk,
            person_id=block.pk,  # it is news for nobody yet
            due_at=now,
            useful_until=block.start,
            occurrence=f"{now:%Y-%m-%dT%H:%M:%S.%f}",
        )
        for block in blocks
        if block.start > now
    ]
    if posts:
        outbox.put(*posts, now=now)
        transaction.on_commit(partial(outbox.ring, WORKER), robust=True)
