"""Opening a clinic."""

import pytest

from clinic import policy
from clinic.actions import opening
from clinic.models import Clinic, Practitioner, Role, User
from tests import factories

pytestmark = pytest.mark.django_db


def harbour() -> Clinic:
    clinic: Clinic = factories.ClinicFactory.build(name="Harbour", slug="harbour")
    return clinic


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
