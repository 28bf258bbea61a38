"""Owns the pieces a body is drawn from: which there are, their colour, how near they are, their outline."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from programs.figures import contour, paths
from programs.figures.anatomy import kind, limb, side
from programs.figures.camera import Camera
from programs.figures.flesh import FLESH, Blob, Ellipsoid, Hull, placed
from programs.figures.poses import Figure
from programs.figures.skeleton import Skeleton
from programs.figures.vectors import IDENTITY, Point, Vec, add, apply, dot, unit

# How often an outline is relaxed, and the lattice in pixels where 2 is too coarse; others are relaxed 12 times.
_ROUNDS = {"hand": 1, "foot": 3, "head": 2, "hair": 2, "nose": 0, "neck": 4}
_FINE = {"hand": 1.5, "foot": 1.5, "head": 1.5}
_SPACING = 4.5  # pixels between the control points of an outline
_FAR = 0.09  # metres of depth between two hips or shoulders from which the farther limb is drawn lighter
_GARMENT = {"hips": "shorts", "short": "shorts", "chest": "top", "sleeve": "top"}
_ON = {"sleeve": "upperarm", "short": "thigh"}  # a garment's piece and the flesh it sits on
# The nose from the side, and from the front.
_PROFILE = [
    Blob("head", (0.094, 0, 0.104), (0.016, 0.012, 0.022)),
    Blob("head", (0.111, 0, 0.090), (0.011, 0.012, 0.011)),
]
_FRONTAL = [
    Blob("head", (0.098, 0, 0.108), (0.012, 0.007, 0.020)),
    Blob("head", (0.106, 0, 0.092), (0.010, 0.012, 0.009)),
]
_ACCENT = {"shorts": "deep", "top": "deep", "skin": "accent"}


@dataclass(frozen=True)
class Clip:
    """A disc on the body (metres) that limits a part, and hulls it must stay out of."""

    centre: Vec
    radius: float
    keep_out: tuple[Hull, ...]


@dataclass
class Part:
    """One drawable piece: hulls in the world, a colour, a depth (metres, larger is nearer).

    `void` marks a piece that is not seen in this frame but keeps its place in the list.
    """

    name: str
    colour: str
    hulls: list[Hull]
    depth: float
    far: bool = False
    line: bool = True
    void: bool = False
    clip: Clip | None = None

    @cached_property
    def _kind(self) -> str:
        return kind(self.name)

    def loops(self, camera: Camera) -> list[list[Point]]:
        """The closed outlines on the screen, in pixels."""
        if self.void:
            return []
        polygons = [camera.outline(hull) for hull in self.hulls]
        if self.clip:
            return self._clipped(camera, polygons, self.clip)
        if len(polygons) == 1:
            return polygons
        return contour.union(polygons, _ROUNDS.get(self._kind, 12), _FINE.get(self._kind, 2.0))

    @staticmethod
    def _clipped(camera: Camera, polygons: list[list[Point]], clip: Clip) -> list[list[Point]]:
        """Hulls and disc and not the keep-out, shrunk a little so that the silhouette's own line survives."""
        (cx, cy), r = camera.xy(clip.centre), clip.radius * camera.zoom
        grid = contour.Grid.over((cx - r, cx + r), (cy - r, cy + r), 1.5)
        inside = contour.distances(polygons, grid)
        banned = contour.distances([camera.outline(hull) for hull in clip.keep_out], grid)
        for j, row in enumerate(inside):
            y = grid.y0 + j * grid.step - cy
            for i in range(grid.nx):
                ring = math.hypot(grid.x0 + i * grid.step - cx, y) - r
                row[i] = max(row[i] + 0.9, ring, 1.2 - banned[j][i])
        return [contour.relax(contour.resample(loop, 2.0), 2) for loop in contour.trace(inside, grid)]

    def css(self) -> str:
        """The class names that colour the piece."""
        return f"fg-p fg-{self.colour}{' fg-far' if self.far else ''}{'' if self.line else ' fg-bare'}"

    def svg(self, camera: Camera) -> str:
        """The piece as a path element; empty where it is void."""
        loops = self.loops(camera)
        if not loops:
            return ""
        data = "".join(paths.spline(contour.resample(loop, _SPACING)) for loop in loops)
        return f'<path class="{self.css()}" d="{data}"/>'


def _mean_depth(camera: Camera, hulls: list[Hull]) -> float:
    centres = [ellipsoid.centre for hull in hulls for ellipsoid in hull]
    return sum(camera.depth(centre) for centre in centres) / len(centres)


def _hair(skeleton: Skeleton, camera: Camera) -> tuple[list[Hull], list[Hull]]:
    """(behind the skin, before it): points of a slightly larger skull beyond the two planes of the hairline."""
    frame, centre, axes = (
        skeleton.frame["head"],
        skeleton.at("head", (0.003, 0, 0.132)),
        (0.109, 0.090, 0.111),
    )
    planes = ((unit((-1, 0, 0.12)), 0.10), (unit((-0.40, 0, 0.92)), 0.40))  # nape, crown
    back: list[Hull] = [[], []]
    front: list[Hull] = [[], []]
    for i in range(19):
        for j in range(36):
            theta, phi = math.pi * i / 18, math.pi * j / 18
            q = (math.sin(theta) * math.cos(phi), math.sin(theta) * math.sin(phi), math.cos(theta))
            if q[2] < -0.60:
                continue
            normal = apply(frame, (q[0] / axes[0], q[1] / axes[1], q[2] / axes[2]))
            point = add(centre, apply(frame, (q[0] * axes[0], q[1] * axes[1], q[2] * axes[2])))
            seen = front if dot(normal, camera.towards) > -1e-6 else back
            for number, (plane, beyond) in enumerate(planes):
                if dot(q, plane) >= beyond:
                    seen[number].append(Ellipsoid(point, IDENTITY, (0.004, 0.004, 0.004)))
    return [h for h in back if len(h) > 5], [h for h in front if len(h) > 5]


def _head(skeleton: Skeleton, camera: Camera, depth: float) -> list[Part]:
    """Hair behind, skull with jaw and nose, hair before, and the ears that are seen."""
    frame = skeleton.frame["head"]
    back, front = _hair(skeleton, camera)
    skull = [placed(skeleton, group) for group in FLESH["head"]]
    frontal = dot(apply(frame, (1, 0, 0)), camera.towards) >= 0.55
    out = [Part("hair_b", "hair", back, depth)] if back else []
    out.append(
        Part("head", "skin", skull if frontal else [*skull, placed(skeleton, _PROFILE)], depth + 0.001)
    )
    if frontal:
        out.append(Part("nose", "nose", [placed(skeleton, _FRONTAL)], depth + 0.002, line=False))
    if front:
        out.append(Part("hair_f", "hair", front, depth + 0.003, line=False))
    for s, y in (("l", 1), ("r", -1)):
        if dot(apply(frame, (0, y, 0)), camera.towards) > 0.12:
            ear = placed(skeleton, [Blob("head", (-0.006, y * 0.086, 0.100), (0.018, 0.010, 0.026))])
            out.append(Part(f"ear_{s}", "skin", [ear], depth + 0.004))
    return out


def _far_limbs(skeleton: Skeleton, camera: Camera) -> set[str]:
    """The arm and the leg that are clearly on the side turned away."""
    far = set()
    for segment, name in (("thigh", "leg"), ("upperarm", "arm")):
        left, right = (camera.depth(skeleton.joint[f"{segment}_{s}"]) for s in "lr")
        if abs(left - right) > _FAR:
            far.add(f"{name}_{'l' if left < right else 'r'}")
    return far


def _owner(name: str) -> str:
    """The limb a piece belongs to; a sleeve goes with its arm."""
    k = kind(name)
    if k in _ON:
        return limb(f"{_ON[k]}_{side(name)}")
    return "trunk" if k in {"hips", "chest"} else limb(name)


def _colour(name: str, work: frozenset[str]) -> str:
    k = kind(name)
    plain = _GARMENT.get(k, "skin")
    if k == "hips":
        return plain
    if _owner(name) in work or name in work:
        return "accent" if k == "chest" else _ACCENT[plain]
    return "accent" if k == "sleeve" and "trunk" in work else plain  # top and sleeve are one garment


def parts(figure: Figure, skeleton: Skeleton, camera: Camera) -> list[Part]:
    """Every piece of the body, farthest first. Trunk pieces share one depth so that hems overlap; sleeve and short
    follow their limb."""
    hulls = {name: [placed(skeleton, group) for group in groups] for name, groups in FLESH.items()}
    depths = {name: _mean_depth(camera, group) for name, group in hulls.items()}
    torso = (depths["hips"] + depths["chest"]) / 2
    depths |= {"neck": torso - 0.0003, "hips": torso - 0.0002, "chest": torso - 0.0001}
    far = _far_limbs(skeleton, camera) if figure.far_tone else set()
    out = []
    for name, group in hulls.items():
        if name == "head":
            continue
        on = f"{_ON[kind(name)]}_{side(name)}" if kind(name) in _ON else name
        depth = depths[on] + (0.0005 if on != name else 0.0) + figure.bias.get(on, 0.0)
        shod = figure.shoes and kind(name) == "foot"
        colour = "shoe" if shod else _colour(name, figure.work)
        out.append(Part(name, colour, group, depth, far=_owner(name) in far))
    out += _head(skeleton, camera, depths["head"] + figure.bias.get("head", 0.0))
    return sorted(out, key=lambda part: part.depth)
