"""Keeps web, worker and beat alive for as long as the launcher lives, and not a moment longer."""

import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from clinic.launch import children
from clinic.launch.children import Child, Program

QUICK = 60.0
"""Seconds: a process that dies sooner has not really started."""
STARTING = 90.0
"""Seconds until everything must have become ready."""
TALK, HUSH = 3, 10.0
"""Lines of one log that are echoed at once, and the seconds of quiet after them: the log itself has them all."""
MOST_QUICK_DEATHS = 5
FIRST_DELAY = 0.5
"""Seconds before a dead process is started again; twice as long each time it dies at once, at most 10."""
PATIENCE = 10.0
"""Seconds that a process has for stopping; a web server asked during its own start may not hear it."""
LARGEST_LOG = 5_000_000
LOUD = ("ERROR", "CRITICAL")


def service(name: str, command: Sequence[str], *, folder: Path, log: Path) -> Program:
    """A program that adds to its log with every start; a log grown too long is put aside."""

    def start() -> subprocess.Popen[bytes]:
        log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if log.exists() and log.stat().st_size > LARGEST_LOG:
            log.replace(log.with_suffix(".old"))
        with log.open("ab") as output:
            return children.spawn(Child(command, output, folder=folder))

    return Program(name, log, start)


@dataclass
class Running:
    """A program, its present process and how it has fared."""

    program: Program
    process: subprocess.Popen[bytes]
    began: float
    read: int = 0
    ours: bool = True
    quick_deaths: int = 0
    hushed_until: float = 0.0
    again_at: float | None = None


@dataclass
class Supervisor:
    """Runs `services` until it is told to stop; `say` gets what the operator should read.

    Services that are not among the `first` start when the first answer: side by side all would be ready later.
    `servers` run already and are somebody else's to stop; here they are started again where they die.
    """

    services: Sequence[Program]
    say: Callable[[str], None] = print
    first: int = 1
    servers: Sequence[Program] = ()
    _asked: int = 0
    _guard: subprocess.Popen[bytes] | None = None
    _running: list[Running] = field(default_factory=list)
    _watched: list[Running] = field(default_factory=list)

    def run(self, *, until_ready: Callable[[], bool], ready: Callable[[], None]) -> int:
        """Starts everything, calls `ready` once `until_ready` says yes; the exit code, 0 when asked to stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)
        self._start_guard()
        now = time.monotonic()
        self._watched = [
            Running(server, server.process, now, ours=False)
            for server in self.servers
            if server.process is not None
        ]
        try:
            return self._serve(until_ready, ready)
        finally:
            self._stop_all()
            self._dismiss_guard()

    def _serve(self, until_ready: Callable[[], bool], ready: Callable[[], None]) -> int:
        self._running = [self._start(program) for program in self.services[: self.first]]
        deadline: float | None = time.monotonic() + STARTING
        while not self._asked:
            if deadline is not None and until_ready():
                ready()
                self._running += [self._start(program) for program in self.services[self.first :]]
                deadline = None
            states = [self._look_after(running) for running in [*self._watched, *self._running]]
            if not all(states):
                return 1
            if deadline is not None and time.monotonic() > deadline:
                self.say(f"Not ready after {STARTING:.0f} s; the end of each log:")
                for running in self._running:
                    self._show_end(running.program)
                return 1
            time.sleep(0.2 if deadline is None else 0.05)
        return 0

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self._asked += 1

    def _start(self, program: Program) -> Running:
        read = program.log.stat().st_size if program.log.exists() else 0
        program.process = program.start()
        if program in self.services:  # a server has a farewell of its own, gentler than the guard's
            self._tell_guard(f"+{program.process.pid}")
        return Running(program, program.process, time.monotonic(), read)

    def _look_after(self, running: Running) -> bool:
        """Echoes errors, restarts what died; False when it has died too often to go on."""
        if running.ours:
            self._echo(running)
        if running.again_at is not None:
            if time.monotonic() >= running.again_at:
                fresh = self._start(running.program)
                running.process, running.began, running.again_at = fresh.process, fresh.began, None
            return True
        if (code := running.process.poll()) is None:
            return True
        self._clear_group(running.process)
        lived = time.monotonic() - running.began
        running.quick_deaths = running.quick_deaths + 1 if lived < QUICK else 0
        name = running.program.name
        if running.quick_deaths >= MOST_QUICK_DEATHS:
            self.say(f"{name} died {running.quick_deaths} times in a row:")
            self._show_end(running.program)
            return False
        delay = min(10.0, FIRST_DELAY * 2.0**running.quick_deaths)
        self.say(f"{name} ended ({_how(code)}); started again in {delay:.1f} s")
        running.again_at = time.monotonic() + delay
        return True

    def _echo(self, running: Running) -> None:
        """Says the lines of the log that an operator must not miss."""
        size = running.program.log.stat().st_size
        if size < running.read:
            running.read = 0
        if size == running.read:
            return
        with running.program.log.open("rb") as log:
            log.seek(running.read)
            text = log.read()
        running.read += len(text)
        loud = [
            line for line in text.decode(errors="replace").splitlines() if any(word in line for word in LOUD)
        ]
        if not loud or time.monotonic() < running.hushed_until:
            return
        for line in loud[:TALK]:
            self.say(f"[{running.program.name}] {line}")
        running.hushed_until = time.monotonic() + HUSH
        self.say(f"[{running.program.name}] more in {running.program.log}")

    def _show_end(self, program: Program) -> None:
        with program.log.open(errors="replace") as file:
            lines = [line.rstrip("\n") for line in deque(file, 20)]
        self.say("\n".join([f"--- {program.log}", *lines]))

    def _stop_all(self) -> None:
        """Asks all at once, waits for all together, kills the rest; a second Ctrl-C skips the wait."""
        alive = [running.process for running in self._running if running.process.poll() is None]
        asked = self._asked
        for process in alive:
            process.terminate()
        deadline = time.monotonic() + PATIENCE
        while any(process.poll() is None for process in alive):
            if time.monotonic() > deadline or self._asked > max(asked, 1):
                break
            time.sleep(0.05)
        for running in self._running:
            self._clear_group(running.process)

    def _clear_group(self, process: subprocess.Popen[bytes]) -> None:
        """Kills what is left of a process and of the children it made."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self._tell_guard(f"-{process.pid}")

    def _start_guard(self) -> None:
        script = Path(__file__).with_name("guard.py")
        self._guard = subprocess.Popen(
            [sys.executable, "-I", str(script)], stdin=subprocess.PIPE, start_new_session=True
        )

    def _tell_guard(self, line: str) -> None:
        if self._guard is not None and self._guard.stdin is not None:
            with suppress(BrokenPipeError):
                self._guard.stdin.write(line.encode() + b"\n")
                self._guard.stdin.flush()

    def _dismiss_guard(self) -> None:
        if self._guard is not None and self._guard.stdin is not None:
            with suppress(BrokenPipeError):
                self._guard.stdin.close()
            self._guard.wait()


def _how(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
