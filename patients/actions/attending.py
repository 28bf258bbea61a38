"""Marks how a consultation goes: confirmed, arrived, in progress, completed, no-show; and takes the last mark back."""

from datetime import datetime

from django.utils.translation import gettext as _

from clinic import policy
from clinic.models import User
from clinic.policy import NotYours
from clinic.rules import wallclock
from clinic.rules.refusals import Kind, Refusal
from patients.actions import locking, seating, telling
from patients.actions.locking import Busy, Changed, PatientBusy, SlotTaken
from patients.models import Consultation
from patients.rules import lifecycle
from patients.rules.lifecycle import Status

__all__ = [
    "Busy",
    "Changed",
    "NotPossible",
    "NotYours",
    "NothingToUndo",
    "PatientBusy",
    "SlotTaken",
    "TooEarly",
    "arrive",
    "complete",
    "confirm",
    "no_show",
    "start",
    "undo",
]

MARK = "status", "previous_status", "status_at"


class NotPossible(Refusal):
    """The status stands where this one cannot follow."""

    code = "not_possible_now"
    kind = Kind.CONFLICT


class TooEarly(Refusal):
    """The day, or the hour, has not come yet."""

    code = "too_early"
    kind = Kind.CONFLICT


class NothingToUndo(Refusal):
    """No mark was set in the last 24 hours, or the last one has been taken back already."""

    code = "nothing_to_undo"
    kind = Kind.CONFLICT


def confirm(*, consultation: Consultation, by: User | None, now: datetime) -> Consultation:
    """The consultation, confirmed. Raises NotPossible, NotYours, Changed, Busy, as the others do."""
    return locking.settled(lambda: _mark(consultation, Status.CONFIRMED, by, now))


def arrive(*, consultation: Consultation, by: User | None, now: datetime) -> Consultation:
    """The consultation, its patient there. Also raises TooEarly before its day in the clinic's zone."""
    return locking.settled(lambda: _mark(consultation, Status.ARRIVED, by, now))


def start(*, consultation: Consultation, by: User | None, now: datetime) -> Consultation:
    """The consultation, in progress. Also raises TooEarly before its day."""
    return locking.settled(lambda: _mark(consultation, Status.IN_PROGRESS, by, now))


def complete(*, consultation: Consultation, by: User | None, now: datetime) -> Consultation:
    """The consultation, completed. Also raises TooEarly before its day."""
    return locking.settled(lambda: _mark(consultation, Status.COMPLETED, by, now))


def no_show(*, consultation: Consultation, by: User | None, now: datetime) -> Consultation:
    """The consultation, to which nobody came; its time is free. Also raises TooEarly before it should have begun."""
    return locking.settled(lambda: _mark(consultation, Status.NO_SHOW, by, now))


def undo(*, consultation: Consultation, by: User | None, now: datetime) -> Consultation:
    """The consultation with the status before the last mark; one that was freed gets its time back if that is free.

    It has it since when it first had it. Who has been told of a cancellation is told again, and nobody else.
    Raises NothingToUndo, SlotTaken, PatientBusy, NotYours, Changed, Busy.
    """
    return locking.settled(lambda: _undo(consultation, by, now))


def _mark(consultation: Consultation, status: Status, by: User | None, now: datetime) -> Consultation:
    fresh, _locked = locking.lock_visit(consultation, now=now)
    _may(by, status, fresh)
    if status not in Status(fresh.status).may_follow():
        raise NotPossible(
            _("It is %(status)s, so this cannot follow. Look at it again.")
            % {"status": fresh.get_status_display()}
        )
    _check_time(fresh, status, now)
    if status not in Status.active():
        locking.free_seat(fresh.block, now=now)
    fresh.status, fresh.previous_status, fresh.status_at = status, fresh.status, now
    fresh.save(update_fields=MARK)
    return fresh


def _check_time(consultation: Consultation, status: Status, now: datetime) -> None:
    if status is Status.CONFIRMED:
        return
    if status is Status.NO_SHOW:
        if now < consultation.start:
            raise TooEarly(_("It has not begun yet. Wait until its start before you mark a no-show."))
        return
    zone = consultation.clinic.zone
    if wallclock.local_day(now, zone) < wallclock.local_day(consultation.start, zone):
        raise TooEarly(_("This consultation is on another day. Move it to today first."))


def _undo(consultation: Consultation, by: User | None, now: datetime) -> Consultation:
    fresh, _locked = locking.lock_visit(consultation, now=now)
    _may(by, "undo", fresh)
    was_held = fresh.previous_status == Status.HELD  # it was no visit yet: a time is held anew, not again
    if not fresh.previous_status or was_held or not lifecycle.may_undo(fresh.status_at, now):
        raise NothingToUndo(_("Nothing was marked in the last 24 hours. Book anew instead."))
    was_cancelled, acted_at = fresh.status == Status.CANCELLED, fresh.status_at
    if Status(fresh.status) not in Status.active():
        locking.busy_elsewhere(fresh.patient, fresh.start, fresh.end, by=by, but=fresh.pk)
        seating.reseat(fresh.block, now=now)
    fresh.status, fresh.previous_status = fresh.previous_status, ""
    fresh.status_at = _since(fresh, now)
    fresh.cancelled_by = fresh.cancel_reason = ""
    fresh.cancelled_late = False
    is_told = was_cancelled and not telling.unsaid(
        fresh, kinds=["cancelled"], back_to=fresh.version, since=acted_at, now=now
    )
    fresh.version += is_told
    fresh.save(update_fields=[*MARK, "cancelled_by", "cancel_reason", "cancelled_late", "version"])
    if is_told:
        telling.of_booking(fresh, now=now)
    return fresh


def _since(consultation: Consultation, now: datetime) -> datetime:
    """When it got the status that it has again, as its history tells: who waits has waited since then."""
    events = Consultation.pgh_event_model.objects  # type: ignore[attr-defined]
    then = events.filter(pgh_obj=consultation.pk, status=consultation.status).order_by("-pgh_id")
    return then.values_list("status_at", flat=True).first() or now


ACTS = {
    Status.CONFIRMED: "confirm",
    Status.ARRIVED: "arrive",
    Status.IN_PROGRESS: "start",
    Status.COMPLETED: "complete",
    Status.NO_SHOW: "no_show",
}
"""What each status is called as an act in the policy."""


def _may(by: User | None, what: str, consultation: Consultation) -> None:
    act = ACTS[what] if isinstance(what, Status) else what
    if by is not None and not policy.may(by, act, consultation):
        raise NotYours(
            _("You may not change bookings of %(clinic)s. Ask its front desk.")
            % {"clinic": consultation.clinic}
        )
