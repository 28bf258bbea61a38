"""Owns the anatomy checks: what a drawn body must not do, said in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations

from programs.figures.anatomy import LIMITS, SEGMENTS, TREE, angles_of, joint, kind, limb
from programs.figures.flesh import lows
from programs.figures.kinematics import gait, motion
from programs.figures.poses import Figure
from programs.figures.skeleton import Skeleton
from programs.figures.vectors import Vec, add, dot, length, scale, sub

_UNDER = 0.012  # metres of flesh that may sink into the floor in a pose that is held
_UNDER_ON_THE_WAY = 0.025
_FLOATING = 0.02  # metres a body may be above the floor
_BONES_APART = 0.04  # metres between the centre lines of two limbs
_SOLID = {"upperarm", "forearm", "thigh", "shin", "thorax", "upper", "head"}


def _beyond_limits(skeleton: Skeleton) -> Iterator[str]:
    """Joint angles out of range. The shoulder is left out: Euler angles of a ball joint say little."""
    for segment in SEGMENTS:
        name = joint(segment)
        limits = LIMITS.get(kind(name))
        for angle, (low, high) in zip(angles_of(segment, skeleton.turn[segment]), limits or (), strict=False):
            if not low - 1 <= angle <= high + 1:
                yield f"{name} is at {angle:.0f} degrees, its limit is {low:.0f} to {high:.0f}"


def _under_the_floor(skeleton: Skeleton, tolerance: float) -> Iterator[str]:
    worst: dict[str, float] = {}
    for segment, z in lows(skeleton):
        worst[segment] = min(worst.get(segment, z), z)
    for segment, z in worst.items():
        if z < -tolerance:
            yield f"{segment} is {-z * 100:.1f} cm under the floor"


def _floating(skeleton: Skeleton) -> Iterator[str]:
    low = min(z for _, z in lows(skeleton))
    if low > _FLOATING:
        yield f"the body floats {low * 100:.1f} cm above the floor"


def _distance(a: tuple[Vec, Vec], b: tuple[Vec, Vec]) -> float:
    """The smallest distance between two line segments, sampled along the first."""
    start, along = b[0], sub(b[1], b[0])
    best = 9.0
    for i in range(13):
        point = add(a[0], scale(sub(a[1], a[0]), i / 12))
        t = max(0.0, min(1.0, dot(sub(point, start), along) / max(dot(along, along), 1e-9)))
        best = min(best, length(sub(point, add(start, scale(along, t)))))
    return best


def _through_each_other(skeleton: Skeleton) -> Iterator[str]:
    """Bones of two limbs nearer than flesh allows. Hands are left out: they are there to hold."""
    bones = [(s, (skeleton.joint[s], skeleton.tip(s))) for s in SEGMENTS if kind(s) in _SOLID]
    for a, b in combinations(bones, 2):
        parents = {TREE[a[0]][0], TREE[b[0]][0]}
        if limb(a[0]) == limb(b[0]) or a[0] in parents or b[0] in parents:
            continue
        gap = _distance(a[1], b[1])
        if gap < _BONES_APART:
            yield f"{a[0]} runs through {b[0]} ({gap * 100:.1f} cm between the bones)"


def faults(figure: Figure) -> list[str]:
    """Every fault of the figure's poses and of the way between them, a sentence each; empty for a sound figure."""
    course = motion(figure)
    found = list(course.misses)
    for label, skeleton in (("start", course.start), ("end", course.end)):
        if skeleton is None:
            continue
        held = [_beyond_limits(skeleton), _under_the_floor(skeleton, _UNDER)]
        if not (figure.stage.bars or figure.stage.water):  # else something carries the body
            held.append(_floating(skeleton))
        found += [f"{label}: {fault}" for fault in chain(*held, _through_each_other(skeleton))]
    on_the_way = gait(figure)[1:] or course.frames[1:-1]
    for number, skeleton in enumerate(on_the_way, start=1):
        found += [f"frame {number}: {fault}" for fault in _under_the_floor(skeleton, _UNDER_ON_THE_WAY)]
        found += [f"frame {number}: {fault}" for fault in _beyond_limits(skeleton)]
    return found
