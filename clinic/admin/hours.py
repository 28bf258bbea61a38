"""A practitioner's week as one sheet: typed, shown as what it changes, then in force from a day on."""

import hashlib
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.actions import scheduling
from clinic.actions.scheduling import Placed, Plan, Sheet
from clinic.admin.weekly import Change, GridForm, Line
from clinic.models import Clinic, Practitioner, Weekday, WeeklyHours, Weeks
from clinic.rules import wallclock, week
from clinic.web import pages
from clinic.web.dates import WEEKDAYS
from clinic.web.fields import DayField


class HoursForm(GridForm):
    """The day from which it holds, and a line for each clinic and kind of week."""

    since = DayField(
        label=gettext_lazy("Holds from"),
        help_text=gettext_lazy("What held before ends the day before. Days that are over stay as they were."),
    )

    def __init__(self, clinics: list[Clinic], rows: list[WeeklyHours], since: date, data: Any = None) -> None:
        super().__init__(data, initial={"since": since})
        self.clinics = clinics
        here: dict[UUID, list[week.Stretch]] = {}
        for row in rows:
            here.setdefault(row.clinic_id, []).append(scheduling.placed(row).stretch)
        for clinic in clinics:
            for each in Weeks.values:
                self.add_line(clinic.pk, clinic.name, each, here.get(clinic.pk, ()))

    def hours(self) -> frozenset[Placed]:
        """The whole sheet."""
        return frozenset(
            Placed(clinic.pk, each) for clinic in self.clinics for each in self.stretches(clinic.pk)
        )

    def every_week(self) -> list[Line]:
        """The lines that hold in every week."""
        return [self.line(each.pk, each.name, Weeks.EVERY) for each in self.clinics]

    def by_turns(self) -> list[Line]:
        """Those of odd and of even weeks."""
        return [
            self.line(each.pk, each.name, weeks) for each in self.clinics for weeks in (Weeks.ODD, Weeks.EVEN)
        ]


@pages.for_who_may("change", WeeklyHours)
def hours(request: pages.StaffRequest, pk: UUID) -> HttpResponse:
    """The sheet; posted once it shows what would change, posted again unchanged it is saved."""
    whose = pages.fetch(request, "change", Practitioner, pk=pk)
    clinics = scheduling.clinics_to_set(practitioner=whose, by=request.user)
    first = scheduling.earliest(clinics=clinics, now=request.now)
    day = _day(request.POST or request.GET, first)
    standing = scheduling.standing(practitioner=whose, on=first)
    current = [row for row in standing if _holds(row, day)]
    form = HoursForm(clinics, current, day, request.POST if request.method == "POST" else None)
    stamp = scheduling.stamp(practitioner=whose)
    planned, seen = None, ""
    if request.method == "POST" and form.is_valid():
        sheet = Sheet(
            practitioner=whose, since=form.cleaned_data["since"], hours=form.hours(),
            stamp=request.POST.get("stamp", ""),
        )  # fmt: skip
        seen = _seen(sheet)
        act = scheduling.save if request.POST.get("seen") == seen else scheduling.plan
        planned = pages.attempt(form, lambda: act(sheet=sheet, by=request.user, now=request.now))
        if planned and act is scheduling.save:
            return _saved(request, whose, planned)
    later = sorted({row.valid_from for row in standing if row.valid_from > day})
    context = {
        "whose": whose, "form": form, "weekdays": WEEKDAYS, "stamp": stamp, "seen": seen if planned else "",
        "plan": planned, "changes": _told(planned, clinics) if planned else [], "later": later,
        "elsewhere": [row for row in current if row.clinic not in clinics],
    }  # fmt: skip
    return render(request, "admin/hours.html", context, status=pages.status(form))


def _day(told: QueryDict, first: date) -> date:
    """The day that is asked for, today for one that is over, tomorrow for none."""
    try:
        day = parse_date(told.get("since", ""))
    except ValueError:
        day = None
    return max(day, first) if day and wallclock.is_near(day) else first + timedelta(days=1)


def _holds(row: WeeklyHours, on: date) -> bool:
    return row.valid_from <= on and (row.valid_until is None or row.valid_until >= on)


def _seen(sheet: Sheet) -> str:
    """What tells whether a sheet is the one of which the changes were shown."""
    told = repr((sheet.stamp, sheet.since, sorted(map(str, sheet.hours))))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _saved(request: pages.StaffRequest, whose: Practitioner, planned: Plan) -> HttpResponse:
    if planned.is_empty:
        messages.info(request, _("Nothing was to change."))
        return redirect("admin:hours", pk=whose.pk)
    words = _("Saved. The new hours of %(name)s hold from %(day)s.")
    messages.success(request, words % {"name": whose.name, "day": date_format(planned.since, "D j M Y")})
    return redirect(f"{reverse('desk_outside')}?practitioner={whose.pk}")


def _told(planned: Plan, clinics: list[Clinic]) -> list[Change]:
    names = {each.pk: each.name for each in clinics}

    def _order(told: tuple[str, Placed, str]) -> tuple[object, ...]:
        """By clinic and day, what ends before what begins."""
        mark, place, _words = told
        return names[place.clinic_id], place.stretch.weekday, mark == "begins", place.stretch

    last = date_format(planned.since - timedelta(days=1), "D j M Y")
    first = date_format(planned.since, "D j M Y")
    rows = [("ends", row, _("until %(day)s") % {"day": last}) for row in planned.ends]
    rows += [
        ("dropped", row, _("were to begin on %(day)s, and never do") % {"day": date_format(row.valid_from, "D j M Y")})
        for row in planned.dropped
    ]  # fmt: skip
    found = [(mark, scheduling.placed(row), words) for mark, row, words in rows]
    found += [("begins", each, _("from %(day)s") % {"day": first}) for each in planned.begins]
    return [
        Change(
            mark=mark,
            where=names[place.clinic_id],
            day=str(Weekday(place.stretch.weekday).label),
            hours=week.write([place.stretch[1:3]]),
            weeks="" if place.stretch.weeks == Weeks.EVERY else str(Weeks(place.stretch.weeks).label),
            words=words,
        )
        for mark, place, words in sorted(found, key=_order)
    ]
