"""Takes the last change of a visit back: the booking, the move, the new end. It stands as before, or nothing changes.

What it was before is read from the history that the database keeps of every row, so no door has to remember it.
"""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from clinic import policy
from clinic.actions import outbox
from clinic.models import Block, User
from clinic.policy import NotYours
from patients import messages
from patients.actions import locking, seating, telling
from patients.actions.locking import Busy, Changed, PatientBusy, SlotTaken
from patients.models import CancelledBy, Consultation
from patients.rules.lifecycle import Status

__all__ = ["Busy", "Changed", "NotYours", "PatientBusy", "SlotTaken", "last_change", "revert"]

STILL_OPEN = Status.BOOKED, Status.CONFIRMED, Status.ARRIVED, Status.IN_PROGRESS
PLACE = (
    *("block_id", "practitioner_id", "start", "end"),
    *("status", "previous_status", "status_at", "asked_to_move_at"),
)
"""What a move and a new end change."""


def last_change(consultation: Consultation) -> int:
    """The number of the latest entry in the visit's history: what `revert` is told to take back. One query."""
    number: int = _history(consultation).values_list("pgh_id", flat=True)[0]
    return number


def revert(*, consultation: Consultation, change: int, by: User | None, now: datetime) -> Consultation:
    """The visit as it stood before this change of its place, its status and its messages included.

    A mail of the change that has not gone out is not sent; one that has is followed by one that says what holds. Who
    takes a booking back leaves no visit. Raises Changed where anything else happened to the visit since, SlotTaken
    or PatientBusy where the former time is gone, NotYours, Busy.
    """
    if by is not None and not policy.may(by, "move", consultation):
        raise NotYours(
            _("You may not change bookings of %(clinic)s. Ask its front desk.")
            % {"clinic": consultation.clinic}
        )
    return locking.settled(lambda: _revert(consultation, change, by, now))


def _revert(consultation: Consultation, change: int, by: User | None, now: datetime) -> Consultation:
    former = _history(consultation).filter(pgh_id__lt=change).first()
    back = Block.objects.get(pk=former.block_id) if former else None
    fresh, _locked = locking.lock_visit(consultation, now=now, back=back)
    if last_change(fresh) != change or fresh.status not in STILL_OPEN:
        raise Changed(_("Something else has happened to this visit since. Look at it again."))
    if former is None or back is None:
        return _unbook(fresh, now)
    locking.busy_elsewhere(fresh.patient, former.start, former.end, by=by, but=fresh.pk)
    back.refresh_from_db()  # another seat in it may have been given back while this waited for the locks
    _give_back(fresh, former, back, now)
    moved_at, is_told = fresh.status_at, fresh.version != former.version
    for name in PLACE:
        setattr(fresh, name, getattr(former, name))
    is_unsaid = is_told and telling.unsaid(fresh, back_to=former.version, since=moved_at, now=now)
    fresh.version = former.version if is_unsaid else fresh.version + is_told
    fresh.save(update_fields=[*(name.removesuffix("_id") for name in PLACE), "version"])
    if is_told and not is_unsaid:
        telling.of_move(fresh, now=now)
    return fresh


def _give_back(fresh: Consultation, former: Any, back: Block, now: datetime) -> None:
    if back.pk == fresh.block_id:
        seating.regrow(fresh.block, fresh.block.end + (former.end - fresh.end), now=now)
        return
    locking.free_seat(fresh.block, now=now)
    seating.reseat(back, now=now)


def _unbook(fresh: Consultation, now: datetime) -> Consultation:
    """It never was a visit: it stands in the history, and in no list or count."""
    locking.free_seat(fresh.block, now=now)
    fresh.status, fresh.previous_status, fresh.status_at = Status.CANCELLED, Status.HELD, now
    fresh.cancelled_by, fresh.cancel_reason = CancelledBy.CLINIC, _("Booked by mistake.")
    fresh.save(update_fields=["status", "previous_status", "status_at", "cancelled_by", "cancel_reason"])
    kinds = messages.ABOUT_A_VISIT
    if not outbox.unsay(subject_id=fresh.pk, kinds=kinds, version=fresh.version, now=now):
        outbox.supersede(subject_id=fresh.pk, kinds=kinds, now=now)
        outbox.put(*messages.posts_for_cancelled(fresh, now=now), now=now)
    return fresh


def _history(consultation: Consultation) -> Any:
    events = Consultation.pgh_event_model.objects  # type: ignore[attr-defined]
    return events.filter(pgh_obj=consultation.pk).order_by("-pgh_id")
