"""`python3 -m bench [SCENARIO …]`: measures, and prints one table; without a scenario, what there is."""

import argparse
import json
import signal
import sys
from importlib import import_module
from pathlib import Path

from clinic.launch import bootstrap

SCENARIOS = {
    "race": "50 clients race for one slot: to book it, to move to it; with 2 and with 8 workers",
    "proofs": "64 clients race through every door, and the diary against a naive model: no booking is doubled",
    "clocks": "visits of chance in ten zones and ten years: page, mail, calendar and API tell the same moment",
    "slots": "free starts of one and of ten practitioners in a week, and the first of 200 in 30 days",
    "booking": "booking over HTTP, and how its cost grows with the diary",
    "search": "the search for a patient, whole, begun, and with a typing error",
    "today": "the patient's day: GET me/today/ and the portal's page",
    "calendar": "the desk's day page of ten practitioners",
    "numbers": "the manager's quarter of one clinic, beside the one before",
}
SCREENSHOTS = "screenshots"


def main() -> int:
    """The exit code: 0 where every target is met, 1 where one is missed, 2 where it was not understood."""
    root = Path(__file__).resolve().parent.parent
    # The environment of the checks: it has the browser's driver.
    bootstrap.ensure(root, ["-m", "bench", *sys.argv[1:]], dev=True)
    if sys.argv[1:2] == [SCREENSHOTS]:
        from bench import screenshots  # noqa: PLC0415 - its packages exist only now

        return screenshots.main(sys.argv[2:])
    asked = _parser().parse_args()
    unknown = [name for name in asked.scenarios if name not in SCENARIOS]
    if unknown or not asked.scenarios:
        for name in unknown:
            print(f"There is no scenario {name}.", file=sys.stderr)
        _list()
        return 2 if unknown else 0
    return _measure(asked)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m bench", description=__doc__)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument(
        "--size", choices=["small", "full"], default="small", help="full: the sizes of the targets"
    )
    parser.add_argument("--rounds", type=int, default=20, help="of the race; 200 for the proof")
    parser.add_argument(
        "--without-guard",
        action="store_true",
        help="the race and the proofs without locks and constraints: they must show doubles",
    )
    parser.add_argument("--operations", type=int, help="of the proofs, in all seeds; 0 leaves the race out")
    parser.add_argument("--model-steps", type=int, help="of the proofs' model; 0 leaves it out")
    parser.add_argument("--queries", action="store_true", help="show the dearest statements as well")
    return parser


def _list() -> None:
    for name, words in {
        **SCENARIOS,
        SCREENSHOTS: "every page for every role, width and theme, as pictures",
    }.items():
        print(f"python3 -m bench {name:12} {words}")


def _measure(asked: argparse.Namespace) -> int:
    from bench.cost import yardstick  # noqa: PLC0415 - as above
    from bench.figures import Figure, table  # noqa: PLC0415
    from bench.options import Options  # noqa: PLC0415

    options = Options(
        size=asked.size,
        rounds=asked.rounds,
        without_guard=asked.without_guard,
        queries=asked.queries,
        wanted_operations=asked.operations,
        wanted_steps=asked.model_steps,
    )
    signal.signal(
        signal.SIGTERM, signal.default_int_handler
    )  # asked to stop: as with Ctrl-C, the servers stop too
    found: list[Figure] = []
    for name in asked.scenarios:
        before = yardstick()
        found += import_module(f"bench.{name}").run(options)
        slower = max(before, yardstick())
        found.append(
            Figure(scenario=name, what="the machine: CPU of a million additions", value=slower, unit="ms")
        )
    print(json.dumps([figure.as_mapping() for figure in found], indent=1) if asked.json else table(found))
    return 0 if all(figure.met is not False for figure in found) else 1


if __name__ == "__main__":
    sys.exit(main())
