"""The manager's page: a quarter of one clinic, beside the quarter before."""

from collections.abc import Iterator
from itertools import repeat

from bench import ground
from bench.figures import Figure
from bench.load import call
from bench.measuring import Meter
from bench.options import Options
from bench.worlds import kept

MS, STATEMENTS = 300, 16
"""The targets: time at one connection, statements."""


def run(options: Options) -> Iterator[Figure]:
    """At the greater size; the page, and a table of it as a file."""
    world = kept(options.sizes.greater)
    slug = world.note["slugs"][world.note["full_clinic"]]
    for name, more in (("page", ""), ("file", "&format=csv&table=visits")):
        asked = call(
            "GET", f"/desk/numbers/?clinic={slug}&period=quarter{more}", headers=world.cookie("manager")
        )
        with ground.opened(world) as here:
            found = Meter(here, options.seconds).measured(ground.PRODUCT, repeat(asked))
        options.tell(f"numbers, {name}", found)
        yield _figure(f"a quarter, {name}: p50", found.p50, "ms", target=MS)
        yield _figure(f"a quarter, {name}: p95", found.p95, "ms")
        yield _figure(f"a quarter, {name}: CPU", found.cpu_ms, "ms")
        yield _figure(f"a quarter, {name}: of it database", found.database_ms, "ms")
        yield _figure(f"a quarter, {name}: statements", found.statements, "", target=STATEMENTS)


def _figure(what: str, value: float, unit: str, *, target: float | None = None) -> Figure:
    return Figure(scenario="numbers", what=what, value=value, unit=unit, target=target)
