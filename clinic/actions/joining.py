"""Gives roles to colleagues. Nobody else is made staff by another's form: a patient's account stays a patient's."""

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from clinic import policy
from clinic.models import Membership, Role, User
from clinic.rules.refusals import Kind, Refusal


class NoColleague(Refusal):
    """The account never was staff: its owner did not ask to be."""

    code = "no_colleague"
    kind = Kind.CONFLICT


def colleagues(*, by: User) -> QuerySet[User]:
    """Accounts to which `by` may give a role: who is staff of any clinic, and who was of one that `by` manages.

    So a role that was taken away by mistake is given back.
    """
    mine = policy.reach(by).of(Role.MANAGER)
    held = Membership.objects.filter(user=OuterRef("pk"))
    once = Membership.pgh_event_model.objects.filter(user=OuterRef("pk"), clinic__in=mine)  # type: ignore[attr-defined]
    return User.objects.filter(Exists(held) | Exists(once))


@transaction.atomic
def join(*, membership: Membership, by: User) -> Membership:
    """The role, saved. Raises NotYours where `by` does not manage its clinic, NoColleague for who never was staff."""
    if not colleagues(by=by).filter(pk=membership.user_id).exists():
        raise NoColleague(
            _("No colleague has this account. Add the person under Staff, with an address for work.")
        )
    return give(membership=membership, by=by)


@transaction.atomic
def give(*, membership: Membership, by: User) -> Membership:
    """The role, saved, to whoever may have one. Raises NotYours where `by` does not manage its clinic."""
    membership.save()
    if not policy.may(by, "add", membership):
        raise policy.NotYours(_("Roles at this clinic are given by its managers. Ask one."))
    return membership
