"""A pytest plugin: each process that tests has a PostgreSQL and a Valkey of its own, up before the settings are read.

With `-n` the tests are shared among several processes (pytest-xdist); the one that hands them out needs no servers.
"""

import gc
import os
import signal
import tempfile
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

import pytest

from clinic.launch import ambient, servers, snapshot
from clinic.launch.servers import Urls

ROOT = Path(__file__).resolve().parent.parent
STACK = ExitStack()
FOLDER = "CLINIC_TEST_FOLDER"
"""Environment variable: where the processes of one run keep their data; gone when the run ends, however it ends."""


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """Wraps pytest-django's own hook, which reads the settings."""
    # Asked to stop: as with Ctrl-C, the servers stop too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    base = _folder() / os.environ.get("PYTEST_XDIST_WORKER", "main")
    urls = _nowhere() if _hands_out(early_config) else _servers(base)
    os.environ.update(ambient.for_tests(urls, base / "var"))
    return (yield)


def pytest_configure(config: pytest.Config) -> None:
    """The copy is migrated already: pytest-django must not make another database."""
    config.option.reuse_db = True


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is imported by now stays: looking through it again and again for garbage took a tenth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 50, 1_000)


def pytest_unconfigure() -> None:
    """Stops them."""
    STACK.close()


def _folder() -> Path:
    if FOLDER not in os.environ:
        made = tempfile.TemporaryDirectory(prefix="clinic-test-", ignore_cleanup_errors=True)
        os.environ[FOLDER] = STACK.enter_context(made)
        STACK.callback(os.environ.pop, FOLDER)
    return Path(os.environ[FOLDER])


def _hands_out(config: pytest.Config) -> bool:
    """Whether this process only hands out tests. Its workers find this plugin by the environment."""
    if "PYTEST_XDIST_WORKER" in os.environ or not config.known_args_namespace.numprocesses:
        return False
    os.environ["PYTEST_PLUGINS"] = __name__
    return True


def _nowhere() -> Urls:
    database = "postgres://nobody@127.0.0.1:1/nowhere?"
    return Urls(database, database, "redis://127.0.0.1:1")


def _servers(base: Path) -> Urls:
    snapshot.copied(ROOT, ROOT / "var" / "test-cluster", base / "data")
    return STACK.enter_context(servers.started(base / "data", durable=False))
