"""Reads the sittings that were sent last: so that a page can say what stands before it takes another."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from patients.models import Patient
from programs.actions.watching.today import Today
from programs.models import ExerciseLog, SessionLog

RECENT = timedelta(minutes=30)
"""So long after a sitting another form is not offered before the page has said that one was sent."""


@dataclass(frozen=True)
class Sent:
    """A sitting that is stored, as its patient is told of it."""

    session: SessionLog

    @property
    def exercises(self) -> list[ExerciseLog]:
        """What was logged of each exercise, in the program's order."""
        return list(self.session.exercises.all())


def is_to_tell(sent: Sent, *, seen: Today, known: str, now: datetime) -> bool:
    """Whether a page tells of the day's last sitting before it offers the form of another.

    It does within half an hour of it, and where nothing is left to do today: a form that comes up by "back", after a
    lost connection or from a bookmark would log the same doses twice, and nobody would notice. `known` is the id of
    the sitting that the person was told of and goes on from; of a later one the page tells all the same.
    """
    is_recent = sent.session.received_at > now - RECENT
    return str(sent.session.pk) != known and (is_recent or not seen.left)


def last_of_day(*, seen: Today, now: datetime) -> Sent | None:
    """The sitting that came in last, of today or of the last half hour; None without one. 2 queries."""
    rows = _told(seen.patient).filter(Q(day=seen.day) | Q(received_at__gt=now - RECENT))
    return _of(rows.order_by("-received_at", "-pk"))


def since(*, patient: Patient, prescriptions: Collection[UUID], moment: datetime) -> Sent | None:
    """The last sitting with one of these exercises that came in at the moment or after it. At most 2 queries."""
    with_them = ExerciseLog.objects.filter(prescription__in=prescriptions).values("session")
    rows = _told(patient).filter(received_at__gte=moment, pk__in=with_them)
    return _of(rows.order_by("-received_at", "-pk"))


def sent_as(*, patient: Patient, client_uuid: UUID) -> Sent | None:
    """The sitting that a form with this UUID made; None when it made none yet. At most 2 queries."""
    return _of(_told(patient).filter(client_uuid=client_uuid))


def _told(patient: Patient) -> QuerySet[SessionLog]:
    exercises = ExerciseLog.objects.select_related("prescription__exercise").order_by(
        "prescription__position"
    )
    rows = SessionLog.objects.filter(patient=patient).select_related("program__clinic")
    return rows.prefetch_related(Prefetch("exercises", exercises))


def _of(rows: QuerySet[SessionLog]) -> Sent | None:
    session = rows.first()
    return None if session is None else Sent(session)
