"""What was done in the last four weeks, day by day, and the pain and effort that went with it."""

from collections import defaultdict
from datetime import date, timedelta

from django.http import HttpResponse

from clinic.rules import wallclock
from clinic.web import pages
from patients.web.portal import PortalRequest, page, portal_page
from programs.actions import watching
from programs.models import Program, ProgramStatus, SessionLog
from programs.portal.course import course
from programs.rules.schedule import week_of

WEEKS = 4


@portal_page
def progress(request: PortalRequest) -> HttpResponse:
    """A calendar of sessions, what was done of what was planned, pain and effort as a drawing and in numbers."""
    today = wallclock.local_day(request.now, request.patient.clinic.zone)
    first = week_of(today)[0] - timedelta(weeks=WEEKS - 1)
    sessions = list(
        SessionLog.objects.filter(patient=request.patient, day__gte=first)
        .select_related("program__clinic")
        .order_by("-started_at")
    )
    given = Program.objects.filter(patient=request.patient).exclude(status=ProgramStatus.DRAFT)
    kept = watching.kept(list(given.select_related("clinic")), first, today - timedelta(days=1))
    pages.seen(request, "progress", [request.patient.pk])
    context = {
        "weeks": _weeks(first, today, sessions),
        "sessions": sessions,
        "kept": kept,
        "course": course(sessions, first, today),
    }
    return page(request, "portal/progress.html", "portal_progress", context)


def _weeks(first: date, today: date, sessions: list[SessionLog]) -> list[list[dict[str, object]]]:
    """Four weeks of seven days, each with the number of sessions and whether it is still to come."""
    counts: dict[date, int] = defaultdict(int)
    for session in sessions:
        counts[session.day] += 1
    days = [first + timedelta(days=offset) for offset in range(7 * WEEKS)]
    cells = [{"day": day, "count": counts[day], "today": day == today, "future": day > today} for day in days]
    return [cells[start : start + 7] for start in range(0, len(cells), 7)]
