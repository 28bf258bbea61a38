"""Booking over HTTP, and how its cost grows with the diary behind it."""

from collections.abc import Iterator

from bench import asking, ground
from bench.figures import Better, Figure
from bench.ground import Ground
from bench.measuring import Measured, Meter
from bench.options import Options, thousands
from bench.worlds import World, kept


def run(options: Options) -> Iterator[Figure]:
    """At both sizes, beside a bare INSERT under the same constraints, and the growth between them."""
    lesser, greater = options.sizes.lesser, options.sizes.greater
    few, bare_few = _measured(options, kept(lesser))
    many, bare_many = _measured(options, kept(greater))
    yield from _of_one(f"at {thousands(lesser.visits)}", few, bare_few)
    yield from _of_one(f"at {thousands(greater.visits)}", many, bare_many)
    yield _figure("growth of CPU", many.cpu_ms / few.cpu_ms, "×", target=1.5)
    yield _figure("growth of p50", many.p50 / few.p50, "×")


def _of_one(where: str, product: Measured, bare: Measured) -> Iterator[Figure]:
    yield _figure(where, product.rate, "/s", bare=bare.rate, target=165, better=Better.MORE)
    yield _figure(f"{where}: p50", product.p50, "ms", bare=bare.p50)
    yield _figure(f"{where}: p95", product.p95, "ms", bare=bare.p95, target=20)
    yield _figure(f"{where}: p99", product.p99, "ms", bare=bare.p99)
    yield _figure(f"{where}: CPU", product.cpu_ms, "ms", bare=bare.cpu_ms, target=10)
    yield _figure(f"{where}: of it database", product.database_ms, "ms", bare=bare.database_ms)
    yield _figure(f"{where}: statements", product.statements, "", bare=bare.statements, target=16)


def _figure(
    what: str,
    value: float,
    unit: str,
    *,
    bare: float | None = None,
    target: float | None = None,
    better: Better = Better.LESS,
) -> Figure:
    return Figure(
        scenario="booking", what=what, value=value, unit=unit, bare=bare, target=target, better=better
    )


def _measured(options: Options, world: World) -> tuple[Measured, Measured]:
    """Each on a diary of its own, for both fill it."""
    with ground.opened(world) as here:
        product = _product(here, options.seconds)
    with ground.opened(world) as here:
        bare = _bare(here, options.seconds)
    options.tell(f"booking, {thousands(world.size.visits)}", product)
    return product, bare


def _product(here: Ground, seconds: float) -> Measured:
    world = here.world
    with here.serving(ground.PRODUCT) as web:
        cells, patients = asking.free_cells(web, world), asking.patients(world)
        calls = (asking.booking(world, cell, next(patients)) for cell in cells)
        # One who had a turn before may have a visit at that very time: that is refused, and rightly.
        return Meter(here, seconds).on(web, calls, expected=(201, 409))


def _bare(here: Ground, seconds: float) -> Measured:
    world = here.world
    with here.serving(ground.PRODUCT) as web:
        cells = asking.free_cells(web, world)
    patients = asking.patients(world)
    calls = (
        asking.bare(
            "book",
            practitioner=cell.practitioner,
            clinic=cell.clinic,
            type=world.note["type"],
            start=cell.start,
            patient=next(patients),
        )
        for cell in cells
    )
    return Meter(here, seconds).measured(ground.BARE, calls)
