"""The diary against a naive model, at the size of the proofs: the test of the suite, asked for more steps."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass

from bench.worlds import ROOT

TEST = "tests/patients/test_booking_model.py"
SAID = re.compile(r"(\d+) steps, 0 differences \((.*)\)")


@dataclass(frozen=True)
class Agreement:
    """How many steps were taken, and whether both sides differed at one of them; `told` is what was done."""

    steps: int
    differed: bool
    told: str


def compared(steps: int) -> Agreement:
    """At least so many steps. Where they differ, `told` is the shortest way to it that was found."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", TEST, "-q", "-s"],
        cwd=ROOT, env={**os.environ, "MODEL_STEPS": str(steps)}, stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    said = SAID.search(done.stdout)
    if said is None:
        return Agreement(0, True, done.stdout[-4000:])
    return Agreement(int(said[1]), done.returncode != 0, said[2])
