"""Free starts: one practitioner's week, ten practitioners' week, the first of two hundred in thirty days."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat

from bench import asking, ground
from bench.figures import Better, Figure
from bench.measuring import Measured, Meter
from bench.options import Options, thousands
from bench.worlds import World, kept

WEEK, MONTH = 6, 29
"""Days after the first of a week, and of thirty days."""


@dataclass(frozen=True)
class Both:
    """The product's answer and the bare limit of the same question."""

    product: Measured
    bare: Measured


def run(options: Options) -> Iterator[Figure]:
    """At both sizes, and how the time grows between them."""
    lesser, greater = options.sizes.lesser, options.sizes.greater
    few, many = _measured(options, kept(lesser)), _measured(options, kept(greater))
    yield from _of_one(f"at {thousands(lesser.visits)}", few)
    yield from _of_one(f"at {thousands(greater.visits)}", many)
    grown = many["one"].product, few["one"].product
    yield _figure("one, week: growth of p50", grown[0].p50 / grown[1].p50, "×", target=1.2)
    yield _figure("one, week: growth of CPU", grown[0].cpu_ms / grown[1].cpu_ms, "×")


def _of_one(where: str, found: dict[str, Both]) -> Iterator[Figure]:
    one, ten, first = (found[name] for name in ("one", "ten", "first"))
    name = f"one, week, {where}"
    yield _figure(name, one.product.rate, "/s", bare=one.bare.rate, target=450, better=Better.MORE)
    yield from _costs(name, one, p50=5, cpu=3)
    yield from _costs(f"ten, week, {where}", ten, p50=25)
    yield from _costs(f"first of 200, 30 days, {where}", first, p50=60)
    spread = max(both.product.statements for both in found.values()) - one.product.statements
    yield _figure(f"{where}: statements more for ten or 200 than for one", spread, "", target=0.05)


def _costs(name: str, both: Both, *, p50: float, cpu: float | None = None) -> Iterator[Figure]:
    product, bare = both.product, both.bare
    yield _figure(f"{name}: p50", product.p50, "ms", bare=bare.p50, target=p50)
    yield _figure(f"{name}: CPU", product.cpu_ms, "ms", bare=bare.cpu_ms, target=cpu)
    yield _figure(f"{name}: of it database", product.database_ms, "ms", bare=bare.database_ms)
    yield _figure(f"{name}: statements", product.statements, "", bare=bare.statements, target=6)
    yield _figure(f"{name}: answer", product.size / 1000, "kB")


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
        scenario="slots", what=what, value=value, unit=unit, bare=bare, target=target, better=better
    )


def _measured(options: Options, world: World) -> dict[str, Both]:
    questions = _questions(world)
    found = {}
    with ground.opened(world) as here:
        meter = Meter(here, options.seconds)
        with here.serving(ground.PRODUCT) as web:
            answered = {name: meter.on(web, repeat(ask)) for name, (ask, _) in questions.items()}
        with here.serving(ground.BARE) as web:
            for name, (_, ask) in questions.items():
                found[name] = Both(answered[name], meter.on(web, repeat(ask)))
    for name, both in found.items():
        options.tell(f"slots, {name}, {thousands(world.size.visits)}", both.product)
    return found


def _questions(world: World) -> dict[str, tuple[bytes, bytes]]:
    """Each question to the product, and to the bare view; the first free one lies within a day."""
    clinic, whom = world.note["clinics"][0], world.note["practitioners"][0][0]
    monday, sunday = world.day(0), world.day(WEEK)
    week = {"from": monday.isoformat(), "to": world.day(WEEK + 1).isoformat()}
    day = {"from": monday.isoformat(), "to": world.day(1).isoformat()}
    return {
        "one": (
            asking.slots(world, (monday, sunday), practitioner=whom),
            asking.bare("one", practitioner=whom, **week),
        ),
        "ten": (
            asking.slots(world, (monday, sunday), clinic=clinic),
            asking.bare("clinic", clinic=clinic, **week),
        ),
        "first": (
            asking.slots(world, (monday, world.day(MONTH)), first="true"),
            asking.bare("everybody", **day),
        ),
    }
