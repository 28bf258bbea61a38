"""What another desk changed: nothing new is no answer, anything new is the day drawn anew, and a stamp is no key."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.models import (
    Clinic,
    Practitioner,
    Room,
    User,
)
from clinic.rules.intervals import Span
from patients.actions import attending, booking, daybook_stamp
from patients.models import Patient
from tests import factories
from tests.doors import browser
from tests.patients.conftest import BY_SCRIPT, TEN, WEDNESDAY, Booked, again, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_nine")]
HOUR = timedelta(hours=1)


def stamp_of(page: str) -> str:
    found = re.search(r'data-stamp="([^"]+)"', page)
    assert found is not None
    return found[1]


def asked(desk: Client, stamp: str, **more: str) -> Any:
    return desk.get("/desk/changes/", {**WEDNESDAY, "stamp": stamp, **more}, headers=BY_SCRIPT)


@pytest.mark.parametrize("more", [{}, {"view": "list"}, {"by": "room"}, {"view": "week"}])
def test_nothing_new_is_no_answer_and_something_new_is_the_day(
    desk: Client, booked: Booked, elena: Patient, samuel: Patient, mira: Practitioner, more: dict[str, str]
) -> None:
    more = {**more, **({"who": str(mira.pk)} if more.get("view") == "week" else {})}
    booked(elena)
    stamp = stamp_of(page_of(desk, **more))
    assert asked(desk, stamp, **more).status_code == 204
    booked(samuel, TEN + HOUR)
    answer = asked(desk, stamp, **more)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert text.startswith('<div id="day"')
    assert "Samuel Ortiz" in text
    assert 'id="counts" hx-swap-oob="true"' in text
    assert asked(desk, stamp_of(text), **more).status_code == 204


def test_whatever_changes_the_looks_of_a_visit_is_new(  # noqa: PLR0917
    booked: Booked,
    elena: Patient,
    riverside: Clinic,
    mira: Practitioner,
    hedda: User,
    now: datetime,
    second_room: Room,
) -> None:
    visit = booked(elena)
    window = Span(TEN - HOUR, TEN + 3 * HOUR)
    extent = daybook_stamp.Extent(clinic=riverside.pk, window=window)
    seen = [daybook_stamp.stamp(extent, now)]

    def is_new() -> bool:
        seen.append(daybook_stamp.stamp(extent, now))
        return seen[-1] not in seen[:-1]

    assert not is_new()
    attending.confirm(consultation=visit, by=hedda, now=now)
    assert is_new()
    booking.move(consultation=visit, practitioner=mira, start=TEN, by=hedda, now=now, room=second_room)
    assert is_new()
    booking.lengthen(consultation=again(visit), end=TEN + HOUR, by=hedda, now=now)
    assert is_new()
    booking.move(consultation=again(visit), practitioner=mira, start=TEN + HOUR, by=hedda, now=now)
    assert is_new()
    booking.move(consultation=again(visit), practitioner=mira, start=TEN + 26 * HOUR, by=hedda, now=now)
    assert is_new()
    assert seen[-1] == "", "nothing is left in view"


def test_another_clinics_or_days_booking_is_not_new(
    desk: Client, booked: Booked, elena: Patient, samuel: Patient
) -> None:
    booked(elena)
    stamp = stamp_of(page_of(desk))
    booked(samuel, TEN + timedelta(days=1))
    assert asked(desk, stamp).status_code == 204


def test_a_stamp_is_no_key(
    desk: Client, booked: Booked, elena: Patient, noor: User, jonas: Practitioner, riverside: Clinic
) -> None:
    booked(elena)
    stamp = stamp_of(page_of(desk))
    assert asked(browser(noor), stamp).status_code == 200, "another user's stamp counts as none"
    assert "Elena Ruiz" not in asked(browser(jonas.user), stamp).content.decode()
    assert asked(desk, stamp[:-2]).status_code == 200
    assert asked(browser(elena.portal_access.get().user), stamp).status_code == 403
    assert asked(browser(), stamp).status_code == 302


def test_to_ask_costs_three_queries_for_one_visit_and_for_six(
    desk: Client, booked: Booked, riverside: Clinic
) -> None:
    for n in (0, 1, 2, 3, 4, 5):
        booked(factories.PatientFactory.create(clinic=riverside), TEN + n * HOUR)
        stamp = stamp_of(page_of(desk))
        with CaptureQueriesContext(connection) as queries:
            assert asked(desk, stamp).status_code == 204
        assert len(queries) <= 3, [query["sql"] for query in queries]
