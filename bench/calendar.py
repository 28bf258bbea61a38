"""The desk's day page: ten practitioners, four fifths of their day taken."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import repeat

from bench import asking, ground
from bench.figures import Figure
from bench.load import call
from bench.measuring import Meter
from bench.options import Options
from bench.worlds import kept

WEDNESDAY = 2
MS, STATEMENTS, KB = 150, 12, 200
"""The targets of the issue: server time of page and data, statements, size."""


def run(options: Options) -> Iterator[Figure]:
    """At the greater size."""
    world = kept(options.sizes.greater)
    number, day = world.note["full_clinic"], world.day(WEDNESDAY)
    page = call("GET", f"/desk/?clinic={world.note['slugs'][number]}&day={day}", headers=world.cookie("desk"))
    until = (day + timedelta(days=1)).isoformat()
    question = asking.bare(
        "day", clinic=world.note["clinics"][number], **{"from": day.isoformat(), "to": until}
    )
    with ground.opened(world) as here:
        meter = Meter(here, options.seconds)
        product = meter.measured(ground.PRODUCT, repeat(page))
        bare = meter.measured(ground.BARE, repeat(question))
    options.tell("calendar", product)
    yield _figure("day of ten: rate", product.rate, "/s", bare=bare.rate)
    yield _figure("day of ten: p50", product.p50, "ms", bare=bare.p50, target=MS)
    yield _figure("day of ten: p95", product.p95, "ms", bare=bare.p95)
    yield _figure("day of ten: CPU", product.cpu_ms, "ms", bare=bare.cpu_ms)
    yield _figure("day of ten: of it database", product.database_ms, "ms", bare=bare.database_ms)
    yield _figure("day of ten: statements", product.statements, "", bare=bare.statements, target=STATEMENTS)
    yield _figure("day of ten: size", product.size / 1000, "kB", bare=bare.size / 1000, target=KB)


def _figure(
    what: str, value: float, unit: str, *, bare: float | None = None, target: float | None = None
) -> Figure:
    return Figure(scenario="calendar", what=what, value=value, unit=unit, bare=bare, target=target)
