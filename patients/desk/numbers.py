"""The manager's page: one clinic's numbers over a period, of everybody or of one who treats; its tables are files."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic import policy
from clinic.models import Clinic
from clinic.rules import wallclock
from clinic.web import pages, tables
from patients.actions import counting
from patients.rules.periods import LONGEST, Kind, Period, named
from patients.web import counted

KINDS = {
    Kind.RECENT: gettext_lazy("5 weeks"),
    Kind.WEEK: gettext_lazy("Week"),
    Kind.MONTH: gettext_lazy("Month"),
    Kind.QUARTER: gettext_lazy("Quarter"),
    Kind.DATES: gettext_lazy("Dates"),
}


@pages.for_who_may("count", Clinic)
def numbers(request: pages.StaffRequest) -> HttpResponse:
    """The numbers of the clinic that the address names, else of the first of one's own; a table of them as a file."""
    mine = policy.visible(request.user, Clinic, "count")
    clinics = list(mine.order_by(F("archived_at").desc(nulls_first=True), "name"))
    asked = request.GET.get("clinic")
    clinic = next((each for each in clinics if each.slug == asked), clinics[0])
    today = wallclock.local_day(request.now, clinic.zone)
    period = _period(request, clinic)
    found = counting.numbers(
        clinic=clinic, period=period, whom=_whom(request), by=request.user, now=request.now
    )
    parts = counted.parts(found)
    file = tables.asked_for(request, [part.table for part in parts])
    if file:
        return _file(file, found)
    context = {
        "numbers": found,
        "parts": parts,
        "clinics": clinics,
        "kinds": KINDS,
        "kept": _kept(found),
        "today": today,
        "longest": LONGEST,
    }
    return render(request, "desk/numbers.html", context)


def _file(table: tables.Table, found: counting.Numbers) -> HttpResponse:
    whose = [slugify(found.practitioner.name)] if found.practitioner else []
    return tables.as_file(table, found.clinic.slug, *whose, found.period.first, "to", found.period.last)


def _kept(found: counting.Numbers) -> dict[str, object]:
    """What every link of the page keeps: the clinic, who treats, and the period."""
    kept: dict[str, object] = {"clinic": found.clinic.slug}
    if found.practitioner:
        kept["practitioner"] = found.practitioner.pk
    return kept


def _whom(request: pages.StaffRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("practitioner", ""))
    except ValueError:
        return None


def _period(request: pages.StaffRequest, clinic: Clinic) -> Period:
    """The period that the address names; what is none is said, and the five weeks stand instead."""
    kind = request.GET.get("period", "")
    if kind == Kind.DATES:
        first, last = (_day(request, clinic, name) for name in ("from", "to"))
        if first <= last and (last - first).days < LONGEST:
            return Period(first, last)
        messages.warning(
            request,
            _("Choose an end that is not before the start, and at most a year: these are five weeks."),
        )
    return named(
        Kind(kind) if kind in set(Kind) - {Kind.DATES} else Kind.RECENT, _day(request, clinic, "day")
    )


def _day(request: pages.StaffRequest, clinic: Clinic, name: str) -> date:
    return pages.chosen_day(request, request.GET.get(name, ""), clinic.zone)
