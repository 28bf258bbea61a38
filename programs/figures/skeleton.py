"""Owns a solved pose: the world frame and the joint position of every segment."""

from __future__ import annotations

from dataclasses import dataclass, field

from programs.figures.anatomy import LENGTH, SEGMENTS, TREE, kind, side
from programs.figures.vectors import IDENTITY, Mat, Vec, add, apply, matmul, transpose


@dataclass
class Skeleton:
    """A body in a pose. `turn` holds each joint's own rotation, `glide` how far a shoulder blade has slid (metres,
    in the parent's frame); `frame` and `joint` follow from them by forward kinematics."""

    root: Vec
    root_frame: Mat
    turn: dict[str, Mat]
    glide: dict[str, Vec] = field(default_factory=dict)
    frame: dict[str, Mat] = field(init=False)
    joint: dict[str, Vec] = field(init=False)

    def __post_init__(self) -> None:
        self.settle()

    def settle(self) -> None:
        """Forward kinematics: recompute frames and joints after a change."""
        self.frame, self.joint = {"pelvis": self.root_frame}, {"pelvis": self.root}
        for segment in SEGMENTS:
            parent, offset = TREE[segment]
            if segment in self.glide:
                offset = add(offset, self.glide[segment])
            self.joint[segment] = add(self.joint[parent], apply(self.frame[parent], offset))
            self.frame[segment] = matmul(self.frame[parent], self.turn.get(segment, IDENTITY))

    def at(self, segment: str, point: Vec) -> Vec:
        """The world position of a point given in the segment's frame."""
        return add(self.joint[segment], apply(self.frame[segment], point))

    def tip(self, segment: str) -> Vec:
        """The world position of the segment's far end."""
        k = kind(segment)
        if k == "foot":
            return self.at(segment, (LENGTH["foot"], 0, -0.05))
        return self.at(segment, (0, 0, -LENGTH[k] if side(segment) else LENGTH[k]))

    def face(self, segment: str, frame: Mat) -> None:
        """Turn the segment's joint so that the segment takes this world frame, and settle."""
        self.turn[segment] = matmul(transpose(self.frame[TREE[segment][0]]), frame)
        self.settle()
