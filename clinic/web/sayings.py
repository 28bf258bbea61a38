"""What sign-in says when something does not go: the words of allauth's faults, each with what to do next.

None of them depends on whether an account exists: a stranger learns nothing about who is a patient.
"""

from django.utils.translation import gettext_lazy as _

LINK_GONE = _("This link was used already, or it is too old. Ask for a new one.")
ACCOUNT = {
    "account_inactive": _("This account is closed. Call your clinic if you think that this is a mistake."),
    "email_password_mismatch": _(
        "Email and password do not fit together. Try again, or ask for a new password by email."
    ),
    "enter_current_password": _("This is not your present password. Type it again."),
    "incorrect_code": _(
        "This code does not fit. Type the one from the newest mail, or ask for a new code below."
    ),
    "incorrect_password": _("This password is not right. Type it again, or sign out and ask for a new one."),
    "invalid_or_expired_key": LINK_GONE,
    "invalid_login": _("That sign-in does not go on. Begin again."),
    "invalid_password_reset": LINK_GONE,
    "too_many_login_attempts": _(
        "Too many tries. Ask for a new code by email; a password can be tried again in five minutes."
    ),
    "unknown_email": _("Check the address. If it is right, call your clinic."),
    "same_as_current": _("This is the old one. Choose a new one."),
    "rate_limited": _("Too many tries. Wait five minutes, then try again."),
}
SECOND_FACTOR = {
    "cannot_delete_authenticator": _("The second factor cannot be taken off now. Ask your manager."),
    "cannot_generate_recovery_codes": _("Add a second factor first: recovery codes stand in for it."),
    "incorrect_code": _("This code does not fit. Wait for the next six digits in your app, then type those."),
}
