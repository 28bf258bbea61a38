"""The register of message kinds: what a row of the outbox means, to whom it goes, and whether it is still true.

An app registers its kinds when it is ready. `clinic.actions.sending` asks them, row by row, at the moment of
sending, so that a message says what holds then. Kinds read rows and change none; they never see a connection.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from clinic.models import Channel, OutboxMessage


@dataclass(frozen=True, kw_only=True)
class Post:
    """What an action asks the post to say: one kind of message, to one person, about one subject.

    `due_at` is when it goes out, `useful_until` when it is too late for it; both aware. `occurrence` tells apart
    messages of one kind about one subject ("lead:2d"). A move or a resend is `version` + 1.
    """

    kind: str
    subject_id: UUID
    person_id: UUID
    due_at: datetime
    useful_until: datetime
    occurrence: str = ""
    version: int = 1
    channel: Channel = Channel.EMAIL
