"""What every test may ask for. The servers come from tests/plugin_servers, before the settings are read."""

import pytest
from django.db import connections

from clinic.launch import postgres

pytest_plugins = ["tests.cast"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """The test database is made, and emptied between tests, by the owner of the schema.

    What the application's own role may not do is tested over a connection of its own.
    """
    connections["default"].settings_dict["USER"] = postgres.OWNER
