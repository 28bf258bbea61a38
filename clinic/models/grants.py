"""What the application's own database role may do: everything to the present, nothing to history.

Runs after each migration, as the owner. Where one role serves as both, triggers alone guard history.
"""

from typing import Any

import environ
from django.apps import apps
from django.conf import settings
from django.db import connection
from psycopg import sql

NEVER_CHANGED = {"AccessEvent", "DosageRevision"}


def app_role() -> str:
    """The role in DATABASE_URL, empty where the URL names none."""
    return str(environ.Env.db_url_config(settings.DATABASE_URL).get("USER", ""))


def apply(**_: Any) -> None:
    """Grants for the application's role. Sent after `migrate`; safe to repeat."""
    role = app_role()
    with connection.cursor() as cursor:
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
                tables=sql.SQL(", ").join(map(sql.Identifier, _history())), role=name
            )
        )


def _history() -> list[str]:
    """Tables of history events, access events and dosage revisions that exist by now."""
    existing = set(connection.introspection.table_names())
    tables = {
        model._meta.db_table
        for model in apps.get_models()
        if hasattr(model, "pgh_tracked_model") or model.__name__ in NEVER_CHANGED
    }
    return sorted(tables & existing)
