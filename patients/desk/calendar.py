"""The diary of a day: a column a practitioner, or a list; the panel beside it books, or shows one visit."""

from django.http import HttpResponse

from clinic.models import Clinic
from patients.desk import panel, visit
from patients.web.desk import DeskRequest, desk_page, page


@desk_page("diary", Clinic)
def diary(request: DeskRequest) -> HttpResponse:
    """The day in view. `visit` opens one visit in the panel, `patient` and `type` a booking."""
    if "visit" in request.GET:
        return page(request, visit.shown(request, request.GET["visit"]))
    return page(request, panel.shown(request))
