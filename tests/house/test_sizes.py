"""No function and no file outgrows what one person reads at once (design.md, section 2)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("clinic", "patients", "programs")
LONGEST_FUNCTION = 40
LONGEST_FILE = 300
EXEMPT: dict[str, str] = {}
"""`path` or `path:function` → why it may be longer."""


def sources() -> list[Path]:
    """The product's Python, migrations apart: those are written by a machine and never changed."""
    return [
        file for app in APPS for file in sorted((ROOT / app).rglob("*.py")) if "migrations" not in file.parts
    ]


def functions(source: str) -> Iterator[tuple[str, int]]:
    """Each function of a source with its number of lines, decorators apart."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def too_long(name: str, source: str) -> list[str]:
    """What a reader would complain of."""
    found = []
    lines = len(source.splitlines())
    if lines > LONGEST_FILE and name not in EXEMPT:
        found.append(f"{name} has {lines} lines")
    found += [
        f"{name}:{function} has {length} lines"
        for function, length in functions(source)
        if length > LONGEST_FUNCTION and f"{name}:{function}" not in EXEMPT
    ]
    return found


@pytest.mark.parametrize("app", APPS)
def test_no_function_and_no_file_is_too_long(app: str) -> None:
    files = [file for file in sources() if file.relative_to(ROOT).parts[0] == app]
    assert len(files) > 10
    assert [
        line for file in files for line in too_long(str(file.relative_to(ROOT)), file.read_text("utf-8"))
    ] == []


def test_it_sees_a_function_of_41_lines_and_a_file_of_301() -> None:
    long_function = "def verb():\n" + "    pass\n" * 40
    assert too_long("x.py", long_function) == ["x.py:verb has 41 lines"]
    assert too_long("x.py", "\n" * 301) == ["x.py has 301 lines"]


def test_every_exemption_is_still_needed() -> None:
    for place, reason in EXEMPT.items():
        path, _colon, function = place.partition(":")
        source = (ROOT / path).read_text("utf-8")
        assert reason
        if function:
            assert dict(functions(source))[function] > LONGEST_FUNCTION
        else:
            assert len(source.splitlines()) > LONGEST_FILE
