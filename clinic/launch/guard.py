"""A process that outlives the launcher by a few seconds, to stop what the launcher started and could not stop itself.

Started as a script with a pipe as its input: "+123" adds a process group, "-123" removes it. The end of the input
means that the launcher is gone, however it died. Standard library only.
"""

import os
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import suppress

GRACE = 5.0
"""Seconds between asking and killing."""


def watch(lines: Iterable[str]) -> set[int]:
    """The process groups that are left when the input ends."""
    groups: set[int] = set()
    for line in lines:
        if line.startswith("+"):
            groups.add(int(line[1:]))
        elif line.startswith("-"):
            groups.discard(int(line[1:]))
    return groups


def end(groups: set[int], grace: float = GRACE) -> None:
    """Asks every group to stop, waits at most `grace` seconds, kills what is left."""
    _signal(groups, signal.SIGTERM)
    deadline = time.monotonic() + grace
    while time.monotonic() < deadline and _signal(groups, 0):
        time.sleep(0.05)
    _signal(groups, signal.SIGKILL)


def _signal(groups: set[int], number: int) -> bool:
    """Whether any group still has a member."""
    alive = False
    for group in groups:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, number)
            alive = True
    return alive


if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    end(watch(sys.stdin))
