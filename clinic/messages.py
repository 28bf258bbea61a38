"""The register of message kinds: what a row of the outbox means, to whom it goes, and whether it is still true.

An app registers its kinds when it is ready. `clinic.actions.sending` asks them, row by row, at the moment of
sending, so that a message says what holds then. Kinds read rows and change none. They name the page that a link
leads to; `sending`, one floor above, makes the address, signed where the link has a purpose.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from clinic.models import Channel, Clinic, OutboxMessage, User
from clinic.rules import ics

S = TypeVar("S")


@dataclass(frozen=True, kw_only=True)
class Post:
    """What an action asks the post to say: one kind of message, to one person, about one subject.

    `due_at` is when it goes out, `useful_until` when it is too late for it; both aware. `occurrence` tells apart
    messages of one kind about one subject ("lead:2d"). A move is `version` + 1. `payload` are words that
    only this message carries (a one-time code): encrypted at rest, and emptied once it is sent.
    """

    kind: str
    subject_id: UUID
    person_id: UUID
    due_at: datetime
    useful_until: datetime
    occurrence: str = ""
    version: int = 1
    channel: Channel = Channel.EMAIL
    payload: str = ""


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Who gets a message, in which language they would like it, and on whose clock its times are told.

    `name` is the first name alone. `clinic` signs it and takes replies; None for accounts, which have no clinic.
    """

    email: str
    name: str
    language: str
    clinic: Clinic | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The clinic's zone; the installation's where there is no clinic."""
        return self.clinic.zone if self.clinic else ZoneInfo(settings.TIME_ZONE)


@dataclass(frozen=True, kw_only=True)
class Link:
    """Where a message leads: the name of a page, or with a `purpose` a page that takes a token about the subject.

    `version` stands in the token too: a link of an older version does not act on what the subject has become.
    """

    page: str = "home"
    purpose: str = ""
    subject: UUID | None = None
    version: int = 0
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Message:
    """What one row says, now."""

    recipient: Recipient
    link: Link
    links: Mapping[str, Link]
    context: Mapping[str, Any]
    event: ics.Event | None


class Unneeded(Exception):  # noqa: N818 - an answer that was foreseen
    """The message is not to be sent. The words say why, in English, for the list of the desk."""


def spoken(wish: str) -> str:
    """The language in which somebody with this wish is written to: that, where the product speaks it, else its own."""
    return wish if wish in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _no_event(_subject: Any, _row: OutboxMessage) -> None:
    return None


def _home(_subject: Any, _row: OutboxMessage) -> Link:
    return Link()


def _nothing(_subject: Any, _row: OutboxMessage) -> Mapping[str, Any]:
    return {}


def _no_more_links(_subject: Any, _row: OutboxMessage) -> Mapping[str, Link]:
    return {}


@dataclass(frozen=True, kw_only=True)
class Kind(Generic[S]):
    """One kind of message; its words stand in `templates/emails/NAME/`.

    `subject` reads what a row speaks of, all of it in one query, or None where it is gone. `recipient` raises
    Unneeded where that person gets no mail. `still_true` asks whether it still holds at this moment. `label` says in
    words what it is, without a word on anybody's health. What is not `lasting` carries words that run out (a code),
    so that sending it again is of no use. `links` are further links by the name under which the words know them.
    """

    name: str
    subject: Callable[[OutboxMessage], S | None]
    recipient: Callable[[S], Recipient]
    still_true: Callable[[S, OutboxMessage, datetime], bool]
    context: Callable[[S, OutboxMessage], Mapping[str, Any]] = _nothing
    link: Callable[[S, OutboxMessage], Link] = _home
    links: Callable[[S, OutboxMessage], Mapping[str, Link]] = _no_more_links
    event: Callable[[S, OutboxMessage], ics.Event | None] = _no_event
    label: str | Promise = ""
    lasting: bool = True

    def message(self, row: OutboxMessage, now: datetime) -> Message:
        """What the row says now; raises Unneeded where it is to be said no more."""
        subject = self.subject(row)
        if subject is None:
            raise Unneeded(gettext_noop("What it was about is gone."))
        if not self.still_true(subject, row, now):
            raise Unneeded(gettext_noop("It was no longer true when it was due."))
        return Message(
            recipient=self.recipient(subject),
            link=self.link(subject, row),
            links=self.links(subject, row),
            context=self.context(subject, row),
            event=self.event(subject, row),
        )


_KINDS: dict[str, Kind[Any]] = {}


def register(kind: Kind[Any]) -> None:
    """Makes the kind known; a second of the same name is a slip and raises ValueError."""
    if _KINDS.setdefault(kind.name, kind) is not kind:
        raise ValueError(f"There is a message kind {kind.name} already.")


def kind_of(name: str) -> Kind[Any]:
    """The kind of that name; raises LookupError where no app registered one."""
    return _KINDS[name]


def names() -> list[str]:
    """The kinds that this process knows; others wait for a worker that does (old and new meet at a deploy)."""
    return list(_KINDS)


def _user(row: OutboxMessage) -> User | None:
    return User.objects.filter(pk=row.person_id).first()


def _account(user: User) -> Recipient:
    if not user.is_active:
        raise Unneeded(gettext_noop("The account is closed."))
    return Recipient(
        email=user.email, name=user.get_short_name(), language=user.language or settings.LANGUAGE_CODE
    )


def _always(_user: User, _row: OutboxMessage, _now: datetime) -> bool:
    return True


def _code(_user: User, row: OutboxMessage) -> Mapping[str, Any]:
    return {"code": row.payload}


def _carried(_user: User, row: OutboxMessage) -> Link:
    return Link(url=row.payload)


def _sign_in(_user: User, _row: OutboxMessage) -> Link:
    return Link(page=settings.LOGIN_URL)


def _is_awaited(user: User, _row: OutboxMessage, _now: datetime) -> bool:
    return not user.has_usable_password()


def _is_on_the_staff(user: User, _row: OutboxMessage) -> Mapping[str, Any]:
    return {"is_on_the_staff": user.memberships.exists()}


def _to_welcome(user: User, _row: OutboxMessage) -> Link:
    return Link(page="staff_welcome", purpose="staff-invitation", subject=user.pk)


for _kind in (
    Kind(
        name="login_code", label=_("Code to sign in"), lasting=False,
        subject=_user, recipient=_account, still_true=_always, context=_code, link=_sign_in,
    ),
    Kind(
        name="use_password", label=_("How to sign in"),
        subject=_user, recipient=_account, still_true=_always, link=_sign_in,
    ),
    Kind(
        name="password_reset", label=_("Link to set a password"), lasting=False,
        subject=_user, recipient=_account, still_true=_always, link=_carried,
    ),
    Kind(
        name="staff_invitation", label=_("Invitation of staff"), lasting=False,
        subject=_user, recipient=_account, still_true=_is_awaited, link=_to_welcome,
    ),
    Kind(
        name="staff_known", label=_("Invitation of staff"), lasting=False,  # the label tells it from no other
        subject=_user, recipient=_account, still_true=_always, context=_is_on_the_staff, link=_sign_in,
    ),
    Kind(
        name="account_changed", label=_("News of the account"),
        subject=_user, recipient=_account, still_true=_always,
    ),
):  # fmt: skip
    register(_kind)
