"""Second-factor codes count once, for as long as one is accepted (assurance AC-05)."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django.core.cache import cache

ACCEPTED_S = 120
"""A code holds for its half minute and the ones before and after it: this is longer."""


def spend(user: Any, code: str) -> str:
    """The code, spent; raises the form error of a wrong code where the user has used it already."""
    if not cache.add(f"second-factor:{user.pk}:{code}", 1, ACCEPTED_S):
        raise get_adapter().validation_error("incorrect_code")
    return code


class OnceForm(AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    """The second step of sign-in."""

    def clean_code(self) -> str:
        """A right code, for the first time."""
        return spend(self.user, super().clean_code())


class OnceAgainForm(ReauthenticateForm):  # type: ignore[misc]
    """The second step asked again before something delicate."""

    def clean_code(self) -> str:
        """A right code, for the first time."""
        return spend(self.user, super().clean_code())
