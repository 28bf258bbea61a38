"""The diary of a day or week: columns, or a list; the panel beside it books, or shows one visit.

And what goes with it: whether another desk changed it meanwhile, and the sheet to print.
"""

from django.http import HttpResponse
from django.shortcuts import render

from clinic.models import Clinic
from clinic.web import pages
from clinic.web.pages import StaffRequest
from patients.actions import daybook
from patients.desk import panel, visit
from patients.web.desk import DeskRequest, day_in_view, desk_page, is_unchanged, page


@desk_page("diary", Clinic)
def diary(request: DeskRequest) -> HttpResponse:
    """The day in view. `visit` opens one visit in the panel, `patient` and `type` a booking."""
    if "visit" in request.GET:
        return page(request, visit.shown(request, request.GET["visit"]))
    return page(request, panel.shown(request))


@pages.signed_in
def changes(request: StaffRequest) -> HttpResponse:
    """204 while the rows of the stamp are as they were; else the day or week in view, drawn anew.

    Every open diary asks every second and a half, so the usual answer costs one query besides the two of the session.
    """
    if is_unchanged(request, request.GET.get("stamp", "")):
        return HttpResponse(status=204)
    return _changed(request)


@desk_page("diary", Clinic)
def _changed(request: DeskRequest) -> HttpResponse:
    return render(request, "desk/redrawn.html", {**day_in_view(request), "part": True})


@desk_page("diary", Clinic)
def sheet(request: DeskRequest) -> HttpResponse:
    """The day on paper, a sheet a practitioner."""
    view = request.view
    day = daybook.day(clinic=view.clinic, on=view.day, user=request.user, now=request.now)
    pages.seen(request, "day sheet", {visit.consultation.patient_id for visit in day.visits})
    sheets = [column for column in day.columns if column.visits]
    return render(
        request, "desk/print.html", {"view": view, "day": day, "sheets": sheets, "now": request.now}
    )
