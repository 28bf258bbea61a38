"""What every test may ask for. The servers come from tests/plugin_servers, before the settings are read."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connections

from clinic.launch import browser, postgres

pytest_plugins = ["tests.cast", "tests.post", "tests.sweeping"]
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session", autouse=True)
def _static_files_as_they_lie() -> None:
    """Static files are served from where they lie; what the browser tests collect is kept for the next run."""
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    kept, here = ROOT / "var" / "test-static", Path(settings.STATIC_ROOT)
    kept.mkdir(parents=True, exist_ok=True)
    here.parent.mkdir(parents=True, exist_ok=True)
    here.symlink_to(kept)


@pytest.fixture(scope="session", autouse=True)
def _passwords_are_hashed_fast() -> Iterator[None]:
    """Argon2 stays, at its lowest price: a hash that is dear on purpose took seconds of the run."""
    with mock.patch.multiple(Argon2PasswordHasher, time_cost=1, memory_cost=8, parallelism=1):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """The test database is made, and emptied between tests, by the owner of the schema.

    What the application's own role may not do is tested over a connection of its own.
    """
    connections["default"].settings_dict["USER"] = postgres.OWNER


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The Chromium of this machine or of the npm packages; where there is none, the tests fail."""
    found = browser.find(ROOT)
    return {
        **browser_type_launch_args,
        "executable_path": str(found.executable),
        "args": found.arguments,
        "env": {**os.environ, **found.env},
    }
