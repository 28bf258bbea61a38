"""Opens a patient's record to a portal account, by a mail with a link, and closes it again."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic import policy
from clinic.actions import linking, outbox
from clinic.models import User
from clinic.rules.refusals import Kind, Refusal
from patients import record
from patients.models import Patient, PortalAccess
from patients.models.patient import Relation

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
    too. Inviting again sends the mail again. At a new address the patient's access under the old one ends, for it
    may have been mistyped; a parent's or guardian's stays. Raises NotYours, NoEmail, Departed.
    """
    policy.fetch(by, "invite", Patient, pk=patient.pk)
    patient = record.current(patient)
    if patient.archived_at or patient.merged_into_id or patient.deceased_on:
        raise Departed(_("This record is closed. Open it again before you invite."))
    if not patient.email:
        raise NoEmail(_("Add an email address first: the invitation goes there."), field="email")
    user = User.objects.filter(email__iexact=patient.email).first()
    if user is None:
        user = User.objects.create_user(patient.email, name=patient.name, language=patient.language)
    _leave_other_accounts(patient, user, now)
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


@transaction.atomic
def end_access(*, access: PortalAccess, by: User, now: datetime) -> PortalAccess:
    """The access, ended: from the next request on its account does not open this record. Raises Hidden, NotYours.

    What ended already keeps its moment. The account itself stays, for it may open other records.
    """
    row = policy.fetch(by, "end", PortalAccess.objects.select_for_update(of=("self",)), pk=access.pk)
    if row.ended_at is None:
        _end(row, now)
    return row


def _leave_other_accounts(patient: Patient, user: User, now: datetime) -> None:
    """Ends the patient's own access under every account but the user's."""
    own = PortalAccess.objects.filter(patient=patient, relation=Relation.SELF, ended_at=None)
    for access in own.exclude(user=user):
        _end(access, now)


def _end(access: PortalAccess, now: datetime) -> None:
    access.ended_at = now
    access.save(update_fields=["ended_at"])
    outbox.supersede(subject_id=access.pk, kinds=["invitation"], now=now)


def invited(*, token: str, now: datetime) -> PortalAccess:
    """The living access that an invitation's link opens. Raises LinkInvalid for a wrong, old or ended one."""
    pk = linking.subject_of(token=token, purpose=PURPOSE, max_age=LASTS, now=now)
    access = (
        PortalAccess.objects.select_related("user", "patient__clinic").filter(pk=pk, ended_at=None).first()
    )
    if access is None or not access.user.is_active:
        raise linking.LinkInvalid(_("This invitation was taken back. Call your clinic for a new one."))
    return access
