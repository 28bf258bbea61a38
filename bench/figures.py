"""What a measurement says: one figure, the bare limit beside it, what was aimed for, and whether it was met."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Better(StrEnum):
    """In which direction a figure is good."""

    LESS = "≤"
    MORE = "≥"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of the table. `bare` is what the same machine can do at most, measured in the same run."""

    scenario: str
    what: str
    value: float
    unit: str
    bare: float | None = None
    target: float | None = None
    better: Better = Better.LESS

    @property
    def ratio(self) -> float | None:
        """The figure ÷ its bare limit, where there is one."""
        return self.value / self.bare if self.bare else None

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        if self.target is None:
            return None
        return self.value <= self.target if self.better == Better.LESS else self.value >= self.target

    def as_mapping(self) -> dict[str, Any]:
        """Everything, for --json."""
        return {**asdict(self), "better": self.better.value, "ratio": self.ratio, "met": self.met}


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile, `share` from 0 to 1; 0.0 of nothing."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def table(figures: Sequence[Figure]) -> str:
    """The figures as text, a line each, under a line that names the columns."""
    heads = ("what", "figure", "bare limit", "ratio", "target", "met")
    lines = [heads, *(_line(figure) for figure in figures)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    return "\n".join(_aligned(line, widths) for line in lines)


def _line(figure: Figure) -> tuple[str, ...]:
    met = {None: "", True: "yes", False: "NO"}[figure.met]
    return (
        f"{figure.scenario}: {figure.what}",
        f"{_number(figure.value)} {figure.unit}",
        "" if figure.bare is None else _number(figure.bare),
        "" if figure.ratio is None else _number(figure.ratio),
        "" if figure.target is None else f"{figure.better.value} {_number(figure.target)}",
        met,
    )


def _aligned(line: tuple[str, ...], widths: list[int]) -> str:
    first, *rest = line
    cells = [first.ljust(widths[0])]
    cells += [cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
    return "  ".join(cells).rstrip()


def _number(value: float) -> str:
    """Three digits that matter, whole numbers whole."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
