"""A table reads the same on the page and in its file, and no cell of the file is a formula."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.web.tables import FORMULA, Bar, Column, Table, Value, as_file, safe

COLUMNS = [Column("Week of", is_number=False), Column("Share (%)")]


def read(table: Table) -> list[list[str]]:
    """The file's rows, as a program reads them."""
    text = as_file(table, "riverside").content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def table(*rows: tuple[Value, Value]) -> Table:
    """A table of two columns."""
    return Table(name="shares", title="Shares", columns=COLUMNS, rows=rows)


@pytest.mark.assures("IN-04")
@given(
    st.sampled_from([*FORMULA, "", " ", "a"]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
)
def test_a_cell_comes_back_as_it_was_or_with_an_apostrophe_and_never_as_a_formula(
    head: str, rest: str
) -> None:
    text = head + rest
    found = read(table((text, 3)))[1][0]
    assert not found.startswith(FORMULA)
    assert found == (f"'{text}" if text.startswith(FORMULA) else text)
    assert safe(safe(text)) == safe(text)


def test_dates_and_numbers_are_bare_in_the_file_and_words_on_the_page() -> None:
    made = table((date(2026, 3, 16), 1234.5), (date(2026, 3, 23), Bar(66, 60)), ("Later", None))
    assert read(made) == [
        ["Week of", "Share (%)"], ["2026-03-16", "1234.5"], ["2026-03-23", "66"], ["Later", ""],
    ]  # fmt: skip
    assert [[cell.text for cell in line] for line in made.lines] == [
        ["16 Mar", "1,234.5"], ["23 Mar", "66"], ["Later", "–"],
    ]  # fmt: skip
    assert [line[1].bar for line in made.lines] == [None, Bar(66, 60), None]
