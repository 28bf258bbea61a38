"""Owns the one shape in which the product says no: a sentence for a person and a code for a program."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Kind(StrEnum):
    """What sort of no it is; each door turns it into its own status (an HTTP number, an exit code)."""

    INVALID = "invalid"
    CONFLICT = "conflict"
    FORBIDDEN = "forbidden"
    MISSING = "missing"
    BUSY = "busy"
    LIMITED = "limited"


class Refusal(Exception):  # noqa: N818 - a no that was foreseen is an answer, not an error
    """An action that was not done, and why.

    Subclasses set `code` (stable, for programs) and `kind`. The message is a sentence that says what to do.
    It may be a lazy translation: it becomes text only when somebody reads it, in the reader's language.
    `field` names the input at fault, or is empty. `details` are plain values a door may show.
    """

    code: str = "refused"
    kind: Kind = Kind.INVALID

    def __init__(
        self, message: object, *, field: str = "", details: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(message)
        self._message = message
        self.field = field
        self.details: Mapping[str, object] = dict(details or {})

    @property
    def message(self) -> str:
        """The sentence, in the language that is active now."""
        return str(self._message)

    def __str__(self) -> str:
        return self.message
