"""Columns that are encrypted at rest: free text about a person's health that is never searched."""

from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


@lru_cache(maxsize=1)
def _box() -> MultiFernet:
    """The first key encrypts; all keys decrypt, so that a key can be changed without a stop."""
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])


class UnreadableSecret(Exception):  # noqa: N818 - says what is wrong with the value, not with the program
    """The value was encrypted with a key that FIELD_KEYS no longer holds: put the old key back behind the new one."""


def encrypt(text: str) -> str:
    """Ciphertext of a text, to be kept in any column."""
    return _box().encrypt(text.encode()).decode()


def decrypt(ciphertext: str) -> str:
    """The text; raises UnreadableSecret where no key in FIELD_KEYS fits."""
    try:
        return _box().decrypt(ciphertext.encode()).decode()
    except InvalidToken as fault:
        raise UnreadableSecret("No key in FIELD_KEYS opens this value. Add the key that wrote it.") from fault


class EncryptedText(models.TextField[str, str]):
    """Text that the database holds only as ciphertext. An empty one stays empty, so that "nothing" can be queried."""

    def get_prep_value(self, value: Any) -> Any:
        """Ciphertext for the database."""
        text = super().get_prep_value(value)
        return encrypt(text) if text else text

    def from_db_value(self, value: str | None, *_: object) -> str | None:
        """Plain text from the database; raises UnreadableSecret where no key fits."""
        return decrypt(value) if value else value
