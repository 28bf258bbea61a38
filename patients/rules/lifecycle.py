"""Owns the life of a consultation: its statuses, what may follow which, and what a clock adds to them."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from clinic.rules.intervals import in_utc

UNDO_WITHIN = timedelta(hours=24)


class Status(StrEnum):
    """Where a consultation stands.

    It runs held → booked → confirmed → arrived → in progress → completed, or ends as cancelled or no-show.
    Steps may be left out, for not every clinic marks each of them; none is taken back but by an undo
    (`may_undo`), which restores the status before instead of following it.
    """

    HELD = "held"
    BOOKED = "booked"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"

    def may_follow(self) -> frozenset[Status]:
        """The statuses that may come next after this one; empty for one that ends the consultation.

        Who has arrived cannot be a no-show (if they leave unseen, it is cancelled), and what is in progress
        can only be completed.
        """
        match self:
            case Status.HELD:
                return frozenset({Status.BOOKED, Status.CANCELLED})
            case Status.BOOKED:
                return frozenset(Status) - {Status.HELD, Status.BOOKED}
            case Status.CONFIRMED:
                return frozenset(Status) - {Status.HELD, Status.BOOKED, Status.CONFIRMED}
            case Status.ARRIVED:
                return frozenset({Status.IN_PROGRESS, Status.COMPLETED, Status.CANCELLED})
            case Status.IN_PROGRESS:
                return frozenset({Status.COMPLETED})
            case _:
                return frozenset()

    @classmethod
    def active(cls) -> frozenset[Status]:
        """The statuses that occupy time: all but cancelled and no-show.

        A completed visit took its time, so nobody can be written in over it afterwards. A no-show leaves
        the row and its history, but practitioner, room and seat are free: the rest of the time can go to a
        walk-in, and taking the no-show back needs the time to be free still.
        """
        return frozenset(cls) - {cls.CANCELLED, cls.NO_SHOW}

    @property
    def is_final(self) -> bool:
        """Whether the consultation is over: completed, cancelled or no-show."""
        return not self.may_follow()


def unresolved(status: Status, end: datetime, now: datetime) -> bool:
    """Whether it is past and nobody has said how it ended; only a person turns it into completed or no-show.

    A hold is never unresolved: it was no visit yet, and it expires by itself.
    """
    return in_utc(end) <= in_utc(now) and status is not Status.HELD and not status.is_final


def late_cancel(start: datetime, now: datetime, notice: timedelta) -> bool:
    """Whether a cancellation now comes with less than the clinic's notice, in elapsed time."""
    return in_utc(start) - in_utc(now) < notice


def may_undo(acted_at: datetime, now: datetime) -> bool:
    """Whether the last act on a status is recent enough to take back, be the time still free or not."""
    return timedelta() <= in_utc(now) - in_utc(acted_at) <= UNDO_WITHIN
