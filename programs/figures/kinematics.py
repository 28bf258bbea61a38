"""Owns how a pose becomes a body: angles, contact with the floor, limbs that reach a target, poses in between."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from programs.figures.anatomy import LENGTH, SEGMENTS, SPINE, TREE, joint, kind, limb, rotation, side
from programs.figures.flesh import lows
from programs.figures.poses import Anchor, Figure, Grip, Pose
from programs.figures.skeleton import Skeleton
from programs.figures.vectors import (
    ORIGIN,
    UP,
    Mat,
    Vec,
    about_x,
    about_y,
    about_z,
    across,
    add,
    apply,
    column,
    cross,
    from_columns,
    length,
    lerp,
    matmul,
    scale,
    slerp,
    sub,
    transpose,
    unit,
)

# Where the body's x, y and z go in the world.
_BASES: dict[str, Mat] = {
    "standing": from_columns((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "sitting": from_columns((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "supine": from_columns((0, 0, 1), (0, 1, 0), (-1, 0, 0)),
    "prone": from_columns((0, 0, -1), (0, -1, 0), (-1, 0, 0)),
    "quadruped": from_columns((0, 0, -1), (0, -1, 0), (-1, 0, 0)),
    "side_right": from_columns((0, -1, 0), (0, 0, 1), (-1, 0, 0)),
}
_CHAIN = {"arm": ("upperarm", "forearm", "hand"), "leg": ("thigh", "shin", "foot")}
_MISS = 0.012  # metres a limb may end short of its target
_GLIDE = 0.06  # metres a shoulder blade slides to help an arm reach
EVEN = tuple(i / 12 for i in range(13))  # shares of the way, at equal steps


@dataclass(frozen=True)
class Motion:
    """A figure's way from start to end, and the targets (in words) that a limb missed."""

    start: Skeleton | None
    end: Skeleton
    frames: tuple[Skeleton, ...]
    misses: tuple[str, ...]


def _bend(skeleton: Skeleton, grip_limb: str, target: Vec, pole: Vec) -> float:
    """Two-bone inverse kinematics in closed form; returns the distance (metres) by which the limb ends short.

    1. The shoulder blade glides where the arm alone is too short. 2. The triangle of the two bones is laid into the
    plane of the pole. 3. Both bones take frames that share the hinge axis, so that a knee cannot bend sideways.
    """
    k, s = grip_limb.split("_")
    upper, lower = f"{_CHAIN[k][0]}_{s}", f"{_CHAIN[k][1]}_{s}"
    a, b = LENGTH[kind(upper)], LENGTH[kind(lower)]
    need = length(sub(target, skeleton.joint[upper])) - (a + b) * 0.97
    if k == "arm" and need > 0:
        slide = scale(unit(sub(target, skeleton.joint[upper])), min(_GLIDE, need))
        skeleton.glide[upper] = apply(transpose(skeleton.frame[TREE[upper][0]]), slide)
        skeleton.settle()
    origin = skeleton.joint[upper]
    way = unit(sub(target, origin))
    reach = max(abs(a - b) + 1e-4, min(length(sub(target, origin)), (a + b) * 0.9995))
    out = across(pole, way)
    if length(out) < 0.5:
        out = across(column(skeleton.frame[upper], 0), way)
    along = (a * a - b * b + reach * reach) / (2 * reach)
    middle = add(origin, add(scale(way, along), scale(out, math.sqrt(max(0.0, a * a - along * along)))))
    end = add(origin, scale(way, reach))
    z = unit(sub(origin, middle))
    x = across(out if k == "leg" else scale(out, -1), z)
    hinge = cross(z, x)
    skeleton.face(upper, from_columns(x, hinge, z))
    z = unit(sub(middle, end))
    skeleton.face(lower, from_columns(unit(cross(hinge, z)), hinge, z))
    return length(sub(end, target))


def _direction(skeleton: Skeleton, anchor: Anchor) -> Vec:
    return apply(skeleton.frame[anchor.segment], anchor.at) if anchor.segment else anchor.at


def _grip(skeleton: Skeleton, grip: Grip) -> str | None:
    """Hold one limb where its grip says; a sentence when it cannot reach."""
    k, s = grip.limb.split("_")
    end = f"{_CHAIN[k][2]}_{s}"
    miss = 0.0
    if grip.target is not None:
        target = grip.target
        goal = skeleton.at(target.segment, target.at) if target.segment else target.at
        miss = _bend(skeleton, grip.limb, goal, grip.pole)
    if grip.toe is not None:
        x = unit(grip.toe)
        z = across(UP, x)
        skeleton.face(end, from_columns(x, cross(z, x), z))
    if grip.hand is not None:
        z = scale(unit(_direction(skeleton, grip.hand)), -1)
        x = across(_direction(skeleton, grip.palm), z)
        skeleton.face(end, from_columns(x, cross(z, x), z))
    return f"{grip.limb} ends {miss * 100:.1f} cm short of its target" if miss > _MISS else None


def _angles(pose: Pose, segment: str) -> Vec:
    name = joint(segment)
    both = name[:-2] if side(segment) else name
    return pose.angles.get(name, pose.angles.get(both, ORIGIN))


def solve(pose: Pose) -> tuple[Skeleton, list[str]]:
    """The body in this pose, and a sentence for each limb that cannot reach its target.

    The body is dropped until the segments named by `ground` touch the floor, then the grips are applied in order.
    """
    root = pose.root
    lean = matmul(about_z(root.turn), matmul(about_y(root.tilt), about_x(root.lean)))
    turns = {segment: rotation(segment, _angles(pose, segment)) for segment in SEGMENTS}
    skeleton = Skeleton(root.pos, matmul(_BASES[root.base], lean), turns)
    if root.ground is not False:
        held = {grip.limb for grip in pose.grips if grip.target}
        named = root.ground if isinstance(root.ground, frozenset) else None
        low = min(z for seg, z in lows(skeleton) if (seg in named if named else limb(seg) not in held))
        skeleton.root = add(skeleton.root, (0, 0, -low))
        skeleton.settle()
    misses = [_grip(skeleton, grip) for grip in pose.grips]
    return skeleton, [miss for miss in misses if miss]


def _between(a: Grip, b: Grip, skeleton: Skeleton, t: float) -> Grip | None:
    """The grip on the way, where both ends hold the same thing; the limb keeps bending the way it does."""
    if a.target is None or b.target is None or a.target.segment != b.target.segment:
        return None
    k, s = b.limb.split("_")
    bent = sub(skeleton.joint[f"{_CHAIN[k][1]}_{s}"], skeleton.joint[f"{_CHAIN[k][0]}_{s}"])
    target = Anchor(lerp(a.target.at, b.target.at, t), b.target.segment)
    return replace(b, target=target, pole=bent, toe=b.toe if a.toe else None, hand=b.hand if a.hand else None)


def blend(a: Skeleton, b: Skeleton, t: float, grips: tuple[tuple[Grip, Grip], ...] = ()) -> Skeleton:
    """The body at share t from a to b: each joint turned, the root moved, planted hands and feet pinned again."""
    skeleton = Skeleton(
        lerp(a.root, b.root, t),
        slerp(a.root_frame, b.root_frame, t),
        {segment: slerp(a.turn[segment], b.turn[segment], t) for segment in SEGMENTS},
        {
            seg: lerp(a.glide.get(seg, ORIGIN), b.glide.get(seg, ORIGIN), t)
            for seg in sorted({*a.glide, *b.glide})
        },
    )
    pins = [_between(x, y, skeleton, t) for x, y in grips]
    for pin in pins:
        if pin:
            _grip(skeleton, pin)
    return skeleton


def _other_side(pose: Pose) -> Pose:
    """The upright pose with left and right exchanged; only for poses without grips, turn or lean."""
    angles: dict[str, Vec] = {}
    for name, (a, b, c) in pose.angles.items():
        if side(name):
            angles[f"{kind(name)}_{'l' if side(name) == 'r' else 'r'}"] = (a, b, c)
        else:
            angles[name] = (a, -b, -c) if name in SPINE else (a, b, c)
    return replace(pose, angles=angles)


def gait(figure: Figure) -> tuple[Skeleton, ...]:
    """The bodies of one stride at equal times: the end pose (a heel strikes), the rest of that step, and the same step
    on the other side; none for a figure that does not walk."""
    step = (figure.end, *figure.stride) if figure.stride else ()
    return tuple(solve(pose)[0] for pose in (*step, *map(_other_side, step)))


def motion(figure: Figure, shares: tuple[float, ...] = EVEN) -> Motion:
    """The figure's bodies at these shares of the way from start to end; without a start pose, the end twice."""
    end, misses = solve(figure.end)
    if figure.start is None:
        return Motion(None, end, (end, end), tuple(misses))
    start, more = solve(figure.start)
    first = {grip.limb: grip for grip in figure.start.grips}
    pairs = tuple((first[grip.limb], grip) for grip in figure.end.grips if grip.limb in first)
    frames = tuple(blend(start, end, share, pairs) for share in shares)
    return Motion(start, end, frames, tuple(misses + more))
