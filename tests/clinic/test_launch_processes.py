"""Nothing that the launcher started outlives it, whatever ends it."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from clinic.launch import processes
from clinic.launch.processes import MOST_QUICK_DEATHS, Supervisor
from tests.clinic.test_launch_servers import _wait_until_gone

ROOT = Path(__file__).resolve().parent.parent.parent

STUBBORN = """
import os, pathlib, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(100)"])
note = pathlib.Path(sys.argv[1])
note.with_suffix(".new").write_text(f"{os.getpid()} {child.pid}")
note.with_suffix(".new").rename(note)
time.sleep(100)
"""
"""A program that does not hear SIGTERM, with a child that does not either."""

LAUNCHER = """
import pathlib, sys
from clinic.launch import processes
from clinic.launch.processes import Supervisor
processes.PATIENCE = 1.0
note, program = pathlib.Path(sys.argv[1]), sys.argv[2]
command = [sys.executable, "-c", program, str(note)]
service = processes.service("web", command, folder=note.parent, log=note.with_suffix(".log"))
sys.exit(Supervisor([service]).run(until_ready=note.exists, ready=lambda: print("ready", flush=True)))
"""


@pytest.fixture
def launcher(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A launcher with a stubborn program and grandchild, ready."""
    command = [sys.executable, "-c", LAUNCHER, str(tmp_path / "note"), STUBBORN]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda end: end.name)
def test_grandchildren_go_with_the_launcher(
    launcher: subprocess.Popen[str], tmp_path: Path, end: signal.Signals
) -> None:
    started = [int(pid) for pid in (tmp_path / "note").read_text().split()]
    launcher.send_signal(end)
    assert launcher.wait(timeout=10) == (-end if end is signal.SIGKILL else 0)
    assert all(_wait_until_gone(pid) for pid in started)


def test_a_program_that_never_starts_stops_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clinic.launch.processes.FIRST_DELAY", 0.01)
    said: list[str] = []
    command = [sys.executable, "-c", "print('no port left'); exit(3)"]
    service = processes.service("web", command, folder=tmp_path, log=tmp_path / "web.log")
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    try:
        code = Supervisor([service], say=said.append).run(until_ready=lambda: False, ready=lambda: None)
    finally:
        for number, handler in zip((signal.SIGINT, signal.SIGTERM, signal.SIGHUP), before, strict=True):
            signal.signal(number, handler)
    assert code == 1
    assert sum("web ended (exit code 3)" in line for line in said) == MOST_QUICK_DEATHS - 1
    assert "no port left" in said[-1]


def test_a_program_that_dies_is_started_again(launcher: subprocess.Popen[str], tmp_path: Path) -> None:
    note = tmp_path / "note"
    web, child = (int(pid) for pid in note.read_text().split())
    note.unlink()
    subprocess.run(["kill", "-9", str(web)], check=True)
    deadline = time.monotonic() + 10
    while not note.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert _wait_until_gone(child)
    assert int(note.read_text().split()[0]) != web
