"""What stands in somebody's way on a page: what axe finds, what runs over the edge, what was not answered."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

INSIDE = """[...document.querySelectorAll(".panel .body")].filter(body => body.scrollWidth > body.clientWidth)
.flatMap(body => [...body.querySelectorAll("*")].filter(each =>
    each.getBoundingClientRect().right > body.getBoundingClientRect().right + 1)
    .map(each => each.outerHTML.slice(0, 80)))"""
"""What runs past the edge of a panel. A panel scrolls by itself, so the page's own width does not tell."""
WIDTHS = (320, 390, 820, 1440)
LOOKED_AT = (390, 1440)
"""Widths at which axe runs; the words and roles are the same at the others."""
# Not preloaded: axe would put the style sheets into the page again, which our policy rightly refuses.
AXE = """async () => (await axe.run(document, {preload: false, resultTypes: ["violations"]})).violations"""
SCRIPT = Axe().axe_script


def on(page: Page, path: str) -> list[str]:
    """Opens a page and says what is wrong with it, at each width; nothing where all is well."""
    answer = page.goto(path)
    found = [] if answer is not None and answer.ok else [f"{path}: {answer and answer.status}"]
    page.evaluate(SCRIPT)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{path} at {width}: wider than the screen")
        found += [f"{path} at {width}: past the panel's edge: {each}" for each in page.evaluate(INSIDE)]
        if width in LOOKED_AT:
            found += [f"{path} at {width}: {_words_of(each)}" for each in page.evaluate(AXE)]
    return found


def _words_of(violation: dict[str, Any]) -> str:
    places = "; ".join(node["html"][:120] for node in violation["nodes"][:3])
    return f"{violation['id']} ({violation['help']}): {places}"
