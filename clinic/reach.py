"""Owns what a user is where: their roles with the clinics in which they hold them, read once a request."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from clinic.models import Membership, User

PATIENT = "patient"
"""The role of whoever opens a portal. Every user has it: what it shows depends on their PortalAccess rows."""


@dataclass(frozen=True)
class Reach:
    """A user's roles with the clinics in which they hold them; read once a request, and only if a role matters.

    `held` are the memberships as `held_by` gives them, where they were read together with the user.
    """

    user: User
    held: Sequence[Mapping[str, str]] | None = None

    @cached_property
    def clinics(self) -> Mapping[str, frozenset[UUID]]:
        """The clinics by role; none for who may not sign in."""
        held: dict[str, set[UUID]] = {}
        if self.user.is_active:
            for role, clinic in self._memberships():
                held.setdefault(role, set()).add(clinic)
        return {role: frozenset(ids) for role, ids in held.items()}

    def _memberships(self) -> Iterable[tuple[str, UUID]]:
        if self.held is None:
            return Membership.objects.filter(user=self.user).values_list("role", "clinic_id")
        return ((each["role"], UUID(each["clinic"])) for each in self.held)

    def of(self, role: str) -> frozenset[UUID]:
        """The clinics in which the user holds the role."""
        return self.clinics.get(role, frozenset())

    @property
    def anywhere(self) -> frozenset[UUID]:
        """The clinics in which the user holds any role."""
        return frozenset().union(*self.clinics.values())

    def holds(self, role: str) -> bool:
        """Whether the user holds the role at all; everybody may be a patient."""
        return role == PATIENT or role in self.clinics


def held_by(user: str) -> ArraySubquery:
    """The memberships of the user whom a row names in this column, to be read with it: one query the less."""
    mine = Membership.objects.filter(user=OuterRef(user))
    return ArraySubquery(mine.values(held=JSONObject(role="role", clinic="clinic_id")))


def remember(user: User, held: Sequence[Mapping[str, str]]) -> None:
    """Lets the user's reach be known from what was read with the user."""
    user._reach = Reach(user, held)  # type: ignore[attr-defined]


def reach(user: User) -> Reach:
    """The user's reach, remembered on the user object, which lives as long as its request."""
    known: Reach | None = getattr(user, "_reach", None)
    if known is None:
        known = Reach(user)
        user._reach = known  # type: ignore[attr-defined]
    return known


def forget_reach(user: User) -> None:
    """Have the user's reach read anew: for an action that changes it and then asks."""
    if hasattr(user, "_reach"):
        del user._reach
