"""Owns the view: an orthographic camera and the outlines of ellipsoids seen through it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from programs.figures.flesh import Hull
from programs.figures.vectors import Point, Vec, column, cross, dot


@dataclass(frozen=True)
class Camera:
    """Azimuth 0 looks from +x, -90 from -y; elevation is above the horizon (degrees). `zoom` is pixels a metre."""

    azimuth: float
    elevation: float
    zoom: float = 1.0
    origin: Point = (0.0, 0.0)
    towards: Vec = field(init=False)
    right: Vec = field(init=False)
    up: Vec = field(init=False)

    def __post_init__(self) -> None:
        a, e = math.radians(self.azimuth), math.radians(self.elevation)
        towards = (math.cos(e) * math.cos(a), math.cos(e) * math.sin(a), math.sin(e))
        right = (-math.sin(a), math.cos(a), 0.0)
        up = cross(towards, right)
        if abs(right[0]) > 0.5:
            # A shear that keeps the world's x axis level on the screen: a mat that slopes by 2 degrees seems to slide.
            k = -up[0] / right[0]
            up = (up[0] + k * right[0], up[1] + k * right[1], up[2] + k * right[2])
        object.__setattr__(self, "towards", towards)
        object.__setattr__(self, "right", right)
        object.__setattr__(self, "up", up)

    def xy(self, p: Vec) -> Point:
        """The point on the screen, pixels, y downwards."""
        return (self.origin[0] + self.zoom * dot(p, self.right), self.origin[1] - self.zoom * dot(p, self.up))

    def depth(self, p: Vec) -> float:
        """How near the point is to the viewer: larger is nearer (metres)."""
        return dot(p, self.towards)

    def outline(self, hull: Hull, count: int = 24) -> list[Point]:
        """The convex outline of the projected ellipsoids: the support points in `count` fixed directions, so that
        outlines of one part in two frames correspond point by point."""
        spread = []
        for centre, frame, axes in hull:
            columns = [column(frame, j) for j in range(3)]
            ex = [axes[j] * dot(columns[j], self.right) for j in range(3)]
            ey = [-axes[j] * dot(columns[j], self.up) for j in range(3)]
            # What the ellipsoid's shadow needs is only the 2 x 2 matrix of its extents.
            xx, xy, yy = (
                sum(x * x for x in ex),
                sum(x * y for x, y in zip(ex, ey, strict=True)),
                sum(y * y for y in ey),
            )
            spread.append((self.xy(centre), xx, xy, yy))
        points = []
        for i in range(count):
            t = 2 * math.pi * (i + 0.5) / count
            dx, dy = math.cos(t), math.sin(t)
            best, at = -math.inf, (0.0, 0.0)
            for (cx, cy), xx, xy, yy in spread:
                gx, gy = xx * dx + xy * dy, xy * dx + yy * dy
                reach = math.sqrt(gx * dx + gy * dy) or 1e-9
                value = cx * dx + cy * dy + self.zoom * reach
                if value > best:
                    best, at = value, (cx + self.zoom * gx / reach, cy + self.zoom * gy / reach)
            points.append(at)
        return points
