"""The visits that stand outside the hours, after a sheet of hours was saved: each is moved, asked for or cancelled."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from clinic.models import Clinic, Practitioner
from clinic.web import pages
from patients.actions import outside
from patients.actions.clearing import Clearing
from patients.desk import ending
from patients.desk.ending import Tried
from patients.models import Consultation


@pages.for_who_may("move", Consultation)
def visits(request: pages.StaffRequest) -> HttpResponse:
    """Those of the practitioner or the clinic that the address names; posted, one thing is done with the ticked."""
    of = _of(request)
    found, tried = _found(request, of), Tried()
    if request.method == "POST":
        tried = ending.clear(request, found)
        found = found if tried.form else _found(request, of)
    key = "practitioner" if isinstance(of, Practitioner) else "clinic"
    context = {
        "of": of,
        "here": f"{reverse('desk_outside')}?{key}={of.pk}",
        **ending.shown(request, found, tried, "visits outside the hours"),
    }
    number = pages.status(tried.form) if tried.form else 200
    return render(request, "desk/outside.html", context, status=number)


def _of(request: pages.StaffRequest) -> Practitioner | Clinic:
    if key := request.GET.get("practitioner"):
        return pages.fetch(request, "view", Practitioner, pk=key)
    if key := request.GET.get("clinic"):
        return pages.fetch(request, "view", Clinic, pk=key)
    raise Http404


def _found(request: pages.StaffRequest, of: Practitioner | Clinic) -> Clearing:
    return outside.outside_hours(of=of, user=request.user, now=request.now)
