"""The page behind the mail that offers a freed time. Opening it changes nothing, whoever opens it; a button answers."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from clinic.rules.refusals import Refusal
from clinic.web import throttling
from clinic.web.problems import STATUS
from patients.actions import waiting
from patients.models import Answer, Offer
from patients.online import links


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
    answer = waiting.decline if request.POST.get("answer") == "decline" else waiting.accept
    try:
        answer(offer=found, now=now)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return _page(request, waiting.opened(token=token, now=now), now, status=STATUS[refusal.kind])
    return redirect("offer", token)


def _page(request: HttpRequest, found: Offer, now: datetime, status: int = 200) -> HttpResponse:
    visit = found.consultation
    is_open = found.answer == Answer.OPEN and found.expires_at > now
    context = {
        "offer": found,
        "visit": visit,
        "clinic": visit.clinic,
        "standing": "open" if is_open else found.answer or Answer.EXPIRED,
    }
    with timezone.override(visit.clinic.zone):
        return render(request, "online/offer.html", context, status=status)
