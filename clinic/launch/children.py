"""Starts child processes that die with their parent, and, for a parent who is root, under a user who is not."""

import ctypes
import enum
import functools
import os
import pwd
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000


class LaunchError(RuntimeError):
    """Something could not be started; the message says what to do."""


class Cloak(enum.Enum):
    """How a server that refuses to run as root is started by root."""

    NONE = "we are not root: nothing to do"
    NAMESPACE = "a user namespace in which root has an ordinary number; files stay root's outside"
    NOBODY = "the user nobody, who must be able to reach the folders"


@dataclass(frozen=True)
class Child:
    """What to start: `farewell` is the signal that reaches it when the launcher dies."""

    command: Sequence[str]
    log: IO[bytes] | int
    farewell: signal.Signals = signal.SIGTERM
    cloak: Cloak = Cloak.NONE
    env: Mapping[str, str] | None = None
    folder: Path | None = None


@dataclass
class Program:
    """A long-lived program: how it is started, where its output goes, and the process that runs it now."""

    name: str
    log: Path
    start: Callable[[], subprocess.Popen[bytes]]
    process: subprocess.Popen[bytes] | None = None


SERVERS: list[Program] = []
"""The servers that this process started and has not stopped: whoever supervises may start a dead one again."""


@contextmanager
def serving(server: Program, farewells: Sequence[tuple[signal.Signals, float]]) -> Iterator[None]:
    """The server runs meanwhile; at the end whatever process runs it then is stopped with these signals."""
    server.process = server.start()
    SERVERS.append(server)
    try:
        yield
    finally:
        SERVERS.remove(server)
        stop(server.process, farewells)


def spawn(child: Child) -> subprocess.Popen[bytes]:
    """The running process, leader of a session of its own (a Ctrl-C of the terminal does not reach it).

    The kernel ties it to the *thread* that calls this: call from the main thread.
    """
    return subprocess.Popen(
        child.command,
        stdin=subprocess.DEVNULL,
        stdout=child.log,
        stderr=subprocess.STDOUT,
        env=None if child.env is None else dict(child.env),
        cwd=child.folder,
        start_new_session=True,
        user="nobody" if child.cloak is Cloak.NOBODY else None,
        preexec_fn=_prepare(child.farewell, child.cloak),  # noqa: PLW1509 - no other way to set PDEATHSIG before exec
    )


@functools.cache
def cloak() -> Cloak:
    """The best cloak that this machine permits."""
    if os.geteuid() != 0:
        return Cloak.NONE
    try:
        spawn(Child(["true"], subprocess.DEVNULL, cloak=Cloak.NAMESPACE)).wait()
    except subprocess.SubprocessError:
        return Cloak.NOBODY
    return Cloak.NAMESPACE


def stop(process: subprocess.Popen[bytes], signals: Sequence[tuple[signal.Signals, float]]) -> None:
    """Sends each signal in turn and waits its seconds; then kills. Returns when the process is gone."""
    for number, patience in signals:
        if process.poll() is not None:
            return
        process.send_signal(number)
        try:
            process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            continue
    if process.poll() is None:
        process.kill()
    process.wait()


def _prepare(farewell: signal.Signals, disguise: Cloak) -> Callable[[], None]:
    """A function for the child, between fork and exec; everything it needs is loaded before the fork."""
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()
    ordinary = next(entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid)  # initdb looks its number up

    def prepare() -> None:
        if disguise is Cloak.NAMESPACE:
            if libc.unshare(CLONE_NEWUSER) != 0:
                raise PermissionError(ctypes.get_errno(), "unshare")
            Path("/proc/self/setgroups").write_text("deny")
            Path("/proc/self/uid_map").write_text(f"{ordinary} 0 1")
            Path("/proc/self/gid_map").write_text(f"{ordinary} 0 1")
        # After the change of user: that clears it.
        libc.prctl(PR_SET_PDEATHSIG, int(farewell), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return prepare
