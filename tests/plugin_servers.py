"""A pytest plugin: the run's own PostgreSQL and Valkey, up before the settings are read, gone with the run."""

import os
import signal
import tempfile
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

import pytest

from clinic.launch import ambient, servers, snapshot

ROOT = Path(__file__).resolve().parent.parent
STACK = ExitStack()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    """Wraps pytest-django's own hook, which reads the settings."""
    signal.signal(
        signal.SIGTERM, signal.default_int_handler
    )  # asked to stop: as with Ctrl-C, the servers stop too
    base = Path(STACK.enter_context(tempfile.TemporaryDirectory(prefix="clinic-test-")))
    snapshot.copied(ROOT, ROOT / "var" / "test-cluster", base / "data")
    urls = STACK.enter_context(servers.started(base / "data", durable=False))
    os.environ.update(ambient.for_tests(urls, base / "var"))
    return (yield)


def pytest_configure(config: pytest.Config) -> None:
    """The copy is migrated already: pytest-django must not make another database."""
    config.option.reuse_db = True


def pytest_unconfigure() -> None:
    """Stops them."""
    STACK.close()
