"""Answers in the online booking that alarm, with a booking or without: for a clinician to look at and sign off."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import tzinfo
from itertools import chain

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.rules.refusals import Refusal
from clinic.web import pages
from patients.actions import alarming, requesting
from patients.models import AlarmingAnswer, BookingRequest
from patients.rules import redflags
from patients.rules.redflags import Answer

Row = AlarmingAnswer | BookingRequest
LOOKED_AT = LATELY = 20
"""So many that were looked at, and that were booked lately, are shown below."""
WAITING = 50
KINDS = {"answer", "booking"}
"""As addresses say what a row is."""


@dataclass(frozen=True)
class Alarm:
    """A request, or answers after which nobody asked for a time, with what was said."""

    row: Row
    said: list[tuple[str, bool]]
    """The question, and whether the answer was "not sure"."""

    @property
    def kind(self) -> str:
        """What it is, as its address says."""
        return "booking" if isinstance(self.row, BookingRequest) else "answer"

    @property
    def zone(self) -> tzinfo:
        """Where its times are told: the installation's zone while no clinic is chosen."""
        return self.row.clinic.zone if self.row.clinic else timezone.get_default_timezone()


@pages.for_who_may("review", BookingRequest)
def requests(request: pages.StaffRequest) -> HttpResponse:
    """Those that wait, emergencies first, then the newest; what was signed off last, and booked online lately."""
    asked, left = alarming.requests(by=request.user), alarming.left(by=request.user)
    waiting: list[Row] = [
        *asked.filter(reviewed_at=None)[:WAITING],
        *left.filter(reviewed_at=None)[:WAITING],
    ]
    waiting.sort(key=lambda row: (not getattr(row, "is_emergency", False), -row.made_at.timestamp()))
    looked_at: list[Row] = [
        *asked.exclude(reviewed_at=None)[:LOOKED_AT],
        *left.exclude(reviewed_at=None)[:LOOKED_AT],
    ]
    looked_at.sort(key=lambda row: row.reviewed_at or row.made_at, reverse=True)
    lately = list(requesting.lately(by=request.user, now=request.now)[:LATELY])
    _seen(request, chain(waiting, looked_at, lately))
    context = {
        "waiting": [_alarm(row) for row in waiting],
        "looked_at": [_alarm(row) for row in looked_at[:LOOKED_AT]],
        "lately": lately,
        "now": request.now,
    }
    return render(request, "desk/online.html", context)


@require_POST
@pages.for_who_may("review", BookingRequest)
def looked_at(request: pages.StaffRequest, kind: str, pk: str) -> HttpResponse:
    """A clinician has looked at it, and says what was done."""
    if kind not in KINDS:
        raise Http404
    row: Row
    if kind == "booking":
        row = pages.fetch(request, "review", BookingRequest, pk=pk)
    else:
        row = pages.fetch(request, "review", AlarmingAnswer, pk=pk)
    try:
        alarming.review(row=row, done=request.POST.get("done", ""), by=request.user, now=request.now)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Signed off. It stays in the list below."))
    return redirect("desk_online")


def _seen(request: pages.StaffRequest, rows: Iterable[Row]) -> None:
    patients = (
        row.consultation.patient_id if isinstance(row, BookingRequest) and row.consultation else row.pk
        for row in rows
    )
    pages.seen(request, "online bookings", patients)


def _alarm(row: Row) -> Alarm:
    answers = alarming.answers_of(row)
    found = [(each, answers.get(each.key, Answer.NO)) for each in redflags.QUESTIONS]
    loud = [pair for pair in found if pair[0].leads_to(pair[1]) is not redflags.Urgency.NOTHING]
    return Alarm(row, [(_(question.asks), said is Answer.UNSURE) for question, said in loud])
