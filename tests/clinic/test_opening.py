"""Opening a clinic."""

import pytest

from clinic import policy
from clinic.actions import opening
from clinic.models import Clinic, Practitioner, Role, User

pytestmark = pytest.mark.django_db


def harbour() -> Clinic:
    return Clinic(
        name="Harbour", slug="harbour", street="Quay 1", postcode="20457", city="Hamburg", country="DE",
        phone="+494012345678", email="harbour@example.org", time_zone="Europe/Berlin", latitude="53.5",
        longitude="10.0",
    )  # fmt: skip


def test_who_opens_a_clinic_manages_it_at_once(noor: User) -> None:
    assert policy.can(noor, "add", Clinic)  # the reach is read before
    clinic = harbour()
    opening.open_clinic(clinic=clinic, by=noor)
    assert [(row.user, row.role) for row in clinic.memberships.all()] == [(noor, Role.MANAGER)]
    assert policy.may(noor, "change", clinic)


def test_it_refuses_who_manages_no_clinic(mira: Practitioner) -> None:
    with pytest.raises(policy.NotYours):
        opening.open_clinic(clinic=harbour(), by=mira.user)
    assert not Clinic.objects.filter(slug="harbour").exists()
