"""Online booking in the browser: step by step, nothing typed is lost, nobody learns who is known."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.actions import linking
from clinic.models import Clinic, ConsultationType, Practitioner, User
from patients.actions import requesting
from patients.messages.online import CONFIRM
from patients.models import AlarmingAnswer, BookingRequest, Consultation, Patient, RequestState
from patients.online import book, kept
from patients.rules.redflags import QUESTIONS
from tests import factories
from tests.doors import browser, told

pytestmark = pytest.mark.django_db

TEN = datetime(2026, 3, 18, 9, tzinfo=UTC)
"""Ten o'clock of Wednesday in Berlin."""
ALL_NO = {question.key: "no" for question in QUESTIONS}
ADA = {
    "given_name": "Ada", "family_name": "Novak", "birth_date": "1990-02-03", "phone": "030 1234567",
    "email": "ada@example.org",
}  # fmt: skip


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[time_machine.Traveller]:
    """Stands at the tests' morning until it is moved."""
    with time_machine.travel(now, tick=False) as travelling:
        yield travelling


@pytest.fixture
def first_visit(follow_up: ConsultationType) -> ConsultationType:
    """Open online."""
    follow_up.online = True
    follow_up.save(update_fields=["online"])
    return follow_up


@pytest.fixture
def visitor(first_visit: ConsultationType) -> Client:
    """Somebody whom nobody knows, who answered no to every question."""
    client = Client()
    client.post("/book/", {"reason": "Stiff in the morning", **ALL_NO})
    return client


def details(kind: ConsultationType, who: Practitioner, clinic: Clinic, start: datetime = TEN) -> str:
    return f"/book/details/?clinic={clinic.slug}&type={kind.pk}&with={who.pk}&start={start:%Y-%m-%dT%H:%MZ}"


@pytest.fixture
def page(first_visit: ConsultationType, mira: Practitioner, riverside: Clinic) -> str:
    """The last step, for Mira on Wednesday at ten."""
    return details(first_visit, mira, riverside)


def link(now: datetime, request: BookingRequest | None = None) -> str:
    request = request or BookingRequest.objects.get()
    return reverse("book_confirm", args=[linking.make(purpose=CONFIRM, subject=request.pk, now=now)])


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_each_step_leads_to_the_next_and_the_last_to_the_mail(
    visitor: Client, page: str, riverside: Clinic, first_visit: ConsultationType, now: datetime
) -> None:
    clinics = visitor.get("/book/clinic/")
    assert f"/book/time/?clinic={riverside.slug}" in clinics.content.decode()
    times = visitor.get(f"/book/time/?clinic={riverside.slug}&type={first_visit.pk}")
    assert "09:00" in words(times)
    answer = visitor.post(page, ADA)
    assert (answer.status_code, answer["Location"]) == (302, "/book/mail/")
    sent = visitor.get("/book/mail/")
    assert "held for you until 09:15" in words(sent)
    assert "ada@example.org" in words(sent)
    made = BookingRequest.objects.get()
    assert (made.start, made.reason, made.is_alarming) == (TEN, "Stiff in the morning", False)
    assert len(told("confirm_request")) == 1


def test_opening_the_link_changes_nothing_and_the_button_books(
    visitor: Client, page: str, now: datetime
) -> None:
    visitor.post(page, ADA)
    scanner = Client()
    for verb in (scanner.get, scanner.head, scanner.options):
        verb(link(now))
    assert not Consultation.objects.exists()
    shown = words(scanner.get(link(now)))
    assert "Wednesday 18 March" in shown
    assert [word for word in ("Ada", "Novak", "ada@", "Stiff") if word in shown] == []
    assert scanner.get(f"{link(now)}visit.ics").status_code == 404
    answer = Client().post(link(now), follow=True)
    assert "Your visit is booked" in words(answer)
    assert Consultation.objects.get().start == TEN
    file = scanner.get(f"{link(now)}visit.ics")
    assert file["Content-Type"].startswith("text/calendar")
    assert b"BEGIN:VEVENT" in file.content
    Client().post(link(now))
    assert Consultation.objects.count() == 1


def test_after_the_hold_it_offers_other_times_and_one_press_books_one(
    visitor: Client, page: str, clock: time_machine.Traveller, now: datetime
) -> None:
    visitor.post(page, ADA)
    clock.shift(timedelta(minutes=15))
    shown = Client().get(link(now))
    assert "held no more" in words(shown)
    value = re.search(r'name="slot" value="([^"]+)"', shown.content.decode())
    assert value
    lost = Client().post(link(now))
    assert lost.status_code == 409
    Client().post(link(now), {"slot": value[1]})
    assert Consultation.objects.get().patient.name == "Ada Novak"


def test_who_meets_a_busy_diary_may_press_confirm_again(
    visitor: Client, page: str, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    visitor.post(page, ADA)

    def busy(**_asked: object) -> None:
        raise requesting.Busy("Somebody else is changing this diary right now. Try again in a moment.")

    with monkeypatch.context() as patch:
        patch.setattr(requesting, "confirm", busy)
        answer = Client().post(link(now))
    assert answer.status_code == 423
    assert "Confirm this time" in words(answer)
    assert "Try again in a moment" in words(answer)
    Client().post(link(now))
    assert Consultation.objects.get().start == TEN


def test_a_chosen_time_that_makes_no_sense_books_nothing(
    visitor: Client, page: str, clock: time_machine.Traveller, now: datetime
) -> None:
    visitor.post(page, ADA)
    clock.shift(timedelta(minutes=15))
    assert Client().post(link(now), {"slot": "noon"}).status_code == 422
    assert not Consultation.objects.exists()


@pytest.mark.assures("AC-02")
def test_a_known_email_gets_the_same_answer_as_an_unknown_one(
    first_visit: ConsultationType, mira: Practitioner, riverside: Clinic, elena: Patient
) -> None:
    answers = []
    for n, email in enumerate((elena.email, "nobody@example.org")):
        client = Client(REMOTE_ADDR=f"192.0.2.{n}")
        client.post("/book/", ALL_NO)
        path = details(first_visit, mira, riverside, TEN + timedelta(hours=n))
        with CaptureQueriesContext(connection) as asked:
            answer = client.post(path, {**ADA, "email": email})
        kinds = [re.sub(r"'[^']*'|\d+", "", query["sql"]) for query in asked]
        answers.append((answer.status_code, answer["Location"], answer.content, len(kinds)))
    assert answers[0] == answers[1]


def test_a_form_with_errors_comes_back_with_what_was_typed(visitor: Client, page: str) -> None:
    answer = visitor.post(page, {**ADA, "phone": "12", "email": "no address"})
    assert answer.status_code == 422
    assert 'value="Novak"' in answer.content.decode()
    answer = visitor.post(page, {**ADA, "phone": "12"})
    assert answer.status_code == 422
    assert "no phone number" in words(answer)


def test_back_shows_what_was_answered_and_typed(visitor: Client, page: str) -> None:
    visitor.post(page, ADA)
    first = visitor.get("/book/").content.decode()
    assert "Stiff in the morning" in first
    assert first.count("checked") == len(QUESTIONS)
    assert 'value="Novak"' in visitor.get(page).content.decode()


def test_who_comes_next_finds_nothing_once_the_visit_is_confirmed_in_the_same_browser(
    visitor: Client, page: str, now: datetime
) -> None:
    visitor.post(page, ADA)
    Client().post(link(now))
    assert kept.KEY in visitor.session, "confirmed elsewhere: this browser is told nothing"
    visitor.post(link(now))
    assert kept.KEY not in visitor.session
    assert "checked" not in visitor.get("/book/").content.decode()


def test_confirming_one_booking_keeps_what_is_typed_for_the_next(
    visitor: Client,
    page: str,
    now: datetime,
    first_visit: ConsultationType,
    mira: Practitioner,
    riverside: Clinic,
) -> None:
    visitor.post(page, ADA)
    first = BookingRequest.objects.get()
    visitor.post(details(first_visit, mira, riverside, TEN + timedelta(hours=2)), ADA)
    visitor.post(link(now, first))
    assert "Stiff in the morning" in visitor.get("/book/").content.decode()


def test_start_anew_forgets_all_that_was_typed(visitor: Client, page: str) -> None:
    offers = f'action="{reverse("book_anew")}"'
    assert offers not in Client().get("/book/").content.decode()
    visitor.post(page, ADA)
    for path in ("/book/", "/book/mail/"):
        assert offers in visitor.get(path).content.decode()
    shown = visitor.post(reverse("book_anew"), follow=True)
    assert "What was typed here is removed" in words(shown)
    assert [word for word in ("Stiff", "checked", offers) if word in shown.content.decode()] == []
    assert visitor.get(page)["Location"] == "/book/"


@pytest.mark.assures("LG-01")
def test_what_was_typed_stands_in_the_session_unreadable_and_in_no_address(
    visitor: Client, page: str, clock: time_machine.Traveller
) -> None:
    answer = visitor.post(page, ADA)
    stored = visitor.session[kept.KEY]
    assert [word for word in ("Stiff", "Novak", "numb") if word in stored or word in answer["Location"]] == []
    clock.shift(timedelta(hours=2))
    assert "Novak" not in visitor.get("/book/").content.decode()
    assert visitor.get(page)["Location"] == "/book/"


def test_a_slot_that_was_lost_offers_the_nearest_and_keeps_the_form(
    visitor: Client, page: str, first_visit: ConsultationType
) -> None:
    other = Client(REMOTE_ADDR="192.0.2.8")
    other.post("/book/", ALL_NO)
    other.post(page, {**ADA, "email": "ben@example.org"})
    answer = visitor.post(page, ADA)
    assert answer.status_code == 409
    assert "Free near that time" in words(answer)
    assert 'value="Novak"' in answer.content.decode()
    assert f"type={first_visit.pk}" in answer.content.decode()


def test_a_day_whose_share_is_used_up_shows_no_times_any_more(
    visitor: Client, page: str, first_visit: ConsultationType, mira: Practitioner, riverside: Clinic
) -> None:
    riverside.online_share = 1
    riverside.save(update_fields=["online_share"])
    visitor.post(page, ADA)
    late = details(first_visit, mira, riverside, TEN + timedelta(hours=2))
    answer = visitor.post(late, {**ADA, "email": "second@example.org"})
    assert answer.status_code == 409
    assert "Choose another day" in words(answer)
    offered = answer.content.decode().partition("Free near that time")[2]
    near = re.findall(r"start=(2026-03-\d\d)T", offered)
    assert near
    assert "2026-03-18" not in near
    times = visitor.get(f"/book/time/?clinic={riverside.slug}&day=2026-03-18").content.decode()
    assert "start=2026-03-18" not in times


def test_a_third_hold_is_told_to_wait_or_call(
    visitor: Client, first_visit: ConsultationType, mira: Practitioner, riverside: Clinic
) -> None:
    for hours in (0, 1):
        visitor.post(details(first_visit, mira, riverside, TEN + timedelta(hours=hours)), ADA)
    third = visitor.post(details(first_visit, mira, riverside, TEN + timedelta(hours=2)), ADA)
    assert third.status_code == 429
    assert "Call us" in words(third)


@pytest.mark.assures("AC-03")
def test_one_network_is_stopped_after_twenty_tries_whatever_it_forges(visitor: Client, page: str) -> None:
    for n in range(20):
        visitor.post(page, {**ADA, "email": ""}, headers={"X-Forwarded-For": f"203.0.113.{n}"})
    assert visitor.post(page, ADA).status_code == 429
    assert not BookingRequest.objects.exists()


def test_one_network_may_look_for_times_only_so_often(
    visitor: Client, riverside: Clinic, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book, "LOOKS", "2/5m")
    path = f"/book/time/?clinic={riverside.slug}"
    assert [visitor.get(path).status_code for _look in range(3)] == [200, 200, 429]
    assert "Wait five minutes" in words(visitor.get(path))
    clock.shift(timedelta(minutes=5))
    assert visitor.get(path).status_code == 200


def test_an_answer_that_alarms_leads_to_a_call_and_lets_one_book(
    visitor: Client, page: str, riverside: Clinic
) -> None:
    answer = visitor.post("/book/", {**ALL_NO, "cancer": "yes"}, follow=True)
    assert "Please call us today" in words(answer)
    assert f"tel:{riverside.phone.as_e164}" in answer.content.decode()
    assert "call us today as well" in words(visitor.get(page))
    visitor.post(page, ADA)
    assert BookingRequest.objects.get().is_alarming


def test_an_emergency_leads_to_help_and_to_no_booking(visitor: Client, page: str) -> None:
    answer = visitor.post("/book/", {**ALL_NO, "numb": "yes"}, follow=True)
    assert "tel:112" in answer.content.decode()
    assert "Go on and book" not in words(answer)
    assert visitor.post(page, ADA)["Location"] == "/book/advice/"
    assert not BookingRequest.objects.exists()


def test_clinics_in_several_countries_name_the_emergency_number_of_each_until_one_is_chosen(
    first_visit: ConsultationType, riverside: Clinic, old_town: Clinic
) -> None:
    Clinic.objects.filter(pk=old_town.pk).update(country="US")
    visitor = Client()
    shown = visitor.post("/book/", {**ALL_NO, "numb": "yes"}, follow=True)
    assert re.findall(r'href="tel:(\d{3})"', shown.content.decode()) == ["911", "112"]
    assert "Call 112 Germany" in words(shown)
    assert "Call 911 United States" in words(shown)
    left = {"phone": "030 1234567", "clinic": riverside.pk}
    shown = visitor.post("/book/advice/", left, follow=True)
    assert re.findall(r'href="tel:(\d{3})"', shown.content.decode()) == ["112"]
    assert "Call 112 or go to an emergency department" in words(shown)


def test_a_question_left_out_is_asked_again(first_visit: ConsultationType) -> None:
    answers = {key: said for key, said in ALL_NO.items() if key != "fever"}
    answer = Client().post("/book/", answers)
    assert answer.status_code == 422
    assert "Not sure" in words(answer)


@pytest.mark.parametrize("step", ["advice", "clinic", "time", "details", "mail"])
def test_nobody_skips_the_questions(step: str, first_visit: ConsultationType) -> None:
    assert Client().get(f"/book/{step}/")["Location"] == "/book/"


@pytest.mark.parametrize("query", ["", "?clinic=nowhere", "?clinic=old-town", "?clinic=%00", "?clinic="])
def test_a_clinic_that_offers_nothing_leads_back_to_the_list(
    visitor: Client, old_town: Clinic, query: str
) -> None:
    assert visitor.get(f"/book/time/{query}")["Location"] == "/book/clinic/"


@pytest.mark.parametrize(
    "query", ["&start=noon", "&start=2026-03-18T09:00", "&with=x&start=", "&start=9999-12-31T23:59Z"]
)
def test_a_made_up_time_leads_back_to_the_times(visitor: Client, riverside: Clinic, query: str) -> None:
    answer = visitor.get(f"/book/details/?clinic=riverside{query}")
    assert answer["Location"].startswith("/book/time/?clinic=riverside")


@pytest.mark.parametrize(
    "query", ["&day=x&from=y", "&day=2026-02-30", "&from=1800-01-01", "&from=9999-12-31", "&type=x&with=x"]
)
def test_nonsense_in_the_address_shows_times_all_the_same(
    visitor: Client, riverside: Clinic, query: str
) -> None:
    assert visitor.get(f"/book/time/?clinic=riverside{query}").status_code == 200


def test_the_nearest_clinic_comes_first(visitor: Client, riverside: Clinic, old_town: Clinic) -> None:
    Clinic.objects.filter(pk=old_town.pk).update(
        latitude="53.55000", longitude="9.99000", city="Hamburg", postcode="20095"
    )
    first_of = {
        "near=53.5,10": "Old Town", "near=52.5,13.4": "Riverside", "place=Hamb": "Old Town",
        "place=10117": "Riverside", "place=Rome": "Old Town", "near=x,y": "Old Town",
    }  # fmt: skip
    for query, first in first_of.items():
        names = re.findall(r"<h2>([^<]+)</h2>", visitor.get(f"/book/clinic/?{query}").content.decode())
        assert (query, names[0]) == (query, first)
    assert "None of our clinics" in words(visitor.get("/book/clinic/?place=Rome"))


def test_the_times_take_as_many_queries_for_one_person_as_for_four(
    visitor: Client, riverside: Clinic, first_visit: ConsultationType
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert visitor.get(f"/book/time/?clinic={riverside.slug}").status_code == 200
        return len(asked)

    few = count()
    for n in range(3):
        first_visit.practitioners.add(factories.PractitionerFactory.create(name=f"More {n}", at=[riverside]))
    assert count() == few <= 22, "ten of them count how often this network looks"


def test_a_clinician_of_the_clinic_sees_the_alarm_and_ticks_it_off(
    visitor: Client, page: str, mira: Practitioner, jonas: Practitioner, hedda: User
) -> None:
    visitor.post("/book/", {**ALL_NO, "reason": "Lump", "cancer": "yes", "weight": "unsure"})
    visitor.post(page, ADA)
    made = BookingRequest.objects.get()
    clinician = browser(mira.user)
    shown = words(clinician.get("/desk/online/"))
    assert "Ada Novak" in shown
    assert "Lump" in shown
    assert "Not sure" in shown
    assert "Nothing waits" in words(browser(jonas.user).get("/desk/online/"))
    assert browser(hedda).get("/desk/online/").status_code == 403
    address = reverse("desk_online_looked_at", args=["booking", made.pk])
    assert browser(jonas.user).post(address, {"done": "Called"}).status_code == 404
    assert browser(hedda).post(address, {"done": "Called"}).status_code == 403
    assert "Say what was done" in words(clinician.post(address, {"done": " "}, follow=True))
    clinician.post(address, {"done": "Called, comes tomorrow"})
    made.refresh_from_db()
    assert (made.reviewed_by, made.done) == (mira, "Called, comes tomorrow")
    shown = words(clinician.get("/desk/online/"))
    assert "Nothing waits for you" in shown
    assert "Called, comes tomorrow" in shown


def test_who_closes_the_page_after_an_alarming_answer_is_still_seen_by_a_clinician(
    first_visit: ConsultationType, mira: Practitioner, jonas: Practitioner, hedda: User, old_town: Clinic
) -> None:
    for _click in range(2):
        leaver = Client()
        leaver.post("/book/", {**ALL_NO, "reason": "Numb", "numb": "yes"})
        leaver.post("/book/", {**ALL_NO, "reason": "Numb", "numb": "yes"})
    assert AlarmingAnswer.objects.count() == 2, "one each, however often it is sent"
    for user in (mira.user, jonas.user):  # nobody chose a clinic, so it concerns all
        shown = words(browser(user).get("/desk/online/"))
        assert "Nobody said who" in shown
        assert "sent to get help at once" in shown
    noted = AlarmingAnswer.objects.latest("made_at")
    address = reverse("desk_online_looked_at", args=["answer", noted.pk])
    assert browser(hedda).post(address, {"done": "Read"}).status_code == 403
    browser(mira.user).post(address, {"done": "No number, nothing to do"})
    noted.refresh_from_db()
    assert (noted.reviewed_by, noted.done) == (mira, "No number, nothing to do")


def test_a_number_that_was_left_leads_to_the_clinicians_of_that_clinic_alone(
    first_visit: ConsultationType,
    mira: Practitioner,
    jonas: Practitioner,
    riverside: Clinic,
    old_town: Clinic,
) -> None:
    visitor = Client()
    visitor.post("/book/", {**ALL_NO, "fever": "yes"})
    wrong = visitor.post("/book/advice/", {"phone": "12", "clinic": riverside.pk})
    assert (wrong.status_code, "no phone number" in words(wrong)) == (422, True)
    for _click in range(2):
        answer = visitor.post("/book/advice/", {"phone": "030 1234567", "clinic": riverside.pk}, follow=True)
    assert "We have your number" in words(answer)
    assert "+493012345" in browser(mira.user).get("/desk/online/").content.decode()
    assert "Nothing waits" in words(browser(jonas.user).get("/desk/online/"))


def test_an_answer_that_was_corrected_is_not_forgotten(
    first_visit: ConsultationType, mira: Practitioner, page: str
) -> None:
    visitor = Client()
    visitor.post("/book/", {**ALL_NO, "numb": "yes"})
    visitor.post("/book/", ALL_NO)
    visitor.post(page, ADA)
    assert not BookingRequest.objects.get().is_alarming
    shown = words(browser(mira.user).get("/desk/online/"))
    assert "answered anew" in shown
    assert "numb between your legs" in shown


def test_an_alarm_stays_on_the_list_when_the_email_was_never_confirmed(
    visitor: Client, page: str, mira: Practitioner, clock: time_machine.Traveller
) -> None:
    visitor.post("/book/", {**ALL_NO, "cancer": "yes"})
    visitor.post(page, ADA)
    clock.shift(timedelta(hours=1))
    BookingRequest.objects.update(state=RequestState.EXPIRED)
    assert "not booked" in words(browser(mira.user).get("/desk/online/"))


def test_what_was_booked_online_lately_shows_its_reason_to_who_treats_there(
    visitor: Client, page: str, mira: Practitioner, jonas: Practitioner, now: datetime
) -> None:
    visitor.post(page, ADA)
    assert "Stiff in the morning" not in words(browser(mira.user).get("/desk/online/"))
    Client().post(link(now))
    shown = words(browser(mira.user).get("/desk/online/"))
    assert "Ada Novak" in shown
    assert "Stiff in the morning" in shown
    assert "Ada Novak" not in words(browser(jonas.user).get("/desk/online/"))


def test_the_desks_list_of_messages_names_who_asked(visitor: Client, page: str, hedda: User) -> None:
    visitor.post(page, ADA)
    assert "Request to confirm an online booking Ada Novak" in words(
        browser(hedda).get("/messages/?show=due")
    )
