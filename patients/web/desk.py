"""What every page of the desk shares: the clinic and day in view, the month, and addresses that keep both."""

from calendar import Calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date

from clinic import policy
from clinic.models import Clinic
from clinic.rules import wallclock
from clinic.web.pages import StaffRequest
from patients.actions import daybook
from patients.actions.daybook import Day

LEVELS = 3
"""Steps in which the bar under a day of the month grows."""


@dataclass(frozen=True, kw_only=True)
class View:
    """The clinic and day in view, and who asks. `address` builds links that keep them."""

    clinic: Clinic
    clinics: list[Clinic]
    day: date
    today: date
    as_list: bool

    def address(self, **more: object) -> str:
        """The diary's address with this clinic and day, and what else is in view."""
        told = {"clinic": self.clinic.slug, "day": self.day.isoformat(), **more}
        if self.as_list:
            told.setdefault("view", "list")
        return f"{reverse('desk')}?{urlencode({key: value for key, value in told.items() if value})}"


@dataclass(frozen=True, kw_only=True)
class MonthDay:
    """A day of the small calendar."""

    day: date
    url: str
    outside: bool
    current: bool
    level: int


def view_of(request: StaffRequest) -> View:
    """From `clinic` (short name) and `day` of the address or form; else the first of one's own clinics, today."""
    told = {**request.GET.dict(), **request.POST.dict()}
    clinics = list(Clinic.objects.filter(archived_at=None).order_by("name"))
    own = policy.reach(request.user).anywhere
    ordered = sorted(clinics, key=lambda clinic: clinic.pk not in own)
    clinic = next((each for each in clinics if each.slug == told.get("clinic_in_view", told.get("clinic"))), ordered[0])
    timezone.activate(clinic.zone)
    today = wallclock.local_day(request.now, clinic.zone)
    return View(
        clinic=clinic, clinics=clinics, day=_day(told.get("day", "")) or today, today=today,
        as_list=told.get("view") == "list",
    )  # fmt: skip


def _day(text: str) -> date | None:
    """A date of the address; a made-up one counts as none."""
    try:
        return parse_date(text)
    except ValueError:
        return None


def page(request: StaffRequest, view: View, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The diary with whatever panel the context names; a list where the address says so."""
    day = context.get("day") or daybook.day(clinic=view.clinic, on=view.day, now=request.now)
    template = "desk/list.html" if view.as_list else "desk/diary.html"
    furniture = {
        "view": view,
        "day": day,
        "now": request.now,
        "month": _month(view),
        "before": view.day - timedelta(days=1),
        "after": view.day + timedelta(days=1),
        "hints": _hints(day),
    }
    return render(request, template, {**furniture, **context}, status=status)


def _month(view: View) -> list[list[MonthDay]]:
    """The weeks of the month in view, Monday first."""
    weeks = Calendar().monthdatescalendar(view.day.year, view.day.month)
    full = daybook.fullness(clinic=view.clinic, first=weeks[0][0], last=weeks[-1][-1])
    most = max(full.values(), default=1)
    link = View.address
    return [
        [
            MonthDay(
                day=day,
                url=link(view, day=day.isoformat()),
                outside=day.month != view.day.month,
                current=day == view.day,
                level=-(-LEVELS * full.get(day, 0) // most),
            )
            for day in week
        ]
        for week in weeks
    ]


def _hints(day: Day) -> dict[str, int]:
    """The numbers in the footer."""
    counts = day.counts
    return {
        "all": sum(counts.values()) - counts["cancelled"],
        "completed": counts["completed"],
        "in": counts["in_progress"],
        "waiting": counts["arrived"],
        "unresolved": counts["unresolved"],
    }
