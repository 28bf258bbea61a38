"""What the application's own database role may not do, over a connection of its own."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from django.db import connection
from psycopg import sql
from psycopg.types.json import Jsonb

from clinic.launch import postgres
from clinic.models import grants

CREATED = "INSERT INTO pghistory_context (id, metadata, created_at, updated_at) VALUES (%s, %s, now(), now())"


@pytest.fixture
def app(db: None) -> Iterator[psycopg.Connection]:
    """The application's role in the test database; whatever it does is taken back."""
    known = connection.get_connection_params()
    where = {key: known[key] for key in ("dbname", "host", "port") if key in known}
    with psycopg.connect(**where, user=postgres.APP) as own:
        yield own
        own.rollback()


def tables() -> list[str]:
    return [*grants._history(), grants.CONTEXT]


@pytest.mark.assures("AU-02")
def test_the_application_cannot_change_or_delete_history(app: psycopg.Connection) -> None:
    names = tables()
    assert {"clinic_userevent", "clinic_accessevent", "programs_dosagerevision", "pghistory_context"} <= set(
        names
    )
    for name in names:
        key = "pgh_id" if name.endswith("event") and name != "clinic_accessevent" else "id"
        for statement in ("DELETE FROM {table}", "UPDATE {table} SET {key} = {key}", "TRUNCATE {table}"):
            forbidden = sql.SQL(statement).format(table=sql.Identifier(name), key=sql.Identifier(key))
            with pytest.raises(psycopg.errors.InsufficientPrivilege), app.transaction():
                app.execute(forbidden)


@pytest.mark.assures("AU-02")
def test_who_did_it_may_be_added_to_and_is_never_rewritten(app: psycopg.Connection) -> None:
    """A request's line may gain what was not known at first: a reason, or the user that a token names."""
    line = uuid4()
    app.execute(CREATED, [line, Jsonb({"user": "", "page": "/x/"})])

    def rewrite(**known: str) -> None:
        with app.transaction():
            app.execute("UPDATE pghistory_context SET metadata = %s WHERE id = %s", [Jsonb(known), line])

    rewrite(user="mira", page="/x/")
    rewrite(user="mira", page="/x/", reason="asked by phone")
    for wrong in ({"user": "noor", "page": "/x/", "reason": "asked by phone"}, {"user": "mira"}, {}):
        with pytest.raises(psycopg.errors.RaiseException, match="never rewritten"):
            rewrite(**wrong)
    [kept] = app.execute("SELECT metadata FROM pghistory_context WHERE id = %s", [line]).fetchone() or [None]
    assert kept == {"user": "mira", "page": "/x/", "reason": "asked by phone"}


@pytest.mark.assures("AU-02")
def test_the_application_writes_who_did_it(app: psycopg.Connection) -> None:
    """By history's own function, twice in one request: its upsert is allowed."""
    line = str(uuid4())
    for metadata in ('{"user": "", "page": "/x/"}', '{"user": "mira", "page": "/x/"}'):
        app.execute("SELECT set_config('pghistory.context_id', %s, true)", [line])
        app.execute("SELECT set_config('pghistory.context_metadata', %s, true)", [metadata])
        app.execute("SELECT _pgh_attach_context()")
    found = app.execute("SELECT metadata ->> 'user' FROM pghistory_context WHERE id = %s", [line]).fetchone()
    assert found == ("mira",)
