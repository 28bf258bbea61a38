"""Owns the pose data: what a figure is, read from poses.toml into typed values."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from programs.figures.vectors import ORIGIN, UP, Vec


@dataclass(frozen=True)
class Anchor:
    """A point or direction: in a segment's frame, or in the world where `segment` is None."""

    at: Vec
    segment: str | None = None


@dataclass(frozen=True)
class Grip:
    """A limb held in place by inverse kinematics. `pole` is where knee or elbow points, `toe` lays the foot flat,
    `hand` and `palm` aim the hand."""

    limb: str
    target: Anchor | None
    pole: Vec = UP
    toe: Vec | None = None
    hand: Anchor | None = None
    palm: Anchor = Anchor((0, 0, -1))


@dataclass(frozen=True)
class Root:
    """Where the pelvis is. `ground` names the segments that touch the floor: True for all that no grip holds,
    False to take `pos` as it is."""

    base: str
    pos: Vec = ORIGIN
    turn: float = 0.0
    tilt: float = 0.0
    lean: float = 0.0
    ground: bool | frozenset[str] = True


@dataclass(frozen=True)
class Pose:
    """Joint angles in degrees (left out = 0; `knee` sets both sides, `knee_r` one) and the grips, in order."""

    root: Root
    angles: Mapping[str, Vec]
    grips: tuple[Grip, ...] = ()


@dataclass(frozen=True)
class Arrow:
    """The arrow of the movement: the path of a tracked point, a line of world points, or an arc about z."""

    track: str | None = None
    at: Vec = ORIGIN
    off: tuple[float, float] = (0.0, 0.0)
    start: float = 0.05
    stop: float = 0.95
    bow: float = 0.0
    line: tuple[Vec, ...] = ()
    arc: tuple[Vec, float, float, float] | None = None  # centre, radius, from degree, to degree
    both: bool = False


@dataclass(frozen=True)
class Bar:
    """A bar of what the body sits on or holds, with its radius; both ends at one place make a disc."""

    start: Vec
    stop: Vec
    radius: float


@dataclass(frozen=True)
class Stage:
    """What surrounds the body: camera in degrees; mat (x0, x1, y0, y1), floor line (x0, x1), stool (x, height, width)
    and bars in metres; water (x0, x1, level) in front of the body; `fit` names the pieces that must be inside the
    picture (empty: all)."""

    azimuth: float = -90.0
    elevation: float = 10.0
    mat: tuple[float, float, float, float] | None = None
    floor: tuple[float, float] | None = None
    stool: tuple[float, float, float] | None = None
    bars: tuple[Bar, ...] = ()
    water: tuple[float, float, float] | None = None
    fit: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figure:
    """One exercise as data. `side` is the working side as drawn; `work` the limbs in the accent colour; `ghost` the
    pieces of the start pose shown behind (None: all); `bias` metres nearer to the viewer; `stride` the poses
    of a walk after the end pose, until the other heel strikes."""

    name: str
    title: str
    desc: str
    stage: Stage
    end: Pose
    start: Pose | None
    arrows: tuple[Arrow, ...]
    work: frozenset[str]
    ghost: tuple[str, ...] | None
    bias: Mapping[str, float]
    side: str | None = None
    far_tone: bool = True
    shoes: bool = False
    stride: tuple[Pose, ...] = ()


def _vec(raw: Any) -> Vec:
    """Three numbers; a single one, or a short list, is filled up with zeros."""
    numbers = [float(x) for x in raw] if isinstance(raw, list) else [float(raw)]
    x, y, z = (*numbers, 0.0, 0.0)[:3]
    return (x, y, z)


def _anchor(raw: Any) -> Anchor:
    if isinstance(raw, dict):
        return Anchor(_vec(raw["at"]), raw["seg"])
    return Anchor(_vec(raw))


def _grip(raw: dict[str, Any]) -> Grip:
    return Grip(
        limb=raw["limb"],
        target=_anchor(raw["target"]) if "target" in raw else None,
        pole=_vec(raw.get("pole", [0, 0, 1])),
        toe=_vec(raw["toe"]) if "toe" in raw else None,
        hand=_anchor(raw["dir"]) if "dir" in raw else None,
        palm=_anchor(raw.get("palm", [0, 0, -1])),
    )


def _pose(raw: dict[str, Any]) -> Pose:
    root = dict(raw["root"])
    ground = root.get("ground", True)
    return Pose(
        root=Root(
            base=root["base"],
            pos=_vec(root.get("pos", 0)),
            turn=root.get("turn", 0.0),
            tilt=root.get("tilt", 0.0),
            lean=root.get("lean", 0.0),
            ground=frozenset(ground) if isinstance(ground, list) else ground,
        ),
        angles={joint: _vec(value) for joint, value in raw.items() if joint not in {"root", "ik"}},
        grips=tuple(_grip(entry) for entry in raw.get("ik", [])),
    )


def _arrow(raw: dict[str, Any]) -> Arrow:
    x, y = raw.get("off", [0.0, 0.0])
    return Arrow(
        track=raw.get("track"),
        at=_vec(raw.get("at", 0)),
        off=(x, y),
        start=raw.get("from", 0.05),
        stop=raw.get("to", 0.95),
        bow=raw.get("bow", 0.0),
        line=tuple(_vec(point) for point in raw.get("line", [])),
        arc=(_vec(raw["arc"]), raw["r"], raw["a0"], raw["a1"]) if "arc" in raw else None,
        both=raw.get("both", False),
    )


def _stage(raw: dict[str, Any]) -> Stage:
    stool = raw.get("stool")
    return Stage(
        azimuth=raw["camera"]["az"],
        elevation=raw["camera"]["el"],
        mat=tuple(raw["mat"]) if "mat" in raw else None,
        floor=tuple(raw["floor"]) if "floor" in raw else None,
        stool=(stool["x"], stool["h"], stool["w"]) if stool else None,
        bars=tuple(Bar(_vec(each["from"]), _vec(each["to"]), each["r"]) for each in raw.get("bars", [])),
        water=tuple(raw["water"]) if "water" in raw else None,
        fit=tuple(raw.get("fit", [])),
    )


def parse(name: str, raw: dict[str, Any]) -> Figure:
    """One table of poses.toml as a Figure; a missing or malformed entry raises KeyError or ValueError."""
    return Figure(
        name=name,
        title=raw["title"],
        desc=raw["desc"],
        stage=_stage(raw),
        end=_pose(raw["end"]),
        start=_pose(raw["start"]) if "start" in raw else None,
        arrows=tuple(_arrow(entry) for entry in raw.get("arrow", [])),
        work=frozenset(raw.get("work", [])),
        ghost=tuple(raw["ghost"]) if "ghost" in raw else None,
        bias=raw.get("bias", {}),
        side=raw.get("side"),
        far_tone=raw.get("sides", True),
        shoes=raw.get("shoes", False),
        stride=tuple(_pose(entry) for entry in raw.get("stride", [])),
    )


@cache
def figures() -> dict[str, Figure]:
    """Every figure by name, in the order of poses.toml."""
    text = files("programs.figures").joinpath("poses.toml").read_text(encoding="utf-8")
    return {name: parse(name, raw) for name, raw in tomllib.loads(text).items()}
