"""Which requests made something under a key of their sender, so that the same request sent again makes nothing more."""

from datetime import datetime, timedelta

from django.db import models

from clinic.models.account import User
from clinic.models.row import Row

KEPT_FOR = timedelta(hours=24)
"""A program that retries gives up long before."""


class Keys(models.QuerySet["IdempotencyKey"]):
    """Keys by their age."""

    def over(self, now: datetime) -> "Keys":
        """Those that nobody needs to ask again with."""
        return self.filter(created_at__lte=now - KEPT_FOR)


class IdempotencyKey(Row):
    """One request that made something, by who sent it and their key (docs/adr/019).

    Of the key and the request only keyed hashes are kept, and of the answer only the id of what was made: it is shown
    anew, to who may still see it. `made` is empty only inside the transaction that is just making it.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="idempotency_keys")
    key = models.CharField(max_length=64)
    request = models.CharField(max_length=64)
    made = models.UUIDField(null=True)
    created_at = models.DateTimeField(db_index=True)

    objects = Keys.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_request_a_key")]

    def __str__(self) -> str:
        return f"key of {self.user}, {self.created_at:%Y-%m-%d %H:%M}"
