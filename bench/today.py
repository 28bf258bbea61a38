"""The patient's day: `GET me/today/`, and the page of the portal that shows the same."""

from collections.abc import Iterator
from itertools import repeat

from bench import asking, ground
from bench.figures import Figure
from bench.ground import Web
from bench.load import Answer, Clients, call
from bench.measuring import Measured, Meter
from bench.options import Options
from bench.worlds import kept

API, PAGE = "/api/v1/me/today/", "/portal/"


def run(options: Options) -> Iterator[Figure]:
    """At the greater size."""
    world = kept(options.sizes.greater)
    api, page = (
        call("GET", API, headers=world.bearer("patient")),
        call("GET", PAGE, headers=world.cookie("patient")),
    )
    question = asking.bare("today,next", patient=world.note["elena"])
    with ground.opened(world) as here:
        meter = Meter(here, options.seconds)
        with here.serving(ground.PRODUCT) as web:
            found = {
                "api": meter.on(web, repeat(api)),
                "page": meter.on(web, repeat(page)),
            }
            unchanged = {"api": _asked_again(web, API, world.bearer("patient")),
                         "page": _asked_again(web, PAGE, world.cookie("patient"))}  # fmt: skip
        bare = meter.measured(ground.BARE, repeat(question))
    for name, measured in found.items():
        options.tell(f"today, {name}", measured)
    yield from _of_one("me/today/", found["api"], bare)
    yield _figure("me/today/: unchanged is 304", float(unchanged["api"].status == 304), "(1 is yes)")
    yield from _of_one("portal page", found["page"], bare)
    yield _figure("portal page: unchanged is 304", float(unchanged["page"].status == 304), "(1 is yes)")


def _of_one(name: str, product: Measured, bare: Measured) -> Iterator[Figure]:
    yield _figure(f"{name}: rate", product.rate, "/s", bare=bare.rate)
    yield _figure(f"{name}: p50", product.p50, "ms", bare=bare.p50, target=15)
    yield _figure(f"{name}: p95", product.p95, "ms", bare=bare.p95)
    yield _figure(f"{name}: CPU", product.cpu_ms, "ms", bare=bare.cpu_ms, target=10)
    yield _figure(f"{name}: of it database", product.database_ms, "ms", bare=bare.database_ms)
    yield _figure(f"{name}: statements", product.statements, "", bare=bare.statements, target=8)
    yield _figure(f"{name}: size", product.size / 1000, "kB", bare=bare.size / 1000, target=60)


def _figure(
    what: str, value: float, unit: str, *, bare: float | None = None, target: float | None = None
) -> Figure:
    return Figure(scenario="today", what=what, value=value, unit=unit, bare=bare, target=target)


def _asked_again(web: Web, path: str, who: dict[str, str]) -> Answer:
    """The answer to one who says what they have already, by whatever the first answer gave for that."""
    with Clients(web.port, 1) as clients:
        (first,) = clients.run([call("GET", path, headers=who)])
        known = {
            name: value
            for name, value in (
                ("If-None-Match", first.header("ETag")),
                ("If-Modified-Since", first.header("Last-Modified")),
            )
            if value
        }
        (second,) = clients.run([call("GET", path, headers={**who, **known})])
    return second
