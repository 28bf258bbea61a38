"""The diary of a day: a column a practitioner, or a list; the panel beside it books, or shows one visit."""

from typing import Any

from django.http import HttpResponse

from clinic.models import Clinic
from clinic.web import pages
from patients.actions import daybook
from patients.desk import panel, visit
from patients.web.desk import View, page, view_of


@pages.for_who_may("book", Clinic)
def diary(request: pages.StaffRequest) -> HttpResponse:
    """The day in view. `visit` opens one visit in the panel, `patient` and `type` a booking."""
    view = view_of(request)
    day = daybook.day(clinic=view.clinic, on=view.day, now=request.now)
    pages.seen(request, "diary", (each.consultation.patient_id for each in day.visits))
    return page(request, view, {"day": day, **_panel(request, view)})


def _panel(request: pages.StaffRequest, view: View) -> dict[str, Any]:
    if "visit" in request.GET:
        return visit.context(request, view, request.GET["visit"])
    return panel.context(request, view)
