"""The drawing of pain and effort over the weeks: where each session stands in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from programs.models import SessionLog

LEFT, RIGHT, TOP, BOTTOM = 28, 292, 14, 154
"""Edges of the plot in the drawing's own units, 300 wide; the last values stand in the key below."""


@dataclass(frozen=True)
class Line:
    """One measure: its points, and its first and last value."""

    points: tuple[tuple[float, float], ...]
    first: int | float
    last: int | float

    @property
    def path(self) -> str:
        """The points as an SVG path."""
        return "M" + " ".join(f"{x:g} {y:g}" for x, y in self.points)


@dataclass(frozen=True)
class Course:
    """Pain and effort of the sessions, 0 to 10; a measure that was not said twice has no line."""

    pain: Line | None
    effort: Line | None
    first: date
    last: date


def course(sessions: Iterable[SessionLog], first: date, last: date) -> Course | None:
    """The course from the one day to the other; None where neither pain nor effort was said twice."""
    oldest_first = sorted(sessions, key=lambda each: each.started_at)
    pains = [(_x(each, first, last), each.pain_after) for each in oldest_first if each.pain_after is not None]
    efforts = [
        (_x(each, first, last), float(each.effort)) for each in oldest_first if each.effort is not None
    ]
    pain, effort = _line(pains), _line(efforts)
    return Course(pain, effort, first, last) if pain or effort else None


def _x(session: SessionLog, first: date, last: date) -> float:
    """Where the session stands between the two days, by the clock of the program's clinic."""
    began = session.started_at.astimezone(session.program.clinic.zone)
    days = (session.day - first).days + (began.hour + began.minute / 60) / 24
    return round(LEFT + (RIGHT - LEFT) * days / ((last - first).days + 1), 1)


def _line(values: Sequence[tuple[float, int | float]]) -> Line | None:
    if len(values) < 2:
        return None
    points = tuple((x, _height(value)) for x, value in values)
    return Line(points, values[0][1], values[-1][1])


def _height(value: int | float) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * float(value) / 10, 1)
