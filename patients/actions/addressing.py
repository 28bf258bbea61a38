"""Names the patients to whom messages go, for the list of messages."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from clinic import policy
from clinic.actions.queueing import Addressee
from clinic.models import User
from patients.models import BookingRequest, Patient, PortalAccess

PAGE = "desk_patient"


def addressees(user: User, ids: Iterable[UUID]) -> Mapping[UUID, Addressee]:
    """Who may be named to the user among these ids, which are of patients, their accounts or online bookings.

    Who asked online has no record yet. 3 queries.
    """
    wanted = list(ids)
    mine = policy.visible(user, Patient)
    found = {row.pk: Addressee(person=row.pk, name=row.name, page=PAGE) for row in mine.filter(pk__in=wanted)}
    accounts = PortalAccess.objects.filter(user__in=wanted, ended_at=None, patient__in=mine.values("pk"))
    for access in accounts.select_related("patient").order_by("-relation"):
        patient = access.patient
        found[access.user_id] = Addressee(person=patient.pk, name=patient.name, page=PAGE)
    asked = policy.visible(user, BookingRequest).filter(pk__in=wanted)
    found |= {
        row.pk: Addressee(person=row.pk, name=f"{row.given_name} {row.family_name}")
        for row in asked.only("given_name", "family_name")
    }
    return found
