"""Owns the program templates as they ship: reads those that stand beside it into typed values."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from programs import library
from programs.rules.dosage import Dosage, from_mapping, require_sound

_FILE = Path(__file__).with_name("templates.toml")


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemEntry:
    """One exercise of a template, by its slug, with its dosage."""

    exercise: str
    dosage: Dosage


@dataclass(frozen=True, kw_only=True, slots=True)
class TemplateEntry:
    """One template as it ships, its items in order."""

    name: str
    description: str
    source: str
    items: tuple[ItemEntry, ...]


@cache
def templates() -> tuple[TemplateEntry, ...]:
    """All templates that ship, in the order of the file. Raises ValueError where the file is at fault."""
    return read(_FILE.read_text(encoding="utf-8"))


def read(text: str) -> tuple[TemplateEntry, ...]:
    """The templates of a TOML text in the form of `templates.toml`, in its order.

    Raises ValueError for broken TOML and an exercise that does not ship, KeyError for a missing key, OutOfBounds for
    a dosage that cannot be prescribed.
    """
    modes = {entry.slug: entry.mode for entry in library.exercises()}
    return tuple(_entry(table, modes) for table in tomllib.loads(text).get("template", []))


def _entry(table: Mapping[str, Any], modes: Mapping[str, str]) -> TemplateEntry:
    items = tuple(_item(dict(item), modes) for item in table["item"])
    return TemplateEntry(
        name=table["name"], description=table["description"], source=table["source"], items=items
    )


def _item(table: dict[str, Any], modes: Mapping[str, str]) -> ItemEntry:
    slug = table.pop("exercise")
    if slug not in modes:
        raise ValueError(f"No exercise {slug} ships: give a slug of exercises.toml.")
    dosage = from_mapping({"mode": modes[slug], **table})
    require_sound(dosage)
    return ItemEntry(exercise=slug, dosage=dosage)
