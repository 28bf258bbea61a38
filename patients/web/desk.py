"""What every page of the desk shares: the clinic and day in view, the month, and addresses that keep both."""

from calendar import Calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import policy
from clinic.models import Clinic
from clinic.rules import wallclock
from clinic.web import pages
from clinic.web.pages import StaffRequest
from patients.actions import daybook
from patients.actions.daybook import Day, Visit
from patients.rules.lifecycle import Status

P = ParamSpec("P")
OVER = frozenset({Status.COMPLETED, Status.NO_SHOW})
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
class Panel:
    """What the panel beside the day shows, and which patients it names."""

    context: dict[str, Any]
    patients: frozenset[UUID] = frozenset()


@dataclass(frozen=True, kw_only=True)
class MonthDay:
    """A day of the small calendar."""

    day: date
    url: str
    outside: bool
    current: bool
    level: int


class DeskRequest(StaffRequest):
    """A request of somebody who reads a diary; `view` says which, and of what day."""

    view: View


def desk_page(
    act: str, model: type[Model]
) -> Callable[
    [Callable[Concatenate[DeskRequest, P], HttpResponse]],
    Callable[Concatenate[HttpRequest, P], HttpResponse],
]:
    """A page of the desk, for who has the act to some row of the model.

    The clock of the clinic in view is in force until the answer is made, and not for the thread's next request.
    """

    def decorate(
        view: Callable[Concatenate[DeskRequest, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @pages.for_who_may(act, model)
        @wraps(view)
        def door(request: StaffRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            request.view = _view(request)  # type: ignore[attr-defined]
            with timezone.override(request.view.clinic.zone):  # type: ignore[attr-defined]
                return view(request, *args, **kwargs)  # type: ignore[arg-type]

        return door

    return decorate


def _view(request: StaffRequest) -> View:
    """From `clinic` (short name) and `day` of the address or form; else the first of one's own clinics, today.

    A clinic whose diary one may not read counts as none.
    """
    told = {**request.GET.dict(), **request.POST.dict()}
    rows = policy.visible(request.user, Clinic, "diary").filter(archived_at=None)
    own = policy.reach(request.user).anywhere
    clinics = list(rows.order_by("name"))
    named = told.get("clinic_in_view", told.get("clinic"))
    first = sorted(clinics, key=lambda clinic: (clinic.slug != named, clinic.pk not in own))[:1]
    if not first:
        raise PermissionDenied(_("No clinic of yours is open. Ask a manager to give you a role in one."))
    clinic = first[0]
    return View(
        clinic=clinic,
        clinics=clinics,
        day=pages.chosen_day(request, told.get("day", ""), clinic.zone),
        today=wallclock.local_day(request.now, clinic.zone),
        as_list=told.get("view") == "list",
    )


def page(request: DeskRequest, panel: Panel, status: int = 200) -> HttpResponse:
    """The diary with the panel; a list where the address says so. All patients of both are written down as seen."""
    view = request.view
    day = daybook.day(clinic=view.clinic, on=view.day, user=request.user, now=request.now)
    of_day = (visit.consultation.patient_id for visit in (*day.visits, *day.cancelled))
    pages.seen(request, "diary", {*of_day, *panel.patients})
    template = "desk/list.html" if view.as_list else "desk/diary.html"
    over, ahead = _by_now(day, view)
    furniture = {
        "view": view,
        "over": over,
        "ahead": ahead,
        "next_pk": next(
            (each.consultation.pk for each in ahead if each.consultation.start > request.now), None
        ),
        "day": day,
        "now": request.now,
        "month": _month(request),
        "before": view.day - timedelta(days=1),
        "after": view.day + timedelta(days=1),
        "hints": _hints(day),
    }
    return render(request, template, {**furniture, **panel.context}, status=status)


def _by_now(day: Day, view: View) -> tuple[list[Visit], list[Visit]]:
    """Today's visits of which nothing is left to do, and the others; on another day all stand together."""
    over = [each for each in day.visits if view.day == view.today and each.is_past and each.status in OVER]
    return over, [each for each in day.visits if each not in over]


def _month(request: DeskRequest) -> list[list[MonthDay]]:
    """The weeks of the month in view, Monday first."""
    view = request.view
    weeks = Calendar().monthdatescalendar(view.day.year, view.day.month)
    full = daybook.fullness(clinic=view.clinic, first=weeks[0][0], last=weeks[-1][-1], user=request.user)
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
