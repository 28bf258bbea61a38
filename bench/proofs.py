"""No booking is ever doubled: many clients race through every door, and hand-written SQL looks for what must not be."""

import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from random import Random

from bench import doors, ground, judging, model, race, worlds
from bench.cost import cpu_seconds
from bench.figures import Better, Figure, percentile
from bench.ground import Ground
from bench.judging import Judgement
from bench.letters import Letters
from bench.options import Options
from bench.playing import Heard, Players
from bench.town import Town

CLIENTS = 64
WORKERS = (2, 8)
"""Web workers of one seed and the next: as many as `run` has, and more, so that more meet in the database."""
P99_MS = 500
ASKED_WRONGLY = frozenset({400, 401, 403, 404, 405, 413, 415, 429})
"""Answers that say that a client of this play, and not the diary, was at fault."""


@dataclass
class Played:
    """What one or more seeds gave."""

    heard: list[Heard] = field(default_factory=list)
    judgement: Judgement = field(default_factory=Judgement)
    letters: int = 0
    deadlocks: int = 0
    seconds: float = 0.0
    cpu: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    served: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    """Seconds in the worker of each operation, by how many workers there were."""

    def add(self, other: "Played") -> None:
        """One seed more."""
        self.heard += other.heard
        self.letters += other.letters
        self.deadlocks += other.deadlocks
        self.seconds += other.seconds
        for name, spent in other.cpu.items():
            self.cpu[name] += spent
        for workers, times in other.served.items():
            self.served[workers] += times
        self.judgement.add(other.judgement)

    @property
    def operations(self) -> list[Heard]:
        """All that was asked, but for the steps on the way to it."""
        return [each for each in self.heard if each.door != doors.ON_THE_WAY]


def run(options: Options) -> Iterator[Figure]:
    """The race of all doors, and the model; without the guard only what must then go wrong."""
    if (
        options.model_steps and not options.without_guard
    ):  # first: the race leaves its servers in the environment
        found = model.compared(options.model_steps)
        print(f"proofs: the model: {found.told}", file=sys.stderr)
        yield _figure("steps of the model", found.steps, target=options.model_steps, better=Better.MORE)
        yield _figure("steps at which diary and model differed", int(found.differed), target=0)
    if options.operations:
        yield from _raced(options)


def _raced(options: Options) -> Iterator[Figure]:
    played = Played()
    for seed in range(1, options.seeds + 1):
        one = _played(options, seed, options.operations // options.seeds)
        print(f"proofs: seed {seed}: {_said(one)}", file=sys.stderr)
        played.add(one)
    print(_table(played.heard), file=sys.stderr)
    yield from _unguarded(played) if options.without_guard else _guarded(played)


def _played(options: Options, seed: int, operations: int) -> Played:
    """One seed, in a clinic of its own."""
    world = worlds.kept(worlds.CROWDED)
    application = ground.UNGUARDED if options.without_guard else ground.TIMED
    with ground.opened(world) as here:
        if options.without_guard:
            race.drop_constraints(here)
        letters = Letters(worlds.HOME / "outbox")
        letters.empty()
        town = Town(world, Random(seed), letters, operations)  # noqa: S311 - it must be the same again
        workers = max(WORKERS) if options.without_guard else WORKERS[seed % 2 - 1]
        with here.serving(application, workers=workers) as web, here.working(application) as worker:
            played = _race(here, town, web.port, {"web": web.pid, "worker": worker})
        played.letters, played.deadlocks = letters.count, race.deadlocks(here)
        played.served[workers] = [each.served for each in played.operations]
    return played


def _race(here: Ground, town: Town, port: int, processes: dict[str, int]) -> Played:
    played, players = Played(), Players(port, addresses=count(1))
    processes = {**processes, "database": here.database_pid}
    before, own = {name: cpu_seconds(pid) for name, pid in processes.items()}, time.process_time()
    with judging.judged(here.superuser) as played.judgement:
        began = time.perf_counter()
        players.play([doors.operations(town) for _client in range(CLIENTS)])
        played.seconds = time.perf_counter() - began
    played.heard, played.cpu["load and judge"] = players.heard, time.process_time() - own
    for name, pid in processes.items():
        played.cpu[name] = cpu_seconds(pid) - before[name]
    return played


def _guarded(played: Played) -> Iterator[Figure]:
    operations, found = played.operations, played.judgement
    statuses = Counter(each.status for each in operations)
    yield _figure("racing operations", len(operations))
    for name, most in found.most.items():
        yield _figure(f"{name}: most found at any look", most, target=0)
    yield _figure("looks at the whole diary", found.judged)
    yield _figure("answers of 500 and above", sum(each.status >= 500 for each in played.heard), target=0)
    yield _figure("deadlocks in the log", played.deadlocks, target=0)
    yield _figure("answers that the play itself is to blame for", _to_blame(played.heard), target=0)
    yield _figure("answers of 423: locked for 6 seconds", statuses[423], target=0)
    yield _figure("mails that came", played.letters)
    yield from _times(played)


def _unguarded(played: Played) -> Iterator[Figure]:
    """Without the guard the race must show overlaps: otherwise it proves nothing."""
    found = played.judgement
    yield _figure("no guard: racing operations", len(played.operations))
    yield _figure("no guard: overlaps", found.doubles, target=1, better=Better.MORE)
    for name, most in found.most.items():
        yield _figure(f"no guard: {name}", most)


def _times(played: Played) -> Iterator[Figure]:
    operations = played.operations
    many = len(operations)
    waited, served = [each.seconds for each in operations], [each.served for each in operations]
    for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
        target = P99_MS if name == "p99" else None
        yield _figure(
            f"{name} of an operation, in the worker",
            percentile(served, share) * 1000,
            unit="ms",
            target=target,
        )
    for workers, times in played.served.items():
        for name, share in (("p50", 0.5), ("p99", 0.99)):
            what = f"{name} of an operation, in one of {workers} workers"
            yield _figure(what, percentile(times, share) * 1000, unit="ms")
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        what = f"{name} of an operation, with the queue of {CLIENTS} before the workers"
        yield _figure(what, percentile(waited, share) * 1000, unit="ms")
    yield _figure("operations a second", many / played.seconds, unit="/s")
    yield _figure(
        "waiting for locks, of an operation", played.judgement.lock_seconds * 1000 / many, unit="ms"
    )
    for name, spent in played.cpu.items():
        yield _figure(f"CPU of an operation: {name}", spent * 1000 / many, unit="ms")


def _figure(
    what: str, value: float, *, unit: str = "", target: float | None = None, better: Better = Better.LESS
) -> Figure:
    return Figure(scenario="proofs", what=what, value=value, unit=unit, target=target, better=better)


def _to_blame(heard: Iterable[Heard]) -> int:
    return sum(each.status in ASKED_WRONGLY for each in heard)


def _said(played: Played) -> str:
    wrong = {name: most for name, most in played.judgement.most.items() if most}
    return (
        f"{len(played.operations)} operations in {played.seconds:.0f} s, {played.letters} mails, "
        f"{played.judgement.judged} looks found {wrong or 'nothing wrong'}, {played.deadlocks} deadlocks"
    )


def _table(heard: Iterable[Heard]) -> str:
    """By door: how often, how long, and what was answered."""
    by_door: dict[str, list[Heard]] = defaultdict(list)
    for each in heard:
        by_door[each.door].append(each)
    lines = [f"{'door':34}{'asked':>7}{'p50':>8}{'p95':>8}{'p99':>8} ms in the worker"]
    for door, answers in sorted(by_door.items()):
        times = [each.served * 1000 for each in answers]
        shown = "".join(f"{percentile(times, share):8.0f}" for share in (0.5, 0.95, 0.99))
        counts = sorted(Counter(each.status for each in answers).items())
        told = ", ".join(f"{many} × {status}" for status, many in counts)
        lines.append(f"{door:34}{len(answers):7}{shown}     {told}")
    return "\n".join(lines)
