"""`manage.py test`: everything that is checked. `test ARGS` runs pytest alone with ARGS."""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.core.management import BaseCommand

from clinic.launch import children
from clinic.launch.children import Child

PYTHON = sys.executable
TOOLS = Path(sys.executable).parent
SHARED = ["--numprocesses=auto", "--maxprocesses=4", "--dist=worksteal"]
"""The tests are shared among as many processes as there are processors, each with servers of its own."""


@dataclass(frozen=True)
class Step:
    """One check: its name, its command, and what its environment has beside ours."""

    name: str
    command: Sequence[str]
    env: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """How a step went; `output` is what it printed."""

    step: Step
    passed: bool
    seconds: float
    output: str


class Command(BaseCommand):
    """Runs each check even where an earlier one failed; the exit code is 0 only where all passed."""

    help = "Checks everything; with arguments: pytest alone, with these arguments."

    def run_from_argv(self, argv: list[str]) -> None:
        """Takes the arguments as they are: they are pytest's, not Django's."""
        pytest = [PYTHON, "-m", "pytest", *argv[2:]]
        if argv[2:]:
            os.chdir(settings.BASE_DIR)
            os.execv(PYTHON, pytest)  # noqa: S606 - signals then reach pytest itself
        signal.signal(signal.SIGTERM, _leave)
        color = ["--color=yes"] if sys.stdout.isatty() else []
        tests = children.spawn(Child([*pytest, *SHARED, *color], subprocess.PIPE, folder=settings.BASE_DIR))
        sys.exit(self._beside(tests))

    def _beside(self, tests: subprocess.Popen[bytes]) -> int:
        """The checks run while the tests do. pytest's own summary stays the last line."""
        with tempfile.TemporaryDirectory(prefix="clinic-checks-") as folder, ThreadPoolExecutor(1) as reader:
            last_line = reader.submit(self._pass_on, tests)
            results = []
            try:
                for step in _steps(folder):
                    results.append(_run(step))
                    self._say(_line(results[-1]))
                summary, code = last_line.result(), tests.wait()
            finally:
                children.stop(tests, [(signal.SIGTERM, 10)])
        for result in results:
            if not result.passed:
                self._say(f"\n--- {result.step.name}\n{result.output}")
        self._say("\n".join(["", *map(_line, results), summary]))
        return code or int(not all(result.passed for result in results))

    def _pass_on(self, tests: subprocess.Popen[bytes]) -> str:
        """Prints what the tests print, but for the last line: that one is returned."""
        held = ""
        for line in tests.stdout or ():
            if held:
                self._say(held)
            held = line.decode(errors="replace").rstrip("\n") or " "
        return held

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _line(result: Result) -> str:
    return f"{result.step.name:<24}{'ok' if result.passed else 'FAILED':<8}{result.seconds:6.1f} s"


def _leave(_number: int, _frame: FrameType | None) -> None:
    """Leaves through every `finally`, so that the tests stop their servers."""
    sys.exit(128 + signal.SIGTERM)


def _steps(folder: str) -> list[Step]:
    """All checks but the tests; the slowest last."""
    production = {
        "DEBUG": "no",
        "DEMO": "no",
        "SITE_URL": "https://clinic.example",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "VAR_DIR": folder,
    }
    django = [PYTHON, "-m", "django"]
    pages = sorted(str(path.relative_to(settings.BASE_DIR)) for path in _templates())
    return [
        Step("lint (ruff)", [PYTHON, "-m", "ruff", "check", "."]),
        Step("format (ruff)", [PYTHON, "-m", "ruff", "format", "--check", "."]),
        Step("walls (import-linter)", [str(TOOLS / "lint-imports"), "--no-cache"]),
        Step("templates (djlint)", [str(TOOLS / "djlint"), "templates", "--lint", "--quiet"]),
        Step("template idioms (djade)", [str(TOOLS / "djade"), "--check", "--target-version", "5.2", *pages]),
        Step("migrations complete", [*django, "makemigrations", "--check", "--dry-run"], {"VAR_DIR": folder}),
        Step("check --deploy", [*django, "check", "--deploy", "--fail-level", "WARNING"], production),
        Step("types (mypy)", [PYTHON, "-m", "mypy"]),
    ]


def _templates() -> list[Path]:
    return list((Path(settings.BASE_DIR) / "templates").rglob("*.html"))


def _run(step: Step) -> Result:
    began = time.monotonic()
    with tempfile.TemporaryFile() as log:
        child = Child(step.command, log.fileno(), folder=settings.BASE_DIR, env={**os.environ, **step.env})
        process = children.spawn(child)
        try:
            code = process.wait()
        finally:
            children.stop(process, [(signal.SIGTERM, 5)])
        log.seek(0)
        output = log.read().decode(errors="replace")
    return Result(step, code == 0, time.monotonic() - began, output)
