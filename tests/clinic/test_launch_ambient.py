"""`run` lays down its surroundings before Django is there, and takes them up again however early it is stopped."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clinic.test_launch_servers import _wait_until_gone

ROOT = Path(__file__).resolve().parent.parent.parent
PREPARING = """
import pathlib, signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job starts with it ignored
from clinic.launch import ambient, children
with ambient.surroundings(pathlib.Path.cwd(), ["manage.py", "run", "--port", sys.argv[1]]):
    helper = children.spawn(children.Child(["sleep", "100"], 1))
    print(helper.pid, *(server.process.pid for server in children.SERVERS), flush=True)
    time.sleep(100)
"""
"""A `run` that takes long over its migrations or its demo."""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(
    ("end", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_a_run_that_is_stopped_while_it_prepares_leaves_nothing(
    tmp_path: Path, end: signal.Signals, code: int
) -> None:
    chosen = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SITE_URL", "DEMO"}
    environment = {name: value for name, value in os.environ.items() if name not in chosen}
    command = [sys.executable, "-c", PREPARING, str(_free_port())]
    with subprocess.Popen(
        command, cwd=ROOT, env={**environment, "VAR_DIR": str(tmp_path)}, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        started = [int(pid) for pid in process.stdout.readline().split()]
        assert len(started) == 3
        process.send_signal(end)
        assert process.wait(timeout=20) == code
    assert all(_wait_until_gone(pid) for pid in started)
    assert (tmp_path / "run.json").exists() == (end is signal.SIGKILL)
