"""The email channel: what stands in a letter, and which outcome each answer of a server is."""

import socket
from dataclasses import replace
from typing import Any

import pytest
from django.utils import translation

from clinic.channels import email
from tests.post import HANG_UP, HANG_UP_AFTER_DATA, Postbox

LETTER = email.Letter(
    to="elena@example.org",
    sender_name="Riverside",
    reply_to="riverside@example.org",
    message_id="<1@example.org>",
    subject="Hello",
    text="Hello Elena",
    html="<p>Hello Elena</p>",
)


def _send(letter: email.Letter) -> None:
    with email.Line() as line:
        line.send(letter)


def test_a_letter_has_text_and_html_a_sender_and_a_reply_address(postbox: Postbox) -> None:
    _send(LETTER)
    (letter,) = postbox.received
    assert letter["From"].startswith("Riverside <")
    assert letter["Reply-To"] == "riverside@example.org"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in letter.walk()][-2:] == ["text/plain", "text/html"]


def test_a_calendar_file_says_its_method_and_its_charset_once(postbox: Postbox) -> None:
    _send(
        replace(
            LETTER, calendar="BEGIN:VCALENDAR\r\nX-NAME:Zoë\r\nEND:VCALENDAR\r\n".encode(), method="REQUEST"
        )
    )
    (part,) = postbox.received[0].iter_attachments()
    assert part["Content-Type"].count("charset") == 1
    assert part["Content-Type"].params["method"] == "REQUEST"
    assert part.get_filename() == "appointment.ics"
    assert "Zoë" in part.get_content()


@pytest.mark.assures("IN-06")
@pytest.mark.parametrize("breaks", ["\r\n", "\n", "\v", "\u2028", "\x85"])
def test_a_name_with_line_breaks_begins_no_header(breaks: str, postbox: Postbox) -> None:
    _send(replace(LETTER, sender_name=f"Riverside{breaks}Bcc: thief@example.org"))
    (letter,) = postbox.received
    assert letter["Bcc"] is None
    assert letter["From"].count("\n") == 0


@pytest.mark.assures("RM-04")
@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("450 4.2.0 Later", email.Later),
        ("451 4.3.0 Later", email.Later),
        ("421 4.3.2 Closing", email.NoLine),
        (HANG_UP, email.NoLine),
        ("550 5.1.1 No such mailbox", email.Refused),
        ("552 5.2.2 Full", email.Refused),
        (HANG_UP_AFTER_DATA, email.Unanswered),
    ],
)
def test_each_answer_is_one_outcome(answer: str, outcome: type[email.Undelivered], postbox: Postbox) -> None:
    postbox.answer = answer
    with pytest.raises(email.Undelivered) as caught:
        _send(LETTER)
    assert type(caught.value) is outcome


def test_a_refused_connection_is_no_line(settings: Any, postbox: Postbox) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = nobody.getsockname()[1]
        with pytest.raises(email.NoLine, match="No line to the mail server"):
            _send(LETTER)


def test_a_line_that_the_server_closed_meanwhile_is_opened_again(postbox: Postbox) -> None:
    with email.Line() as line:
        line.send(LETTER)
        line._backend.connection.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[attr-defined]
        line.send(LETTER)
    assert len(postbox.received) == 2


def test_text_is_plain_and_html_is_escaped_inlined_and_keeps_its_dark_theme() -> None:
    context = {
        "first_name": "<b>Elena & Co</b>",
        "code": "ABC-123",
        "organisation": "Spine Clinic",
        "language": "en",
    }
    with translation.override("en"):
        subject, text, html = email.written("login_code", context)
    assert subject == "Your sign-in code"
    assert "Hello <b>Elena & Co</b>," in text
    assert "&lt;b&gt;Elena &amp; Co&lt;/b&gt;" in html
    assert 'class="code" style="' in html
    assert "prefers-color-scheme: dark" in html
