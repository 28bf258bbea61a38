"""Who asks: by the session of a browser, or by a bearer token of the API; both with what they are where.

Tokens are kept as digests; a disabled user's tokens die with the account.
"""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from clinic import policy
from clinic.actions.signing_in import token_digest
from clinic.models import ApiToken, User


class SessionBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """Signs in as allauth does; who is signed in is read with their reach, in one query."""

    def get_user(self, user_id: str) -> User | None:
        """The user, where they may still sign in."""
        user = User.objects.filter(pk=user_id).annotate(held=policy.held_by("pk")).first()
        if user is None or not self.user_can_authenticate(user):
            return None
        policy.remember(user, user.held)  # annotated above
        return user


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer TOKEN`."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The token's user, with their reach; None where no bearer token was sent; 401 for a wrong or old one."""
        scheme, _space, token = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        found = (
            ApiToken.objects.live(timezone.now())
            .select_related("user")
            .annotate(held=policy.held_by("user"))
            .filter(digest=token_digest(token.strip().decode("latin-1")))
            .first()
        )
        if found is None:
            raise AuthenticationFailed(
                _("This token is not valid. Make a new one and send it as a bearer token.")
            )
        policy.remember(found.user, found.held)  # type: ignore[attr-defined]  # annotated above
        return found.user, found

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return "Bearer"


class BearerInTheSchema(OpenApiAuthenticationExtension):
    """How the schema names the token: spectacular finds this class by its base."""

    target_class = BearerAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A bearer token."""
        return {"type": "http", "scheme": "bearer"}
