"""The page behind the mail that asks for another time. Opening it changes nothing; the button moves the visit."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.rules import wallclock
from clinic.rules.refusals import Refusal
from clinic.web import throttling
from clinic.web.problems import STATUS
from patients.actions import asking, booking, choosing
from patients.actions.asking import Request, Standing
from patients.online import links, showing


def choose(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the old time and what is free; POST moves the visit to the time that was chosen."""
    now = timezone.now()
    try:
        asked = asking.opened(token=token, now=now)
    except Refusal as refusal:
        return links.invalid(request, refusal)
    if request.method != "POST":
        return _page(request, asked, token, now)
    if stopped := throttling.refused(request, door="choose-again", rate="60/h"):
        return stopped
    try:
        _move(request, asked, token, now)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        fresh = asking.opened(token=token, now=now)
        return _page(request, fresh, token, now, status=STATUS[refusal.kind])
    return redirect("choose_again", token)


def _move(request: HttpRequest, asked: Request, token: str, now: datetime) -> None:
    chosen = choosing.chosen(value=request.POST.get("slot", ""), kind=asked.visit.type)
    if chosen is None:
        raise booking.NotOffered(_("Choose one of the free times."))
    asking.choose(token=token, practitioner=chosen[0], start=chosen[1], now=now)


def _page(request: HttpRequest, asked: Request, token: str, now: datetime, status: int = 200) -> HttpResponse:
    visit = asked.visit
    context: dict[str, Any] = {"visit": visit, "clinic": visit.clinic, "standing": asked.standing}
    if asked.standing is Standing.READY:
        today = wallclock.local_day(now, visit.clinic.zone)
        first = max(showing.day(request.GET.get("from", "")) or today, today)
        wanted = choosing.Wanted(
            type=visit.type, clinic=visit.clinic, first=first, patient=visit.patient, moved=visit
        )
        context["same_time"] = choosing.with_colleagues(visit=visit, now=now)
        context["shown"] = showing.calendar(
            choosing.days(wanted=wanted, now=now),
            showing.day(request.GET.get("day", "")),
            today=today,
            horizon=visit.type.horizon_days,
        )
        context["here"] = reverse("choose_again", args=[token])
    with timezone.override(visit.clinic.zone):
        return render(request, "online/again.html", context, status=status)
