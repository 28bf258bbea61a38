"""Writes the figures and a contact sheet into a folder: `python -m programs.figures OUT_DIR [FIGURE …]`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from programs.figures import catalogue
from programs.figures.themes import Theme

_TILE = {"light": "#e6f1ed", "dark": "#14292a", "mono": "#ffffff"}
_PAGE = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>Exercise figures</title>"
    "<style>body{margin:16px;font:14px system-ui}"
    "section{display:flex;flex-wrap:wrap;gap:12px;margin-block:8px 24px}figure{margin:0}"
    "img{display:block;border-radius:14px}figcaption{color:#56625f;text-align:center;overflow-wrap:anywhere;padding:4px}</style>"
)


def _row(title: str, tile: str, width: int, files: list[str]) -> str:
    cells = "".join(
        f'<figure style="width:{width}px"><img src="{file}" alt="{file}" width={width} style="background:{tile}">'
        f"<figcaption>{file}</figcaption></figure>"
        for file in files
    )
    return f"<h2>{title}</h2><section>{cells}</section>"


def _stills(folder: Path, names: Sequence[str], theme: Theme, *, mirrored: bool) -> list[str]:
    """Write the stills of one theme; the names of the files."""
    written = []
    for name in names:
        file = f"{name}{'-other' if mirrored else ''}-{theme}.svg"
        (folder / file).write_text(catalogue.still(name, mirrored=mirrored, theme=theme), encoding="utf-8")
        written.append(file)
    return written


def write(folder: Path, names: Sequence[str]) -> list[str]:
    """Write these figures in every theme, their other sides and the sheet; the faults of their anatomy."""
    folder.mkdir(parents=True, exist_ok=True)
    page = _PAGE
    labels: dict[Theme, str] = {"light": "Light", "dark": "Dark", "mono": "For black-and-white print"}
    for theme, label in labels.items():
        files = _stills(folder, names, theme, mirrored=False)
        page += _row(label, _TILE[theme], 320, files) + _row(f"{label}, 160 pixels", _TILE[theme], 160, files)
    page += _row("The other side", _TILE["light"], 160, _stills(folder, names, "light", mirrored=True))
    (folder / "contact.html").write_text(page, encoding="utf-8")
    return [f"{name}: {fault}" for name in names for fault in catalogue.check(name)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write what was asked for; 0, or 1 when a figure fails its anatomy checks (each fault on a line of stderr)."""
    parser = argparse.ArgumentParser(
        prog="python -m programs.figures", description="Draws the exercise figures."
    )
    parser.add_argument("folder", type=Path, help="where to write; made if missing")
    parser.add_argument(
        "figures", nargs="*", metavar="FIGURE", help=f"all, or some of: {', '.join(catalogue.names())}"
    )
    asked = parser.parse_args(arguments)
    unknown = [name for name in asked.figures if name not in catalogue.names()]
    if unknown:
        parser.error(str(catalogue.UnknownFigure(unknown[0])))
    faults = write(asked.folder, asked.figures or catalogue.names())
    sys.stderr.writelines(f"{fault}\n" for fault in faults)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
