"""The page behind the mail that offers a freed time. Opening it changes nothing, whoever opens it; a button answers."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.rules.refusals import Refusal
from clinic.web import throttling
from clinic.web.problems import STATUS
from patients.actions import waiting
from patients.models import Answer, Offer
from patients.online import links

KEEP = "keep"


def offer(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the time, where, and until when it is held; POST takes it, or lets it go."""
    now = timezone.now()
    try:
        found = waiting.opened(token=token, now=now)
    except Refusal as refusal:
        return links.invalid(request, refusal)
    if request.method != "POST":
        return _page(request, found, now)
    if stopped := throttling.refused(request, door="offer", rate="60/h"):
        return stopped
    try:
        _answer(request, found, now)
    except Refusal as refusal:
        fresh = waiting.opened(token=token, now=now)
        if fresh.answer != _wanted(request):  # else it was pressed twice, and stands as they want it
            messages.error(request, refusal.message)
            return _page(request, fresh, now, status=STATUS[refusal.kind])
    return redirect("offer", token)


def _wanted(request: HttpRequest) -> Answer:
    return Answer.DECLINED if request.POST.get("answer") == "decline" else Answer.ACCEPTED


def _answer(request: HttpRequest, found: Offer, now: datetime) -> None:
    if _wanted(request) is Answer.DECLINED:
        waiting.decline(offer=found, now=now)
        return
    chosen = request.POST.get("other", "")
    try:
        given = UUID(chosen) if chosen not in {"", KEEP} else None
    except ValueError:
        raise waiting.NotGivenBack(_("Choose whether you keep your other visit.")) from None
    waiting.accept(offer=found, give_back=given, now=now)


def _page(request: HttpRequest, found: Offer, now: datetime, status: int = 200) -> HttpResponse:
    visit = found.consultation
    is_open = found.answer == Answer.OPEN and found.expires_at > now
    others = waiting.others(offer=found, now=now) if is_open else []
    context = {
        "offer": found,
        "others": [each for each in others if waiting.is_in_time(each, now)],
        "late": [each for each in others if not waiting.is_in_time(each, now)],
        "visit": visit,
        "clinic": visit.clinic,
        "standing": "open" if is_open else found.answer or Answer.EXPIRED,
    }
    with timezone.override(visit.clinic.zone):
        return render(request, "online/offer.html", context, status=status)
