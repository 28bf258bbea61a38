"""Owns path data: closed and open curves as short SVG text, relative and in tenths of a pixel."""

from __future__ import annotations

from collections.abc import Sequence

from programs.figures.vectors import Point


def _tenths(value: float) -> int:
    return round(value * 10)


def _text(numbers: Sequence[int]) -> str:
    """Tenths as decimals without needless characters: 12, -5 → `1.2-.5`."""
    out = ""
    for n in numbers:
        whole, rest = divmod(abs(n), 10)
        digits = f"{whole or ('' if rest else '0')}{f'.{rest}' if rest else ''}"
        sign = "-" if n < 0 else " " if out else ""
        out += sign + digits
    return out


class _Pen:
    """Writes relative coordinates from rounded absolute ones, so that rounding does not add up."""

    def __init__(self, start: Point) -> None:
        self.x, self.y = _tenths(start[0]), _tenths(start[1])
        self.text = "M" + _text((self.x, self.y))

    def draw(self, command: str, *points: Point) -> None:
        numbers, at = [], (self.x, self.y)
        for px, py in points:
            at = (_tenths(px), _tenths(py))
            numbers += [at[0] - self.x, at[1] - self.y]
        self.x, self.y = at
        self.text += command + _text(numbers)


def _middle(a: Point, b: Point) -> Point:
    return ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)


def spline(loop: Sequence[Point]) -> str:
    """A closed curve near these points: quadratic, through the middles between them."""
    middles = [_middle(a, b) for a, b in zip(loop, [*loop[1:], loop[0]], strict=True)]
    pen = _Pen(middles[-1])
    for control, end in zip(loop, middles, strict=True):
        pen.draw("q", control, end)
    return pen.text + "z"


def polygon(points: Sequence[Point]) -> str:
    """A closed shape with straight sides."""
    pen = _Pen(points[0])
    for point in points[1:]:
        pen.draw("l", point)
    return pen.text + "z"


def polyline(points: Sequence[Point]) -> str:
    """An open line with straight pieces."""
    return polygon(points)[:-1]


def curve(points: Sequence[Point]) -> str:
    """An open, smooth curve through all points (Catmull-Rom as cubic Béziers)."""
    if len(points) < 3:
        return polyline(points)
    pen, last = _Pen(points[0]), len(points) - 1
    for i in range(last):
        before, a, b, after = points[max(0, i - 1)], points[i], points[i + 1], points[min(last, i + 2)]
        first = (a[0] + (b[0] - before[0]) / 6, a[1] + (b[1] - before[1]) / 6)
        second = (b[0] - (after[0] - a[0]) / 6, b[1] - (after[1] - a[1]) / 6)
        pen.draw("c", first, second, b)
    return pen.text
