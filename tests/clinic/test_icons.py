"""Icons: one line to draw one, and a name that does not exist is found before a patient sees a hole."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from clinic.templatetags.icons import UnknownIcon, icon, status_icon
from patients.rules.lifecycle import Status

NAMED = (
    re.compile(r'<c-icon[^>]*?\bname="([a-z0-9_-]+)"'),
    re.compile(r'\bicon="([a-z0-9_-]+)"'),
    re.compile(r'{%\s*icon\s+"([a-z0-9_-]+)"'),
)


def test_an_icon_is_decoration_unless_it_has_a_label() -> None:
    drawing = icon("check")
    assert 'aria-hidden="true"' in drawing
    assert "role=" not in drawing


def test_a_label_makes_it_an_image_with_that_name_and_is_escaped() -> None:
    drawing = icon("check", 'Done "today"')
    assert 'role="img" aria-label="Done &quot;today&quot;"' in drawing
    assert "aria-hidden" not in drawing


def test_the_products_own_mark_comes_before_the_package() -> None:
    assert 'd="M3 19.5h6v-5h6v-5h6v-5"' in icon("step-up")


@pytest.mark.parametrize("name", ["no-such-thing", "../../settings", "check.svg", ""])
def test_a_name_that_is_no_icon_says_what_to_do(name: str) -> None:
    with pytest.raises(UnknownIcon, match="npm ci"):
        icon(name)


@pytest.mark.parametrize("status", [*Status, "unresolved"])
def test_every_status_has_its_mark(status: str) -> None:
    assert "<svg" in status_icon(str(status))


def test_every_icon_that_a_template_names_exists() -> None:
    used = {
        name
        for path in Path(settings.BASE_DIR, "templates").rglob("*.html")
        for pattern in NAMED
        for name in pattern.findall(path.read_text(encoding="utf-8"))
    }
    assert "calendar-off" in used, "the search found nothing: it tests nothing"
    for name in sorted(used):
        icon(name)
