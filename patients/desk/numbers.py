"""The manager's page: one clinic's numbers of this week and the four before."""

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import render

from clinic import policy
from clinic.models import Clinic
from clinic.web import pages
from patients.actions import counting


@pages.for_who_may("count", Clinic)
def numbers(request: pages.StaffRequest) -> HttpResponse:
    """The numbers of the clinic that the address names, else of the first of one's own."""
    mine = policy.visible(request.user, Clinic, "count")
    clinics = list(mine.order_by(F("archived_at").desc(nulls_first=True), "name"))
    asked = request.GET.get("clinic")
    clinic = next((each for each in clinics if each.slug == asked), clinics[0])
    found = counting.numbers(clinic=clinic, by=request.user, now=request.now)
    return render(request, "desk/numbers.html", {"numbers": found, "clinics": clinics})
