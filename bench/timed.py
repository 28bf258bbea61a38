"""The product as `run` serves it, whose answers say how long the worker had them: a queue before it is not in that."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from bench.playing import TOOK
from clinic.wsgi import application as product

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def timed(asked: Wsgi) -> Wsgi:
    """The application, with the milliseconds from the request's arrival in the worker to its answer in a header."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        began = time.perf_counter()

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            took = (time.perf_counter() - began) * 1000
            return start_response(status, [*headers, (TOOK, f"{took:.2f}")], *more)

        return asked(environ, start)

    return application


application = timed(product)
