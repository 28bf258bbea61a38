"""`python3 -m bench SCENARIO [arguments]`: without a scenario, what there is."""

import sys
from pathlib import Path

from clinic.launch import bootstrap

SCENARIOS = {"screenshots": "every page for every role, width and theme, as pictures"}


def main() -> int:
    """The exit code of the scenario; 2 where there is none of that name."""
    root = Path(__file__).resolve().parent.parent
    # The environment of the checks: it has the browser's driver.
    bootstrap.ensure(root, ["-m", "bench", *sys.argv[1:]], dev=True)
    name, arguments = (sys.argv[1] if len(sys.argv) > 1 else ""), sys.argv[2:]
    if name not in SCENARIOS:
        for known, words in SCENARIOS.items():
            print(f"python3 -m bench {known:14} {words}")
        return 2
    from bench import screenshots  # noqa: PLC0415 - its packages exist only now

    return screenshots.main(arguments)


if __name__ == "__main__":
    sys.exit(main())
