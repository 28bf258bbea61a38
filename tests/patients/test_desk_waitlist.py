"""The waitlist under the desk, and the page without a log-in behind an offer and behind a request to choose anew."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from clinic.actions import linking
from clinic.models import AccessEvent, Block, ConsultationType, Practitioner, User
from patients.actions import asking, booking, waiting
from patients.actions.waiting import Place, Wanted
from patients.models import (
    Answer,
    CancelledBy,
    Consultation,
    Offer,
    Patient,
    Source,
    WaitlistEntry,
    WaitState,
)
from patients.rules.lifecycle import Status
from tests.doors import browser, told

pytestmark = pytest.mark.django_db

PAGE = "/desk/waitlist/"
TEN = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
"""Ten o'clock of Wednesday in Berlin."""


@pytest.fixture(autouse=True)
def tuesday(now: datetime) -> Iterator[Any]:
    """Pages read the clock themselves."""
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def desk(hedda: User) -> Client:
    """Hedda's browser."""
    return browser(hedda)


@pytest.fixture
def entry(elena: Patient, follow_up: ConsultationType, now: datetime) -> WaitlistEntry:
    """Elena waits for a follow-up on Wednesday or Friday."""
    wanted = Wanted(
        patient=elena, type=follow_up, since=now.date(), until=date(2026, 3, 31), weekdays=0b0010100,
        note="Rings back",
    )  # fmt: skip
    return waiting.wish(wanted=wanted, by=None, now=now)


@pytest.fixture
def offer(entry: WaitlistEntry, mira: Practitioner, now: datetime) -> Offer:
    """Mira's Wednesday at ten, offered to Elena."""
    place = Place(clinic=entry.patient.clinic, practitioner=mira, start=TEN)
    return waiting.offer(entry=entry, place=place, by=None, now=now)


def value(mira: Practitioner, entry: WaitlistEntry, start: datetime = TEN) -> str:
    """A time as the form sends it."""
    return f"{entry.patient.clinic_id}|{mira.pk}|{start.isoformat()}"


def text(answer: Any) -> str:
    """What a page says, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


class TestList:
    """Who waits."""

    def test_it_shows_who_waits_for_what_and_writes_down_who_read_it(
        self, desk: Client, entry: WaitlistEntry
    ) -> None:
        page = text(desk.get(PAGE))
        for words in (
            "One wish",
            "Elena Ruiz",
            "Follow-up, anybody",
            "Wed, Fri",
            "until 31 Mar",
            "Rings back",
        ):
            assert words in page
        assert "Nothing offered yet" in page
        assert AccessEvent.objects.latest("id").patient_ids == [entry.patient_id]

    def test_it_says_what_is_offered_and_what_became_of_offers(
        self, desk: Client, offer: Offer, now: datetime
    ) -> None:
        page = text(desk.get(PAGE))
        assert "Offered Wed 18 Mar, 10:00" in page
        assert "Mira Okafor, held until 11:00" in page
        waiting.decline(offer=offer, now=now)
        assert "Declined once" in text(desk.get(PAGE))

    def test_who_has_a_visit_of_the_type_by_now_is_marked(
        self, desk: Client, entry: WaitlistEntry, mira: Practitioner, now: datetime
    ) -> None:
        order = booking.Order(
            patient=entry.patient, type=entry.type, clinic=entry.patient.clinic, practitioner=mira, start=TEN,
            source=Source.DESK,
        )  # fmt: skip
        booking.book(order=order, by=None, now=now)
        assert "Has Wed 18 Mar, 10:00" in text(desk.get(PAGE))

    def test_empty_it_says_what_it_is_for(self, desk: Client) -> None:
        assert "offered to them by itself" in text(desk.get(PAGE))

    def test_a_physiotherapist_elsewhere_sees_nobody(self, entry: WaitlistEntry, jonas: Practitioner) -> None:
        assert "Nobody waits" in text(browser(jonas.user).get(PAGE))
        assert browser(jonas.user).get(f"{PAGE}{entry.pk}/").status_code == 404


class TestNew:
    """A new wish."""

    def test_the_patient_is_found_first(self, desk: Client, elena: Patient) -> None:
        page = desk.post(f"{PAGE}new/", {"text": "ruiz"})
        assert f"{PAGE}new/?patient={elena.pk}" in page.content.decode()
        assert "Nobody fits" in text(desk.post(f"{PAGE}new/", {"text": "xyzxyz"}))

    def test_the_form_puts_it_on_the_list(
        self, desk: Client, elena: Patient, follow_up: ConsultationType, mira: Practitioner
    ) -> None:
        sent = {
            "type": follow_up.pk, "practitioner": mira.pk, "weekdays": ["0", "2"], "earliest": "14:00",
            "latest": "18:00",
            "since": "2026-03-17", "until": "2026-04-17", "clinics": [elena.clinic_id], "note": "",
        }  # fmt: skip
        answer = desk.post(f"{PAGE}new/?patient={elena.pk}", sent)
        made = WaitlistEntry.objects.get()
        assert answer["Location"] == f"{PAGE}{made.pk}/"
        assert (made.patient, made.practitioner, made.weekdays) == (elena, mira, 0b101)
        assert list(made.clinics.all()) == [elena.clinic]

    def test_what_no_slot_fits_is_said_beside_its_field(
        self, desk: Client, elena: Patient, follow_up: ConsultationType
    ) -> None:
        sent = {
            "type": follow_up.pk, "weekdays": ["0"], "earliest": "14:00", "latest": "14:20", "since": "2026-03-17",
            "until": "2026-04-17",
        }  # fmt: skip
        answer = desk.post(f"{PAGE}new/?patient={elena.pk}", sent)
        assert answer.status_code == 422
        assert "30 minutes does not fit" in text(answer)
        assert not WaitlistEntry.objects.exists()

    def test_the_type_may_come_with_the_address(
        self, desk: Client, elena: Patient, follow_up: ConsultationType, back_class: ConsultationType
    ) -> None:
        page = desk.get(f"{PAGE}new/?patient={elena.pk}&type={back_class.pk}").content.decode()
        assert f'<option value="{back_class.pk}" selected>' in page
        assert desk.get(f"{PAGE}new/?patient={elena.pk}&type=nonsense").status_code == 200


class TestOne:
    """A time by hand."""

    def test_it_shows_the_free_times_that_fit(
        self, desk: Client, entry: WaitlistEntry, mira: Practitioner
    ) -> None:
        page = desk.get(f"{PAGE}{entry.pk}/").content.decode()
        assert f'value="{value(mira, entry)}"' in page
        assert "Thursday" not in page

    def test_offered_it_is_held_and_a_mail_goes_out(
        self, desk: Client, entry: WaitlistEntry, mira: Practitioner
    ) -> None:
        answer = desk.post(
            f"{PAGE}{entry.pk}/offer/", {"place": value(mira, entry), "how": "offer"}, follow=True
        )
        assert "Offered to Elena Ruiz: Wed 18 Mar, 10:00." in text(answer)
        assert len(told("slot_offer")) == 1
        assert "is offered" in text(desk.get(f"{PAGE}{entry.pk}/"))

    def test_booked_it_leaves_the_list(self, desk: Client, entry: WaitlistEntry, mira: Practitioner) -> None:
        answer = desk.post(
            f"{PAGE}{entry.pk}/offer/", {"place": value(mira, entry), "how": "book"}, follow=True
        )
        assert "Booked: Elena Ruiz, Wed 18 Mar, 10:00." in text(answer)
        assert "Nobody waits" in text(answer)

    @pytest.mark.parametrize("sent", ["", "nonsense", "a|b|c", "||2026-03-18T10:00"])
    def test_without_a_time_it_asks_for_one(self, desk: Client, entry: WaitlistEntry, sent: str) -> None:
        answer = desk.post(f"{PAGE}{entry.pk}/offer/", {"place": sent, "how": "offer"})
        assert answer.status_code == 422
        assert "Choose one of the free times first." in text(answer)
        assert not Block.objects.exists()

    def test_a_time_that_is_gone_is_a_conflict_and_the_others_are_shown(
        self,
        desk: Client,
        entry: WaitlistEntry,
        offer: Offer,
        zoe: Patient,
        mira: Practitioner,
        now: datetime,
    ) -> None:
        wanted = Wanted(patient=zoe, type=entry.type, since=now.date(), until=date(2026, 3, 31))
        other = waiting.wish(wanted=wanted, by=None, now=now)
        answer = desk.post(f"{PAGE}{other.pk}/offer/", {"place": value(mira, entry), "how": "offer"})
        assert answer.status_code == 409
        assert "This time is taken" in text(answer)
        assert 'name="place"' in answer.content.decode()

    def test_withdrawn_and_taken_back(self, desk: Client, entry: WaitlistEntry, offer: Offer) -> None:
        back = desk.post(reverse("desk_offer_take_back", args=[offer.pk]), follow=True)
        assert "Taken back" in text(back)
        assert "offer is over" in text(
            desk.post(reverse("desk_offer_take_back", args=[offer.pk]), follow=True)
        )
        gone = desk.post(f"{PAGE}{entry.pk}/withdraw/", follow=True)
        assert "Elena Ruiz waits no more." in text(gone)
        assert "waits no more" in text(desk.post(f"{PAGE}{entry.pk}/withdraw/", follow=True))


class TestOfferPage:
    """The page behind the mail, for anybody who has the link."""

    @pytest.fixture
    def path(self, offer: Offer, now: datetime) -> str:
        """Its address."""
        return reverse("offer", args=[linking.make(purpose="offer", subject=offer.pk, now=now)])

    def test_opening_it_changes_nothing_and_tells_no_more_than_time_and_place(
        self, path: str, offer: Offer
    ) -> None:
        page = text(browser().get(path))
        for words in (
            "Wednesday 18 March, 10:00–10:30",
            "Riverside",
            "Mira Okafor",
            "held for you until",
            "11:00",
        ):
            assert words in page
        for secret in ("Elena", "Ruiz", "elena@example.org", "Follow-up"):
            assert secret not in page
        offer.refresh_from_db()
        assert offer.answer == ""

    def test_taken_it_is_booked_and_a_second_press_shows_that(self, path: str, offer: Offer) -> None:
        answer = browser().post(path, {"answer": "accept"}, follow=True)
        assert "The time is yours" in text(answer)
        offer.refresh_from_db()
        assert (offer.answer, offer.consultation.status) == (Answer.ACCEPTED, Status.BOOKED)
        again = browser().post(path, {"answer": "decline"})
        assert again.status_code == 409
        assert "The time is yours" in text(again)

    @pytest.fixture
    def later(self, elena: Patient, entry: WaitlistEntry, mira: Practitioner, now: datetime) -> Consultation:
        """What Elena has already: the same, a week later."""
        order = booking.Order(
            patient=elena, type=entry.type, clinic=elena.clinic, practitioner=mira,
            start=TEN + timedelta(days=7), source=Source.DESK,
        )  # fmt: skip
        return booking.book(order=order, by=None, now=now)

    def test_it_asks_whether_another_visit_is_kept_and_gives_it_back_with_the_time(
        self, path: str, offer: Offer, later: Consultation
    ) -> None:
        assert "You also have this visit" in text(browser().get(path))
        assert "Give back Wed 25 Mar, 10:00 with Mira Okafor" in text(browser().get(path))
        for _click in range(2):
            answer = browser().post(path, {"answer": "accept", "other": later.pk}, follow=True)
            assert (answer.status_code, "The time is yours" in text(answer)) == (200, True)
        later.refresh_from_db()
        offer.consultation.refresh_from_db()
        assert (later.status, later.cancelled_late) == (Status.CANCELLED, False)
        assert offer.consultation.status == Status.BOOKED

    def test_kept_or_not_said_the_other_visit_stands(self, path: str, later: Consultation) -> None:
        browser().post(path, {"answer": "accept", "other": "keep"})
        later.refresh_from_db()
        assert later.status == Status.BOOKED

    def test_what_is_not_theirs_to_give_back_is_refused_and_nothing_is_half_done(
        self, path: str, offer: Offer, later: Consultation, now: datetime
    ) -> None:
        booking.cancel(consultation=later, asked_by=CancelledBy.PATIENT, reason="Ill", by=None, now=now)
        for other in (later.pk, offer.pk, "x"):
            answer = browser().post(path, {"answer": "accept", "other": other})
            assert answer.status_code == 409
        offer.refresh_from_db()
        assert (offer.answer, offer.consultation.status) == ("", Status.HELD)

    def test_a_visit_that_is_too_near_to_give_back_is_said_to_stay(
        self, path: str, later: Consultation
    ) -> None:
        later.type.notice_to_cancel_h = 400
        later.type.save(update_fields=["notice_to_cancel_h"])
        page = browser().get(path)
        assert "too near to give back" in text(page)
        assert str(later.pk) not in page.content.decode()
        assert browser().post(path, {"answer": "accept", "other": later.pk}).status_code == 409

    def test_declined_the_patient_stays_on_the_list(self, path: str, offer: Offer) -> None:
        assert "You stay on the list" in text(browser().post(path, {"answer": "decline"}, follow=True))
        offer.entry.refresh_from_db()
        assert offer.entry.state == WaitState.OPEN

    def test_too_late_it_says_so(self, path: str, offer: Offer, tuesday: Any) -> None:
        tuesday.move_to(offer.expires_at)
        assert "This time is gone" in text(browser().get(path))
        answer = browser().post(path, {"answer": "accept"})
        assert answer.status_code == 409
        assert "the time to answer has run out" in text(answer)

    def test_a_link_for_something_else_or_of_nothing_is_none(self, offer: Offer, now: datetime) -> None:
        for purpose, subject in (("choose-again", offer.pk), ("offer", offer.entry_id)):
            token = linking.make(purpose=purpose, subject=subject, now=now)
            answer = browser().get(reverse("offer", args=[token]))
            assert answer.status_code == 404
            assert "does not work any more" in text(answer)


class TestChooseAgain:
    """The page on which a patient chooses another time."""

    @pytest.fixture
    def visit(
        self, elena: Patient, follow_up: ConsultationType, mira: Practitioner, noor: User, now: datetime
    ) -> Consultation:
        """Elena's, Wednesday at ten; she is asked to choose another time."""
        order = booking.Order(
            patient=elena,
            type=follow_up,
            clinic=elena.clinic,
            practitioner=mira,
            start=TEN,
            source=Source.DESK,
        )
        return asking.ask(visit=booking.book(order=order, by=None, now=now), by=noor, now=now)

    @pytest.fixture
    def path(self, visit: Consultation, now: datetime) -> str:
        """Its address."""
        token = linking.make(purpose="choose-again", subject=visit.pk, now=now, version=visit.version)
        return reverse("choose_again", args=[token])

    def slot(self, visit: Consultation, hours: int) -> str:
        """A time as the page sends it."""
        return f"{visit.practitioner_id} {visit.start + timedelta(hours=hours):%Y-%m-%dT%H:%MZ}"

    def test_opening_it_shows_old_and_free_times_and_changes_nothing(
        self, path: str, visit: Consultation
    ) -> None:
        page = browser().get(f"{path}?day=2026-03-19")
        assert self.slot(visit, 24) in page.content.decode()
        assert "Wednesday 18 March, 10:00" in text(page)
        assert "Elena" not in text(page)
        visit.refresh_from_db()
        assert (visit.start, visit.version) == (TEN, 1)

    def test_the_old_time_with_a_colleague_comes_first_and_can_be_taken_without_notice(
        self, path: str, visit: Consultation, leila: Practitioner, tuesday: Any
    ) -> None:
        tuesday.move_to(TEN - timedelta(hours=2))
        page = browser().get(path).content.decode()
        slots = re.findall(r'name="slot" value="([^"]+)"', page)
        assert slots[0] == f"{leila.pk} {TEN:%Y-%m-%dT%H:%MZ}"
        answer = browser().post(path, {"slot": slots[0]}, follow=True)
        assert "Your visit has a new time" in text(answer)
        visit.refresh_from_db()
        assert (visit.start, visit.practitioner) == (TEN, leila)

    def test_the_choice_moves_the_visit_and_the_link_is_used(self, path: str, visit: Consultation) -> None:
        answer = browser().post(path, {"slot": self.slot(visit, 24)}, follow=True)
        assert "Your visit has a new time" in text(answer)
        assert "Thursday 19 March, 10:00" in text(answer)
        visit.refresh_from_db()
        assert (visit.start, visit.asked_to_move_at) == (TEN + timedelta(days=1), None)
        again = browser().post(path, {"slot": self.slot(visit, 24)})
        assert again.status_code == 409
        assert "nothing to choose any more" in text(again)

    @pytest.mark.parametrize(
        "sent", ["", "nonsense", "00000000-0000-0000-0000-000000000000 2026-03-19T09:00Z"]
    )
    def test_without_a_time_it_asks_for_one(self, path: str, visit: Consultation, sent: str) -> None:
        answer = browser().post(path, {"slot": sent})
        assert answer.status_code == 422
        assert "Choose one of the free times." in text(answer)

    def test_cancelled_meanwhile_it_says_so(self, path: str, visit: Consultation, now: datetime) -> None:
        booking.cancel(consultation=visit, asked_by=CancelledBy.CLINIC, reason="Ill", by=None, now=now)
        assert "This visit is cancelled" in text(browser().get(path))

    def test_past_it_says_so(self, path: str, tuesday: Any) -> None:
        tuesday.move_to(TEN)
        assert "This visit is past" in text(browser().get(path))

    def test_a_link_of_an_older_version_does_nothing(self, visit: Consultation, now: datetime) -> None:
        token = linking.make(purpose="choose-again", subject=visit.pk, now=now, version=visit.version - 1)
        assert "new time" in text(browser().get(reverse("choose_again", args=[token])))
