"""What sign-in needs beside allauth: mails with codes go through the post, and keys to the API."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from clinic.actions import outbox
from clinic.models import ApiToken, User
from clinic.models.row import new_id

CODE_LASTS = timedelta(minutes=10)
TOKEN_LASTS = timedelta(days=365)


def token_digest(token: str) -> str:
    """What is kept of a token. It has 256 bits of its own, so a plain hash is enough and costs a request nothing."""
    return sha256(token.encode()).hexdigest()


def issue_token(*, user: User, now: datetime) -> str:
    """A new API token of the user, shown this once; valid for a year."""
    token = secrets.token_urlsafe(32)
    ApiToken.objects.create(user=user, digest=token_digest(token), expires_at=now + TOKEN_LASTS)
    return token


def revoke_tokens(*, user: User, now: datetime) -> int:
    """Ends all the user's tokens at once, those of a disabled account too; how many were neither old nor ended."""
    return ApiToken.objects.filter(user=user, revoked_at=None, expires_at__gt=now).update(revoked_at=now)


def post_code(*, user: User, code: str, now: datetime) -> None:
    """Send a one-time code."""
    outbox.put(
        outbox.Post(
            kind="login_code",
            subject_id=new_id(),
            person_id=user.pk,
            due_at=now,
            useful_until=now + CODE_LASTS,
            payload=code,
        ),
        now=now,
    )


def post_use_password(*, user: User, now: datetime) -> None:
    """Tell staff who asked for a code that there is none for them: they sign in with the password (docs/adr/009)."""
    outbox.put(
        outbox.Post(
            kind="use_password",
            subject_id=new_id(),
            person_id=user.pk,
            due_at=now,
            useful_until=now + CODE_LASTS,
        ),
        now=now,
    )


def post_reset_link(*, user: User, url: str, now: datetime) -> None:
    """Send the link with which a staff member sets a new password."""
    outbox.put(
        outbox.Post(
            kind="password_reset",
            subject_id=new_id(),
            person_id=user.pk,
            due_at=now,
            useful_until=now + timedelta(hours=2),
            payload=url,
        ),
        now=now,
    )


def post_notice(*, user: User, now: datetime) -> None:
    """Tell a user that the sign-in of their account was changed, so that a stranger's change is noticed."""
    outbox.put(
        outbox.Post(
            kind="account_changed",
            subject_id=new_id(),
            person_id=user.pk,
            due_at=now,
            useful_until=now + timedelta(days=2),
        ),
        now=now,
    )
