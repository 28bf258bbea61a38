"""The seven who try every door, and the rows that stand behind the doors."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from clinic.models import Clinic, ConsultationType, HoursException, Practitioner, User
from clinic.rules import wallclock
from patients.actions import booking
from patients.models import Patient, Source, WaitlistEntry
from tests.doors import browser
from tests.house.walking import rows_of


@pytest.fixture
def rows(
    elenas_program: SimpleNamespace,
    follow_up: ConsultationType,
    riverside: Clinic,
    mira: Practitioner,
    hedda: User,
) -> dict[str, Any]:
    """Elena's program, a visit and a wish of hers on the next working day, and leave of Mira's in a month."""
    now = timezone.now()
    day = wallclock.local_day(now, riverside.zone) + timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    start = wallclock.day_span(day, riverside.zone).start + timedelta(hours=10)
    order = booking.Order(
        patient=elenas_program.program.patient, type=follow_up, clinic=riverside, practitioner=mira, start=start,
        source=Source.DESK,
    )  # fmt: skip
    leave = HoursException.objects.create(
        kind="leave", practitioner=mira, start=now + timedelta(days=30), end=now + timedelta(days=31)
    )
    wish = WaitlistEntry.objects.create(
        patient=order.patient, type=follow_up, since=day, until=day + timedelta(days=9), created_at=now
    )
    visit = booking.book(order=order, by=hedda, now=now)
    return {**rows_of(elenas_program.program, visit, leave), "waitlist": wish.pk}


@pytest.fixture
def browsers(
    elena: Patient, zoe: Patient, hedda: User, mira: Practitioner, jonas: Practitioner, noor: User
) -> dict[str, Client]:
    """A browser a principal, in the order of the table."""
    people = {
        "nobody": None,
        "elena": elena.portal_access.get().user,
        "zoe": zoe.portal_access.get().user,
        "hedda": hedda,
        "mira": mira.user,
        "jonas": jonas.user,
        "noor": noor,
    }
    return {name: browser(user) for name, user in people.items()}
