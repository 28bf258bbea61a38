"""Who learns of a program: whether anybody opens the patient's portal, and what to do where nobody does."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from clinic import policy
from clinic.models import User
from patients.messages import is_entered, may_be_opened
from patients.models import Patient


@dataclass(frozen=True, kw_only=True)
class Portal:
    """A patient's portal: `is_open` where somebody who opens it has signed in, else whether somebody is invited.

    `can_invite` is whether the user may invite; where it is open nobody needs to.
    """

    is_open: bool
    is_invited: bool = False
    can_invite: bool


def portal_of(patient: Patient, user: User) -> Portal:
    """The patient's portal as the user may deal with it. One query, three where nobody has opened it."""
    if is_entered(patient):
        return Portal(is_open=True, can_invite=False)
    return Portal(
        is_open=False, is_invited=may_be_opened(patient), can_invite=policy.may(user, "invite", patient)
    )


def of_start(patient: Patient, portal: Portal) -> str:
    """The sentence on a program that has just been given to its patient."""
    if portal.is_open:
        return _("The program is active. The patient is told by email.")
    if portal.is_invited:
        return _("The program is active. The patient is told by email, but has not signed in yet.")
    if patient.email:
        return _(
            "The program is active, but nobody opens this portal yet. Invite the patient at the top of the page."
        )
    return _("The program is active, but the patient has neither an email address nor a portal yet.")
