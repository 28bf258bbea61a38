"""The clinic as it runs: web server, Celery worker and mail server beside a real Chromium, on the run's own servers."""

import fcntl
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings as installed
from django.db import connections
from playwright.sync_api import BrowserContext, ConsoleMessage, Page
from pytest_django import DjangoDbBlocker

from clinic.launch import children, postgres, static
from clinic.launch.children import Child
from clinic.models import User
from programs.actions import stocking
from tests import doors, sweeping
from tests.post import Postbox

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0
"""Seconds that a process or a mail may take on a busy machine; most take one."""
PASSWORD = "a-long-enough-pass-phrase"


@dataclass(frozen=True)
class House:
    """A clinic that runs: where it answers, and what its mail server received."""

    address: str
    postbox: Postbox
    mail_port: int

    def mail(self, to: str, about: str) -> EmailMessage:
        """The newest mail to somebody with these words in the subject, as soon as it is there."""
        found: list[EmailMessage] = []

        def arrived() -> bool:
            found[:] = [mail for mail in self._to(to) if about in mail["Subject"]]
            return bool(found)

        until(arrived, f"a mail to {to} about {about!r}; there are {self.subjects(to)}")
        return found[-1]

    def subjects(self, to: str) -> list[str]:
        """Of all mails to somebody."""
        return [str(mail["Subject"]) for mail in self._to(to)]

    def _to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.postbox.received if mail["To"] == address]


def until(condition: Callable[[], bool], what: str) -> None:
    """Returns once the condition holds; fails with `what` was waited for."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"Waited in vain for {what}"
        time.sleep(0.02)


@pytest.fixture(scope="session")
def base_url() -> str:
    """Of the plugin's own pages, which no journey uses: `sits` gives every context the address of the house."""
    return ""


@pytest.fixture(scope="package")
def processes(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    """Web server and worker for all journeys. They know nothing of the tests, and keep nothing between them.

    They end with the journeys: the worker would go on sending what other tests put into the post.
    """
    _collect_styles()
    box, mail_port, port = Postbox(), _free_port(), _free_port()
    mail = Controller(box, hostname="127.0.0.1", port=mail_port)
    mail.start()
    address = f"http://127.0.0.1:{port}"
    python = [sys.executable, "-m"]
    web = [*python, "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    web += ["--workers", "1", "--blocking-threads", "2", "clinic.wsgi:application"]
    worker = [*python, "celery", "-A", "clinic.celery", "worker", "--pool", "solo", "--without-gossip"]
    worker += ["--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]
    environment = _environment(address, mail_port)
    log = _log().open("wb")
    running = [children.spawn(Child(each, log, env=environment, folder=ROOT)) for each in (web, worker)]
    try:
        until(lambda: _answers(f"{address}/healthz", running), "the web server")
        yield House(address, box, mail_port)
    finally:
        for process in running:
            process.terminate()
        for process in running:
            _wait(process)
        mail.stop()
        log.close()
        with django_db_blocker.unblock():  # the last request may have written after the last test was swept
            sweeping.sweep()


@pytest.fixture
def house(processes: House, transactional_db: None, settings: Any) -> Iterator[House]:
    """The clinic with an empty database and the library of exercises; its log is shown where a test fails."""
    processes.postbox.received.clear()
    settings.EMAIL_BACKEND = "clinic.channels.email.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", processes.mail_port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.SITE_URL = processes.address
    stocking.stock()
    yield processes
    print(_log().read_text()[-6000:])  # noqa: T201 - pytest shows it beside a failure


@dataclass(frozen=True)
class Seat:
    """Somebody in front of a browser of their own; `faults` collects what the browser complained of."""

    page: Page
    faults: list[str]


Sits = Callable[..., Seat]


@pytest.fixture
def sits(new_context: Any, house: House) -> Sits:
    """Opens a browser for one person: nobody yet, or `sits(user)` signed in; other arguments are the context's."""

    def sit(user: User | None = None, **more: Any) -> Seat:
        context: BrowserContext = new_context(
            base_url=house.address, locale="en-GB", timezone_id="Europe/Berlin", **more
        )
        context.set_default_timeout(PATIENCE * 1000)
        if user is not None:
            _bring_in(context, user, house)
        context.add_init_script(TELLS_OF_REFUSALS)
        page, faults = context.new_page(), list[str]()
        page.on("console", lambda message: _note(message, faults))
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        return Seat(page, faults)

    return sit


TELLS_OF_REFUSALS = """document.addEventListener("securitypolicyviolation",
event => console.error(`CSP refused ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`))"""


def with_password(user: User) -> User:
    """The same user, who can sign in with PASSWORD."""
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return user


def _note(message: ConsoleMessage, faults: list[str]) -> None:
    refused = (
        "status of 422" in message.text
    )  # a form that comes back with its errors is an answer, not a fault
    if message.type in {"error", "warning"} and not refused:
        faults.append(f"{message.location.get('url', '')}: {message.text}")


def _bring_in(context: BrowserContext, user: User, house: House) -> None:
    cookie = doors.browser(user).cookies[installed.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": house.address}])


def _environment(address: str, mail_port: int) -> dict[str, str]:
    """The test run's own, with the test database over the application's own role, and the mail server."""
    url = os.environ["DATABASE_URL"].replace(
        f"/{postgres.DATABASE}?", f"/{connections['default'].settings_dict['NAME']}?"
    )
    return {
        **os.environ,
        "DATABASE_URL": url,
        "SITE_URL": address,
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "DJANGO_SETTINGS_MODULE": "clinic.settings",
    }


def _collect_styles() -> None:
    """Styles, scripts and icons, kept between runs for as long as no source changes."""
    with (ROOT / "var" / "test-static.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if static.is_stale():
            # In a process of its own: the tests in this one have taken the file names with hashes away.
            command = [sys.executable, "-m", "django", "collectstatic", "--no-input", "--verbosity=0"]
            subprocess.run(command, cwd=ROOT, check=True)
            static.stamp()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(url: str, running: list[subprocess.Popen[bytes]]) -> bool:
    dead = [process.args for process in running if process.poll() is not None]
    assert not dead, f"{dead} died: {_log().read_text()[-2000:]}"
    request = urllib.request.Request(url, headers={"Host": urlsplit(url).netloc})  # noqa: S310 - our own address
    try:
        with urllib.request.urlopen(request, timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


def _log() -> Path:
    """What web server and worker say."""
    return Path(installed.VAR_DIR) / "journeys.log"


def _wait(process: subprocess.Popen[bytes]) -> None:
    """Until it is gone; a server that was asked during its own start may not have heard."""
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
