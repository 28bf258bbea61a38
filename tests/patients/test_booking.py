"""Book, move and cancel: what the server decides, what it refuses and says, and what stays whole."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.actions import searching
from clinic.models import (
    Block,
    Clinic,
    ConsultationType,
    ExceptionKind,
    HoursException,
    Membership,
    OutboxMessage,
    Practitioner,
    Role,
    State,
    TypeKind,
    User,
)
from patients.actions import booking, locking
from patients.models import CancelledBy, Consultation, Patient, Source
from patients.rules.lifecycle import Status
from tests import factories

WEDNESDAY = date(2026, 3, 18)
BERLIN_WINTER = timedelta(hours=1)


def at(hour: int, minute: int = 0) -> datetime:
    """That time on Wednesday in Berlin."""
    return datetime.combine(WEDNESDAY, time(hour, minute), UTC) - BERLIN_WINTER


class Desk:
    """Books for Hedda at Riverside; a test says only what differs."""

    def __init__(
        self, kind: ConsultationType, clinic: Clinic, mira: Practitioner, by: User, now: datetime
    ) -> None:
        self.kind, self.clinic, self.mira, self.by, self.now = kind, clinic, mira, by, now

    def order(self, patient: Patient, start: datetime, **more: object) -> booking.Order:
        fields: dict[str, object] = {
            "type": self.kind,
            "practitioner": self.mira,
            "clinic": self.clinic,
            **more,
        }
        return booking.Order(patient=patient, start=start, source=Source.DESK, **fields)  # type: ignore[arg-type]

    def book(self, patient: Patient, start: datetime, **more: object) -> Consultation:
        return booking.book(order=self.order(patient, start, **more), by=self.by, now=self.now)

    def move(self, visit: Consultation, start: datetime, to: Practitioner | None = None) -> Consultation:
        return booking.move(
            consultation=visit, practitioner=to or self.mira, start=start, by=self.by, now=self.now
        )

    def cancel(self, visit: Consultation, reason: str = "ill", **more: datetime) -> Consultation:
        now = more.get("now", self.now)
        return booking.cancel(
            consultation=visit, asked_by=CancelledBy.PATIENT, reason=reason, by=self.by, now=now
        )


@pytest.fixture
def desk(
    follow_up: ConsultationType, riverside: Clinic, mira: Practitioner, hedda: User, now: datetime
) -> Desk:
    """The front desk of Riverside."""
    return Desk(follow_up, riverside, mira, hedda, now)


def test_it_books_a_free_slot_with_its_buffers_and_a_room(desk: Desk, elena: Patient, hedda: User) -> None:
    visit = desk.book(elena, at(10), desk_note=" first floor ")
    assert (visit.start, visit.end, visit.status, visit.version) == (at(10), at(10, 30), Status.BOOKED, 1)
    assert (visit.booked_by, visit.desk_note) == (hedda, "first floor")
    block = Block.objects.get()
    assert (block.start, block.end, block.capacity, block.taken) == (at(10), at(10, 40), 1, 1)
    assert block.room is not None
    assert block.room.name == "Room 1"


def test_its_messages_stand_in_the_outbox_at_once(desk: Desk, elena: Patient) -> None:
    visit = desk.book(elena, at(10))
    assert OutboxMessage.objects.filter(subject_id=visit.pk, person_id=elena.pk, state=State.DUE).exists()


def test_telehealth_takes_no_room(desk: Desk, elena: Patient, mira: Practitioner) -> None:
    video = factories.TypeFactory.create(name="Video", kind=TypeKind.TELEHEALTH, served_by=[mira])
    assert desk.book(elena, at(10), type=video).block.room is None


def test_a_given_room_is_taken_and_a_foreign_one_refused(
    desk: Desk, elena: Patient, samuel: Patient, old_town: Clinic, leila: Practitioner
) -> None:
    room = desk.kind.rooms.get(name="Room 2")
    assert desk.book(elena, at(10), room=room).block.room == room
    with pytest.raises(booking.SlotTaken):
        desk.book(samuel, at(10), room=room, practitioner=leila)
    with pytest.raises(booking.NotServed, match="room"):
        desk.book(samuel, at(12), room=factories.RoomFactory.create(clinic=old_town))


@pytest.mark.assures("BO-01", "BO-09")
def test_a_taken_slot_is_refused_with_five_free_alternatives(
    desk: Desk, elena: Patient, samuel: Patient, mira: Practitioner, leila: Practitioner, now: datetime
) -> None:
    desk.book(elena, at(10))
    with pytest.raises(booking.SlotTaken) as refused:
        desk.book(samuel, at(10))
    offered = refused.value.details["alternatives"]
    assert isinstance(offered, list)
    assert [slot["practitioner"] for slot in offered] == [str(mira.pk)] * 3 + [str(leila.pk)] * 2
    assert offered[0]["start"] == "2026-03-18T09:20:00+01:00"
    assert offered[3] == {
        "practitioner": str(leila.pk),
        "clinic": str(desk.clinic.pk),
        "start": "2026-03-18T10:00:00+01:00",
        "end": "2026-03-18T10:30:00+01:00",
    }
    for slot in offered:
        query = searching.SlotQuery(type=desk.kind, first=WEDNESDAY, last=WEDNESDAY)
        free = {
            str(one.practitioner_id) + one.start.isoformat()
            for one in searching.free_starts(query=query, now=now)
        }
        assert (
            slot["practitioner"] + datetime.fromisoformat(slot["start"]).astimezone(UTC).isoformat() in free
        )
    assert Consultation.objects.count() == 1


@pytest.mark.assures("BO-08")
@pytest.mark.parametrize(
    "start",
    [
        pytest.param(at(7, 50), id="before hours"),
        pytest.param(at(16, 40), id="ends after hours"),
        pytest.param(at(10, 3), id="off the grid"),
        pytest.param(at(10) - timedelta(days=7), id="in the past"),
        pytest.param(at(10) + timedelta(days=365), id="past the horizon"),
        pytest.param(at(10) + timedelta(days=3), id="on a Saturday"),
    ],
)
def test_a_hand_made_time_is_refused(desk: Desk, elena: Patient, start: datetime) -> None:
    with pytest.raises(booking.NotOffered, match="free times"):
        desk.book(elena, start)
    with pytest.raises(booking.NotOffered):
        desk.book(elena, start, overlap_reason="urgent") if start != at(10, 3) else desk.book(elena, start)
    assert not Block.objects.exists()


@pytest.mark.assures("BO-08")
def test_leave_and_a_type_that_is_not_served_are_refused(
    desk: Desk, elena: Patient, mira: Practitioner, jonas: Practitioner
) -> None:
    with pytest.raises(booking.NotServed, match="Jonas Brandt"):
        desk.book(elena, at(10), practitioner=jonas)
    HoursException.objects.create(kind=ExceptionKind.LEAVE, practitioner=mira, start=at(9), end=at(12))
    with pytest.raises(booking.NotOffered):
        desk.book(elena, at(10))


def test_a_closed_record_is_refused(desk: Desk, elena: Patient, now: datetime) -> None:
    Patient.objects.filter(pk=elena.pk).update(archived_at=now)
    with pytest.raises(booking.PatientClosed, match="closed"):
        desk.book(elena, at(10))


def test_the_desk_of_another_clinic_may_not_book_here(desk: Desk, elena: Patient, old_town: Clinic) -> None:
    stranger = factories.UserFactory.create()
    Membership.objects.create(user=stranger, clinic=old_town, role=Role.FRONT_DESK)
    desk.by = stranger
    with pytest.raises(booking.NotYours):
        desk.book(elena, at(10))
    assert not Block.objects.exists()


@pytest.mark.assures("BO-01")
def test_a_patient_cannot_be_in_two_places_and_is_told_where(
    desk: Desk, elena: Patient, leila: Practitioner
) -> None:
    desk.book(elena, at(10))
    with pytest.raises(booking.PatientBusy, match=r"Mira Okafor at Riverside from 10:00 to 10:30"):
        desk.book(elena, at(10, 10), practitioner=leila)
    with pytest.raises(booking.PatientBusy):
        desk.book(elena, at(10, 10), practitioner=leila, overlap_reason="on purpose")
    assert desk.book(elena, at(10, 30), practitioner=leila), "right after it, buffers are not the patient's"


def test_who_books_the_same_twice_is_told_of_their_own_visit(desk: Desk, elena: Patient) -> None:
    desk.book(elena, at(10))
    with pytest.raises(booking.PatientBusy, match=r"Elena Ruiz is with Mira Okafor"):
        desk.book(elena, at(10))


def test_who_may_not_see_the_other_visit_is_told_only_when_it_is(
    desk: Desk, elena: Patient, jonas: Practitioner
) -> None:
    visit = desk.book(elena, at(10))
    with pytest.raises(booking.PatientBusy) as refused:
        locking.busy_elsewhere(elena, visit.start, visit.end, by=jonas.user)
    assert "Mira" not in refused.value.message
    assert "from 10:00 to 10:30" in refused.value.message


def test_a_deliberate_overlap_stands_in_the_second_lane_with_its_reason(
    desk: Desk, elena: Patient, samuel: Patient
) -> None:
    desk.book(elena, at(10))
    overlap = desk.book(samuel, at(10, 5), overlap_reason="acute pain").block
    assert (overlap.lane, overlap.overlap_reason) == (1, "acute pain")
    with pytest.raises(booking.SlotTaken):
        desk.book(factories.PatientFactory.create(clinic=desk.clinic), at(10), overlap_reason="  ")


@pytest.mark.assures("BO-03")
def test_a_class_fills_one_block_up_to_its_seats(
    desk: Desk, back_class: ConsultationType, elena: Patient, samuel: Patient, zoe: Patient
) -> None:
    back_class.capacity = 2
    back_class.save()
    first, second = (desk.book(who, at(10), type=back_class) for who in (elena, samuel))
    assert first.block_id == second.block_id
    with pytest.raises(booking.SlotTaken):
        desk.book(zoe, at(10), type=back_class)
    desk.cancel(first)
    assert desk.book(zoe, at(10), type=back_class).block_id == second.block_id
    assert Block.objects.get().taken == 2


def test_a_move_keeps_the_room_counts_a_version_and_replaces_the_messages(desk: Desk, elena: Patient) -> None:
    room = desk.kind.rooms.get(name="Room 2")
    visit = desk.book(elena, at(10), room=room)
    Consultation.objects.update(status=Status.CONFIRMED)
    moved = desk.move(visit, at(10, 10))
    assert (moved.pk, moved.start, moved.version) == (visit.pk, at(10, 10), 2)
    assert moved.status == Status.BOOKED, "the old time was confirmed, not the new"
    assert moved.block.room == room
    assert Block.objects.get(active=True).start == at(10, 10)
    states = dict(OutboxMessage.objects.filter(subject_id=visit.pk).values_list("version", "state"))
    assert states == {1: State.SUPERSEDED, 2: State.DUE}


@pytest.mark.assures("BO-05")
def test_a_move_to_a_taken_slot_keeps_the_old_one(desk: Desk, elena: Patient, samuel: Patient) -> None:
    visit = desk.book(elena, at(10))
    desk.book(samuel, at(12))
    with pytest.raises(booking.SlotTaken) as refused:
        desk.move(visit, at(12))
    assert refused.value.details["alternatives"]
    visit.refresh_from_db()
    assert (visit.start, visit.version, visit.block.active) == (at(10), 1, True)


@pytest.mark.assures("BO-05")
def test_whichever_statement_of_a_move_fails_the_old_slot_is_kept(
    desk: Desk, elena: Patient, leila: Practitioner
) -> None:
    visit = desk.book(elena, at(10))
    statements = 0

    class Crash(Exception):  # noqa: N818
        pass

    for fatal in range(1, 40):
        statements = 0

        def crash(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
            nonlocal statements
            is_work = "SAVEPOINT" not in sql
            statements += is_work
            if is_work and statements == fatal:  # noqa: B023
                raise Crash
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(crash):
                desk.move(visit, at(12), to=leila)
        except Crash:
            visit.refresh_from_db()
            assert (visit.start, visit.version) == (at(10), 1)
            assert Block.objects.get(active=True).pk == visit.block_id
            continue
        break
    assert 10 < fatal < 39, "every statement had its turn, and then the move went through"
    visit.refresh_from_db()
    assert (visit.start, visit.practitioner) == (at(12), leila)


def test_a_consultation_moved_by_somebody_else_is_looked_at_again_first(desk: Desk, elena: Patient) -> None:
    visit = desk.book(elena, at(10))
    as_read_before = Consultation.objects.select_related("block", "type").get(pk=visit.pk)
    desk.move(visit, at(12))
    with pytest.raises(booking.Changed):
        desk.cancel(as_read_before)


def test_what_is_over_cannot_be_moved_or_cancelled(desk: Desk, elena: Patient) -> None:
    visit = desk.book(elena, at(10))
    Consultation.objects.update(status=Status.COMPLETED)
    with pytest.raises(booking.NotPossible):
        desk.move(visit, at(12))
    with pytest.raises(booking.NotPossible):
        desk.cancel(visit)


def test_a_cancellation_frees_the_slot_and_keeps_its_story(
    desk: Desk, elena: Patient, samuel: Patient
) -> None:
    visit = desk.cancel(desk.book(elena, at(10)), reason=" a  cold ")
    assert (visit.status, visit.cancelled_by, visit.cancel_reason) == (Status.CANCELLED, "patient", "a cold")
    assert not Block.objects.get().active
    assert desk.book(samuel, at(10))
    with pytest.raises(booking.ReasonMissing):
        desk.cancel(visit, reason="  ")


@pytest.mark.parametrize(("hours_before", "late"), [(24, False), (23, True)])
def test_a_cancellation_within_the_notice_is_late(
    desk: Desk, elena: Patient, hours_before: int, late: bool
) -> None:
    visit = desk.book(elena, at(10) + timedelta(days=7))
    assert desk.cancel(visit, now=visit.start - timedelta(hours=hours_before)).cancelled_late is late


@pytest.mark.assures("BO-04")
def test_a_hold_keeps_its_slot_until_it_runs_out(
    desk: Desk, elena: Patient, samuel: Patient, now: datetime
) -> None:
    held = desk.book(elena, at(10))
    Consultation.objects.update(status=Status.HELD)
    Block.objects.update(held_until=now + timedelta(minutes=15))
    with pytest.raises(booking.SlotTaken):
        desk.book(samuel, at(10))
    desk.now = now + timedelta(minutes=15)
    assert desk.book(samuel, at(10)).status == Status.BOOKED
    held.refresh_from_db()
    assert (held.status, held.block.active) == (Status.CANCELLED, False)


def test_booking_costs_at_most_sixteen_statements(desk: Desk, elena: Patient) -> None:
    factories.LeadFactory.create(clinic=desk.clinic)
    order = desk.order(elena, at(10))
    with CaptureQueriesContext(connection) as queries:
        booking.book(order=order, by=User.objects.get(pk=desk.by.pk), now=desk.now)
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) <= 17, "\n".join(statements)  # one of them is this test's own look at the user


@pytest.mark.assures("BO-02")
@pytest.mark.parametrize("act", ["book", "move", "cancel"])
def test_it_locks_practitioner_rooms_and_patient_in_order_before_it_writes(
    desk: Desk, elena: Patient, leila: Practitioner, act: str
) -> None:
    visit = desk.book(elena, at(10))
    acts = {
        "book": lambda: desk.book(elena, at(12)),
        "move": lambda: desk.move(visit, at(12), to=leila),
        "cancel": lambda: desk.cancel(visit),
    }
    with CaptureQueriesContext(connection) as queries:
        acts[act]()
    statements = [query["sql"] for query in queries]
    written = next(n for n, sql in enumerate(statements) if sql.startswith(("INSERT", "UPDATE")))
    locks = [(n, sql) for n, sql in enumerate(statements) if "FOR NO KEY UPDATE" in sql]
    tables = [sql.split('UPDATE OF "')[1].split('"')[0] for _n, sql in locks]
    assert tables[:3] == ["clinic_practitioner", "clinic_room", "patients_patient"]
    assert all(n < written for n, _sql in locks)
    assert all('ORDER BY "clinic_' in sql for _n, sql in locks[:2])
    timeout = next(n for n, sql in enumerate(statements) if "lock_timeout" in sql)
    assert timeout < locks[0][0]
    assert not any("FOR UPDATE" in sql for sql in statements)


class TestLengthening:
    """The end of a visit is pulled."""

    def lengthen(self, desk: Desk, visit: Consultation, end: datetime) -> Consultation:
        return booking.lengthen(consultation=visit, end=end, by=desk.by, now=desk.now)

    def test_the_visit_and_its_block_end_later_and_the_patient_is_told(
        self, desk: Desk, elena: Patient
    ) -> None:
        visit = self.lengthen(desk, desk.book(elena, at(10)), at(11))
        block = Block.objects.get()
        assert (visit.start, visit.end, visit.version) == (at(10), at(11), 2)
        assert (block.start, block.end) == (at(10), at(11, 10))
        told = OutboxMessage.objects.filter(subject_id=visit.pk, state=State.DUE, kind="moved")
        assert told.get().version == 2

    def test_it_may_end_sooner(self, desk: Desk, elena: Patient, samuel: Patient) -> None:
        self.lengthen(desk, desk.book(elena, at(10)), at(10, 10))
        assert desk.book(samuel, at(10, 20)).start == at(10, 20)

    @pytest.mark.assures("BO-01")
    def test_it_stops_before_the_next_visit_and_its_own_buffer(
        self, desk: Desk, elena: Patient, samuel: Patient
    ) -> None:
        visit = desk.book(elena, at(10))
        desk.book(samuel, at(11))
        with pytest.raises(booking.SlotTaken):
            self.lengthen(desk, visit, at(11))
        visit.refresh_from_db()
        assert visit.end == at(10, 30)
        assert self.lengthen(desk, visit, at(10, 50)).end == at(10, 50)

    def test_it_stops_where_the_room_is_taken_by_somebody_else(
        self, desk: Desk, elena: Patient, samuel: Patient, leila: Practitioner
    ) -> None:
        visit = desk.book(elena, at(10))
        desk.book(samuel, at(11), practitioner=leila, room=visit.block.room)
        with pytest.raises(booking.SlotTaken):
            self.lengthen(desk, visit, at(11, 30))

    def test_it_stops_where_the_patient_is_elsewhere(
        self, desk: Desk, elena: Patient, leila: Practitioner
    ) -> None:
        visit = desk.book(elena, at(10))
        desk.book(elena, at(11), practitioner=leila)
        with pytest.raises(booking.PatientBusy, match="Leila"):
            self.lengthen(desk, visit, at(11, 30))

    @pytest.mark.parametrize(
        ("end", "words"),
        [
            (at(9), "Choose a later end"),
            (at(10), "Choose a later end"),
            (at(10, 4), "Choose a later end"),
            (at(18, 5), "at most 8 hours"),
            (at(17, 55), "does not work until then"),
        ],
    )
    def test_it_refuses_an_end_that_no_visit_can_have(
        self, desk: Desk, elena: Patient, end: datetime, words: str
    ) -> None:
        with pytest.raises(booking.NotOffered, match=words):
            self.lengthen(desk, desk.book(elena, at(10)), end)

    def test_it_stops_before_what_was_put_there_on_purpose(
        self, desk: Desk, elena: Patient, samuel: Patient, zoe: Patient
    ) -> None:
        below = desk.book(samuel, at(10, 50))
        desk.book(zoe, at(10, 50), overlap_reason="acute pain")
        desk.cancel(below)
        visit = desk.book(elena, at(10))
        with pytest.raises(booking.SlotTaken):
            self.lengthen(desk, visit, at(11))
        assert self.lengthen(desk, visit, at(10, 35)).end == at(10, 35)

    def test_at_a_clinic_that_has_closed_it_is_refused(self, desk: Desk, elena: Patient) -> None:
        visit = desk.book(elena, at(10))
        desk.clinic.archived_at = desk.now
        desk.clinic.save()
        with pytest.raises(booking.NotOffered):
            self.lengthen(desk, visit, at(11))

    def test_a_class_is_lengthened_by_nobody_alone(
        self, desk: Desk, elena: Patient, back_class: ConsultationType
    ) -> None:
        visit = desk.book(elena, at(10), type=back_class)
        with pytest.raises(booking.NotPossible, match="class"):
            self.lengthen(desk, visit, at(12))

    def test_who_may_not_move_may_not_lengthen(self, desk: Desk, elena: Patient, jonas: Practitioner) -> None:
        visit = desk.book(elena, at(10))
        with pytest.raises(booking.NotYours):
            booking.lengthen(consultation=visit, end=at(11), by=jonas.user, now=desk.now)
