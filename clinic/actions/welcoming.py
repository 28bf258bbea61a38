"""Invites somebody new on the staff by a mail with a link, behind which they set their first password."""

from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from clinic import policy
from clinic.actions import linking, outbox
from clinic.models import User
from clinic.policy import NotYours
from clinic.rules.refusals import Kind, Refusal

__all__ = [
    "LASTS",
    "PURPOSE",
    "AccountClosed",
    "HasPassword",
    "NotYours",
    "WeakPassword",
    "invite",
    "invited",
    "set_password",
]

PURPOSE = "staff-invitation"
LASTS = timedelta(days=7)


class HasPassword(Refusal):
    """They have set a password already, so an invitation is of no use."""

    code = "has_password"
    kind = Kind.CONFLICT


class AccountClosed(Refusal):
    """Who may not sign in is not invited."""

    code = "account_closed"
    kind = Kind.CONFLICT


class WeakPassword(Refusal):
    """The password is too short, too common, or like the name."""

    code = "weak_password"


@transaction.atomic
def invite(*, user: User, by: User, now: datetime) -> None:
    """An invitation in the outbox; inviting again sends another mail, and the links of both work until one is used.

    Raises NotYours, HasPassword, AccountClosed.
    """
    if not policy.may(by, "view", user):
        raise NotYours(_("Staff are invited by the managers of their clinics. Ask one."))
    _refuse(user)
    outbox.put(
        outbox.Post(
            kind="staff_invitation",
            subject_id=user.pk,
            person_id=user.pk,
            due_at=now,
            useful_until=now + LASTS,
            occurrence=f"{now:%Y%m%dT%H%M}",
        ),
        now=now,
    )


def invited(*, token: str, now: datetime) -> User:
    """Whom the link invites. Raises LinkInvalid, HasPassword, AccountClosed."""
    key = linking.subject_of(token=token, purpose=PURPOSE, max_age=LASTS, now=now)
    user = User.objects.filter(pk=key).first()
    if user is None:
        raise linking.LinkInvalid(_("This account is gone. Ask your manager for a new invitation."))
    _refuse(user)
    return user


@transaction.atomic
def set_password(*, token: str, password: str, now: datetime) -> User:
    """The invited with their first password. Two at once: the second is refused.

    Raises WeakPassword and what `invited` raises.
    """
    found = invited(token=token, now=now)
    user = User.objects.select_for_update().get(pk=found.pk)
    _refuse(user)
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise WeakPassword(" ".join(weak.messages), field="password") from None
    user.set_password(password)
    user.save(update_fields=["password"])
    return user


def _refuse(user: User) -> None:
    if not user.is_active:
        raise AccountClosed(_("This account is closed. Open it again before you invite."))
    if user.has_usable_password():
        raise HasPassword(_("A password is set already. Sign in, or ask for a new password there."))
