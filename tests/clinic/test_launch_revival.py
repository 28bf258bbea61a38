"""A server that dies while the clinic runs comes back with its rows; one that keeps dying ends the clinic."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import psycopg
import pytest
import redis

from clinic.launch.processes import MOST_QUICK_DEATHS

Answer = TypeVar("Answer")
ROOT = Path(__file__).resolve().parent.parent.parent
LAUNCHER = """
import pathlib, sys
from clinic.launch import children, processes, servers
processes.FIRST_DELAY = 0.05
with servers.started(pathlib.Path(sys.argv[1]), durable=True) as urls:
    supervisor = processes.Supervisor([], servers=children.SERVERS)
    ready = lambda: print(urls.database, urls.redis, flush=True)
    sys.exit(supervisor.run(until_ready=lambda: True, ready=ready))
"""


@pytest.fixture
def launcher(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Both servers under supervision; its first line of output says where they are."""
    command = [sys.executable, "-c", LAUNCHER, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.terminate()


def _first_line(launcher: subprocess.Popen[str]) -> list[str]:
    assert launcher.stdout is not None
    return launcher.stdout.readline().split()


def _soon(ask: Callable[[], Answer], *, seconds: float = 15.0) -> Answer:
    """The answer, as soon as there is one."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return ask()
        except (psycopg.OperationalError, redis.ConnectionError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _valkey(url: str) -> int:
    return int(redis.Redis.from_url(url).info("server")["process_id"])


def test_a_killed_database_comes_back_with_its_rows(launcher: subprocess.Popen[str], tmp_path: Path) -> None:
    database, _broker = _first_line(launcher)
    with psycopg.connect(database.replace("clinic_app", "clinic_owner")) as owner:
        owner.execute("CREATE TABLE kept AS SELECT 1 AS one")
    note = tmp_path / "postgres" / "postmaster.pid"
    os.kill(int(note.read_text().split("\n", 1)[0]), signal.SIGKILL)

    def one() -> object:
        with psycopg.connect(database) as app:
            return app.execute("SELECT one FROM kept").fetchone()

    assert _soon(one) == (1,)
    launcher.terminate()
    assert launcher.wait(timeout=10) == 0
    assert launcher.stdout is not None
    assert "PostgreSQL ended (killed by SIGKILL); started again" in launcher.stdout.read()
    assert not note.exists()


def test_a_killed_broker_comes_back_and_one_that_keeps_dying_ends_all(
    launcher: subprocess.Popen[str], tmp_path: Path
) -> None:
    database, broker = _first_line(launcher)
    killed: set[int] = set()
    while len(killed) < MOST_QUICK_DEATHS:
        process = _soon(lambda: _valkey(broker))
        assert process not in killed
        os.kill(process, signal.SIGKILL)
        killed.add(process)
        time.sleep(0.05)
    assert launcher.wait(timeout=15) == 1
    assert launcher.stdout is not None
    said = launcher.stdout.read()
    assert said.count("Valkey ended (killed by SIGKILL); started again") == MOST_QUICK_DEATHS - 1
    assert f"Valkey died {MOST_QUICK_DEATHS} times in a row:\n--- {tmp_path / 'valkey.log'}" in said
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(database)
