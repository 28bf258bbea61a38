"""Asks a web server many times over, and says how fast it answered and what an answer cost."""

import itertools
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from bench.cost import Cost, Statement, counted
from bench.figures import percentile
from bench.ground import Ground, Web
from bench.load import Answer, Clients

ALONE, TOGETHER = 1, 8
"""Connections at which times and rates are measured (design.md, section 6)."""
WARM = 24
"""Answers that are not counted: each worker has met each kind of request by then."""
LEAST = 20
"""Answers at one connection below which a percentile says little."""


class WrongAnswer(RuntimeError):  # noqa: N818 - an outcome that the message explains
    """An answer was none of those that the measurement expects; the message shows it."""


@dataclass(frozen=True)
class Measured:
    """Requests a second at eight connections; milliseconds at one; what one request cost, in both together."""

    rate: float
    p50: float
    p95: float
    p99: float
    application_ms: float
    database_ms: float
    statements: float
    size: int
    statuses: Counter[int]
    dearest: list[Statement] = field(default_factory=list)

    @property
    def cpu_ms(self) -> float:
        """Processor milliseconds of a request, of the application and the database together."""
        return self.application_ms + self.database_ms


@dataclass(frozen=True)
class Meter:
    """Measures on a ground, `seconds` long at each number of connections."""

    ground: Ground
    seconds: float

    def measured(
        self, application: str, calls: Iterable[bytes], *, expected: tuple[int, ...] = (200,)
    ) -> Measured:
        """Of the application, while it is asked these calls; they may end before the time does.

        Raises WrongAnswer, NotServed and Broken.
        """
        with self.ground.serving(application) as web:
            return self.on(web, calls, expected=expected)

    def on(self, web: Web, calls: Iterable[bytes], *, expected: tuple[int, ...] = (200,)) -> Measured:
        """The same, of a server that runs already."""
        pending = iter(calls)
        began = time.perf_counter()
        with Clients(web.port, TOGETHER) as clients:
            _check(clients.run(itertools.islice(pending, WARM), seconds=self.seconds), expected)
        with self._counted(web) as cost, Clients(web.port, ALONE) as clients:
            alone = clients.run(pending, seconds=self.seconds)
        with self._counted(web) as more:
            together, took = self._together(web, pending)
        answers = [*alone, *together]
        _check(answers, expected)
        print(f"  {len(answers)} answers in {time.perf_counter() - began:.0f} s", file=sys.stderr)
        return _summed(alone, len(together) / took, answers, (cost, more))

    def _together(self, web: Web, calls: Iterator[bytes]) -> tuple[list[Answer], float]:
        """Three times anew: how connections are spread over the workers is chance."""
        answers: list[Answer] = []
        took = 0.0
        for _part in range(3):
            with Clients(web.port, TOGETHER) as clients:
                began = time.perf_counter()
                answers += clients.run(calls, seconds=self.seconds / 3)
                took += time.perf_counter() - began
        return answers, took

    def _counted(self, web: Web) -> AbstractContextManager[Cost]:
        return counted(self.ground.superuser, web.pid, self.ground.database_pid)


def endless(made: Callable[[int], bytes]) -> Iterator[bytes]:
    """Calls by their number, without an end."""
    return map(made, itertools.count())


def _check(answers: list[Answer], expected: tuple[int, ...]) -> None:
    for answer in answers:
        if answer.status not in expected:
            raise WrongAnswer(
                f"{answer.status} instead of {expected}: {answer.body[:600].decode(errors='replace')}"
            )


def _summed(alone: list[Answer], rate: float, answers: list[Answer], costs: tuple[Cost, Cost]) -> Measured:
    if len(alone) < LEAST:
        print(f"Only {len(alone)} answers at one connection: the figures say little.", file=sys.stderr)
    times = [answer.seconds * 1000 for answer in alone]
    count = len(answers)
    return Measured(
        rate=rate,
        p50=percentile(times, 0.5),
        p95=percentile(times, 0.95),
        p99=percentile(times, 0.99),
        application_ms=sum(cost.application for cost in costs) * 1000 / count,
        database_ms=sum(cost.database for cost in costs) * 1000 / count,
        statements=round(sum(cost.calls for cost in costs) / count, 1),  # new connections send a few, too
        size=max(len(answer.body) for answer in answers),
        statuses=Counter(answer.status for answer in answers),
        dearest=[Statement(each.text, each.calls, each.ms) for each in costs[1].statements[:8]],
    )
