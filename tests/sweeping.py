"""Empties the database after a test that committed: rows are deleted where some are, and nothing is made anew.

Django's own way truncates every table, and then makes content types, permissions and grants again: most of a second,
where the tests of the races take less.
"""

from collections.abc import Iterator
from unittest import mock

import pgtrigger
import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase

KEPT = {"django_migrations", "django_content_type", "auth_permission"}
"""Tables that only migrations fill."""
GUARDED = "pghistory_context"
"""A table whose guard is not one of pgtrigger's."""


@pytest.fixture(scope="session", autouse=True)
def _swept() -> Iterator[None]:
    with mock.patch.object(TransactionTestCase, "_fixture_teardown", new=_instead):
        yield


def _instead(_case: TransactionTestCase) -> None:
    sweep()


def sweep() -> None:
    """Waits for whoever still writes, then leaves every table empty but those of the migrations."""
    names = set(connection.introspection.django_table_names(only_existing=True)) - KEPT
    tables = [connection.ops.quote_name(name) for name in sorted(names)]
    steps = [
        f"LOCK TABLE {', '.join(tables)} IN EXCLUSIVE MODE",
        f"ALTER TABLE {GUARDED} DISABLE TRIGGER USER",
        *(f"DELETE FROM {table}" for table in tables),  # noqa: S608 - names of our own
        "SET CONSTRAINTS ALL IMMEDIATE",  # in this order, because only now do all foreign keys lead nowhere
        f"ALTER TABLE {GUARDED} ENABLE TRIGGER USER",
    ]
    with transaction.atomic(), pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute("; ".join(steps))
