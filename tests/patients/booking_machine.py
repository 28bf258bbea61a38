"""Plays chance against the diary: each rule does the same to the product and to the naive model, and compares both."""

from datetime import timedelta
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from clinic.actions import searching, staffing
from clinic.actions.searching import SlotQuery
from clinic.models import Block, ExceptionKind
from patients.actions import attending, booking, waiting
from patients.models import CancelledBy, Consultation, Source
from tests.patients.booking_stage import CHANGES, EARLY, NOON_ON_FRIDAY, Stage
from tests.patients.naive import DAY, Naive, Wall

OPENED: tuple[Wall, ...] = (EARLY, EARLY, [(60, 300)], [(30, 150), (150, 420)], [(145, 480)], [])
"""When a day may be open, on the wall clock: over the change, up to it, from within the hour that clocks skip."""
WORKED: tuple[Wall, ...] = (EARLY, EARLY, [(60, 180)], [(90, 330)], [(0, 130), (150, 300)], [])
people, patients, kinds = st.integers(0, 2), st.integers(0, 2), st.integers(0, 2)
which = st.integers(0, 40)
starts = st.one_of(
    st.integers(0, 54).map(lambda n: DAY - 120 + 10 * n), st.integers(0, 110).map(lambda n: DAY - 120 + 5 * n),
    st.integers(0, 48).map(lambda n: 10 * n - 120),
)  # fmt: skip
lengths = st.integers(1, 24).map(lambda n: 10 * n)
some_orders = st.lists(st.tuples(kinds, people, patients, starts), min_size=1, max_size=4)


class BookingMachine(Stage):
    """One weekend on which the clocks change: what may happen on it."""

    @initialize(when=st.sampled_from(sorted(CHANGES)), orders=some_orders)
    def begin(self, when: str, orders: list[tuple[int, int, int, int]]) -> None:
        """Friday noon before clocks are put forward, or back, when some visits are booked."""
        self.saturday, before, after = CHANGES[when]
        hours = {(who, day): EARLY for who in range(3) for day in (0, 1)}
        self.naive = Naive(before, after, NOON_ON_FRIDAY, dict.fromkeys((0, 1), EARLY), hours)
        self.book(orders)

    @rule(orders=some_orders)
    def book(self, orders: list[tuple[int, int, int, int]]) -> None:
        """Some visits: of which kind, with whom, for whom and when."""
        for kind, who, patient, start in orders:
            order = booking.Order(
                patient=self.cast.patients[patient], type=self.cast.types[kind], clinic=self.cast.clinic,
                practitioner=self.cast.people[who], start=self.instant(start), source=Source.DESK,
            )  # fmt: skip
            row = self.attempt(partial(booking.book, order=order, by=None, now=self.now))
            seat = self.naive.book(self.cast.kinds[kind], who, patient, start)
            self.agree("book", row is not None, seat is not None)
            if row is not None and seat is not None:
                self.rows[self.naive.seats.index(seat)] = row

    @rule(orders=some_orders)
    def book_more(self, orders: list[tuple[int, int, int, int]]) -> None:
        """The same: a diary is mostly booked in."""
        self.book(orders)

    @precondition(lambda self: self.rows)
    @rule(moves=st.lists(st.tuples(which, people, starts), min_size=1, max_size=3))
    def move(self, moves: list[tuple[int, int, int]]) -> None:
        """Some visits to another time, or with somebody else."""
        for n, who, start in moves:
            self.move_visit(n, who, start)

    @precondition(lambda self: self.rows)
    @rule(n=which, length=lengths)
    def lengthen(self, n: int, length: int) -> None:
        """A visit to another end."""
        key, seat = self.chosen(n)
        end = seat.start + length
        at = self.instant(end)
        self.change_visit(
            "lengthen", key, lambda row: booking.lengthen(consultation=row, end=at, by=None, now=self.now),
            lambda: self.naive.lengthen(seat, end),
        )  # fmt: skip

    @precondition(lambda self: self.rows)
    @rule(n=which)
    def cancel(self, n: int) -> None:
        """A visit."""
        key, seat = self.chosen(n)
        asked = {"asked_by": CancelledBy.PATIENT, "reason": "Ill", "by": None}
        self.change_visit(
            "cancel", key, lambda row: booking.cancel(consultation=row, now=self.now, **asked),  # type: ignore[arg-type]
            lambda: self.naive.cancel(seat),
        )  # fmt: skip

    @precondition(lambda self: self.rows)
    @rule(n=which)
    def undo(self, n: int) -> None:
        """A cancellation."""
        key, seat = self.chosen(n, cancelled_first=True)
        self.change_visit(
            "undo", key, lambda row: attending.undo(consultation=row, by=None, now=self.now),
            lambda: self.naive.undo(seat),
        )  # fmt: skip

    @rule(who=people, patient=patients, start=starts)
    def offer(self, who: int, patient: int, start: int) -> None:
        """A time to who waits; one that is offered something already gets nothing else."""
        place = waiting.Place(
            clinic=self.cast.clinic, practitioner=self.cast.people[who], start=self.instant(start)
        )
        entry = self.wish(patient)
        made = self.attempt(lambda: waiting.offer(entry=entry, place=place, by=None, now=self.now))
        may = all(self.naive.seats[key].patient != patient for key in self.offers)
        seat = self.naive.offer(self.cast.kinds[0], who, patient, start) if may else None
        self.agree("offer", made is not None, seat is not None)
        if made is not None and seat is not None:
            self.offers[self.naive.seats.index(seat)] = made

    @precondition(lambda self: self.offers)
    @rule(n=which)
    def accept(self, n: int) -> None:
        """What is offered, if it is held still."""
        key = sorted(self.offers)[n % len(self.offers)]
        offer = waiting.holds.with_visit().get(pk=self.offers[key].pk)
        row = self.attempt(lambda: waiting.accept(offer=offer, now=self.now))
        self.agree("accept", row is not None, self.naive.accept(self.naive.seats[key]))
        if row is not None:
            self.rows[key] = row
            del self.offers[key], self.wishes[self.naive.seats[key].patient]

    @precondition(lambda self: self.offers)
    @rule(n=which)
    def decline(self, n: int) -> None:
        """What is offered, at any time before it is noticed that it ran out."""
        key = sorted(self.offers)[n % len(self.offers)]
        offer = waiting.holds.with_visit().get(pk=self.offers.pop(key).pk)
        row = self.attempt(lambda: waiting.decline(offer=offer, now=self.now))
        self.agree("decline", row is not None, True)
        self.naive.let_go(self.naive.seats[key])

    @rule(minutes=st.sampled_from([5, 15, 60, 90, 130, 400]))
    def pass_time(self, minutes: int) -> None:
        """The clock goes on, at last over the change; what was held too long is held no more."""
        self.naive.now = min(self.naive.now + minutes, 2 * DAY)

    @rule()
    def let_run_out(self) -> None:
        """The beat of the clock that ends offers."""
        waiting.let_run_out(now=self.now)
        for key in [key for key in self.offers if self.naive.seats[key] not in self.naive.active()]:
            self.naive.let_go(self.naive.seats[key])
            del self.offers[key]

    @rule(who=people, day=st.integers(0, 1), worked=st.sampled_from(WORKED))
    def change_hours(self, who: int, day: int, worked: Wall) -> None:
        """Somebody's week, from today on: a day that is over keeps its hours."""
        if day >= self.naive.local_day(self.naive.now):
            self.naive.hours[who, day] = worked
            self.set_hours(who)

    @rule(day=st.integers(0, 1), opened=st.sampled_from(OPENED))
    def change_opening(self, day: int, opened: Wall) -> None:
        """The clinic's week, from today on: a day that is over keeps its hours."""
        if day >= self.naive.local_day(self.naive.now):
            self.naive.opening[day] = opened
            self.set_opening()

    @rule(who=st.one_of(st.none(), people), start=starts, length=lengths)
    def leave(self, who: int | None, start: int, length: int) -> None:
        """Somebody's leave, or the clinic closed: bookings in it stand."""
        kind = ExceptionKind.CLOSURE if who is None else ExceptionKind.LEAVE
        away = (who, start, start + length)
        self.leaves.append((self.but_for(kind, who, start, length), away))
        self.naive.away.append(away)

    @precondition(lambda self: self.leaves)
    @rule(n=which)
    def come_back(self, n: int) -> None:
        """Leave taken back, if it is not over."""
        row, away = self.leaves[n % len(self.leaves)]

        def act() -> bool:
            staffing.take_back(exception=row, by=self.cast.manager, now=self.now)
            return True

        may = away[2] > self.naive.now
        self.agree("come back", self.attempt(act) is not None, may)
        if may:
            self.leaves.remove((row, away))
            self.naive.away.remove(away)

    @rule(who=people, start=starts, length=lengths)
    def work_more(self, who: int, start: int, length: int) -> None:
        """Extra hours, also where the clinic is closed; within one day."""
        if self.naive.local_day(start) == self.naive.local_day(start + length):
            self.but_for(ExceptionKind.EXTRA, who, start, length)
            self.naive.extra.append((who, start, start + length))

    @rule(kind=kinds)
    def search(self, kind: int) -> None:
        """What is free on both days, with whom."""
        first = self.saturday.date()
        query = SlotQuery(
            type=self.cast.types[kind], first=first, last=first + timedelta(days=1), clinic=self.cast.clinic
        )
        numbers = {row.pk: number for number, row in enumerate(self.cast.people)}
        free = searching.free_starts(query=query, now=self.now)
        found = {(numbers[slot.practitioner_id], self.minute(slot.start)) for slot in free}
        expected = self.naive.free(self.cast.kinds[kind], len(self.cast.people))
        assert found == expected, f"{found - expected} too many, {expected - found} too few"

    @invariant()
    def the_diaries_are_the_same(self) -> None:
        """Row by row: what is taken, and who sits where from when to when."""
        type(self).steps += 1
        blocks = Block.objects.busy(self.instant(-DAY), self.instant(4 * DAY), self.now).select_related(None)
        rows = blocks.values_list("practitioner__name", "room__name", "start", "end", "taken")
        names = [row.name for row in self.cast.people], [row.name for row in self.cast.rooms]
        found = sorted(
            (names[0].index(who), names[1].index(room), self.minute(start), self.minute(end), taken)
            for who, room, start, end, taken in rows
        )
        assert found == sorted(
            (each.who, each.room, each.start, each.end, self.naive.sitting(each))
            for each in self.naive.standing()
        )
        visits = Consultation.objects.seated().filter(block__in=blocks).values_list("patient", "start", "end")
        ids = [row.pk for row in self.cast.patients]
        assert sorted((ids.index(who), self.minute(a), self.minute(b)) for who, a, b in visits) == sorted(
            (each.patient, each.start, each.end) for each in self.naive.active()
        )
