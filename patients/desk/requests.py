"""Online bookings with an answer that alarms: for a clinician to look at."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.web import pages
from patients.actions import requesting
from patients.models import BookingRequest
from patients.rules import redflags
from patients.rules.redflags import Answer

LOOKED_AT = LATELY = 20
"""So many that were looked at, and that were booked lately, are shown below."""


@dataclass(frozen=True)
class Alarm:
    """A request with what was said."""

    request: BookingRequest
    said: list[tuple[str, bool]]
    """The question, and whether the answer was "not sure"."""


@pages.for_who_may("review", BookingRequest)
def requests(request: pages.StaffRequest) -> HttpResponse:
    """Those that wait, the newest first, the last that were looked at, and what else was booked online lately."""
    rows = requesting.to_review(by=request.user)
    waiting = list(rows.filter(reviewed_at=None)[:50])
    looked_at = list(rows.exclude(reviewed_at=None)[:LOOKED_AT])
    lately = list(requesting.lately(by=request.user, now=request.now)[:LATELY])
    shown = (*waiting, *looked_at, *lately)
    pages.seen(
        request,
        "online bookings",
        (row.consultation.patient_id if row.consultation else row.pk for row in shown),
    )
    context = {
        "waiting": [_alarm(row) for row in waiting],
        "looked_at": [_alarm(row) for row in looked_at],
        "lately": lately,
        "now": request.now,
    }
    return render(request, "desk/online.html", context)


@require_POST
@pages.for_who_may("review", BookingRequest)
def looked_at(request: pages.StaffRequest, pk: str) -> HttpResponse:
    """A clinician has looked at it."""
    row = pages.fetch(request, "review", BookingRequest, pk=pk)
    requesting.review(request=row, by=request.user, now=request.now)
    messages.success(request, _("Looked at. It stays in the list below."))
    return redirect("desk_online")


def _alarm(row: BookingRequest) -> Alarm:
    answers = requesting.answers_of(row)
    found = [(each, answers.get(each.key, Answer.NO)) for each in redflags.QUESTIONS]
    alarming = [pair for pair in found if pair[0].leads_to(pair[1]) is not redflags.Urgency.NOTHING]
    return Alarm(row, [(_(question.asks), said is Answer.UNSURE) for question, said in alarming])
