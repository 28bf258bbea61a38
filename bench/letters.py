"""The mails that the worker sends during the proofs: found in the folder as they come, kept by what they link to."""

import email
import re
import time
from collections import defaultdict
from dataclasses import dataclass, field
from email.policy import default
from pathlib import Path
from random import Random

LINK = re.compile(r"https?://[^/\s]+(/(offers|book/confirm|visits/cancel|visits/move)/[^/\s]+/)")
AT = re.compile(r"Clinic 0(\d)")
SELDOM = 0.2
"""Seconds between two looks into the folder."""
NEWEST = 60
"""Of the links of a kind, from so many one is chosen; the older ones are mostly over."""
USES = 3
"""So often one link is followed: two people with one mailbox, a double click, one who comes too late."""


@dataclass
class Link:
    """Where a mail leads, at which clinic, and how often it was followed."""

    path: str
    clinic: int
    used: int = 0


@dataclass
class Letters:
    """All links of the mails that have come into the folder so far, by kind."""

    folder: Path
    links: dict[str, list[Link]] = field(default_factory=lambda: defaultdict(list))
    count: int = 0
    _read: set[str] = field(default_factory=set)
    _looked: float = 0.0

    def empty(self) -> None:
        """Throws away what an earlier play has left."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path in self.folder.glob("*.eml"):
            path.unlink()

    def pick(self, kind: str, chance: Random) -> Link | None:
        """One of the newer links of a kind, None where there is none; some are picked more than once."""
        self._look()
        there = self.links[kind][-NEWEST:]
        if not there:
            return None
        link = chance.choice(there)
        link.used += 1
        if link.used >= USES or chance.random() < 0.5:
            self.links[kind].remove(link)
        return link

    def _look(self) -> None:
        now = time.monotonic()
        if now < self._looked + SELDOM:
            return
        self._looked = now
        for path in sorted(self.folder.glob("*.eml")):
            if path.name not in self._read:
                self._read.add(path.name)
                self._keep(path)

    def _keep(self, path: Path) -> None:
        letter = email.message_from_bytes(path.read_bytes(), policy=default)
        body = letter.get_body(("plain",))
        text = body.get_content() if body else ""
        at = AT.search(text)
        self.count += 1
        for found in LINK.finditer(text):
            self.links[found[2]].append(Link(found[1], int(at[1]) - 1 if at else 0))
        path.unlink()
