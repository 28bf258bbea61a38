"""`manage.py run`: the whole clinic from one command. Servers and mode are there already (clinic/launch/ambient)."""

import argparse
import io
import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse
from django.utils import timezone

from clinic.actions import inviting
from clinic.launch import children, serving, static
from clinic.launch.children import Child
from clinic.launch.serving import Opening


class Command(BaseCommand):
    """Prepares what is new (tables, styles, an empty demo), serves, and says where to sign in."""

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
        var = Path(settings.VAR_DIR)
        with self._static_files():
            self._migrate()
            sign_in = self._first_rows(var / "log_ins.json")
        opening = Opening(settings.SITE_URL, settings.ALLOWED_HOSTS[0], sign_in)
        if settings.DEMO or inviting.is_set_up():  # a set-up link is printed anew at each start
            serving.remember(settings.BASE_DIR, var, opening)
        connection.close()
        if serving.serve(settings.BASE_DIR, var, options["port"], opening):
            raise CommandError("The clinic stopped because a part of it would not run.")

    @contextmanager
    def _static_files(self) -> Iterator[None]:
        """Collects them, where they are stale, beside whatever else is prepared."""
        if not static.is_stale():
            yield
            return
        self._say("Collecting styles, fonts and icons")
        with _beside("collectstatic", "--noinput", "--ignore", "redoc"):  # the API's pages are Swagger's
            yield
        static.stamp()

    def _migrate(self) -> None:
        """In a process of its own: that one connects as the owner of the schema."""
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self._say("Preparing the database")
            with _beside("migrate"):
                pass

    def _first_rows(self, note: Path) -> str:
        """Fills the library, or an empty database of a demo; what to print about signing in."""
        if not settings.DEMO:
            call_command("stock", stdout=io.StringIO())
            return "" if inviting.is_set_up() else first_sign_in()
        if not get_user_model()._default_manager.exists():
            printed = io.StringIO()
            call_command("demo", json=True, stdout=printed)
            note.write_text(printed.getvalue())
        return demo_log_ins(json.loads(note.read_text())) if note.exists() else ""

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def demo_log_ins(accounts: Sequence[dict[str, str]]) -> str:
    """One line an account: who, the address, the password where there is one, and the page to begin with."""
    lines = [
        f"  {each['role']:<16} {each['email']:<21} {each['password'] or 'a code by email':<17} {each['page']}"
        for each in accounts
    ]
    return "\n".join([*lines, "", f"Emails and codes: {settings.SITE_URL}{reverse('dev_outbox')}"])


def first_sign_in() -> str:
    """What a new organisation does first: a link that makes its first manager, once."""
    page = reverse("first_manager", args=[inviting.first_manager_token(now=timezone.now())])
    days = inviting.LASTS.days
    host = urlsplit(settings.EMAIL_URL).hostname
    post = f"Mails go out through {host}: set EMAIL_URL before you invite anybody.\n\n" if host else ""
    return post + (
        "Nobody can sign in yet. This link makes the first manager and the first clinic. It works once, for "
        f"{days} days; a new start prints a new one:\n\n  {settings.SITE_URL}{page}"
    )


@contextmanager
def _beside(*command: str) -> Iterator[None]:
    """Runs a command of Django's in a process of its own meanwhile; raises CommandError where it fails."""
    log = Path(settings.VAR_DIR) / "log" / f"{command[0]}.log"
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    python = [sys.executable, "-m", "django", *command, "--verbosity=0", "--skip-checks"]
    with log.open("wb") as output:
        process = children.spawn(Child(python, output, folder=settings.BASE_DIR))
    try:
        yield
        _wait(process, log)
    finally:
        children.stop(process, [(signal.SIGTERM, 5)])


def _wait(process: subprocess.Popen[bytes], log: Path) -> None:
    if process.wait():
        raise CommandError(f"{log.stem} failed; all of it is in {log}:\n{log.read_text()[-2000:]}")
