"""A sick day under the desk: the visits below it, what is done with those that are ticked, and what became of each."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from clinic.models import AccessEvent, ConsultationType, HoursException, Practitioner, User
from patients.actions import booking
from patients.models import Consultation, Patient, Source
from patients.rules.lifecycle import Status
from tests.doors import browser

pytestmark = pytest.mark.django_db

TEN = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
"""Ten o'clock of Wednesday in Berlin."""


@pytest.fixture(autouse=True)
def tuesday(now: datetime) -> Iterator[None]:
    """Pages read the clock themselves."""
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def visits(
    elena: Patient, samuel: Patient, follow_up: ConsultationType, mira: Practitioner, now: datetime
) -> list[Consultation]:
    """Elena's at ten and Samuel's at noon, both with Mira."""
    return [
        booking.book(
            order=booking.Order(
                patient=who, type=follow_up, clinic=who.clinic, practitioner=mira, source=Source.DESK,
                start=TEN + timedelta(hours=hours),
            ),
            by=None,
            now=now,
        )
        for who, hours in ((elena, 0), (samuel, 2))
    ]  # fmt: skip


@pytest.fixture
def sick(mira: Practitioner, visits: list[Consultation]) -> HoursException:
    """Mira, all Wednesday."""
    return HoursException.objects.create(
        kind="sick", practitioner=mira, start=TEN - timedelta(hours=3), end=TEN + timedelta(hours=9)
    )


@pytest.fixture
def manager(noor: User) -> Client:
    """Noor's browser."""
    return browser(noor)


def done(client: Client, sick: HoursException, visits: list[Consultation], **sent: object) -> Any:
    """The answer to the form with these visits ticked."""
    ticked = [str(visit.pk) for visit in visits]
    return client.post(reverse("desk_leave_clear", args=[sick.pk]), {"visit": ticked, **sent})


def text(answer: Any) -> str:
    """What a page says, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_it_says_who_could_take_how_many(manager: Client, sick: HoursException) -> None:
    page = text(manager.get(reverse("desk_leave_one", args=[sick.pk])))
    assert "2 visits to clear" in page
    assert "Leila Haddad, could take 2 of 2" in page
    assert "No email: call" in page, "Samuel"


def test_moved_each_is_named_and_the_list_is_empty(
    manager: Client, sick: HoursException, visits: list[Consultation], leila: Practitioner
) -> None:
    page = text(done(manager, sick, visits, how="move", to=str(leila.pk)))
    assert page.count("moved to Leila Haddad") == 2
    assert "All is cleared" in page
    assert {row.practitioner for row in Consultation.objects.all()} == {leila}
    assert set(AccessEvent.objects.latest("id").patient_ids) == {visit.patient_id for visit in visits}


def test_only_those_that_are_ticked(
    manager: Client, sick: HoursException, visits: list[Consultation]
) -> None:
    page = text(done(manager, sick, visits[:1], how="cancel", reason="Mira is ill"))
    assert "cancelled, the patient is told by mail" in page
    assert "One visit to clear" in page
    assert [visit.status for visit in Consultation.objects.order_by("start")] == [
        Status.CANCELLED,
        Status.BOOKED,
    ]


def test_who_gets_no_mail_is_listed_first_to_be_called(
    manager: Client, sick: HoursException, visits: list[Consultation]
) -> None:
    page = text(done(manager, sick, visits, how="cancel", reason="Mira is ill"))
    assert "cancelled Gets no email. Call 0170 1112222." in page
    assert page.index("Gets no email") < page.index("told by mail")
    assert page.count("the patient is told by mail") == 1


def test_who_held_a_time_only_is_neither_said_to_be_told_nor_to_be_called(
    manager: Client, sick: HoursException, visits: list[Consultation]
) -> None:
    Consultation.objects.update(status=Status.HELD)
    page = text(done(manager, sick, visits, how="cancel", reason="Mira is ill"))
    assert "All is cleared" in page
    assert "Gets no email" not in page
    assert "told by mail" not in page


def test_asked_one_is_marked_and_the_one_without_email_is_named(
    manager: Client, sick: HoursException, visits: list[Consultation]
) -> None:
    answer = done(manager, sick, visits, how="ask")
    page = text(answer)
    assert "asked to choose another time" in page
    assert "Gets no email. Call 0170 1112222." in page
    assert "asked Tue 09:00" in page
    ticked = re.findall(r'value="([^"]+)" id="v-[^"]+" checked', answer.content.decode())
    assert ticked == [str(visits[1].pk)], "who was asked already is not ticked any more"


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"how": "cancel", "reason": ""}, "Say why"),
        ({"how": "move", "to": ""}, "Choose the colleague"),
        ({"how": "nonsense"}, "another look"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_done(
    manager: Client, sick: HoursException, visits: list[Consultation], sent: dict[str, object], words: str
) -> None:
    answer = done(manager, sick, visits, **sent)
    assert answer.status_code == 422
    assert words in text(answer)
    assert set(Consultation.objects.values_list("status", flat=True)) == {Status.BOOKED}


def test_nothing_ticked_is_nothing_done(manager: Client, sick: HoursException) -> None:
    answer = done(manager, sick, [], how="cancel", reason="Ill")
    assert answer.status_code == 422
    assert "Tick the visits first." in text(answer)


def test_a_visit_that_does_not_lie_below_it_is_left_alone(
    manager: Client, sick: HoursException, visits: list[Consultation]
) -> None:
    HoursException.objects.filter(pk=sick.pk).update(start=TEN + timedelta(hours=1))
    done(manager, sick, visits, how="cancel", reason="Ill")
    assert [visit.status for visit in Consultation.objects.order_by("start")] == [
        Status.BOOKED,
        Status.CANCELLED,
    ]


def test_not_for_a_colleague_elsewhere(
    sick: HoursException, visits: list[Consultation], jonas: Practitioner
) -> None:
    assert done(browser(jonas.user), sick, visits, how="cancel", reason="Ill").status_code == 403


def test_the_desk_clears_what_its_own_practitioners_leave_behind(
    sick: HoursException, visits: list[Consultation], hedda: User
) -> None:
    assert done(browser(hedda), sick, visits, how="cancel", reason="Ill").status_code == 200
    assert {visit.status for visit in Consultation.objects.all()} == {Status.CANCELLED}


def test_taken_back_the_request_is_said_no_more(
    manager: Client, sick: HoursException, visits: list[Consultation]
) -> None:
    done(manager, sick, visits[:1], how="ask")
    manager.post(reverse("desk_leave_take_back", args=[sick.pk]))
    visits[0].refresh_from_db()
    assert visits[0].asked_to_move_at is None
