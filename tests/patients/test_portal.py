"""The portal's pages about the person: welcome, visits, own data, and the switch between records."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from clinic.actions import linking
from clinic.models import AccessEvent, Clinic, ConsultationType, OutboxMessage, Practitioner, User
from patients.actions import attending, booking, inviting
from patients.models import CancelledBy, Consultation, Patient, PortalAccess, Source
from patients.rules.lifecycle import Status
from tests.doors import browser, told

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(now, tick=False) as moved:
        yield moved


@pytest.fixture
def elena_browses(elena: Patient) -> Client:
    return browser(elena.portal_access.get().user)


@pytest.fixture
def link(elena: Patient, now: datetime) -> str:
    token = linking.make(purpose=inviting.PURPOSE, subject=elena.portal_access.get().pk, now=now)
    return f"/portal/welcome/{token}/"


@pytest.fixture
def visit(
    elena: Patient,
    riverside: Clinic,
    mira: Practitioner,
    follow_up: ConsultationType,
    hedda: User,
    now: datetime,
) -> Consultation:
    """Elena's follow-up tomorrow at ten."""
    order = booking.Order(
        patient=elena, type=follow_up, clinic=riverside, practitioner=mira, source=Source.DESK,
        start=now + timedelta(days=1, hours=1),
    )  # fmt: skip
    return booking.book(order=order, by=hedda, now=now)


# --- welcome


@pytest.mark.assures("IN-09")
def test_opening_the_link_shows_who_invites_and_changes_nothing(client: Client, link: str) -> None:
    page = client.get(link)
    assert page.status_code == 200
    assert "Hello Elena" in page.content.decode()
    assert "Riverside opened your portal" in page.content.decode()
    assert not OutboxMessage.objects.exists()
    assert "_auth_user_id" not in client.session


def test_the_button_sends_a_code_that_signs_in_to_the_portal(client: Client, link: str) -> None:
    answer = client.post(link)
    assert answer["Location"] == "/accounts/login/code/confirm/"
    [row] = told("login_code")
    answer = client.post("/accounts/login/code/confirm/", {"code": row.payload})
    assert client.get(answer["Location"])["Location"] == "/portal/"
    assert client.get("/portal/").status_code == 200


def test_who_is_signed_in_goes_straight_to_the_portal(elena_browses: Client, link: str) -> None:
    assert elena_browses.get(link)["Location"] == "/portal/"


@pytest.mark.assures("AZ-09")
@pytest.mark.parametrize("spoil", ["old", "changed", "ended"])
def test_an_old_changed_or_ended_link_says_what_to_do(
    client: Client, link: str, clock: time_machine.Traveller, elena: Patient, spoil: str
) -> None:
    if spoil == "old":
        clock.shift(timedelta(days=15))
    elif spoil == "ended":
        PortalAccess.objects.update(ended_at=elena.updated_at)
    else:
        link = f"{link[:-2]}{'A' if link[-2] != 'A' else 'B'}/"
    for answer in (client.get(link), client.post(link)):
        assert answer.status_code == 404
        text = answer.content.decode()
        assert "This link does not work" in text
        assert "for a new one" in text
        assert "Elena" not in text
    assert not OutboxMessage.objects.exists()


# --- visits


def test_the_next_visit_stands_on_the_page_in_the_clinics_time(
    elena_browses: Client, visit: Consultation
) -> None:
    text = elena_browses.get("/portal/visits/").content.decode()
    assert "10:00" in text
    assert "Mira Okafor" in text
    assert f"/portal/visits/{visit.pk}.ics" in text


def test_a_visit_that_the_clinic_cancelled_says_why_and_one_that_was_asked_for_does_not(
    elena_browses: Client, visit: Consultation, hedda: User, now: datetime
) -> None:
    for who, words in (
        (CancelledBy.CLINIC, "Cancelled by Riverside: Mira is away"),
        (CancelledBy.PATIENT, "Cancelled as you asked"),
    ):
        booking.cancel(consultation=visit, asked_by=who, reason="Mira is away", by=hedda, now=now)
        page = elena_browses.get("/portal/visits/").content.decode()
        assert words in page
        assert ("Mira is away" in page) == (who == CancelledBy.CLINIC)
        attending.undo(consultation=visit, by=hedda, now=now)
        visit.refresh_from_db()


def test_the_calendar_file_is_the_visit(elena_browses: Client, visit: Consultation) -> None:
    answer = elena_browses.get(f"/portal/visits/{visit.pk}.ics")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    assert b"BEGIN:VEVENT" in answer.content
    assert AccessEvent.objects.get().patient_ids == [visit.patient_id]


@pytest.mark.assures("AZ-02", "AZ-03")
def test_a_strangers_visit_is_404_as_a_missing_one(zoe: Patient, visit: Consultation) -> None:
    zoe_browses = browser(zoe.portal_access.get().user)
    foreign = zoe_browses.get(f"/portal/visits/{visit.pk}.ics")
    missing = zoe_browses.get(f"/portal/visits/{uuid4()}.ics")
    assert foreign.status_code == missing.status_code == 404
    assert b"Mira" not in foreign.content
    assert "Mira" not in zoe_browses.get("/portal/visits/").content.decode()


# --- own data and the switch


def test_one_sees_ones_own_data(elena_browses: Client, elena: Patient) -> None:
    text = elena_browses.get("/portal/you/").content.decode()
    for part in ("Elena Ruiz", "elena@example.org", "2 May 1979", str(elena.number)):
        assert part in text


@pytest.fixture
def mother_of_samuel(elena: Patient, samuel: Patient) -> Client:
    """Elena's browser, with Samuel's record open to her too."""
    user = elena.portal_access.get().user
    PortalAccess.objects.create(user=user, patient=samuel)
    return browser(user)


def test_a_parent_switches_between_records(mother_of_samuel: Client, elena: Patient, samuel: Patient) -> None:
    def opened() -> Patient:
        patient: Patient = mother_of_samuel.get("/portal/you/").context["patient"]
        return patient

    first = opened()
    other = samuel if first == elena else elena
    answer = mother_of_samuel.post("/portal/switch/", {"patient": str(other.pk)})
    assert answer["Location"] == "/portal/"
    assert opened() == other
    mother_of_samuel.post("/portal/switch/", {"patient": str(first.pk)})
    assert opened() == first


@pytest.mark.assures("AZ-02", "AZ-05")
@pytest.mark.parametrize("whom", ["zoe", "nobody", "no id"])
def test_a_record_that_is_not_ones_own_cannot_be_opened(
    mother_of_samuel: Client, zoe: Patient, whom: str
) -> None:
    before = mother_of_samuel.get("/portal/you/").context["patient"]
    key = {"zoe": str(zoe.pk), "nobody": str(uuid4()), "no id": "7"}[whom]
    assert mother_of_samuel.post("/portal/switch/", {"patient": key}).status_code == 302
    assert mother_of_samuel.get("/portal/you/").context["patient"] == before


def test_an_access_that_ends_closes_the_record_at_once(
    mother_of_samuel: Client, samuel: Patient, now: datetime
) -> None:
    mother_of_samuel.post("/portal/switch/", {"patient": str(samuel.pk)})
    PortalAccess.objects.filter(patient=samuel).update(ended_at=now)
    assert mother_of_samuel.get("/portal/you/").context["patient"] != samuel


def test_who_has_no_record_is_told_so(hedda: User) -> None:
    answer = browser(hedda).get("/portal/")
    assert answer.status_code == 200
    assert "No record is open to you" in answer.content.decode()


@pytest.mark.assures("AU-01")
def test_visits_are_written_down_as_read(elena_browses: Client, elena: Patient) -> None:
    elena_browses.get("/portal/visits/")
    assert [event.patient_ids for event in AccessEvent.objects.all()] == [[elena.pk]]


def test_who_is_not_signed_in_is_asked_for_a_code_and_comes_back(client: Client) -> None:
    assert client.get("/portal/visits/")["Location"] == "/accounts/login/code/?next=/portal/visits/"


def test_an_offer_that_came_to_nothing_is_in_no_list_of_visits(
    elena: Patient, visit: Consultation, hedda: User, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(days=3))
    portal, desk = browser(elena.portal_access.get().user), browser(hedda)

    def shown() -> list[bool]:
        pages = portal.get("/portal/visits/"), desk.get(f"/desk/patients/{elena.pk}/")
        return ["Follow-up" in page.content.decode() for page in pages]

    Consultation.objects.update(
        status=Status.CANCELLED, previous_status=Status.BOOKED, cancelled_by="clinic", cancel_reason="Ran out"
    )
    assert shown() == [True, True]
    Consultation.objects.update(previous_status=Status.HELD)
    assert shown() == [False, False]
