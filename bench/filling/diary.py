"""The diary: four weeks to come as full as the sizes of the issue say, and behind them years that are over."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any
from uuid import UUID

from bench.filling.copying import Table, copy, in_bulk
from bench.filling.people import Person
from bench.filling.places import AFTER, DURATION, OPENS, Places
from programs.management.demo.start import ZONE, Start

CELL = timedelta(minutes=DURATION + AFTER)
CELLS = 13
"""Visits that follow one another without a gap from eight to five."""
USUAL, FULL = 0.6, 0.8
FULL_CLINIC = 1
"""The number of the clinic whose day page is measured."""
ALWAYS_BOOKED = 4
"""So many clinics have their weeks to come booked at every size: what is measured lies there."""
ALL_BOOKED_FROM = 40_000
"""From so many visits on the other clinics' weeks to come are booked as well."""
TO_COME = 31
NO_SHOWS = 0.05
FRESH = 0.1
"""The share of the patients, the last ones, who have no visit: the measurements book for them."""

BLOCKS = Table(
    "clinic_block",
    (
        "id", "clinic_id", "practitioner_id", "room_id", "type_id", "start", "end", "capacity", "taken", "lane",
        "overlap_reason", "active",
    ),
)  # fmt: skip
VISITS = Table(
    "patients_consultation",
    (
        "id", "block_id", "patient_id", "type_id", "clinic_id", "practitioner_id", "start", "end", "status", "version",
        "source", "booked_by_id", "booked_at", "status_at", "previous_status", "cancelled_by", "cancel_reason",
        "cancelled_late", "desk_note",
    ),
)  # fmt: skip
POST = Table(
    "clinic_outboxmessage",
    (
        "id", "kind", "channel", "subject_id", "person_id", "occurrence", "version", "created_at", "due_at",
        "useful_until", "state", "attempts", "unanswered", "next_try", "sent_at", "message_id", "payload", "last_reply",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Seat:
    """Who is where, when."""

    clinic: int
    practitioner: int
    start: datetime
    patient: UUID


@dataclass
class Diary:
    """Rows of the three tables, from the seats; all in memory would be too much, so they are written in portions."""

    start: Start
    places: Places
    ids: Iterator[UUID] = field(init=False)
    chance: Random = field(init=False)

    def __post_init__(self) -> None:
        self.ids = self.start.ids("diary")
        self.chance = self.start.chance("outcomes")

    def write(self, seats: Iterable[Seat]) -> None:
        """Blocks, visits and messages of the seats."""
        pending = iter(seats)
        while portion := list(islice(pending, 50_000)):
            blocks = list(islice(self.ids, len(portion)))
            visits = list(islice(self.ids, len(portion)))
            copy(BLOCKS, map(self._block, portion, blocks))
            copy(VISITS, map(self._visit, portion, blocks, visits))
            copy(POST, map(self._message, portion, visits))

    def _block(self, seat: Seat, block: UUID) -> tuple[Any, ...]:
        whom = self.places.practitioners[seat.clinic][seat.practitioner].pk
        room = self.places.rooms[seat.clinic][seat.practitioner].pk
        clinic, kind = self.places.clinics[seat.clinic].pk, self.places.type.pk
        return block, clinic, whom, room, kind, seat.start, seat.start + CELL, 1, 1, 0, "", True

    def _visit(self, seat: Seat, block: UUID, visit: UUID) -> tuple[Any, ...]:
        end = seat.start + timedelta(minutes=DURATION)
        booked = min(seat.start - timedelta(days=14), self.start.now - timedelta(hours=1))
        over = end < self.start.now
        status = "booked" if not over else "no_show" if self.chance.random() < NO_SHOWS else "completed"
        whom, clinic = (
            self.places.practitioners[seat.clinic][seat.practitioner].pk,
            self.places.clinics[seat.clinic].pk,
        )
        return (
            visit, block, seat.patient, self.places.type.pk, clinic, whom, seat.start, end, status, 1, "desk",
            self.places.desk.pk, booked, end if over else booked, "booked" if over else "", "", "", False, "",
        )  # fmt: skip

    def _message(self, seat: Seat, visit: UUID) -> tuple[Any, ...]:
        """Of a visit that is over the reminder that was sent; of one to come the reminder that is due."""
        due = seat.start - timedelta(days=2)
        sent = due if due < self.start.now else None
        return (
            next(self.ids), "reminder", "email", visit, seat.patient, "lead:2d", 1, due, due, seat.start,
            "sent" if sent else "due", 1 if sent else 0, 0, due, sent, "", "", "",
        )  # fmt: skip


def make(start: Start, places: Places, people: list[Person], visits: int) -> None:
    """So many visits: those to come, and before them as many as are left, day by day backwards."""
    patients = [person.id for person in people[: int(len(people) * (1 - FRESH))]]
    with in_bulk(BLOCKS.name, VISITS.name, POST.name):
        Diary(start, places).write(islice(_seats(start, places, patients, visits), visits))


def _seats(start: Start, places: Places, patients: list[UUID], visits: int) -> Iterator[Seat]:
    """The booked clinics' weeks to come, then the other clinics', then the past; an endless row of days."""
    everybody = range(len(places.clinics))
    to_come = [start.day(offset) for offset in range(1, TO_COME + 1)]
    half = len(patients) // 2  # nobody is in two places at once: the two groups of clinics share no patient
    for day in to_come:
        yield from _day(start, day, everybody[:ALWAYS_BOOKED], patients[:half])
    for day in to_come if visits >= ALL_BOOKED_FROM else []:
        yield from _day(start, day, everybody[ALWAYS_BOOKED:], patients[half:])
    offset = 0
    while True:
        yield from _day(start, start.day(-offset), everybody, patients)
        offset += 1


def _day(start: Start, day: date, clinics: range, patients: list[UUID]) -> Iterator[Seat]:
    """One day: who is booked follows from the day and the clinic alone, so that all sizes have the same."""
    if not start.is_working_day(day):
        return
    first = datetime.combine(day, OPENS, ZONE).astimezone(UTC)
    dice = {clinic: start.chance(f"{day} {clinic}") for clinic in clinics}
    crowds = start.chance(f"{day} crowds from {clinics[0]}")
    for cell in range(CELLS):
        taken = [
            (clinic, practitioner)
            for clinic in clinics
            for practitioner in range(10)
            if dice[clinic].random() < (FULL if clinic == FULL_CLINIC else USUAL)
        ]
        crowd = crowds.sample(patients, len(taken))
        for (clinic, practitioner), patient in zip(taken, crowd, strict=True):
            yield Seat(clinic, practitioner, first + cell * CELL, patient)
