"""When a clinic is open as one sheet: its week, its public holidays by name, its closures, the step of its slots."""

import hashlib
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.actions import opening_hours
from clinic.actions.opening_hours import LONGEST_STEP, SHORTEST_STEP, Plan, Sheet
from clinic.admin.weekly import Change, Days, GridForm, Line, after_saving, change, day_asked, day_words
from clinic.models import Block, Clinic, OpeningHours, Weeks
from clinic.rules import wallclock
from clinic.rules.succession import holds
from clinic.rules.week import Stretch
from clinic.web import pages
from clinic.web.dates import WEEKDAYS


class OpeningForm(GridForm):
    """The week of the clinic, and what goes with it."""

    keeps_public_holidays = forms.BooleanField(
        label=gettext_lazy("Closed on public holidays"),
        required=False,
        help_text=gettext_lazy(
            "On the days listed here nobody is booked, whatever the weekly hours say; extra hours alone open one. "
            "Switched off, they are days like any other. It holds at once, not from a day on."
        ),
    )
    slot_step_min = forms.IntegerField(
        label=gettext_lazy("Slots begin every"), min_value=SHORTEST_STEP, max_value=LONGEST_STEP
    )

    def __init__(self, clinic: Clinic, hours: list[Stretch], since: date, data: Any = None) -> None:
        settings = {
            "since": since, "keeps_public_holidays": clinic.keeps_public_holidays,
            "slot_step_min": clinic.slot_step_min,
        }  # fmt: skip
        super().__init__(data, initial=settings)
        self.clinic = clinic
        self.add_line(clinic.pk, clinic.name, Weeks.EVERY, hours)

    def lines(self) -> list[Line]:
        """The one line."""
        return [self.line(self.clinic.pk, self.clinic.name, Weeks.EVERY)]

    def sheet(self, stamp: str) -> Sheet:
        """What the action takes."""
        told = self.cleaned_data
        return Sheet(
            clinic=self.clinic,
            since=told["since"],
            hours=frozenset(self.stretches(self.clinic.pk, [Weeks.EVERY])),
            keeps_public_holidays=told["keeps_public_holidays"],
            slot_step_min=told["slot_step_min"],
            stamp=stamp,
        )


@pages.for_who_may("change", OpeningHours)
def opening(request: pages.StaffRequest, pk: UUID) -> HttpResponse:
    """The sheet; posted once it shows what would change, posted again unchanged it is saved."""
    clinic = pages.fetch(request, "change", Clinic, pk=pk)
    today = wallclock.local_day(request.now, clinic.zone)
    standing = opening_hours.standing(clinic=clinic, on=today)
    usual = today + timedelta(days=1) if standing else today
    day = day_asked(request.POST or request.GET, today, usual)
    current = [opening_hours.stretch(row) for row in standing if holds(row, day)]
    form = OpeningForm(clinic, current, day, request.POST if request.method == "POST" else None)
    stamp, planned, seen = opening_hours.stamp(clinic=clinic), None, ""
    if request.method == "POST" and form.is_valid():
        sheet = form.sheet(request.POST.get("stamp", ""))
        seen = _seen(sheet)
        act = opening_hours.save if request.POST.get("seen") == seen else opening_hours.plan
        planned = pages.attempt(form, lambda: act(sheet=sheet, by=request.user, now=request.now))
        if planned and act is opening_hours.save:
            return _saved(request, clinic, planned)
    context = {
        "clinic": clinic, "form": form, "weekdays": WEEKDAYS, "stamp": stamp, "seen": seen if planned else "",
        "plan": planned, "changes": _told(planned, form) if planned else [],
        "later": sorted({row.valid_from for row in standing if row.valid_from and row.valid_from > day}),
        "holidays": opening_hours.holidays_to_come(clinic=clinic, now=request.now),
        "closures": opening_hours.closures(clinic=clinic, now=request.now),
    }  # fmt: skip
    return render(request, "admin/opening.html", context, status=pages.status(form))


def _seen(sheet: Sheet) -> str:
    """What tells whether a sheet is the one of which the changes were shown."""
    told = repr(
        (sheet.stamp, sheet.since, sorted(sheet.hours), sheet.keeps_public_holidays, sheet.slot_step_min)
    )
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _saved(request: pages.StaffRequest, clinic: Clinic, planned: Plan) -> HttpResponse:
    if planned.is_empty:
        messages.info(request, _("Nothing was to change."))
        return redirect("admin:opening", pk=clinic.pk)
    if planned.week_changes:
        words = _("Saved. These hours of %(clinic)s hold from %(day)s.")
    else:
        words = _("Saved. It holds for %(clinic)s from now on.")
    messages.success(request, words % {"clinic": clinic, "day": day_words(planned.since)})
    booked = Block.objects.filter(clinic=clinic, end__gt=request.now)
    return after_saving(request, booked, clinic=clinic.pk)


def _told(planned: Plan, form: OpeningForm) -> list[Change]:
    days, found = Days(planned.since), planned.week
    stretch = opening_hours.stretch
    hours = [("ends", stretch(row), days.ends) for row in found.ends]
    hours += [("dropped", stretch(row), days.dropped(row.valid_from)) for row in found.dropped]
    hours += [("begins", each, days.begins) for each in found.begins]
    changes = [
        change(mark, form.clinic.name, each, words)
        for mark, each, words in sorted(
            hours, key=lambda told: (told[1].weekday, told[0] == "begins", told[1])
        )
    ]
    if planned.holidays_change:
        closed = form.cleaned_data["keeps_public_holidays"]
        words = _("closed") if closed else _("as other days")
        changes.append(_setting(_("Public holidays"), words))
    if planned.step_changes:
        words = _("every %(n)d min") % {"n": form.cleaned_data["slot_step_min"]}
        changes.append(_setting(_("Slots begin"), words))
    return changes


def _setting(what: str, value: str) -> Change:
    return Change(mark="begins", where=what, day="", hours=value, weeks="", words=_("from now on"))
