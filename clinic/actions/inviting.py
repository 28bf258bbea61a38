"""The first manager of an empty installation, and the link that opens its set-up once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic.actions import linking
from clinic.models import Clinic, Membership, Organisation, Role, User
from clinic.rules.refusals import Kind, Refusal

PURPOSE = "first-manager"
LASTS = timedelta(days=7)
NOBODY = UUID(int=0)


class AlreadySetUp(Refusal):
    """There is a manager: the set-up link has done its work."""

    code = "already_set_up"
    kind = Kind.CONFLICT


@dataclass(frozen=True, kw_only=True)
class FirstManager:
    """Who the first manager is and how they sign in."""

    name: str
    email: str
    password: str


def is_set_up() -> bool:
    """Whether anybody is on the staff yet."""
    return Membership.objects.exists()


def first_manager_token(*, now: datetime) -> str:
    """A token for the set-up page, good for a week and until the first manager is made."""
    return linking.make(purpose=PURPOSE, subject=NOBODY, now=now)


def check_token(*, token: str, now: datetime) -> None:
    """Raises LinkInvalid for a wrong or old token, AlreadySetUp once there is a manager."""
    linking.subject_of(token=token, purpose=PURPOSE, max_age=LASTS, now=now)
    if is_set_up():
        raise AlreadySetUp(_("This clinic is set up already. Sign in on the home page."))


@transaction.atomic
def make_first_manager(
    *, token: str, organisation: str, clinic: Clinic, person: FirstManager, now: datetime
) -> User:
    """The organisation, its first clinic (unsaved) and its manager, all or nothing. Two at once: the second is refused.

    Raises what `check_token` raises.
    """
    check_token(token=token, now=now)
    _row, first = Organisation.objects.get_or_create(only=True, defaults={"name": organisation})
    if not first:  # somebody with the same link was a moment faster
        raise AlreadySetUp(_("This clinic is set up already. Sign in on the home page."))
    clinic.save()
    user = User.objects.create_user(person.email, person.password, name=person.name)
    Membership.objects.create(user=user, clinic=clinic, role=Role.MANAGER)
    return user
