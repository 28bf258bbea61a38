"""Writes every figure and a contact sheet into a folder: `python -m programs.figures OUT_DIR`."""

from __future__ import annotations

import sys
from pathlib import Path

from programs.figures import catalogue
from programs.figures.themes import Theme

_TILE = {"light": "#e6f1ed", "dark": "#14292a", "mono": "#ffffff"}
_PAGE = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>Exercise figures</title><style>body{margin:16px;font:14px system-ui}"
    "section{display:flex;flex-wrap:wrap;gap:12px;margin-block:8px 24px}figure{margin:0}"
    "img{display:block;border-radius:14px}figcaption{color:#56625f;text-align:center;padding:4px}</style>"
)


def _row(title: str, tile: str, width: int, files: list[str]) -> str:
    cells = "".join(
        f'<figure><img src="{file}" alt="{file}" width={width} style="background:{tile}"><figcaption>{file}</figcaption></figure>'
        for file in files
    )
    return f"<h2>{title}</h2><section>{cells}</section>"


def _stills(folder: Path, theme: Theme, *, mirrored: bool) -> list[str]:
    """Write the stills of one theme; the names of the files."""
    written = []
    for name in catalogue.names():
        file = f"{name}{'-other' if mirrored else ''}-{theme}.svg"
        (folder / file).write_text(catalogue.still(name, mirrored=mirrored, theme=theme), encoding="utf-8")
        written.append(file)
    return written


def main(folder: Path) -> int:
    """Write everything; 0, or 1 when a figure fails its anatomy checks (each fault on a line of stderr)."""
    folder.mkdir(parents=True, exist_ok=True)
    page = _PAGE
    for theme, label in (("light", "Light"), ("dark", "Dark"), ("mono", "For black-and-white print")):
        files = _stills(folder, theme, mirrored=False)
        page += _row(label, _TILE[theme], 320, files) + _row(f"{label}, 160 pixels", _TILE[theme], 160, files)
    page += _row("The other side", _TILE["light"], 160, _stills(folder, "light", mirrored=True))
    (folder / "contact.html").write_text(page, encoding="utf-8")
    faults = [f"{name}: {fault}" for name in catalogue.names() for fault in catalogue.check(name)]
    sys.stderr.writelines(f"{fault}\n" for fault in faults)
    return 1 if faults else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Say where to write: python -m programs.figures OUT_DIR")
    sys.exit(main(Path(sys.argv[1])))
