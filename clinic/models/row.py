"""What every row has: a time-ordered identity that reveals no count and can be made before the row is."""

import uuid

from django.db import models
from uuid_utils.compat import uuid7


def new_id() -> uuid.UUID:
    """A UUIDv7: unique everywhere, and later rows sort after earlier ones (RFC 9562, 5.7)."""
    return uuid7()


class Row(models.Model):
    """Base of all our models."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True
