"""Finds the visits that stand outside the hours of whoever gives them, after these or a clinic's have changed."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q

from clinic import policy
from clinic.actions import timetable
from clinic.models import Clinic, Practitioner, User
from clinic.rules import wallclock
from clinic.rules.availability import Pair
from clinic.rules.intervals import Span
from patients.actions.clearing import STANDING, Clearing
from patients.models import Consultation


def outside_hours(*, of: Practitioner | Clinic, user: User, now: datetime) -> Clearing:
    """The visits to come, of a practitioner or at a clinic, that do not lie within the hours: one's own to clear.

    Leave and closures are not asked: what lies below them has its own list. Six queries beside those of the rights.
    """
    whose = Q(practitioner=of) if isinstance(of, Practitioner) else Q(clinic=of)
    standing = Consultation.objects.filter(whose, status__in=STANDING, start__gt=now)
    rows = list(standing.select_related("clinic").order_by("start", "pk"))
    if not rows:
        return Clearing(visits=[], elsewhere=0)
    days = [wallclock.local_day(row.start, row.clinic.zone) for row in rows]
    pairs: set[Pair] = {(row.practitioner_id, row.clinic_id) for row in rows}
    spans = timetable.regular(pairs=pairs, first=min(days), last=max(days))
    out = [row.pk for row in rows if not _is_within(row, spans)]
    mine = policy.visible(user, Consultation, "move").values("pk")
    visits = Consultation.objects.filter(pk__in=out).filter(pk__in=mine).with_names()
    found = list(visits.order_by("start", "pk"))
    return Clearing(visits=found, elsewhere=len(out) - len(found))


def _is_within(visit: Consultation, spans: Mapping[Pair, list[Span]]) -> bool:
    time = visit.start, visit.end
    return any(span.contains(time) for span in spans[visit.practitioner_id, visit.clinic_id])
