"""A week as a grid of text fields: a line for each clinic and kind of week, a cell for each weekday."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.admin.adding import is_from_setup
from clinic.models import Block, Weekday, Weeks
from clinic.rules import wallclock, week
from clinic.rules.week import Pair, Stretch
from clinic.web.fields import DayField

LONGEST = 80
"""Characters in a cell: six stretches."""
WORDS: dict[str, Any] = {
    week.Unreadable.code: gettext_lazy("Write from and to, such as 08:00-12:00, 13:00-17:00."),
    week.Backward.code: gettext_lazy("End later than the start; split hours over midnight in two days."),
    week.Overlapping.code: gettext_lazy("Two of these times overlap. Join them, or move one."),
}


class HoursField(forms.Field):
    """The hours of one day as text: the stretches in order, none where nobody works."""

    def __init__(self, **options: Any) -> None:
        widget = forms.Textarea(
            attrs={"rows": 2, "maxlength": LONGEST, "autocomplete": "off", "spellcheck": "false"}
        )
        super().__init__(required=False, widget=widget, **options)

    def to_python(self, value: Any) -> tuple[Pair, ...]:
        """The stretches; raises ValidationError that says how they are written."""
        try:
            return week.read((value or "")[:LONGEST])
        except week.Unreadable as refusal:
            raise ValidationError(WORDS[refusal.code], code=refusal.code) from None

    def prepare_value(self, value: Any) -> Any:
        """As they are read, one stretch a line."""
        return value if value is None or isinstance(value, str) else "\n".join(week.write([p]) for p in value)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of the grid: the cells of a week, Monday first."""

    label: str
    weeks: str
    cells: list[forms.BoundField]

    @property
    def is_used(self) -> bool:
        """Whether there is anything in it, or wrong with it."""
        return any(cell.value() or cell.errors for cell in self.cells)

    @property
    def words(self) -> str:
        """In which weeks it holds."""
        return str(Weeks(self.weeks).label)


@dataclass(frozen=True, kw_only=True)
class Change:
    """One line of what a sheet changes: `mark` is "ends", "dropped" or "begins"."""

    mark: str
    where: str
    day: str
    hours: str
    weeks: str
    words: str


def change(mark: str, where: str, stretch: Stretch, words: str) -> Change:
    """The line of one stretch."""
    return Change(
        mark=mark,
        where=where,
        day=str(Weekday(stretch.weekday).label),
        hours=week.write([stretch[1:3]]),
        weeks="" if stretch.weeks == Weeks.EVERY else str(Weeks(stretch.weeks).label),
        words=words,
    )


@dataclass(frozen=True)
class Days:
    """How a sheet that holds from a day on says when."""

    since: date

    @property
    def ends(self) -> str:
        """Of what held before."""
        return _("until %(day)s") % {"day": day_words(self.since - timedelta(days=1))}

    @property
    def begins(self) -> str:
        """Of what begins."""
        return _("from %(day)s") % {"day": day_words(self.since)}

    def dropped(self, valid_from: date | None) -> str:
        """Of what was entered for later."""
        return _("were to begin on %(day)s, and never do") % {"day": day_words(valid_from or self.since)}


def after_saving(request: HttpRequest, booked: QuerySet[Block], **whose: UUID) -> HttpResponse:
    """To the visits that stand outside the hours now; where none is booked at all, on with the set-up."""
    if booked.exists():
        return redirect(f"{reverse('desk_outside')}?{urlencode({key: str(pk) for key, pk in whose.items()})}")
    return redirect("admin:setup" if is_from_setup(request) else request.get_full_path())


def day_words(day: date) -> str:
    """Such as "Tue 24 Nov 2026"."""
    return date_format(day, "D j M Y")


def day_asked(told: QueryDict, first: date, usual: date) -> date:
    """The day that a form or an address names, `first` for one that is over, `usual` for none."""
    try:
        day = parse_date(told.get("since", ""))
    except ValueError:
        day = None
    return max(day, first) if day and wallclock.is_near(day) else usual


class GridForm(forms.Form):
    """A form with such lines, each of a place, and the day from which it holds.

    `stretches` are what stands in the lines at first.
    """

    since = DayField(
        label=gettext_lazy("Holds from"),
        help_text=gettext_lazy("What held before ends the day before. Days that are over stay as they were."),
    )

    def add_line(self, place: UUID, name: str, weeks: str, stretches: Iterable[Stretch]) -> None:
        """Seven cells more, with those of the stretches that lie in them."""
        cells: dict[int, list[Pair]] = {}
        for each in stretches:
            if each.weeks == weeks:
                cells.setdefault(each.weekday, []).append((each.starts, each.ends))
        for day in Weekday:
            label = _("%(place)s, %(day)s, %(weeks)s") % {
                "place": name, "day": day.label, "weeks": Weeks(weeks).label,
            }  # fmt: skip
            field = HoursField(label=label, initial=tuple(sorted(cells.get(day.value, ()))))
            field.widget.attrs["aria-label"] = label
            self.fields[cell_name(place, weeks, day)] = field

    def line(self, place: UUID, name: str, weeks: str) -> Line:
        """The line as it is drawn."""
        return Line(label=name, weeks=weeks, cells=[self[cell_name(place, weeks, day)] for day in Weekday])

    def stretches(self, place: UUID, weeks: Iterable[str] = Weeks.values) -> list[Stretch]:
        """What stands in the lines of the place, once the form is valid."""
        told: Mapping[str, tuple[tuple[time, time], ...]] = self.cleaned_data
        return [
            Stretch(day.value, start, end, each)
            for each in weeks
            for day in Weekday
            for start, end in told[cell_name(place, each, day)]
        ]


def cell_name(place: UUID, weeks: str, day: int) -> str:
    """The name of a cell in the form."""
    return f"{place.hex}-{weeks}-{int(day)}"
