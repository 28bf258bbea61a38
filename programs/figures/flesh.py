"""Owns the flesh on the bones: ellipsoids in groups, each group drawn as the convex hull of its ellipsoids."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from programs.figures.skeleton import Skeleton
from programs.figures.vectors import Mat, Vec


class Blob(NamedTuple):
    """An ellipsoid in a segment's frame: centre and semi-axes in metres."""

    segment: str
    centre: Vec
    axes: Vec


class Ellipsoid(NamedTuple):
    """An ellipsoid in the world: centre, frame, semi-axes."""

    centre: Vec
    frame: Mat
    axes: Vec


Group = list[Blob]
Hull = list[Ellipsoid]


def _ball(segment: str, centre: Vec, radius: float) -> Blob:
    return Blob(segment, centre, (radius, radius, radius))


def _trunk() -> dict[str, list[Group]]:
    slices = [
        Blob("pelvis", (-0.012, 0, -0.055), (0.080, 0.120, 0.05)),
        Blob("pelvis", (-0.014, 0, 0.0), (0.108, 0.160, 0.06)),
        Blob("pelvis", (-0.006, 0, 0.06), (0.104, 0.153, 0.05)),
        Blob("lumbar", (0.004, 0, 0.0), (0.099, 0.139, 0.04)),
        Blob("lumbar", (0.006, 0, 0.055), (0.094, 0.131, 0.04)),
        Blob("lumbar", (0.006, 0, 0.105), (0.095, 0.133, 0.04)),
        Blob("thorax", (0.006, 0, 0.0), (0.101, 0.141, 0.04)),
        Blob("thorax", (0.008, 0, 0.065), (0.109, 0.150, 0.04)),
        Blob("upper", (0.008, 0, 0.0), (0.112, 0.157, 0.045)),
        Blob("upper", (0.0, 0, 0.06), (0.098, 0.156, 0.045)),
        Blob("upper", (-0.010, 0, 0.096), (0.078, 0.143, 0.045)),
        Blob("upper", (-0.013, 0, 0.122), (0.066, 0.118, 0.038)),
        Blob("upper", (-0.014, 0, 0.136), (0.058, 0.090, 0.034)),
    ]
    pairs = [slices[i : i + 2] for i in range(len(slices) - 1)]
    neck = [
        Blob("upper", (-0.012, 0, 0.125), (0.062, 0.066, 0.03)),
        Blob("neck", (0.002, 0, 0.04), (0.056, 0.056, 0.04)),
        Blob("head", (0.006, 0, 0.03), (0.056, 0.056, 0.03)),
    ]
    skull = Blob("head", (0.004, 0, 0.130), (0.102, 0.083, 0.104))
    jaw = Blob("head", (0.032, 0, 0.062), (0.068, 0.058, 0.064))
    return {"hips": pairs[:4], "chest": pairs[4:], "neck": [neck], "head": [[skull, jaw]]}


def _arm(s: str, y: int) -> dict[str, list[Group]]:
    u, f, h = f"upperarm_{s}", f"forearm_{s}", f"hand_{s}"
    biceps, belly = _ball(u, (0.004, 0, -0.11), 0.046), _ball(f, (0.004, 0, -0.065), 0.040)
    hem = Blob(u, (0.003, 0, -0.155), (0.056, 0.056, 0.012))
    knuckles = Blob(h, (0.002, 0, -0.07), (0.021, 0.038, 0.03))
    thumb = [
        _ball(h, (0.012, -0.024 * y, -0.035), 0.016),
        Blob(h, (0.026, -0.046 * y, -0.085), (0.012, 0.012, 0.014)),
    ]
    return {
        u: [[_ball(u, (0, -0.004 * y, -0.005), 0.050), biceps], [biceps, _ball(u, (0, 0, -0.29), 0.037)]],
        f"sleeve_{s}": [[_ball(u, (0, -0.005 * y, -0.004), 0.056), hem]],
        f: [[_ball(f, (0, 0, 0), 0.037), belly], [belly, _ball(f, (0, 0, -0.25), 0.025)]],
        h: [
            [Blob(h, (0, 0, 0), (0.024, 0.025, 0.02)), knuckles],
            [knuckles, Blob(h, (0.010, 0, -0.15), (0.013, 0.027, 0.018))],
            thumb,
        ],
    }


def _leg(s: str, y: int) -> dict[str, list[Group]]:
    t, q, f = f"thigh_{s}", f"shin_{s}", f"foot_{s}"
    middle = _ball(t, (0.008, 0, -0.14), 0.080)
    calf, ankle = _ball(q, (-0.012, 0, -0.12), 0.055), _ball(q, (-0.004, 0, -0.27), 0.043)
    heel = Blob(f, (-0.034, 0, -0.038), (0.034, 0.031, 0.032))
    arch, ball = (
        Blob(f, (0.075, 0, -0.032), (0.04, 0.034, 0.03)),
        Blob(f, (0.125, 0, -0.046), (0.04, 0.043, 0.024)),
    )
    hem = Blob(t, (0.006, 0, -0.225), (0.086, 0.086, 0.014))
    return {
        t: [[_ball(t, (0, 0, 0), 0.086), middle], [middle, _ball(t, (0, 0, -0.425), 0.054)]],
        f"short_{s}": [[_ball(t, (-0.004, 0, 0.005), 0.091), _ball(t, (0.007, 0, -0.12), 0.087), hem]],
        q: [[_ball(q, (0, 0, 0), 0.053), calf], [calf, ankle], [ankle, _ball(q, (0, 0, -0.41), 0.034)]],
        f: [
            [_ball(f, (-0.002, 0, -0.004), 0.036), heel, arch],
            [heel, ball, arch],
            [ball, Blob(f, (0.17, 0.004 * y, -0.053), (0.026, 0.034, 0.017))],
        ],
    }


FLESH: dict[str, list[Group]] = {**_trunk(), **_arm("l", 1), **_leg("l", 1), **_arm("r", -1), **_leg("r", -1)}


def placed(skeleton: Skeleton, group: Group) -> Hull:
    """The group's ellipsoids in the world."""
    return [Ellipsoid(skeleton.at(b.segment, b.centre), skeleton.frame[b.segment], b.axes) for b in group]


def lowest(skeleton: Skeleton, blob: Blob) -> float:
    """The height of the ellipsoid's lowest point, metres above the floor."""
    down = skeleton.frame[blob.segment][2]
    reach = math.sqrt(sum((blob.axes[i] * down[i]) ** 2 for i in range(3)))
    return skeleton.at(blob.segment, blob.centre)[2] - reach


def lows(skeleton: Skeleton) -> Iterator[tuple[str, float]]:
    """(segment, height of its lowest point) for every ellipsoid of the body."""
    for groups in FLESH.values():
        for group in groups:
            for blob in group:
                yield blob.segment, lowest(skeleton, blob)
