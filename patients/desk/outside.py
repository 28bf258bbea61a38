"""The visits that stand outside the hours, after a sheet of hours was saved: each with its way into the diary."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from clinic.models import Clinic, Practitioner
from clinic.web import pages
from patients.actions import outside
from patients.models import Consultation


@pages.for_who_may("move", Consultation)
def visits(request: pages.StaffRequest) -> HttpResponse:
    """Those of the practitioner or the clinic that the address names."""
    of: Practitioner | Clinic
    if key := request.GET.get("practitioner"):
        of = pages.fetch(request, "view", Practitioner, pk=key)
    elif key := request.GET.get("clinic"):
        of = pages.fetch(request, "view", Clinic, pk=key)
    else:
        raise Http404
    found = outside.outside_hours(of=of, user=request.user, now=request.now)
    pages.seen(request, "visits outside the hours", (visit.patient_id for visit in found.visits))
    return render(request, "desk/outside.html", {"of": of, "found": found})
