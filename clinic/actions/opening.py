"""Opens a clinic: the organisation grows by a place that somebody manages."""

from django.db import transaction
from django.utils.translation import gettext as _

from clinic import policy
from clinic.models import Clinic, Membership, Role, User


@transaction.atomic
def open_clinic(*, clinic: Clinic, by: User) -> None:
    """Saves a new clinic and makes who opens it its manager: a clinic without one could never get one.

    Raises NotYours.
    """
    if not policy.can(by, "add", Clinic):
        raise policy.NotYours(_("Clinics are opened by managers. Ask one."))
    clinic.save()
    Membership.objects.create(user=by, clinic=clinic, role=Role.MANAGER)
    policy.forget_reach(by)
