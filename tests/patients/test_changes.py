"""What another desk changed: nothing new is no answer, anything new is the day drawn anew, and a stamp is no key."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.models import Clinic, ConsultationType, HoursException, Practitioner, Room, User
from clinic.rules.intervals import Span
from patients.actions import attending, booking, daybook_stamp, requesting
from patients.actions.entries import Choice, Entry
from patients.actions.registering import PatientDetails
from patients.models import Patient
from patients.rules.redflags import QUESTIONS, Answer
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


def test_whatever_else_the_diary_draws_is_new_as_well(  # noqa: PLR0917
    booked: Booked,
    elena: Patient,
    follow_up: ConsultationType,
    riverside: Clinic,
    mira: Practitioner,
    second_room: Room,
    now: datetime,
) -> None:
    booked(elena)
    extent = daybook_stamp.Extent(clinic=riverside.pk, window=Span(TEN - HOUR, TEN + 3 * HOUR))
    leave = {"practitioner": mira, "kind": "leave", "start": TEN, "end": TEN + HOUR}
    changes: dict[str, Callable[[], object]] = {
        "leave": lambda: HoursException.objects.create(**leave),
        "its reason": lambda: HoursException.objects.update(reason="Flu"),
        "leave taken back": lambda: HoursException.objects.all().delete(),
        "weekly hours": lambda: mira.weekly_hours.update(ends=time(15)),
        "opening hours": lambda: riverside.opening_hours.update(closes=time(16)),
        "the last day of opening hours": lambda: riverside.opening_hours.update(
            valid_until=date(2026, 3, 20)
        ),
        "a practitioner's name": lambda: Practitioner.objects.filter(pk=mira.pk).update(name="Mira B."),
        "a room's name": lambda: Room.objects.filter(pk=second_room.pk).update(name="Attic"),
        "a type's name": lambda: ConsultationType.objects.filter(pk=follow_up.pk).update(name="Again"),
        "a patient's name": lambda: Patient.objects.filter(pk=elena.pk).update(family_name="Sanz"),
        "a patient's phone": lambda: Patient.objects.filter(pk=elena.pk).update(phone="+4930900001"),
        "the grid of slots": lambda: Clinic.objects.filter(pk=riverside.pk).update(slot_step_min=15),
        "somebody who leaves": lambda: mira.clinics.remove(riverside),
    }
    seen = [daybook_stamp.stamp(extent, now)]
    for what, change in changes.items():
        change()
        seen.append(daybook_stamp.stamp(extent, now))
        assert seen[-1] != seen[-2], what


@pytest.mark.parametrize("more", [{}, {"view": "list"}, {"by": "room"}, {"view": "week"}])
def test_a_time_held_online_is_shown_until_it_runs_out(  # noqa: PLR0917
    desk: Client,
    follow_up: ConsultationType,
    mira: Practitioner,
    riverside: Clinic,
    now: datetime,
    at_nine: time_machine.Traveller,
    more: dict[str, str],
) -> None:
    more = {**more, **({"who": str(mira.pk)} if more.get("view") == "week" else {})}
    empty = stamp_of(page_of(desk, **more))
    follow_up.online = True
    follow_up.save(update_fields=["online"])
    entry = Entry(
        type=follow_up,
        choice=Choice(practitioner=mira, start=TEN),
        who=PatientDetails(clinic=riverside, given_name="Ada", family_name="Novak", email="ada@example.org"),
        reason="",
        answers={question.key: Answer.NO for question in QUESTIONS},
        network="198.51.100.7",
    )
    requesting.request(entry=entry, now=now)
    text = asked(desk, empty, **more).content.decode()
    assert "Online booking" in text
    assert "Held, until 09:15" in text
    assert "Novak" not in text
    at_nine.move_to(now + timedelta(minutes=15))
    gone = asked(desk, stamp_of(text), **more)
    assert gone.status_code == 200
    assert "Online booking" not in gone.content.decode()


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
