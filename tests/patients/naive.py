"""A diary as one would write it without a thought of speed: whole minutes in plain lists, everything compared with all.

It shares no code with the product: no spans, no zones, no search. Minutes are counted from Saturday, 0:00 UTC; Berlin's
clocks change on the Sunday after it at 1:00 UTC, from `before` minutes ahead of UTC to `after`.
"""

from dataclasses import dataclass, field

DAY = 24 * 60
CHANGE = DAY + 60
"""1:00 UTC on Sunday."""
GRID = 10
ROOMS = 2
HELD_FOR, LAST_CALL, SHORTEST_ANSWER = 120, 30, 10
"""An offer is held for two hours, until half an hour before the visit at most, and for ten minutes at least."""
UNDO_WITHIN = DAY
SHORTEST, LONGEST = 5, 480
Wall = list[tuple[int, int]]
"""Stretches of a day on the wall clock, in minutes from midnight."""


@dataclass(frozen=True)
class Kind:
    """What is booked: minutes, and those before and after it; seats."""

    minutes: int
    before: int
    after: int
    seats: int = 1


@dataclass(eq=False)
class Taken:
    """Time of somebody and of a room, buffers included."""

    who: int
    room: int
    start: int
    end: int
    kind: Kind
    held_until: int | None = None


@dataclass(eq=False)
class Seat:
    """A patient's visit, or what is held for one."""

    patient: int
    start: int
    end: int
    taken: Taken
    cancelled_at: int | None = None
    is_held: bool = False


@dataclass
class Naive:
    """All that is known; each act says whether it may be done, and does it if so."""

    before: int
    after: int
    now: int
    opening: dict[int, Wall]
    hours: dict[tuple[int, int], Wall]
    away: list[tuple[int | None, int, int]] = field(default_factory=list)
    extra: list[tuple[int, int, int]] = field(default_factory=list)
    seats: list[Seat] = field(default_factory=list)

    def at(self, day: int, minute: int, *, closing: bool = False) -> int:
        """The minute that hours mean: of two the first to open and the second to close, of none the change itself."""
        first, second = day * DAY + minute - self.before, day * DAY + minute - self.after
        readings = [first] * (first < CHANGE) + [second] * (second >= CHANGE)
        return CHANGE if not readings else readings[-1] if closing else readings[0]

    def local_day(self, minute: int) -> int:
        """Of Saturday 0, of Sunday 1."""
        return (minute + (self.before if minute < CHANGE else self.after)) // DAY

    def open_minutes(self, who: int) -> set[int]:
        """When somebody can be booked, were nothing taken."""
        there: set[int] = set()
        for day, opening in self.opening.items():
            there |= self._minutes(day, opening) & self._minutes(day, self.hours[who, day])
        for person, start, end in self.extra:
            there |= set(range(start, end)) if person == who else set()
        for away, start, end in self.away:
            there -= set(range(start, end)) if away in {None, who} else set()
        return there

    def place(self, kind: Kind, who: int, start: int, patient: int, but: Seat | None = None) -> Taken | None:
        """Where the patient would sit, None where nowhere."""
        is_elsewhere = self._is_elsewhere(patient, start, start + kind.minutes, but)
        return None if is_elsewhere else self.room_for(kind, who, start, self.open_minutes(who), but)

    def room_for(
        self, kind: Kind, who: int, start: int, there: set[int], but: Seat | None = None
    ) -> Taken | None:
        """A class with a seat left, or new time in the first free room; None where it cannot be."""
        end = start + kind.minutes
        if start < self.now or not there.issuperset(range(start, end)):
            return None
        others = self.standing(but)
        for taken in others:
            if (taken.kind, taken.who, taken.start + kind.before) == (kind, who, start) and self.sitting(
                taken, but
            ) < kind.seats:
                return taken
        opens = start
        while opens - 1 in there:
            opens -= 1
        wanted = Taken(who, -1, start - kind.before, end + kind.after, kind)
        if (start - opens) % GRID or any(taken.who == who and _meet(taken, wanted) for taken in others):
            return None
        rooms = sorted(range(ROOMS), key=lambda room: but is None or room != but.taken.room)
        free = [room for room in rooms if not any(o.room == room and _meet(o, wanted) for o in others)]
        wanted.room = free[0] if free else -1
        return wanted if free else None

    def free(self, kind: Kind, people: int) -> set[tuple[int, int]]:
        """Every start that can be booked, with whom."""
        return {
            (who, start)
            for who in range(people)
            for there in [self.open_minutes(who)]
            for start in there
            if self.room_for(kind, who, start, there) is not None
        }

    def standing(self, but: Seat | None = None) -> list[Taken]:
        """What is taken now; without `but`, whose seat counts as given back."""
        return list({id(seat.taken): seat.taken for seat in self.active() if seat is not but}.values())

    def sitting(self, taken: Taken, but: Seat | None = None) -> int:
        """How many sit in it."""
        return sum(seat.taken is taken and seat is not but for seat in self.active())

    def active(self) -> list[Seat]:
        """Visits that take time, and holds that have not run out."""
        return [
            seat
            for seat in self.seats
            if seat.cancelled_at is None
            and (seat.taken.held_until is None or seat.taken.held_until > self.now)
        ]

    def book(self, kind: Kind, who: int, patient: int, start: int) -> Seat | None:
        """The visit."""
        taken = self.place(kind, who, start, patient)
        if taken is None:
            return None
        self.seats.append(Seat(patient, start, start + kind.minutes, taken))
        return self.seats[-1]

    def move(self, seat: Seat, who: int, start: int) -> bool:
        """To another time; a room is kept where it is free."""
        kind = seat.taken.kind
        if seat.cancelled_at is not None:
            return False
        taken = self.place(kind, who, start, seat.patient, but=seat)
        if taken is None:
            return False
        seat.start, seat.end, seat.taken = start, start + kind.minutes, taken
        return True

    def lengthen(self, seat: Seat, end: int) -> bool:
        """To another end; nobody alone changes the end of a class."""
        taken, there = seat.taken, self.open_minutes(seat.taken.who)
        if (
            seat.cancelled_at is not None
            or taken.kind.seats > 1
            or not SHORTEST <= end - seat.start <= LONGEST
        ):
            return False
        wanted = Taken(taken.who, taken.room, taken.start, end + taken.kind.after, taken.kind)
        others = [o for o in self.standing(seat) if o.who == taken.who or o.room == taken.room]
        if any(_meet(other, wanted) for other in others) or not there.issuperset(range(seat.start, end)):
            return False
        if self._is_elsewhere(seat.patient, seat.start, end, seat):
            return False
        seat.end, taken.end = end, wanted.end
        return True

    def cancel(self, seat: Seat) -> bool:
        """The time is free at once."""
        if seat.cancelled_at is not None:
            return False
        seat.cancelled_at = self.now
        return True

    def undo(self, seat: Seat) -> bool:
        """Back to where it was, hours or no hours, if nobody has come in between."""
        taken = seat.taken
        if seat.cancelled_at is None or seat.is_held or self.now - seat.cancelled_at > UNDO_WITHIN:
            return False
        others = [o for o in self.standing() if o is not taken]
        in_the_way = any((o.who == taken.who or o.room == taken.room) and _meet(o, taken) for o in others)
        if self._is_elsewhere(seat.patient, seat.start, seat.end, seat):
            return False
        sitting = self.sitting(taken)
        if sitting >= taken.kind.seats or (sitting == 0 and in_the_way):
            return False
        seat.cancelled_at = None
        return True

    def offer(self, kind: Kind, who: int, patient: int, start: int) -> Seat | None:
        """The time, held for the patient until they answer."""
        until = min(self.now + HELD_FOR, start - LAST_CALL)
        if until - self.now < SHORTEST_ANSWER:
            return None
        seat = self.book(kind, who, patient, start)
        if seat is not None:
            seat.is_held, seat.taken.held_until = True, until
        return seat

    def accept(self, seat: Seat) -> bool:
        """In time, and if somebody works then still, it is a visit from then on."""
        if seat not in self.active() or not seat.is_held:
            return False
        if not self.open_minutes(seat.taken.who).issuperset(range(seat.start, seat.end)):
            return False
        seat.is_held, seat.taken.held_until = False, None
        return True

    def let_go(self, seat: Seat) -> None:
        """What was held is free at once."""
        seat.cancelled_at = self.now

    def _minutes(self, day: int, stretches: Wall) -> set[int]:
        found: set[int] = set()
        for opens, closes in stretches:
            found |= set(range(self.at(day, opens), self.at(day, closes, closing=True)))
        return found

    def _is_elsewhere(self, patient: int, start: int, end: int, but: Seat | None) -> bool:
        return any(
            other.patient == patient and other is not but and other.start < end and start < other.end
            for other in self.active()
        )


def _meet(one: Taken, other: Taken) -> bool:
    return one.start < other.end and other.start < one.end
