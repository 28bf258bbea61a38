"""The patient's consultations: the next one, later and past ones, and each as a calendar file."""

from django.db.models import Q
from django.http import HttpResponse

from clinic.web import pages
from patients import messages
from patients.actions.holding import NEVER_A_VISIT
from patients.models import Consultation
from patients.rules.lifecycle import Status
from patients.web.portal import PortalRequest, page, portal_page

PAST = 20
"""So many past visits are shown."""


@portal_page
def visits(request: PortalRequest) -> HttpResponse:
    """Next, later, past, and what is cancelled of the time to come; the reason where the clinic cancelled."""
    mine = Consultation.objects.filter(patient=request.patient).with_names()
    coming = list(mine.upcoming(request.now))
    over = mine.filter(Q(start__lte=request.now) | Q(status=Status.CANCELLED))
    rows = list(over.exclude(status=Status.HELD).exclude(NEVER_A_VISIT).order_by("-start")[:PAST])
    pages.seen(request, "visits", [request.patient.pk])
    context = {
        "next": coming[0] if coming else None,
        "later": coming[1:],
        "past": [row for row in rows if row.start <= request.now],
        "cancelled": [row for row in reversed(rows) if row.start > request.now],
    }
    return page(request, "portal/visits.html", "portal_visits", context)


@portal_page
def calendar_file(request: PortalRequest, pk: str) -> HttpResponse:
    """The visit as `.ics`, the same event as in the mail."""
    visit = pages.fetch(request, "open", Consultation.objects.with_names(), pk=pk)
    pages.seen(request, "visit file", [visit.patient_id])
    return HttpResponse(
        messages.calendar(visit, now=request.now), content_type="text/calendar; charset=utf-8"
    )
