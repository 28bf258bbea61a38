"""The page behind the mail that asks to confirm an online booking. Opening it changes nothing; the button books."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.rules import wallclock
from clinic.rules.refusals import Refusal
from clinic.web import throttling
from clinic.web.problems import STATUS
from patients import messages as mails
from patients.actions import choosing, requesting
from patients.actions.choosing import Wanted
from patients.actions.entries import Choice
from patients.models import BookingRequest
from patients.online import kept, links


def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the time and what can be done; POST books it, or the other time that was chosen."""
    now = timezone.now()
    try:
        asked = requesting.opened(token=token, now=now)
    except Refusal as refusal:
        return links.invalid(request, refusal)
    if request.method != "POST":
        return _page(request, asked, now)
    if stopped := throttling.refused(request, door="book-confirm", rate="60/h"):
        return stopped
    try:
        _book(request, token, asked, now)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        is_over = not isinstance(refusal, requesting.Busy)  # who meets a busy diary may press again
        return _page(request, asked, now, status=STATUS[refusal.kind], over=is_over)
    if kept.read(request, now).get("sent", {}).get("request") == str(asked.pk):
        kept.forget(request)  # it was typed in this browser, and has served
    return redirect("book_confirm", token)


def calendar_file(request: HttpRequest, token: str) -> HttpResponse:
    """The booked visit as `.ics`; 404 before it is booked."""
    now = timezone.now()
    try:
        asked = requesting.opened(token=token, now=now)
    except Refusal as refusal:
        return links.invalid(request, refusal)
    if asked.consultation is None:
        raise Http404(_("It is not booked yet. Confirm it first."))
    content = mails.calendar(asked.consultation, now=now)
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="visit.ics"'
    return answer


def _book(request: HttpRequest, token: str, asked: BookingRequest, now: datetime) -> None:
    value = request.POST.get("slot", "")
    if not value:
        requesting.confirm(token=token, now=now)
        return
    chosen = choosing.chosen(value=value, kind=asked.type)
    if chosen is None:
        raise requesting.NotOffered(_("Choose one of the free times."))
    requesting.confirm_at(token=token, choice=Choice(practitioner=chosen[0], start=chosen[1]), now=now)


def _page(
    request: HttpRequest, asked: BookingRequest, now: datetime, status: int = 200, *, over: bool = False
) -> HttpResponse:
    visit, clinic = asked.consultation, asked.clinic
    is_over = visit is None and (over or asked.held_until <= now)
    context: dict[str, Any] = {
        "asked": asked,
        "visit": visit,
        "clinic": clinic,
        "is_over": is_over,
        "now": now,
    }
    if is_over:
        day = wallclock.local_day(asked.start, clinic.zone)
        wanted = Wanted(type=asked.type, clinic=clinic, practitioner=asked.practitioner, first=day)
        context["times"] = choosing.nearest(wanted=wanted, to=asked.start, now=now)
    with timezone.override(clinic.zone):
        return render(request, "online/confirm.html", context, status=status)
