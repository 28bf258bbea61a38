"""Visits of chance in ten zones and ten years, told by page, mail, calendar and API: a test of the suite, with more."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator

from bench.figures import Better, Figure
from bench.options import VISITS, Options
from bench.worlds import ROOT

TEST = "tests/clinic/test_all_clocks.py"
SAID = re.compile(r"(\d+) visits, (\d+) told otherwise")


def run(options: Options) -> Iterator[Figure]:
    """How many visits were told, and how many of them not the same everywhere."""
    visits = VISITS[options.size]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", TEST, "-q", "-s"],
        cwd=ROOT, env={**os.environ, "TIME_VISITS": str(visits)}, stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    said = SAID.search(done.stdout)
    told, wrong = (int(said[1]), int(said[2])) if said else (0, 0)
    if done.returncode != 0:
        print(done.stdout[-4000:], file=sys.stderr)
    yield Figure(
        scenario="clocks", what="visits told", value=told, unit="", target=visits, better=Better.MORE
    )
    yield Figure(scenario="clocks", what="visits told otherwise somewhere", value=wrong, unit="", target=0)
    failed = int(done.returncode != 0)
    yield Figure(scenario="clocks", what="rules that failed around a change", value=failed, unit="", target=0)
