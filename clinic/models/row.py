"""What every row has: a time-ordered identity that reveals no count and can be made before the row is."""

import uuid
from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models import QuerySet, Value
from uuid_utils.compat import uuid7

M = TypeVar("M", bound=models.Model)


def new_id() -> uuid.UUID:
    """A UUIDv7: unique everywhere, and later rows sort after earlier ones (RFC 9562, 5.7)."""
    return uuid7()


class Row(models.Model):
    """Base of all our models."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True


class WholeRow(models.Func):
    """All columns of a model's row by name, so that rows of several tables can be read as one column."""

    template = "to_jsonb(%(table)s)"
    output_field = models.JSONField()

    def __init__(self, model: type[models.Model]) -> None:
        super().__init__(table=connection.ops.quote_name(model._meta.db_table))


def from_columns(model: type[M], columns: Mapping[str, object]) -> M:
    """The row that `WholeRow` has read."""
    fields = model._meta.concrete_fields
    values = [field.to_python(columns[str(field.column)]) for field in fields]
    return model.from_db(connection.alias, [field.attname for field in fields], values)


def all_rows(*wanted: QuerySet[Any]) -> dict[type[models.Model], list[Any]]:
    """The rows of several tables by their model, each in no order; in one query."""
    parts = [rows.values_list(Value(place), WholeRow(rows.model)) for place, rows in enumerate(wanted)]
    found: dict[type[models.Model], list[Any]] = {rows.model: [] for rows in wanted}
    for place, columns in parts[0].union(*parts[1:], all=True):
        model = wanted[place].model
        found[model].append(from_columns(model, columns))
    return found
