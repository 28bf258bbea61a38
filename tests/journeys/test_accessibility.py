"""Every page of every role: no barrier that axe finds, no width that overflows, nothing that the browser refuses."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from clinic.models import ConsultationType, Practitioner, User
from clinic.rules import wallclock
from patients.models import Patient
from tests import factories
from tests.journeys import barriers
from tests.journeys.conftest import House, Seat, Sits

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180), pytest.mark.django_db(transaction=True)]


def test_who_is_not_signed_in_meets_no_barrier(house: House, sits: Sits, riverside: Any) -> None:
    """The home page and the two doors."""
    look_at(sits(), "/", "/accounts/login/", "/accounts/login/code/", "/accounts/password/reset/")


def test_the_front_desk_meets_no_barrier(
    house: House, sits: Sits, hedda: User, elena: Patient, mira: Practitioner, follow_up: ConsultationType
) -> None:
    """The diary, its panel with the types of a whole clinic, and the patients."""
    for name in ("Initial assessment", "Re-assessment", "Exercise class", "Review by video"):
        factories.TypeFactory.create(name=name)
    look_at(
        sits(hedda),
        "/desk/",
        "/desk/?view=list",
        "/desk/?view=week",
        "/desk/?by=room",
        "/desk/?view=week&by=room",
        "/desk/?view=week&who=all",
        "/desk/?at=10:00",
        "/desk/print/",
        "/desk/?new=1",
        f"/desk/?patient={elena.pk}",
        "/desk/patients/",
        f"/desk/patients/{elena.pk}/",
        "/messages/",
    )


def test_the_physiotherapist_meets_no_barrier(
    house: House, sits: Sits, mira: Practitioner, elena: Patient, elenas_program: SimpleNamespace
) -> None:
    """The day, the caseload, a record, a program's sheet, the library."""
    program, prescription = elenas_program.program, elenas_program.prescription
    look_at(
        sits(mira.user),
        "/admin/my-day/",
        "/admin/caseload/",
        "/admin/patients/",
        f"/admin/patients/{elena.pk}/",
        f"/admin/patients/{elena.pk}/programs/",
        f"/admin/programs/{program.pk}/",
        f"/admin/prescriptions/{prescription.pk}/stop/",
        "/admin/programs/exercise/",
    )


def test_the_manager_meets_no_barrier(house: House, sits: Sits, noor: User) -> None:
    """The numbers, the diary, the messages and the records."""
    look_at(sits(noor), "/desk/numbers/", "/desk/", "/messages/", "/admin/records/")


def test_the_patient_meets_no_barrier(
    house: House, sits: Sits, elena: Patient, elenas_program: SimpleNamespace
) -> None:
    """Today, an exercise, the log of a session, progress, visits, own data."""
    today = wallclock.local_day(timezone.now(), elena.clinic.zone)
    assert elenas_program.program.starts_on <= today
    look_at(
        sits(elena.portal_access.get().user),
        "/portal/",
        f"/portal/exercises/{elenas_program.prescription.pk}/",
        "/portal/session/",
        "/portal/progress/",
        "/portal/visits/",
        "/portal/you/",
    )


def look_at(seat: Seat, *paths: str) -> None:
    """Opens each page, at each width; collects all that is wrong before it fails."""
    found = [fault for path in paths for fault in barriers.on(seat.page, path)]
    assert found + seat.faults == []
