"""Owns the tables of pages that are also files: the same rows, order and words on the page and in its CSV."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.formats import date_format, number_format

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is a formula to a spreadsheet (OWASP, CSV injection; ASVS 5.0, 1.2.10)."""
BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel does not read UTF-8."""


@dataclass(frozen=True)
class Bar:
    """Percent, drawn as a bar as well where there is one; `mark` is what it is compared with."""

    value: int | None
    mark: int | None = None


Value = str | int | float | date | Bar | None


@dataclass(frozen=True)
class Column:
    """A column's words; numbers stand at its end."""

    words: str
    is_number: bool = True


@dataclass(frozen=True)
class Cell:
    """A value as the page shows it."""

    value: Value
    column: Column

    @property
    def bar(self) -> Bar | None:
        """What is to be drawn, if anything."""
        return self.value if isinstance(self.value, Bar) and self.value.value is not None else None

    @property
    def text(self) -> str:
        """The words, in the reader's language; a dash for nothing."""
        value = self.value.value if isinstance(self.value, Bar) else self.value
        match value:
            case None:
                return "–"
            case date():
                return date_format(value, "j M")
            case int() | float():
                return number_format(value, 1 if isinstance(value, float) else 0, force_grouping=True)
            case _:
                return str(value)


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of values under columns. `name` is what addresses and files call it. The first column names its row."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]

    @property
    def lines(self) -> list[list[Cell]]:
        """The rows as the page shows them."""
        return [[Cell(*pair) for pair in zip(row, self.columns, strict=True)] for row in self.rows]


def asked_for(request: HttpRequest, tables: Sequence[Table]) -> Table | None:
    """The table that `?format=csv&table=NAME` asks for; None where the page itself is. Raises Http404 for another."""
    if "format" not in request.GET:
        return None
    name = request.GET.get("table", tables[0].name if tables else "")
    found = next((each for each in tables if each.name == name), None)
    if request.GET["format"] != "csv" or found is None:
        raise Http404("There is no such table. Go back and choose one of the page.")
    return found


def as_file(table: Table, *about: object) -> HttpResponse:
    """The table as a CSV file (RFC 4180), its name made of what it is about, the first part before the table's own.

    UTF-8 with a byte order mark. Dates stand as ISO 8601 and numbers bare, so that a spreadsheet can count with them.
    """
    name = "-".join(str(part) for part in (*about[:1], table.name, *about[1:]))
    answer = HttpResponse(
        BYTE_ORDER_MARK,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
    writer = csv.writer(answer)
    writer.writerow([safe(str(column.words)) for column in table.columns])
    writer.writerows([_in_file(value) for value in row] for row in table.rows)
    return answer


def _in_file(value: Value) -> str | int | float | None:
    match value:
        case Bar():
            return value.value
        case date():
            return value.isoformat()
        case str():
            return safe(value)
        case _:
            return value


def safe(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
