"""A physiotherapist's day: their visits in order, the one that is on now, and whom to look at first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from clinic import policy
from clinic.models import Clinic
from clinic.rules import wallclock
from clinic.rules.refusals import Refusal
from clinic.web import pages
from clinic.web.pages import StaffRequest
from patients.actions import alarming, attending
from patients.models import Consultation
from patients.rules.lifecycle import Status, unresolved
from programs.actions import watching
from programs.admin.caseload import Case, cases
from programs.admin.lines import ADHERENT_PERCENT
from programs.models import Program, ProgramStatus

ACTS: dict[str, tuple[Callable[..., Consultation], object]] = {
    "start": (attending.start, gettext_lazy("%(name)s: started.")),
    "complete": (attending.complete, gettext_lazy("%(name)s: completed.")),
    "no-show": (attending.no_show, gettext_lazy("%(name)s: noted as a no-show.")),
    "undo": (attending.undo, gettext_lazy("%(name)s: taken back.")),
}
"""What may be done to a visit from this page, by the last part of the address."""
LOOK_FIRST = 3
"""So many of the caseload stand beside the day."""


@dataclass(frozen=True, kw_only=True)
class Seat:
    """One visit of the day. `state` is "past", "open" (over, and nobody said how), "now" or "coming"."""

    consultation: Consultation
    program: Program | None
    case: Case | None
    state: str
    minutes_left: int

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return round((self.consultation.end - self.consultation.start) / timedelta(minutes=1))

    @property
    def can_start(self) -> bool:
        """Whether starting is the next step."""
        return Status.IN_PROGRESS in Status(self.consultation.status).may_follow() and self.state != "open"

    @property
    def is_running(self) -> bool:
        """Whether it was started and not completed."""
        return self.consultation.status == Status.IN_PROGRESS

    @property
    def complaint(self) -> str:
        """What it is about."""
        episode = self.consultation.episode or (self.program.episode if self.program else None)
        return episode.complaint if episode else ""


@pages.for_who_may("treat", Clinic)
def my_day(request: StaffRequest) -> HttpResponse:
    """The page; `day` chooses another day than today."""
    zone = _zone(request)
    today = wallclock.local_day(request.now, zone)
    day = pages.chosen_day(request, request.GET.get("day", ""), zone)
    visits = _visits(request, day, zone)
    rows = cases(watching.caseload(user=request.user, now=request.now))
    seats = _seats(request, visits, rows)
    earlier = _folded(seats)
    here = {visit.patient_id for visit in visits}
    first = [case for case in rows if case.row.urgency == "today" and case.row.program.patient_id not in here]
    pages.seen(request, "my day", [*here, *(case.row.program.patient_id for case in first[:LOOK_FIRST])])
    context = {
        "day": day,
        "today": today,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "now": request.now.astimezone(zone),
        "zone": zone,
        "seats": seats,
        "earlier": earlier,
        "listed": [seat for seat in seats if seat not in earlier],
        "next": next((seat for seat in seats if seat.state == "coming"), None),
        "look_first": first[:LOOK_FIRST],
        "caseload_count": len(rows),
        "adherent": ADHERENT_PERCENT,
        "alarms": alarming.waiting(request.user),
    }
    return render(request, "admin/my_day.html", context)


@require_POST
@pages.for_who_may("treat", Clinic)
def attend(request: StaffRequest, pk: UUID, act: str) -> HttpResponse:
    """One act on one visit, then the day again."""
    if act not in ACTS:
        raise Http404
    do, done = ACTS[act]
    right = act.replace("-", "_")
    visit = pages.fetch(request, right, Consultation.objects.with_names(), pk=pk)
    try:
        do(consultation=visit, by=request.user, now=request.now)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, str(done) % {"name": visit.patient})
    return redirect("admin:my_day")


def _zone(request: StaffRequest) -> ZoneInfo:
    """The zone of the first of the clinics in which the user treats."""
    clinic = policy.visible(request.user, Clinic, "treat").order_by("name").first()
    return clinic.zone if clinic else ZoneInfo("UTC")


def _visits(request: StaffRequest, day: date, zone: ZoneInfo) -> list[Consultation]:
    start, end = wallclock.day_span(day, zone)
    mine = policy.visible(request.user, Consultation).filter(practitioner__user=request.user)
    rows = (
        Consultation.objects.between(start, end)
        .filter(pk__in=mine.values("pk"))
        .exclude(status__in=[Status.CANCELLED, Status.HELD])
    )
    return list(rows.with_names().select_related("patient", "type", "clinic", "block__room", "episode"))


def _seats(request: StaffRequest, visits: Sequence[Consultation], rows: Sequence[Case]) -> list[Seat]:
    """The visits with the program of each patient: the active one of the caseload, else the newest that is not over."""
    by_patient = {case.row.program.patient_id: case for case in reversed(rows)}
    programs = _programs(request, visits)
    now = request.now
    running = next((visit for visit in visits if visit.status == Status.IN_PROGRESS), None)
    seats = []
    for visit in visits:
        case = by_patient.get(visit.patient_id)
        program: Program | None = case.row.program if case else programs.get(visit.patient_id)
        seats.append(
            Seat(
                consultation=visit,
                program=program,
                case=case,
                state=_state(visit, running, now),
                minutes_left=max(0, round((visit.end - now) / timedelta(minutes=1))),
            )
        )
    return seats


def _folded(seats: Sequence[Seat]) -> list[Seat]:
    """Those that are over, while somebody is still to come: folded, so that who comes now stands on top."""
    if not any(seat.state in {"now", "coming"} for seat in seats):
        return []
    return [seat for seat in seats if seat.state == "past"]


def _state(visit: Consultation, running: Consultation | None, now: datetime) -> str:
    status = Status(visit.status)
    if visit is running or (running is None and not status.is_final and visit.start <= now < visit.end):
        return "now"
    if unresolved(status, visit.end, now):
        return "open"
    return "past" if status.is_final else "coming"


def _programs(request: StaffRequest, visits: Sequence[Consultation]) -> dict[UUID, Program]:
    rows = policy.visible(request.user, Program).filter(patient__in=[visit.patient_id for visit in visits])
    living = rows.exclude(status=ProgramStatus.ENDED).select_related("episode").order_by("starts_on", "pk")
    return {program.patient_id: program for program in living}
