"""Clinics of a given size: made once, kept as a cluster under var/bench/, and copied for each measurement."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from clinic.launch import postgres, servers, snapshot

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "var" / "bench"
HOME = KEPT / "home"
"""Secrets and static files of the measured product, the same for all sizes."""
GENERATOR = (*snapshot.INPUTS, "bench/worlds.py", "bench/filling/*.py", "programs/library/*.toml")
CONFIGURATION = "\nshared_preload_libraries = 'pg_stat_statements'\npg_stat_statements.track = 'all'\n"
DATABASE = snapshot.TEST_DATABASE


@dataclass(frozen=True)
class Size:
    """How much there is: patients, visits, and programs with their logs; and which kind of world it is."""

    patients: int
    visits: int
    courses: int
    world: str = "wide"


@dataclass(frozen=True)
class Sizes:
    """Two clinics: the figures of the issue compare them."""

    lesser: Size
    greater: Size


CROWDED = Size(240, 0, 0, "crowded")
"""Few practitioners and fewer rooms, for whom many race: the proofs."""
SIZES = {
    "small": Sizes(Size(2_000, 10_000, 20), Size(5_000, 40_000, 20)),
    "full": Sizes(Size(10_000, 10_000, 200), Size(100_000, 1_000_000, 2_000)),
}


@dataclass(frozen=True)
class World:
    """A kept cluster, and the note of who and what is in it."""

    size: Size
    folder: Path
    note: dict[str, Any]

    def bearer(self, who: str) -> dict[str, str]:
        """The header with which a program of `desk` or `patient` asks."""
        return {"Authorization": f"Bearer {self.note['tokens'][who]}"}

    def cookie(self, who: str) -> dict[str, str]:
        """The header with which a browser of theirs asks."""
        return {"Cookie": f"sessionid={self.note['sessions'][who]}"}

    def day(self, offset: int) -> date:
        """A day, counted from Monday of the week after the rows were made."""
        today = date.fromisoformat(self.note["today"])
        return today + timedelta(days=7 - today.weekday() + offset)


def kept(size: Size) -> World:
    """The clinic of that size; made first where there is none of this week, these migrations and this generator.

    Raises CalledProcessError where it cannot be made.
    """
    KEPT.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"{size.world}-{size.patients}-{size.visits}-{size.courses}"
    with (KEPT / f"{name}.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        folder = KEPT / f"{name}-{_key()}"
        if not folder.exists():
            for old in KEPT.glob(f"{name}-*/"):
                shutil.rmtree(old)
            print(
                f"Making a clinic of {size.patients:,} patients and {size.visits:,} visits", file=sys.stderr
            )
            _make(size, folder)
    return World(size, folder, json.loads((folder / "note.json").read_text()))


@contextmanager
def unpacked(world: World, base: Path) -> Iterator[servers.Urls]:
    """The servers, as `run` starts them, on a copy of the clinic in `base`."""
    base.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copytree(world.folder / "postgres", base / "postgres")
    with servers.started(base, durable=True) as urls:
        yield urls


def address(urls: servers.Urls, role: str) -> str:
    """The database's address for a role; `postgres` is the superuser."""
    sockets = Path(urls.database_owner.partition("?host=")[2])
    return postgres.url(sockets, role, DATABASE)


def environment(urls: servers.Urls, site: str) -> dict[str, str]:
    """What the product reads: as `run` sets it, on these servers."""
    return {
        "DATABASE_URL": address(urls, postgres.APP),
        "DATABASE_OWNER_URL": address(urls, postgres.OWNER),
        "REDIS_URL": urls.redis,
        "VAR_DIR": str(HOME),
        "SITE_URL": site,
        "DEMO": "yes",
        "DEBUG": "no",
        "EMAIL_URL": "folder://",
        "DJANGO_SETTINGS_MODULE": "clinic.settings",
    }


def _key() -> str:
    """A digest of what the rows follow from; a new week makes new ones, for they lie around today."""
    digest = hashlib.sha256(datetime.now(UTC).strftime("%G-%V").encode())
    for path in sorted(path for pattern in GENERATOR for path in ROOT.glob(pattern)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _make(size: Size, folder: Path) -> None:
    draft = KEPT / f"draft-{folder.name}"
    shutil.rmtree(draft, ignore_errors=True)
    snapshot.copied(ROOT, ROOT / "var" / "test-cluster", draft)
    with (draft / "postgres" / "postgresql.auto.conf").open("a") as configuration:
        configuration.write(CONFIGURATION)
    with servers.started(draft, durable=False) as urls:
        surroundings = {
            **os.environ,
            **environment(urls, "http://127.0.0.1"),
            "DATABASE_URL": address(urls, "postgres"),
        }
        asked = [f"--{name}={value}" for name, value in asdict(size).items()]
        filling = [sys.executable, "-m", "bench.filling", *asked]
        done = subprocess.run(filling, cwd=ROOT, env=surroundings, check=True, stdout=subprocess.PIPE)
        _count_statements(address(urls, "postgres"))
    (draft / "note.json").write_bytes(done.stdout)
    draft.rename(folder)


def _count_statements(superuser: str) -> None:
    """The extension that counts statements, and a checkpoint, so that no measurement pays for the filling."""
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        connection.execute("CHECKPOINT")
