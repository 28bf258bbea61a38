"""What every page of the desk shares: the clinic and day in view, the month, and addresses that keep both."""

from calendar import Calendar
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.core import signing
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from clinic import policy
from clinic.models import HoursException
from clinic.rules.intervals import Span
from clinic.web import pages
from clinic.web.pages import StaffRequest
from patients.actions import daybook, daybook_overview, daybook_stamp, daybook_week
from patients.actions.daybook import Day, Visit
from patients.actions.daybook_stamp import Extent
from patients.rules.lifecycle import Status
from patients.web import view as viewing
from patients.web.view import View

P = ParamSpec("P")
OVER = frozenset({Status.COMPLETED, Status.NO_SHOW})
SALT = "diary in view"
LEVELS = 3
"""Steps in which the bar under a day of the month grows."""


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
    in_view: bool
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
            request.view = viewing.asked(request)  # type: ignore[attr-defined]
            with timezone.override(request.view.clinic.zone):  # type: ignore[attr-defined]
                return view(request, *args, **kwargs)  # type: ignore[arg-type]

        return door

    return decorate


def page(request: DeskRequest, panel: Panel, status: int = 200) -> HttpResponse:
    """The diary with the panel. All patients of both are written down as seen."""
    drawn = day_in_view(request, panel.patients)
    may_leave = policy.can(request.user, "add", HoursException)
    furniture = {**drawn, "month": _month(request), "may_leave": may_leave}
    return render(request, "desk/diary.html", {**furniture, **panel.context}, status=status)


def day_in_view(request: DeskRequest, more: frozenset[UUID] = frozenset()) -> dict[str, Any]:
    """What the template of the day or week in view shows. Its patients, and those of `more`, are written down as seen.

    The stamp is taken before the rows are read, so that what changes in between is found by the next look.
    """
    view = request.view
    stamp = signed_stamp(request, view.extent)
    if view.of_all:
        if more:
            pages.seen(request, "week", more)
        return {"view": view, "stamp": stamp, "now": request.now, **_week_of_all(request)}
    day = _rows(request)
    of_day = (visit.consultation.patient_id for visit in (*day.visits, *day.cancelled))
    pages.seen(request, "week" if view.is_week else "diary", {*of_day, *more})
    over, ahead = _by_now(day, view)
    return {
        "view": view,
        "stamp": stamp,
        "over": over,
        "ahead": sorted([*ahead, *day.holds], key=lambda each: each.start),
        "next_pk": _next(ahead, request),
        "day": day,
        "now": request.now,
        "hints": _hints(day.counts),
    }


def _next(ahead: list[Visit], request: DeskRequest) -> UUID | None:
    """The visit before which the line for now is drawn; none on another day."""
    to_come = [each.consultation.pk for each in ahead if each.start > request.now]
    return to_come[0] if to_come and request.view.shows_today else None


def signed_stamp(request: DeskRequest, extent: Extent) -> str:
    """What the page gives back when it asks whether anything changed: whose look at which rows, and their stamp."""
    told = [
        str(request.user.pk), str(extent.clinic), extent.window.start.isoformat(), extent.window.end.isoformat(),
        str(extent.practitioner or ""), str(extent.room or ""),
        extent.open_since.isoformat() if extent.open_since else "",
        daybook_stamp.stamp(extent, request.now),
    ]  # fmt: skip
    return signing.dumps(told, salt=SALT)


def is_unchanged(request: StaffRequest, text: str) -> bool:
    """Whether the rows of a signed stamp of this very user are as they were. One query, and none for a made-up stamp.

    Who lost a right since learns nothing more than that nothing changed; what changed is drawn under today's rights.
    """
    try:
        user, clinic, start, end, practitioner, room, since, stamp = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError):  # made up, or of an older release
        return False
    extent = Extent(
        clinic=UUID(clinic),
        window=Span(datetime.fromisoformat(start), datetime.fromisoformat(end)),
        practitioner=UUID(practitioner) if practitioner else None,
        room=UUID(room) if room else None,
        open_since=datetime.fromisoformat(since) if since else None,
    )
    return bool(user == str(request.user.pk) and daybook_stamp.stamp(extent, request.now) == stamp)


def _rows(request: DeskRequest) -> Day:
    """The day or week in view."""
    view, whose = request.view, request.view.whose
    if view.is_week and whose is not None:
        return daybook_week.week(
            clinic=view.clinic,
            whose=whose,
            on=view.day,
            user=request.user,
            now=request.now,
            among=view.choices,
        )
    by_room = view.by_room and not view.as_list
    return daybook.day(clinic=view.clinic, on=view.day, user=request.user, now=request.now, by_room=by_room)


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
    return [
        [
            MonthDay(
                day=day,
                url=view.address(day=day.isoformat()),
                outside=day.month != view.day.month,
                current=day == view.day,
                in_view=day in view.dates,
                level=-(-LEVELS * full.get(day, 0) // most),
            )
            for day in week
        ]
        for week in weeks
    ]


def _week_of_all(request: DeskRequest) -> dict[str, Any]:
    """The week of everybody, in which nobody's name stands."""
    view = request.view
    week = daybook_overview.overview(
        clinic=view.clinic,
        on=view.day,
        whose=view.choices,
        by_room=view.by_room,
        user=request.user,
        now=request.now,
    )
    return {"week": week, "hints": _hints(week.counts)}


def _hints(counts: Counter[str]) -> dict[str, int]:
    """The numbers in the footer."""
    return {
        "all": sum(counts.values()) - counts["cancelled"],
        "completed": counts["completed"],
        "in": counts["in_progress"],
        "waiting": counts["arrived"],
        "unresolved": counts["unresolved"],
    }
