"""The board of today: five lanes, one click an act with its undo, drawn anew when something changed."""

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from clinic import policy
from clinic.models import Clinic, Practitioner
from clinic.rules.refusals import Kind, Refusal
from clinic.web import pages, problems
from clinic.web.pages import StaffRequest
from patients.actions import attending, boarding
from patients.models import Consultation
from patients.web.desk import DeskRequest, desk_page, is_unchanged, signed_stamp

ACTS = {
    "arrive": (attending.arrive, gettext_lazy("%(name)s has arrived.")),
    "start": (attending.start, gettext_lazy("%(name)s is in.")),
    "complete": (attending.complete, gettext_lazy("%(name)s is done.")),
    "no-show": (attending.no_show, gettext_lazy("%(name)s did not come.")),
    "undo": (attending.undo, gettext_lazy("Taken back: %(name)s.")),
}
"""What is done by one click, and what is said of it."""


@desk_page("diary", Clinic)
def board(request: DeskRequest) -> HttpResponse:
    """The lanes of the clinic in view, of everyone or of one practitioner."""
    return render(request, "desk/board.html", _drawn(request))


@pages.signed_in
def changes(request: StaffRequest) -> HttpResponse:
    """204 while the visits are as they were in the same minute; else the lanes drawn anew.

    Every open board asks every second and a half; minutes grow by themselves, so it is drawn once a minute at least.
    """
    if request.GET.get("minute") == _minute(request) and is_unchanged(request, request.GET.get("stamp", "")):
        return HttpResponse(status=204)
    return _redrawn(request)


@desk_page("diary", Clinic)
def _redrawn(request: DeskRequest) -> HttpResponse:
    return render(request, "desk/lanes.html", {**_drawn(request), "part": True})


@require_POST
@desk_page("book", Clinic)
def act(request: DeskRequest, pk: UUID, verb: str) -> HttpResponse:
    """One act on one visit, then the board as it is now, with a way back."""
    if verb not in ACTS:
        raise Http404
    do, words = ACTS[verb]
    row = pages.fetch(request, verb.replace("-", "_"), Consultation.objects.with_names(), pk=pk)
    status, toast = 200, {"text": words % {"name": row.patient.name}, "kind": "success"}
    try:
        do(consultation=row, by=request.user, now=request.now)
    except Refusal as refusal:
        kind = "warning" if refusal.kind in {Kind.CONFLICT, Kind.BUSY} else "error"
        status, toast = problems.STATUS[refusal.kind], {"text": refusal.message, "kind": kind}
    if not request.headers.get("HX-Request"):
        messages.add_message(request, messages.SUCCESS if status == 200 else messages.ERROR, toast["text"])
        return redirect(_address(request))
    if status == 200 and verb != "undo":
        toast["undo"] = f"{reverse('desk_board_act', args=[row.pk, 'undo'])}?{_query(request)}"
    answer = render(request, "desk/lanes.html", {**_drawn(request), "part": True}, status=status)
    answer["HX-Trigger"] = json.dumps({"toast": toast})
    return answer


def _drawn(request: DeskRequest) -> dict[str, Any]:
    """What the template shows; the stamp is taken before the rows are read."""
    view = request.view = replace(request.view, day=request.view.today, drawn="", by_room=False)
    stamp = signed_stamp(request, boarding.extent(view.extent))
    found = boarding.board(clinic=view.clinic, user=request.user, now=request.now)
    people = sorted({each.consultation.practitioner for each in found.tickets}, key=lambda each: each.name)
    whose = next((each for each in people if str(each.pk) == view.who), None)
    if whose is not None:
        found = boarding.only(found, whose)
    pages.seen(request, "board", {each.consultation.patient_id for each in found.tickets})
    return {
        "view": view,
        "board": found,
        "people": _choices(people),
        "whose": whose,
        "stamp": stamp,
        "minute": _minute(request),
        "now": request.now,
        "may_act": policy.may(request.user, "arrive", view.clinic),
        "query": _query(request),
    }


def _choices(people: list[Practitioner]) -> list[Practitioner]:
    """Whose board one may choose; nobody where there is nothing to choose."""
    return people if len(people) > 1 else []


def _minute(request: StaffRequest) -> str:
    return f"{request.now:%H%M}"


def _query(request: DeskRequest) -> str:
    view = request.view
    return f"clinic={view.clinic.slug}" + (f"&who={view.who}" if view.who else "")


def _address(request: DeskRequest) -> str:
    return f"{reverse('desk_board')}?{_query(request)}"
