"""Owns how many convex shapes become one smooth outline: signed distances on a grid, the zero line traced by
marching squares, kinks relaxed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from programs.figures.vectors import Point

Polygon = list[Point]
Field = list[list[float]]
_HalfPlane = tuple[float, float, float]  # inside where nx * x + ny * y - c <= 0
_Edge = tuple[str, int, int]

# Marching squares: for the four corners inside or not (1, 2, 4, 8), the cell sides that the line enters and leaves by.
_CASES = {
    1: [("l", "t")], 2: [("t", "r")], 3: [("l", "r")], 4: [("r", "b")], 5: [("l", "t"), ("r", "b")],
    6: [("t", "b")], 7: [("l", "b")], 8: [("b", "l")], 9: [("b", "t")], 10: [("t", "r"), ("b", "l")],
    11: [("b", "r")], 12: [("r", "l")], 13: [("r", "t")], 14: [("t", "l")],
}  # fmt: skip


@dataclass(frozen=True)
class Grid:
    """A lattice over a box of the screen, `step` pixels wide."""

    x0: float
    y0: float
    nx: int
    ny: int
    step: float

    @classmethod
    def over(cls, x: tuple[float, float], y: tuple[float, float], step: float) -> Grid:
        """The lattice that covers the box with a margin of two cells."""
        margin = 2 * step
        nx, ny = int((x[1] - x[0] + 2 * margin) / step) + 2, int((y[1] - y[0] + 2 * margin) / step) + 2
        return cls(x[0] - margin, y[0] - margin, nx, ny, step)

    @classmethod
    def around(cls, polygons: list[Polygon], step: float) -> Grid:
        """The lattice that covers all polygons."""
        xs, ys = [p[0] for q in polygons for p in q], [p[1] for q in polygons for p in q]
        return cls.over((min(xs), max(xs)), (min(ys), max(ys)), step)


def _half_planes(polygon: Polygon) -> list[_HalfPlane]:
    pairs = list(zip(polygon, polygon[1:] + polygon[:1], strict=True))
    sign = 1 if sum(p[0] * q[1] - q[0] * p[1] for p, q in pairs) > 0 else -1
    planes = []
    for p, q in pairs:
        dx, dy = q[0] - p[0], q[1] - p[1]
        size = math.hypot(dx, dy)
        if size >= 1e-3:
            nx, ny = sign * dy / size, -sign * dx / size
            planes.append((nx, ny, nx * p[0] + ny * p[1]))
    return planes


def _span(lines: list[tuple[float, float]], limit: float) -> tuple[float, float]:
    """The stretch of a row where every line a * x + k stays at or below the limit; low > high where there is none."""
    low, high = -math.inf, math.inf
    for a, k in lines:
        if a > 1e-9:
            high = min(high, (limit - k) / a)
        elif a < -1e-9:
            low = max(low, (limit - k) / a)
        elif k > limit:
            return (1.0, 0.0)
    return (low, high)


def _fill_row(row: list[float], lines: list[tuple[float, float]], grid: Grid, far: float) -> None:
    """Lower the row to the polygon's distance: exact near its edge, `-far` deep inside, untouched outside."""
    low, high = _span(lines, far)
    if low > high:
        return
    deep_low, deep_high = _span(lines, -far)
    first = max(0, math.ceil((low - grid.x0) / grid.step))
    last = min(grid.nx - 1, math.floor((high - grid.x0) / grid.step))
    for i in range(first, last + 1):
        x = grid.x0 + i * grid.step
        value = -far if deep_low <= x <= deep_high else max(a * x + k for a, k in lines)
        row[i] = min(row[i], value)


def distances(polygons: list[Polygon], grid: Grid) -> Field:
    """Signed distance (pixels) to the union of convex polygons at each lattice point: exact near the zero line, cut
    off two steps away from it."""
    far = 2 * grid.step
    field = [[far] * grid.nx for _ in range(grid.ny)]
    for polygon in polygons:
        planes = _half_planes(polygon)
        if len(planes) < 3:
            continue
        ys = [p[1] for p in polygon]
        first = max(0, math.ceil((min(ys) - far - grid.y0) / grid.step))
        last = min(grid.ny - 1, math.floor((max(ys) + far - grid.y0) / grid.step))
        for j in range(first, last + 1):
            y = grid.y0 + j * grid.step
            _fill_row(field[j], [(nx, ny * y - c) for nx, ny, c in planes], grid, far)
    return field


def _crossings(field: Field, grid: Grid) -> dict[_Edge, _Edge]:
    """From cell side to cell side along the zero line, the inside always on the same hand."""
    links: dict[_Edge, _Edge] = {}
    for j in range(grid.ny - 1):
        top, bottom = field[j], field[j + 1]
        for i in range(grid.nx - 1):
            case = (top[i] < 0) + 2 * (top[i + 1] < 0) + 4 * (bottom[i + 1] < 0) + 8 * (bottom[i] < 0)
            if case in _CASES:
                sides = {"t": ("h", i, j), "r": ("v", i + 1, j), "b": ("h", i, j + 1), "l": ("v", i, j)}
                for enters, leaves in _CASES[case]:
                    links[sides[enters]] = sides[leaves]
    return links


def trace(field: Field, grid: Grid) -> list[Polygon]:
    """The closed loops of the zero line, in pixels; specks of fewer than seven points are dropped."""

    def point(edge: _Edge) -> Point:
        way, i, j = edge
        k, m = (i + 1, j) if way == "h" else (i, j + 1)
        a, b = field[j][i], field[m][k]
        t = a / (a - b)
        return (grid.x0 + (i + (k - i) * t) * grid.step, grid.y0 + (j + (m - j) * t) * grid.step)

    links, loops = _crossings(field, grid), []
    while links:
        edge, loop = next(iter(links)), []
        while edge in links:
            loop.append(point(edge))
            edge = links.pop(edge)
        if len(loop) > 6:
            loops.append(loop)
    return loops


def resample(loop: Polygon, step: float, count: int | None = None) -> Polygon:
    """The closed loop with points at equal distances: about `step` pixels apart, or exactly `count` of them."""
    closed = [*loop, loop[0]]
    run = [0.0]
    for a, b in pairwise(closed):
        run.append(run[-1] + math.dist(a, b))
    n = count or max(8, round(run[-1] / step))
    out, i = [], 0
    for k in range(n):
        s = run[-1] * k / n
        while run[i + 1] < s:
            i += 1
        t = (s - run[i]) / max(1e-9, run[i + 1] - run[i])
        (ax, ay), (bx, by) = closed[i], closed[i + 1]
        out.append((ax + (bx - ax) * t, ay + (by - ay) * t))
    return out


def relax(loop: Polygon, rounds: int) -> Polygon:
    """The loop with its kinks smoothed; the area stays (Taubin's pair of a shrinking and a swelling step)."""
    for _ in range(rounds):
        for k in (0.5, -0.53):
            before, after = loop[-1:] + loop[:-1], loop[1:] + loop[:1]
            loop = [
                (p[0] + k * ((a[0] + b[0]) / 2 - p[0]), p[1] + k * ((a[1] + b[1]) / 2 - p[1]))
                for a, p, b in zip(before, loop, after, strict=True)
            ]
    return loop


def union(polygons: list[Polygon], rounds: int, step: float = 2.0) -> list[Polygon]:
    """The smooth outline of the union of convex polygons, one loop a connected piece."""
    grid = Grid.around(polygons, step)
    return [relax(resample(loop, 2.0), rounds) for loop in trace(distances(polygons, grid), grid)]


def align(loop: Polygon, like: Polygon) -> Polygon:
    """The closed loop started where it matches `like` (same length) best, so that a morph does not spin."""
    n = len(loop)
    probes = range(0, n, max(1, n // 12))

    def gap(shift: int) -> float:
        return sum(math.dist(loop[(i + shift) % n], like[i]) ** 2 for i in probes)

    best = min(range(n), key=gap)
    return loop[best:] + loop[:best]
