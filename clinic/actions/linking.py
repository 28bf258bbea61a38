"""Signed links for mails: for one purpose, about one row, for a time. Opening one changes nothing."""

from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing
from django.utils.translation import gettext_lazy as _

from clinic.rules.refusals import Kind, Refusal


class LinkInvalid(Refusal):
    """The link was changed, is meant for something else, or is too old."""

    code = "link_invalid"
    kind = Kind.MISSING


def make(*, purpose: str, subject: UUID, now: datetime) -> str:
    """A token for the purpose, signed with SECRET_KEY (HMAC-SHA256, so it cannot be guessed or changed)."""
    return _signer(purpose).sign_object([str(subject), int(now.timestamp())])


def subject_of(*, token: str, purpose: str, max_age: timedelta, now: datetime) -> UUID:
    """The row that the link is about. Raises LinkInvalid, which says the same for each reason."""
    try:
        subject, made_at = _signer(purpose).unsign_object(token)
        age = now.timestamp() - made_at
        if not 0 <= age + 60 <= max_age.total_seconds() + 60:
            raise signing.BadSignature
        return UUID(subject)
    except (signing.BadSignature, ValueError, TypeError):
        raise LinkInvalid(
            _("This link does not work any more. Ask the clinic for a new one, or sign in on the home page.")
        ) from None


def _signer(purpose: str) -> signing.Signer:
    return signing.Signer(salt=f"link:{purpose}")
