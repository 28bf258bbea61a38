"""Signed links for mails: for one purpose, about one row, for a time. Opening one changes nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing
from django.utils.translation import gettext_lazy as _

from clinic.rules.refusals import Kind, Refusal


class LinkInvalid(Refusal):
    """The link was changed, is meant for something else, or is too old."""

    code = "link_invalid"
    kind = Kind.MISSING


@dataclass(frozen=True)
class Linked:
    """The row that a link is about, and the version of it of which the mail spoke."""

    subject: UUID
    version: int


def make(*, purpose: str, subject: UUID, now: datetime, version: int = 0) -> str:
    """A token for the purpose, signed with SECRET_KEY (HMAC-SHA256, so it cannot be guessed or changed)."""
    return _signer(purpose).sign_object([str(subject), int(now.timestamp()), version])


def subject_of(*, token: str, purpose: str, max_age: timedelta, now: datetime) -> UUID:
    """The row that the link is about. Raises LinkInvalid, which says the same for each reason."""
    return opened(token=token, purpose=purpose, max_age=max_age, now=now).subject


def opened(*, token: str, purpose: str, max_age: timedelta, now: datetime) -> Linked:
    """The row and its version, for links that must not act on what has changed since. Raises LinkInvalid."""
    try:
        subject, made_at, *rest = _signer(purpose).unsign_object(token)
        age = now.timestamp() - made_at
        if not 0 <= age + 60 <= max_age.total_seconds() + 60:
            raise signing.BadSignature
        return Linked(UUID(subject), rest[0] if rest else 0)
    except (signing.BadSignature, ValueError, TypeError):
        raise LinkInvalid(
            _("This link does not work any more. Ask the clinic for a new one, or sign in on the home page.")
        ) from None


def _signer(purpose: str) -> signing.Signer:
    return signing.Signer(salt=f"link:{purpose}")
