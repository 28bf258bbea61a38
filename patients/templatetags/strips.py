"""Draws a day of the week of everybody as one strip: when somebody is there, what is taken of it, and now."""

from collections.abc import Iterable
from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from clinic.rules.intervals import Bounds
from patients.actions.daybook_overview import Cell

register = template.Library()
HEIGHT = 12
HOUR = 60


@register.simple_tag
def strip(cell: Cell, hours: range, now: datetime) -> SafeString:
    """The strip, a unit a minute. Hidden from screen readers: say beside it what is free."""
    first, wide = hours[0] * HOUR, len(hours) * HOUR
    looks = {
        "there": cell.spans,
        "away": [away.span for away in cell.away],
        "over": [mark.span for mark in cell.marks if not mark.is_held and mark.span.end <= now],
        "taken": [mark.span for mark in cell.marks if not mark.is_held and mark.span.end > now],
        "held": [mark.span for mark in cell.marks if mark.is_held],
    }
    paths = SafeString(
        "".join(
            format_html('<path class="m-{}" d="{}"/>', look, _boxes(spans, first, wide))
            for look, spans in looks.items()
            if spans
        )
    )
    local = timezone.localtime(now)
    line = SafeString("")
    if local.date() == cell.day:
        at = local.hour * HOUR + local.minute - first
        line = format_html('<path class="now" d="M{} 0v{}"/>', at, HEIGHT)
    return format_html(
        '<svg class="strip{}" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">{}{}</svg>',
        " past" if cell.day < local.date() else "",
        wide,
        HEIGHT,
        paths,
        line,
    )


@register.filter
def duration(minutes: int) -> str:
    """A length of time, short: "45 min", "2 h", "2 h 10"."""
    hours, rest = divmod(minutes, HOUR)
    if not hours:
        return _("%(n)s min") % {"n": rest}
    if not rest:
        return _("%(n)s h") % {"n": hours}
    return _("%(hours)s h %(minutes)02d") % {"hours": hours, "minutes": rest}


def _boxes(spans: Iterable[Bounds], first: int, wide: int) -> str:
    """One path of all, cut at the edges of what is drawn, on the clock in force."""
    found = []
    for start, end in spans:
        from_, until = timezone.localtime(start), timezone.localtime(end)
        days = (until.date() - from_.date()).days
        left = max(0, from_.hour * HOUR + from_.minute - first)
        right = min(wide, (days * 24 + until.hour) * HOUR + until.minute - first)
        if right > left:
            found.append(f"M{left} 0h{right - left}v{HEIGHT}h-{right - left}z")
    return "".join(found)
