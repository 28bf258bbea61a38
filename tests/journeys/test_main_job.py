"""The main job: booked at the desk, prescribed and adjusted by the physiotherapist, done and logged by the patient."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from functools import partial
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from clinic.actions import sending
from clinic.models import Clinic, ConsultationType, OutboxMessage, Practitioner, State, User
from clinic.rules import wallclock
from patients.models import Consultation
from tests import factories
from tests.journeys.conftest import PASSWORD, House, Sits, with_password

INES = "ines@example.org"
ARTICLE = ("Knee-to-chest stretch", "Curl-up", "Rotational stretch", "Walking")
"""The three exercises of the article, and its aerobic bout."""
BOOKED, INVITED, CODE = "Your appointment on", "Your access to the clinic's portal", "Your sign-in code"


@dataclass(frozen=True)
class Stage:
    """The clinic, and three people in front of browsers of their own."""

    house: House
    desk: Page
    physio: Page
    patient: Page
    today: date

    @property
    def visit(self) -> Consultation:
        """The one visit of the story, as it stands."""
        return Consultation.objects.get()


@pytest.mark.browser
@pytest.mark.timeout(180)
@pytest.mark.django_db(transaction=True)
def test_a_visit_is_booked_a_program_given_adjusted_done_logged_and_the_reminder_goes_out(
    house: House,
    sits: Sits,
    riverside: Clinic,
    hedda: User,
    mira: Practitioner,
    follow_up: ConsultationType,
) -> None:
    """One story over three log-ins and the mails that arrive."""
    factories.LeadFactory.create(clinic=riverside)
    seats = [sits(), sits(), sits(has_touch=True, viewport={"width": 390, "height": 844})]
    desk, physio, patient = (seat.page for seat in seats)
    today = wallclock.local_day(timezone.now(), riverside.zone)
    stage = Stage(house, desk, physio, patient, today)

    sign_in(desk, with_password(hedda), to=f"{house.address}/desk/")
    register_ines(stage)
    book_her_in(stage)
    confirmed(stage)
    invite_her(stage)

    sign_in(physio, with_password(mira.user), to=f"{house.address}/admin/my-day/")
    open_an_episode(stage)
    prescribe(stage)
    adjust(stage)

    enter_the_portal(stage)
    see_the_dosage_of_today(stage)
    log_a_session(stage)
    the_sheet_shows_it(stage)

    old_start = stage.visit.start
    move_the_visit(stage)
    reminded_at_the_new_time_alone(stage, old_start)
    assert [fault for seat in seats for fault in seat.faults] == []


def sign_in(page: Page, user: User, *, to: str) -> None:
    """By the real doors: email, password, and the six digits of the authenticator app."""
    page.goto("/")
    page.get_by_role("link", name="Staff sign-in").click()
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    page.get_by_label("Code").fill(authenticator_app())
    page.get_by_role("button", name="Go on").click()
    expect(page).to_have_url(re.compile(re.escape(to)))


def authenticator_app() -> str:
    """What the app of anybody on the staff shows at this moment."""
    counters = list(yield_hotp_counters_from_time())  # as many before as after the one of this moment
    code: str = format_hotp_value(hotp_value(factories.SECOND_FACTOR, counters[len(counters) // 2]))
    return code


def register_ines(stage: Stage) -> None:
    """Nobody of that name is known, so the desk makes the patient."""
    page = stage.desk
    page.goto(f"/desk/?day={booking_day(stage.today)}")
    page.get_by_label("Patient: name, phone or date of birth").fill("Ines Almeida")
    expect(page.get_by_text("Nobody fits")).to_be_visible()
    page.get_by_role("link", name="New patient").click()
    page.get_by_label("Given name").fill("Ines")
    page.get_by_label("Family name").fill("Almeida")
    page.get_by_label("Date of birth").fill("1985-04-12")
    page.get_by_label("Phone").fill("030 1234567")
    page.get_by_label("Email", exact=False).first.fill(INES)
    page.get_by_role("button", name="Register and choose a time").click()
    expect(page.get_by_role("status")).to_contain_text("Ines Almeida is registered.")


def booking_day(today: date) -> date:
    """A working day on which the reminder of two days before is still to come."""
    day = today + timedelta(days=4)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day


def book_her_in(stage: Stage) -> None:
    """The second of the proposed times, by keyboard alone; the diary shows it, in Mira's or Leila's column."""
    page = stage.desk
    proposed = page.get_by_role("radiogroup", name="Proposed slots").get_by_role("radio")
    expect(proposed.first).to_be_visible()
    page.keyboard.press("2")
    expect(proposed.nth(1)).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Booked: Ines Almeida")
    expect(in_the_diary(stage)).to_have_count(1)


def in_the_diary(stage: Stage) -> Locator:
    """Her visit in the column of who treats her, at its time."""
    visit = stage.visit
    column = stage.desk.get_by_role("group", name=visit.practitioner.name)
    return column.get_by_role("link", name=re.compile(f"{clock_of(visit)}.*Ines Almeida"))


def clock_of(visit: Consultation) -> str:
    """The start as the wall of the clinic shows it."""
    return f"{visit.start.astimezone(visit.clinic.zone):%H:%M}"


def confirmed(stage: Stage) -> None:
    """The confirmation arrives over SMTP with the date for her calendar."""
    mail = stage.house.mail(INES, BOOKED)
    local = stage.visit.start.astimezone(stage.visit.clinic.zone)
    assert f"{local:%A} {local.day} {local:%B}" in words_of(mail)
    calendar = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
    assert calendar.get_filename() == "appointment.ics"
    assert calendar.get_param("method") == "REQUEST"
    assert f"DTSTART;TZID=Europe/Berlin:{local:%Y%m%dT%H%M%S}" in calendar.get_content()


def invite_her(stage: Stage) -> None:
    """From her page at the desk."""
    page = stage.desk
    page.get_by_role("link", name="Patient", exact=True).click()
    expect(page.get_by_role("heading", name="Ines Almeida")).to_be_visible()
    page.get_by_role("button", name="Invite to the portal").click()
    expect(page.get_by_role("status")).to_contain_text(f"The invitation is on its way to {INES}.")


def open_an_episode(stage: Stage) -> None:
    """The physiotherapist finds her in the admin and opens an episode of care."""
    page = stage.physio
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Patients").click()
    search = page.get_by_role("searchbox", name="Name, date of birth, phone or number")
    search.fill("almeida")
    search.press("Enter")
    page.get_by_role("link", name="Almeida, Ines").click()
    page.get_by_label("Complaint").fill("Low back pain since moving house")
    page.get_by_role("button", name="Open the episode").click()
    expect(page.get_by_role("status")).to_contain_text("The episode is open.")


def prescribe(stage: Stage) -> None:
    """A program of the article's exercises; a draft until it is given to the patient."""
    page = stage.physio
    page.get_by_role("link", name="New program").first.click()
    page.get_by_label("Title").fill("Back on your feet")
    page.get_by_label("Goal").fill("Carry my daughter up the stairs")
    page.get_by_role("button", name="Open the draft").click()
    for number, exercise in enumerate(ARTICLE):
        if number:
            page.get_by_role("link", name="Exercise", exact=True).click()
        page.get_by_role("combobox", name="Exercise", exact=True).select_option(label=exercise)
        page.get_by_role("button", name="Add the exercise").click()
        expect(row_of(page, exercise)).to_be_visible()
    page.get_by_role("button", name="Give it to the patient").click()
    expect(page.get_by_text("Program active, week 1")).to_be_visible()
    expect(page.get_by_text("Ines was invited, but has not signed in yet.")).to_be_visible()
    stage.house.mail(INES, "There is something new in your portal")


def row_of(page: Page, exercise: str) -> Locator:
    """One exercise of the sheet."""
    return page.get_by_role("article", name=exercise)


def adjust(stage: Stage) -> None:
    """One dosage changes today, another tomorrow; each with its reason, both in the history."""
    page = stage.physio
    change = partial(change_dosage, page)
    change("Knee-to-chest stretch", "Hold", "8", why="She holds 5 s with ease", on=stage.today)
    tomorrow, meant = stage.today + timedelta(days=1), "I prescribe 6 s on purpose."
    change("Curl-up", "Hold", "6", why="Ten seconds make her shake", on=tomorrow, meant=meant)
    history = page.get_by_label("Revisions")
    for exercise, old, new, why, state in (
        ("Knee-to-chest stretch", "5", "8", "She holds 5 s with ease", "In force"),
        ("Curl-up", "10", "6", "Ten seconds make her shake", "To come"),
    ):
        line = history.get_by_role("row").filter(has_text=why)
        expect(line).to_contain_text(exercise)
        expect(line).to_contain_text(re.compile(rf"\b{old}\b.*\b{new}\b"))
        expect(line).to_contain_text("Mira Okafor")
        expect(line).to_contain_text(state)
    told = page.get_by_role("complementary", name="What will change")
    expect(told).to_contain_text("Ines is told by email, but has not signed in to the portal yet")
    stage.house.mail(INES, "Something in your portal has changed")


def change_dosage(
    page: Page, exercise: str, field: str, value: str, *, why: str, on: date, meant: str = ""
) -> None:
    """One field of the sheet; without a reason nothing is saved, and outside the usual only on purpose."""
    row_of(page, exercise).get_by_label(field).fill(value)
    panel = page.get_by_role("complementary", name="What will change")
    expect(panel).to_contain_text(exercise)
    panel.get_by_role("button", name="Save 1 change").click()
    expect(panel.get_by_role("textbox", name="Reason")).to_have_attribute("aria-invalid", "true")
    panel.get_by_label("Reason").fill(why)
    panel.get_by_label("Holds from").fill(on.isoformat())
    if meant:
        panel.get_by_role("checkbox", name=meant).check()
    panel.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("One dosage changed.")


def enter_the_portal(stage: Stage) -> None:
    """By the link of the invitation and the code of the mail that follows."""
    page = stage.patient
    page.goto(link_in(stage.house.mail(INES, INVITED)))
    expect(page.get_by_role("heading", name="Hello Ines")).to_be_visible()
    page.get_by_role("button", name="Send me the code").click()
    expect(page.get_by_role("heading", name="Look in your mail")).to_be_visible()
    page.get_by_label("Code").fill(code_in(stage.house.mail(INES, CODE)))
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{stage.house.address}/portal/")


def words_of(mail: EmailMessage) -> str:
    """The text of a mail."""
    body: Any = mail.get_body(("plain",))
    text: str = body.get_content()
    return text


def link_in(mail: EmailMessage) -> str:
    """The address that a mail asks to open."""
    found = re.search(r"Open your portal: (\S+)", words_of(mail))
    assert found is not None
    return found[1]


def code_in(mail: EmailMessage) -> str:
    """The one-time code: it stands in a line of its own."""
    found = re.search(r"^\s*([A-Z0-9-]{6,})\s*$", words_of(mail), re.MULTILINE)
    assert found is not None, words_of(mail)
    return found[1]


def see_the_dosage_of_today(stage: Stage) -> None:
    """All four with their pictures; the new hold of the stretch, and still the old one of the curl-up."""
    page = stage.patient
    expect(page.get_by_role("heading", name="0 done, 4 to go")).to_be_visible()
    plan = page.get_by_role("region", name="Today's program").get_by_role("listitem")
    for exercise, dosage in zip(ARTICLE, ("8 s hold", "10 s hold", "10 s hold", "min"), strict=True):
        line = plan.filter(has=page.get_by_role("heading", name=exercise))
        expect(line).to_contain_text(dosage)
        picture = line.locator("img")
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", value=True)
        assert picture.evaluate("image => image.naturalWidth") > 0, f"no picture of {exercise}"
    expect(page.get_by_role("region", name="Next consultation")).to_contain_text(
        stage.visit.practitioner.name
    )


def log_a_session(stage: Stage) -> None:
    """Three done and the curl-up partly; pain 3, effort 5."""
    page = stage.patient
    page.get_by_role("link", name="I have done it: log the session").click()
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    page.get_by_role("button", name="All as planned").click()
    expect(page.get_by_role("radio", name="Done", checked=True)).to_have_count(len(ARTICLE))
    choose(page.get_by_role("radiogroup", name="Curl-up"), "Partly")
    page.get_by_label("Why?").locator("visible=true").select_option(label="it hurts")
    choose(page.get_by_role("group", name="How much pain now?"), "3")
    choose(page.get_by_role("group", name="How hard was it?"), "5")
    page.get_by_label("A word to your physiotherapist").fill("The stairs went well")
    page.get_by_role("button", name="Send").click()
    expect(page).to_have_url(f"{stage.house.address}/portal/")
    expect(page.get_by_role("status")).to_contain_text("Your physiotherapist can see it now.")
    expect(page.get_by_role("heading", name="All logged for today")).to_be_visible()


def choose(group: Locator, name: str) -> None:
    """One of a group of radio buttons, by its words."""
    group.locator("label").filter(has_text=re.compile(rf"^\s*{name}\s*$")).click()
    expect(group.get_by_role("radio", name=name, exact=True)).to_be_checked()


def the_sheet_shows_it(stage: Stage) -> None:
    """At once, in the day's column."""
    page = stage.physio
    page.reload()
    knee, curl = row_of(page, "Knee-to-chest stretch"), row_of(page, "Curl-up")
    expect(knee.get_by_role("row", name="Done").get_by_role("cell").last).to_have_accessible_name("done")
    expect(curl.get_by_role("row", name="Done").get_by_role("cell").last).to_have_accessible_name("partly")
    expect(page.get_by_text("first 3, in 1 session")).to_be_visible()


def move_the_visit(stage: Stage) -> None:
    """The desk moves the visit to the last of the proposed times, and the mail about it comes."""
    page = stage.desk
    page.get_by_role("link", name=re.compile(clock_of(stage.visit))).click()
    page.get_by_role("link", name="Move").click()
    page.get_by_role("radiogroup", name="Proposed slots").get_by_role("radio").last.check()
    page.get_by_role("button", name="Move").click()
    expect(page.get_by_role("status")).to_contain_text("Moved Ines Almeida to")
    expect(in_the_diary(stage)).to_have_count(1)
    stage.house.mail(INES, "Your appointment has moved to")


def reminded_at_the_new_time_alone(stage: Stage, old_start: datetime) -> None:
    """Nothing goes out two days before the old time; two days before the new one it does."""
    new_start, two_days = stage.visit.start, timedelta(days=2)
    assert new_start != old_start
    rows = {row.version: row for row in OutboxMessage.objects.filter(kind="reminder")}
    assert {version: row.state for version, row in rows.items()} == {1: State.SUPERSEDED, 2: State.DUE}
    before = [subject for subject in stage.house.subjects(INES) if subject.startswith("Reminder")]
    assert before == []

    send_at(min(old_start, new_start) - two_days + timedelta(minutes=1), rows[2].due_at)
    sending.send_batch(clock=clock_at(new_start - two_days + timedelta(minutes=1)))
    local = new_start.astimezone(stage.visit.clinic.zone)
    reminder = stage.house.mail(INES, "Reminder")
    assert f"{local.hour}:{local:%M}" in reminder["Subject"]
    assert len([each for each in stage.house.subjects(INES) if each.startswith("Reminder")]) == 1


def send_at(moment: datetime, due: datetime) -> None:
    """What would go out at a moment before the reminder is due: nothing."""
    if moment < due:
        sending.send_batch(clock=clock_at(moment))


def clock_at(moment: datetime) -> Callable[[], datetime]:
    """A clock that stands there."""
    return lambda: moment
