"""The demo: what it promises to whoever loads it first, at whatever hour."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import pairwise
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from clinic.actions import sending
from clinic.models import Block, Clinic, OutboxMessage, Practitioner, State, User
from clinic.rules import wallclock
from patients.actions import counting, registering
from patients.models import SEATED, Consultation, Patient, PossibleTwin, WaitlistEntry
from patients.rules.lifecycle import Status, unresolved
from patients.rules.periods import Kind, named
from programs.actions import stocking, watching
from programs.management.commands import demo
from programs.management.demo import names, script
from programs.management.demo.start import ZONE, Start
from programs.models import DosageRevision, Program
from programs.rules.attention import Flag
from tests import factories
from tests.post import Postbox

pytestmark = pytest.mark.django_db

SUNDAY_EVENING = datetime(2026, 3, 22, 19, 23, tzinfo=UTC)
NOON = datetime(2026, 3, 17, 11, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_demo(settings: Any) -> None:
    """A demo run."""
    settings.DEMO = True


@pytest.fixture(scope="module", autouse=True)
def _no_figures() -> Iterator[None]:
    """They are drawn in the tests of the library, not here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stocking, "_draw", lambda _figure: "")
        yield


def load(now: datetime, *, seed: int = 7, patients: int = 20) -> None:
    """A small demo."""
    demo.load(Start(seed=seed, now=now, patients=patients), say=lambda _stage: None)


def todays(now: datetime) -> Counter[str]:
    """The states of today's visits, the unresolved ones apart."""
    first, last = wallclock.day_span(wallclock.local_day(now, ZONE), ZONE)
    return Counter(
        "unresolved" if unresolved(Status(visit.status), visit.end, now) else visit.status
        for visit in Consultation.objects.filter(start__gte=first, start__lt=last)
    )


def test_it_prints_the_promised_log_ins_as_json() -> None:
    out = StringIO()
    call_command("demo", "--patients", "20", "--json", stdout=out, stderr=StringIO())
    rows = json.loads(out.getvalue())
    assert [row["email"] for row in rows] == [
        "desk@demo.clinic",
        "physio@demo.clinic",
        "manager@demo.clinic",
        "patient@demo.clinic",
        "parent@demo.clinic",
    ]
    for row in rows:
        user = User.objects.get(email=row["email"])
        assert user.check_password(row["password"]) is bool(row["password"])
    assert Patient.objects.count() == 20 + 1, "one of them was taken down twice"
    twin = PossibleTwin.objects.get()
    assert twin.patient.family_name == twin.other.family_name
    assert Practitioner.objects.count() == 8


ALIVE = {"completed", "in_progress", "arrived", "confirmed", "booked", "no_show", "cancelled", "unresolved"}


@pytest.fixture(scope="class")
def loaded_at_noon(django_db_setup: None, django_db_blocker: Any, _no_figures: None) -> Iterator[None]:
    """A demo of the usual size, undone when the class has been through."""
    with django_db_blocker.unblock(), transaction.atomic():
        load(NOON, patients=200)
        connection.check_constraints()  # once, and not anew at the end of each test
        yield
        transaction.set_rollback(True)


@pytest.mark.usefixtures("loaded_at_noon")
class TestLoadedAtNoon:
    """One demo for all of these: each reads it."""

    def test_today_is_alive(self) -> None:
        assert set(todays(NOON)) >= ALIVE

    def test_one_account_opens_a_parent_and_a_child(self) -> None:
        parent = User.objects.get(email="parent@demo.clinic")
        assert sorted(parent.portal_access.values_list("relation", flat=True)) == ["parent", "self"]

    def test_new_patients_come_in_every_week_that_the_manager_looks_at(self) -> None:
        manager = User.objects.get(email="manager@demo.clinic")
        weeks = named(Kind.RECENT, wallclock.local_day(NOON, ZONE))
        new = [
            [step.totals.new_patients for step in found.steps]
            for clinic in Clinic.objects.all()
            for found in [counting.numbers(clinic=clinic, period=weeks, by=manager, now=NOON)]
        ]
        assert all(sum(week) for week in zip(*new, strict=True))
        assert all(sum(clinic) for clinic in new)

    def test_nobody_books_or_comes_before_they_are_registered(self) -> None:
        visits = Consultation.objects.select_related("patient")
        assert all(visit.patient.created_at <= visit.booked_at <= visit.start for visit in visits)
        assert not Consultation.objects.filter(status_at__gt=NOON).exists()

    def test_nobody_is_in_two_places_and_no_seat_is_counted_wrong(self) -> None:
        spans: dict[object, list[tuple[datetime, datetime]]] = {}
        seated = Counter(Consultation.objects.filter(status__in=SEATED).values_list("block_id", flat=True))
        for block in Block.objects.filter(active=True).order_by("start"):
            for taken in filter(None, (block.practitioner_id, block.room_id)):
                spans.setdefault(taken, []).append((block.start, block.end))
            assert block.taken == seated[block.pk]
        for of_one in spans.values():
            assert all(before[1] <= after[0] for before, after in pairwise(of_one))

    def test_the_patient_has_the_four_exercises_a_reasoned_change_and_a_visit_soon(self) -> None:
        elena = Patient.objects.get(email="patient@demo.clinic")
        shown = watching.today(patient=elena, now=NOON)
        assert tuple(item.exercise.slug for item in shown.items) == names.LOW_BACK
        assert shown.next_consultation is not None
        assert shown.next_consultation.start - NOON < timedelta(days=7)
        program = Program.objects.get(patient=elena)
        assert program.physiotherapist.user.email == "physio@demo.clinic"
        change = DosageRevision.objects.get(prescription__program=program, number=2)
        assert change.reason
        assert program.session_logs.order_by("day")[0].day <= wallclock.local_day(NOON, ZONE) - timedelta(
            days=24
        )

    def test_the_physiotherapists_caseload_shows_each_reason_to_look(self) -> None:
        rows = watching.caseload(user=User.objects.get(email="physio@demo.clinic"), now=NOON)
        assert {row.flag for row in rows} == set(Flag)

    def test_three_wait_who_can_be_written_to(self) -> None:
        waiting = WaitlistEntry.objects.select_related("patient")
        assert [bool(entry.patient.email and entry.patient.wants_email) for entry in waiting] == [True] * 3
        assert all(entry.created_at < NOON for entry in waiting)

    def test_reminders_wait_for_their_time(self) -> None:
        waiting = OutboxMessage.objects.filter(due_at__gt=NOON)
        assert set(waiting.values_list("kind", flat=True)) == {"reminder"}
        assert waiting.count() > 50

    def test_a_few_letters_are_due_at_once_and_all_of_them_go_out(self, postbox: Postbox) -> None:
        due = OutboxMessage.objects.filter(due_at__lte=NOON)
        assert Counter(due.values_list("kind", flat=True)) == {
            "invitation": 1, "booked": 3, "program_ready": 3, "reminder": 3,
        }  # fmt: skip
        sending.send_batch(clock=lambda: NOON)
        assert set(due.values_list("state", flat=True)) == {State.SENT}
        assert len(postbox.received) == 10
        assert "patient@demo.clinic" in {str(mail["To"]) for mail in postbox.received}


def test_today_is_alive_on_a_sunday_evening_too() -> None:
    load(SUNDAY_EVENING, patients=60)
    assert set(todays(SUNDAY_EVENING)) >= ALIVE


def test_the_same_seed_gives_the_same_clinic() -> None:
    def made() -> list[tuple[object, ...]]:
        return list(
            Patient.objects.order_by("number").values_list("id", "given_name", "family_name", "birth_date")
        )

    seen = []
    for _time in range(2):
        with transaction.atomic():
            load(NOON)
            seen.append(
                (made(), list(Consultation.objects.order_by("pk").values_list("pk", "start", "patient")))
            )
            transaction.set_rollback(True)
    assert seen[0] == seen[1]


def test_a_patient_can_be_registered_after_it() -> None:
    load(NOON)
    desk = User.objects.get(email="desk@demo.clinic")
    details = registering.PatientDetails(given_name="Nia", family_name="New", clinic=Clinic.objects.all()[0])
    patient = registering.create(details=details, by=desk, now=NOON)
    assert patient.number > Patient.objects.exclude(pk=patient.pk).order_by("-number")[0].number


def test_it_refuses_a_database_with_users() -> None:
    factories.UserFactory.create()
    with pytest.raises(CommandError, match="not empty"):
        call_command("demo")


def test_it_refuses_outside_a_demo(settings: Any) -> None:
    settings.DEMO = settings.DEBUG = False
    with pytest.raises(CommandError, match="not a demo"):
        call_command("demo")


def test_what_would_leave_today_is_left_out() -> None:
    late = datetime(2026, 3, 17, 22, 30, tzinfo=UTC)  # 23:30 in Berlin
    length = timedelta(minutes=40)
    assert script.at(late, 0, length) is None
    assert script.at(late, -20, length) == datetime(2026, 3, 17, 22, 10, tzinfo=UTC)
