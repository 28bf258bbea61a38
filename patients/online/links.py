"""The pages behind the links in mails about a visit. Opening one changes nothing, whoever opens it; the button acts."""

from collections.abc import Callable
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
from patients.actions import answering, booking, choosing
from patients.actions.answering import Link, Standing, Verb
from patients.actions.choosing import Wanted
from patients.models import Consultation
from patients.online import showing
from patients.online.forms import ReasonToCancelForm

Act = Callable[[Link, datetime], Consultation]


def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """To say that one comes."""
    return _door(request, token, Verb.CONFIRM, lambda _link, now: answering.confirm(token=token, now=now))


def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """To cancel, with a reason if one likes."""

    def act(_link: Link, now: datetime) -> Consultation:
        form = ReasonToCancelForm(request.POST)
        if not form.is_valid():
            raise booking.ReasonMissing(_("The reason cannot be kept. Write it shorter, in plain letters."))
        return answering.cancel(token=token, reason=form.cleaned_data["reason"], now=now)

    return _door(request, token, Verb.CANCEL, act)


def move(request: HttpRequest, token: str) -> HttpResponse:
    """To choose another of the free times."""

    def act(link: Link, now: datetime) -> Consultation:
        chosen = choosing.chosen(value=request.POST.get("slot", ""), kind=link.visit.type)
        if chosen is None:
            raise booking.NotOffered(_("Choose one of the free times."))
        return answering.move(token=token, practitioner=chosen[0], start=chosen[1], now=now)

    return _door(request, token, Verb.MOVE, act)


def invalid(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The answer to a link that is none of ours, or too old."""
    return render(request, "online/link_invalid.html", {"message": refusal.message}, status=404)


def _door(request: HttpRequest, token: str, verb: Verb, act: Act) -> HttpResponse:
    now = timezone.now()
    try:
        link = answering.opened(token=token, verb=verb, now=now)
    except Refusal as refusal:
        return invalid(request, refusal)
    if request.method != "POST":
        return _page(request, link, now)
    if stopped := throttling.refused(request, door="visit-link", rate="60/h"):
        return stopped
    try:
        act(link, now)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        fresh = answering.opened(token=token, verb=verb, now=now)
        return _page(request, fresh, now, status=STATUS[refusal.kind])
    if verb is Verb.MOVE:
        messages.success(request, _("Your visit is moved. A mail with the new time is on its way."))
    return redirect(f"visit_{verb}", token)


def _page(request: HttpRequest, link: Link, now: datetime, status: int = 200) -> HttpResponse:
    zone = link.visit.clinic.zone
    context: dict[str, Any] = {"link": link, "visit": link.visit, "clinic": link.visit.clinic}
    if link.standing is Standing.READY and link.verb is Verb.CANCEL:
        context["form"] = ReasonToCancelForm(request.POST or None)
    if link.standing is Standing.READY and link.verb is Verb.MOVE:
        context |= _times(request, link.visit, now)
    with timezone.override(zone):
        return render(request, f"online/link_{link.verb}.html", context, status=status)


def _times(request: HttpRequest, visit: Consultation, now: datetime) -> dict[str, Any]:
    today = wallclock.local_day(now, visit.clinic.zone)
    around = max(showing.day(request.GET.get("from", "")) or today, today)
    wanted = Wanted(type=visit.type, clinic=visit.clinic, first=around, patient=visit.patient, moved=visit)
    days = choosing.days(wanted=wanted, now=now)
    chosen = showing.day(request.GET.get("day", ""))
    shown = showing.calendar(days, chosen, today=today, horizon=visit.type.horizon_days)
    return {"shown": shown, "here": reverse("visit_move", args=[request.resolver_match.kwargs["token"]])}  # type: ignore[union-attr]
