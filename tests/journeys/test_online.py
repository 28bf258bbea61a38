"""Online booking as a stranger lives it: from nothing to a visit, confirmed and cancelled by the mails received."""

import re
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

from clinic.models import Clinic, ConsultationType, Practitioner
from patients.models import BookingRequest, Consultation, Patient
from patients.rules.lifecycle import Status
from patients.rules.redflags import QUESTIONS
from tests.journeys import barriers
from tests.journeys.conftest import House, Seat, Sits, until
from tests.post import content_of

ADA = "ada@example.org"

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def first_visit(follow_up: ConsultationType) -> ConsultationType:
    """Open online, and to be cancelled until an hour before."""
    follow_up.online, follow_up.notice_to_cancel_h = True, 1
    follow_up.save(update_fields=["online", "notice_to_cancel_h"])
    return follow_up


@pytest.fixture
def phone(sits: Sits, first_visit: ConsultationType, riverside: Clinic) -> Seat:
    """A stranger's phone."""
    return sits(has_touch=True, viewport={"width": 390, "height": 844})


def test_somebody_books_online_from_nothing_confirms_by_the_mail_and_cancels_by_its_link(
    house: House, phone: Seat
) -> None:
    page = phone.page
    answer_the_questions(page)
    choose_a_time(page)
    say_who_comes(page)
    assert not Patient.objects.exists()

    page.goto(link_in(house.mail(ADA, "Please confirm"), "book/confirm"))
    assert not Consultation.objects.exists()
    page.get_by_role("button", name="Confirm this time").click()
    expect(page.get_by_role("heading", name="Your visit is booked")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Add to my calendar").click()
    assert b"BEGIN:VEVENT" in download.value.path().read_bytes()
    visit = Consultation.objects.get()
    assert (visit.patient.name, visit.status) == ("Ada Novak", Status.BOOKED)

    page.goto(link_in(house.mail(ADA, "Your appointment on"), "visits/cancel"))
    page.get_by_label("Reason").fill("On a journey")
    page.get_by_role("button", name="Cancel the visit").click()
    expect(page.get_by_role("heading", name="Your visit is cancelled")).to_be_visible()
    visit.refresh_from_db()
    assert (visit.status, visit.cancel_reason) == (Status.CANCELLED, "On a journey")
    until(
        lambda: any("cancelled" in each for each in house.subjects(ADA)), "the mail that says it is cancelled"
    )
    assert phone.faults == []


def test_back_loses_nothing_that_was_typed(phone: Seat) -> None:
    page = phone.page
    answer_the_questions(page)
    choose_a_time(page)
    say_who_comes(page)
    page.go_back()
    expect(page.get_by_label("Family name")).to_have_value("Novak")
    page.go_back()
    page.go_back()
    expect(page.get_by_role("heading", name="Which clinic is near you?")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("What brings you to us?")).to_have_value("Stiff since March")
    expect(page.locator("input[name=numb][value=no]")).to_be_checked()
    assert phone.faults == []


def test_near_me_puts_the_nearest_first(
    sits: Sits, first_visit: ConsultationType, riverside: Clinic, old_town: Clinic
) -> None:
    Clinic.objects.filter(pk=old_town.pk).update(latitude="53.55000", longitude="9.99000")
    seat = sits(geolocation={"latitude": 53.5, "longitude": 10.0}, permissions=["geolocation"])
    answer_the_questions(seat.page)
    seat.page.get_by_role("button", name="Near me").click()
    seat.page.wait_for_url("**near=53.50*")
    expect(seat.page.get_by_role("heading", level=2).first).to_have_text("Old Town")
    assert seat.faults == []


def test_without_javascript_it_works_all_the_same(
    sits: Sits, house: House, first_visit: ConsultationType, riverside: Clinic
) -> None:
    page = sits(java_script_enabled=False).page
    answer_the_questions(page)
    expect(page.get_by_role("button", name="Near me")).to_be_hidden()
    choose_a_time(page)
    say_who_comes(page)
    page.goto(link_in(house.mail(ADA, "Please confirm"), "book/confirm"))
    page.get_by_role("button", name="Confirm this time").click()
    assert Consultation.objects.exists()


def test_every_step_and_every_link_meets_no_barrier(phone: Seat, house: House, mira: Practitioner) -> None:
    page, found = phone.page, barriers.on(phone.page, "/book/")
    answer_the_questions(page, yes="cancer")
    found += here(page)
    page.get_by_role("link", name="Go on and book").click()
    found += here(page)
    page.get_by_role("link", name=re.compile("See free times")).first.click()
    found += here(page)
    page.locator("a.pick").last.click()
    found += here(page)
    say_who_comes(page)
    found += here(page)
    page.goto(link_in(house.mail(ADA, "Please confirm"), "book/confirm"))
    found += here(page)
    page.get_by_role("button", name="Confirm this time").click()
    found += here(page)
    mail = house.mail(ADA, "Your appointment on")
    for verb in ("confirm", "cancel", "move"):
        found += barriers.on(page, link_in(mail, f"visits/{verb}"))
    assert found + phone.faults == []


def test_the_clinicians_list_meets_no_barrier(phone: Seat, sits: Sits, mira: Practitioner) -> None:
    answer_the_questions(phone.page, yes="cancer")
    phone.page.get_by_role("link", name="Go on and book").click()
    choose_a_time(phone.page)
    say_who_comes(phone.page)
    assert BookingRequest.objects.get().is_alarming
    seat = sits(mira.user)
    assert barriers.on(seat.page, "/desk/online/") == []
    seat.page.get_by_label("What was done").fill("Called, comes tomorrow")
    seat.page.get_by_role("button", name="Sign off").click()
    expect(seat.page.get_by_text("Nothing waits for you")).to_be_visible()
    assert seat.faults == []


def answer_the_questions(page: Page, *, yes: str = "") -> None:
    """From the home page, through the first step."""
    page.goto("/")
    page.get_by_role("link", name="Book a first visit").click()
    page.get_by_label("What brings you to us?").fill("Stiff since March")
    for question in QUESTIONS:
        said = "yes" if question.key == yes else "no"
        page.locator(f"input[name={question.key}][value={said}]").check(force=True)
    page.get_by_role("button", name="Choose a clinic").click()


def choose_a_time(page: Page) -> None:
    """The first clinic, the last free time of the first day that has one."""
    page.get_by_role("link", name=re.compile("See free times")).first.click()
    page.locator("a.pick").last.click()


def say_who_comes(page: Page) -> None:
    """Ada's details, sent."""
    page.get_by_label("Given name").fill("Ada")
    page.get_by_label("Family name").fill("Novak")
    page.get_by_label("Date of birth").fill("1990-02-03")
    page.get_by_label("Phone").fill("030 1234567")
    page.get_by_label("Email").fill(ADA)
    page.get_by_role("button", name="Hold this time").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()


def here(page: Page) -> list[str]:
    """What is wrong with the page that is open: it is loaded again, as by its own address."""
    return barriers.on(page, page.url)


def link_in(mail: EmailMessage, path: str) -> str:
    """The address in the mail's text that leads there."""
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(rf"http\S+/{path}/\S+", content_of(body).decode())
    assert found
    return found[0]
