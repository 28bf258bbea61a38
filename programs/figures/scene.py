"""Owns the picture: mat, floor, stool, shadow, ghost, body and arrow, framed and in their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from programs.figures import arrows, contour, paths
from programs.figures.camera import Camera
from programs.figures.flesh import FLESH, Ellipsoid, Hull, lowest, placed
from programs.figures.joints import patched
from programs.figures.kinematics import Motion, gait, motion
from programs.figures.parts import parts
from programs.figures.poses import Bar, Figure, Stage
from programs.figures.skeleton import Skeleton
from programs.figures.vectors import IDENTITY, Point, Vec, lerp

WIDTH, HEIGHT = 480, 360
_MARGIN = 14
_LARGEST = 330.0  # pixels a metre
_MAT = 0.022  # metres thick
# Contact shadow: up to this height above the floor (metres), this dark.
_SHADES = ((0.025, 0.20), (0.07, 0.11), (0.16, 0.06))


def _disc(x: float, y: float, z: float, radius: float) -> Ellipsoid:
    return Ellipsoid((x, y, z), IDENTITY, (radius, radius, 0.0005))


def _slab(x: tuple[float, float], y: tuple[float, float], z: float, corner: float) -> Hull:
    """A rounded plate at height z."""
    return [
        _disc(a, b, z, corner) for a in (x[0] + corner, x[1] - corner) for b in (y[0] + corner, y[1] - corner)
    ]


def _mat(camera: Camera, mat: tuple[float, float, float, float]) -> tuple[list[Point], list[Point]]:
    """(whole, upper face): the mat's outlines on the screen."""
    upper = _slab((mat[0], mat[1]), (mat[2], mat[3]), 0.0, 0.05)
    lower = _slab((mat[0], mat[1]), (mat[2], mat[3]), -_MAT, 0.05)
    return camera.outline(upper + lower, 60), camera.outline(upper, 60)


def _floor(camera: Camera, stage: Stage) -> str:
    if stage.mat:
        whole, upper = _mat(camera, stage.mat)
        return f'<path class="fg-edge" d="{paths.polygon(whole)}"/><path class="fg-mat" d="{paths.polygon(upper)}"/>'
    if stage.floor:
        ends = [camera.xy((x, 0, 0)) for x in stage.floor]
        return f'<path class="fg-floor" d="{paths.polyline(ends)}"/>'
    return ""


def _stool(camera: Camera, stool: tuple[float, float, float]) -> str:
    x, height, width = stool
    reach = width / 2 - 0.04
    feet: list[Vec] = [(x + a * reach, b * reach, 0.0) for a in (-1, 1) for b in (-1, 1)]
    out = ""
    for foot in sorted(feet, key=camera.depth):
        leg = [
            Ellipsoid(foot, IDENTITY, (0.018, 0.018, 0.004)),
            Ellipsoid((foot[0], foot[1], height - 0.05), IDENTITY, (0.02, 0.02, 0.01)),
        ]
        out += f'<path class="fg-p fg-wood2" d="{paths.polygon(camera.outline(leg))}"/>'
    span_x, span_y = (x - width / 2, x + width / 2), (-width / 2, width / 2)
    top = _slab(span_x, span_y, height, 0.06)
    seat = paths.polygon(camera.outline(top + _slab(span_x, span_y, height - 0.055, 0.06), 60))
    face = paths.polygon(camera.outline(top, 60))
    return f'{out}<path class="fg-p fg-wood2" d="{seat}"/><path class="fg-wood" d="{face}"/>'


def _bar(bar: Bar) -> Hull:
    """A bar, or a disc, flat to the side."""
    axes = (bar.radius, min(bar.radius, 0.025), bar.radius)
    return [Ellipsoid(end, IDENTITY, axes) for end in (bar.start, bar.stop)]


def _bars(camera: Camera, bars: Sequence[Bar]) -> str:
    """The bars, the farthest first."""
    out = ""
    for bar in sorted(bars, key=lambda each: camera.depth(lerp(each.start, each.stop, 0.5))):
        out += f'<path class="fg-p fg-wood2" d="{paths.polygon(camera.outline(_bar(bar)))}"/>'
    return out


def _water(camera: Camera, water: tuple[float, float, float]) -> str:
    """From the level down to the lower edge, seen through, with a line where the air begins."""
    (left, y), (right, _) = camera.xy((water[0], 0, water[2])), camera.xy((water[1], 0, water[2]))
    below = paths.polygon([(left, y), (right, y), (right, HEIGHT), (left, HEIGHT)])
    return (
        f'<path class="fg-mat" opacity="0.6" d="{below}"/>'
        f'<path class="fg-floor" d="{paths.polyline([(left, y), (right, y)])}"/>'
    )


def shadow(skeleton: Skeleton, camera: Camera) -> str:
    """Contact shadows: flesh flattened onto the floor, fading with its height in three bands."""
    bands: dict[float, list[list[Point]]] = {shade: [] for _, shade in _SHADES}
    for name, groups in FLESH.items():
        if name.split("_")[0] in {"sleeve", "short", "neck"}:
            continue
        for group in groups:
            height = min(lowest(skeleton, blob) for blob in group)
            shade = next((s for limit, s in _SHADES if height < limit), None)
            if shade is None:
                continue
            flat: Hull = []
            for ellipsoid in placed(skeleton, group):
                a, b, c = ellipsoid.axes
                flat.append(_disc(ellipsoid.centre[0], ellipsoid.centre[1], 0.0, (a * b * c) ** (1 / 3)))
            bands[shade].append(camera.outline(flat))
    out = ""
    for shade, polygons in bands.items():
        if polygons:
            loops = contour.union(polygons, 4, 3.0)
            data = "".join(paths.spline(contour.resample(loop, 6.0)) for loop in loops)
            out += f'<path class="fg-shadow" opacity="{shade}" d="{data}"/>'
    return out


def _ghost(figure: Figure, start: Skeleton, camera: Camera) -> str:
    """The start pose of what moves: one flat silhouette with a dashed edge."""
    wanted = figure.ghost if figure.ghost is not None else tuple(FLESH)
    polygons = [
        camera.outline(placed(start, group))
        for name, groups in FLESH.items()
        if name.split("_")[0] not in {"sleeve", "short"} and name.startswith(wanted)
        for group in groups
    ]
    if not polygons:
        return ""
    data = "".join(paths.spline(contour.resample(loop, 5.0)) for loop in contour.union(polygons, 6))
    return f'<path class="fg-dash" d="{data}"/><path class="fg-ghost" d="{data}"/>'


def framed(figure: Figure, course: Motion) -> Camera:
    """The camera at the scale and place where everything lands inside the picture."""
    stage = figure.stage
    plain = Camera(stage.azimuth, stage.elevation)
    seen: list[Point] = []
    for skeleton in filter(None, (course.start, course.end, *gait(figure))):
        for name, groups in FLESH.items():
            if not stage.fit or name.startswith(stage.fit):
                for group in groups:
                    seen += plain.outline(placed(skeleton, group), 8)
    if stage.mat:
        seen += _mat(plain, stage.mat)[0]
    for bar in stage.bars:
        seen += plain.outline(_bar(bar), 8)
    for arrow in figure.arrows:
        line = arrows.points(arrow, plain, course.frames)
        seen += [(x + dx, y + dy) for x, y in line for dx in (-0.03, 0.03) for dy in (-0.03, 0.03)]
    xs, ys = [p[0] for p in seen], [p[1] for p in seen]
    wide, high = max(xs) - min(xs), max(ys) - min(ys)
    zoom = min((WIDTH - 2 * _MARGIN) / wide, (HEIGHT - 2 * _MARGIN) / high, _LARGEST)
    middle = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
    return Camera(
        stage.azimuth, stage.elevation, zoom, (WIDTH / 2 - zoom * middle[0], HEIGHT / 2 - zoom * middle[1])
    )


def pointed(figure: Figure, camera: Camera, frames: Sequence[Skeleton]) -> str:
    """The figure's arrows."""
    return "".join(arrows.svg(arrows.points(a, camera, frames), both=a.both) for a in figure.arrows)


@dataclass(frozen=True)
class Picture:
    """A still in its layers: what lies under the body, the ghost, the body, what stands before it, the arrows."""

    ground: str
    shade: str
    ghost: str
    body: str
    front: str
    arrows: str

    @property
    def whole(self) -> str:
        """All layers, farthest first."""
        return self.ground + self.shade + self.ghost + self.body + self.front + self.arrows


def picture(figure: Figure, *, resting: bool = False) -> Picture:
    """The still of the figure's end pose; or, `resting`, of its start pose alone in the same frame."""
    course = motion(figure)
    camera = framed(figure, course)
    stage, ghost, pointers, skeleton = figure.stage, "", "", course.end
    if resting and course.start:
        skeleton = course.start
    else:
        ghost = _ghost(figure, course.start, camera) if course.start else ""
        pointers = pointed(figure, camera, course.frames)
    pieces = patched(skeleton, camera, parts(figure, skeleton, camera))
    return Picture(
        ground=_floor(camera, stage)
        + (_stool(camera, stage.stool) if stage.stool else "")
        + _bars(camera, stage.bars),
        shade=shadow(skeleton, camera),
        ghost=ghost,
        body="".join(piece.svg(camera) for piece in pieces),
        front=_water(camera, stage.water) if stage.water else "",
        arrows=pointers,
    )
