"""Names the patients to whom messages go, for the list of messages."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from clinic import policy
from clinic.actions.queueing import Addressee
from clinic.models import User
from patients.models import Patient, PortalAccess

PAGE = "desk_patient"


def addressees(user: User, ids: Iterable[UUID]) -> Mapping[UUID, Addressee]:
    """The patients whom the user may see among these ids, which are of patients or of their accounts. 2 queries."""
    wanted = list(ids)
    mine = policy.visible(user, Patient)
    found = {row.pk: Addressee(person=row.pk, name=row.name, page=PAGE) for row in mine.filter(pk__in=wanted)}
    accounts = PortalAccess.objects.filter(user__in=wanted, ended_at=None, patient__in=mine.values("pk"))
    for access in accounts.select_related("patient").order_by("-relation"):
        patient = access.patient
        found[access.user_id] = Addressee(person=patient.pk, name=patient.name, page=PAGE)
    return found
