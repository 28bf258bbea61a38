"""Owns the library as it ships: reads the exercises that stand beside it into typed values."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from programs.rules.dosage import FIELDS, Dosage, Mode, from_mapping

_FILE = Path(__file__).with_name("exercises.toml")


class Recommended(NamedTuple):
    """A range of one dosage field, both ends included, and where its numbers come from."""

    low: float
    high: float
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ExerciseEntry:
    """One exercise as it ships. `figure` names a pose, '' for none; `difficulty` goes from 1 to 5."""

    slug: str
    name: str
    figure: str
    mode: Mode
    position: str
    steps: tuple[str, ...]
    cautions: tuple[str, ...]
    benefits: tuple[str, ...]
    why: str
    body_regions: tuple[str, ...]
    equipment: tuple[str, ...]
    difficulty: int
    contraindications: tuple[str, ...]
    precautions: tuple[str, ...]
    recommended: Mapping[str, Recommended]
    starting: Dosage

    @property
    def ranges(self) -> dict[str, tuple[float, float]]:
        """The recommended ranges without their sources, as `dosage.warnings` takes them."""
        return {field: (each.low, each.high) for field, each in self.recommended.items()}


@cache
def exercises() -> tuple[ExerciseEntry, ...]:
    """All exercises that ship, in the order of the file. Raises ValueError where the file is at fault."""
    return read(_FILE.read_text(encoding="utf-8"))


def read(text: str) -> tuple[ExerciseEntry, ...]:
    """The exercises of a TOML text in the form of `exercises.toml`, in its order.

    Raises ValueError for broken TOML, a missing or unknown key, an unknown dosage field and a slug that
    stands twice; OutOfBounds for a starting dosage that cannot be read.
    """
    entries = tuple(_entry(table) for table in tomllib.loads(text).get("exercise", []))
    slugs = [entry.slug for entry in entries]
    if twice := sorted({slug for slug in slugs if slugs.count(slug) > 1}):
        raise ValueError(f"Give each exercise its own slug; these stand twice: {', '.join(twice)}.")
    return entries


def _entry(table: Mapping[str, Any]) -> ExerciseEntry:
    slug = table.get("slug", "without a slug")
    wanted = set(ExerciseEntry.__dataclass_fields__)
    if wrong := sorted(wanted ^ set(table)):
        raise ValueError(f"Exercise {slug}: give each key once; missing or unknown: {', '.join(wrong)}.")
    if unknown := sorted(set(table["recommended"]) - set(FIELDS)):
        raise ValueError(f"Exercise {slug}: a dosage has no field {', '.join(unknown)}; rename it.")
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in table.items()
    }
    values["mode"] = Mode(table["mode"])
    values["recommended"] = MappingProxyType(
        {field: Recommended(**limits) for field, limits in table["recommended"].items()}
    )
    values["starting"] = from_mapping({"mode": table["mode"], **table["starting"]})
    return ExerciseEntry(**values)
