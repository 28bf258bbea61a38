"""Who signs in, and what they are at which clinic."""

from datetime import datetime
from typing import ClassVar

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from clinic.models.place import Clinic
from clinic.models.row import Row, new_id

ADDRESS_TAKEN = _(
    "This address cannot be taken. Give a colleague their role under Who works where, and anybody else another address."
)


class Role(models.TextChoices):
    """What a person may be at a clinic. A patient is who has a PortalAccess, not a role here."""

    FRONT_DESK = "front_desk", _("front desk")
    PHYSIOTHERAPIST = "physiotherapist", _("physiotherapist")
    MANAGER = "manager", _("manager")


class Users(BaseUserManager["User"]):
    """Users by email, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user with that email; raises User.DoesNotExist."""
        return self.get(email__iexact=username)

    def signing_in_as(self, email: str) -> "User | None":
        """The one who may sign in with that email, if anybody."""
        return self.filter(email__iexact=email, is_active=True).first()

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """A new user; without a password one that signs in by one-time code only."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


@pghistory.track(exclude=["last_login", "password"])
class User(AbstractBaseUser):
    """A person who signs in: staff, patient, or both."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(
        _("email"), max_length=254, unique=True, error_messages={"unique": ADDRESS_TAKEN}
    )
    name = models.CharField(_("name"), max_length=150)
    language = models.CharField(_("language"), max_length=8, blank=True, default="")
    is_active = models.BooleanField(_("may sign in"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[Users] = Users()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("member of staff")
        verbose_name_plural = _("staff")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_user_an_email",
                violation_error_message=ADDRESS_TAKEN,
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]


@pghistory.track()
class Membership(Row):
    """A user is staff of a clinic in a role; somebody may hold several."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role)

    class Meta:
        verbose_name = _("role at a clinic")
        verbose_name_plural = _("who works where")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "clinic", "role"],
                name="one_membership_a_role",
                violation_error_message=_("They have this role at this clinic already. Choose another."),
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values),
                name="membership_role_known",
                violation_error_message=_("Choose one of the roles in the list."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}, {self.clinic}"


class LiveTokens(models.QuerySet["ApiToken"]):
    """API tokens by their state."""

    def live(self, now: datetime) -> "LiveTokens":
        """Not revoked, not expired, and their user may still sign in."""
        return self.filter(revoked_at=None, expires_at__gt=now, user__is_active=True)


@pghistory.track(exclude=["digest"])
class ApiToken(Row):
    """A key to the API, kept as its SHA-256 only: the token itself is shown once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = LiveTokens.as_manager()

    def __str__(self) -> str:
        return f"API token of {self.user}"
