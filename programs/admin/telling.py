"""Who learns of a program: whether anybody opens the patient's portal, and what to do where nobody does."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from clinic import policy
from clinic.models import User
from patients.models import Patient, PortalAccess


@dataclass(frozen=True, kw_only=True)
class Portal:
    """A patient's portal: `is_open` where some account opens it, and whether the user may invite one."""

    is_open: bool
    can_invite: bool


def portal_of(patient: Patient, user: User) -> Portal:
    """The patient's portal as the user may deal with it. One query, two where nobody opens it."""
    if PortalAccess.objects.filter(patient=patient, ended_at=None).exists():
        return Portal(is_open=True, can_invite=False)
    return Portal(is_open=False, can_invite=policy.may(user, "invite", patient))


def of_start(patient: Patient, portal: Portal) -> str:
    """The sentence on a program that has just been given to its patient."""
    if portal.is_open:
        return _("The program is active. The patient is told by email.")
    if patient.email:
        return _("The program is active, but nobody opens this portal yet. Invite the patient below.")
    return _("The program is active, but the patient has neither an email address nor a portal yet.")
