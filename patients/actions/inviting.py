"""Opens a patient's record to a portal account, by a mail with a link."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic import policy
from clinic.actions import linking, outbox
from clinic.models import User
from clinic.rules.refusals import Kind, Refusal
from patients.models import Patient, PortalAccess

PURPOSE = "portal-invitation"
LASTS = timedelta(days=14)


class NoEmail(Refusal):
    """There is no address to write to."""

    code = "no_email"


class Departed(Refusal):
    """The record is archived, merged or of somebody who died."""

    code = "patient_not_current"
    kind = Kind.CONFLICT


@transaction.atomic
def invite(*, patient: Patient, by: User, now: datetime) -> PortalAccess:
    """The patient's own portal access, made if there was none, and an invitation in the outbox.

    An account with that email is used as it is and nothing in it is changed: it may be a parent's or a partner's
    too. Inviting again sends the mail again. Raises NotYours, NoEmail, Departed.
    """
    policy.fetch(by, "invite", Patient, pk=patient.pk)
    if patient.archived_at or patient.merged_into_id or patient.deceased_on:
        raise Departed(_("This record is closed. Open it again before you invite."))
    if not patient.email:
        raise NoEmail(_("Add an email address first: the invitation goes there."), field="email")
    user = User.objects.filter(email__iexact=patient.email).first()
    if user is None:
        user = User.objects.create_user(patient.email, name=patient.name, language=patient.language)
    access, _created = PortalAccess.objects.get_or_create(user=user, patient=patient, ended_at=None)
    outbox.put(
        outbox.Post(
            kind="invitation",
            subject_id=access.pk,
            person_id=patient.pk,
            due_at=now,
            useful_until=now + LASTS,
            occurrence=f"{now:%Y%m%dT%H%M}",
        ),
        now=now,
    )
    return access


def invited(*, token: str, now: datetime) -> PortalAccess:
    """The living access that an invitation's link opens. Raises LinkInvalid for a wrong, old or ended one."""
    pk = linking.subject_of(token=token, purpose=PURPOSE, max_age=LASTS, now=now)
    access = (
        PortalAccess.objects.select_related("user", "patient__clinic").filter(pk=pk, ended_at=None).first()
    )
    if access is None or not access.user.is_active:
        raise linking.LinkInvalid(_("This invitation was taken back. Call your clinic for a new one."))
    return access
