"""Lists what leave and closures leave to be cleared: the visits that stand where nobody works."""

from dataclasses import dataclass
from datetime import datetime

from clinic import policy
from clinic.actions import staffing
from clinic.models import HoursException, User
from patients.models import Consultation
from patients.rules.lifecycle import Status

STANDING = (Status.HELD, Status.BOOKED, Status.CONFIRMED)
"""Who has arrived is being seen, and what is over needs no clearing."""


@dataclass(frozen=True, kw_only=True)
class Clearing:
    """The visits to clear that one may see, soonest first, and how many more stand at clinics of others."""

    visits: list[Consultation]
    elsewhere: int


def to_clear(*, exception: HoursException, user: User, now: datetime) -> Clearing:
    """What stands below the entry from now on; nothing below extra hours. 2 queries beside those of the rights."""
    blocks = staffing.blocks_below(exception=exception, now=now).values("pk")
    below = Consultation.objects.filter(block__in=blocks, status__in=STANDING)
    mine = policy.visible(user, Consultation, "move").values("pk")
    visits = list(below.filter(pk__in=mine).with_names().order_by("start", "pk"))
    return Clearing(visits=visits, elsewhere=below.count() - len(visits))
