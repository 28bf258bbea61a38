"""Email over one line to the mail server: writes a letter, sends it, and says what became of it.

Of a message that was handed over without an answer nobody knows whether it arrived; that case is told apart from
the others, because trying again may send it twice.
"""

import smtplib
from dataclasses import dataclass
from email.mime.text import MIMEText
from email.utils import formataddr, parseaddr
from functools import lru_cache
from types import TracebackType
from typing import Any, Self

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends import smtp
from django.template import Context, Engine
from django.template.loader import render_to_string


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One email, written out. `calendar` is an iCalendar file with its `method`, or empty."""

    to: str
    sender_name: str
    reply_to: str
    message_id: str
    subject: str
    text: str
    html: str
    calendar: bytes = b""
    method: str = ""


class Undelivered(Exception):  # noqa: N818 - an outcome that the sender foresees
    """The letter did not go out; the message is the server's answer."""


class Refused(Undelivered):
    """For good: another try would get the same answer (5xx, or an address that cannot be written)."""


class Later(Undelivered):
    """Not now (4xx): worth another try."""


class NoLine(Later):
    """The server cannot be reached or hung up before the message: no fault of this letter."""


class Unanswered(Undelivered):
    """Handed over, but no answer came: it may have arrived."""


class _Watched(smtplib.SMTP):
    """Remembers whether a message was handed over and is still unanswered. Commands are text, messages are bytes."""

    in_doubt = False

    def send(self, s: Any) -> None:
        """Sends, and notes which of the two it was."""
        self.in_doubt = isinstance(s, bytes)
        super().send(s)


class _WatchedTls(_Watched, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""


class EmailBackend(smtp.EmailBackend):
    """Django's SMTP, on a line that knows what is in doubt."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """With or without TLS, as EMAIL_URL says."""
        return _WatchedTls if self.use_ssl else _Watched

    @property
    def in_doubt(self) -> bool:
        """Whether the last message was handed over without an answer."""
        return isinstance(self.connection, _Watched) and self.connection.in_doubt


class Line:
    """One connection for many letters, opened at the first and closed at the end of the `with`."""

    def __init__(self) -> None:
        self._backend = get_connection()
        self._used = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, _: TracebackType | None
    ) -> None:
        self._hang_up()

    def send(self, letter: Letter) -> None:
        """Returns once the server has taken the letter. Raises Refused, Later, NoLine or Unanswered.

        A server may hang up on a line that was used before; then the letter goes over a new one.
        """
        message, was_used = _built(letter), self._used
        try:
            self._deliver(message)
        except NoLine:
            if not was_used:
                raise
            self._deliver(message)

    def _deliver(self, message: EmailMultiAlternatives) -> None:
        try:
            self._open()
            self._backend.send_messages([message])
            self._used = True
        except Undelivered:
            self._hang_up()
            raise
        except (OSError, ValueError) as fault:  # smtplib's own faults are OSErrors
            outcome = self._outcome(fault)
            self._hang_up()
            raise outcome from fault

    def _open(self) -> None:
        try:
            self._backend.open()
        except OSError as fault:
            raise NoLine(f"No line to the mail server: {_words(fault)}") from fault

    def _hang_up(self) -> None:
        self._used = False
        try:
            self._backend.close()
        except OSError:
            return  # it is gone already

    def _outcome(self, fault: Exception) -> Undelivered:
        match fault:
            case smtplib.SMTPRecipientsRefused(recipients=recipients):
                return _by_code(*next(iter(recipients.values())))
            case smtplib.SMTPResponseException(smtp_code=code, smtp_error=answer):
                return _by_code(int(code), answer)
            case smtplib.SMTPServerDisconnected():
                # Of a backend that is not ours we cannot know, so we take the careful answer.
                in_doubt = self._backend.in_doubt if isinstance(self._backend, EmailBackend) else True
                return Unanswered(_words(fault)) if in_doubt else NoLine(_words(fault))
            case ValueError() | smtplib.SMTPException():
                return Refused(f"Cannot be written as an email ({type(fault).__name__}). Check the address.")
        return NoLine(_words(fault))


def written(kind: str, context: dict[str, Any]) -> tuple[str, str, str]:
    """Subject, text and HTML of a kind, from `templates/emails/KIND/`, in the active language and zone.

    The subject is one line. Plain text is not escaped, HTML always is, and its styles stand in the elements.
    """
    plain = Engine.get_default()
    subject, text = (
        plain.get_template(f"emails/{kind}/{part}.txt").render(Context(context, autoescape=False))
        for part in ("subject", "body")
    )
    html = _inliner().inline(render_to_string(f"emails/{kind}/body.html", context))
    return " ".join(subject.split()), text.strip() + "\n", html


def one_line(text: str) -> str:
    """The text without line breaks and control characters, so that it cannot begin a header or a line of its own."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    # At-rules stay in the head: the dark theme is a media query. Nothing is fetched.
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


def _built(letter: Letter) -> EmailMultiAlternatives:
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        from_email=formataddr((one_line(letter.sender_name), address)),
        to=[letter.to],
        reply_to=[letter.reply_to] if letter.reply_to else None,
        headers={"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(letter.html, "text/html")
    if letter.calendar:
        message.attach(_calendar(letter))
    return message


def _calendar(letter: Letter) -> MIMEText:
    # Attached by name and type, Django would write the charset twice; built by hand, it stands once.
    part = MIMEText(letter.calendar.decode(), "calendar", "utf-8")
    part.set_param("method", letter.method)
    part.add_header("Content-Disposition", "attachment", filename="appointment.ics")
    return part


def _by_code(code: int, answer: bytes | str) -> Undelivered:
    words = f"{code} {answer.decode(errors='replace') if isinstance(answer, bytes) else answer}"
    if code == 421:  # RFC 5321, 3.8: the server closes the line
        return NoLine(words)
    return Refused(words) if code >= 500 else Later(words)


def _words(fault: Exception) -> str:
    return one_line(str(fault)) or type(fault).__name__
