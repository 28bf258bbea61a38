"""Answers what was dragged in the diary: the day as it is now, with a way back, or why not, and the page for a form."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from clinic.rules import wallclock
from clinic.rules.refusals import Kind, Refusal
from clinic.web import problems
from patients.models import Consultation
from patients.web.desk import DeskRequest, Panel, day_in_view, page
from patients.web.view import View

TOAST = {Kind.CONFLICT: "warning", Kind.BUSY: "warning"}
"""How a refusal looks; any other stays until it is closed."""


@dataclass(frozen=True, kw_only=True)
class Was:
    """Where a visit stood before it was changed."""

    visit: UUID
    practitioner: UUID
    start: datetime
    end: datetime
    zone: ZoneInfo
    room: UUID | None = None

    @classmethod
    def of(cls, row: Consultation, *, with_room: bool = False) -> "Was":
        """Of a visit that is not changed yet; its room counts where the room is what is changed."""
        return cls(
            visit=row.pk,
            practitioner=row.practitioner_id,
            start=row.start,
            end=row.end,
            zone=row.clinic.zone,
            room=row.block.room_id if with_room else None,
        )

    def way_back(self, view: View) -> str:
        """Where a POST moves it back."""
        slot = f"{self.practitioner}|{self.start.isoformat()}"
        room = {"room": str(self.room)} if self.room else {}
        return self._post_to("desk_visit_move", view, {"slot": slot, **room})

    def end_back(self, view: View) -> str:
        """Where a POST gives it its old end back."""
        return self._post_to("desk_visit_lengthen", view, {"end": f"{self.end.astimezone(self.zone):%H:%M}"})

    def _post_to(self, name: str, view: View, more: dict[str, str]) -> str:
        return f"{reverse(name, args=[self.visit])}?{urlencode({**view.kept, **more})}"


def told(request: DeskRequest) -> Mapping[str, str]:
    """What the form says; an address that undoes says it itself."""
    return {**request.GET.dict(), **request.POST.dict()}


def local(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant of a place in the diary; the first of two where clocks show it twice. Raises NoSuchTime."""
    return wallclock.resolve(day, at, zone, fold=0)


def done(request: DeskRequest, row: Consultation, words: str, undo: str) -> HttpResponse:
    """The day in view with the words and their undo; for a form, the visit's page."""
    if not is_dragged(request):
        messages.success(request, words)
        day = wallclock.local_day(row.start, row.clinic.zone)
        return redirect(request.view.address(day=day.isoformat(), visit=row.pk))
    return _redrawn(request, {"text": words, "kind": "success", "undo": undo})


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
