"""The page of dependencies names each package that is asked for, and no other, with the licence that it declares."""

import json
import re
from importlib.metadata import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINE = re.compile(r"^\| (?P<name>[@a-z][\w/.-]*) \| (?P<licence>[^|]+) \|", re.MULTILINE)
NAME = re.compile(r"^[\w-]+", re.MULTILINE)


def written() -> dict[str, str]:
    """Package → licence, as the page says."""
    lines = LINE.finditer((ROOT / "docs" / "dependencies.md").read_text())
    found = {line["name"]: line["licence"].strip() for line in lines}
    del found["package"]
    return found


def of_python() -> set[str]:
    """What the product asks for to run."""
    return set(NAME.findall((ROOT / "requirements" / "base.in").read_text()))


def of_npm() -> dict[str, Path]:
    """npm packages and where they lie."""
    asked = json.loads((ROOT / "package.json").read_text())
    names = {**asked["dependencies"], **asked["devDependencies"]}
    return {name: ROOT / "node_modules" / name / "package.json" for name in names}


def test_each_package_that_is_asked_for_stands_there_and_no_other() -> None:
    assert set(written()) == of_python() | set(of_npm())


@pytest.mark.parametrize("name", sorted(of_python()))
def test_its_licence_is_the_one_that_it_declares(name: str) -> None:
    declared = metadata(name)
    fields = ("License-Expression", "License", "Classifier")
    said = " ".join(str(each) for field in fields for each in declared.get_all(field) or [])
    families = {
        re.split(r"[-\s]", part)[0] for part in re.split(r" OR | AND ", written()[name].partition(" (")[0])
    }
    missing = {family for family in families if family not in said and f"{family} License" not in said}
    assert not missing or "Dual License" in said, f"{name} declares {said}"


@pytest.mark.parametrize(("name", "package"), sorted(of_npm().items()))
def test_its_licence_is_the_one_of_its_package(name: str, package: Path) -> None:
    assert json.loads(package.read_text())["license"] == written()[name].partition(" (")[0]
