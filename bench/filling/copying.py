"""Puts many rows into a table by COPY: without triggers, with the indexes built afterwards, in one go each."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

MEMORY = "512MB"
"""For building indexes."""
EXCLUSIONS = """
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = %s::regclass AND contype = 'x'
"""
INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = %s::regclass AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""


@dataclass(frozen=True)
class Table:
    """Where rows go, and the columns that they bring; all others have a default in the database."""

    name: str
    columns: tuple[str, ...]


def copy(table: Table, rows: Iterable[Sequence[Any]]) -> None:
    """Writes the rows, in the table's columns."""
    columns = ", ".join(f'"{name}"' for name in table.columns)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as stream,
    ):
        for row in rows:
            stream.write_row(row)


@contextmanager
def in_bulk(*tables: str) -> Iterator[None]:
    """Meanwhile no trigger and no foreign key is looked at, and the tables have no indexes but their keys."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        again = [statement for table in tables for statement in _taken_down(cursor, table)]
        yield
        cursor.execute(f"SET maintenance_work_mem = '{MEMORY}'")
        for statement in again:
            cursor.execute(statement)
        cursor.execute("SET session_replication_role = origin")


def tidy() -> None:
    """Statistics and visibility as autovacuum would have left them."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _taken_down(cursor: Any, table: str) -> list[str]:
    """Drops exclusions and indexes; the statements that make them again."""
    again = []
    cursor.execute(EXCLUSIONS, [table])
    for name, words in cursor.fetchall():
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        again.append(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {words}')
    cursor.execute(INDEXES, [table])
    for name, words in cursor.fetchall():
        cursor.execute(f"DROP INDEX {name}")
        again.append(words)
    return again
