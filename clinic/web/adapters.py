"""How allauth behaves here: accounts by invitation only, mails through the post, secrets encrypted."""

from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from clinic import policy
from clinic.actions import signing_in
from clinic.models import User
from clinic.models.secret import decrypt, encrypt
from clinic.web import origin, sayings
from clinic.web.context import organisation_name

PATIENT_SESSION = timedelta(days=30)
"""A program is opened every day, beside a mat: a code each time would keep people from it."""
BY_POST = "account/email/login_code"
RESET = "account/email/password_reset_key"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Nobody signs up; the page never waits for a mail server, and is the same whether an account exists or not."""

    error_messages = DefaultAccountAdapter.error_messages | sayings.ACCOUNT

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: accounts are made by invitation."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whom throttles count and the list of sessions shows."""
        return origin.client_ip(request) or "127.0.0.1"  # the server heard it over a socket of this machine

    def pre_login(self, request: HttpRequest, user: User, **hooks: Any) -> HttpResponse | None:
        """Stops who asked for a code and has become staff since: from then on the password is asked for."""
        methods = get_authentication_records(request, user)
        if policy.is_staff(user) and methods and methods[-1]["method"] == "code":
            clear_login(request)
            return redirect("account_login")
        answer: HttpResponse | None = super().pre_login(request, user, **hooks)
        return answer

    def login(self, request: HttpRequest, user: User) -> None:
        """Staff are signed out after half a day; a patient's phone stays signed in for a month."""
        super().login(request, user)
        if not policy.is_staff(user):
            request.session.set_expiry(PATIENT_SESSION)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Puts codes and reset links into the outbox. Other notices of allauth (a changed factor) go the same way."""
        user = User.objects.signing_in_as(email)
        if user is None:
            return
        now = timezone.now()
        if template_prefix == BY_POST:
            signing_in.post_code(user=user, code=context["code"], now=now)
        elif template_prefix == RESET:
            signing_in.post_reset_link(user=user, url=context["password_reset_url"], now=now)
        else:
            signing_in.post_notice(user=user, now=now)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """TOTP secrets are encrypted at rest, and the organisation's name stands in the authenticator app."""

    error_messages = DefaultMFAAdapter.error_messages | sayings.SECOND_FACTOR

    def get_totp_issuer(self) -> str:
        """The name shown in the authenticator app."""
        return organisation_name()

    def encrypt(self, text: str) -> str:
        """Ciphertext for the database."""
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret itself."""
        return decrypt(encrypted_text)
