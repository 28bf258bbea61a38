"""The stage on which chance plays against the diary: who plays, the naive model beside, and how both are asked."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, ClassVar

from django.db import transaction
from hypothesis.stateful import RuleBasedStateMachine

from clinic.actions import opening_hours, scheduling, staffing
from clinic.models import Clinic, ConsultationType, ExceptionKind, HoursException, Practitioner, Room, User
from clinic.rules import wallclock
from clinic.rules.refusals import Refusal
from clinic.rules.week import Stretch
from patients.actions import booking, waiting
from patients.models import Consultation, Offer, Patient, WaitlistEntry
from tests.patients.naive import Kind, Naive, Seat, Wall

WEEKDAYS = (5, 6)
"""Saturday and Sunday: the days 0 and 1."""
NOON_ON_FRIDAY = -720
EARLY: Wall = [(0, 480)]
"""Saturday and Sunday, to begin with."""
CHANGES = {
    "spring": (datetime(2026, 3, 28, tzinfo=UTC), 60, 120),
    "autumn": (datetime(2026, 10, 24, tzinfo=UTC), 120, 60),
}
"""The Saturday before the clocks change, and how far Berlin is ahead before and after."""


@dataclass(frozen=True)
class Cast:
    """Three practitioners at a clinic of two rooms, three patients, three types, a manager; hours are EARLY."""

    clinic: Clinic
    people: list[Practitioner]
    rooms: list[Room]
    patients: list[Patient]
    types: list[ConsultationType]
    manager: User

    @property
    def kinds(self) -> list[Kind]:
        """The types, as the model knows them."""
        return [Kind(row.duration_min, row.before_min, row.after_min, row.capacity) for row in self.types]


class Stage(RuleBasedStateMachine):
    """One weekend. `cast` is set by the test, with counts of what all weekends did."""

    cast: ClassVar[Cast]
    steps: ClassVar[int] = 0
    tally: "ClassVar[Counter[str]]" = Counter()
    naive: Naive
    saturday: datetime

    def __init__(self) -> None:
        super().__init__()
        self.weekend = transaction.atomic()
        self.weekend.__enter__()
        self.rows: dict[int, Consultation] = {}
        self.offers: dict[int, Offer] = {}
        self.wishes: dict[int, WaitlistEntry] = {}
        self.leaves: list[tuple[HoursException, tuple[int | None, int, int]]] = []

    def teardown(self) -> None:
        """Nothing stays."""
        transaction.set_rollback(True)
        self.weekend.__exit__(None, None, None)

    @property
    def now(self) -> datetime:
        """The moment, on both sides."""
        return self.instant(self.naive.now)

    def instant(self, minute: int) -> datetime:
        """The moment that the model calls by its minute."""
        return self.saturday + timedelta(minutes=minute)

    def minute(self, instant: datetime) -> int:
        """And the minute of a moment."""
        return (instant - self.saturday) // timedelta(minutes=1)

    def chosen(self, n: int, *, cancelled_first: bool = False) -> tuple[int, Seat]:
        """One of the visits, cancelled ones among them; only of those where asked for, if there are any."""
        keys = sorted(self.rows)
        if cancelled_first:
            keys = [key for key in keys if self.naive.seats[key].cancelled_at is not None] or keys
        return keys[n % len(keys)], self.naive.seats[keys[n % len(keys)]]

    def move_visit(self, n: int, who: int, start: int) -> None:
        """On both sides."""
        key, seat = self.chosen(n)
        to, at = self.cast.people[who], self.instant(start)
        self.change_visit(
            "move", key, lambda row: booking.move(consultation=row, practitioner=to, start=at, by=None, now=self.now),
            lambda: self.naive.move(seat, who, start),
        )  # fmt: skip

    def change_visit(
        self, name: str, key: int, act: Callable[[Consultation], Consultation], expected: Callable[[], bool]
    ) -> None:
        """Does it to the visit as a door would have read it, and to the model."""
        row = self.rows[key]
        fresh = Consultation.objects.select_related("patient", "type", "clinic", "practitioner", "block").get(
            pk=row.pk
        )
        changed = self.attempt(lambda: act(fresh))
        self.agree(name, changed is not None, expected())

    def attempt(self, act: Callable[[], Any]) -> Any:
        """What the act gives; None where it is refused."""
        try:
            return act()
        except Refusal as refusal:
            self.refused = refusal
            return None

    def agree(self, act: str, done: bool, expected: bool) -> None:
        """Counts what came of the act. Raises AssertionError where only one side did it."""
        self.tally[f"{act}: {'done' if done else 'refused'}"] += 1
        assert done == expected, f"the product {'did it' if done else f'refused: {self.refused}'}"

    def wish(self, patient: int) -> WaitlistEntry:
        """The patient's wish; a new one where the last is fulfilled."""
        if patient not in self.wishes:
            wanted = waiting.Wanted(
                patient=self.cast.patients[patient], type=self.cast.types[0], since=self.saturday.date(),
                until=self.saturday.date() + timedelta(days=9),
            )  # fmt: skip
            self.wishes[patient] = waiting.wish(wanted=wanted, by=None, now=self.now)
        return WaitlistEntry.objects.select_related("patient", "type").get(pk=self.wishes[patient].pk)

    def but_for(self, kind: ExceptionKind, who: int | None, start: int, length: int) -> HoursException:
        """Enters what differs from the weekly hours; of the whole clinic where it is nobody's."""
        entry = staffing.Entry(
            kind=kind, start=self.instant(start), end=self.instant(start + length),
            practitioner=None if who is None else self.cast.people[who],
            clinic=self.cast.clinic if who is None or kind == ExceptionKind.EXTRA else None,
        )  # fmt: skip
        return staffing.add_exception(entry=entry, by=self.cast.manager, now=self.now).exception

    def set_hours(self, who: int) -> None:
        """As the model has them, from today on."""
        person = self.cast.people[who]
        since = scheduling.earliest(clinics=[self.cast.clinic], now=self.now)
        hours = {
            scheduling.Placed(self.cast.clinic.pk, each)
            for day in (0, 1)
            for each in _stretches(day, self.naive.hours[who, day])
        }
        sheet = scheduling.Sheet(
            practitioner=person,
            since=since,
            hours=frozenset(hours),
            stamp=scheduling.stamp(practitioner=person),
        )
        scheduling.save(sheet=sheet, by=self.cast.manager, now=self.now)

    def set_opening(self) -> None:
        """As the model has it, from today on."""
        clinic = self.cast.clinic
        since = wallclock.local_day(self.now, clinic.zone)
        hours = frozenset(each for day in (0, 1) for each in _stretches(day, self.naive.opening[day]))
        sheet = opening_hours.Sheet(
            clinic=clinic, since=since, hours=hours, keeps_public_holidays=False, slot_step_min=10,
            stamp=opening_hours.stamp(clinic=clinic),
        )  # fmt: skip
        opening_hours.save(sheet=sheet, by=self.cast.manager, now=self.now)


def _stretches(day: int, wall: Wall) -> list[Stretch]:
    return [Stretch(WEEKDAYS[day], _clock(opens), _clock(closes)) for opens, closes in wall]


def _clock(minute: int) -> time:
    return time(minute // 60, minute % 60)
