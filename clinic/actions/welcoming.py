"""Invites somebody new on the staff by a mail with a link, behind which they set their first password."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from clinic import policy
from clinic.actions import joining, linking, outbox
from clinic.models import Clinic, Membership, Role, User
from clinic.policy import NotYours
from clinic.rules.refusals import Kind, Refusal

__all__ = [
    "LASTS",
    "PURPOSE",
    "AccountClosed",
    "AlreadyHere",
    "HasPassword",
    "Newcomer",
    "NotYours",
    "WeakPassword",
    "invite",
    "invited",
    "set_password",
    "take_on",
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


class AlreadyHere(Refusal):
    """The address is that of somebody on the staff whom the manager sees anyway."""

    code = "already_here"
    kind = Kind.CONFLICT


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """Somebody who is to work at a clinic in these roles."""

    name: str
    email: str
    clinic: Clinic
    roles: tuple[Role, ...]
    language: str = ""


@transaction.atomic
def take_on(*, newcomer: Newcomer, by: User, now: datetime) -> User:
    """Whoever has the address, with the roles and one mail there. The page says only that a mail goes out.

    Somebody new gets an account and is invited. A colleague of another clinic gets the roles and is told. A patient's
    account stays a patient's: its owner is told, and the clinic needs another address of theirs.
    Raises NotYours, AlreadyHere.
    """
    if not policy.can(by, "add", User):
        raise NotYours(_("Staff are invited by the managers of their clinics. Ask one."))
    words = {
        "name": newcomer.name.strip(), "language": newcomer.language, "password": make_password(None),
    }  # fmt: skip
    user, is_new = User.objects.get_or_create(email=newcomer.email.strip().lower(), defaults=words)
    if not is_new and policy.may(by, "view", user):
        raise AlreadyHere(
            _("%(name)s is on your staff already. Give further roles under Who works where.")
            % {"name": user},
            field="email",
        )
    is_colleague = not is_new and joining.colleagues(by=by).filter(pk=user.pk).exists()
    if is_new or is_colleague:
        for role in newcomer.roles:
            joining.give(membership=Membership(user=user, clinic=newcomer.clinic, role=role), by=by)
    elif not policy.may(by, "change", newcomer.clinic):
        raise NotYours(_("Roles at this clinic are given by its managers. Ask one."))
    is_asked_in = is_new or (is_colleague and not user.has_usable_password())
    _post("staff_invitation" if is_asked_in else "staff_known", user, now)
    return user


@transaction.atomic
def invite(*, user: User, by: User, now: datetime) -> None:
    """An invitation in the outbox; inviting again sends another mail, and the links of both work until one is used.

    Raises NotYours, HasPassword, AccountClosed.
    """
    if not policy.may(by, "view", user):
        raise NotYours(_("Staff are invited by the managers of their clinics. Ask one."))
    _refuse(user)
    _post("staff_invitation", user, now)


def _post(kind: str, user: User, now: datetime) -> None:
    outbox.put(
        outbox.Post(
            kind=kind,
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
