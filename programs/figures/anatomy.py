"""Owns the body's plan: its segments and where they join, the sign of each joint angle, and how far it may go.

Frames: every segment has x = front, y = the person's left, z = towards the head. Limbs run along -z of their
own frame, the spine along +z, the foot along +x. World: z is up, the floor is z = 0. Metres and degrees.
"""

from __future__ import annotations

import math

from programs.figures.vectors import Mat, Vec, about_x, about_y, about_z, column, matmul

# Length of each segment in metres, for a person of about 1.75 m.
LENGTH = {
    "thigh": 0.425, "shin": 0.42, "upperarm": 0.29, "forearm": 0.25, "hand": 0.165,
    "lumbar": 0.15, "thorax": 0.135, "upper": 0.145, "neck": 0.062, "head": 0.23, "foot": 0.17, "pelvis": 0.0,
}  # fmt: skip
SPINE = ("lumbar", "thorax", "upper", "neck", "head")

# Joint limits, (lowest, highest) in degrees for each angle of the joint: usual ranges of motion, slightly widened.
LIMITS: dict[str, tuple[tuple[float, float], ...]] = {
    "hip": ((-25, 130), (-30, 55), (-45, 50)),
    "knee": ((-3, 150),),
    "ankle": ((-55, 30),),
    "elbow": ((-3, 150),),
    "wrist": ((-80, 80),),
    "lumbar": ((-40, 60), (-30, 30), (-40, 40)),
    "thorax": ((-25, 30), (-25, 25), (-35, 35)),
    "upper": ((-15, 30), (-20, 20), (-30, 30)),
    "neck": ((-40, 45), (-35, 35), (-45, 45)),
    "head": ((-25, 30), (-15, 15), (-45, 45)),
}
_JOINT = {
    "upperarm": "shoulder",
    "forearm": "elbow",
    "hand": "wrist",
    "thigh": "hip",
    "shin": "knee",
    "foot": "ankle",
}
_LIMB = {"upperarm": "arm", "forearm": "arm", "hand": "arm", "thigh": "leg", "shin": "leg", "foot": "leg"}


def _tree() -> dict[str, tuple[str, Vec]]:
    """Segment → its parent and where it joins, in the parent's frame; parents stand before children."""
    tree: dict[str, tuple[str, Vec]] = {
        "lumbar": ("pelvis", (-0.01, 0, 0.10)),
        "thorax": ("lumbar", (0, 0, LENGTH["lumbar"])),
        "upper": ("thorax", (0, 0, LENGTH["thorax"])),
        "neck": ("upper", (-0.012, 0, LENGTH["upper"])),
        "head": ("neck", (0, 0, LENGTH["neck"])),
    }
    for s, y in (("l", 1), ("r", -1)):
        tree[f"upperarm_{s}"] = ("upper", (-0.006, y * 0.160, 0.095))
        tree[f"forearm_{s}"] = (f"upperarm_{s}", (0, 0, -LENGTH["upperarm"]))
        tree[f"hand_{s}"] = (f"forearm_{s}", (0, 0, -LENGTH["forearm"]))
        tree[f"thigh_{s}"] = ("pelvis", (0, y * 0.088, 0))
        tree[f"shin_{s}"] = (f"thigh_{s}", (0, 0, -LENGTH["thigh"]))
        tree[f"foot_{s}"] = (f"shin_{s}", (0, 0, -LENGTH["shin"]))
    return tree


TREE = _tree()
SEGMENTS = tuple(TREE)


def kind(name: str) -> str:
    """The name without its side: `thigh_r` → `thigh`."""
    return name[:-2] if name[-2:] in {"_l", "_r"} else name


def side(name: str) -> str:
    """`l`, `r`, or nothing for the trunk and head."""
    return name[-1] if name[-2:] in {"_l", "_r"} else ""


def outward(name: str) -> int:
    """+1 for the left side (y points outward there), -1 for the right."""
    return -1 if side(name) == "r" else 1


def limb(segment: str) -> str:
    """The limb a segment belongs to: `arm_l`, `leg_r`, `head` or `trunk`."""
    k = kind(segment)
    if k in _LIMB:
        return f"{_LIMB[k]}_{side(segment)}"
    return "head" if k in {"neck", "head"} else "trunk"


def joint(segment: str) -> str:
    """The joint that moves the segment: `shin_l` → `knee_l`."""
    k, s = kind(segment), side(segment)
    return f"{_JOINT.get(k, k)}_{s}" if s else _JOINT.get(k, k)


def rotation(segment: str, angles: Vec) -> Mat:
    """The joint's rotation from its angles.

    Limbs: flexion +, abduction (away from the midline) +, external rotation +; the knee bends back, the elbow
    forward. Spine: flexion +, bend to the left +, turn to the left +. Ankle: dorsiflexion +, toes out +.
    """
    a, b, c = angles
    k, out = kind(segment), outward(segment)
    if k in SPINE:
        return matmul(about_z(c), matmul(about_y(a), about_x(-b)))
    if k in {"thigh", "upperarm"}:
        return matmul(about_y(-a), matmul(about_x(out * b), about_z(out * c)))
    if k == "shin":
        return about_y(a)
    if k == "forearm":
        return about_y(-a)
    if k == "hand":
        return matmul(about_z(out * b), about_y(-a))
    return matmul(about_y(-a), about_z(out * b))


def angles_of(segment: str, m: Mat) -> tuple[float, ...]:
    """The angles read back from a joint's rotation, in the order of `rotation` and of `LIMITS`."""
    k, out = kind(segment), outward(segment)
    if k in {"shin", "forearm"}:
        z = column(m, 2)
        bend = math.degrees(math.atan2(z[0], z[2]))
        return (bend if k == "shin" else -bend,)
    if k == "foot":
        return (math.degrees(math.atan2(m[2][0], m[0][0])),)
    if k == "hand":
        return (math.degrees(math.acos(max(-1.0, min(1.0, m[2][2])))),)
    if k in SPINE:
        flexion = math.asin(max(-1.0, min(1.0, -m[2][0])))
        bent, turned = -math.atan2(m[2][1], m[2][2]), math.atan2(m[1][0], m[0][0])
        return (math.degrees(flexion), math.degrees(bent), math.degrees(turned))
    abduction = math.asin(max(-1.0, min(1.0, -m[1][2])))
    flexion, turned = math.atan2(-m[0][2], m[2][2]), math.atan2(m[1][0], m[1][1])
    return (math.degrees(flexion), out * math.degrees(abduction), out * math.degrees(turned))
