"""Pages for trying the product: its mails and its design. Only with DEMO or DEBUG, only from this machine."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from clinic.models import Clinic
from clinic.web import origin

P = ParamSpec("P")
NEWEST = 100
"""So many mails are listed."""
REFUSALS = (403, 404, 429, 500)


@dataclass(frozen=True)
class Mail:
    """One mail of the folder, as the page shows it."""

    name: str
    sent: datetime
    to: str
    subject: str
    text: str
    attachments: tuple[str, ...]


@dataclass(frozen=True)
class Code:
    """The second factor of a demo log-in, right now."""

    email: str
    code: str


def for_trying(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """404 unless this is a demo or debug run at an address of this machine, and asked from this machine."""

    @wraps(view)
    def door(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        trying = (settings.DEMO or settings.DEBUG) and settings.LOOPBACK
        if not trying or not origin.is_this_machine(request):
            raise Http404
        return view(request, *args, **kwargs)

    return door


@for_trying
def outbox(request: HttpRequest) -> HttpResponse:
    """The mails, newest first, and the second factors of the demo's staff."""
    return _shown(request, _mails(), None)


@for_trying
def letter(request: HttpRequest, name: str) -> HttpResponse:
    """One mail."""
    mails = _mails()
    chosen = next((mail for mail in mails if mail.name == name), None)
    if chosen is None:
        raise Http404
    return _shown(request, mails, chosen)


@for_trying
def ui(request: HttpRequest) -> HttpResponse:
    """The design system."""
    return render(request, "site/ui.html")


@for_trying
def refusal(request: HttpRequest, number: int) -> HttpResponse:
    """The page of a no that is hard to bring about, to look at."""
    if number not in REFUSALS:
        raise Http404
    return render(request, f"{number}.html")


def _shown(request: HttpRequest, mails: list[Mail], chosen: Mail | None) -> HttpResponse:
    """The page on the clock of the first clinic by name, for nobody is signed in; it says whose clock that is."""
    clinic = Clinic.objects.filter(archived_at=None).order_by("name").first()
    context = {"mails": mails, "codes": _codes(), "mail": chosen, "clinic": clinic}
    with timezone.override(clinic.zone if clinic else None):
        return render(request, "site/outbox.html", context)


def _mails() -> list[Mail]:
    files = sorted(settings.OUTBOX_DIR.glob("*.eml"), reverse=True)[:NEWEST]
    return [_read(file) for file in files]


def _read(file: Path) -> Mail:
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - the default policy makes no other
    body = message.get_body(("plain",))
    return Mail(
        name=file.stem,
        sent=_sent(str(message["Date"])),
        to=str(message["To"]),
        subject=str(message["Subject"]),
        text=body.get_content() if body else "",
        attachments=tuple(
            part.get_filename() or part.get_content_type() for part in message.iter_attachments()
        ),
    )


def _sent(text: str) -> datetime:
    """When the mail was written. Its header may say `-0000`: UTC, and nothing about where the writer is."""
    at = parsedate_to_datetime(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _codes() -> list[Code]:
    staff = Authenticator.objects.filter(
        type=Authenticator.Type.TOTP, user__email__endswith="@demo.clinic"
    ).select_related("user")
    return [Code(row.user.email, _now(row)) for row in staff.order_by("user__email")[:NEWEST]]


def _now(row: Authenticator) -> str:
    counters = list(yield_hotp_counters_from_time())  # as many before as after the one of this moment
    code: str = format_hotp_value(hotp_value(_secret(row), counters[len(counters) // 2]))
    return code


def _secret(row: Authenticator) -> str:
    secret: str = decrypt(row.data["secret"])
    return secret
