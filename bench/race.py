"""Fifty clients race for one slot, to book it and to move to it: one may have it, and nobody may see an error."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import psycopg

from bench import asking, ground
from bench.asking import Cell
from bench.cost import counted
from bench.figures import Better, Figure, percentile
from bench.ground import Ground, Web
from bench.load import Answer, Clients
from bench.options import Options
from bench.worlds import World, kept

CLIENTS = 50
WORKERS = (2, 8)
SLOWEST_MS = 500
CONSTRAINTS = {
    "clinic_block": ("one_block_a_practitioner", "one_block_a_room"),
    "patients_consultation": ("one_consultation_a_patient",),
}
"""What the negative control takes away beside the locks."""
DOUBLES = """
    SELECT count(*) FROM (
        SELECT start, max("end") OVER (
            PARTITION BY {whose} ORDER BY start, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS others_end FROM {table} WHERE {which} AND {whose} IS NOT NULL
    ) AS row WHERE others_end > start
"""
IN_LANE_0 = "active AND lane = 0"
SEATED = "status NOT IN ('cancelled', 'no_show')"
ROWS = "SELECT count(*) FROM clinic_block WHERE practitioner_id = %s AND start = %s AND active AND lane = 0"
INDEPENDENT = (
    DOUBLES.format(whose="practitioner_id", table="clinic_block", which=IN_LANE_0),
    DOUBLES.format(whose="room_id", table="clinic_block", which=IN_LANE_0),
    DOUBLES.format(whose="patient_id", table="patients_consultation", which=SEATED),
)
"""Looked at row by row, without the operators of the constraints: by whom, in which room, who is treated."""


@dataclass
class Outcome:
    """What the rounds of one kind of race gave."""

    statuses: Counter[int] = field(default_factory=Counter)
    won: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    doubles: int = 0
    deadlocks: int = 0
    cpu_seconds: float = 0.0
    statements: int = 0

    def add(self, answers: list[Answer], success: int, rows: int) -> None:
        """One round more, after which so many rows stand at the slot."""
        self.rows.append(rows)
        self.statuses.update(answer.status for answer in answers)
        self.won.append(sum(answer.status == success for answer in answers))
        self.seconds += [answer.seconds for answer in answers]

    @property
    def faults(self) -> int:
        """Answers of 500 and above."""
        return sum(count for status, count in self.statuses.items() if status >= 500)


def run(options: Options) -> Iterator[Figure]:
    """Create and move, with two and with eight workers; without the guard only what must then go wrong."""
    world = kept(options.sizes.lesser)
    for workers in WORKERS:
        with ground.opened(world) as here:
            if options.without_guard:
                drop_constraints(here)
            for kind, outcome in _raced(here, workers, options).items():
                name = f"{kind}, {workers} workers, {options.rounds} rounds"
                print(f"race: {name}: {_said(outcome)}", file=sys.stderr)
                yield from _unguarded(name, outcome) if options.without_guard else _guarded(name, outcome)


def _guarded(name: str, outcome: Outcome) -> Iterator[Figure]:
    rounds = len(outcome.won)
    yield _figure(f"{name}: most rows for one slot", max(outcome.rows), bare=1, target=1)
    yield _figure(f"{name}: doubles by SQL", outcome.doubles, target=0)
    yield _figure(f"{name}: rounds without exactly one winner", rounds - outcome.won.count(1), target=0)
    yield _figure(f"{name}: deadlocks in the log", outcome.deadlocks, target=0)
    yield _figure(f"{name}: 5xx", outcome.faults, target=0)
    losers = CLIENTS * rounds - sum(outcome.won)
    yield _figure(f"{name}: losers without a 409", losers - outcome.statuses[409], target=0)
    yield _figure(f"{name}: slowest", max(outcome.seconds) * 1000, unit="ms", target=SLOWEST_MS)
    yield _figure(f"{name}: p99", percentile(outcome.seconds, 0.99) * 1000, unit="ms")
    yield _figure(f"{name}: CPU of a request", outcome.cpu_seconds * 1000 / CLIENTS / rounds, unit="ms")
    yield _figure(f"{name}: statements of a request", outcome.statements / CLIENTS / rounds)


def _unguarded(name: str, outcome: Outcome) -> Iterator[Figure]:
    """Without the guard the race must show doubles: otherwise it proves nothing."""
    most = max(outcome.rows)
    yield _figure(f"{name}, no guard: most rows for one slot", most, bare=1, target=2, better=Better.MORE)
    yield _figure(f"{name}, no guard: rounds with a double", sum(rows > 1 for rows in outcome.rows))
    yield _figure(f"{name}, no guard: doubles that stand at the end", outcome.doubles)


def _figure(
    what: str,
    value: float,
    *,
    unit: str = "",
    bare: float | None = None,
    target: float | None = None,
    better: Better = Better.LESS,
) -> Figure:
    return Figure(scenario="race", what=what, value=value, unit=unit, bare=bare, target=target, better=better)


def _said(outcome: Outcome) -> str:
    counts = ", ".join(f"{count} × {status}" for status, count in sorted(outcome.statuses.items()))
    return f"{counts}; {outcome.doubles} doubles, {outcome.deadlocks} deadlocks"


def _raced(here: Ground, workers: int, options: Options) -> dict[str, Outcome]:
    world = here.world
    application = ground.UNGUARDED if options.without_guard else ground.PRODUCT
    with here.serving(application, workers=workers) as web, Clients(web.port, CLIENTS) as clients:
        free = asking.free_cells(web, world)
        # A visit stays at its clinic when it is moved: one clinic is for moving, the others for booking.
        cells = iter([cell for cell in free if cell.clinic == world.note["clinics"][0]])
        visits = _visits(clients, world, list(islice(cells, CLIENTS)))
        created = Outcome()
        with _watched(here, web, created):
            elsewhere = (cell for cell in free if cell.clinic != world.note["clinics"][0])
            for cell, crowd in _rounds(elsewhere, world, options.rounds):
                answers = clients.run(asking.booking(world, cell, who) for who in crowd)
                created.add(answers, 201, _rows(here, cell))
        moved = Outcome()
        with _watched(here, web, moved):
            for cell in islice(cells, options.rounds):
                answers = clients.run(asking.moving(world, visit, cell) for visit in visits)
                moved.add(answers, 200, _rows(here, cell))
    return {"create": created, "move": moved}


def _rounds(cells: Iterator[Cell], world: World, rounds: int) -> Iterator[tuple[Cell, list[str]]]:
    """A cell and fifty patients for each round."""
    patients = asking.patients(world)
    for cell in islice(cells, rounds):
        yield cell, list(islice(patients, CLIENTS))


def _visits(clients: Clients, world: World, cells: list[Cell]) -> list[str]:
    """Fifty consultations of fifty patients, at times that nobody races for."""
    patients = reversed(world.note["fresh"])
    answers = clients.run(
        asking.booking(world, cell, who) for cell, who in zip(cells, patients, strict=False)
    )
    return [answer.json()["id"] for answer in answers if answer.status == 201]


@contextmanager
def _watched(here: Ground, web: Web, outcome: Outcome) -> Iterator[None]:
    """Counts the doubles and the deadlocks that came meanwhile, and what it cost."""
    before = _doubles(here), deadlocks(here)
    with counted(here.superuser, web.pid, here.database_pid) as cost:
        yield
    outcome.cpu_seconds, outcome.statements = cost.application + cost.database, cost.calls
    outcome.doubles = max(0, _doubles(here) - before[0])  # who moves on takes a double along
    outcome.deadlocks = deadlocks(here) - before[1]


def _doubles(here: Ground) -> int:
    """Rows of the whole diary that begin before an earlier one of the same person or room has ended."""
    with psycopg.connect(here.superuser) as connection:
        return sum(_count(connection, question) for question in INDEPENDENT)


def _count(connection: "psycopg.Connection[Any]", question: str) -> int:
    row = connection.execute(question).fetchone()
    return int(row[0]) if row else 0


def _rows(here: Ground, cell: Cell) -> int:
    """Blocks of the practitioner that begin then: one, if all is well."""
    with psycopg.connect(here.superuser) as connection:
        found = connection.execute(ROWS, [cell.practitioner, cell.start]).fetchone()
    return int(found[0]) if found else 0


def deadlocks(here: Ground) -> int:
    """How many the database has written into its log so far."""
    return here.database_log.read_text(errors="replace").count("deadlock detected")


def drop_constraints(here: Ground) -> None:
    """Takes the net away, in this copy of the clinic."""
    with psycopg.connect(here.superuser, autocommit=True) as connection:
        for table, names in CONSTRAINTS.items():
            for name in names:
                connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
