"""Reads the outbox for people: what needs somebody, what each row means, and whom it is for.

The post knows no patients. Apps above name persons for it, as far as the reader may see them.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic import policy
from clinic.actions import sending
from clinic.messages import Kind, kind_of, names
from clinic.models import Channel, OutboxMessage, State, User
from clinic.models.message import Outbox

LATE = timedelta(minutes=10)
"""A message due for longer means that nobody sends, or that the mail server does not take it (assurance OP-02)."""
PAGE = 50
LAST = 8
"""So many messages of one person are listed beside them."""
MOST = 99
FAILED = State.FAILED, State.UNKNOWN


class Show(StrEnum):
    """Which rows a list holds."""

    CARE = "care"
    DUE = "due"
    FAILED = "failed"
    SENT = "sent"


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """Whom a row is for: `page` names the page that shows the person by their id, "" where there is none."""

    person: UUID
    name: str
    page: str = ""


People = Callable[[User, Iterable[UUID]], Mapping[UUID, Addressee]]
"""Of these ids the persons whom the user may see, by id; in a number of queries that does not grow with them."""


@dataclass(frozen=True)
class Line:
    """One row as the list shows it; without an addressee where the reader may not see who it is."""

    row: OutboxMessage
    kind: Kind[object] | None
    to: Addressee | None
    now: datetime

    @property
    def label(self) -> str:
        """The kind in words."""
        return str(self.kind.label or self.kind.name) if self.kind else self.row.kind

    @property
    def is_late(self) -> bool:
        """Whether it should have gone out by now."""
        return self.row.state == State.DUE and self.row.due_at < self.now - LATE

    @property
    def reply(self) -> str:
        """The last answer of the mail server, or our own reason; none of a person whom the reader may not see."""
        return _STAMP.sub(_on_the_clock, self.row.last_reply) if self.to else ""

    @property
    def can_resend(self) -> bool:
        """Whether sending it again may help, and the reader may see who gets it."""
        return self.to is not None and can_resend(self.row, self.now)

    @property
    def advice(self) -> str:
        """What to do about it; "" where there is nothing to do."""
        row = self.row
        if self.is_late:
            return _late_advice(row)
        if row.state not in FAILED:
            return ""
        return _unsent_advice(self)


@dataclass(frozen=True)
class Listed:
    """A page of the list, and the id after which the next begins, if there is a next."""

    lines: list[Line]
    next: UUID | None


_PEOPLE: list[People] = []
_STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC")
"""A moment inside a reason of our own, as the outbox writes it."""


def _on_the_clock(stamp: re.Match[str]) -> str:
    """The moment as the page's zone and language say it."""
    moment = datetime.strptime(stamp[0], "%Y-%m-%d %H:%M UTC").replace(tzinfo=UTC)
    return date_format(timezone.localtime(moment), "D j M, H:i")


def name_people(resolver: People) -> None:
    """Lets an app above say who a person is; it calls this when it is ready."""
    _PEOPLE.append(resolver)


def can_resend(row: OutboxMessage, now: datetime) -> bool:
    """Whether the row ended without being sent, is of use still, and carried nothing that has run out."""
    ended = row.state in {*FAILED, State.SUPPRESSED}
    return ended and row.useful_until > now and row.kind in names() and kind_of(row.kind).lasting


def needing_care(*, by: User, now: datetime) -> Outbox:
    """What somebody should look at: failed or unknown while it is of use, or late."""
    return _mail(by).filter(_unsent(now) | _late(now))


def how_many_need_care(*, by: User, now: datetime) -> int:
    """The number of them for the navigation, of each kind up to 99: a night without a worker makes no page slow.

    In the order of the two indexes that hold them, so that no other plan looks cheaper to the database.
    """
    late = _mail(by).filter(_late(now)).order_by("next_try").values("pk")[:MOST]
    unsent = _mail(by).filter(_unsent(now)).order_by("useful_until").values("pk")[:MOST]
    return late.union(unsent, all=True).count()


def _unsent(now: datetime) -> Q:
    return Q(state__in=FAILED, useful_until__gt=now)


def _late(now: datetime) -> Q:
    """What was due is tried again after at most the longest wait: so the index on `next_try` finds it."""
    return Q(state=State.DUE, due_at__lt=now - LATE, next_try__lte=now + sending.LONGEST_WAIT)


def listed(*, show: Show, after: UUID | None, by: User, now: datetime) -> Listed:
    """A page of 50, the newest first. `after` is the id of the last row of the page before. 5 queries."""
    match show:
        case Show.CARE:
            rows = needing_care(by=by, now=now)
        case Show.FAILED:
            rows = _mail(by).filter(state__in=FAILED)
        case _:
            rows = _mail(by).filter(state=show.value)
    if after:
        rows = rows.filter(pk__lt=after)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    more = found[PAGE - 1].pk if len(found) > PAGE else None
    return Listed(_lines(found[:PAGE], by, now), more)


def last_of(*, person: UUID, by: User, now: datetime) -> list[Line]:
    """The last messages of a person, the newest first; none for who may see none."""
    return _lines(list(_mail(by).filter(person_id=person).order_by("-created_at")[:LAST]), by, now)


def _mail(by: User) -> Outbox:
    rows: Outbox = policy.visible(by, OutboxMessage)  # type: ignore[assignment]  # the manager's own queryset
    return rows.filter(channel=Channel.EMAIL)


def addressees(*, of: Collection[UUID], by: User) -> Mapping[UUID, Addressee]:
    """Of these ids of persons those whom `by` may see, by id."""
    people = {user.pk: Addressee(person=user.pk, name=user.get_full_name() or user.email)
              for user in policy.visible(by, User).filter(pk__in=of)}  # fmt: skip
    for resolver in _PEOPLE:
        people |= resolver(by, of)
    return people


def _lines(rows: list[OutboxMessage], by: User, now: datetime) -> list[Line]:
    people = addressees(of={row.person_id for row in rows}, by=by)
    known = set(names())
    return [
        Line(row, kind_of(row.kind) if row.kind in known else None, people.get(row.person_id), now)
        for row in rows
    ]


def _late_advice(row: OutboxMessage) -> str:
    if row.last_reply:
        return _("The mail server did not take it yet. It is tried again by itself.")
    return _("Nobody sends. Ask whoever runs the server to start the worker again.")


def _unsent_advice(line: Line) -> str:
    row = line.row
    if line.to is None:
        return _("Whoever may see this person sees to it.")
    if line.kind and not line.kind.lasting:
        return _("What it carried has run out. Ask the person to request a new one.")
    if row.useful_until <= line.now:
        return _("It is too late for it. Call, if it still matters.")
    if row.state == State.UNKNOWN:
        return _("It may have arrived. Ask the person, or resend it: a second copy does no harm.")
    return _("Check the email address, then resend.")
