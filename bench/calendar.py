"""The desk's calendar where ten practitioners have four fifths of their day taken, and its look for news."""

import gzip
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from itertools import repeat

from bench import asking, ground
from bench.figures import Figure
from bench.load import Clients, call
from bench.measuring import Measured, Meter
from bench.options import Options
from bench.worlds import World, kept

WEDNESDAY = 2
MS, STATEMENTS, KB = 150, 12, 200
"""The targets of the issue: server time of page and data, statements, size."""
OWN_FILE = re.compile(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"')
STAMP = re.compile(r'data-stamp="([^"]+)"')


def run(options: Options) -> Iterator[Figure]:
    """At the greater size: the day of ten, the week of one of them, the board, and the look for what changed."""
    world = kept(options.sizes.greater)
    number, day = world.note["full_clinic"], world.day(WEDNESDAY)
    place = f"clinic={world.note['slugs'][number]}&day={day}"
    until = (day + timedelta(days=1)).isoformat()
    question = asking.bare(
        "day", clinic=world.note["clinics"][number], **{"from": day.isoformat(), "to": until}
    )
    with ground.opened(world) as here:
        meter = Meter(here, options.seconds)
        with here.serving(ground.PRODUCT) as web:
            pages = {
                "day of ten": _asked(world, f"/desk/?{place}"),
                "week of ten": _asked(world, f"/desk/?{place}&view=week&who=all"),
                "week of one of ten": _asked(world, f"/desk/?{place}&view=week"),
                "board": _asked(world, f"/desk/board/?{place}"),
            }
            measured = {what: meter.on(web, repeat(page)) for what, page in pages.items()}
            text, others = _loaded(web.port, world, pages["day of ten"])
            look = _asked(world, f"/desk/changes/?{place}&stamp={_stamp(text)}")
            poll = meter.on(web, repeat(look), expected=(204,))
        bare = meter.measured(ground.BARE, repeat(question))
    for what, found in measured.items():
        options.tell(what, found)
        yield from _of_a_page(what, found, bare if what == "day of ten" else None)
    options.tell("look for news", poll)
    yield _figure("day of ten: visits drawn", text.count('class="blk '), "")
    yield _figure("day of ten: compressed", len(gzip.compress(text.encode())) / 1000, "kB")
    yield _figure("day of ten: styles and scripts, first load only", sum(map(len, others)) / 1000, "kB")
    yield _figure(
        "day of ten: the same, compressed", sum(len(gzip.compress(each)) for each in others) / 1000, "kB"
    )
    yield _figure("look for news: p50", poll.p50, "ms")
    yield _figure("look for news: CPU", poll.cpu_ms, "ms")
    yield _figure("look for news: of it database", poll.database_ms, "ms")
    yield _figure("look for news: statements", poll.statements, "")


def _of_a_page(what: str, found: Measured, bare: Measured | None) -> Iterator[Figure]:
    """The figures of a page; `target` where the issue names one, `bare` where a bare query was asked for the same."""
    for name, figure, unit, target in (
        ("rate", "rate", "/s", None),
        ("p50", "p50", "ms", MS),
        ("p95", "p95", "ms", None),
        ("CPU", "cpu_ms", "ms", None),
        ("of it database", "database_ms", "ms", None),
        ("statements", "statements", "", STATEMENTS),
    ):
        limit = getattr(bare, figure) if bare else None
        yield _figure(f"{what}: {name}", getattr(found, figure), unit, bare=limit, target=target)
    yield _figure(
        f"{what}: size", found.size / 1000, "kB", bare=bare.size / 1000 if bare else None, target=KB
    )


def _asked(world: World, path: str) -> bytes:
    return call("GET", path, headers=world.cookie("desk"))


def _loaded(port: int, world: World, page: bytes) -> tuple[str, list[bytes]]:
    """The page's text, and its styles and scripts, which a browser keeps from then on."""
    with Clients(port, 1) as clients:
        text = clients.run(iter([page]), seconds=60)[0].body.decode()
        files = [_asked(world, path) for path in sorted(set(OWN_FILE.findall(text)))]
        return text, [answer.body for answer in clients.run(iter(files), seconds=60)]


def _stamp(text: str) -> str:
    found = STAMP.search(text)
    if found is None:
        raise RuntimeError("The page of the day carries no stamp to ask with.")
    return unescape(found[1])


def _figure(
    what: str, value: float, unit: str, *, bare: float | None = None, target: float | None = None
) -> Figure:
    return Figure(scenario="calendar", what=what, value=value, unit=unit, bare=bare, target=target)
