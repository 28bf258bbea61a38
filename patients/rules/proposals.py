"""Which few of many free slots are worth saying on the phone: the soonest, and those with one's own practitioner."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import datetime, tzinfo
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
        """When it begins."""
        ...

    @property
    def end(self) -> datetime:
        """When it ends."""
        ...


NOON = 12
S = TypeVar("S", bound=Free)


def propose(slots: Sequence[S], *, own: UUID | None, zone: tzinfo, most: int = 5) -> list[S]:
    """At most `most` slots, by time, none of one person so near another of theirs that the two would overlap.

    `slots` are in order of start. The soonest of all comes first, then one a day with the own practitioner, then
    one a person, then one a person for each morning and afternoon on the clock of `zone`; where all those are
    fewer, the next soonest fill up.
    """

    def day(slot: S) -> Hashable:
        return slot.practitioner_id, slot.start.astimezone(zone).date()

    def half_day(slot: S) -> Hashable:
        return day(slot), slot.start.astimezone(zone).hour < NOON

    chosen = list(slots[:1])
    _add(chosen, (slot for slot in slots if slot.practitioner_id == own), day, most - 1)
    _add(chosen, slots, lambda slot: slot.practitioner_id, most)
    _add(chosen, slots, half_day, most)
    _add(chosen, slots, lambda slot: (slot.practitioner_id, slot.start), most)
    return sorted(chosen, key=lambda slot: (slot.start, slot.practitioner_id))


def _add(chosen: list[S], slots: Iterable[S], group: Callable[[S], Hashable], most: int) -> None:
    """Adds the first slot of each group that has none yet, until there are `most`."""
    taken = {group(slot) for slot in chosen}
    for slot in slots:
        if len(chosen) >= most:
            return
        if group(slot) not in taken and not any(_meet(slot, other) for other in chosen):
            taken.add(group(slot))
            chosen.append(slot)


def _meet(one: Free, other: Free) -> bool:
    return one.practitioner_id == other.practitioner_id and one.start < other.end and other.start < one.end


def one_each_half_hour(slots: Sequence[S], *, zone: tzinfo) -> list[S]:
    """The first slot of each half hour on the clock of `zone`, in order; `slots` are in order of start.

    Of those that begin together it is one of whoever has most free that day, so that the work spreads.
    """

    def day(slot: S) -> Hashable:
        return slot.practitioner_id, slot.start.astimezone(zone).date()

    free = Counter(map(day, slots))
    chosen: dict[Hashable, S] = {}
    for slot in sorted(slots, key=lambda slot: (slot.start, -free[day(slot)], slot.practitioner_id)):
        local = slot.start.astimezone(zone)
        chosen.setdefault((local.date(), local.hour, local.minute // 30, local.fold), slot)
    return list(chosen.values())
