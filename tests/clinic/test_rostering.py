"""Who is on duty at a clinic on a day, and who is away."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.actions import rostering
from clinic.models import Clinic, ExceptionKind, HoursException, Practitioner
from clinic.rules.intervals import Span
from tests import factories

WEDNESDAY = date(2026, 3, 18)
NOON = datetime(2026, 3, 18, 11, 0, tzinfo=UTC)
"""Twelve o'clock in Berlin."""
WORK = Span(NOON - timedelta(hours=4), NOON + timedelta(hours=5))
"""8 to 17."""


@pytest.fixture
def team(mira: Practitioner, leila: Practitioner, jonas: Practitioner) -> None:
    """Two at Riverside, one elsewhere."""


def on_duty(clinic: Clinic, now: datetime, day: date = WEDNESDAY) -> dict[str, rostering.OnDuty]:
    return {each.practitioner.name: each for each in rostering.roster(clinic=clinic, day=day, now=now)}


@pytest.mark.usefixtures("team")
def test_it_names_who_works_here_by_name_and_nobody_on_sunday(riverside: Clinic, now: datetime) -> None:
    found = on_duty(riverside, now)
    assert list(found) == ["Leila Haddad", "Mira Okafor"]
    assert found["Mira Okafor"].spans == [WORK]
    assert on_duty(riverside, now, WEDNESDAY + timedelta(days=4)) == {}


@pytest.mark.usefixtures("team")
def test_leave_cuts_the_day_and_says_why_and_a_whole_day_of_it_is_still_shown(
    riverside: Clinic, mira: Practitioner, leila: Practitioner, now: datetime
) -> None:
    HoursException.objects.create(
        kind=ExceptionKind.LEAVE,
        practitioner=mira,
        start=NOON,
        end=NOON + timedelta(hours=1),
        reason="dentist",
    )
    HoursException.objects.create(
        kind=ExceptionKind.SICK,
        practitioner=leila,
        start=NOON - timedelta(days=1),
        end=NOON + timedelta(days=1),
    )
    found = on_duty(riverside, now)
    assert found["Mira Okafor"].spans == [Span(WORK.start, NOON), Span(NOON + timedelta(hours=1), WORK.end)]
    assert [away.reason for away in found["Mira Okafor"].away] == ["dentist"]
    assert found["Leila Haddad"].spans == []
    [sick] = found["Leila Haddad"].away
    assert sick.span == Span(NOON - timedelta(hours=12), NOON + timedelta(hours=12)), "cut to the day"


@pytest.mark.usefixtures("team")
def test_extra_hours_bring_somebody_in_and_a_closure_sends_all_away(
    riverside: Clinic, mira: Practitioner, now: datetime
) -> None:
    sunday = NOON + timedelta(days=4)
    HoursException.objects.create(
        kind=ExceptionKind.EXTRA,
        practitioner=mira,
        clinic=riverside,
        start=sunday,
        end=sunday + timedelta(hours=2),
    )
    found = on_duty(riverside, now, WEDNESDAY + timedelta(days=4))
    assert {name: each.spans for name, each in found.items()} == {
        "Mira Okafor": [Span(sunday, sunday + timedelta(hours=2))]
    }
    HoursException.objects.create(
        kind=ExceptionKind.CLOSURE,
        clinic=riverside,
        start=NOON - timedelta(days=1),
        end=NOON + timedelta(days=1),
    )
    closed = on_duty(riverside, now)
    assert [each.spans for each in closed.values()] == [[], []]
    assert all(each.away for each in closed.values())


@pytest.mark.usefixtures("team")
def test_the_archived_are_gone_and_more_people_cost_no_more_queries(
    riverside: Clinic, mira: Practitioner, now: datetime
) -> None:
    Practitioner.objects.filter(pk=mira.pk).update(archived_at=now)
    assert list(on_duty(riverside, now)) == ["Leila Haddad"]
    for n in range(4):
        factories.PractitionerFactory.create(name=f"Colleague {n}", at=[riverside])
    with CaptureQueriesContext(connection) as queries:
        assert len(on_duty(riverside, now)) == 5
    assert len(queries) <= 5
