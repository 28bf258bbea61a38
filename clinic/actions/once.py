"""Makes something once a key: whoever sends the same request again is given what it made the first time (docs/adr/019).

The key's row is written first, in the transaction that makes the thing, so there are both or neither. Two at once meet
at the unique index: the second waits, then finds the row; or, where the first was refused, makes the thing itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

import psycopg.errors
from django.db import OperationalError, connection, transaction
from django.db.models import Model
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from clinic.models import IdempotencyKey, User
from clinic.rules.refusals import Kind, Refusal

M = TypeVar("M", bound=Model)
LONGEST_WAIT = "3s"
"""For the first request of a key to end."""


class KeyReused(Refusal):
    """The key belongs to another request: another address, or another body."""

    code = "key_reused"


class InProgress(Refusal):
    """The first request with this key has not ended yet."""

    code = "in_progress"
    kind = Kind.CONFLICT


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who asks, under which key, and for what: `request` is all that tells two requests apart."""

    user: User
    key: str
    request: str


@dataclass(frozen=True)
class Made(Generic[M]):
    """The id of what was made, and the row itself where it was made only now."""

    pk: UUID
    row: M | None = None


def make(*, asked: Asked, maker: Callable[[], M], now: datetime) -> Made[M]:
    """What `maker` makes, or what it has made under this key before; in one transaction.

    Raises KeyReused, InProgress where the first request takes longer than 3 seconds, and what `maker` raises: then the
    key is free again.
    """
    with transaction.atomic():
        known, is_new = _claimed(asked, now)
        if known.request != _digest(asked.request):
            raise KeyReused(
                _("This Idempotency-Key was sent with another request. Send a new one with each new request.")
            )
        if not is_new and known.made is not None:
            return Made(known.made)
        row = maker()
        known.made = row.pk
        known.save(update_fields=["made"])
        return Made(row.pk, row)


def forget(*, now: datetime) -> int:
    """Deletes the keys that are older than a day; how many."""
    return IdempotencyKey.objects.over(now).delete()[0]


def _claimed(asked: Asked, now: datetime) -> tuple[IdempotencyKey, bool]:
    """The row of the key, and whether it is ours to fill. The wait for another's is bounded, that of `maker` is not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LONGEST_WAIT])
        try:
            claimed = IdempotencyKey.objects.get_or_create(
                user=asked.user,
                key=_digest(asked.key),
                defaults={"request": _digest(asked.request), "created_at": now},
            )
        except OperationalError as fault:
            if not isinstance(fault.__cause__, psycopg.errors.LockNotAvailable):
                raise
            raise InProgress(
                _("The first request with this Idempotency-Key is still at work. Send it again in a moment.")
            ) from None
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    return claimed


def _digest(text: str) -> str:
    """A keyed hash: nobody can guess the text by trying."""
    return salted_hmac("clinic.idempotency", text, algorithm="sha256").hexdigest()
