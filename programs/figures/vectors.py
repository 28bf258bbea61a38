"""Owns the small linear algebra of the figures: vectors, rotation matrices, turning between two frames."""

from __future__ import annotations

import math

Vec = tuple[float, float, float]
Mat = tuple[Vec, Vec, Vec]  # three rows
Point = tuple[float, float]

ORIGIN: Vec = (0.0, 0.0, 0.0)
UP: Vec = (0.0, 0.0, 1.0)
IDENTITY: Mat = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


def add(a: Vec, b: Vec) -> Vec:
    """The sum of two vectors."""
    return (a[0] + b[0], a[1] + b[1], a[2] + b[2])


def sub(a: Vec, b: Vec) -> Vec:
    """The vector from b to a."""
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


def scale(a: Vec, factor: float) -> Vec:
    """The vector, `factor` times as long."""
    return (a[0] * factor, a[1] * factor, a[2] * factor)


def dot(a: Vec, b: Vec) -> float:
    """The scalar product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: Vec, b: Vec) -> Vec:
    """The vector product."""
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def length(a: Vec) -> float:
    """The Euclidean length."""
    return math.sqrt(dot(a, a))


def unit(a: Vec) -> Vec:
    """The vector at length 1; a vector of no length stays zero."""
    size = length(a)
    return scale(a, 1 / size) if size > 1e-12 else ORIGIN


def across(a: Vec, axis: Vec) -> Vec:
    """The unit direction of a's part at right angles to the unit vector `axis`; zero if there is none."""
    return unit(sub(a, scale(axis, dot(a, axis))))


def lerp(a: Vec, b: Vec, t: float) -> Vec:
    """The point at share t of the way from a to b."""
    return (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t)


def transpose(m: Mat) -> Mat:
    """The transposed matrix; of a rotation, its inverse."""
    a, b, c = m
    return ((a[0], b[0], c[0]), (a[1], b[1], c[1]), (a[2], b[2], c[2]))


def apply(m: Mat, v: Vec) -> Vec:
    """The vector turned by the matrix."""
    return (dot(m[0], v), dot(m[1], v), dot(m[2], v))


def matmul(a: Mat, b: Mat) -> Mat:
    """The matrix that turns first by b, then by a."""
    columns = transpose(b)
    return (apply(columns, a[0]), apply(columns, a[1]), apply(columns, a[2]))


def from_columns(x: Vec, y: Vec, z: Vec) -> Mat:
    """The matrix with these columns: where the three axes go."""
    return transpose((x, y, z))


def column(m: Mat, index: int) -> Vec:
    """Where axis `index` (0 = x) of the frame points."""
    return (m[0][index], m[1][index], m[2][index])


def about_x(degrees: float) -> Mat:
    """The turn about x."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return ((1, 0, 0), (0, c, -s), (0, s, c))


def about_y(degrees: float) -> Mat:
    """The turn about y."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return ((c, 0, s), (0, 1, 0), (-s, 0, c))


def about_z(degrees: float) -> Mat:
    """The turn about z."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return ((c, -s, 0), (s, c, 0), (0, 0, 1))


def _axis_angle(m: Mat) -> tuple[Vec, float]:
    """The axis and the angle (radians) of a rotation; a turn of a full half circle never occurs in a joint."""
    angle = math.acos(max(-1.0, min(1.0, (m[0][0] + m[1][1] + m[2][2] - 1) / 2)))
    if angle < 1e-7:
        return UP, 0.0
    return unit((m[2][1] - m[1][2], m[0][2] - m[2][0], m[1][0] - m[0][1])), angle


def _from_axis_angle(axis: Vec, angle: float) -> Mat:
    c, s, k = math.cos(angle), math.sin(angle), 1 - math.cos(angle)
    x, y, z = axis
    return (
        (c + x * x * k, x * y * k - z * s, x * z * k + y * s),
        (y * x * k + z * s, c + y * y * k, y * z * k - x * s),
        (z * x * k - y * s, z * y * k + x * s, c + z * z * k),
    )


def slerp(a: Mat, b: Mat, t: float) -> Mat:
    """The frame at share t of the shortest turn from a to b."""
    axis, angle = _axis_angle(matmul(transpose(a), b))
    return matmul(a, _from_axis_angle(axis, angle * t))
