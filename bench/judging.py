"""Judges a diary by hand-written SQL over its rows, without the product's code and without its constraints."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

import psycopg

OFTEN, LOOKS_A_JUDGEMENT = 0.05, 20
"""Seconds between two looks at who waits for a lock; each so many looks the diary itself is judged."""
BEFORE_THE_OTHERS_END = """
    SELECT count(*) FROM (
        SELECT starts, max(ends) OVER (
            PARTITION BY whose ORDER BY starts, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS others_end FROM ({spans}) AS span WHERE whose IS NOT NULL
    ) AS row WHERE others_end > starts
"""
"""Row by row in order of time: what begins before something earlier of the same person or room has ended."""
TAKEN = """
    SELECT id, {whose} AS whose, start AS starts, "end" AS ends FROM clinic_block WHERE active AND lane = 0
"""
"""What the diary says is taken: buffers are in it, and what is held for an offer or an online request."""
WITH_BUFFERS = """
    SELECT DISTINCT block.id, {whose} AS whose,
        visit.start - make_interval(mins => kind.before_min) AS starts,
        visit."end" + make_interval(mins => kind.after_min) AS ends
    FROM patients_consultation AS visit
    JOIN clinic_block AS block ON block.id = visit.block_id
    JOIN clinic_consultationtype AS kind ON kind.id = visit.type_id
    WHERE visit.status NOT IN ('cancelled', 'no_show') AND block.lane = 0
"""
"""What follows from the visits and the buffers of their types, whatever the diary says; a class is one block."""
TREATED = """
    SELECT id, patient_id AS whose, start AS starts, "end" AS ends FROM patients_consultation
    WHERE status NOT IN ('cancelled', 'no_show')
"""
SEATS = """
    SELECT count(*) FROM clinic_block AS block
    JOIN clinic_consultationtype AS kind ON kind.id = block.type_id
    CROSS JOIN LATERAL (
        SELECT count(*) AS sit FROM patients_consultation AS visit
        WHERE visit.block_id = block.id AND visit.status NOT IN ('cancelled', 'no_show')
    ) AS there
    WHERE {wrong}
"""
QUESTIONS: Mapping[str, str] = {
    "practitioner, by blocks": BEFORE_THE_OTHERS_END.format(spans=TAKEN.format(whose="practitioner_id")),
    "room, by blocks": BEFORE_THE_OTHERS_END.format(spans=TAKEN.format(whose="room_id")),
    "practitioner, by visits": BEFORE_THE_OTHERS_END.format(
        spans=WITH_BUFFERS.format(whose="visit.practitioner_id")
    ),
    "room, by visits": BEFORE_THE_OTHERS_END.format(spans=WITH_BUFFERS.format(whose="block.room_id")),
    "patient": BEFORE_THE_OTHERS_END.format(spans=TREATED),
    "over capacity": SEATS.format(wrong="sit > kind.capacity OR block.taken > block.capacity"),
    "seats counted wrongly": SEATS.format(
        wrong="block.active AND block.taken <> greatest(sit, (block.held_until IS NOT NULL)::int)"
    ),
    "visits without their time": SEATS.format(wrong="NOT block.active AND sit > 0"),
}
"""Each must answer 0, at every moment at which it is asked. Deliberate overlaps of staff (lane 1) are let be."""
OVERLAPS = tuple(name for name in QUESTIONS if "by " in name or name == "patient")
WAITING = """
    SELECT count(*) FILTER (WHERE wait_event_type = 'Lock'), count(*) FILTER (WHERE state <> 'idle')
    FROM pg_stat_activity WHERE usename = 'clinic_app' AND pid <> pg_backend_pid()
"""


@dataclass
class Judgement:
    """The most that each question ever found, how often it was asked, and the seconds spent waiting for locks."""

    most: dict[str, int] = field(default_factory=lambda: dict.fromkeys(QUESTIONS, 0))
    judged: int = 0
    lock_seconds: float = 0.0
    busy_seconds: float = 0.0

    def look(self, connection: "psycopg.Connection[Any]") -> None:
        """Asks every question once."""
        self.judged += 1
        for name, question in QUESTIONS.items():
            self.most[name] = max(self.most[name], _numbers(connection, question)[0])

    def add(self, other: "Judgement") -> None:
        """What was found elsewhere besides."""
        self.judged += other.judged
        self.lock_seconds += other.lock_seconds
        self.busy_seconds += other.busy_seconds
        self.most = {name: max(most, other.most[name]) for name, most in self.most.items()}

    @property
    def doubles(self) -> int:
        """The most overlaps, of practitioner, room and patient together."""
        return sum(self.most[name] for name in OVERLAPS)


@contextmanager
def judged(superuser: str) -> Iterator[Judgement]:
    """What the diary was found to be while it was raced for, about each second, and once more at the end."""
    found, over = Judgement(), Event()
    thread = Thread(target=_watch, args=(superuser, found, over))
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()
    with psycopg.connect(superuser, autocommit=True) as connection:
        found.look(connection)


def _watch(superuser: str, found: Judgement, over: Event) -> None:
    with psycopg.connect(superuser, autocommit=True) as connection:
        looks, last = 0, time.monotonic()
        while not over.wait(OFTEN):
            waiting, busy = _numbers(connection, WAITING)
            now = time.monotonic()
            found.lock_seconds += waiting * (now - last)
            found.busy_seconds += busy * (now - last)
            last, looks = now, looks + 1
            if looks % LOOKS_A_JUDGEMENT == 0:
                found.look(connection)


def _numbers(connection: "psycopg.Connection[Any]", question: str) -> tuple[int, ...]:
    row = connection.execute(question).fetchone()
    return tuple(map(int, row)) if row else (0, 0)
