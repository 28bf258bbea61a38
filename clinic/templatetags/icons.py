"""Inline SVG icons: the product's own marks first, then the outline set of the icon package."""

import re
from functools import lru_cache
from pathlib import Path

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

OWN = Path(__file__).resolve().parent.parent / "static" / "clinic" / "icons"
NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
OPENING = re.compile(r"<svg[^>]*>", re.DOTALL)


class UnknownIcon(template.TemplateSyntaxError):
    """No such drawing: the name is wrong or the npm packages are not installed."""


@register.simple_tag
def icon(name: str, label: str = "", extra: str = "") -> SafeString:
    """The drawing as inline `<svg class="i …">`.

    Decoration by default (hidden from screen readers); with `label` it is an image with that name.
    Raises UnknownIcon for a name that is in neither set.
    """
    view_box, shapes = _drawing(name)
    voice = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    classes = f"i {extra}".strip()
    return format_html('<svg class="{}" viewBox="{}" {}>{}</svg>', classes, view_box, voice, shapes)


@register.simple_tag
@lru_cache(maxsize=64)
def status_icon(status: str, extra: str = "s") -> SafeString:
    """The mark of a visit's status: a circle that fills as the visit goes along."""
    return icon(f"status-{status}", "", extra)


@lru_cache(maxsize=512)
def _drawing(name: str) -> tuple[str, SafeString]:
    """The view box and inner shapes of a drawing, read once a process."""
    path = _found(name)
    source = path.read_text(encoding="utf-8")
    opening = OPENING.search(source)
    if opening is None:
        raise UnknownIcon(f"{path.name} holds no <svg> element.")
    box = re.search(r'viewBox="([^"]+)"', opening.group())
    shapes = source[opening.end() : source.rindex("</svg>")].strip()
    # Safe: the files belong to the product or to a pinned package, never to a user.
    return (box.group(1) if box else "0 0 24 24"), mark_safe(shapes)  # noqa: S308


def _found(name: str) -> Path:
    if NAME.fullmatch(name):
        for folder in (OWN, Path(settings.ICONS_DIR) / "outline"):
            path = folder / f"{name}.svg"
            if path.is_file():
                return path
    raise UnknownIcon(f"No icon “{name}”. Check the name, or fetch the icons with “npm ci”.")
