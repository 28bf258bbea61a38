"""`manage.py run`: the whole clinic from one command. Servers and mode are there already (clinic/launch/ambient)."""

import argparse
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from clinic.launch import children, static
from clinic.launch.children import Child
from clinic.launch.processes import Service, Supervisor


class Command(BaseCommand):
    """Migrates, fills an empty demo, starts web, worker and beat, and says where to sign in."""

    help = "Runs the clinic: web, worker and beat, with an embedded database and broker where none are configured."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The two options that scripts rely on."""
        parser.add_argument("--port", type=int, default=8000, help="where the web server listens (127.0.0.1)")
        parser.add_argument(
            "--empty", action="store_true", help="a new clinic of your own instead of the demo"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Returns when asked to stop; raises CommandError where the clinic cannot run."""
        port: int = options["port"]
        self._migrate()
        log_ins = self._first_rows()
        if static.is_stale():
            self.stdout.write("Collecting styles, fonts and icons")
            call_command("collectstatic", interactive=False, verbosity=0)
            static.stamp()
        connection.close()
        supervisor = Supervisor(_services(port), say=self._say)
        code = supervisor.run(until_ready=lambda: _answers(port), ready=lambda: self._announce(log_ins))
        if code:
            raise CommandError("The clinic stopped because a part of it would not run.")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _migrate(self) -> None:
        """In a process of its own: that one connects as the owner of the schema."""
        executor = MigrationExecutor(connection)
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return
        self._say("Preparing the database")
        command = [sys.executable, "-m", "django", "migrate", "--verbosity=0", "--skip-checks"]
        log = Path(settings.VAR_DIR) / "log" / "migrate.log"
        log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with log.open("wb") as output:
            code = children.spawn(Child(command, output, folder=settings.BASE_DIR)).wait()
        if code:
            raise CommandError(f"The database could not be migrated:\n{log.read_text()[-2000:]}")

    def _first_rows(self) -> str:
        """Fills an empty database; what to print about signing in."""
        someone = get_user_model()._default_manager.exists()
        if settings.DEMO and not someone:
            call_command("demo")
        if settings.DEMO:
            return DEMO_LOG_INS
        return "" if someone else first_sign_in()

    def _announce(self, log_ins: str) -> None:
        self._say(f"\nThe clinic runs at {settings.SITE_URL}\n{log_ins}\nCtrl-C stops it.")


DEMO_LOG_INS = """
  front desk       desk@demo.clinic
  physiotherapist  physio@demo.clinic
  manager          manager@demo.clinic
  patient          patient@demo.clinic   (no password: a code by email)

Password of the three staff accounts: demo-demo-demo. Emails and codes show at /dev/outbox/."""


def first_sign_in() -> str:
    """What a new organisation does first."""
    return f"Nobody can sign in yet. See {settings.SITE_URL}/"


def _services(port: int) -> list[Service]:
    logs = Path(settings.VAR_DIR) / "log"
    python = sys.executable
    web = [python, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    web += [
        "--workers",
        "2",
        "--blocking-threads",
        "1",
        "--respawn-failed-workers",
        "--workers-kill-timeout",
        "5",
    ]
    celery = [python, "-m", "celery", "-A", "clinic.celery"]
    worker = [
        *celery,
        "worker",
        "--concurrency",
        "2",
        "--without-gossip",
        "--without-mingle",
        "--loglevel",
        "INFO",
    ]
    schedule = str(Path(settings.VAR_DIR) / "beat.db")
    beat = [*celery, "beat", "--schedule", schedule, "--pidfile", "", "--loglevel", "INFO"]
    commands = {"web": [*web, "clinic.wsgi:application"], "worker": worker, "beat": beat}
    return [
        Service(name, command, folder=settings.BASE_DIR, log=logs / f"{name}.log")
        for name, command in commands.items()
    ]


def _answers(port: int) -> bool:
    """Whether the web server says that it is alive."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/healthz", headers={"Host": settings.ALLOWED_HOSTS[0]}
    )
    try:
        with urllib.request.urlopen(request, timeout=2) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False
