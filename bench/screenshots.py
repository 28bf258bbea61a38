"""Pictures of every page for every role, at four widths, light and dark, with a sheet that shows them side by side."""

import argparse
import html
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from bench import signing_in
from bench.pages import STOPS, Stop
from clinic.launch import browser

ROOT = Path(__file__).resolve().parent.parent
WIDTHS = {320: 640, 390: 844, 820: 1180, 1440: 900}
"""Widths looked at, each with the height of a usual screen."""
THEMES = ("light", "dark")
TALLEST = 6000
"""Pixels of a page that a picture keeps."""
BY_NUMBER = "Failed to load resource: the server responded with a status of 4"
"""How the browser complains of a page that answers a no."""


@dataclass
class Sheet:
    """What was drawn, and what was wrong with it."""

    folder: Path
    pictures: list[tuple[str, str, int, str, Path]]
    faults: list[str]

    def write(self) -> None:
        """index.html: a row for each page, a column for each width and theme."""
        rows: dict[tuple[str, str], list[str]] = {}
        for role, name, width, theme, path in self.pictures:
            caption = f"{width} {theme}"
            rows.setdefault((role, name), []).append(
                f'<a href="{path.name}"><img loading="lazy" src="{path.name}" alt="{caption}" width="{width // 5}">'
                f"<small>{caption}</small></a>"
            )
        body = "".join(
            f"<section><h2>{role} · {name}</h2><div>{''.join(cells)}</div></section>"
            for (role, name), cells in rows.items()
        )
        faults = "".join(f"<li>{html.escape(fault)}</li>" for fault in self.faults) or "<li>none</li>"
        page = HEAD + f"<h1>{len(self.pictures)} pictures</h1><h2>Faults</h2><ul>{faults}</ul>{body}"
        (self.folder / "index.html").write_text(page)


HEAD = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Every page</title><style>
body{font:14px sans-serif;margin:24px;background:#ddd}div{display:flex;gap:16px;align-items:start;overflow:auto}
a{display:grid;gap:4px;color:inherit}img{max-height:420px;object-fit:cover;object-position:top;background:#fff}
</style>"""


def main(arguments: list[str]) -> int:
    """Draws the pictures; 1 where a page complained, overflowed or could not be reached."""
    told = _told(arguments)
    told.folder.mkdir(parents=True, exist_ok=True)
    sheet = Sheet(told.folder, [], [])
    found = browser.find(ROOT)
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path=str(found.executable), args=found.arguments, env={**os.environ, **found.env}
        )
        for role in told.roles:
            for shot in _of_role(chromium, role, told, sheet):
                print(shot.name, flush=True)
        chromium.close()
    sheet.write()
    for fault in sheet.faults:
        print(fault, file=sys.stderr)
    print(f"{len(sheet.pictures)} pictures, {len(sheet.faults)} faults: {told.folder / 'index.html'}")
    return 1 if sheet.faults else 0


@dataclass(frozen=True)
class Told:
    """The arguments."""

    folder: Path
    base: str
    roles: list[str]
    pages: list[str]
    widths: list[int]


def _told(arguments: list[str]) -> Told:
    parser = argparse.ArgumentParser(prog="python3 -m bench screenshots", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="OUT_DIR")
    parser.add_argument(
        "--base", help="address of a running demo; without it that of `python3 manage.py run`"
    )
    parser.add_argument("--role", action="append", choices=STOPS, help="only this role")
    parser.add_argument("--page", action="append", help="only this page")
    parser.add_argument("--width", action="append", type=int, choices=WIDTHS, help="only this width")
    options = parser.parse_args(arguments)
    return Told(
        folder=options.folder,
        base=options.base or _running(parser),
        roles=options.role or list(STOPS),
        pages=options.page or [],
        widths=options.width or list(WIDTHS),
    )


def _running(parser: argparse.ArgumentParser) -> str:
    note = ROOT / "var" / "run.json"
    if not note.exists():
        parser.error("no clinic runs. Start one with `python3 manage.py run`, or give --base.")
    return str(json.loads(note.read_text())["address"])


def _of_role(chromium: Browser, role: str, told: Told, sheet: Sheet) -> Iterator[Path]:
    """All pictures of a role, from one sign-in."""
    context = chromium.new_context(base_url=told.base, locale="en-GB", timezone_id="Europe/Berlin")
    page = context.new_page()
    if role in signing_in.LOG_INS:
        signing_in.come_in(page, role)
    page.on("console", lambda message: _complained(message.type, f"{page.url}: {message.text}", sheet))
    page.on("pageerror", lambda error: sheet.faults.append(f"{page.url}: {error}"))
    for stop in STOPS[role]:
        if told.pages and stop.name not in told.pages:
            continue
        before = len(sheet.faults)
        try:
            yield from _of_page(context, page, (role, stop), told, sheet)
        except Error as error:
            sheet.faults.append(f"{role} {stop.name}: {error.message.splitlines()[0]}")
        if stop.refused:
            sheet.faults[before:] = [each for each in sheet.faults[before:] if BY_NUMBER not in each]
    context.close()


def _complained(kind: str, words: str, sheet: Sheet) -> None:
    if kind == "error":
        sheet.faults.append(words)


def _of_page(
    context: BrowserContext, page: Page, what: tuple[str, Stop], told: Told, sheet: Sheet
) -> Iterator[Path]:
    role, stop = what
    if stop.fill:
        context.clear_cookies()  # from the beginning: no sign-in stands half-way
    page.goto(stop.path)
    for selector in stop.follow:
        page.goto(page.locator(selector).first.evaluate("link => link.href", timeout=3000))
    for label, text in stop.fill:
        page.get_by_label(label).fill(text)
    if stop.fill:
        page.locator("form button.main").first.click()
        page.wait_for_load_state()
    for theme in THEMES:
        context.add_cookies([{"name": "theme", "value": theme, "url": told.base}])
        for width in told.widths:
            page.set_viewport_size({"width": width, "height": WIDTHS[width]})
            page.reload(wait_until="load")  # at this width: where a page opens depends on it
            if stop.open:
                page.locator(stop.open).first.click(timeout=3000)
            path = told.folder / f"{role}-{stop.name}-{width}-{theme}.png"
            _draw(page, path)
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                sheet.faults.append(f"{path.name}: wider than the screen")
            sheet.pictures.append((role, stop.name, width, theme, path))
            yield path


def _draw(page: Page, path: Path) -> None:
    """The whole page, pictures loaded, at most TALLEST pixels of it."""
    page.evaluate("for (const image of document.images) image.loading = 'eager'")
    page.wait_for_load_state("networkidle")
    height = min(TALLEST, page.evaluate("document.documentElement.scrollHeight"))
    width = page.evaluate("innerWidth")
    page.screenshot(
        path=path,
        full_page=True,
        clip={"x": 0, "y": 0, "width": width, "height": height},
        animations="disabled",
    )
