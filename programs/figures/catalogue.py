"""Owns what others ask of the figures: their names, a still, a moving picture, the anatomy checks."""

from __future__ import annotations

from functools import cache

from programs.figures import animate, checks, poses, scene, themes
from programs.figures.themes import Theme


class UnknownFigure(KeyError):  # noqa: N818  # a refusal is named by what is the case
    """There is no figure of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"There is no figure {self.name!r}. Choose one of: {', '.join(names())}."


def names() -> tuple[str, ...]:
    """Every figure's name, in the order of the pose data."""
    return tuple(poses.figures())


def _figure(name: str) -> poses.Figure:
    try:
        return poses.figures()[name]
    except KeyError:
        raise UnknownFigure(name) from None


@cache
def _drawn(name: str, *, resting: bool) -> str:
    """The drawing without its frame; kept, since themes and sides share it and it never changes."""
    return scene.picture(_figure(name), resting=resting).whole


def side(name: str) -> str | None:
    """The working side of the unmirrored drawing, `left` or `right`; None where both sides work alike."""
    return _figure(name).side


def still(name: str, *, mirrored: bool = False, theme: Theme | None = None) -> str:
    """The figure as SVG text, 480 × 360, on a transparent background.

    Without a theme the colours follow the reader's light or dark setting, and a page may set each as `--fig-NAME`;
    with one they are fixed (`mono` is for photocopiers). `mirrored` shows the other side. Raises UnknownFigure.
    """
    figure = _figure(name)
    return themes.wrap(figure, _drawn(name, resting=False), theme=theme, mirrored=mirrored)


def resting(name: str, *, mirrored: bool = False, theme: Theme | None = None) -> str:
    """The start pose in the frame of the still, without ghost and arrow: what to show between two holds.

    A figure without a start pose is shown as its still. Raises UnknownFigure.
    """
    figure = _figure(name)
    return themes.wrap(figure, _drawn(name, resting=True), theme=theme, mirrored=mirrored, variant="rest")


def moving(name: str, *, hold_s: float = 5.0, mirrored: bool = False, theme: Theme | None = None) -> str:
    """The figure moving from start to end, holding for `hold_s` seconds (0 to 300), and back, for ever: SVG text.

    A walk goes on without a hold, a figure of one pose stands still. Readers who ask for reduced motion get the
    still. Raises UnknownFigure.
    """
    figure = _figure(name)
    if figure.stride:
        body = animate.walked(figure)
    elif figure.start:
        body = animate.held(figure, hold_s)
    else:
        body = _drawn(name, resting=False)
    return themes.wrap(figure, body, theme=theme, mirrored=mirrored, extra=animate.STYLE, variant="moving")


def check(name: str) -> list[str]:
    """What is wrong with the figure's anatomy, a sentence each; empty when it is sound. Raises UnknownFigure."""
    return checks.faults(_figure(name))
