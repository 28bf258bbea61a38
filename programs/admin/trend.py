"""Draws the last two weeks of a program: pain as a line with its limit, doses as bars, revisions as marks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from programs.actions.watching import Sheet

LEFT, STEP, BAR = 60, 70, 46
PAIN_TOP, PAIN_FLOOR, DOSE_TOP, DOSE_FLOOR = 34, 114, 132, 172


@dataclass(frozen=True, kw_only=True)
class Day:
    """One day: where it stands, pain 0 to 10, doses done and due, and the height of its bar."""

    day: date
    x: int
    pain: int | None
    done: int
    due: int
    y: float
    bar_y: float
    bar_height: float
    starts: tuple[int, ...]

    @property
    def bar_x(self) -> float:
        """The left edge of the bar."""
        return self.x - BAR / 2

    @property
    def pain_text_y(self) -> float:
        """Over the mark."""
        return self.y - 8


@dataclass(frozen=True, kw_only=True)
class Trend:
    """The drawing. `limit_y` is the height of the lowest limit of pain of the exercises."""

    days: tuple[Day, ...]
    path: str
    limit: int
    limit_y: float

    @property
    def has_data(self) -> bool:
        """Whether anything was logged."""
        return any(day.done or day.pain is not None for day in self.days)


def of(sheet: Sheet) -> Trend:
    """The drawing of a sheet."""
    pains: dict[date, int] = {}
    for day, pain in sheet.pains:
        pains[day] = max(pain, pains.get(day, 0))
    saves: dict[date, set[int]] = {}
    for line in sheet.revisions:
        saves.setdefault(line.revision.effective_on, set()).add(line.revision.sheet_version)
    days = []
    for at, day in enumerate(sheet.days):
        cells = [row.cells[at] for row in sheet.rows]
        done, due = sum(cell.done for cell in cells), sum(cell.due for cell in cells)
        height = round((DOSE_FLOOR - DOSE_TOP) * min(1.0, done / due if due else float(done > 0)), 1)
        days.append(
            Day(
                day=day,
                x=LEFT + STEP * at,
                pain=pains.get(day),
                done=done,
                due=due,
                y=_height(pains.get(day, 0)),
                bar_y=DOSE_FLOOR - height,
                bar_height=height,
                starts=tuple(sorted(saves.get(day, ()))),
            )
        )
    points = [f"{each.x} {each.y}" for each in days if each.pain is not None]
    limit = sheet.course.pain_limit or 0
    return Trend(
        days=tuple(days),
        path="M" + " ".join(points) if points else "",
        limit=limit,
        limit_y=_height(limit),
    )


def _height(pain: int) -> float:
    return round(PAIN_FLOOR - (PAIN_FLOOR - PAIN_TOP) * pain / 10, 1)
