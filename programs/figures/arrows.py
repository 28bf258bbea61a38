"""Owns the arrow that shows the movement."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from programs.figures import paths
from programs.figures.camera import Camera
from programs.figures.poses import Arrow
from programs.figures.skeleton import Skeleton
from programs.figures.vectors import Point, add, lerp

_HEAD = 17.0  # pixels
_STEPS = 12


def _tracked(arrow: Arrow, segment: str, camera: Camera, frames: Sequence[Skeleton]) -> list[Point]:
    """The path of a point of the moving body, pushed aside by `off`, bowed where it would be nearly straight."""
    points = []
    for i in range(_STEPS + 1):
        at = (arrow.start + (arrow.stop - arrow.start) * i / _STEPS) * (len(frames) - 1)
        k = min(int(at), len(frames) - 2)
        x, y = camera.xy(lerp(frames[k].at(segment, arrow.at), frames[k + 1].at(segment, arrow.at), at - k))
        points.append((x + arrow.off[0] * camera.zoom, y - arrow.off[1] * camera.zoom))
    (x0, y0), (x1, y1) = points[0], points[-1]
    chord = math.hypot(x1 - x0, y1 - y0) or 1.0
    push = arrow.bow * camera.zoom * 4
    aside = (-(y1 - y0) / chord * push, (x1 - x0) / chord * push)
    shares = [(i / _STEPS) * (1 - i / _STEPS) for i in range(_STEPS + 1)]
    return [(x + aside[0] * w, y + aside[1] * w) for (x, y), w in zip(points, shares, strict=True)]


def points(arrow: Arrow, camera: Camera, frames: Sequence[Skeleton]) -> list[Point]:
    """The arrow's course on the screen, from tail to tip."""
    if arrow.arc:
        centre, radius, first, last = arrow.arc
        turns = [math.radians(first + (last - first) * i / 16) for i in range(17)]
        return [camera.xy(add(centre, (radius * math.cos(t), radius * math.sin(t), 0.0))) for t in turns]
    if arrow.track:
        return _tracked(arrow, arrow.track, camera, frames)
    return [camera.xy(point) for point in arrow.line]


class _Course:
    """A line that is asked for points by distance from its tail."""

    def __init__(self, line: Sequence[Point]) -> None:
        self.line = line
        self.run = [0.0]
        for a, b in pairwise(line):
            self.run.append(self.run[-1] + math.dist(a, b))
        self.length = self.run[-1]

    def at(self, distance: float) -> Point:
        s = max(0.0, min(self.length, distance))
        i = min(max(i for i, run in enumerate(self.run) if run <= s + 1e-9), len(self.line) - 2)
        share = (s - self.run[i]) / max(1e-9, self.run[i + 1] - self.run[i])
        (ax, ay), (bx, by) = self.line[i], self.line[i + 1]
        return (ax + (bx - ax) * share, ay + (by - ay) * share)


def _tip(tip: Point, behind: Point) -> str:
    """The arrow's head: a barb at `tip`, pointing away from `behind`."""
    size = math.dist(tip, behind) or 1.0
    ux, uy = (tip[0] - behind[0]) / size, (tip[1] - behind[1]) / size
    wing = _HEAD * 0.62
    left = (tip[0] - ux * _HEAD - uy * wing, tip[1] - uy * _HEAD + ux * wing)
    notch = (tip[0] - ux * _HEAD * 0.72, tip[1] - uy * _HEAD * 0.72)
    right = (tip[0] - ux * _HEAD + uy * wing, tip[1] - uy * _HEAD - ux * wing)
    return paths.polygon([tip, left, notch, right])


def svg(line: Sequence[Point], *, both: bool) -> str:
    """The arrow: a halo in the background's colour, then the shaft, then a head (or one at each end)."""
    course = _Course(line)
    first, last = (_HEAD * 0.8 if both else 0.0), course.length - _HEAD * 0.8
    shaft = paths.curve([course.at(first + (last - first) * i / 9) for i in range(10)])
    heads = _tip(course.at(course.length), course.at(course.length - _HEAD))
    if both:
        heads += _tip(course.at(0), course.at(_HEAD))
    return (
        f'<path class="fg-halo" d="{shaft}"/><path class="fg-halo fg-thin" d="{heads}"/>'
        f'<path class="fg-shaft" d="{shaft}"/><path class="fg-tip" d="{heads}"/>'
    )
