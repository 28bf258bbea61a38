"""The page of the board: one click an act, its undo, and no drawing while nothing changed."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from clinic.models import AccessEvent, Clinic, ConsultationType, Practitioner, User
from patients.actions import booking
from patients.models import Consultation, Patient, Source
from patients.rules.lifecycle import Status
from tests.doors import browser

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 3, 17, 9, 0, tzinfo=UTC)
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(now, tick=False) as moved:
        yield moved


@pytest.fixture
def desk(hedda: User) -> Client:
    """Hedda's browser."""
    return browser(hedda)


@pytest.fixture
def visit(
    elena: Patient,
    follow_up: ConsultationType,
    riverside: Clinic,
    mira: Practitioner,
    hedda: User,
    now: datetime,
) -> Consultation:
    """Elena's with Mira at ten."""
    order = booking.Order(
        patient=elena, type=follow_up, clinic=riverside, practitioner=mira, start=TEN, source=Source.DESK
    )
    return booking.book(order=order, by=hedda, now=now)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def asks_again(page: str) -> str:
    (found,) = re.findall(r'hx-get="([^"]+)"', page)
    return str(found).replace("&amp;", "&")


def test_it_shows_who_is_expected_and_writes_down_who_read_it(
    desk: Client, visit: Consultation, elena: Patient
) -> None:
    page = text(desk.get("/desk/board/"))
    assert "Elena Ruiz" in page
    assert "Nobody waits." in page
    assert AccessEvent.objects.get(what="board").patient_ids == [elena.pk]


def test_one_click_marks_and_its_undo_takes_it_back(desk: Client, visit: Consultation) -> None:
    answer = desk.post(f"/desk/board/{visit.pk}/arrive/", headers=HTMX)
    visit.refresh_from_db()
    assert (answer.status_code, visit.status) == (200, Status.ARRIVED)
    toast = json.loads(answer["HX-Trigger"])["toast"]
    assert toast["text"] == "Elena Ruiz has arrived."
    answer = desk.post(toast["undo"], follow=True)
    visit.refresh_from_db()
    assert visit.status == Status.BOOKED
    assert "Taken back: Elena Ruiz." in text(answer)


def test_without_scripts_the_button_leads_back_to_the_board(desk: Client, visit: Consultation) -> None:
    answer = desk.post(f"/desk/board/{visit.pk}/arrive/?clinic=riverside", follow=True)
    assert answer.redirect_chain == [("/desk/board/?clinic=riverside", 302)]
    assert "Elena Ruiz has arrived." in text(answer)


def test_what_cannot_follow_is_answered_by_why(desk: Client, visit: Consultation) -> None:
    desk.post(f"/desk/board/{visit.pk}/complete/", headers=HTMX)
    answer = desk.post(f"/desk/board/{visit.pk}/arrive/", headers=HTMX)
    assert answer.status_code == 409
    assert "cannot follow" in json.loads(answer["HX-Trigger"])["toast"]["text"]


def test_nothing_is_drawn_while_nothing_changed(
    desk: Client, visit: Consultation, clock: time_machine.Traveller
) -> None:
    again = asks_again(text(desk.get("/desk/board/")))
    assert desk.get(again).status_code == 204
    desk.post(f"/desk/board/{visit.pk}/arrive/", headers=HTMX)
    drawn = desk.get(again)
    assert drawn.status_code == 200
    again = asks_again(text(drawn))
    assert desk.get(again).status_code == 204
    clock.shift(timedelta(minutes=1))
    assert desk.get(again).status_code == 200


def test_of_another_clinic_one_sees_the_board_and_no_buttons(
    visit: Consultation, old_town: Clinic, desk: Client, elena: Patient
) -> None:
    assert "/arrive/" in text(desk.get("/desk/board/"))
    Consultation.objects.update(clinic=old_town)
    page = text(desk.get("/desk/board/", {"clinic": "old-town"}))
    assert "Elena Ruiz" in page
    assert "/arrive/" not in page
    assert desk.post(f"/desk/board/{visit.pk}/arrive/", headers=HTMX).status_code == 403


def test_an_act_that_is_none_is_not_there(desk: Client, visit: Consultation) -> None:
    assert desk.post(f"/desk/board/{visit.pk}/dance/").status_code == 404
