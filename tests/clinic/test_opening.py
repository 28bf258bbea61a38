"""Opening a clinic."""

from datetime import datetime, timedelta

import pytest

from clinic import policy
from clinic.actions import opening
from clinic.models import Block, Clinic, ConsultationType, Practitioner, Role, User

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


@pytest.mark.assures("TZ-04")
@pytest.mark.parametrize(
    ("zone", "change", "kept"),
    [
        ("Asia/Kolkata", {}, True),
        ("Europe/London", {}, True),
        ("Europe/Vienna", {}, False),  # its clocks show the same
        ("Asia/Kolkata", {"active": False}, False),
    ],
)
def test_a_zone_is_kept_while_a_visit_to_come_would_be_at_another_time_of_day(  # noqa: PLR0917
    riverside: Clinic, mira: Practitioner, follow_up: ConsultationType, now: datetime,
    zone: str, change: dict[str, bool], kept: bool,
) -> None:  # fmt: skip
    start = now + timedelta(days=1)
    Block.objects.create(
        clinic=riverside, practitioner=mira, type=follow_up, start=start, end=start + timedelta(hours=1), **change
    )  # fmt: skip
    if kept:
        with pytest.raises(
            opening.ZoneInUse, match=r"the next on 2026-03-18 at 09:00\. Move or cancel them first"
        ):
            opening.check_zone(clinic=riverside, zone=zone, now=now)
    else:
        opening.check_zone(clinic=riverside, zone=zone, now=now)
    opening.check_zone(
        clinic=riverside, zone=zone, now=start + timedelta(hours=1)
    )  # what is over may be anywhere
