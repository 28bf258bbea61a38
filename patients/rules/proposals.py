"""Which few of many free slots are worth saying on the phone: the soonest, and those with one's own practitioner."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID


class Free(Protocol):
    """A free slot, as far as it matters here."""

    @property
    def practitioner_id(self) -> UUID:
        """With whom."""
        ...

    @property
    def start(self) -> datetime:
        """When."""
        ...


S = TypeVar("S", bound=Free)


def propose(slots: Sequence[S], *, own: UUID | None, most: int = 5) -> list[S]:
    """At most `most` slots, by time: the soonest of all, then one a day with the own practitioner, then one a person.

    `slots` are in order of start. Where all those are fewer, the next soonest fill up. No slot comes twice.
    """
    chosen: list[S] = list(slots[:1])
    _add(chosen, _one_each((slot for slot in slots if slot.practitioner_id == own), _day), most - 1)
    _add(chosen, _one_each(slots, lambda slot: slot.practitioner_id), most)
    _add(chosen, slots, most)
    return sorted(chosen, key=lambda slot: (slot.start, slot.practitioner_id))


def _day(slot: Free) -> object:
    return slot.start.date()


def _one_each(slots: Iterable[S], key: Callable[[S], object]) -> Iterator[S]:
    seen: set[object] = set()
    for slot in slots:
        group = key(slot)
        if group not in seen:
            seen.add(group)
            yield slot


def _add(chosen: list[S], slots: Iterable[S], most: int) -> None:
    for slot in slots:
        if len(chosen) >= most:
            return
        if slot not in chosen:
            chosen.append(slot)
