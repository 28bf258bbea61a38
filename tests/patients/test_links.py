"""The pages behind the links in mails: GET changes nothing and shows no person, POST acts, an old link explains."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from clinic.actions import linking, sending
from clinic.models import ConsultationType, Practitioner, User
from patients.actions import booking
from patients.models import Consultation, Patient, Source
from patients.rules.lifecycle import Status
from tests.post import FixedClock, Postbox, content_of

pytestmark = pytest.mark.django_db

FRIDAY_TEN = datetime(2026, 3, 20, 9, tzinfo=UTC)
"""Ten o'clock of Friday in Berlin, three days ahead."""
VERBS = ("confirm", "cancel", "move")
Page = Callable[[str], str]


@pytest.fixture(autouse=True)
def standing_clock(now: datetime) -> Iterator[time_machine.Traveller]:
    """Stands at the tests' morning until it is moved."""
    with time_machine.travel(now, tick=False) as travelling:
        yield travelling


@pytest.fixture
def visit(
    elena: Patient, follow_up: ConsultationType, mira: Practitioner, hedda: User, now: datetime
) -> Consultation:
    """Elena's visit on Friday."""
    order = booking.Order(
        patient=elena, type=follow_up, clinic=elena.clinic, practitioner=mira, start=FRIDAY_TEN,
        source=Source.DESK,
    )  # fmt: skip
    return booking.book(order=order, by=hedda, now=now)


@pytest.fixture
def page(visit: Consultation, now: datetime) -> Page:
    """The page of a verb, of the version of the visit that stands at first."""

    def at(verb: str) -> str:
        token = linking.make(purpose=f"visit-{verb}", subject=visit.pk, now=now, version=1)
        return reverse(f"visit_{verb}", args=[token])

    return at


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def slot(answer: Any) -> str:
    found = re.search(r'name="slot" value="([^"]+)"', answer.content.decode())
    assert found
    return found[1]


@pytest.mark.assures("IN-09")
@pytest.mark.parametrize("verb", VERBS)
def test_whoever_opens_it_sees_time_and_clinic_and_changes_nothing(
    page: Page, visit: Consultation, verb: str
) -> None:
    before = Consultation.objects.values().get()
    for method in ("get", "head", "options"):
        assert getattr(Client(), method)(page(verb)).status_code in {200, 405}
    shown = words(Client().get(page(verb)))
    assert "Friday 20 March, 10:00–10:30" in shown
    assert "Riverside" in shown
    assert [word for word in ("Elena", "Ruiz", "elena@", "Follow-up") if word in shown] == []
    assert Consultation.objects.values().get() == before


def test_one_press_confirms_and_the_page_says_so_again_and_again(page: Page, visit: Consultation) -> None:
    answer = Client().post(page("confirm"), follow=True)
    assert "Thank you, we expect you" in words(answer)
    visit.refresh_from_db()
    assert visit.status == Status.CONFIRMED
    again = Client().post(page("confirm"))
    assert again.status_code == 409
    assert "Thank you, we expect you" in words(again)


def test_one_press_cancels_with_the_reason_typed(page: Page, visit: Consultation) -> None:
    answer = Client().post(page("cancel"), {"reason": "On a journey"}, follow=True)
    assert "Your visit is cancelled" in words(answer)
    visit.refresh_from_db()
    assert (visit.status, visit.cancel_reason) == (Status.CANCELLED, "On a journey")
    assert "This visit is cancelled" in words(Client().get(page("confirm")))


@pytest.mark.parametrize("reason", ["x" * 201, "a\x00b"])
def test_a_reason_that_cannot_be_kept_is_refused(page: Page, visit: Consultation, reason: str) -> None:
    assert Client().post(page("cancel"), {"reason": reason}).status_code == 422
    visit.refresh_from_db()
    assert visit.status == Status.BOOKED


def test_one_of_the_free_times_moves_it(page: Page, visit: Consultation) -> None:
    chosen = slot(Client().get(f"{page('move')}?day=2026-03-24"))
    answer = Client().post(page("move"), {"slot": chosen}, follow=True)
    assert "Tuesday 24 March" in words(answer)
    visit.refresh_from_db()
    assert (visit.version, f"{visit.start:%Y-%m-%d}") == (2, "2026-03-24")


@pytest.mark.parametrize("chosen", ["", "noon", "x 2026-03-24T09:00Z"])
def test_a_time_that_cannot_be_read_moves_nothing(page: Page, visit: Consultation, chosen: str) -> None:
    assert Client().post(page("move"), {"slot": chosen}).status_code == 422
    visit.refresh_from_db()
    assert visit.start == FRIDAY_TEN


def test_a_time_that_was_lost_shows_the_free_ones(
    page: Page, visit: Consultation, samuel: Patient, hedda: User, now: datetime
) -> None:
    taken = FRIDAY_TEN + timedelta(hours=2)
    order = booking.Order(
        patient=samuel, type=visit.type, clinic=visit.clinic, practitioner=visit.practitioner, start=taken,
        source=Source.DESK,
    )  # fmt: skip
    booking.book(order=order, by=hedda, now=now)
    answer = Client().post(page("move"), {"slot": f"{visit.practitioner_id} {taken:%Y-%m-%dT%H:%MZ}"})
    assert answer.status_code == 409
    assert slot(answer)


@pytest.mark.parametrize("verb", VERBS)
def test_a_link_from_before_a_move_says_what_holds_now_and_does_nothing(
    page: Page, visit: Consultation, hedda: User, verb: str, now: datetime
) -> None:
    booking.move(
        consultation=visit, practitioner=visit.practitioner, start=FRIDAY_TEN + timedelta(days=4), by=hedda,
        now=now,
    )  # fmt: skip
    for answer in (Client().get(page(verb)), Client().post(page(verb), {"reason": "Ill"})):
        assert "Tuesday 24 March, 10:00–10:30" in words(answer)
        assert "newest mail" in words(answer)
    visit.refresh_from_db()
    assert visit.status == Status.BOOKED


def test_within_the_notice_it_gives_the_phone(
    page: Page, visit: Consultation, standing_clock: time_machine.Traveller
) -> None:
    standing_clock.shift(timedelta(days=2, hours=2))
    for verb in ("cancel", "move"):
        for answer in (Client().get(page(verb)), Client().post(page(verb))):
            assert "Less than 24 hours are left" in words(answer)
            assert f"tel:{visit.clinic.phone.as_e164}" in answer.content.decode()
    assert "Will you come?" in words(Client().get(page("confirm")))


def test_after_the_visit_there_is_nothing_to_change(
    page: Page, standing_clock: time_machine.Traveller
) -> None:
    standing_clock.shift(timedelta(days=4))
    for verb in VERBS:
        assert "This visit is over" in words(Client().post(page(verb)))


@pytest.mark.assures("AZ-09")
@pytest.mark.parametrize("verb", VERBS)
def test_a_made_up_link_and_one_for_something_else_open_nothing(
    visit: Consultation, verb: str, now: datetime
) -> None:
    others = linking.make(purpose="booking-confirm", subject=visit.pk, now=now)
    for token in ("invented", others):
        for method in (Client().get, Client().post):
            answer = method(reverse(f"visit_{verb}", args=[token]))
            assert answer.status_code == 404
            assert "This link does not work" in words(answer)


def test_the_mail_carries_the_links_and_they_work(
    visit: Consultation, postbox: Postbox, now: datetime
) -> None:
    sending.send_batch(clock=FixedClock(now))
    (letter,) = postbox.received
    bodies = [content_of(part).decode() for part in letter.walk() if part.get_content_maintype() == "text"]
    for verb in VERBS:
        assert all(f"/visits/{verb}/" in body for body in bodies[:2])
    path = re.search(r"(/visits/cancel/\S+/)", bodies[0])
    assert path
    Client().post(path[1])
    visit.refresh_from_db()
    assert visit.status == Status.CANCELLED


def test_a_mail_within_the_notice_says_to_call_instead(
    visit: Consultation, hedda: User, postbox: Postbox, now: datetime
) -> None:
    start = now + timedelta(hours=4)
    booking.move(consultation=visit, practitioner=visit.practitioner, start=start, by=hedda, now=now)
    sending.send_batch(clock=FixedClock(now))
    (letter,) = postbox.received
    text = next(
        content_of(part).decode() for part in letter.walk() if part.get_content_type() == "text/plain"
    )
    assert "/visits/confirm/" in text
    assert "/visits/cancel/" not in text
    assert "this late, call us" in text
