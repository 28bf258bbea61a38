"""Stocking the library: what ships arrives once, drawn, and what staff changed stays theirs."""

import io
from pathlib import Path

import pghistory
import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from programs import library
from programs.actions import changing, stocking
from programs.figures import catalogue
from programs.library import templates
from programs.models import Exercise, Template
from programs.rules.dosage import Side, from_mapping, problems, to_mapping, warnings
from tests.factories import ExerciseFactory


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    """The figures drawn so far, with their side; a drawing costs nothing here."""
    calls: list[tuple[str, bool]] = []

    def still(name: str, *, mirrored: bool = False) -> str:
        calls.append((name, mirrored))
        return f"<svg>{name}{mirrored}</svg>"

    monkeypatch.setattr(catalogue, "still", still)
    return calls


@pytest.fixture
def media(settings: Settings, tmp_path: Path) -> Path:
    """An empty folder for files."""
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


@pytest.fixture
def stocked(db: None, media: Path, drawn: list[tuple[str, bool]]) -> int:
    """The library, stocked once."""
    return stocking.stock()


def test_the_command_stocks_an_empty_library_and_says_how_much(
    db: None, media: Path, drawn: list[tuple[str, bool]]
) -> None:
    said = io.StringIO()
    call_command("stock", stdout=said)
    assert (
        said.getvalue()
        == f"{Exercise.objects.count() + Template.objects.count()} exercises and templates are new or renewed.\n"
    )
    assert Exercise.objects.exists()


def test_every_exercise_and_template_that_ships_arrives(stocked: int) -> None:
    assert stocked == len(library.exercises()) + len(templates.templates())
    assert set(Exercise.objects.values_list("slug", flat=True)) == {each.slug for each in library.exercises()}


def test_an_exercise_carries_what_its_entry_says(stocked: int) -> None:
    entry = next(each for each in library.exercises() if each.slug == "curl-up")
    row = Exercise.objects.get(slug="curl-up")
    assert (row.name, tuple(row.steps), tuple(row.benefits)) == (entry.name, entry.steps, entry.benefits)
    assert from_mapping(row.starting) == entry.starting
    assert row.recommended["hold_s"] == list(entry.recommended["hold_s"])


def test_both_sides_of_each_figure_stand_as_files(stocked: int, media: Path) -> None:
    row = Exercise.objects.get(slug="knee-to-chest-stretch")
    for mirrored in (False, True):
        url = stocking.picture_url(row, mirrored=mirrored)
        assert url.startswith("/media/figures/knee_to_chest-")
        file = media / url.removeprefix("/media/")
        assert file.read_text() == f"<svg>knee_to_chest{mirrored}</svg>"
    assert not list(media.rglob("*.part"))


def test_an_exercise_without_a_figure_has_no_picture(stocked: int) -> None:
    assert stocking.picture_url(ExerciseFactory.create(figure="")) == ""


def test_stocked_again_nothing_changes_and_nothing_is_drawn(
    stocked: int, drawn: list[tuple[str, bool]]
) -> None:
    drawn.clear()
    assert stocking.stock() == 0
    assert drawn == []


def test_a_file_that_was_lost_is_drawn_again(
    stocked: int, drawn: list[tuple[str, bool]], media: Path
) -> None:
    drawn.clear()
    next(media.rglob("walking-*-other.svg")).unlink()
    stocking.stock()
    assert drawn == [("walking", True)]


def test_an_exercise_that_staff_changed_stays_theirs(stocked: int) -> None:
    with pghistory.context(user="mira"):
        Exercise.objects.filter(slug="curl-up").update(name="Our curl-up")
    assert stocking.stock() == 0
    assert Exercise.objects.get(slug="curl-up").name == "Our curl-up"


def test_an_untouched_exercise_is_renewed(stocked: int) -> None:
    Exercise.objects.filter(slug="curl-up").update(why="An older text.")
    assert stocking.stock() == 1
    assert Exercise.objects.get(slug="curl-up").why != "An older text."


def test_the_first_week_has_the_pyramid_and_a_short_walk(stocked: int) -> None:
    template = Template.objects.get(name="First week, low back")
    items = {item.exercise.slug: from_mapping(item.dosage) for item in template.items.order_by("position")}
    assert list(items) == ["knee-to-chest-stretch", "curl-up", "rotational-stretch", "walking"]
    assert items["curl-up"].reps_per_set == (5, 3, 1)
    assert items["walking"].duration_min == 10


def test_what_ships_can_be_prescribed_without_a_reason(stocked: int) -> None:
    exercises = {row.slug: row for row in Exercise.objects.all()}
    doses = [(row, from_mapping(row.starting)) for row in exercises.values()]
    doses += [
        (exercises[item.exercise], item.dosage)
        for template in templates.templates()
        for item in template.items
    ]
    for row, dosage in doses:
        assert problems(dosage) == ()
        assert warnings(dosage, changing.ranges(row)) == (), row.slug


@pytest.mark.parametrize(
    ("side", "other"), [(Side.LEFT, True), (Side.RIGHT, False), (Side.BOTH, False), (Side.NONE, False)]
)
def test_the_picture_shows_the_side_that_works(stocked: int, side: Side, other: bool) -> None:
    knee = Exercise.objects.get(slug="knee-to-chest-stretch")
    assert catalogue.side(knee.figure) == "right"
    assert stocking.shows_other_side(knee, side) is other


def test_a_picture_without_sides_is_never_turned(db: None) -> None:
    own = ExerciseFactory.create(starting=to_mapping(library.exercises()[0].starting), picture="photo")
    assert not stocking.shows_other_side(own, Side.LEFT)


def test_a_template_with_an_unknown_exercise_is_refused() -> None:
    text = '[[template]]\nname="A"\ndescription=""\nsource=""\n[[template.item]]\nexercise="headstand"\n'
    with pytest.raises(ValueError, match="No exercise headstand ships"):
        templates.read(text)
