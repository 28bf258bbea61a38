"""The diary by hand: book by click and by drawing, drag, pull, lose a race, see what another desk does, and by keys."""

import re
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from statistics import median

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from clinic.models import Clinic, ConsultationType, Practitioner, User
from clinic.rules import wallclock
from patients.actions import booking
from patients.models import Consultation, Patient, Source
from tests import factories
from tests.journeys.conftest import House, Seat, Sits

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180), pytest.mark.django_db(transaction=True)]
PIXELS_PER_HOUR = 80
AT_ONCE = 2.0
"""Seconds in which another desk's change is there."""


class Desk:
    """Hedda at the diary of a Monday to come, and what she does there with mouse and keys."""

    def __init__(
        self, seat: Seat, *, clinic: Clinic, follow_up: ConsultationType, mira: Practitioner
    ) -> None:
        self.seat, self.page = seat, seat.page
        self.clinic, self.follow_up, self.mira = clinic, follow_up, mira
        today = wallclock.local_day(timezone.now(), clinic.zone)
        self.day: date = today + timedelta(days=14 - today.weekday())

    def at(self, hour: int, minute: int = 0) -> datetime:
        """An instant of the day."""
        return wallclock.resolve(self.day, datetime(2000, 1, 1, hour, minute).time(), self.clinic.zone)  # noqa: DTZ001

    def book(
        self, patient: Patient, hour: int, minute: int = 0, whom: Practitioner | None = None
    ) -> Consultation:
        """As another desk would, past this browser."""
        order = booking.Order(
            patient=patient, type=self.follow_up, clinic=self.clinic, practitioner=whom or self.mira,
            start=self.at(hour, minute), source=Source.DESK,
        )  # fmt: skip
        return booking.book(order=order, by=None, now=timezone.now())

    def open(self, more: str = "") -> Page:
        """The diary of the day."""
        self.page.goto(f"/desk/?clinic={self.clinic.slug}&day={self.day}{more}")
        return self.page

    def block(self, visit: Consultation) -> Locator:
        """Where a visit is drawn."""
        return self.page.locator(f"#v-{visit.pk}")

    def point(self, whom: str, hour: float) -> tuple[float, float]:
        """Where on the screen a time of a column is. All of the day is in view."""
        column = self.page.get_by_role("group", name=whom)
        box = column.bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + (hour - 8) * PIXELS_PER_HOUR + 2

    def drag(
        self, start: tuple[float, float], end: tuple[float, float], before_drop: Callable[[], object] = bool
    ) -> None:
        """Press, pull in steps as a hand does, and let go."""
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move(start[0] + 4, start[1] + 9, steps=3)
        mouse.move(*end, steps=8)
        expect(self.page.locator(".blk.ghost")).to_be_visible()
        before_drop()
        mouse.up()

    def faults(self) -> list[str]:
        """What the browser complained of; a lost race is an answer, not a fault."""
        return [fault for fault in self.seat.faults if "status of 409" not in fault]


def again(visit: Consultation) -> Consultation:
    visit.refresh_from_db()
    return visit


@pytest.fixture
def desk(
    house: House, sits: Sits, hedda: User, riverside: Clinic, follow_up: ConsultationType, mira: Practitioner
) -> Desk:
    return Desk(
        sits(hedda, viewport={"width": 1440, "height": 1000}),
        clinic=riverside,
        follow_up=follow_up,
        mira=mira,
    )


def test_a_click_on_a_free_place_books_there(desk: Desk, elena: Patient) -> None:
    page = desk.open()
    page.mouse.click(*desk.point("Mira Okafor", 14))
    expect(page.locator(".wished")).to_contain_text("14:00 · Mira Okafor")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("ruis")
    page.get_by_role("link", name="Elena Ruiz").click()
    expect(page.get_by_text("the place you chose")).to_be_visible()
    page.get_by_role("button", name="Book").click()
    expect(page.get_by_text("Booked: Elena Ruiz")).to_be_visible()
    assert Consultation.objects.get().start == desk.at(14)
    assert desk.faults() == []


def test_a_stretch_drawn_in_the_diary_is_booked_as_long(desk: Desk, elena: Patient) -> None:
    factories.TypeFactory.create(
        name="Initial assessment", duration_min=60, served_by=[desk.mira], in_rooms=desk.clinic.rooms.all()
    )
    page = desk.open(f"&patient={elena.pk}")
    x, y = desk.point("Mira Okafor", 13)
    desk.drag((x, y), (x, y + PIXELS_PER_HOUR - 8))
    expect(page.locator(".p-type [aria-current]")).to_have_text("Initial assessment")
    page.get_by_role("button", name="Book").click()
    expect(page.get_by_text("Booked: Elena Ruiz")).to_be_visible()
    visit = Consultation.objects.get()
    assert (visit.start, visit.end) == (desk.at(13), desk.at(14))
    assert desk.faults() == []


def test_a_visit_is_dragged_to_a_colleague_and_undone(
    desk: Desk, elena: Patient, leila: Practitioner
) -> None:
    visit = desk.book(elena, 10)
    page = desk.open()
    desk.drag(desk.point("Mira Okafor", 10.1), desk.point("Leila Haddad", 11.6))
    expect(page.get_by_text("Moved Elena Ruiz to")).to_be_visible()
    expect(desk.block(visit).locator("time")).to_have_text("11:30")
    assert (again(visit).start, visit.practitioner) == (desk.at(11, 30), leila)
    page.get_by_role("button", name="Undo").click()
    expect(desk.block(visit).locator("time")).to_have_text("10:00")
    assert (again(visit).start, visit.practitioner) == (desk.at(10), desk.mira)
    assert "visit=" not in page.url, "a drag is no click"
    assert desk.faults() == []


def test_a_visit_is_dragged_to_another_day_of_the_week(desk: Desk, elena: Patient) -> None:
    visit = desk.book(elena, 10)
    desk.open(f"&view=week&who={desk.mira.pk}")
    tuesday = desk.day + timedelta(days=1)
    desk.drag(
        desk.point(f"{desk.day:%A} {desk.day.day}", 10.1), desk.point(f"{tuesday:%A} {tuesday.day}", 9.1)
    )
    expect(desk.page.get_by_text("Moved Elena Ruiz to")).to_be_visible()
    assert again(visit).start == desk.at(9) + timedelta(days=1)
    assert desk.faults() == []


def test_the_lower_edge_is_pulled_to_lengthen_and_escape_leaves_it(desk: Desk, elena: Patient) -> None:
    visit = desk.book(elena, 10)
    page = desk.open()
    x, y = desk.point("Mira Okafor", 10.5)
    edge = (x, y - 5)
    desk.drag(edge, (x, y + PIXELS_PER_HOUR / 2), before_drop=lambda: page.keyboard.press("Escape"))
    expect(page.locator(".blk.ghost")).to_have_count(0)
    desk.drag(edge, (x, y + PIXELS_PER_HOUR / 2))
    expect(page.get_by_text("Elena Ruiz now ends at 11:00.")).to_be_visible()
    assert again(visit).end == desk.at(11)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back: Elena Ruiz")).to_be_visible()
    assert again(visit).end == desk.at(10, 30)
    assert desk.faults() == []


@pytest.mark.assures("BO-09")
def test_a_race_is_lost_by_dragging_and_the_next_best_is_taken(
    desk: Desk, elena: Patient, samuel: Patient
) -> None:
    visit = desk.book(elena, 10)
    page = desk.open()
    desk.drag(
        desk.point("Mira Okafor", 10.1),
        desk.point("Mira Okafor", 14.1),
        before_drop=lambda: desk.book(samuel, 14),
    )
    panel = page.locator("#panel")
    expect(panel.get_by_role("alert")).to_contain_text("The old time is kept. The nearest free times:")
    expect(desk.block(visit).locator("time")).to_have_text("10:00")
    expect(page.locator("#day").get_by_text("Samuel Ortiz")).to_be_visible()
    assert again(visit).start == desk.at(10)
    panel.get_by_role("button", name="Move").click()
    expect(page.get_by_text("Moved Elena Ruiz to")).to_be_visible()
    assert abs(again(visit).start - desk.at(14)) <= timedelta(hours=1)
    assert desk.faults() == []


def test_what_another_desk_books_is_there_at_once_and_disturbs_nothing(
    desk: Desk, leila: Practitioner
) -> None:
    desk.page.set_viewport_size({"width": 1440, "height": 700})
    page = desk.open()
    frame = page.locator("#frame")
    frame.evaluate("frame => frame.scrollTop = 120")
    page.locator("#q").fill("ru")
    took = []
    for hour in (9, 11, 13):
        visit = desk.book(factories.PatientFactory.create(clinic=desk.clinic), hour, whom=leila)
        since = time.monotonic()
        expect(desk.block(visit)).to_be_attached()
        took.append(time.monotonic() - since)
    assert median(took) < AT_ONCE
    expect(page.locator("#said")).to_have_text("Another desk changed the diary.")
    expect(page.locator("#q")).to_be_focused()
    expect(page.locator("#q")).to_have_value("ru")
    assert frame.evaluate("frame => frame.scrollTop") == 120
    assert desk.faults() == []


def test_a_finger_drags_after_a_long_press_and_scrolls_before(
    house: House, sits: Sits, hedda: User, desk: Desk, elena: Patient
) -> None:
    visit = desk.book(elena, 10)
    desk.seat = sits(hedda, viewport={"width": 820, "height": 1180}, has_touch=True)
    page = desk.page = desk.seat.page
    desk.open()
    x, y = desk.point("Mira Okafor", 10.1)
    finger = page.context.new_cdp_session(page)

    def touch(kind: str, *at: float) -> None:
        points = [{"x": at[0], "y": at[1]}] if at else []
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", x, y)
    expect(page.locator(".blk.ghost")).to_be_visible()
    for pixels in (20, 60, 100, PIXELS_PER_HOUR * 2):
        touch("touchMove", x, y + pixels)
    touch("touchEnd")
    expect(page.get_by_text("Moved Elena Ruiz to")).to_be_visible()
    assert again(visit).start == desk.at(12)
    assert desk.faults() == []


def test_everything_goes_by_keys(desk: Desk, elena: Patient, samuel: Patient, leila: Practitioner) -> None:
    visit, other = desk.book(elena, 10), desk.book(samuel, 12, whom=leila)
    page = desk.open()
    press = page.keyboard.press
    press("Escape")
    press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    press("Escape")
    press("d")
    expect(desk.block(other)).to_be_focused()
    press("ArrowRight")
    expect(desk.block(visit)).to_be_focused()
    press("m")
    for key in ("ArrowDown", "ArrowDown", "ArrowLeft", "+"):
        press(key)
    expect(page.locator("#said")).to_contain_text("10:20 – 11:00, Leila Haddad")
    press("Escape")
    expect(page.locator(".blk.ghost")).to_have_count(0)
    assert again(visit).start == desk.at(10)

    press("m")
    for key in ("ArrowDown", "ArrowDown", "ArrowLeft", "+", "Enter"):
        press(key)
    expect(page.get_by_text("Elena Ruiz now ends at 11:00.")).to_be_visible()
    assert (again(visit).start, visit.end, visit.practitioner) == (desk.at(10, 20), desk.at(11), leila)
    expect(desk.block(visit)).to_be_focused()

    press("Enter")
    expect(page.get_by_role("heading", name="Elena Ruiz")).to_be_focused()
    press("Escape")
    expect(desk.block(visit)).to_be_focused()
    press("ArrowDown")
    expect(desk.block(other)).to_be_focused()
    press("Alt+ArrowRight")
    expect(page).to_have_url(re.compile(f"day={desk.day + timedelta(days=1)}"))
    assert desk.faults() == []


def test_a_day_sheet_is_printed_black_on_white(desk: Desk, elena: Patient) -> None:
    desk.book(elena, 10)
    page = desk.open()
    page.get_by_role("link", name="Print the day").click()
    expect(page.get_by_role("heading", name="Mira Okafor")).to_be_visible()
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    assert (
        page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
        == "rgb(255, 255, 255)"
    )
    assert desk.faults() == []
