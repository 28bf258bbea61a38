"""The environment is made again exactly when something that it was made from has changed."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench import __main__ as measuring
from clinic.launch import bootstrap
from clinic.launch.bootstrap import Stamp


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder that looks like a clone with an environment for running the clinic."""
    for name in bootstrap.INPUTS:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"contents of {name}")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").touch()
    (tmp_path / "node_modules").mkdir()
    bootstrap.write_stamp(tmp_path, Stamp(bootstrap.key(tmp_path), str(tmp_path), dev=False))
    return tmp_path


def test_an_environment_stays_fresh_while_nothing_changes(root: Path) -> None:
    assert bootstrap.is_fresh(root, dev=False)


def test_an_environment_for_running_is_not_one_for_testing(root: Path) -> None:
    assert not bootstrap.is_fresh(root, dev=True)


def test_an_environment_for_testing_also_runs(root: Path) -> None:
    bootstrap.write_stamp(root, Stamp(bootstrap.key(root), str(root), dev=True))
    assert bootstrap.is_fresh(root, dev=False)


@pytest.mark.parametrize("name", bootstrap.INPUTS)
def test_it_goes_stale_when_a_requirement_changes(root: Path, name: str) -> None:
    (root / name).write_text("another version")
    assert not bootstrap.is_fresh(root, dev=False)


def test_it_goes_stale_with_another_python(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.version_info", (3, 99, 0, "final", 0))
    assert not bootstrap.is_fresh(root, dev=False)


def test_it_goes_stale_when_the_folder_is_moved(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    moved = tmp_path_factory.mktemp("elsewhere") / "clone"
    root.rename(moved)
    assert not bootstrap.is_fresh(moved, dev=False)


@pytest.mark.parametrize("half", ["", "{", "[]", '{"key": "of an older form"}'])
def test_a_preparation_that_was_killed_counts_as_none(root: Path, half: str) -> None:
    (root / ".venv" / "stamp.json").write_text(half)
    assert not bootstrap.is_fresh(root, dev=False)


def test_it_goes_stale_when_the_assets_are_deleted(root: Path) -> None:
    (root / "node_modules").rmdir()
    assert not bootstrap.is_fresh(root, dev=False)


@pytest.mark.parametrize("name", ["manage.py", "clinic/launch/bootstrap.py"])
def test_an_older_python_can_read_what_it_meets_first(name: str) -> None:
    source = (Path(__file__).resolve().parent.parent.parent / name).read_text()
    assert ast.parse(source, feature_version=(3, 8))


def test_an_older_python_gets_a_sentence(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.version_info", (3, 9, 2, "final", 0))
    with pytest.raises(SystemExit, match=r"Python 3\.11 or newer is needed, this is 3\.9"):
        bootstrap.ensure(root, ["manage.py", "run"], dev=False)


def test_a_machine_without_node_uses_the_one_among_our_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert bootstrap.node_version() == 0
    npm = bootstrap.own_npm(Path(__file__).resolve().parent.parent.parent)
    answer = subprocess.run([*npm, "--version"], stdout=subprocess.PIPE, text=True, check=True)
    assert int(answer.stdout.split(".")[0]) >= 9


def test_where_no_package_brings_npm_it_says_what_to_install(root: Path) -> None:
    with pytest.raises(SystemExit, match=r"Install Node\.js 18"):
        bootstrap.own_npm(root)


def test_a_measurement_started_outside_the_environment_starts_again_as_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun: list[list[str]] = []
    monkeypatch.setattr(sys, "prefix", "/usr")
    monkeypatch.setattr(sys, "argv", ["bench", "no-such-scenario"])
    monkeypatch.setattr(bootstrap, "is_fresh", lambda _root, dev: dev)
    monkeypatch.setattr(os, "execv", lambda _python, argv: begun.append(argv[1:]))
    measuring.main()
    assert begun == [["-m", "bench", "no-such-scenario"]]
