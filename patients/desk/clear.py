"""One entry of leave with the visits below it: each is moved, asked for or cancelled, some of them or all at once."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from clinic.models import HoursException
from clinic.web import pages
from patients.actions import clearing
from patients.actions.clearing import Clearing
from patients.desk import ending, leave
from patients.desk.ending import Tried


@pages.for_who_may("add", HoursException)
def one(request: pages.StaffRequest, pk: UUID) -> HttpResponse:
    """One entry, with the visits that have to be cleared."""
    row = pages.fetch(request, "add", leave.rows(), pk=pk)
    return _page(request, row, _below(request, row), Tried())


@require_POST
@pages.for_who_may("add", HoursException)
def clear(request: pages.StaffRequest, pk: UUID) -> HttpResponse:
    """Does one thing with the ticked visits, each by itself, and says of each what became of it."""
    row = pages.fetch(request, "add", leave.rows(), pk=pk)
    found = _below(request, row)
    tried = ending.clear(request, found)
    return _page(request, row, found if tried.form else _below(request, row), tried)


def _below(request: pages.StaffRequest, row: HoursException) -> Clearing:
    return clearing.to_clear(exception=row, user=request.user, now=request.now)


def _page(request: pages.StaffRequest, row: HoursException, found: Clearing, tried: Tried) -> HttpResponse:
    context = {
        "row": row,
        "zone": leave.zone_of(request.user, row),
        "is_over": row.end <= request.now,
        **ending.shown(request, found, tried, "visits below leave"),
    }
    number = pages.status(tried.form) if tried.form else 200
    return render(request, "desk/leave_one.html", context, status=number)
