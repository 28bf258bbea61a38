"""What the application's own database role may do: everything to the present, nothing to history.

Runs after each migration, as the owner. Where one role serves as both, triggers alone guard history.
"""

from typing import Any

import environ
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg import sql

NEVER_CHANGED = {"AccessEvent", "DosageRevision"}
CONTEXT = "pghistory_context"
"""Who did it, and on which page. History's own function inserts a line, and updates it where a request adds to it."""
GUARD = """
CREATE FUNCTION clinic_guard_context() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND (
        NEW.metadata @> OLD.metadata
        OR OLD.metadata ->> 'user' = '' AND NEW.metadata @> OLD.metadata - 'user'
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'What history knows of a change may grow, and is never rewritten';
END $$;
CREATE TRIGGER clinic_guard_context BEFORE UPDATE OR DELETE ON pghistory_context
    FOR EACH ROW EXECUTE FUNCTION clinic_guard_context();
"""


def app_role() -> str:
    """The role in DATABASE_URL, empty where the URL names none."""
    return str(environ.Env.db_url_config(settings.DATABASE_URL).get("USER", ""))


def apply(**_: Any) -> None:
    """The guard of who did it, and the grants for the application's role. Sent after `migrate`; safe to repeat."""
    role = app_role()
    with connection.cursor() as cursor:
        _guard_context(cursor)
        cursor.execute("SELECT current_user, EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [role])
        owner, known = cursor.fetchone()
        if not known or owner == role:
            return
        name = sql.Identifier(role)
        for statement in (
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        ):
            cursor.execute(sql.SQL(statement).format(role=name))
        cursor.execute(
            sql.SQL("REVOKE UPDATE, DELETE ON {tables} FROM {role}").format(
                tables=sql.SQL(", ").join(map(sql.Identifier, [*_history(), CONTEXT])), role=name
            )
        )
        # what the upsert of history's own function needs; the guard sees to it that lines only grow
        cursor.execute(
            sql.SQL("GRANT UPDATE (metadata, updated_at) ON {table} TO {role}").format(
                table=sql.Identifier(CONTEXT), role=name
            )
        )


def _guard_context(cursor: CursorWrapper) -> None:
    cursor.execute(
        "SELECT to_regclass(%s) IS NOT NULL AND NOT EXISTS"
        " (SELECT FROM pg_trigger WHERE tgname = 'clinic_guard_context')",
        [CONTEXT],
    )
    if cursor.fetchone() == (True,):
        cursor.execute(GUARD)


def _history() -> list[str]:
    """Tables of history events, access events and dosage revisions that exist by now."""
    existing = set(connection.introspection.table_names())
    tables = {
        model._meta.db_table
        for model in apps.get_models()
        if hasattr(model, "pgh_tracked_model") or model.__name__ in NEVER_CHANGED
    }
    return sorted(tables & existing)
