"""Owns the moving picture: the same pieces morphed from pose to pose, without a script."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from programs.figures import contour, paths
from programs.figures.camera import Camera
from programs.figures.joints import patched
from programs.figures.kinematics import gait, motion
from programs.figures.parts import Part, parts
from programs.figures.poses import Figure
from programs.figures.scene import HEIGHT, WIDTH, framed, picture, shadow
from programs.figures.skeleton import Skeleton
from programs.figures.vectors import Point

STYLE = (
    ".fg-dot0{fill:none;stroke:@accent;stroke-width:2}.fg-dot1{fill:@accent}.fg-still{display:none}"
    "@media(prefers-reduced-motion:reduce){.fg-still{display:inline}.fg-moving{display:none}}"
)
_MOVE_S, _REST_S = 1.6, 1.0
_STRIDE_S = 1.3  # two steps: a brisk 92 a minute
_EASED = tuple(0.5 - 0.5 * math.cos(math.pi * i / 6) for i in range(7))
_SPACING = 7.0  # pixels between control points
_STILL = 0.4  # pixels a piece may move and still count as resting
_MOST_DOTS = 12


@dataclass(frozen=True)
class _Clock:
    """Which frame is shown when (seconds); the last time is the length of the loop."""

    order: tuple[int, ...]
    times: tuple[float, ...]

    @classmethod
    def held(cls, frames: int, hold: float) -> _Clock:
        """Out, hold, back, rest."""
        last = frames - 1
        steps = [_MOVE_S * i / last for i in range(frames)]
        back = [_MOVE_S + hold + step for step in steps]
        order = [*range(frames), last, *range(last - 1, -1, -1), 0]
        return cls(tuple(order), (*steps, *back, back[-1] + _REST_S))

    @classmethod
    def looped(cls, frames: int, period: float) -> _Clock:
        """Round and round without a stop."""
        return cls((*range(frames), 0), tuple(period * i / frames for i in range(frames + 1)))

    @property
    def total(self) -> float:
        return self.times[-1]

    @property
    def key_times(self) -> str:
        return ";".join(f"{t / self.total:.4f}" for t in self.times)

    def animate(self, attribute: str, values: str, key_times: str, *, steps: bool) -> str:
        mode = ' calcMode="discrete"' if steps else ""
        return (
            f'<animate attributeName="{attribute}" dur="{self.total:g}s" repeatCount="indefinite"{mode} '
            f'keyTimes="{key_times}" values="{values}"/>'
        )


class _Morphs:
    """The shapes that move: each is defined once and used by both paint orders."""

    def __init__(self, prefix: str, camera: Camera, clock: _Clock) -> None:
        self.prefix, self.camera, self.clock = prefix, camera, clock
        self.defined: dict[tuple[str, tuple[str, ...]], tuple[str, str]] = {}
        self.outlines: dict[str, list[Point]] = {}

    def _loop(self, part: Part) -> list[Point]:
        """The part's largest outline; a speck where it is not seen."""
        key = f"{part.name} {part.void} {part.clip} {part.hulls}"
        if key not in self.outlines:
            loops = part.loops(self.camera)
            x, y = self.camera.xy(part.clip.centre if part.clip else part.hulls[0][0].centre)
            speck = [(x + 0.1 * math.cos(i * 0.785), y + 0.1 * math.sin(i * 0.785)) for i in range(8)]
            self.outlines[key] = max(loops, key=len) if loops else speck
        return self.outlines[key]

    def _shapes(self, row: list[Part]) -> list[str]:
        """Path data of one part in every frame: as many points, started at the same place."""
        loops = [self._loop(part) for part in row]
        longest = max(sum(math.dist(a, b) for a, b in zip(c, c[1:] + c[:1], strict=True)) for c in loops)
        count = max(8, round(longest / _SPACING))
        loops = [contour.resample(loop, _SPACING, count) for loop in loops]
        for i in range(1, len(loops)):
            loops[i] = contour.align(loops[i], loops[i - 1])
        moved = max(math.dist(a, b) for loop in loops for a, b in zip(loop, loops[-1], strict=True))
        return [paths.spline(loop) for loop in (loops if moved >= _STILL else loops[-1:] * len(loops))]

    def use(self, row: list[Part]) -> str:
        """A reference to the part's morph, which is defined on first use."""
        shapes, css = self._shapes(row), row[-1].css()
        key = (css, tuple(shapes))
        if key not in self.defined:
            name = f"{self.prefix}{len(self.defined)}"
            values = ";".join(shapes[i] for i in self.clock.order)
            rests = len(set(shapes)) == 1
            inner = "" if rests else self.clock.animate("d", values, self.clock.key_times, steps=False)
            self.defined[key] = (name, f'<path id="{name}" class="{css}" d="{shapes[-1]}">{inner}</path>')
        return f'<use href="#{self.defined[key][0]}"/>'

    @property
    def definitions(self) -> str:
        return f"<defs>{''.join(markup for _, markup in self.defined.values())}</defs>"


def _like(reference: list[Part], pieces: list[Part]) -> list[Part]:
    """The pieces in the order and tone of the reference pose; one that this frame does not show becomes void."""
    by_name = {piece.name: piece for piece in pieces}
    out = []
    for part in reference:
        found = by_name.get(part.name)
        out.append(replace(found, far=part.far) if found else replace(part, void=True))
    return out


def _layer(figure: Figure, frames: tuple[Skeleton, ...], reference: Skeleton, morphs: _Morphs) -> str:
    """All pieces in the paint order of the reference pose, over its shadow."""
    camera = morphs.camera
    order = parts(figure, reference, camera)
    columns = [patched(f, camera, _like(order, parts(figure, f, camera))) for f in frames]
    return shadow(reference, camera) + "".join(morphs.use(list(row)) for row in zip(*columns, strict=True))


def _dots(clock: _Clock, hold: float) -> str:
    """One dot a second of the hold (at most twelve), filled one after the other, in the corner away from the head."""
    count = min(_MOST_DOTS, round(hold))
    off = min(0.999, (_MOVE_S + hold) / clock.total + 0.02)
    out = ""
    for i in range(count):
        x = WIDTH - 24 - (count - 1 - i) * 24
        on = (_MOVE_S + hold * (i + 0.2) / count) / clock.total
        fill = clock.animate("opacity", "0;1;0", f"0;{on:.4f};{off:.4f}", steps=True)
        where = f'cx="{x:g}" cy="{HEIGHT - 20}" r="8"'
        out += f'<circle class="fg-dot0" {where}/><circle class="fg-dot1" {where} opacity="0">{fill}</circle>'
    return out


def _beside_still(figure: Figure, moving: str, *, arrows: bool = False) -> str:
    """The moving drawing, and the still for readers who ask for reduced motion."""
    rest = picture(figure)
    return (
        f'{rest.ground}<g class="fg-still">{rest.shade}{rest.ghost}{rest.body}{rest.arrows}</g>'
        f'<g class="fg-moving">{moving}{rest.arrows if arrows else ""}</g>'
    )


def held(figure: Figure, hold_s: float) -> str:
    """The drawing of a figure that moves to its end pose, holds it and comes back.

    Two paint orders (of the start and of the end pose) share the morphing shapes, and the visible one is switched half
    way: a hand that lay behind the trunk comes to the front.
    """
    course = motion(figure, _EASED)
    camera, clock = framed(figure, motion(figure)), _Clock.held(len(_EASED), hold_s)
    morphs = _Morphs(f"{figure.name}-", camera, clock)
    half = clock.times[len(_EASED) // 2]
    turn = f"0;{half / clock.total:.4f};{(2 * _MOVE_S + hold_s - half) / clock.total:.4f}"
    groups = ""
    for skeleton, values in ((course.frames[0], "inline;none;inline"), (course.end, "none;inline;none")):
        hidden = ' display="none"' if skeleton is not course.end else ""
        switch = clock.animate("display", values, turn, steps=True)
        groups += f"<g{hidden}>{switch}{_layer(figure, course.frames, skeleton, morphs)}</g>"
    return _beside_still(figure, f"{morphs.definitions}{groups}{_dots(clock, hold_s)}")


def walked(figure: Figure) -> str:
    """The drawing of a figure that walks on the spot, two steps a loop."""
    frames = gait(figure)
    morphs = _Morphs(f"{figure.name}-", framed(figure, motion(figure)), _Clock.looped(len(frames), _STRIDE_S))
    layer = _layer(figure, frames, frames[0], morphs)
    return _beside_still(figure, morphs.definitions + layer, arrows=True)
