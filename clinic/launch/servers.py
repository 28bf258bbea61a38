"""Starts the embedded servers, one set for each data folder, and hands out their addresses."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from clinic.launch import postgres, valkey
from clinic.launch.postgres import ServerError

LONGEST_SOCKET = 107
"""Bytes that a unix socket's path may have (sockaddr_un)."""


@dataclass(frozen=True)
class Urls:
    """Addresses in the form of DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL."""

    database: str
    database_owner: str
    redis: str

    def environment(self) -> dict[str, str]:
        """The same as environment variables."""
        return {
            "DATABASE_URL": self.database,
            "DATABASE_OWNER_URL": self.database_owner,
            "REDIS_URL": self.redis,
        }


class InUseError(ServerError):
    """Somebody else's servers run on this data folder."""


@contextmanager
def started(base: Path, *, durable: bool) -> Iterator[Urls]:
    """Both servers on the data in `base`. Raises ServerError, or InUseError while another process has them."""
    with parts(base, durable=durable) as urls:
        yield Urls(urls["DATABASE_URL"], urls["DATABASE_OWNER_URL"], urls["REDIS_URL"])


@contextmanager
def parts(
    base: Path, *, durable: bool, database: bool = True, broker: bool = True
) -> Iterator[dict[str, str]]:
    """The servers that are asked for, as environment variables. Raises ServerError and InUseError."""
    with ExitStack() as stack:
        base.mkdir(parents=True, exist_ok=True, mode=0o700)
        stack.enter_context(held(base / "lock", f"The servers of {base} already run in another process."))
        sockets = stack.enter_context(_socket_folder())
        found: dict[str, str] = {}
        if database:
            app, owner = stack.enter_context(postgres.running(base, sockets, durable=durable))
            found.update(DATABASE_URL=app, DATABASE_OWNER_URL=owner)
        if broker:
            found["REDIS_URL"] = stack.enter_context(valkey.running(base, sockets, durable=durable))
        yield found


@contextmanager
def held(path: Path, refusal: str) -> Iterator[None]:
    """Holds an exclusive lock on the file; the kernel lets go of it when the process dies. Raises InUseError."""
    with path.open("a") as file:
        if not _lock(file):
            raise InUseError(refusal)
        yield


def _lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _socket_folder() -> Iterator[Path]:
    """A private folder with a short path; those of killed launchers are swept."""
    temporary = Path(tempfile.gettempdir())
    if len(os.fsencode(temporary / "clinic-12345678" / ".s.PGSQL.5432")) > LONGEST_SOCKET:
        temporary = Path("/tmp")  # noqa: S108 - mkdtemp makes a private folder in it
    for leftover in temporary.glob("clinic-*/lock"):
        _sweep(leftover)
    folder = Path(tempfile.mkdtemp(prefix="clinic-", dir=temporary))
    try:
        with held(folder / "lock", f"{folder} is somebody else's."):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(lock: Path) -> None:
    try:
        with lock.open("a") as file:
            age = time.time() - lock.stat().st_mtime  # a newborn is not locked yet
            if age > 60 and lock.stat().st_uid == os.geteuid() and _lock(file):
                shutil.rmtree(lock.parent, ignore_errors=True)
    except OSError:  # another user's, or gone meanwhile
        return
