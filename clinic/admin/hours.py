"""A practitioner's week as one sheet: typed, shown as what it changes, then in force from a day on."""

import hashlib
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from clinic.actions import scheduling
from clinic.actions.scheduling import Placed, Plan, Sheet
from clinic.admin.weekly import Change, Days, GridForm, Line, after_saving, change, day_asked, day_words
from clinic.models import Block, Clinic, Practitioner, WeeklyHours, Weeks
from clinic.rules import week
from clinic.rules.succession import holds
from clinic.web import pages
from clinic.web.dates import WEEKDAYS


class HoursForm(GridForm):
    """A line for each clinic and kind of week."""

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
    standing = scheduling.standing(practitioner=whose, on=first)
    usual = first + timedelta(days=1) if standing else first
    day = day_asked(request.POST or request.GET, first, usual)
    current = [row for row in standing if holds(row, day)]
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


def _seen(sheet: Sheet) -> str:
    """What tells whether a sheet is the one of which the changes were shown."""
    told = repr((sheet.stamp, sheet.since, sorted(map(str, sheet.hours))))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _saved(request: pages.StaffRequest, whose: Practitioner, planned: Plan) -> HttpResponse:
    if planned.is_empty:
        messages.info(request, _("Nothing was to change."))
        return redirect("admin:hours", pk=whose.pk)
    words = _("Saved. The new hours of %(name)s hold from %(day)s.")
    messages.success(request, words % {"name": whose.name, "day": day_words(planned.since)})
    booked = Block.objects.filter(practitioner=whose, end__gt=request.now)
    return after_saving(request, booked, practitioner=whose.pk)


def _told(planned: Plan, clinics: list[Clinic]) -> list[Change]:
    names = {each.pk: each.name for each in clinics}

    def _order(told: tuple[str, Placed, str]) -> tuple[object, ...]:
        """By clinic and day, what ends before what begins."""
        mark, place, _words = told
        return names[place.clinic_id], place.stretch.weekday, mark == "begins", place.stretch

    days = Days(planned.since)
    found = [("ends", scheduling.placed(row), days.ends) for row in planned.ends]
    found += [("dropped", scheduling.placed(row), days.dropped(row.valid_from)) for row in planned.dropped]
    found += [("begins", each, days.begins) for each in planned.begins]
    return [
        change(mark, names[place.clinic_id], place.stretch, words)
        for mark, place, words in sorted(found, key=_order)
    ]
