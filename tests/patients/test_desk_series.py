"""The booking panel repeats a visit: every date is seen first, and all that is ticked is booked at once."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from clinic.models import Clinic, ConsultationType, Practitioner, User
from patients.actions import booking, repeating
from patients.actions.booking import Order
from patients.actions.repeating import Choice
from patients.models import Consultation, Patient, Series, Source
from patients.rules.lifecycle import Status
from tests.doors import browser

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def tuesday(now: datetime) -> Iterator[Any]:
    with time_machine.travel(now, tick=False) as moved:
        yield moved


@pytest.fixture
def desk(hedda: User) -> Client:
    """Hedda's browser."""
    return browser(hedda)


@pytest.fixture
def order(elena: Patient, follow_up: ConsultationType, riverside: Clinic, mira: Practitioner) -> Order:
    """Elena to Mira, Wednesday at ten."""
    return Order(
        patient=elena, type=follow_up, clinic=riverside, practitioner=mira, start=TEN, source=Source.DESK
    )


def told(order: Order, **more: object) -> dict[str, object]:
    """What the panel sends."""
    return {
        "clinic": "riverside", "day": "2026-03-18", "patient": str(order.patient.pk), "type": str(order.type.pk),
        "slot": f"{order.practitioner.pk}|{order.start.isoformat()}", **more,
    }  # fmt: skip


def text(answer: Any) -> str:
    return str(answer.content.decode())


def ticked(page: str) -> list[str]:
    return re.findall(r'name="dates" value="([^"]+)" checked', page)


def planned_for(page: str) -> str:
    (found,) = re.findall(r'name="planned_for" value="([^"]+)"', page)
    return str(found)


def taken(order: Order, samuel: Patient, by: User, now: datetime) -> None:
    booking.book(order=replace(order, patient=samuel, start=TEN + WEEK), by=by, now=now)


def test_the_dates_come_as_a_part_of_the_panel_and_nothing_is_booked(desk: Client, order: Order) -> None:
    page = text(desk.post("/desk/series/", told(order, times=3, every=2)))
    assert len(ticked(page)) == 3
    assert [found.partition("|")[2][:10] for found in ticked(page)] == [
        "2026-03-18",
        "2026-04-01",
        "2026-04-15",
    ]
    assert not Consultation.objects.exists()


def test_a_taken_date_offers_others_and_is_left_out_unless_one_is_chosen(
    desk: Client, order: Order, samuel: Patient, hedda: User, now: datetime
) -> None:
    taken(order, samuel, hedda, now)
    page = text(desk.post("/desk/series/", told(order, times=3)))
    assert len(ticked(page)) == 2
    instead = re.findall(r'name="instead-1" value="([^"]*)"( checked)?', page)
    assert [bool(checked) for _value, checked in instead] == [True, False, False, False]


def test_book_shows_the_dates_first_and_then_books_what_is_ticked(
    desk: Client, order: Order, samuel: Patient, hedda: User, now: datetime
) -> None:
    taken(order, samuel, hedda, now)
    page = desk.post("/desk/book/", told(order, times=3))
    assert page.status_code == 200
    assert not Consultation.objects.filter(patient=order.patient).exists()
    instead = re.findall(r'name="instead-1" value="([^"]+)"', text(page))[0]
    sent = told(
        order, times=3, planned_for=planned_for(text(page)), dates=ticked(text(page))[:1],
        **{"instead-1": instead, "instead-2": ""},
    )  # fmt: skip
    answer = desk.post("/desk/book/", sent, follow=True)
    assert "Booked: 2 visits for Elena Ruiz" in text(answer)
    assert Series.objects.get().consultations.count() == 2


def test_dates_of_another_slot_are_not_booked_but_planned_anew(desk: Client, order: Order) -> None:
    page = text(desk.post("/desk/series/", told(order, times=3)))
    later = replace(order, start=TEN + timedelta(hours=2))
    answer = desk.post("/desk/book/", told(later, times=3, planned_for=planned_for(page), dates=ticked(page)))
    assert answer.status_code == 200
    assert "T11:00" in "".join(ticked(text(answer)))
    assert not Consultation.objects.exists()


@pytest.mark.assures("BO-09")
def test_a_lost_date_leaves_nothing_booked_and_shows_what_is_free(
    desk: Client, order: Order, samuel: Patient, hedda: User, now: datetime
) -> None:
    page = text(desk.post("/desk/series/", told(order, times=3)))
    taken(order, samuel, hedda, now)
    answer = desk.post("/desk/book/", told(order, times=3, planned_for=planned_for(page), dates=ticked(page)))
    assert answer.status_code == 409
    assert "2026-03-25 10:00" in text(answer)
    assert "Nothing was booked" in text(answer)
    assert len(ticked(text(answer))) == 2
    assert 'name="instead-1"' in text(answer)
    assert not Consultation.objects.filter(patient=order.patient).exists()


@pytest.mark.parametrize("times", ["500", "0", "-1", "nonsense"])
def test_an_unlikely_number_says_what_to_do(desk: Client, order: Order, times: str) -> None:
    for path in ("/desk/series/", "/desk/book/"):
        assert "A series has 2 to 30 visits" in text(desk.post(path, told(order, times=times)))
    assert not Consultation.objects.exists()


def test_once_is_no_series(desk: Client, order: Order) -> None:
    assert 'name="dates"' not in text(desk.post("/desk/series/", told(order, times=1)))
    desk.post("/desk/book/", told(order, times=1, every=1))
    assert Consultation.objects.get().series is None


def test_made_up_dates_are_planned_anew(desk: Client, order: Order) -> None:
    page = text(desk.post("/desk/series/", told(order, times=2)))
    answer = desk.post("/desk/book/", told(order, times=2, planned_for=planned_for(page), dates=["x|y", "1"]))
    assert answer.status_code == 200
    assert not Consultation.objects.exists()


def test_a_visit_is_cancelled_with_the_later_ones_of_its_series(
    desk: Client, order: Order, hedda: User, now: datetime
) -> None:
    chosen = [Choice(practitioner=order.practitioner, start=TEN + WEEK * week) for week in range(3)]
    visits = repeating.book_series(choices=chosen, order=order, by=hedda, now=now)
    page = text(desk.get("/desk/", {"clinic": "riverside", "day": "2026-03-25", "visit": str(visits[1].pk)}))
    assert "and the later one of the series" in page
    type(order.patient).objects.update(wants_email=False, phone="+491701112233")
    sent = {"clinic": "riverside", "by": "clinic", "reason": "Mira is away", "rest": "on"}
    answer = desk.post(f"/desk/visits/{visits[1].pk}/cancel/", sent, follow=True)
    assert "Cancelled: 2 visits of Elena Ruiz" in text(answer)
    assert "Their times are free again. Gets no email. Call 0170 1112233." in text(answer)
    states = Consultation.objects.order_by("start").values_list("status", flat=True)
    assert list(states) == [Status.BOOKED, Status.CANCELLED, Status.CANCELLED]


def test_a_visit_that_is_over_is_booked_again_with_the_same_practitioner_first(
    desk: Client, order: Order, leila: Practitioner, hedda: User, now: datetime
) -> None:
    visit = booking.book(order=replace(order, practitioner=leila), by=hedda, now=now)
    booking.cancel(consultation=visit, asked_by="patient", reason="Ill", by=hedda, now=now)  # type: ignore[arg-type]
    page = text(desk.get("/desk/", {"clinic": "riverside", "day": "2026-03-18", "visit": str(visit.pk)}))
    (link,) = re.findall(r'href="([^"]*again=[^"]*)"', page)
    page = text(desk.get(link.replace("&amp;", "&")))
    first = re.findall(r'name="slot" id="slot-1" value="([^"|]+)', page)
    assert first == [str(leila.pk)]
    assert "as before" in page


def test_nothing_free_leads_to_the_waitlist(desk: Client, order: Order) -> None:
    order.type.practitioners.clear()
    asked = {"clinic": "riverside", "patient": str(order.patient.pk), "type": str(order.type.pk)}
    page = text(desk.get("/desk/", asked))
    assert f"/desk/waitlist/new/?patient={order.patient.pk}&type={order.type.pk}" in page
