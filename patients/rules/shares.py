"""Owns how much of a clinic's day may wait for people who have not confirmed their email address yet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from patients.rules.proposals import Free


def side_by_side(slots: Iterable[Free]) -> int:
    """How many of the slots, given in order of start, can all be had: those of one person that do not overlap."""
    ends: dict[UUID, datetime] = {}
    count = 0
    for slot in slots:
        last = ends.get(slot.practitioner_id)
        if last is None or slot.start >= last:
            ends[slot.practitioner_id] = slot.end
            count += 1
    return count


def most_held(*, share: int, open_slots: int) -> int:
    """How many of `open_slots` may be held at once, by a share of 0 to 100 %, rounded up; 0 % lets none be held."""
    return -(-share * open_slots // 100)
