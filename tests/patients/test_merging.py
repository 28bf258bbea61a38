"""Two records of one person become one, and nothing is lost on the way."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps

from clinic.models import Clinic, ConsultationType, OutboxMessage, Practitioner, Room, User
from clinic.rules.refusals import Refusal
from patients import record
from patients.actions import booking, holding, merging, registering, waiting
from patients.actions.registering import PatientDetails
from patients.actions.waiting import Wanted
from patients.actions.wishing import Wish
from patients.models import Consultation, Patient, PortalAccess, PossibleTwin, Series, Source
from patients.rules.lifecycle import Status
from programs.models import SessionLog
from tests import factories

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
WHY = "Same insurance card"


@pytest.fixture
def helena(riverside: Clinic) -> Patient:
    """Elena once more, registered by phone under a name that was misheard."""
    patient: Patient = factories.PatientFactory.create(
        clinic=riverside,
        given_name="Helena",
        family_name="Ruiz",
        email="ruiz@example.org",
        phone="",
        birth_date=None,
    )
    return patient


Book = Callable[..., Consultation]


@pytest.fixture
def book(
    follow_up: ConsultationType, riverside: Clinic, mira: Practitioner, hedda: User, now: datetime
) -> Book:
    """Books a follow-up on Wednesday at ten, with Mira unless the test says otherwise."""

    def book(patient: Patient, start: datetime = TEN, who: Practitioner = mira) -> Consultation:
        order = booking.Order(
            patient=patient, type=follow_up, clinic=riverside, practitioner=who, start=start,
            source=Source.DESK,
        )  # fmt: skip
        return booking.book(order=order, by=hedda, now=now)

    return book


def merged(keep: Patient, drop: Patient, by: User, now: datetime) -> Patient:
    return merging.merge(keep=keep, drop=drop, by=by, now=now, reason=WHY)


def test_all_that_hangs_on_the_dropped_record_hangs_on_the_kept_one(
    helena: Patient,
    elenas_program: SimpleNamespace,
    book: Book,
    hedda: User,
    mira: Practitioner,
    now: datetime,
) -> None:
    elena, program = elenas_program.program.patient, elenas_program.program
    visit = book(elena)
    visit.series = Series.objects.create(patient=elena, booked_by=hedda, booked_at=now)
    visit.save()
    wanted = Wanted(patient=elena, type=visit.type, since=now.date(), until=now.date() + timedelta(days=9))
    waiting.wish(wanted=wanted, by=hedda, now=now)
    SessionLog.objects.create(
        client_uuid=uuid4(), patient=elena, program=program, started_at=now, received_at=now, day=now.date(),
        entered_by=mira.user,
    )  # fmt: skip
    before = {(part.model, part.field): part.of(elena).count() for part in record.parts()}
    merged(helena, elena, hedda, now)
    assert [part.model.__name__ for part in record.parts() if part.of(elena).exists()] == []
    moved = {(part.model, part.field): part.of(helena).count() for part in record.parts()}
    before[Patient, "merged_into"] = 1
    assert moved == before
    assert min(moved[each] for each in moved if each[0] is not PossibleTwin) == 1


def test_the_kept_record_keeps_its_own_and_takes_what_it_lacks(
    helena: Patient, elena: Patient, hedda: User, now: datetime
) -> None:
    kept = Patient.objects.get(pk=merged(helena, elena, hedda, now).pk)
    assert (kept.name, kept.email) == ("Helena Ruiz", "ruiz@example.org")
    assert (kept.phone, kept.birth_date) == (elena.phone, elena.birth_date)
    dropped = Patient.objects.get(pk=elena.pk)
    assert (dropped.merged_into, dropped.email) == (helena, "elena@example.org")


def test_with_an_email_address_comes_whether_mails_are_wanted_there(
    helena: Patient, elena: Patient, hedda: User, now: datetime
) -> None:
    Patient.objects.filter(pk=helena.pk).update(email="")
    Patient.objects.filter(pk=elena.pk).update(wants_email=False)
    merged(helena, elena, hedda, now)
    helena.refresh_from_db()
    assert (helena.email, helena.wants_email) == ("elena@example.org", False)


def test_a_merge_can_be_read_in_history(helena: Patient, elena: Patient, hedda: User, now: datetime) -> None:
    merged(helena, elena, hedda, now)
    lines: Any = apps.get_model("patients", "PatientEvent").objects.filter(pgh_obj_id=elena.pk)
    last = lines.select_related("pgh_context").latest("pgh_id")
    assert last.merged_into_id == helena.pk
    told = last.pgh_context.metadata
    assert (told["merged"], told["into"], told["reason"]) == (str(elena.pk), str(helena.pk), WHY)


def test_it_refuses_while_both_sit_somewhere_at_the_same_time_and_says_where(
    helena: Patient, elena: Patient, book: Book, leila: Practitioner, hedda: User, now: datetime
) -> None:
    book(elena)
    book(helena, TEN, leila)
    book(helena, TEN + timedelta(hours=2))
    with pytest.raises(merging.VisitsOverlap) as refused:
        merged(elena, helena, hedda, now)
    assert "2026-03-18 10:00 at Riverside" in refused.value.message
    assert "12:00" not in refused.value.message
    assert Consultation.objects.filter(patient=helena).count() == 2


def test_a_hold_that_ran_out_is_in_nobodys_way(
    helena: Patient, elena: Patient, book: Book, follow_up: ConsultationType, hedda: User, now: datetime
) -> None:
    leila = follow_up.practitioners.get(name="Leila Haddad")
    wish = Wish(patient=helena, type=follow_up, clinic=elena.clinic, practitioner=leila, start=TEN)
    held = holding.hold(wish=wish, until=now + timedelta(minutes=5), source=Source.WAITLIST, now=now)
    book(elena)
    merged(elena, helena, hedda, now + timedelta(minutes=6))
    held.refresh_from_db()
    assert (held.patient, held.status) == (elena, Status.CANCELLED)


@pytest.mark.parametrize(
    "closed", [{"archived_at": TEN}, {"deceased_on": TEN.date()}], ids=["archived", "died"]
)
def test_it_refuses_a_closed_record(
    helena: Patient, elena: Patient, hedda: User, now: datetime, closed: dict[str, object]
) -> None:
    Patient.objects.filter(pk=elena.pk).update(**closed)
    with pytest.raises(merging.RecordClosed, match="Elena Ruiz"):
        merged(helena, elena, hedda, now)


def test_a_record_goes_into_another_one_once(
    helena: Patient, elena: Patient, samuel: Patient, hedda: User, now: datetime
) -> None:
    merged(helena, elena, hedda, now)
    with pytest.raises(merging.RecordClosed):
        merged(samuel, elena, hedda, now)


def test_what_was_merged_before_leads_to_the_last_one_in_one_step(
    helena: Patient, elena: Patient, samuel: Patient, hedda: User, now: datetime
) -> None:
    merged(helena, elena, hedda, now)
    merged(samuel, helena, hedda, now)
    elena.refresh_from_db()
    assert elena.merged_into == samuel


def test_a_record_is_not_merged_with_itself(elena: Patient, hedda: User, now: datetime) -> None:
    with pytest.raises(merging.SamePatient):
        merged(elena, elena, hedda, now)


def test_it_asks_for_a_reason(helena: Patient, elena: Patient, hedda: User, now: datetime) -> None:
    with pytest.raises(merging.ReasonMissing):
        merging.merge(keep=helena, drop=elena, by=hedda, now=now, reason="  ")


def test_who_may_not_merge_both_merges_none(
    elena: Patient, zoe: Patient, mira: Practitioner, noor: User, now: datetime
) -> None:
    for somebody in (mira.user, noor):
        with pytest.raises(Refusal, match="may not merge"):
            merged(elena, zoe, somebody, now)


def test_an_account_that_opened_both_opens_the_kept_one_once(
    helena: Patient, elena: Patient, hedda: User, now: datetime
) -> None:
    account = elena.portal_access.get().user
    factories.PortalAccessFactory.create(patient=helena, user=account)
    merged(helena, elena, hedda, now)
    rows = PortalAccess.objects.filter(user=account)
    assert {row.patient for row in rows} == {helena}
    assert rows.filter(ended_at=None).count() == 1


def test_reminders_of_a_moved_visit_go_to_the_kept_record(
    helena: Patient, elena: Patient, book: Book, hedda: User, now: datetime
) -> None:
    visit = book(elena)
    merged(helena, elena, hedda, now)
    assert {row.person_id for row in OutboxMessage.objects.filter(subject_id=visit.pk)} == {helena.pk}


def test_nobody_books_for_a_record_that_was_dropped(
    helena: Patient, elena: Patient, book: Book, hedda: User, now: datetime
) -> None:
    merged(helena, elena, hedda, now)
    with pytest.raises(booking.PatientClosed):
        book(elena)


def details(clinic: Clinic, **more: object) -> PatientDetails:
    fields: dict[str, object] = {"given_name": "Elena", "family_name": "Ruiz", "clinic": clinic, **more}
    return PatientDetails(**fields)  # type: ignore[arg-type]


def test_registering_somebody_who_looks_alike_is_noted_and_told_apart(
    elena: Patient, samuel: Patient, hedda: User, now: datetime
) -> None:
    made = registering.create(details=details(elena.clinic, phone=str(elena.phone)), by=hedda, now=now)
    twin = merging.suspicions(user=hedda).get()
    assert {twin.patient, twin.other} == {made, elena}
    merging.tell_apart(twin=twin, by=hedda, now=now)
    assert twin.verdict == PossibleTwin.Verdict.DIFFERENT
    assert not merging.suspicions(user=hedda).exists()


def test_a_merge_settles_the_suspicion_and_takes_others_along(
    helena: Patient, elena: Patient, samuel: Patient, zoe: Patient, hedda: User, now: datetime
) -> None:
    def suspect(one: Patient, other: Patient) -> PossibleTwin:
        return PossibleTwin.objects.create(patient=one, other=other, noticed_at=now)

    pair = suspect(elena, helena)
    moves, repeats = suspect(elena, samuel), suspect(zoe, elena)
    suspect(helena, zoe)
    merged(helena, elena, hedda, now)
    for row in (pair, moves, repeats):
        row.refresh_from_db()
    assert pair.verdict == PossibleTwin.Verdict.SAME
    assert (moves.patient, moves.other) == (helena, samuel)
    assert repeats.other == elena
    assert repeats not in merging.suspicions(user=hedda)


def test_it_counts_what_would_move(elena: Patient, book: Book, room: Room) -> None:
    book(elena)
    assert [(str(each.label), each.count) for each in merging.moving(drop=elena)][:1] == [("Visits", 1)]


def test_a_stranger_settles_nothing(
    elena: Patient, samuel: Patient, mira: Practitioner, now: datetime
) -> None:
    twin = PossibleTwin.objects.create(patient=elena, other=samuel, noticed_at=now)
    with pytest.raises(Refusal):
        merging.tell_apart(twin=twin, by=mira.user, now=now)
