"""Stocks the library: the exercises and templates that ship, and their pictures, drawn once into files."""

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from programs import figures, library
from programs.figures import catalogue
from programs.library import templates
from programs.models import Exercise, Template, TemplateItem
from programs.rules.dosage import Side, to_mapping

FOLDER = "figures"
OTHER_SIDE = "-other"


def stock() -> int:
    """How many exercises and templates are new or renewed. Run again, it changes nothing.

    What staff have touched stays theirs: an exercise with a change by a user in its history, a template that exists.
    Figures are drawn before the first row is written; one whose file stands already is not drawn again.
    """
    entries = library.exercises()
    pictures = {entry.slug: _draw(entry.figure) for entry in entries if entry.figure}
    with transaction.atomic():
        standing = {
            row.slug: row for row in Exercise.objects.filter(slug__in=[each.slug for each in entries])
        }
        theirs = _touched_by_staff(row.pk for row in standing.values())
        count = 0
        for entry in entries:
            wanted = _columns(entry, pictures.get(entry.slug, ""))
            row = standing.get(entry.slug)
            if row is None:
                Exercise.objects.create(slug=entry.slug, **wanted)
                count += 1
            elif row.pk not in theirs and any(getattr(row, name) != value for name, value in wanted.items()):
                Exercise.objects.filter(pk=row.pk).update(**wanted)
                count += 1
            elif row.picture != wanted["picture"] and row.figure == entry.figure:
                Exercise.objects.filter(pk=row.pk).update(picture=wanted["picture"])
        return count + sum(_stock_template(entry) for entry in templates.templates())


def picture_url(exercise: Exercise, *, mirrored: bool = False) -> str:
    """The address of the exercise's drawn figure, of the other side if mirrored; "" where there is none."""
    if not exercise.picture:
        return ""
    return f"{settings.MEDIA_URL}{FOLDER}/{exercise.picture}{OTHER_SIDE if mirrored else ''}.svg"


def shows_other_side(exercise: Exercise, side: Side) -> bool:
    """Whether a dosage of this side needs the mirrored figure: the one that works is not the one drawn."""
    drawn = catalogue.side(exercise.figure) if exercise.picture and exercise.figure else None
    return drawn is not None and side in {Side.LEFT, Side.RIGHT} and side != drawn


def _draw(figure: str) -> str:
    """The base name of the figure's files, both sides of which stand under MEDIA_ROOT when this returns."""
    base = f"{figure}-{_drawn_by()}"
    folder = Path(settings.MEDIA_ROOT) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for mirrored, suffix in ((False, ""), (True, OTHER_SIDE)):
        target = folder / f"{base}{suffix}.svg"
        if not target.exists():
            unfinished = target.with_suffix(".part")
            unfinished.write_text(catalogue.still(figure, mirrored=mirrored), encoding="utf-8")
            unfinished.replace(target)
    return base


@cache
def _drawn_by() -> str:
    """A mark of the pose data and of the code that draws it: when either changes, files get new names."""
    sources = sorted(Path(figures.__path__[0]).glob("*.*"))
    marks = (path.name.encode() + path.read_bytes() for path in sources if path.suffix in {".py", ".toml"})
    return hashlib.sha256(b"\0".join(marks)).hexdigest()[:12]


def _columns(entry: library.ExerciseEntry, picture: str) -> dict[str, Any]:
    """The row of an exercise that ships, but its slug."""
    lists = (
        "steps",
        "cautions",
        "benefits",
        "body_regions",
        "equipment",
        "contraindications",
        "precautions",
    )
    texts = ("name", "mode", "position", "why", "difficulty", "figure")
    return {
        **{name: list(getattr(entry, name)) for name in lists},
        **{name: getattr(entry, name) for name in texts},
        "recommended": {field: list(each) for field, each in entry.recommended.items()},
        "starting": to_mapping(entry.starting),
        "picture": picture,
    }


def _touched_by_staff(ids: Iterable[UUID]) -> set[UUID]:
    """Those with a change in their history that a signed-in user made."""
    events = Exercise.pgh_event_model.objects.filter(pgh_obj__in=list(ids))  # type: ignore[attr-defined]
    return set(
        events.exclude(pgh_context__metadata__user="")
        .filter(pgh_context__metadata__has_key="user")
        .values_list("pgh_obj", flat=True)
    )


def _stock_template(entry: templates.TemplateEntry) -> bool:
    """Makes a template that is not there; whether it did."""
    template, created = Template.objects.get_or_create(
        name=entry.name, defaults={"description": entry.description, "source": entry.source}
    )
    if created:
        exercises = Exercise.objects.in_bulk([item.exercise for item in entry.items], field_name="slug")
        TemplateItem.objects.bulk_create(
            TemplateItem(
                template=template,
                exercise=exercises[item.exercise],
                position=position,
                dosage=to_mapping(item.dosage),
            )
            for position, item in enumerate(entry.items, start=1)
        )
    return created
