"""The search for a patient: by the whole name, by its beginning, and with a typing error in it."""

from collections.abc import Iterator
from random import Random

from bench import asking, ground
from bench.figures import Better, Figure
from bench.measuring import Measured, Meter, endless
from bench.options import Options, thousands
from bench.worlds import World, kept
from patients.rules.names import fold

SEED = 5
KINDS = ("whole name", "beginning", "typing error")
LEAST_RATE = (400, 300)
"""Requests a second aimed for at the lesser and at the greater number of patients."""


def run(options: Options) -> Iterator[Figure]:
    """At both numbers of patients."""
    for size, rate in zip((options.sizes.lesser, options.sizes.greater), LEAST_RATE, strict=True):
        for kind, (product, bare) in _measured(options, kept(size)).items():
            name = f"{kind}, {thousands(size.patients)} patients"
            yield Figure(
                scenario="search", what=name, value=product.rate, unit="/s", bare=bare.rate, target=rate,
                better=Better.MORE,
            )  # fmt: skip
            yield _figure(f"{name}: p50", product.p50, bare.p50)
            yield _figure(f"{name}: p95", product.p95, bare.p95, target=50)
            yield _figure(f"{name}: CPU", product.cpu_ms, bare.cpu_ms)
            yield _figure(f"{name}: of it database", product.database_ms, bare.database_ms)
            yield _figure(f"{name}: statements", product.statements, bare.statements, unit="")


def _figure(what: str, value: float, bare: float, *, unit: str = "ms", target: float | None = None) -> Figure:
    return Figure(scenario="search", what=what, value=value, unit=unit, bare=bare, target=target)


def _measured(options: Options, world: World) -> dict[str, tuple[Measured, Measured]]:
    texts = {kind: _texts(world, kind) for kind in KINDS}
    with ground.opened(world) as here:
        meter = Meter(here, options.seconds)
        with here.serving(ground.PRODUCT) as web:
            product = {kind: meter.on(web, _asked(world, texts[kind])) for kind in KINDS}
        with here.serving(ground.BARE) as web:
            bare = {kind: meter.on(web, _bare(texts[kind])) for kind in KINDS}
    for kind in KINDS:
        options.tell(f"search, {kind}, {thousands(world.size.patients)}", product[kind])
    return {kind: (product[kind], bare[kind]) for kind in KINDS}


def _asked(world: World, texts: list[str]) -> Iterator[bytes]:
    return endless(lambda number: asking.search(world, texts[number % len(texts)]))


def _bare(texts: list[str]) -> Iterator[bytes]:
    return endless(lambda number: _bare_one(fold(texts[number % len(texts)]).split()))


def _bare_one(words: list[str]) -> bytes:
    """By the first and the last word alone, which the index answers."""
    return asking.bare("search", first=words[0], last=words[-1])


def _texts(world: World, kind: str) -> list[str]:
    """What is typed to find the people of the sample."""
    chance = Random(SEED)  # noqa: S311 - repeatable, no secret
    names: list[list[str]] = world.note["names"]
    if kind == "beginning":
        return [f"{family[:4]} {given[:2]}" for given, family in names]
    if kind == "whole name":
        return [f"{given} {family}" for given, family in names]
    return [mistyped(f"{family} {given}", chance) for given, family in names]


def mistyped(text: str, chance: Random) -> str:
    """The text with a letter left out, doubled or changed for another; the first is always right."""
    at = chance.randrange(1, len(text) - 1)
    letter = chance.choice(("", text[at] * 2, chance.choice("aeinrst")))
    return text[:at] + letter + text[at + 1 :]
