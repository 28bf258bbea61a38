"""The surroundings of a command: which servers it talks to, where its secrets lie, whether a clinic runs already."""

import argparse
import fcntl
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from clinic.launch import servers
from clinic.launch.children import LaunchError
from clinic.launch.servers import Urls

WITHOUT_SERVERS = {
    "",
    "-h",
    "--help",
    "--version",
    "check",
    "collectstatic",
    "help",
    "makemigrations",
    "test",
    "version",
}
WITHOUT_SERVERS |= {"compilemessages", "makemessages"}
STARTING = 60.0
"""Seconds that a command waits for a `run` that is still on its way up."""


@dataclass(frozen=True)
class Plan:
    """What `run` was asked for."""

    port: int
    empty: bool


@contextmanager
def surroundings(root: Path, argv: Sequence[str]) -> Iterator[None]:
    """Sets the environment for the command in `argv`; servers that it had to start stop at the end.

    Exits with a sentence where they cannot be had.
    """
    command = argv[1] if len(argv) > 1 else ""
    var = var_folder(root)
    try:
        if command in WITHOUT_SERVERS or "--help" in argv:
            yield
        elif command == "run":
            with _running(var, plan(argv)):
                yield
        else:
            with _borrowed(var):
                yield
    except LaunchError as failure:
        sys.exit(str(failure))
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


def var_folder(root: Path) -> Path:
    """Where this installation keeps its data."""
    return Path(os.environ.get("VAR_DIR") or root / "var")


def plan(argv: Sequence[str]) -> Plan:
    """The options of `run` that must be known before the settings are read; the command itself checks the rest."""
    options, _rest = _parser().parse_known_args(argv[2:])
    return Plan(options.port, options.empty)


def is_plain(argv: Sequence[str]) -> bool:
    """Whether `run` got none but its own options."""
    return not _parser().parse_known_args(argv[2:])[1]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--empty", action="store_true")
    return parser


def for_tests(urls: Urls, var: Path) -> dict[str, str]:
    """Environment variables of a test run: own servers, own secrets, nothing of the clinic that may run beside it."""
    return {
        **urls.environment(),
        "VAR_DIR": str(var),
        "DEMO": "no",
        "DEBUG": "no",
        "SITE_URL": "http://127.0.0.1:8000",
        "EMAIL_URL": "folder://",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "yes",  # Playwright keeps an event loop in the thread of the tests
    }


def configured(name: str) -> bool:
    """Whether the clinic brings this itself, as NAME or NAME_FILE."""
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def run_alive(var: Path) -> dict[str, Any] | None:
    """What a `run` of this folder says of itself (pid, address, environment), None where none is alive."""
    lock, note = var / "run.lock", var / "run.json"
    deadline = time.monotonic() + STARTING
    while lock.exists() and _is_locked(lock):
        if note.exists():
            return dict(json.loads(note.read_text()))
        if time.monotonic() > deadline:
            raise servers.InUseError("A `run` has been starting for a minute. See what it says, or stop it.")
        time.sleep(0.1)
    return None


def _is_locked(path: Path) -> bool:
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@contextmanager
def _borrowed(var: Path) -> Iterator[None]:
    """The servers of a `run` that is alive, else servers for the duration of this command."""
    missing = {name for name in ("DATABASE_URL", "REDIS_URL") if not configured(name)}
    with ExitStack() as stack:
        if missing and (note := run_alive(var)) is not None:
            _default(note["environment"])
        elif missing:
            _default({"DEMO": _mode(var)})
            _default(stack.enter_context(_embedded(var)))
        yield


@contextmanager
def _running(var: Path, wanted: Plan) -> Iterator[None]:
    """The surroundings of `run`: one for each folder, its port free, its servers up, its note written."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    var.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ExitStack() as stack:
        try:
            stack.enter_context(servers.held(var / "run.lock", ""))
        except servers.InUseError:
            note = run_alive(var) or {}
            sys.exit(
                f"The clinic already runs at {note.get('address', 'its address')} (process {note.get('pid', '?')})."
            )
        _check_port(wanted.port)
        _default({"DEMO": _choose_mode(var, wanted), "SITE_URL": f"http://127.0.0.1:{wanted.port}"})
        _default(stack.enter_context(_embedded(var)))
        note_path = var / "run.json"
        _write_note(note_path)
        stack.callback(note_path.unlink, missing_ok=True)
        yield


@contextmanager
def _embedded(var: Path) -> Iterator[dict[str, str]]:
    database, broker = not configured("DATABASE_URL"), not configured("REDIS_URL")
    if not (database or broker):
        yield {}
        return
    with servers.parts(var / "data", durable=True, database=database, broker=broker) as found:
        yield found


def _default(environment: dict[str, str]) -> None:
    for name, value in environment.items():
        if not configured(name):
            os.environ[name] = value


def _mode(var: Path) -> str:
    """How the clinic in this folder was begun: "yes" for a demo, "no" otherwise."""
    path = var / "demo"
    return path.read_text().strip() if path.exists() else "no"


def _choose_mode(var: Path, wanted: Plan) -> str:
    """The first `run` of a folder decides: a clinic begun empty never turns into a demo, nor the other way round."""
    path = var / "demo"
    if path.exists():
        if wanted.empty and _mode(var) == "yes":
            sys.exit(f"This folder holds the demo clinic. Move {var} away, then start with --empty.")
        return _mode(var)
    mode = os.environ.get("DEMO") or ("no" if wanted.empty else "yes")
    path.write_text(mode)
    return mode


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as problem:
            sys.exit(f"Port {port} is not free ({problem.strerror}). Choose another: run --port {port + 1}")


def _write_note(path: Path) -> None:
    names = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "DEMO", "SITE_URL")
    note = {
        "pid": os.getpid(),
        "address": os.environ["SITE_URL"],
        "environment": {name: os.environ[name] for name in names if name in os.environ},
    }
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(note, indent=1))
    draft.replace(path)


def _leave(number: int, _frame: FrameType | None) -> None:
    """Leaves through every `finally`, so that the servers stop in order."""
    sys.exit(128 + number)
