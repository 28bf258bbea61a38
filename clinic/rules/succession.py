"""Owns how a sheet follows what held before it: from a day on, and what is over stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Generic, Protocol, TypeVar


class Dated(Protocol):
    """A row that holds from a day on (since ever where there is none) and perhaps until one."""

    @property
    def valid_from(self) -> date | None:
        """The first day."""

    @property
    def valid_until(self) -> date | None:
        """The last day, or None."""


Row = TypeVar("Row")
DatedRow = TypeVar("DatedRow", bound=Dated)
Key = TypeVar("Key")


@dataclass(frozen=True, kw_only=True)
class Succession(Generic[Row, Key]):
    """Rows that end the day before the sheet, rows that never come to hold, and what begins with it."""

    ends: list[Row]
    dropped: list[Row]
    begins: set[Key]


def succeed(
    rows: Iterable[DatedRow], *, wanted: Iterable[Key], since: date, key: Callable[[DatedRow], Key]
) -> Succession[DatedRow, Key]:
    """What makes `wanted` hold from that day on for good; the rows are those that hold then or later.

    A row that says the same already, and has no end, stays.
    """
    begins = set(wanted)
    ends, dropped = [], []
    for row in rows:
        has_begun = row.valid_from is None or row.valid_from <= since
        if has_begun and row.valid_until is None and key(row) in begins:
            begins.discard(key(row))
        elif row.valid_from is None or row.valid_from < since:
            ends.append(row)
        else:
            dropped.append(row)
    return Succession(ends=ends, dropped=dropped, begins=begins)


def holds(row: Dated, on: date) -> bool:
    """Whether the row holds on that day."""
    return (row.valid_from is None or row.valid_from <= on) and (
        row.valid_until is None or row.valid_until >= on
    )
