"""What is dragged in the diary: moved, pulled longer, put into another room, refused, and undone."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from clinic.models import (
    ConsultationType,
    Practitioner,
    Room,
    User,
)
from patients.actions import attending, booking
from patients.models import Consultation, Patient
from tests.doors import browser, told
from tests.patients.conftest import BY_SCRIPT, TEN, WEDNESDAY, Booked, again, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_nine")]
HOUR = timedelta(hours=1)


def place(whom: Practitioner, at: str, **more: str) -> dict[str, str]:
    """A place in the diary, as the script tells it."""
    return {**WEDNESDAY, "on": "2026-03-18", "clock": at, "practitioner": str(whom.pk), **more}


def dropped(desk: Client, visit: Consultation, told: dict[str, str], act: str = "move") -> Any:
    return desk.post(f"/desk/visits/{visit.pk}/{act}/", told, headers=BY_SCRIPT)


def toast(answer: Any) -> dict[str, str]:
    found: dict[str, str] = json.loads(answer["HX-Trigger"])["toast"]
    return found


def test_what_is_dropped_is_moved_and_the_day_comes_back_with_a_way_back(
    desk: Client, booked: Booked, elena: Patient, mira: Practitioner, leila: Practitioner
) -> None:
    visit = booked(elena)
    answer = dropped(desk, visit, place(leila, "11:00"))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert text.startswith('<div id="day"')
    assert "<html" not in text
    assert toast(answer)["text"] == "Moved Elena Ruiz to Wed 18 Mar, 11:00."
    assert (again(visit).start, visit.practitioner) == (TEN + HOUR, leila)
    undone = desk.post(toast(answer)["undo"], headers=BY_SCRIPT)
    assert undone.status_code == 200
    assert (again(visit).start, visit.practitioner) == (TEN, mira)


def test_the_way_back_works_without_script(
    desk: Client, booked: Booked, elena: Patient, leila: Practitioner
) -> None:
    visit = booked(elena)
    answer = desk.post(toast(dropped(desk, visit, place(leila, "11:00")))["undo"])
    assert answer.headers["Location"].startswith("/desk/?clinic=riverside&day=2026-03-18")
    assert again(visit).start == TEN


@pytest.mark.assures("BO-09")
def test_a_race_lost_by_dragging_leaves_the_visit_and_shows_what_is_near(
    desk: Client, booked: Booked, elena: Patient, samuel: Patient, mira: Practitioner
) -> None:
    visit = booked(elena)
    booked(samuel, TEN + HOUR)
    answer = dropped(desk, visit, place(mira, "11:00"))
    assert answer.status_code == 409
    text = answer.content.decode()
    assert 'id="panel" hx-swap-oob="true"' in text
    assert "The nearest free times" in text
    assert toast(answer)["kind"] == "warning"
    assert "undo" not in toast(answer)
    assert again(visit).start == TEN


@pytest.mark.parametrize("clock", ["23:00", "10:07"])
def test_a_place_that_is_no_slot_is_refused_with_why(
    desk: Client, booked: Booked, elena: Patient, mira: Practitioner, clock: str
) -> None:
    visit = booked(elena)
    answer = dropped(desk, visit, place(mira, clock))
    assert answer.status_code == 422
    assert "has no slot of this type" in toast(answer)["text"]
    assert 'id="panel"' not in answer.content.decode()
    assert again(visit).start == TEN


@pytest.mark.parametrize(
    "ill",
    [
        {"clock": "soon"},
        {"on": "2026-02-31"},
        {"practitioner": "nobody"},
        {"on": "0001-01-01"},
        {"on": "2026-03-29", "clock": "02:30"},
    ],
)
def test_a_place_that_cannot_be_read_is_refused(
    desk: Client, booked: Booked, elena: Patient, mira: Practitioner, ill: dict[str, str]
) -> None:
    visit = booked(elena)
    answer = dropped(desk, visit, place(mira, "11:00", **ill))
    assert answer.status_code == 422
    assert toast(answer)["text"]
    assert again(visit).start == TEN


@pytest.mark.parametrize(("fault", "number"), [(booking.Busy, 423), (booking.NotYours, 403)])
def test_a_drop_says_why_it_was_refused(  # noqa: PLR0917
    desk: Client,
    booked: Booked,
    elena: Patient,
    mira: Practitioner,
    fault: type[Exception],
    number: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(**_: object) -> None:
        raise fault("Not now.")

    visit = booked(elena)
    monkeypatch.setattr(booking, "move", refuse)
    answer = dropped(desk, visit, place(mira, "11:00"))
    assert answer.status_code == number
    assert toast(answer)["text"] == "Not now."


def test_another_room_is_another_room_and_no_news_for_the_patient(
    desk: Client, booked: Booked, samuel: Patient, mira: Practitioner, room: Room, second_room: Room
) -> None:
    visit = booked(samuel)
    answer = dropped(desk, visit, place(mira, "10:00", room=str(second_room.pk), by="room"))
    assert answer.status_code == 200
    assert "Gets no email" not in toast(answer)["text"], "nobody need call Samuel"
    assert again(visit).block.room == second_room
    assert (visit.version, told("moved")) == (1, [])
    desk.post(toast(answer)["undo"], headers=BY_SCRIPT)
    assert again(visit).block.room == room


def test_a_room_that_is_taken_is_a_lost_race(  # noqa: PLR0917
    desk: Client, booked: Booked, elena: Patient, samuel: Patient, mira: Practitioner, leila: Practitioner,
    second_room: Room,
) -> None:  # fmt: skip
    visit = booked(elena)
    booked(samuel, practitioner=leila)
    assert dropped(desk, visit, place(mira, "10:00", room=str(second_room.pk))).status_code == 409


def test_a_visit_is_pulled_longer_and_back(desk: Client, booked: Booked, elena: Patient) -> None:
    visit = booked(elena)
    answer = dropped(desk, visit, {**WEDNESDAY, "end": "10:50"}, "lengthen")
    assert answer.status_code == 200
    assert toast(answer)["text"] == "Elena Ruiz now ends at 10:50."
    assert again(visit).end == TEN + timedelta(minutes=50)
    desk.post(toast(answer)["undo"], headers=BY_SCRIPT)
    assert again(visit).end == TEN + timedelta(minutes=30)


def test_an_end_over_the_next_visit_is_refused_by_script_and_by_form(
    desk: Client, booked: Booked, elena: Patient, samuel: Patient
) -> None:
    visit = booked(elena)
    booked(samuel, TEN + HOUR)
    assert dropped(desk, visit, {**WEDNESDAY, "end": "11:20"}, "lengthen").status_code == 409
    page = desk.post(f"/desk/visits/{visit.pk}/lengthen/", {**WEDNESDAY, "end": "11:20"})
    assert page.status_code == 409
    assert "The end is kept as it was" in page.content.decode()
    assert again(visit).end == TEN + timedelta(minutes=30)
    assert (
        "Enter a valid time"
        in desk.post(
            f"/desk/visits/{visit.pk}/lengthen/", {**WEDNESDAY, "end": "late"}, follow=True
        ).content.decode()
    )


def test_the_form_changes_the_end_too(desk: Client, booked: Booked, elena: Patient) -> None:
    visit = booked(elena)
    answer = desk.post(f"/desk/visits/{visit.pk}/lengthen/", {**WEDNESDAY, "view": "week", "end": "10:40"})
    assert answer.headers["Location"] == f"/desk/?clinic=riverside&day=2026-03-18&view=week&visit={visit.pk}"
    assert again(visit).end == TEN + timedelta(minutes=40)


def test_only_what_may_be_moved_offers_itself_to_be_moved(  # noqa: PLR0917
    desk: Client, booked: Booked, elena: Patient, samuel: Patient, back_class: ConsultationType, hedda: User,
    at_nine: time_machine.Traveller,
) -> None:  # fmt: skip
    here, in_class = booked(elena), booked(samuel, TEN + 2 * HOUR, type=back_class)
    at_nine.move_to(TEN - timedelta(minutes=5))
    desk = browser(hedda)
    assert f'visit={here.pk}" data-moves=' in page_of(desk)
    assert f'visit={in_class.pk}" data-moves=' not in page_of(desk)
    attending.arrive(consultation=here, by=hedda, now=TEN)
    text = page_of(desk)
    assert f'visit={here.pk}" data-moves=' not in text
    assert f'visit={here.pk}" data-grows' in text


def test_who_does_not_book_drags_nothing(booked: Booked, elena: Patient, jonas: Practitioner) -> None:
    visit = booked(elena)
    outsider = browser(jonas.user)
    assert dropped(outsider, visit, {**WEDNESDAY, "end": "11:00"}, "lengthen").status_code in {403, 404}
    assert again(visit).end == TEN + timedelta(minutes=30)
