"""Small server-drawn graphics whose sizes stand in SVG attributes, so that no page needs an inline style."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

Number = float | int


@dataclass(frozen=True)
class Frame:
    """A drawing area in user units that leaves two units of air, so that strokes and end marks are not cut."""

    width: float
    height: float
    low: float
    high: float

    def x(self, index: int, count: int) -> float:
        """The place of one of `count` points, evenly spaced."""
        return round(2 + (self.width - 4) * (index / (count - 1) if count > 1 else 1.0), 1)

    def y(self, value: Number) -> float:
        """The height of a value, clamped to the frame."""
        span = (self.high - self.low) or 1
        share = min(1.0, max(0.0, (value - self.low) / span))
        return round(self.height - 2 - (self.height - 4) * share, 1)


@register.simple_tag
def spark(values: Sequence[Number], top: Number = 10, tone: str = "") -> SafeString:
    """A small line of values from 0 to `top` with a mark at the last one; `tone` is "", "bad", "warn" or "mut".

    It repeats what the number beside it says, so screen readers do not hear it.
    """
    if not values:
        return SafeString("")
    frame = Frame(width=84, height=28, low=0, high=float(top))
    points = [(frame.x(at, len(values)), frame.y(value)) for at, value in enumerate(values)]
    path = " ".join(f"{x} {y}" for x, y in points)
    return format_html(
        '<svg class="spark" width="84" height="28" viewBox="0 0 84 28" aria-hidden="true">'
        '<path class="ln {}" d="M{}"/><circle class="dot {}" cx="{}" cy="{}" r="2"/></svg>',
        tone,
        path,
        tone,
        *points[-1],
    )


@register.simple_tag
def band(value: Number | None, low: Number, high: Number, top: Number, bottom: Number = 0) -> SafeString:
    """A track from `bottom` to `top` with the recommended range tinted and a mark at the value.

    Outside the range the mark takes the warning colour. Hidden from screen readers: say the range in words beside it.
    """
    span = float(top - bottom) or 1.0

    def at(number: Number) -> float:
        return round(100 * min(1.0, max(0.0, (number - bottom) / span)), 1)

    mark = SafeString("")
    if value is not None:
        tone = "" if low <= value <= high else "warn"
        mark = format_html(
            '<rect class="band-mark {}" x="{}" width="3" height="6"/>', tone, min(97.0, at(value))
        )
    return format_html(
        '<svg class="band" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="band-all" y="1" width="100" height="4"/>'
        '<rect class="band-range" x="{}" y="1" width="{}" height="4"/>{}</svg>',
        at(low),
        round(at(high) - at(low), 1),
        mark,
    )


@register.simple_tag
def share(value: Number, whole: Number = 100, limit: Number | None = None, tone: str = "") -> SafeString:
    """A thin bar: how much of the whole is reached, with a line at the limit. Hidden from screen readers."""
    full = float(whole) or 1.0

    def part(number: Number) -> float:
        return round(100 * min(1.0, max(0.0, number / full)), 1)

    line = SafeString("")
    if limit is not None:
        line = format_html('<rect class="share-limit" x="{}" width="1.5" height="6"/>', part(limit))
    return format_html(
        '<svg class="share" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="share-all" y="1" width="100" height="4"/>'
        '<rect class="share-part {}" y="1" width="{}" height="4"/>{}</svg>',
        tone,
        part(value),
        line,
    )


@register.simple_tag
def pips(done: int, total: int) -> SafeString:
    """One square a seat or a repetition, the taken ones filled. Hidden from screen readers: say “5 of 8” beside it."""
    squares = format_html_join(
        "", '<i class="{}"></i>', (("on" if at < done else "off",) for at in range(total))
    )
    return format_html('<span class="pips" aria-hidden="true">{}</span>', squares)
