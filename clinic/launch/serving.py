"""Serves a clinic that is prepared: web, then worker and beat; and remembers that it is, for a quick next start.

Knows no Django: a start with nothing new to prepare saves the seconds of loading it twice.
"""

import hashlib
import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from clinic.launch import ambient, children, postgres, processes
from clinic.launch.children import Program
from clinic.launch.processes import Supervisor

PREPARED_FROM = ("*/migrations/*.py", "*/static/**/*", "clinic/settings.py", ".venv/stamp.json")
CONFIGURATION = ("SITE_URL", "ALLOWED_HOSTS", "DEMO", "DEBUG", "VAR_DIR")


@dataclass(frozen=True)
class Opening:
    """What is said once the clinic answers: its address, the name it listens to, and how to sign in."""

    address: str
    host: str
    sign_in: str


def at_once(root: Path, argv: Sequence[str]) -> bool:
    """Serves until told to stop where `run` has nothing to prepare; False where Django must look first."""
    embedded = any(
        server.name == postgres.NAME for server in children.SERVERS
    )  # what another server holds may change
    if argv[1:2] != ["run"] or not ambient.is_plain(argv) or not embedded:
        return False
    opening = remembered(root, ambient.var_folder(root))
    if opening is None:
        return False
    sys.exit(serve(root, ambient.var_folder(root), ambient.plan(argv).port, opening))


def serve(root: Path, var: Path, port: int, opening: Opening) -> int:
    """Returns when told to stop; the exit code, 1 where a part would not run."""
    supervisor = Supervisor(_services(root, var, port), say=_say, servers=children.SERVERS)

    def ready() -> None:
        words = [f"\nThe clinic runs at {opening.address}", opening.sign_in, "Ctrl-C stops it."]
        _say("\n\n".join(filter(None, words)))

    return supervisor.run(until_ready=lambda: _answers(port, opening.host), ready=ready)


def remember(root: Path, var: Path, opening: Opening) -> None:
    """Notes that everything is prepared for what lies in `root` now."""
    draft = var / "prepared.new"
    draft.touch(mode=0o600)
    draft.write_text(json.dumps({"key": _key(root), **asdict(opening)}))
    draft.replace(var / "prepared.json")


def remembered(root: Path, var: Path) -> Opening | None:
    """The opening of the last start, None where anything changed since that must be prepared."""
    try:
        note = json.loads((var / "prepared.json").read_text())
    except (OSError, ValueError):
        return None
    if not isinstance(note, dict) or note.pop("key", None) != _key(root) or not (var / "static").is_dir():
        return None
    return Opening(**note)


def _key(root: Path) -> str:
    """Names, sizes and times of what a start is prepared from, and the settings that its words depend on."""
    digest = hashlib.sha256()
    for name in CONFIGURATION:
        digest.update(f"{name}={os.environ.get(name)} {os.environ.get(f'{name}_FILE')}\n".encode())
    for path in sorted(path for pattern in PREPARED_FROM for path in root.glob(pattern)):
        state = path.stat()
        digest.update(f"{path} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _services(root: Path, var: Path, port: int) -> list[Program]:
    web = f"granian --interface wsgi --host 127.0.0.1 --port {port} --workers 2 --blocking-threads 1"
    web += " --respawn-failed-workers --workers-kill-timeout 5 clinic.wsgi:application"
    worker = (
        "celery -A clinic.celery worker --concurrency 2 --without-gossip --without-mingle --loglevel INFO"
    )
    beat = ["celery", "-A", "clinic.celery", "beat", "--pidfile", "", "--loglevel", "INFO"]
    commands = {
        "web": web.split(),
        "worker": worker.split(),
        "beat": [*beat, "--schedule", str(var / "beat.db")],
    }
    return [
        processes.service(
            name, [sys.executable, "-m", *command], folder=root, log=var / "log" / f"{name}.log"
        )
        for name, command in commands.items()
    ]


def _say(text: str) -> None:
    print(text, flush=True)


def _answers(port: int, host: str) -> bool:
    """Whether the web server says that it is alive."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/healthz", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=2) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False
