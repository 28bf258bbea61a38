"""Answers what was dragged in the diary: the day as it is now, with a way back, or why not, and the page for a form."""

import json
from collections.abc import Mapping
from datetime import date, datetime, time
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from clinic.rules import wallclock
from clinic.rules.refusals import Kind, Refusal
from clinic.web import problems
from patients.actions import reverting
from patients.models import Consultation
from patients.web.desk import DeskRequest, Panel, day_in_view, page
from patients.web.view import View

TOAST = {Kind.CONFLICT: "warning", Kind.BUSY: "warning"}
"""How a refusal looks; any other stays until it is closed."""


def way_back(view: View, row: Consultation) -> str:
    """Where a POST takes back what was just done to the visit. One query."""
    told = {**view.kept, "change": reverting.last_change(row)}
    return f"{reverse('desk_visit_take_back', args=[row.pk])}?{urlencode(told)}"


def undo(view: View, row: Consultation) -> str:
    """Where a POST takes the last status of the visit back."""
    return f"{reverse('desk_visit_change', args=[row.pk, 'undo'])}?{urlencode(view.kept)}"


def told(request: DeskRequest) -> Mapping[str, str]:
    """What the form says; an address that undoes says it itself."""
    return {**request.GET.dict(), **request.POST.dict()}


def local(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant of a place in the diary; the first of two where clocks show it twice. Raises NoSuchTime."""
    return wallclock.resolve(day, at, zone, fold=0)


def done(request: DeskRequest, row: Consultation, words: str, undo: str = "") -> HttpResponse:
    """The day in view with the words and their undo; for a form, the visit's page."""
    if not is_dragged(request):
        messages.success(request, words, extra_tags=undo)
        day = wallclock.local_day(row.start, row.clinic.zone)
        return redirect(request.view.address(day=day.isoformat(), visit=row.pk))
    return _redrawn(request, {"text": words, "kind": "success", **({"undo": undo} if undo else {})})


def gone(request: DeskRequest, words: str) -> HttpResponse:
    """The day in view with the words, where there is no visit to show any more."""
    if not is_dragged(request):
        messages.success(request, words)
        return redirect(request.view.address())
    return _redrawn(request, {"text": words, "kind": "success"})


def refused(request: DeskRequest, panel: Panel, refusal: Refusal) -> HttpResponse:
    """The day as it is, and why; the panel with what is free where the place was taken. For a form, the page."""
    status = problems.STATUS[refusal.kind]
    if not is_dragged(request):
        return page(request, panel, status=status)
    toast = {"text": refusal.message, "kind": TOAST.get(refusal.kind, "error")}
    return _redrawn(request, toast, panel if refusal.kind is Kind.CONFLICT else None, status)


def ill_told(request: DeskRequest, form: forms.Form, address: str) -> HttpResponse:
    """What the form does not say, in a sentence."""
    words = str(next(iter(form.errors.values()))[0])
    if not is_dragged(request):
        messages.error(request, words)
        return redirect(address)
    return _redrawn(request, {"text": words, "kind": "error"}, status=422)


def is_dragged(request: DeskRequest) -> bool:
    """Whether the diary's own script asks, and not a form."""
    return bool(request.headers.get("HX-Request"))


def _redrawn(
    request: DeskRequest, toast: dict[str, str], panel: Panel | None = None, status: int = 200
) -> HttpResponse:
    context = day_in_view(request, panel.patients if panel else frozenset())
    found = {**context, **(panel.context if panel else {}), "part": True}
    answer = render(request, "desk/redrawn.html", found, status=status)
    answer["HX-Trigger"] = json.dumps({"toast": toast})
    return answer
