"""What the racing clients know of the clinics between them: where to book, whom, and what they have booked already."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

from bench.letters import Letters
from bench.load import Answer
from bench.worlds import World

GRID = timedelta(minutes=10)
GRIDS = 50
"""Starts of a day: from eight in the morning until twenty past four."""
STORM = 30
"""So many operations aim at the same place before another one is chosen."""
AIMED, CLOSE = 0.55, 0.1
"""The share of operations that aim at that place, and of those that aim just beside it."""
IN_DEMAND, KNOWN = 12, 0.3
"""So many patients are booked for by many at once: the share of all operations."""
MEMORY = 150
"""So many visits are remembered; from half of it on more is cancelled than booked."""
VISIT = re.compile(r"visit=([0-9a-f-]{36})")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A place in the diary; clinic and kind by their number."""

    clinic: int
    kind: int
    practitioner: str
    start: datetime

    @property
    def slot(self) -> str:
        """As a form of the desk sends it."""
        return f"{self.practitioner}|{self.start.isoformat()}"

    @property
    def moment(self) -> str:
        """As a link in a mail sends it."""
        return f"{self.practitioner} {self.start:%Y-%m-%dT%H:%MZ}"


@dataclass
class Visit:
    """A visit that some client has booked, and where it was when last heard of."""

    id: str
    cell: Cell


@dataclass
class Town:
    """Shared by all clients of one play: chance decides, from the seed, who does what next."""

    world: World
    chance: Random
    letters: Letters
    left: int
    visits: list[Visit] = field(default_factory=list)
    cancelled: list[Visit] = field(default_factory=list)
    wishes: list[tuple[str, int]] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))
    _storm: Cell | None = None
    _storm_left: int = 0

    @cached_property
    def zone(self) -> ZoneInfo:
        """Of both clinics."""
        return ZoneInfo(self.world.note["zone"])

    @cached_property
    def days(self) -> Sequence[Sequence[date]]:
        """The raced days, each in some weeks."""
        return [[date.fromisoformat(day) for day in weeks] for weeks in self.world.note["days"]]

    def kind(self, number: int) -> Mapping[str, str]:
        """A type of consultation."""
        told: Mapping[str, str] = self.world.note["types"][number]
        return told

    def clinic(self, number: int) -> Mapping[str, str]:
        """A clinic."""
        told: Mapping[str, str] = self.world.note["clinics"][number]
        return told

    def number(self) -> int:
        """One that nobody else has."""
        return next(self._numbers)

    def patient(self) -> str:
        """Often one of few, so that two are booked for the same person at once."""
        everybody: Sequence[str] = self.world.note["patients"]
        return self.chance.choice(everybody[:IN_DEMAND] if self.chance.random() < KNOWN else everybody)

    def cell(self, *, clinic: int | None = None, kinds: Sequence[int] = (0, 0, 0, 1, 2, 3)) -> Cell:
        """Where many aim at this moment, or just beside it, or anywhere."""
        aimed = self._aimed()
        if clinic not in {None, aimed.clinic} or aimed.kind not in kinds:
            return self._anywhere(clinic, kinds)
        way = self.chance.random()
        if way < AIMED:
            return aimed
        if way < AIMED + CLOSE:
            return self._beside(aimed, kinds)
        return self._anywhere(clinic, kinds)

    def freed(self, visit: Visit) -> None:
        """A visit was cancelled: it is forgotten, and what is free now is what many want next."""
        if visit in self.visits:
            self.visits.remove(visit)
        self.cancelled = [*self.cancelled[-20:], visit]
        self._storm, self._storm_left = visit.cell, STORM

    def booked(self, answer: Answer, cell: Cell) -> None:
        """A visit was booked, or not: what the answer says."""
        found = VISIT.search(answer.header("location"))
        if answer.status == 201:
            self.visits.append(Visit(answer.json()["id"], cell))
        elif answer.status == 302 and found:
            self.visits.append(Visit(found[1], cell))
        self.visits = self.visits[-MEMORY:]

    def visit(self) -> Visit | None:
        """One that was booked; None where there is none yet."""
        return self.chance.choice(self.visits) if self.visits else None

    @property
    def is_full(self) -> bool:
        """Whether more should be cancelled than booked."""
        return len(self.visits) > MEMORY // 2

    def _aimed(self) -> Cell:
        self._storm_left -= 1
        if self._storm is None or self._storm_left < 0:
            self._storm, self._storm_left = self._anywhere(None, (0, 0, 1, 2, 3)), STORM
        return self._storm

    def _beside(self, cell: Cell, kinds: Sequence[int]) -> Cell:
        """Ten minutes off, or with somebody else at the same time, who needs a room as well."""
        if self.chance.random() < 0.5:
            start = cell.start + self.chance.choice((-GRID, GRID))
            return Cell(clinic=cell.clinic, kind=cell.kind, practitioner=cell.practitioner, start=start)
        whom = self.chance.choice(self.world.note["teams"][cell.clinic])
        return Cell(clinic=cell.clinic, kind=self.chance.choice(kinds), practitioner=whom, start=cell.start)

    def _anywhere(self, clinic: int | None, kinds: Sequence[int]) -> Cell:
        number = self.chance.randrange(2) if clinic is None else clinic
        day = self.chance.choice(self.days)[0]
        opens = datetime.combine(day, time.fromisoformat(self.world.note["opens"]), self.zone)
        return Cell(
            clinic=number,
            kind=self.chance.choice(kinds),
            practitioner=self.chance.choice(self.world.note["teams"][number]),
            start=(opens + GRID * self.chance.randrange(GRIDS)).astimezone(ZoneInfo("UTC")),
        )
