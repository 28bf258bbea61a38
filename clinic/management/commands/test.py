"""`manage.py test`: everything that is checked. `test ARGS` runs pytest alone with ARGS."""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand

PYTHON = sys.executable
TOOLS = Path(sys.executable).parent


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
            sys.exit(subprocess.run(pytest, cwd=settings.BASE_DIR, check=False).returncode)
        with tempfile.TemporaryDirectory(prefix="clinic-checks-") as folder:
            results = self._check(_steps(folder))
        began = time.monotonic()
        self._table(results)
        code = subprocess.run(pytest, cwd=settings.BASE_DIR, check=False).returncode
        failed = [result.step.name for result in results if not result.passed]
        if failed:
            print(f"Also failed before the tests: {', '.join(failed)}", file=sys.stderr)
        print(f"tests: {time.monotonic() - began:.0f} s", file=sys.stderr)
        sys.exit(code or bool(failed))

    def _check(self, steps: list[Step]) -> list[Result]:
        """The first step runs beside all others, on the second core; each says how it went as it ends."""
        slow, began = _start(steps[0]), time.monotonic()
        results = []
        for step in steps[1:]:
            started = time.monotonic()
            results.append(_finish(step, _start(step), started))
            self._say(results[-1])
        results.insert(0, _finish(steps[0], slow, began))
        self._say(results[0])
        return results

    def _say(self, result: Result) -> None:
        self.stdout.write(
            f"{'ok    ' if result.passed else 'FAILED'} {result.step.name} ({result.seconds:.1f} s)"
        )
        if not result.passed:
            self.stdout.write(result.output)
        self.stdout.flush()

    def _table(self, results: list[Result]) -> None:
        self.stdout.write("")
        for result in results:
            word = "ok" if result.passed else "FAILED"
            self.stdout.write(f"{result.step.name:<24}{word:<8}{result.seconds:6.1f} s")
        self.stdout.flush()


def _steps(folder: str) -> list[Step]:
    """All checks but the tests; the slowest first."""
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
        Step("types (mypy)", [PYTHON, "-m", "mypy"]),
        Step("lint (ruff)", [PYTHON, "-m", "ruff", "check", "."]),
        Step("format (ruff)", [PYTHON, "-m", "ruff", "format", "--check", "."]),
        Step("walls (import-linter)", [str(TOOLS / "lint-imports"), "--no-cache"]),
        Step("templates (djlint)", [str(TOOLS / "djlint"), "templates", "--lint", "--quiet"]),
        Step("template idioms (djade)", [str(TOOLS / "djade"), "--check", "--target-version", "5.2", *pages]),
        Step("migrations complete", [*django, "makemigrations", "--check", "--dry-run"], {"VAR_DIR": folder}),
        Step("check --deploy", [*django, "check", "--deploy", "--fail-level", "WARNING"], production),
    ]


def _templates() -> list[Path]:
    return list((Path(settings.BASE_DIR) / "templates").rglob("*.html"))


def _start(step: Step) -> subprocess.Popen[str]:
    return subprocess.Popen(
        step.command,
        cwd=settings.BASE_DIR,
        env={**os.environ, **step.env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _finish(step: Step, process: subprocess.Popen[str], began: float) -> Result:
    output, _none = process.communicate()
    return Result(step, process.returncode == 0, time.monotonic() - began, output)
