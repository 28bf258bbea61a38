"""What work cost: processor time of processes, statements of the database. Both hold on a noisy machine."""

import os
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

TICKS = os.sysconf("SC_CLK_TCK")
NOT_COUNTED = (
    r"^\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\M|^SELECT set_config\(\$1, \$2, \$3\), set_config\("
)
"""What begins and ends transactions, and what pghistory puts in front of a write: that travels with the write.

All else is counted, the look whether the connection still stands as well.
"""
STATEMENTS = """
    SELECT query, calls, total_exec_time FROM pg_stat_statements
    JOIN pg_roles ON pg_roles.oid = userid
    WHERE rolname = 'clinic_app' AND toplevel AND query !~* %s
    ORDER BY total_exec_time DESC
"""


@dataclass(frozen=True)
class Statement:
    """A statement with its values left out: how often it was sent, and the milliseconds of one."""

    text: str
    calls: int
    ms: float


@dataclass
class Cost:
    """Filled in when the stretch is over: seconds of processor time, and the statements, the dearest first."""

    application: float = 0.0
    database: float = 0.0
    statements: list[Statement] = field(default_factory=list)

    @property
    def calls(self) -> int:
        """All statements that were sent."""
        return sum(statement.calls for statement in self.statements)


@contextmanager
def counted(database: str, application_pid: int, database_pid: int) -> Iterator[Cost]:
    """The cost of what happens meanwhile. `database` is the address for the superuser."""
    cost = Cost()
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("SELECT pg_stat_statements_reset()")
        before = cpu_seconds(application_pid), cpu_seconds(database_pid)
        yield cost
        cost.application = cpu_seconds(application_pid) - before[0]
        cost.database = cpu_seconds(database_pid) - before[1]
        rows = connection.execute(STATEMENTS, [NOT_COUNTED]).fetchall()
    cost.statements = [Statement(" ".join(text.split()), calls, ms / calls) for text, calls, ms in rows]


def yardstick() -> float:
    """Processor milliseconds of a million additions: how slow this machine is at the moment."""
    began = time.process_time()
    total = 0
    for number in range(1_000_000):
        total += number
    return (time.process_time() - began) * 1000


def cpu_seconds(root: int) -> float:
    """Processor seconds of the process and all below it, those that ended meanwhile included."""
    below: dict[int, list[int]] = defaultdict(list)
    spent: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (found := _state(folder)) is not None:
            parent, ticks = found
            below[parent].append(int(folder.name))
            spent[int(folder.name)] = ticks
    family = [root]
    for process in family:
        family += below[process]
    return sum(spent.get(process, 0) for process in family) / TICKS


def _state(folder: Path) -> tuple[int, int] | None:
    """The parent and the ticks of a process, with those of its children that have ended; None where it is gone."""
    try:
        text = (folder / "stat").read_text()
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return int(fields[1]), sum(map(int, fields[11:15]))
