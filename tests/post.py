"""A real mail server for tests, which answers as it is told, and a clock that stands."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from clinic.models import OutboxMessage

HANG_UP = "hang up"
HANG_UP_AFTER_DATA = "hang up after data"


@dataclass
class Postbox:
    """What a server received and how it answers: `answers` by address, else `answer`; empty takes the letter."""

    answer: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    received: list[EmailMessage] = field(default_factory=list)
    sessions: set[int] = field(default_factory=set)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """The answer to an address."""
        answer = self.answers.get(address, self.answer)
        if answer == HANG_UP:
            _hang_up(server)
        elif answer and answer != HANG_UP_AFTER_DATA:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Takes the letter; may hang up instead of saying so."""
        self.sessions.add(id(session))
        content = envelope.content
        assert isinstance(content, bytes)
        letter = message_from_bytes(content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.received.append(letter)
        if self.answers.get(envelope.rcpt_tos[0], self.answer) == HANG_UP_AFTER_DATA:
            _hang_up(server)
        return "250 OK"


class _AnyPort(Controller):
    """On a port that the system chooses; the library can be told one only."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


def _hang_up(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.WriteTransport)
    server.transport.abort()


@pytest.fixture
def postbox(settings: Any) -> Iterator[Postbox]:
    """A mail server on a free port of this machine, to which the product sends."""
    box = Postbox()
    server = _AnyPort(box, hostname="127.0.0.1", port=0)
    server.start()
    settings.EMAIL_BACKEND = "clinic.channels.email.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 2
    yield box
    server.stop()


def content_of(part: Message) -> bytes:
    """What a part holds, decoded; empty where it is made of parts."""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


@dataclass
class FixedClock:
    """A clock that stands until it is put forward."""

    now: datetime

    def __call__(self) -> datetime:
        """The time."""
        return self.now

    def forward(self, by: timedelta) -> None:
        """Puts it forward."""
        self.now += by


@pytest.fixture
def clock(now: datetime) -> FixedClock:
    """Stands at the tests' morning."""
    return FixedClock(now)


def the_row() -> OutboxMessage:
    """The only row of the outbox."""
    return OutboxMessage.objects.get()
