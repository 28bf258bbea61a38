"""Says in words why a program or an exercise stands where it stands in the order of attention."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from programs.rules.attention import Course, Flag

LABELS = {
    Flag.PAIN_ABOVE_LIMIT: gettext_lazy("Pain above the limit"),
    Flag.PAIN_RISING: gettext_lazy("Pain rising"),
    Flag.TOO_MUCH: gettext_lazy("Too much"),
    Flag.STOPPED_LOGGING: gettext_lazy("Stopped logging"),
    Flag.TOO_LITTLE: gettext_lazy("Too little"),
    Flag.NEW: gettext_lazy("New program"),
    Flag.ON_TRACK: gettext_lazy("On track"),
}
"""Each flag as a badge says it."""


def headline(flag: Flag, course: Course) -> str:
    """One line: what stands out, with its numbers."""
    return _HEADLINES[flag](course)


def detail(course: Course) -> str:
    """A second line: doses done of those due, and the last log."""
    return _("%(doses)s. %(last)s.") % {"doses": _doses(course), "last": _last(course)}


def percent(course: Course) -> str:
    """Done of due as a percentage that may pass 100; a dash when nothing was due."""
    return "–" if course.ratio is None else f"{round(course.ratio * 100)} %"


def _above_limit(course: Course) -> str:
    return _("Pain %(pain)s, limit %(limit)s") % {"pain": course.above_limit, "limit": course.pain_limit}


def _pain(course: Course) -> str:
    count = len(course.pains)
    words = {"first": course.pains[0], "last": course.pains[-1], "n": count}
    sentence = ngettext(
        "Pain %(first)s to %(last)s in %(n)s session", "Pain %(first)s to %(last)s in %(n)s sessions", count
    )
    return sentence % words


def _too_much(course: Course) -> str:
    if course.ratio is not None and course.ratio > 1:
        return _("%(percent)s of the dose") % {"percent": percent(course)}
    sittings = course.says_too_much
    sentence = ngettext("%(n)s log above twice the dose", "%(n)s logs above twice the dose", sittings)
    return sentence % {"n": sittings}


def _silent(course: Course) -> str:
    days = course.silent_days
    if course.last_logged is None:
        sentence = ngettext("Nothing logged in %(n)s day", "Nothing logged in %(n)s days", days)
    else:
        sentence = ngettext("Nothing for %(n)s day", "Nothing for %(n)s days", days)
    return sentence % {"n": days}


def _new(course: Course) -> str:
    day = (course.day - course.began_on).days + 1
    if day < 1:
        return _("Starts soon")
    return _("First week, day %(n)s: %(doses)s") % {"n": day, "doses": _doses(course)}


def _doses(course: Course) -> str:
    if not course.due:
        return ngettext("%(n)s dose done", "%(n)s doses done", course.done) % {"n": course.done}
    words = {"done": course.done, "due": course.due}
    return ngettext("%(done)s of %(due)s dose done", "%(done)s of %(due)s doses done", course.due) % words


def _last(course: Course) -> str:
    if course.last_logged is None:
        return _("Nothing logged yet")
    match (course.day - course.last_logged).days:
        case 0:
            return _("Logged today")
        case 1:
            return _("Logged yesterday")
        case days:
            return _("Last log %(n)s days ago") % {"n": days}


_HEADLINES: dict[Flag, Callable[[Course], str]] = {
    Flag.PAIN_ABOVE_LIMIT: _above_limit,
    Flag.PAIN_RISING: _pain,
    Flag.TOO_MUCH: _too_much,
    Flag.STOPPED_LOGGING: _silent,
    Flag.TOO_LITTLE: lambda course: _("%(percent)s done") % {"percent": percent(course)},
    Flag.NEW: _new,
    Flag.ON_TRACK: lambda course: _("%(percent)s of the dose, pain steady") % {"percent": percent(course)},
}


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A program or an exercise with its last days, and what stands out in them."""

    course: Course
    flag: Flag

    @property
    def label(self) -> str:
        """The flag as a badge."""
        return str(LABELS[self.flag])

    @property
    def why(self) -> str:
        """What stands out, in one line."""
        return headline(self.flag, self.course)
