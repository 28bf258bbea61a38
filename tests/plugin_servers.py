"""A pytest plugin: the run's own PostgreSQL and Valkey, up before the settings are read, gone with the run.

`manage.py test` starts them itself and says so by VAR_DIR; plain `python -m pytest` gets them here.
"""

import os
import tempfile
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

import pytest

from clinic.launch import ambient, servers

STACK = ExitStack()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    """Wraps pytest-django's own hook, which reads the settings."""
    if not os.environ.get("TEST_SERVERS"):
        base = Path(STACK.enter_context(tempfile.TemporaryDirectory(prefix="clinic-test-")))
        urls = STACK.enter_context(servers.started(base / "data", durable=False))
        os.environ.update(ambient.for_tests(urls, base / "var"))
    return (yield)


def pytest_unconfigure() -> None:
    """Stops them."""
    STACK.close()
