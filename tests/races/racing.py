"""How the races are run and judged: threads with connections of their own, and hand-written SQL over the tables.

`RACE_ROUNDS` in the environment repeats each race so often: once in the test run, 200 times for the proofs.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier

from django.db import connection, connections, transaction

from clinic.models import Block, IdempotencyKey
from clinic.rules.refusals import Refusal
from patients.actions import booking
from patients.models import SEATED, Consultation

ROUNDS = range(int(os.environ.get("RACE_ROUNDS", "1")))
OVERLAPS = {
    "practitioner": """SELECT count(*) FROM clinic_block a JOIN clinic_block b ON a.id < b.id
        AND a.practitioner_id = b.practitioner_id AND a."start" < b."end" AND b."start" < a."end"
        WHERE a.active AND b.active AND a.lane = 0 AND b.lane = 0""",
    "room": """SELECT count(*) FROM clinic_block a JOIN clinic_block b ON a.id < b.id
        AND a.room_id = b.room_id AND a."start" < b."end" AND b."start" < a."end"
        WHERE a.active AND b.active AND a.lane = 0 AND b.lane = 0""",
    "patient": """SELECT count(*) FROM patients_consultation a JOIN patients_consultation b ON a.id < b.id
        AND a.patient_id = b.patient_id AND a."start" < b."end" AND b."start" < a."end"
        WHERE a.status NOT IN ('cancelled', 'no_show') AND b.status NOT IN ('cancelled', 'no_show')""",
    "seats": """SELECT count(*) FROM clinic_block b WHERE b.active AND (b.taken > b.capacity OR b.taken <> (
        SELECT count(*) FROM patients_consultation c
        WHERE c.block_id = b.id AND c.status NOT IN ('cancelled', 'no_show')))""",
}
"""An independent look at the tables, by hand-written SQL: what must not be there, and how often it is."""


def race(attempts: list[Callable[[], object]]) -> Counter[str]:
    """Starts all at one moment, each on a connection of its own; how often what came of it ("done" or a code).

    Prints the counts and how long the slowest took, from the start on.
    """
    barrier = Barrier(len(attempts))

    def one(attempt: Callable[[], object]) -> tuple[str, float]:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            began = time.perf_counter()
            try:
                attempt()
            except Refusal as refusal:
                return refusal.code, time.perf_counter() - began
            return "done", time.perf_counter() - began
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(attempts)) as pool:
        answers = list(pool.map(one, attempts))
    outcome = Counter(code for code, _took in answers)
    print(f"{len(attempts)} at once: {dict(outcome)}, slowest {max(took for _, took in answers):.2f} s")  # noqa: T201
    return outcome


def overlaps() -> dict[str, int]:
    """What the tables hold that they must not."""
    found = {}
    with connection.cursor() as cursor:
        for name, sql in OVERLAPS.items():
            cursor.execute(sql)
            found[name] = cursor.fetchone()[0]
    return found


NONE = dict.fromkeys(OVERLAPS, 0)


@contextmanager
def without_constraint(table: str, *names: str) -> Iterator[None]:
    """The table without these constraints; afterwards it is emptied and they stand as before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = ANY(%s)",
            [list(names)],
        )
        defined = cursor.fetchall()
        for name, _definition in defined:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        try:
            yield
        finally:
            Consultation.objects.all().delete()
            Block.objects.all().delete()
            IdempotencyKey.objects.all().delete()
            for name, definition in defined:
                cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')


def naively(order: booking.Order, pause: Barrier) -> None:
    """Checks, then inserts, as one would without having thought of the others."""
    end = order.start + timedelta(minutes=order.type.duration_min)
    with transaction.atomic():
        taken = Block.objects.filter(
            practitioner=order.practitioner, active=True, start__lt=end, end__gt=order.start
        ).exists()
        busy = Consultation.objects.filter(
            patient=order.patient, status__in=SEATED, start__lt=end, end__gt=order.start
        ).exists()
        pause.wait(timeout=30)
        if taken or busy:
            return
        block = Block.objects.create(
            practitioner=order.practitioner,
            clinic=order.clinic,
            type=order.type,
            start=order.start,
            end=end,
            taken=1,
        )
        Consultation.objects.create(
            block=block,
            patient=order.patient,
            type=order.type,
            clinic=order.clinic,
            practitioner=order.practitioner,
            start=order.start,
            end=end,
            source=order.source,
            booked_at=order.start,
            status_at=order.start,
        )
