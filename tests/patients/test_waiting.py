"""The waitlist: a wish, the freed time that is offered for it, and the answer that makes a visit of it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest

from clinic.models import Block, Channel, Clinic, ConsultationType, OutboxMessage, Practitioner, State, User
from clinic.policy import NotYours
from patients import tasks
from patients.actions import attending, booking, holding, waiting
from patients.actions.seating import NotServed, PatientClosed
from patients.actions.waiting import Place, Wanted
from patients.actions.wishing import Wish
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
from tests import factories
from tests.doors import told
from tests.post import FixedClock

pytestmark = pytest.mark.django_db

TEN = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
"""Ten o'clock of Wednesday in Berlin."""
Waits = Callable[..., WaitlistEntry]


@pytest.fixture
def waits(follow_up: ConsultationType, hedda: User, now: datetime) -> Waits:
    """Puts a patient on the list for a follow-up this month, unless the test says what differs."""

    def made(patient: Patient, **more: object) -> WaitlistEntry:
        told: dict[str, object] = {
            "patient": patient, "type": follow_up, "since": now.date(), "until": date(2026, 3, 31), **more,
        }  # fmt: skip
        return waiting.wish(wanted=Wanted(**told), by=hedda, now=now)  # type: ignore[arg-type]

    return made


@pytest.fixture
def nina(riverside: Clinic) -> Patient:
    """Another patient with an email."""
    return factories.PatientFactory.create(
        clinic=riverside, given_name="Nina", family_name="Berg", email="nina@example.org"
    )


@pytest.fixture
def visit(
    samuel: Patient, follow_up: ConsultationType, mira: Practitioner, hedda: User, now: datetime
) -> Consultation:
    """Samuel's with Mira, Wednesday at ten."""
    return _booked(samuel, follow_up, mira, now)


def _booked(who: Patient, kind: ConsultationType, mira: Practitioner, now: datetime) -> Consultation:
    order = booking.Order(
        patient=who, type=kind, clinic=who.clinic, practitioner=mira, start=TEN, source=Source.DESK
    )
    return booking.book(order=order, by=None, now=now)


def cancelled(visit: Consultation, now: datetime) -> Block:
    """The block that the cancellation frees."""
    booking.cancel(consultation=visit, asked_by=CancelledBy.PATIENT, reason="Ill", by=None, now=now)
    return Block.objects.select_related("clinic", "practitioner", "type").get(pk=visit.block_id)


def place(mira: Practitioner, clinic: Clinic, start: datetime = TEN) -> Place:
    return Place(clinic=clinic, practitioner=mira, start=start)


class TestFreed:
    """What frees time says so inside the post."""

    def test_a_cancellation_a_move_and_a_hold_let_go_say_so(
        self,
        visit: Consultation,
        mira: Practitioner,
        nina: Patient,
        follow_up: ConsultationType,
        now: datetime,
    ) -> None:
        first = visit.block_id
        moved = booking.move(
            consultation=visit, practitioner=mira, start=TEN + timedelta(hours=2), by=None, now=now
        )
        wish = Wish(type=follow_up, clinic=nina.clinic, practitioner=mira, start=TEN, patient=nina)
        held = holding.hold(wish=wish, until=now + timedelta(hours=1), source=Source.WAITLIST, now=now)
        holding.let_go(consultation=held, reason="Declined", now=now)
        booking.cancel(consultation=moved, asked_by=CancelledBy.PATIENT, reason="Ill", by=None, now=now)
        rows = told("slot_freed")
        assert [row.subject_id for row in rows] == [first, held.block_id, moved.block_id]
        assert {(row.channel, row.state, row.due_at) for row in rows} == {(Channel.INTERNAL, State.DUE, now)}

    def test_what_a_sooner_end_leaves_is_offered_and_no_more(
        self, visit: Consultation, waits: Waits, nina: Patient, now: datetime
    ) -> None:
        half = timedelta(minutes=30)
        longer = booking.lengthen(consultation=visit, end=TEN + 4 * half, by=None, now=now)
        waits(nina)
        assert told("slot_freed") == []
        booking.lengthen(consultation=longer, end=TEN + half, by=None, now=now)
        waiting.serve_batch(clock=FixedClock(now))
        assert [(row.state, row.last_reply) for row in told("slot_freed")] == [(State.SENT, "Offered 1.")]
        offer = Offer.objects.get()
        assert offer.entry.patient == nina
        assert offer.consultation.practitioner == visit.practitioner
        assert TEN + half <= offer.consultation.start < TEN + 4 * half

    def test_a_hold_that_a_booking_sweeps_says_so(
        self, nina: Patient, samuel: Patient, follow_up: ConsultationType, mira: Practitioner, now: datetime
    ) -> None:
        wish = Wish(type=follow_up, clinic=nina.clinic, practitioner=mira, start=TEN, patient=nina)
        held = holding.hold(wish=wish, until=now + timedelta(hours=1), source=Source.WAITLIST, now=now)
        _booked(samuel, follow_up, mira, now + timedelta(hours=2))
        assert [row.subject_id for row in told("slot_freed")] == [held.block_id]

    def test_time_that_is_past_is_of_no_use_to_anybody(self, visit: Consultation) -> None:
        cancelled(visit, TEN + timedelta(minutes=5))
        assert told("slot_freed") == []

    def test_what_is_undone_is_not_said(self, visit: Consultation, now: datetime) -> None:
        with pytest.raises(booking.ReasonMissing):
            booking.cancel(consultation=visit, asked_by=CancelledBy.PATIENT, reason=" ", by=None, now=now)
        assert told("slot_freed") == []


class TestWish:
    """What may stand on the list."""

    def test_it_stands_with_all_that_was_said(
        self, waits: Waits, nina: Patient, mira: Practitioner, riverside: Clinic, hedda: User, now: datetime
    ) -> None:
        entry = waits(
            nina, practitioner=mira, clinics=(riverside,), weekdays=0b101, earliest=time(14), latest=time(0),
            note=" Rings back ",
        )  # fmt: skip
        entry.refresh_from_db()
        assert (entry.state, entry.created_by, entry.created_at) == (WaitState.OPEN, hedda, now)
        assert (list(entry.clinics.all()), entry.weekdays, entry.note) == ([riverside], 0b101, "Rings back")
        assert (entry.earliest, entry.latest) == (time(14), None), "midnight is the end of the day"

    @pytest.mark.parametrize(
        ("more", "words"),
        [
            ({"until": date(2026, 3, 16), "since": date(2026, 3, 1)}, "is past"),
            ({"until": date(2026, 3, 18), "since": date(2026, 3, 19)}, "before the first"),
            ({"until": date(2028, 3, 18)}, "at most a year"),
            ({"weekdays": 0}, "at least one weekday"),
            ({"earliest": time(12), "latest": time(11)}, "end before they begin"),
            ({"earliest": time(12), "latest": time(12, 20)}, "30 minutes does not fit"),
        ],
    )
    def test_what_no_slot_can_fit_is_refused(
        self, waits: Waits, nina: Patient, more: dict[str, object], words: str
    ) -> None:
        with pytest.raises(waiting.WishUnlikely, match=words):
            waits(nina, **more)
        assert not WaitlistEntry.objects.exists()

    def test_who_does_not_give_the_type_cannot_be_wished_for(
        self, waits: Waits, nina: Patient, jonas: Practitioner
    ) -> None:
        with pytest.raises(NotServed, match="Jonas Brandt does not give this type"):
            waits(nina, practitioner=jonas)

    def test_a_closed_record_waits_for_nothing(self, waits: Waits, nina: Patient, now: datetime) -> None:
        nina.archived_at = now
        with pytest.raises(PatientClosed):
            waits(nina)

    def test_a_physiotherapist_elsewhere_may_not(
        self, follow_up: ConsultationType, nina: Patient, jonas: Practitioner, now: datetime
    ) -> None:
        wanted = Wanted(patient=nina, type=follow_up, since=now.date(), until=date(2026, 3, 31))
        with pytest.raises(NotYours):
            waiting.wish(wanted=wanted, by=jonas.user, now=now)
        assert not WaitlistEntry.objects.exists()


class TestServe:
    """What was freed goes to the first who can have it."""

    def test_the_first_in_line_is_offered_it_and_written_to(
        self, waits: Waits, visit: Consultation, elena: Patient, nina: Patient, now: datetime
    ) -> None:
        waits(nina)
        waits(elena)
        (offer,) = waiting.serve(block=cancelled(visit, now), now=now)
        held = offer.consultation
        assert (held.patient, held.start, held.status) == (nina, TEN, Status.HELD)
        assert held.source == Source.WAITLIST
        assert offer.expires_at == now + timedelta(hours=2) == held.block.held_until
        (letter,) = told("slot_offer")
        assert (letter.subject_id, letter.person_id, letter.useful_until) == (
            offer.pk,
            nina.pk,
            offer.expires_at,
        )

    def test_who_cannot_be_written_to_is_passed_over(
        self, waits: Waits, visit: Consultation, elena: Patient, nina: Patient, zoe: Patient, now: datetime
    ) -> None:
        Patient.objects.filter(pk=nina.pk).update(wants_email=False)
        Patient.objects.filter(pk=zoe.pk).update(email="")
        for who in (nina, zoe, elena):
            waits(who)
        (offer,) = waiting.serve(block=cancelled(visit, now), now=now)
        assert offer.entry.patient == elena

    def test_who_is_elsewhere_at_that_time_is_passed_over(
        self,
        waits: Waits,
        visit: Consultation,
        elena: Patient,
        nina: Patient,
        leila: Practitioner,
        now: datetime,
    ) -> None:
        _booked(nina, visit.type, leila, now)
        waits(nina, earliest=time(10), latest=time(10, 30))
        waits(elena)
        (offer,) = waiting.serve(block=cancelled(visit, now), now=now)
        assert offer.entry.patient == elena

    @pytest.mark.parametrize(
        "more",
        [
            {"weekdays": 0b11011},
            {"earliest": time(11, 30)},
            {"latest": time(9, 30)},
            {"since": date(2026, 3, 19)},
            {"until": date(2026, 3, 17)},
        ],
    )
    def test_a_wish_that_it_does_not_fit_leaves_it_free(
        self, waits: Waits, visit: Consultation, nina: Patient, more: dict[str, object], now: datetime
    ) -> None:
        waits(nina, **more)
        assert waiting.serve(block=cancelled(visit, now), now=now) == []
        assert not Consultation.objects.seated().exists()

    def test_a_wish_for_somebody_else_or_elsewhere_leaves_it_free(
        self,
        waits: Waits,
        visit: Consultation,
        nina: Patient,
        leila: Practitioner,
        old_town: Clinic,
        now: datetime,
    ) -> None:
        waits(nina, practitioner=leila)
        waits(nina, clinics=(old_town,))
        assert waiting.serve(block=cancelled(visit, now), now=now) == []

    def test_what_was_booked_meanwhile_is_offered_to_nobody(
        self, waits: Waits, visit: Consultation, nina: Patient, elena: Patient, now: datetime
    ) -> None:
        waits(nina, earliest=time(10), latest=time(10, 40))
        block = cancelled(visit, now)
        _booked(elena, visit.type, visit.practitioner, now)
        assert waiting.serve(block=block, now=now) == []

    def test_a_long_time_is_given_out_piece_by_piece(
        self, waits: Waits, visit: Consultation, elena: Patient, nina: Patient, now: datetime
    ) -> None:
        cancelled(visit, now)
        long_visit = factories.TypeFactory.create(
            name="First visit", duration_min=70, served_by=[visit.practitioner], in_rooms=[visit.block.room]
        )
        waits(nina, earliest=time(10), latest=time(11, 30))
        waits(elena, earliest=time(10), latest=time(11, 30))
        block = cancelled(_booked(visit.patient, long_visit, visit.practitioner, now), now)
        offers = waiting.serve(block=block, now=now)
        assert [(offer.entry.patient, offer.consultation.start) for offer in offers] == [
            (nina, TEN),
            (elena, TEN + timedelta(minutes=40)),
        ]

    def test_a_wish_is_offered_one_time_at_a_time(
        self, waits: Waits, visit: Consultation, nina: Patient, now: datetime
    ) -> None:
        waits(nina)
        block = cancelled(visit, now)
        assert len(waiting.serve(block=block, now=now)) == 1
        assert waiting.serve(block=block, now=now) == []

    def test_who_let_this_very_slot_go_is_not_asked_again(
        self, waits: Waits, visit: Consultation, nina: Patient, elena: Patient, now: datetime
    ) -> None:
        waits(nina, earliest=time(10), latest=time(10, 30))
        block = cancelled(visit, now)
        (offer,) = waiting.serve(block=block, now=now)
        waiting.decline(offer=offer, now=now)
        assert waiting.serve(block=block, now=now) == []
        waits(elena, earliest=time(10), latest=time(10, 30))
        (second,) = waiting.serve(block=block, now=now)
        assert second.entry.patient == elena

    def test_there_must_be_time_to_answer(self, waits: Waits, visit: Consultation, nina: Patient) -> None:
        waits(nina, earliest=time(10), latest=time(10, 30))
        late = TEN - timedelta(minutes=35)
        assert waiting.serve(block=cancelled(visit, late), now=late) == []


class TestAnswer:
    """Accepted, declined, or too late."""

    @pytest.fixture
    def offer(self, waits: Waits, visit: Consultation, nina: Patient, now: datetime) -> Offer:
        """Nina's."""
        waits(nina)
        return waiting.serve(block=cancelled(visit, now), now=now)[0]

    def test_accepted_it_is_a_visit_and_the_wish_is_fulfilled(self, offer: Offer, now: datetime) -> None:
        visit = waiting.accept(offer=offer, now=now + timedelta(minutes=5))
        offer.refresh_from_db()
        offer.entry.refresh_from_db()
        assert (visit.status, visit.source, visit.block.active) == (Status.BOOKED, Source.WAITLIST, True)
        assert (offer.answer, offer.entry.state) == (Answer.ACCEPTED, WaitState.FULFILLED)
        assert len(told("booked")) == 2, "Samuel's, and hers"

    def test_a_second_answer_is_refused_and_changes_nothing(self, offer: Offer, now: datetime) -> None:
        waiting.accept(offer=offer, now=now)
        for again in (waiting.accept, waiting.decline):
            with pytest.raises(waiting.OfferOver, match="over"):
                again(offer=offer, now=now)
        assert Consultation.objects.get(pk=offer.consultation_id).status == Status.BOOKED

    def test_after_its_time_it_is_too_late(self, offer: Offer) -> None:
        with pytest.raises(waiting.OfferOver):
            waiting.accept(offer=offer, now=offer.expires_at)
        assert Consultation.objects.get(pk=offer.consultation_id).status == Status.HELD, "the clock ends it"

    def test_a_seat_in_a_class_is_over_by_the_offer_s_own_clock(
        self, waits: Waits, back_class: ConsultationType, nina: Patient, mira: Practitioner, now: datetime
    ) -> None:
        entry = waits(nina, type=back_class)
        offer = waiting.offer(entry=entry, place=place(mira, nina.clinic), by=None, now=now)
        assert offer.consultation.block.held_until is None
        with pytest.raises(waiting.OfferOver):
            waiting.accept(offer=offer, now=offer.expires_at)
        assert waiting.let_run_out(now=offer.expires_at) == 1
        assert not Block.objects.get(pk=offer.consultation.block_id).active

    def test_a_declined_offer_is_not_undone_into_a_visit(
        self, offer: Offer, hedda: User, now: datetime
    ) -> None:
        waiting.decline(offer=offer, now=now)
        with pytest.raises(attending.NothingToUndo):
            attending.undo(consultation=offer.consultation, by=hedda, now=now)
        assert not Block.objects.filter(active=True).exists()

    def test_declined_the_time_is_free_and_the_wish_waits_on(self, offer: Offer, now: datetime) -> None:
        waiting.decline(offer=offer, now=now)
        offer.refresh_from_db()
        assert (offer.answer, offer.entry.state) == (Answer.DECLINED, WaitState.OPEN)
        assert not Block.objects.filter(active=True).exists()
        assert told("slot_freed")[-1].subject_id == offer.consultation.block_id

    def test_run_out_it_goes_to_the_next(
        self, offer: Offer, waits: Waits, elena: Patient, now: datetime
    ) -> None:
        waits(elena)
        assert waiting.let_run_out(now=offer.expires_at - timedelta(seconds=1)) == 0
        assert waiting.let_run_out(now=offer.expires_at) == 1
        assert waiting.let_run_out(now=offer.expires_at) == 0, "once"
        offer.refresh_from_db()
        assert offer.answer == Answer.EXPIRED
        waiting.serve_batch(clock=FixedClock(offer.expires_at))
        second = Offer.objects.get(answer="")
        assert (second.entry.patient, second.consultation.start) == (elena, TEN)

    def test_a_held_visit_that_the_desk_cancels_ends_the_offer_and_tells_nobody(
        self, offer: Offer, now: datetime
    ) -> None:
        before = len(told("cancelled"))
        booking.cancel(
            consultation=offer.consultation, asked_by=CancelledBy.CLINIC, reason="Needed", by=None, now=now
        )
        assert len(told("cancelled")) == before
        with pytest.raises(waiting.OfferOver):
            waiting.accept(offer=offer, now=now)
        assert waiting.let_run_out(now=now) == 1


class TestByHand:
    """The desk offers and books from the list, and takes back."""

    def test_the_desk_offers_a_time(
        self, waits: Waits, nina: Patient, mira: Practitioner, hedda: User, now: datetime
    ) -> None:
        offer = waiting.offer(entry=waits(nina), place=place(mira, nina.clinic), by=hedda, now=now)
        assert (offer.answer, offer.consultation.status) == ("", Status.HELD)
        assert len(told("slot_offer")) == 1

    def test_not_to_who_gets_no_email(
        self, waits: Waits, samuel: Patient, mira: Practitioner, hedda: User, now: datetime
    ) -> None:
        with pytest.raises(waiting.NotReachable, match=r"Call, and book"):
            waiting.offer(entry=waits(samuel), place=place(mira, samuel.clinic), by=hedda, now=now)

    def test_not_two_at_once_and_the_second_time_stays_free(
        self, waits: Waits, nina: Patient, mira: Practitioner, hedda: User, now: datetime
    ) -> None:
        entry = waits(nina)
        waiting.offer(entry=entry, place=place(mira, nina.clinic), by=hedda, now=now)
        later = place(mira, nina.clinic, TEN + timedelta(hours=2))
        with pytest.raises(waiting.OfferOpen, match="take the offer back"):
            waiting.offer(entry=entry, place=later, by=hedda, now=now)
        with pytest.raises(waiting.OfferOpen):
            waiting.book(entry=entry, place=later, by=hedda, now=now)
        assert Block.objects.filter(active=True).count() == 1

    def test_not_a_time_that_is_too_near(
        self, waits: Waits, nina: Patient, mira: Practitioner, hedda: User
    ) -> None:
        with pytest.raises(waiting.TooSoon, match="Call"):
            waiting.offer(
                entry=waits(nina), place=place(mira, nina.clinic), by=hedda, now=TEN - timedelta(minutes=30)
            )

    def test_not_at_a_clinic_of_others(
        self, waits: Waits, nina: Patient, jonas: Practitioner, old_town: Clinic, hedda: User, now: datetime
    ) -> None:
        with pytest.raises(NotYours):
            waiting.offer(entry=waits(nina), place=place(jonas, old_town), by=hedda, now=now)

    def test_booked_straight_the_wish_is_fulfilled(
        self, waits: Waits, samuel: Patient, mira: Practitioner, hedda: User, now: datetime
    ) -> None:
        entry = waits(samuel)
        visit = waiting.book(entry=entry, place=place(mira, samuel.clinic), by=hedda, now=now)
        entry.refresh_from_db()
        assert (visit.status, visit.source, entry.state) == (
            Status.BOOKED,
            Source.WAITLIST,
            WaitState.FULFILLED,
        )
        with pytest.raises(waiting.NotWaiting):
            waiting.book(
                entry=entry, place=place(mira, samuel.clinic, TEN + timedelta(hours=2)), by=hedda, now=now
            )
        assert Consultation.objects.count() == 1, "the refused one left nothing"

    def test_a_withdrawn_wish_gives_back_what_was_held_for_it(
        self, waits: Waits, nina: Patient, mira: Practitioner, hedda: User, now: datetime
    ) -> None:
        entry = waits(nina)
        offer = waiting.offer(entry=entry, place=place(mira, nina.clinic), by=hedda, now=now)
        waiting.withdraw(entry=entry, by=hedda, now=now)
        offer.refresh_from_db()
        entry.refresh_from_db()
        assert (entry.state, offer.answer) == (WaitState.WITHDRAWN, Answer.WITHDRAWN)
        assert not Block.objects.filter(active=True).exists()
        with pytest.raises(waiting.NotWaiting):
            waiting.withdraw(entry=entry, by=hedda, now=now)

    def test_a_taken_back_offer_leaves_the_wish_waiting(
        self, waits: Waits, nina: Patient, mira: Practitioner, hedda: User, now: datetime
    ) -> None:
        entry = waits(nina)
        offer = waiting.offer(entry=entry, place=place(mira, nina.clinic), by=hedda, now=now)
        waiting.withdraw_offer(offer=offer, by=hedda, now=now)
        entry.refresh_from_db()
        assert entry.state == WaitState.OPEN
        waiting.offer(entry=entry, place=place(mira, nina.clinic), by=hedda, now=now)

    def test_free_slots_are_those_that_fit_at_clinics_of_one_s_own(
        self, waits: Waits, nina: Patient, mira: Practitioner, hedda: User, visit: Consultation, now: datetime
    ) -> None:
        entry = waits(
            nina,
            practitioner=mira,
            earliest=time(10),
            latest=time(11),
            until=date(2026, 3, 19),
            weekdays=0b1100,
        )
        found = waiting.free_slots(entry=entry, user=hedda, now=now)
        assert {slot.practitioner_id for slot in found} == {mira.pk}
        assert [slot.start - TEN for slot in found if slot.start < TEN + timedelta(hours=12)] == [], (
            "it is taken"
        )
        assert found[0].start == TEN + timedelta(days=1)


class TestWorker:
    """What the beat and the bell wake."""

    def test_it_serves_what_was_freed_once(
        self, waits: Waits, visit: Consultation, nina: Patient, now: datetime
    ) -> None:
        waits(nina)
        cancelled(visit, now)
        clock = FixedClock(now)
        assert waiting.serve_batch(clock=clock) is False
        waiting.serve_batch(clock=clock)
        (row,) = told("slot_freed")
        assert (row.state, row.last_reply, row.sent_at) == (State.SENT, "Offered 1.", now)
        assert Offer.objects.count() == 1

    def test_where_nobody_waits_the_row_says_so_and_the_time_stays_free(
        self, visit: Consultation, now: datetime
    ) -> None:
        cancelled(visit, now)
        waiting.serve_batch(clock=FixedClock(now))
        (row,) = told("slot_freed")
        assert (row.state, row.last_reply) == (State.SUPPRESSED, "Nobody waits for it.")

    def test_at_night_it_waits_for_the_morning(
        self, waits: Waits, visit: Consultation, nina: Patient, now: datetime
    ) -> None:
        waits(nina)
        night = now + timedelta(hours=13)  # 22:00 in Berlin
        cancelled(visit, night)
        clock = FixedClock(night)
        waiting.serve_batch(clock=clock)
        (row,) = told("slot_freed")
        morning = datetime(2026, 3, 18, 7, tzinfo=UTC)
        assert (row.state, row.next_try, row.due_at, row.lease_token) == (State.DUE, morning, morning, None)
        assert not Offer.objects.exists()
        clock.now = morning
        waiting.serve_batch(clock=clock)
        assert Offer.objects.get().made_at == morning

    def test_what_begins_before_the_morning_is_offered_to_nobody(
        self, waits: Waits, visit: Consultation, nina: Patient, riverside: Clinic, now: datetime
    ) -> None:
        Clinic.objects.filter(pk=riverside.pk).update(quiet_to=time(11))
        waits(nina)
        cancelled(visit, now + timedelta(hours=13))
        waiting.serve_batch(clock=FixedClock(now + timedelta(hours=13)))
        assert told("slot_freed")[0].state == State.SUPPRESSED

    def test_a_worker_that_died_leaves_the_row_to_the_next(
        self, waits: Waits, visit: Consultation, nina: Patient, now: datetime
    ) -> None:
        waits(nina)
        cancelled(visit, now)
        OutboxMessage.objects.filter(kind="slot_freed").update(
            lease_token=nina.pk, lease_until=now + timedelta(minutes=5)
        )
        waiting.serve_batch(clock=FixedClock(now))
        assert not Offer.objects.exists(), "another has it"
        waiting.serve_batch(clock=FixedClock(now + timedelta(minutes=6)))
        assert Offer.objects.count() == 1

    def test_a_hold_that_nobody_swept_is_freed_by_the_clock_too(
        self, nina: Patient, mira: Practitioner, follow_up: ConsultationType, now: datetime
    ) -> None:
        wish = Wish(type=follow_up, clinic=nina.clinic, practitioner=mira, start=TEN, patient=nina)
        held = holding.hold(wish=wish, until=now + timedelta(hours=1), source=Source.ONLINE, now=now)
        assert waiting.let_run_out(now=now + timedelta(hours=1)) == 1
        held.block.refresh_from_db()
        assert not held.block.active
        assert len(told("slot_freed")) == 1

    def test_the_tasks_do_just_that(
        self, waits: Waits, nina: Patient, mira: Practitioner, follow_up: ConsultationType
    ) -> None:
        tasks.offer_freed_slots()
        tasks.let_offers_run_out()
        assert not Offer.objects.exists()
