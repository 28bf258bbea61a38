"""Whether a kept connection still stands is known without asking."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.database.base import DatabaseWrapper

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept() -> Iterator[DatabaseWrapper]:
    """A connection of its own that has asked something before."""
    own = connection.copy()
    assert isinstance(own, DatabaseWrapper)
    with own.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
    yield own
    own.close()


def test_a_connection_that_stands_is_found_usable_without_a_statement(kept: DatabaseWrapper) -> None:
    with CaptureQueriesContext(kept) as asked:
        assert kept.is_usable()
        assert kept.is_usable()
    assert len(asked) == 0


def test_one_that_the_server_has_ended_is_not_usable(kept: DatabaseWrapper) -> None:
    assert kept.connection is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 2000)", [kept.connection.info.backend_pid])
    assert not kept.is_usable()


def test_one_in_the_middle_of_a_transaction_and_one_that_is_closed_are_not_usable(
    kept: DatabaseWrapper,
) -> None:
    kept.set_autocommit(False)
    with kept.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert not kept.is_usable()
    kept.close()
    assert not kept.is_usable()


def test_a_request_after_a_restart_of_the_server_gets_a_new_connection(kept: DatabaseWrapper) -> None:
    kept.health_check_enabled, kept.health_check_done = True, False  # type: ignore[attr-defined]  # not in the stubs
    assert kept.connection is not None
    old = kept.connection.info.backend_pid
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 2000)", [old])
    with kept.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone() != (old,)
