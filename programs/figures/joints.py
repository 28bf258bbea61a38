"""Owns the patches over the joints: they hide the line inside a knee, elbow, shoulder or hip, so that a limb reads
as one piece and a sleeve as part of the shirt."""

from __future__ import annotations

import math
from collections.abc import Iterator

from programs.figures.anatomy import LENGTH, kind, side
from programs.figures.camera import Camera
from programs.figures.flesh import FLESH, Blob, Ellipsoid, Hull, placed
from programs.figures.parts import Clip, Part
from programs.figures.skeleton import Skeleton
from programs.figures.vectors import IDENTITY, length, lerp, sub

_NEXT = {"thigh": "shin", "shin": "foot", "upperarm": "forearm", "forearm": "hand"}
_BEFORE = {after: before for before, after in _NEXT.items()}
_STRETCH = {"thigh": 0.07, "shin": 0.04, "upperarm": 0.05, "forearm": 0.04}  # metres refilled above the joint
_END = {"thigh": -0.425, "shin": -0.405, "upperarm": -0.29, "forearm": -0.25}
_SHARE = {
    "shin": 1.0,
    "foot": 0.0,
    "forearm": 1.0,
    "hand": 0.4,
}  # of the first group, refilled below the joint
_FORESHORTENED = 0.62  # below this share of its true length a limb needs its line
# piece, garment it melts into, joint, radius in metres
_ROOTS = (("sleeve", "chest", "upperarm", 0.078), ("short", "hips", "thigh", 0.105))


def _above(skeleton: Skeleton, segment: str) -> Hull:
    """The last stretch of the segment that leads to the joint."""
    k = kind(segment)
    thick, thin = FLESH[segment][-1][0], FLESH[segment][-1][-1]
    radius = thin.axes[0]
    share = _STRETCH[k] / abs(thin.centre[2] - thick.centre[2])
    wider = radius + (thick.axes[0] - radius) * share
    upper = lerp((0, 0, thin.centre[2]), thick.centre, share)
    return placed(
        skeleton, [Blob(segment, (0, 0, _END[k]), (radius,) * 3), Blob(segment, upper, (wider,) * 3)]
    )


def _below(skeleton: Skeleton, segment: str) -> Hull:
    """The first stretch of the segment after the joint."""
    a, b = FLESH[segment][0][:2]
    share = _SHARE[kind(segment)]
    return placed(skeleton, [a, Blob(segment, lerp(a.centre, b.centre, share), lerp(a.axes, b.axes, share))])


def _foreshortened(skeleton: Skeleton, camera: Camera, near: str, far: str) -> bool:
    a, b = skeleton.joint[near], skeleton.joint[far]
    if math.dist(camera.xy(a), camera.xy(b)) < _FORESHORTENED * camera.zoom * length(sub(b, a)):
        return True
    if kind(far) != "hand":
        return False
    return math.dist(camera.xy(skeleton.tip(far)), camera.xy(b)) < 0.6 * camera.zoom * LENGTH["hand"]


def _patch(
    skeleton: Skeleton, camera: Camera, later: Part, drawn: dict[str, Part], pair: tuple[str, str]
) -> Part:
    near, far = pair
    if drawn[near].colour != drawn[far].colour or _foreshortened(skeleton, camera, near, far):
        dot = [Ellipsoid(skeleton.joint[far], IDENTITY, (0.001, 0.001, 0.001))]
        return Part("patch", drawn[near].colour, [dot], 0, drawn[near].far, line=False, void=True)
    earlier = drawn[near if later.name == far else far]
    hull = _above(skeleton, near) if earlier.name == near else _below(skeleton, far)
    return Part("patch", earlier.colour, [hull], 0, earlier.far, line=False)


def _roots(skeleton: Skeleton, later: Part, drawn: dict[str, Part]) -> Iterator[Part]:
    """Where limb and garment have one colour, the line between them goes; the hip's patch stays out of the shirt."""
    for piece, garment, joint, radius in _ROOTS:
        for s in "lr":
            a, b = drawn.get(f"{piece}_{s}"), drawn.get(garment)
            if a is None or b is None or later.name not in {a.name, b.name} or a.far or a.colour != b.colour:
                continue
            shirt = drawn["chest"].hulls if garment == "hips" and "chest" in drawn else []
            clip = Clip(skeleton.joint[f"{joint}_{s}"], radius, tuple(shirt))
            yield Part("root", a.colour, b.hulls + a.hulls, 0, line=False, clip=clip)


def patched(skeleton: Skeleton, camera: Camera, pieces: list[Part]) -> list[Part]:
    """The pieces in their order, each followed by the patches that it makes necessary."""
    out: list[Part] = []
    drawn: dict[str, Part] = {}
    for part in pieces:
        out.append(part)
        drawn[part.name] = part
        out += _roots(skeleton, part, drawn)
        k, s = kind(part.name), side(part.name)
        pairs = [(f"{_BEFORE[k]}_{s}", part.name)] if k in _BEFORE else []
        pairs += [(part.name, f"{_NEXT[k]}_{s}")] if k in _NEXT else []
        out += [_patch(skeleton, camera, part, drawn, p) for p in pairs if p[0] in drawn and p[1] in drawn]
    return out
