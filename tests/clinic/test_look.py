"""The design system keeps its promises: readable pairs, strict pages, every part drawn."""

import re
from pathlib import Path

import pytest
from django.conf import settings as installed
from django.core.management import call_command
from django.template.loader import render_to_string
from django.test import RequestFactory
from pytest_django.fixtures import Settings

ROOT = Path(installed.BASE_DIR)
STATIC = "django.contrib.staticfiles.storage"
TOKENS = (ROOT / "clinic/static/clinic/tokens.css").read_text(encoding="utf-8")
PAIRS = [
    *[
        ("text", ground)
        for ground in (
            "canvas",
            "surface",
            "sunken",
            "accent-soft",
            "info-soft",
            "warn-soft",
            "bad-soft",
            "good-soft",
        )
    ],
    *[("muted", ground) for ground in ("canvas", "surface", "sunken")],
    *[("accent-text", ground) for ground in ("canvas", "surface", "accent-soft")],
    ("accent-ink", "accent"),
    *[
        (tone, ground)
        for tone in ("good", "warn", "bad", "info")
        for ground in ("surface", "canvas", f"{tone}-soft")
    ],
    ("stage-ink", "stage"),
    ("stage-soft", "stage"),
    ("pain", "surface"),
    ("effort", "surface"),
]
# The styles and scripts a strict policy would refuse. Mails are read in mail programs, which know no style sheets.
INLINE = re.compile(
    r"""\sstyle\s*=|<style\b|<script(?![^>]*\bsrc=)|\son[a-z]+\s*=\s*["']|\shx-on|javascript:""",
    re.IGNORECASE,
)


def _colour(role: str, theme: int) -> str:
    found = re.search(rf"--{role}: light-dark\((#[0-9a-f]{{6}}), (#[0-9a-f]{{6}})\)", TOKENS)
    assert found is not None, f"--{role} is not a pair of colours"
    return found.group(theme + 1)


def _luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2, 0 to 1."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_each_text_and_surface_pair_is_readable(ink: str, ground: str, theme: int) -> None:
    assert _contrast(_colour(ink, theme), _colour(ground, theme)) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["canvas", "surface"])
def test_the_edge_of_a_control_is_seen(ground: str, theme: int) -> None:
    assert _contrast(_colour("line-strong", theme), _colour(ground, theme)) >= 3


def test_the_measure_of_contrast_is_right() -> None:
    assert _contrast("#ffffff", "#000000") == pytest.approx(21)
    assert _contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_no_page_holds_what_a_strict_policy_refuses() -> None:
    pages = [path for path in (ROOT / "templates").rglob("*.html") if "emails" not in path.parts]
    faults = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path in pages
        if (found := INLINE.search(path.read_text("utf-8")))
    ]
    assert len(pages) > 20
    assert faults == []


@pytest.mark.parametrize(
    "fault",
    [
        '<p style="color:red">',
        "<style>p{}</style>",
        "<script>go()</script>",
        "<a onclick='go()'>",
        "<b hx-on:click=x>",
    ],
)
def test_the_search_for_inline_parts_finds_them(fault: str) -> None:
    assert INLINE.search(fault)


def test_only_the_tokens_name_colours() -> None:
    styles = [
        path
        for app in ("clinic", "patients", "programs")
        for path in (ROOT / app / "static").rglob("*.css")
        if path.name != "tokens.css"
    ]
    named = re.compile(r"(?<![\w&%-])#[0-9a-f]{3,8}\b(?=[^{}]*})", re.IGNORECASE)
    allowed = {"#fff", "#000"}  # paper under a letter and a forced-colours chart, and a mask
    faults = [
        f"{path.name}: {found}"
        for path in styles
        for found in named.findall(path.read_text("utf-8"))
        if found not in allowed
    ]
    assert faults == []


@pytest.mark.parametrize("base", ["staff.html", "portal.html"])
def test_the_design_page_draws_every_part_on_both_faces(base: str, settings: Settings) -> None:
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": f"{STATIC}.StaticFilesStorage"}}
    context = {
        "face_base": base,
        "nav": [],
        "organisation": "Spine Clinic",
        "who": {"name": "Hedda Falk", "role": "front desk"},
    }
    page = render_to_string("site/ui.html", context, RequestFactory().get("/dev/ui/"))
    for part in (
        "badge",
        "status",
        "notice",
        "toast",
        "empty",
        "dialog",
        "progress",
        "chart",
        "timeline",
        "scale",
        "pager",
    ):
        assert f'class="{part}' in page
    assert "<c-" not in page


def test_every_file_that_a_style_sheet_names_is_served(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": f"{STATIC}.ManifestStaticFilesStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    assert (tmp_path / "staticfiles.json").is_file()
    served = next(tmp_path.glob("clinic/base.*.css")).read_text(encoding="utf-8")
    assert "inter-latin-wght-normal." in served
