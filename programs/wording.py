"""Owns how a dosage is said in words: one notation for pages, paper, mail and API, in the active language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.utils.dateformat import format as format_date
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext, gettext_lazy, ngettext

from programs.rules.dosage import Change, Dosage, LoadUnit, Mode, Side

Word = str | Promise

_CHOICES: dict[StrEnum, Word] = {
    Mode.REPS: gettext_lazy("repetitions"),
    Mode.HOLD: gettext_lazy("hold"),
    Mode.REPS_HOLD: gettext_lazy("repetitions with a hold"),
    Mode.DURATION: gettext_lazy("duration"),
    Mode.DISTANCE: gettext_lazy("distance"),
    Side.NONE: gettext_lazy("none"),
    Side.LEFT: gettext_lazy("left side"),
    Side.RIGHT: gettext_lazy("right side"),
    Side.BOTH: gettext_lazy("each side"),
    Side.ALTERNATE: gettext_lazy("alternate sides"),
    LoadUnit.KG: "kg",
    LoadUnit.LB: "lb",
    LoadUnit.BAND: gettext_lazy("band"),
    LoadUnit.BODY: gettext_lazy("body weight"),
}
_UNITS: dict[str, Word] = {
    "hold_s": gettext_lazy("s"),
    "rest_s": gettext_lazy("s"),
    "duration_min": gettext_lazy("min"),
    "duration_max_min": gettext_lazy("min"),
    "distance_m": gettext_lazy("m"),
}
_LABELS: dict[str, Word] = {
    "mode": gettext_lazy("mode"),
    "sets": gettext_lazy("sets"),
    "reps": gettext_lazy("repetitions"),
    "reps_max": gettext_lazy("most repetitions"),
    "reps_per_set": gettext_lazy("repetitions of each set"),
    "hold_s": gettext_lazy("hold"),
    "rest_s": gettext_lazy("rest"),
    "tempo": gettext_lazy("tempo"),
    "duration_min": gettext_lazy("duration"),
    "duration_max_min": gettext_lazy("longest duration"),
    "distance_m": gettext_lazy("distance"),
    "side": gettext_lazy("side"),
    "times_a_day": gettext_lazy("times a day"),
    "days_a_week": gettext_lazy("days a week"),
    "weekdays": gettext_lazy("weekdays"),
    "load": gettext_lazy("load"),
    "load_unit": gettext_lazy("unit of the load"),
    "band_colour": gettext_lazy("colour of the band"),
    "effort_target": gettext_lazy("effort"),
    "heart_rate_min": gettext_lazy("lowest heart rate"),
    "heart_rate_max": gettext_lazy("highest heart rate"),
    "pain_ceiling": gettext_lazy("pain limit"),
    "starts_on": gettext_lazy("start"),
    "ends_on": gettext_lazy("end"),
    "note_to_patient": gettext_lazy("note"),
}


def dosage(value: Dosage) -> str:
    """The whole dose but its note: `2 × 10 × 8 s hold, each side, rest 30 s, twice a day, 5 days a week`."""
    rest = _phrase(gettext("rest %(n)s s"), value.rest_s)
    said = (_amount(value), _side(value), rest, _tempo(value), _load(value), *_limits(value))
    return _listed(*said, frequency(value), _dates(value))


def short(value: Dosage) -> str:
    """The headline, what to do now: `10 × 10 s hold, switch sides`. A single set is not counted."""
    return _listed(_amount(value, count_one_set=False), _side_to_do(value), _load(value))


def frequency(value: Dosage) -> str:
    """How often: `twice a day, 5 days a week`, `once a day, Mon Wed Fri`, `3 times a day, every day`."""
    named = value.weekdays is not None and value.days < 7
    return _listed(_times_a_day(value), _weekdays(value.weekdays or ()) if named else _days(value))


def plain(value: Dosage) -> str:
    """For patients, without the note: `3 sets of 10, hold 5 seconds, each side, twice a day, every day.`"""
    named = value.weekdays is not None and value.days < 7
    hold = _with_seconds(gettext("hold %(seconds)s"), value.hold_s if value.mode is Mode.REPS_HOLD else None)
    rest = _with_seconds(gettext("rest %(seconds)s"), value.rest_s)
    said = (_plain_amount(value), hold, _side_to_do(value), rest, _load(value))
    days = _joined(str(WEEKDAYS[day]) for day in value.weekdays or ()) if named else _days(value)
    sentence = _listed(*said, *_limits(value), _times_a_day(value), days, _dates(value))
    return f"{sentence[:1].upper()}{sentence[1:]}."


def change(value: Change) -> str:
    """What changed in one field: `hold 5 s to 8 s`, `rest none to 30 s`; a changed note is not quoted."""
    if value.field == "note_to_patient":
        return gettext("note changed")
    old, new = (_field_value(value.field, each) for each in (value.old, value.new))
    return gettext("%(field)s %(old)s to %(new)s") % {"field": label(value.field), "old": old, "new": new}


def label(field: str) -> str:
    """The name of a dosage field for people; KeyError for a name that is none."""
    return str(_LABELS[field])


def _amount(value: Dosage, *, count_one_set: bool = True) -> str:
    counted = value.sets is not None and (count_one_set or value.sets > 1)
    sets = _number(value.sets) if counted else ""
    match value.mode:
        case Mode.DURATION:
            minutes = _with_unit("duration_min", _range(value.duration_min, value.duration_max_min))
            bouts = value.sets or 1
            return _bouts(bouts, minutes) if bouts > 1 or count_one_set else minutes
        case Mode.DISTANCE:
            metres = _with_unit("distance_m", _number(value.distance_m))
            return _times(sets if value.sets != 1 else "", metres)
        case Mode.HOLD:
            return _times(sets, _hold(value))
        case Mode.REPS if not sets and not value.reps_per_set:
            return _repetitions(value)
        case _:
            pyramid = _dashed(value.reps_per_set)
            return _times(
                pyramid or sets, "" if pyramid else _range(value.reps, value.reps_max), _hold(value)
            )


def _plain_amount(value: Dosage) -> str:
    sets = len(value.reps_per_set or ()) or value.sets or 1
    match value.mode:
        case Mode.DISTANCE:
            return _amount(value, count_one_set=False)
        case Mode.DURATION:
            longest = value.duration_max_min or value.duration_min or 0
            words = {"n": _range(value.duration_min, value.duration_max_min)}
            minutes = ngettext("%(n)s minute", "%(n)s minutes", longest) % words
            return minutes if sets == 1 else _bouts(sets, minutes)
        case Mode.HOLD:
            words = {"n": _number(sets), "hold": _seconds(value.hold_s or 0)}
            return ngettext("%(n)s hold of %(hold)s", "%(n)s holds of %(hold)s", sets) % words
        case _:
            pyramid = _joined(map(_number, value.reps_per_set or ()))
            words = {"n": _number(sets), "reps": pyramid or _range(value.reps, value.reps_max)}
            return ngettext("%(n)s set of %(reps)s", "%(n)s sets of %(reps)s", sets) % words


def _bouts(count: int, minutes: str) -> str:
    words = {"n": _number(count), "minutes": minutes}
    return ngettext("%(n)s bout of %(minutes)s", "%(n)s bouts of %(minutes)s", count) % words


def _repetitions(value: Dosage) -> str:
    words = {"n": _range(value.reps, value.reps_max)}
    return ngettext("%(n)s repetition", "%(n)s repetitions", value.reps_max or value.reps or 0) % words


def _with_seconds(template: str, seconds: int | None) -> str:
    return template % {"seconds": _seconds(seconds)} if seconds else ""


def _seconds(count: int) -> str:
    return ngettext("%(n)s second", "%(n)s seconds", count) % {"n": _number(count)}


def _side(value: Dosage) -> str:
    return "" if value.side is Side.NONE else str(_CHOICES[value.side])


def _side_to_do(value: Dosage) -> str:
    return gettext("switch sides") if value.side is Side.ALTERNATE else _side(value)


def _hold(value: Dosage) -> str:
    return _phrase(gettext("%(n)s s hold"), value.hold_s)


def _limits(value: Dosage) -> tuple[str, ...]:
    """What bounds the effort, in the words of the notation."""
    effort = _phrase(gettext("effort %(n)s of 10"), value.effort_target)
    pain = _phrase(gettext("pain up to %(n)s of 10"), value.pain_ceiling)
    return effort, _heart_rate(value), pain


def _tempo(value: Dosage) -> str:
    return gettext("tempo %(phases)s") % {"phases": _dashed(value.tempo)} if value.tempo else ""


def _load(value: Dosage) -> str:
    match value.load_unit:
        case LoadUnit.BODY:
            return gettext("body weight")
        case LoadUnit.BAND:
            return gettext("%(colour)s band") % {"colour": value.band_colour}
        case None:
            return ""
        case unit:
            return f"{_number(value.load)} {unit.value}"


def _heart_rate(value: Dosage) -> str:
    low, high = value.heart_rate_min, value.heart_rate_max
    if low is not None and high is not None:
        return gettext("heart rate %(range)s") % {"range": _range(low, high)}
    return _phrase(gettext("heart rate from %(n)s"), low) or _phrase(gettext("heart rate up to %(n)s"), high)


def _times_a_day(value: Dosage) -> str:
    match value.times_a_day:
        case 1:
            return gettext("once a day")
        case 2:
            return gettext("twice a day")
        case times:
            return ngettext("%(n)s time a day", "%(n)s times a day", times) % {"n": _number(times)}


def _days(value: Dosage) -> str:
    if value.days == 7:
        return gettext("every day")
    if value.days == 0:
        return ""
    return ngettext("%(n)s day a week", "%(n)s days a week", value.days) % {"n": _number(value.days)}


def _dates(value: Dosage) -> str:
    words = {"first": _date(value.starts_on), "last": _date(value.ends_on)}
    if value.starts_on and value.ends_on:
        return gettext("from %(first)s to %(last)s") % words
    if value.starts_on:
        return gettext("from %(first)s") % words
    return gettext("until %(last)s") % words if value.ends_on else ""


def _field_value(field: str, value: object) -> str:
    if value is None or value == "":
        return gettext("none")
    if isinstance(value, StrEnum):
        return str(_CHOICES[value])
    if isinstance(value, date):
        return _date(value)
    if isinstance(value, tuple):
        return _weekdays(value) if field == "weekdays" else _dashed(value)
    return _with_unit(field, _number(value)) if isinstance(value, int | Decimal) else str(value)


def _weekdays(days: Iterable[int]) -> str:
    return " ".join(str(WEEKDAYS_ABBR[day]) for day in days)


def _phrase(template: str, number: int | Decimal | None) -> str:
    return "" if number is None else template % {"n": _number(number)}


def _with_unit(field: str, number: str) -> str:
    return f"{number} {_UNITS[field]}" if field in _UNITS else number


def _range(low: int | None, high: int | None) -> str:
    if low is None or high is None or low == high:
        return _number(low)
    return gettext("%(low)s to %(high)s") % {"low": _number(low), "high": _number(high)}


def _number(value: int | Decimal | None) -> str:
    """The number in the active language; a draft's missing number is a dash, so that the gap shows."""
    if value is None:
        return "–"
    exact = value.normalize() if isinstance(value, Decimal) else value
    return number_format(exact, force_grouping=value >= 10_000)


def _date(day: date | None) -> str:
    return format_date(day, "j M Y") if day else ""


def _dashed(numbers: Iterable[int] | None) -> str:
    return "-".join(_number(number) for number in numbers or ())


def _joined(words: Iterable[str]) -> str:
    return get_text_list(list(words), gettext("and"))


def _times(*parts: str) -> str:
    return " × ".join(part for part in parts if part)


def _listed(*parts: Word) -> str:
    return ", ".join(str(part) for part in parts if part)
