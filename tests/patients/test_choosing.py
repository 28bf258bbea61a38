"""The times from which somebody chooses by themselves: with notice, spread, and none while they are elsewhere."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import Clinic, ConsultationType, Practitioner, User
from patients.actions import booking, choosing
from patients.actions.choosing import Wanted
from patients.models import Patient, Source
from tests import factories

pytestmark = pytest.mark.django_db

TUESDAY, WEDNESDAY = date(2026, 3, 17), date(2026, 3, 18)
TEN = datetime(2026, 3, 18, 9, tzinfo=UTC)


@pytest.fixture
def wanted(follow_up: ConsultationType, riverside: Clinic) -> Wanted:
    """Anybody, from today on."""
    return Wanted(type=follow_up, clinic=riverside, first=TUESDAY)


def test_it_shows_two_weeks_and_nothing_within_the_notice(wanted: Wanted, now: datetime) -> None:
    days = choosing.days(wanted=wanted, now=now)
    assert [day.date for day in days] == [TUESDAY + timedelta(days=n) for n in range(14)]
    assert {day.date.weekday() for day in days if day.times} == {0, 1, 2, 3, 4}
    assert min(time.start for day in days for time in day.times) >= now + timedelta(hours=12)
    assert not days[0].times


def test_it_shows_one_time_for_each_half_hour(wanted: Wanted, now: datetime) -> None:
    wednesday = choosing.days(wanted=wanted, now=now)[1]
    starts = [f"{time.start.astimezone(wanted.clinic.zone):%H:%M}" for time in wednesday.times]
    assert starts[:4] == ["08:00", "08:30", "09:00", "09:30"]
    assert len(starts) == len(set(starts))


def test_it_begins_today_at_the_earliest(wanted: Wanted, now: datetime) -> None:
    days = choosing.days(wanted=replace(wanted, first=TUESDAY - timedelta(days=30)), now=now)
    assert days[0].date == TUESDAY


def test_none_is_shown_while_the_patient_is_elsewhere(
    wanted: Wanted, elena: Patient, leila: Practitioner, mira: Practitioner, hedda: User, now: datetime
) -> None:
    order = booking.Order(
        patient=elena,
        type=wanted.type,
        clinic=wanted.clinic,
        practitioner=leila,
        start=TEN,
        source=Source.DESK,
    )
    booking.book(order=order, by=hedda, now=now)
    mine = replace(wanted, practitioner=mira, patient=elena)
    for asked, is_there in ((mine, False), (replace(mine, patient=None), True)):
        times = choosing.days(wanted=asked, now=now)[1].times
        assert (TEN in {time.start for time in times}) is is_there


def test_the_nearest_are_by_time_and_of_anybody_where_the_one_wanted_is_away(
    wanted: Wanted, leila: Practitioner, mira: Practitioner, now: datetime
) -> None:
    nearest = choosing.nearest(wanted=replace(wanted, practitioner=mira), to=TEN, now=now)
    assert len(nearest) == choosing.NEAREST
    assert {time.practitioner for time in nearest} == {mira}
    assert max(abs(time.start - TEN) for time in nearest) <= timedelta(hours=2)
    mira.weekly_hours.all().delete()
    others = choosing.nearest(wanted=replace(wanted, practitioner=mira), to=TEN, now=now)
    assert {time.practitioner for time in others} == {leila}


def test_what_a_form_sends_is_read_back_and_nonsense_is_none(
    wanted: Wanted, mira: Practitioner, jonas: Practitioner, now: datetime
) -> None:
    time = choosing.days(wanted=replace(wanted, practitioner=mira), now=now)[1].times[0]
    assert choosing.chosen(value=time.value, kind=wanted.type) == (mira, time.start)
    strangers = f"{jonas.pk} {time.moment}"
    too_far = f"{mira.pk} 9999-12-31T23:59:59-14:00"
    for value in ("", "x y", too_far, f"{mira.pk} noon", f"{mira.pk} 2026-03-18T09:00", strangers):
        assert choosing.chosen(value=value, kind=wanted.type) is None


def test_only_what_is_open_online_with_one_seat_is_offered(
    wanted: Wanted, back_class: ConsultationType, old_town: Clinic
) -> None:
    assert list(choosing.types_at(wanted.clinic)) == []
    ConsultationType.objects.exclude(pk=back_class.pk).update(online=True)
    back_class.online = True
    with pytest.raises(ValidationError, match="cannot be booked online yet"):
        back_class.full_clean()
    assert list(choosing.types_at(wanted.clinic)) == [wanted.type]
    assert list(choosing.types_at(old_town)) == []


def test_it_takes_as_many_queries_for_one_person_as_for_five(
    wanted: Wanted, riverside: Clinic, elena: Patient, now: datetime
) -> None:
    mine = replace(wanted, patient=elena)
    with CaptureQueriesContext(connection) as few:
        choosing.days(wanted=mine, now=now)
    for n in range(3):
        wanted.type.practitioners.add(factories.PractitionerFactory.create(name=f"More {n}", at=[riverside]))
    with CaptureQueriesContext(connection) as many:
        choosing.days(wanted=mine, now=now)
    assert len(few) == len(many) <= 8
