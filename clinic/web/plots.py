"""Owns where the marks of a chart stand: columns and lines over weeks, in the units of its drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil, log10

WIDTH, HEIGHT = 480, 190
LEFT, RIGHT, TOP, BOTTOM = 40, 468, 16, 158
MOST_LABELS = 6

Number = int | float


@dataclass(frozen=True)
class Box:
    """A piece of a column."""

    look: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Series:
    """A line: its class in the style sheet, and a value a place or None where there is none."""

    look: str
    values: Sequence[Number | None]


@dataclass(frozen=True, kw_only=True)
class Plot:
    """Columns, of pieces one on the other from below, and lines, over the same places.

    `stacks` are classes in the style sheet with a value a place. `limit` is a level that is drawn across.
    """

    words: str
    labels: Sequence[str]
    stacks: Sequence[Series] = ()
    lines: Sequence[Series] = ()
    unit: str = ""
    least: int = 4
    limit: Number | None = None
    _top: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_top", _above(max(self.least, self._highest())))

    @property
    def levels(self) -> list[tuple[str, float, float]]:
        """The words of nothing, half and all, where they stand and how high."""
        return [
            (f"{value:g}{self.unit}", self._y(value), round(self._y(value) + 4.5, 1))
            for value in (0, self._top / 2, self._top)
        ]

    @property
    def limit_y(self) -> float | None:
        """How high the limit stands."""
        return None if self.limit is None else self._y(self.limit)

    @property
    def named(self) -> list[tuple[str, float]]:
        """At most six of the labels, the last one always, and where they stand."""
        last = len(self.labels) - 1
        every = max(1, ceil(len(self.labels) / MOST_LABELS))
        return [(self.labels[at], self._x(at)) for at in range(last + 1) if (last - at) % every == 0]

    @property
    def boxes(self) -> list[Box]:
        """The pieces of the columns that are there."""
        wide = round(min(34.0, (RIGHT - LEFT) / max(1, len(self.labels)) * 0.62), 1)
        found = []
        for at in range(len(self.labels)):
            below: Number = 0
            for series in self.stacks:
                value = series.values[at] or 0
                if value:
                    top, foot = self._y(below + value), self._y(below)
                    left = round(self._x(at) - wide / 2, 1)
                    found.append(Box(series.look, left, top, wide, round(foot - top, 1)))
                below += value
        return found

    @property
    def drawn(self) -> list[tuple[str, str, list[tuple[float, float]]]]:
        """The lines: class, path, which has a gap where there is no value, and points."""
        found = []
        for series in self.lines:
            path, pen, points = [], "M", []
            for at, value in enumerate(series.values):
                if value is None:
                    pen = "M"
                    continue
                x, y = self._x(at), self._y(value)
                path.append(f"{pen}{x} {y}")
                points.append((x, y))
                pen = "L"
            found.append((series.look, "".join(path), points))
        return found

    def _highest(self) -> Number:
        stacked = [sum(piece or 0 for piece in pieces) for pieces in self._pieces()]
        on_lines = [value or 0 for line in self.lines for value in line.values]
        return max([*stacked, *on_lines, self.limit or 0], default=0)

    def _pieces(self) -> list[tuple[Number | None, ...]]:
        return list(zip(*(series.values for series in self.stacks), strict=True)) if self.stacks else []

    def _x(self, at: int) -> float:
        return round(LEFT + (RIGHT - LEFT) * (at + 0.5) / max(1, len(self.labels)), 1)

    def _y(self, value: Number) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * min(1.0, value / self._top), 1)


def _above(value: Number) -> int:
    """The next even number of 1, 2, 3, 4, 5, 6, 8 or 10 times a power of ten, so that its half is whole."""
    power = 10 ** max(0, ceil(log10(value)) - 1) if value > 1 else 1
    steps = (2, 4, 6, 8, 10) if power == 1 else (1, 2, 3, 4, 5, 6, 8, 10)
    return int(next(step * power for step in steps if step * power >= value))
