"""The ground that is measured on: a copy of a kept clinic with its servers, and web servers started on it."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import worlds
from bench.worlds import ROOT, World
from clinic.launch import children, postgres, processes

PRODUCT, BARE, UNGUARDED = "clinic.wsgi:application", "bench.bare:application", "bench.unguarded:application"
TIMED = "bench.timed:application"
WORKER_OF = {TIMED: "clinic.celery", UNGUARDED: "bench.unguarded"}
"""Where Celery finds the worker that belongs to a web application."""
STARTING = 60.0
"""Seconds until a web server must answer."""


class NotServed(RuntimeError):  # noqa: N818 - an outcome that the message explains
    """A web server did not answer; the message ends with its log."""


@dataclass(frozen=True)
class Web:
    """A web server that answers."""

    port: int
    pid: int
    log: Path


@dataclass(frozen=True)
class Ground:
    """A clinic with a running database and broker. `superuser` is the database's address for counting and breaking."""

    world: World
    superuser: str
    database_pid: int
    database_log: Path
    folder: Path

    @contextmanager
    def serving(self, application: str, *, workers: int = 2) -> Iterator[Web]:
        """A web server as `run` starts it, with so many workers. Raises NotServed."""
        port = int(os.environ["SITE_URL"].rpartition(":")[2])
        command = (
            f"granian --interface wsgi --host 127.0.0.1 --port {port} --workers {workers} --blocking-threads 1 "
            f"--respawn-failed-workers --workers-kill-timeout 5 {application}"
        ).split()
        log = self.folder / f"{application.partition(':')[0]}-{workers}.log"
        program = processes.service("web", [sys.executable, "-m", *command], folder=ROOT, log=log)
        with children.serving(program, [(signal.SIGTERM, 10)]):
            assert program.process is not None
            _wait(port, program.process, log)
            yield Web(port, program.process.pid, log)

    @contextmanager
    def working(self, application: str) -> Iterator[int]:
        """Worker and beat as `run` starts them; the worker's process. They begin to work some seconds later."""
        celery = f"celery -A {WORKER_OF[application]}"
        worker = f"{celery} worker --concurrency 2 --without-gossip --without-mingle --loglevel INFO"
        beat = f"{celery} beat --pidfile= --schedule {self.folder / 'beat.db'}"
        programs = [
            processes.service(
                name,
                [sys.executable, "-m", *command.split()],
                folder=ROOT,
                log=self.folder / f"{name}.log",
            )
            for name, command in (("worker", worker), ("beat", beat))
        ]
        with (
            children.serving(programs[0], [(signal.SIGTERM, 10)]),
            children.serving(programs[1], [(signal.SIGTERM, 10)]),
        ):
            assert programs[0].process is not None
            yield programs[0].process.pid


@contextmanager
def opened(world: World) -> Iterator[Ground]:
    """The ground, for one scenario: what it writes is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="clinic-bench-", dir=worlds.KEPT) as name:
        folder = Path(name)
        with worlds.unpacked(world, folder / "data") as urls:
            os.environ.update(worlds.environment(urls, f"http://127.0.0.1:{_free_port()}"))
            _dressed()
            database = next(server for server in children.SERVERS if server.name == postgres.NAME)
            assert database.process is not None
            yield Ground(
                world=world,
                superuser=worlds.address(urls, "postgres"),
                database_pid=database.process.pid,
                database_log=database.log,
                folder=folder,
            )


def _dressed() -> None:
    """Styles and icons, without which no page can be drawn."""
    subprocess.run([sys.executable, "-m", "bench.filling.styles"], cwd=ROOT, check=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Returns when the server answers anything at all."""
    deadline = time.monotonic() + STARTING
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    raise NotServed(f"The web server did not answer. Its log ends so:\n{log.read_text()[-2000:]}")
