"""Owns the colours and the frame of the SVG: light, dark and mono, and the page's own where it sets them."""

from __future__ import annotations

from typing import Literal
from xml.sax.saxutils import escape

from programs.figures.poses import Figure
from programs.figures.scene import HEIGHT, WIDTH

Theme = Literal["light", "dark", "mono"]

_LIGHT = {
    "skin": "#e9c4a3", "skin-far": "#f1dac6", "top": "#5f918c", "top-far": "#9dbfba",
    "shorts": "#34484a", "shorts-far": "#788a8a", "hair": "#3f322b",
    "accent": "#0b5d5a", "accent-far": "#5d9791", "deep": "#084442", "deep-far": "#4f827e",
    "ink": "#1f2f31", "ink-far": "#83948f", "mat": "#cfe2dc", "edge": "#b4cfc7", "floor": "#b9c9c3",
    "shadow": "#1f2f31", "ghost": "#dce9e4", "ghost-line": "#7d948e", "arrow": "#a8521f",
    "shoe": "#0b5d5a", "shoe-far": "#5d9791",
    "bg": "#e6f1ed", "wood": "#d9c4a5", "wood2": "#b99f7a",
}  # fmt: skip
_DARK = {
    "skin": "#d9b08c", "skin-far": "#a98c75", "top": "#4b7f7a", "top-far": "#34615d",
    "shorts": "#6a7b7b", "shorts-far": "#4a5858", "hair": "#2a211d",
    "accent": "#59c2b6", "accent-far": "#2f7f78", "deep": "#2c958c", "deep-far": "#1d625d",
    "ink": "#0a1313", "ink-far": "#0a1313", "mat": "#24403f", "edge": "#33534f", "floor": "#3d5451",
    "shadow": "#000000", "ghost": "#203736", "ghost-line": "#74908b", "arrow": "#f0b968",
    "shoe": "#59c2b6", "shoe-far": "#2f7f78",
    "bg": "#14292a", "wood": "#6d5c45", "wood2": "#54452f",
}  # fmt: skip
# Drawn for photocopiers: what works is dark, what rests is white or pale.
_MONO = {
    "skin": "#ffffff", "skin-far": "#ffffff", "top": "#dcdcdc", "top-far": "#efefef",
    "shorts": "#a8a8a8", "shorts-far": "#d4d4d4", "hair": "#222222",
    "accent": "#6a6a6a", "accent-far": "#9a9a9a", "deep": "#3a3a3a", "deep-far": "#7a7a7a",
    "ink": "#111111", "ink-far": "#777777", "mat": "#f2f2f2", "edge": "#cfcfcf", "floor": "#999999",
    "shadow": "#000000", "ghost": "#ffffff", "ghost-line": "#777777", "arrow": "#000000",
    "shoe": "#6a6a6a", "shoe-far": "#9a9a9a",
    "bg": "#ffffff", "wood": "#e2e2e2", "wood2": "#bdbdbd",
}  # fmt: skip
_PALETTES: dict[Theme, dict[str, str]] = {"light": _LIGHT, "dark": _DARK, "mono": _MONO}
_BOTH = ("skin", "top", "shorts", "shoe", "accent", "deep")  # colours with a lighter tone for the far side
_LINES = (
    ".fg-p{paint-order:stroke;stroke-linejoin:round;stroke:@ink;stroke-width:3}"
    ".fg-p.fg-far{stroke:@ink-far;stroke-width:2.4}.fg-p.fg-bare{stroke:none}"
    ".fg-hair{fill:@hair}.fg-nose{fill:@ink;opacity:.2}.fg-mat{fill:@mat}.fg-edge{fill:@edge}.fg-shadow{fill:@shadow}"
    ".fg-floor{stroke:@floor;stroke-width:2.5;stroke-linecap:round;fill:none}"
    ".fg-dash{fill:none;stroke:@ghost-line;stroke-width:3.2;stroke-dasharray:7 5;stroke-linejoin:round}"
    ".fg-ghost{fill:@ghost}"
    ".fg-halo{fill:none;stroke:@bg;stroke-linecap:round;stroke-linejoin:round;stroke-width:12}.fg-thin{stroke-width:8}"
    ".fg-shaft{fill:none;stroke:@arrow;stroke-width:6;stroke-linecap:round}"
    ".fg-tip{fill:@arrow;stroke:@arrow;stroke-width:2;stroke-linejoin:round}.fg-wood{fill:@wood}.fg-wood2{fill:@wood2}"
)
# As an <img> under 200 pixels wide the media query sees the picture's own width: thicker lines there.
_SMALL = (
    "@media(max-width:200px){.fg-p{stroke-width:4.4}.fg-p.fg-far{stroke-width:3.4}.fg-p.fg-bare{stroke:none}"
    ".fg-shaft{stroke-width:10}.fg-tip{stroke-width:6}.fg-halo{stroke-width:17}.fg-thin{stroke-width:12}"
    ".fg-dash{stroke-width:5;stroke-dasharray:9 7}}"
)


def _properties(palette: dict[str, str]) -> str:
    """Each colour as a property that the page may set: `--fig-skin` and so on."""
    return (
        ".fig{" + ";".join(f"--{name}:var(--fig-{name},{colour})" for name, colour in palette.items()) + "}"
    )


def _style(theme: Theme | None, extra: str) -> str:
    fills = "".join(f".fg-{name}{{fill:@{name}}}.fg-{name}.fg-far{{fill:@{name}-far}}" for name in _BOTH)
    rules = fills + _LINES + extra + _SMALL
    # Longest names first, so that @ink does not eat the beginning of @ink-far.
    for name in sorted(_LIGHT, key=len, reverse=True):
        rules = rules.replace(f"@{name}", _PALETTES[theme][name] if theme else f"var(--{name})")
    if theme:
        return rules
    return f"{_properties(_LIGHT)}@media(prefers-color-scheme:dark){{{_properties(_DARK)}}}{rules}"


def wrap(
    figure: Figure, body: str, *, theme: Theme | None, mirrored: bool, extra: str = "", variant: str = ""
) -> str:
    """The finished SVG text. The other side is the reflection of the whole drawing: nothing in it reads one way."""
    key = "-".join(filter(None, ("fig", figure.name, variant, "other" if mirrored else "")))
    drawing = f'<g transform="matrix(-1 0 0 1 {WIDTH} 0)">{body}</g>' if mirrored else body
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" class="fig" role="img" '
        f'aria-labelledby="{key}-t {key}-d">'
        f'<title id="{key}-t">{escape(figure.title)}</title><desc id="{key}-d">{escape(figure.desc)}</desc>'
        f"<style>{_style(theme, extra)}</style>{drawing}</svg>\n"
    )
