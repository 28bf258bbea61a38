"""Taking what a patient did: once, judged by what was shown, and nobody else's."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from clinic.models import Practitioner, User
from patients.models import Patient
from programs.actions import adjusting, prescribing, recording, watching
from programs.actions.recording import ExerciseEntry, SessionEntry, SetEntry
from programs.actions.watching import Flag
from programs.models import ExerciseLog, LogSource, Program, ProgramStatus, SessionLog, SetLog
from programs.rules.dosage import changed
from tests.factories import KNEE_TO_CHEST, TUESDAY, PrescriptionFactory, ProgramFactory

SITTING = UUID("01a20f00-0000-7000-8000-000000000001")


@pytest.fixture
def elena_user(elena: Patient) -> User:
    """Elena's own account."""
    user: User = elena.portal_access.get().user
    return user


@pytest.fixture
def log(elenas_program: SimpleNamespace, now: datetime) -> SessionEntry:
    """Knee-to-chest done as asked, an hour ago, sent now by a device whose clock is right."""
    return SessionEntry(
        client_uuid=SITTING,
        started_at=now - timedelta(hours=1),
        sent_at=now,
        pain_before=3,
        pain_after=2,
        effort=Decimal("3.5"),
        feel="right",
        exercises=(
            ExerciseEntry(
                prescription=elenas_program.prescription.pk,
                revision=elenas_program.revision.pk,
                status="done",
                pain=2,
                effort=Decimal(3),
                sets=(SetEntry(number=1, reps=10, hold_s=5),),
            ),
        ),
    )


def with_exercise(log: SessionEntry, **fields: object) -> SessionEntry:
    """The log with its only exercise changed in these fields."""
    return replace(log, exercises=(replace(log.exercises[0], **fields),))  # type: ignore[arg-type]


def take(patient: Patient, log: SessionEntry, by: User, now: datetime, **more: str) -> recording.Taken:
    """The log as it comes from the portal."""
    return recording.take(patient=patient, log=log, by=by, now=now, **more)


class TestTake:
    """A sitting arrives."""

    def test_it_is_stored_with_its_exercises_and_sets(
        self, elena: Patient, elena_user: User, log: SessionEntry, now: datetime
    ) -> None:
        taken = take(elena, log, elena_user, now)
        assert taken.created
        session = SessionLog.objects.get()
        assert (session.pain_before, session.pain_after, session.effort, session.feel) == (
            3,
            2,
            Decimal("3.5"),
            "right",
        )
        assert (session.day, session.started_at, session.received_at) == (TUESDAY, log.started_at, now)
        exercise = session.exercises.get()
        assert (exercise.status, exercise.pain, exercise.too_much, exercise.day) == (
            "done",
            2,
            False,
            TUESDAY,
        )
        assert exercise.sets.get().hold_s == 5

    def test_the_worst_pain_of_an_exercise_is_the_pain_during(
        self, elena: Patient, elena_user: User, log: SessionEntry, now: datetime
    ) -> None:
        assert take(elena, log, elena_user, now).session.pain_during == 2

    @pytest.mark.parametrize("status", ["done", "partly"])
    def test_an_exercise_without_pain_and_effort_has_those_of_the_sitting(
        self, elena: Patient, elena_user: User, log: SessionEntry, status: str, now: datetime
    ) -> None:
        silent = with_exercise(replace(log, pain_after=9), status=status, pain=None, effort=None)
        session = take(elena, silent, elena_user, now).session
        exercise = session.exercises.get()
        assert (exercise.pain, exercise.effort) == (9, Decimal("3.5"))
        assert session.pain_during is None

    def test_its_own_pain_and_effort_stand(
        self, elena: Patient, elena_user: User, log: SessionEntry, now: datetime
    ) -> None:
        take(elena, replace(log, pain_after=9, effort=Decimal(8)), elena_user, now)
        exercise = ExerciseLog.objects.get()
        assert (exercise.pain, exercise.effort) == (2, Decimal(3))

    def test_what_was_skipped_does_not_have_the_pain_of_the_sitting(
        self, elena: Patient, elena_user: User, log: SessionEntry, now: datetime
    ) -> None:
        skipped = with_exercise(replace(log, pain_after=9), status="skipped", pain=None, effort=None, sets=())
        take(elena, skipped, elena_user, now)
        exercise = ExerciseLog.objects.get()
        assert (exercise.pain, exercise.effort) == (None, None)

    def test_one_pain_above_the_limit_stands_out_on_the_sheet(
        self,
        elena: Patient,
        elena_user: User,
        elenas_program: SimpleNamespace,
        log: SessionEntry,
        now: datetime,
    ) -> None:
        take(elena, with_exercise(replace(log, pain_after=9), pain=None), elena_user, now)
        (row,) = watching.sheet(program=elenas_program.program, day=TUESDAY).rows
        assert (row.flag, row.label, row.why) == (
            Flag.PAIN_ABOVE_LIMIT,
            "Pain above the limit",
            "Pain 9, limit 5",
        )

    def test_sent_again_the_first_answer_comes_back(
        self, elena: Patient, elena_user: User, log: SessionEntry, now: datetime
    ) -> None:
        first = take(elena, log, elena_user, now)
        again = take(elena, replace(log, pain_after=9), elena_user, now + timedelta(minutes=1))
        assert (again.created, again.session.pk, again.session.pain_after) == (False, first.session.pk, 2)
        assert (SessionLog.objects.count(), ExerciseLog.objects.count(), SetLog.objects.count()) == (1, 1, 1)

    def test_sent_again_after_the_program_changed_it_is_still_the_first_answer(
        self, elena: Patient, elena_user: User, log: SessionEntry, mira: Practitioner, now: datetime
    ) -> None:
        first = take(elena, log, elena_user, now)
        prescribing.end(program=first.session.program, by=mira.user, now=now)
        assert not take(elena, log, elena_user, now + timedelta(days=3)).created

    def test_the_same_uuid_of_another_patient_is_another_sitting(
        self, elena: Patient, elena_user: User, zoe: Patient, log: SessionEntry, now: datetime
    ) -> None:
        take(elena, log, elena_user, now)
        hers = PrescriptionFactory.create(program=ProgramFactory.create(patient=zoe))
        entry = with_exercise(log, prescription=hers.pk, revision=hers.revisions.get().pk)
        assert take(zoe, entry, zoe.portal_access.get().user, now).created

    def test_it_takes_at_most_10_queries(
        self, elena: Patient, elena_user: User, log: SessionEntry, now: datetime
    ) -> None:
        with CaptureQueriesContext(connection) as queries:
            take(elena, log, elena_user, now)
        assert len([each for each in queries if "SAVEPOINT" not in each["sql"]]) <= 10


class TestClocks:
    """The device's clock counts only for how long ago something was."""

    @pytest.mark.parametrize("off", [timedelta(days=365), -timedelta(days=365), timedelta(minutes=40)])
    def test_a_wrong_clock_is_put_right(
        self, elena: Patient, elena_user: User, log: SessionEntry, now: datetime, off: timedelta
    ) -> None:
        wrong = replace(log, started_at=log.started_at + off, sent_at=log.sent_at + off)
        session = take(elena, wrong, elena_user, now).session
        assert (session.started_at, session.day) == (now - timedelta(hours=1), TUESDAY)

    def test_the_future_is_refused(
        self, elena: Patient, elena_user: User, log: SessionEntry, now: datetime
    ) -> None:
        with pytest.raises(recording.InTheFuture) as refusal:
            take(elena, replace(log, started_at=now + timedelta(minutes=6)), elena_user, now)
        assert refusal.value.field == "started_at"
        assert not SessionLog.objects.exists()

    def test_a_clock_set_back_meanwhile_counts_as_now(
        self, elena: Patient, elena_user: User, log: SessionEntry, now: datetime
    ) -> None:
        entry = replace(log, started_at=now + timedelta(minutes=4))
        assert take(elena, entry, elena_user, now).session.started_at == now

    def test_more_than_a_year_ago_is_refused(
        self, elena: Patient, elena_user: User, log: SessionEntry, now: datetime
    ) -> None:
        with pytest.raises(recording.TooOld):
            take(elena, replace(log, started_at=now - timedelta(days=400)), elena_user, now)

    def test_the_day_is_that_of_the_clinic(
        self, elena: Patient, elena_user: User, log: SessionEntry, now: datetime
    ) -> None:
        late = now.replace(hour=23, minute=30)  # 0:30 on Wednesday in Berlin
        session = take(elena, replace(log, started_at=late, sent_at=late), elena_user, late).session
        assert session.day == TUESDAY + timedelta(days=1)


class TestWhose:
    """Only one's own, and the answer tells nothing of others."""

    def test_a_prescription_of_another_patient_is_not_found(
        self, elena: Patient, elena_user: User, zoe: Patient, log: SessionEntry, now: datetime
    ) -> None:
        hers = PrescriptionFactory.create(program=ProgramFactory.create(patient=zoe))
        strange = with_exercise(log, prescription=hers.pk, revision=hers.revisions.get().pk)
        invented = with_exercise(log, prescription=uuid4(), revision=uuid4())
        answers = []
        for entry in (strange, invented):
            with pytest.raises(recording.NotInYourProgram) as refusal:
                take(elena, entry, elena_user, now)
            answers.append((refusal.value.message, refusal.value.field))
        assert answers[0] == answers[1]
        assert not SessionLog.objects.exists()

    def test_a_revision_of_another_prescription_is_refused(
        self,
        elena: Patient,
        elena_user: User,
        elenas_program: SimpleNamespace,
        log: SessionEntry,
        now: datetime,
    ) -> None:
        second = PrescriptionFactory.create(program=elenas_program.program, position=2)
        with pytest.raises(recording.NotInYourProgram):
            take(elena, with_exercise(log, revision=second.revisions.get().pk), elena_user, now)

    def test_a_draft_is_not_logged(
        self, elena: Patient, elena_user: User, log: SessionEntry, now: datetime
    ) -> None:
        Program.objects.update(status=ProgramStatus.DRAFT)
        with pytest.raises(recording.NotInYourProgram):
            take(elena, log, elena_user, now)

    def test_a_stranger_does_not_log_for_her(
        self, elena: Patient, zoe: Patient, log: SessionEntry, now: datetime
    ) -> None:
        with pytest.raises(recording.NotYours):
            take(elena, log, zoe.portal_access.get().user, now)
        assert not SessionLog.objects.exists()

    def test_her_physiotherapist_enters_a_paper_sheet(
        self, elena: Patient, mira: Practitioner, jonas: Practitioner, log: SessionEntry, now: datetime
    ) -> None:
        with pytest.raises(recording.NotYours):
            take(elena, log, jonas.user, now, source=LogSource.PAPER)
        session = take(elena, log, mira.user, now, source=LogSource.PAPER).session
        assert (session.source, session.entered_by) == (LogSource.PAPER, mira.user)


class TestPeriod:
    """A program takes what was done while it ran."""

    def test_a_program_that_ended_since_still_takes_it(
        self, elena: Patient, elena_user: User, mira: Practitioner, log: SessionEntry, now: datetime
    ) -> None:
        prescribing.end(program=elena.programs.get(), by=mira.user, now=now)
        later = now + timedelta(days=5)
        assert take(elena, replace(log, sent_at=log.sent_at + timedelta(days=5)), elena_user, later).created

    def test_what_began_after_the_end_is_refused(
        self, elena: Patient, elena_user: User, mira: Practitioner, log: SessionEntry, now: datetime
    ) -> None:
        prescribing.end(program=elena.programs.get(), by=mira.user, now=now - timedelta(days=2))
        with pytest.raises(recording.OutsideProgram, match="did not run"):
            take(elena, log, elena_user, now)

    def test_what_began_before_the_program_is_refused(
        self, elena: Patient, elena_user: User, log: SessionEntry, now: datetime
    ) -> None:
        with pytest.raises(recording.OutsideProgram):
            take(elena, replace(log, started_at=now - timedelta(days=40)), elena_user, now)

    def test_it_is_judged_by_the_revision_that_was_shown(
        self,
        elena: Patient,
        elena_user: User,
        elenas_program: SimpleNamespace,
        log: SessionEntry,
        now: datetime,
    ) -> None:
        mira = elenas_program.program.physiotherapist.user
        edit = adjusting.Edit(dosage=changed(KNEE_TO_CHEST, reps=2), reason="Too hard", effective_on=TUESDAY)
        revision = adjusting.revise(prescription=elenas_program.prescription, edit=edit, by=mira, now=now)
        shown = with_exercise(log, sets=(SetEntry(number=1, reps=10, hold_s=5),))
        assert take(elena, shown, elena_user, now).session.exercises.get().too_much is False
        newer = replace(with_exercise(shown, revision=revision.pk), client_uuid=uuid4())
        assert take(elena, newer, elena_user, now).session.exercises.get().too_much is True


class TestNumbers:
    """Scales, bounds and flags."""

    @pytest.mark.parametrize(
        ("fields", "path"),
        [
            ({"pain_before": 11}, "pain_before"),
            ({"pain_after": -1}, "pain_after"),
            ({"effort": Decimal("10.5")}, "effort"),
            ({"effort": Decimal("3.3")}, "effort"),
            ({"effort": Decimal("NaN")}, "effort"),
            ({"feel": "great"}, "feel"),
            ({"note": "x" * 2001}, "note"),
            ({"note": "a\x00b"}, "note"),
            ({"exercises": ()}, "exercises"),
        ],
    )
    def test_a_sitting_with_a_fault_is_refused_with_the_path_to_it(
        self,
        elena: Patient,
        elena_user: User,
        log: SessionEntry,
        now: datetime,
        fields: dict[str, object],
        path: str,
    ) -> None:
        with pytest.raises(recording.BadLog) as refusal:
            take(elena, replace(log, **fields), elena_user, now)  # type: ignore[arg-type]
        assert refusal.value.field == path
        assert not SessionLog.objects.exists()

    @pytest.mark.parametrize(
        ("fields", "path"),
        [
            ({"pain": 11}, "exercises.0.pain"),
            ({"status": "maybe"}, "exercises.0.status"),
            ({"reason": "rain"}, "exercises.0.reason"),
            ({"sets": (SetEntry(number=1, reps=101),)}, "exercises.0.sets"),
            ({"sets": (SetEntry(number=1, hold_s=301),)}, "exercises.0.sets"),
            ({"sets": (SetEntry(number=1, reps=-1),)}, "exercises.0.sets"),
            ({"sets": (SetEntry(number=1, minutes=Decimal("Infinity")),)}, "exercises.0.sets"),
            ({"sets": (SetEntry(number=2, reps=10),)}, "exercises.0.sets"),
            ({"sets": tuple(SetEntry(number=n, reps=1) for n in range(1, 12))}, "exercises.0.sets"),
        ],
    )
    def test_an_exercise_with_a_fault_is_refused_with_the_path_to_it(
        self,
        elena: Patient,
        elena_user: User,
        log: SessionEntry,
        now: datetime,
        fields: dict[str, object],
        path: str,
    ) -> None:
        with pytest.raises(recording.BadLog) as refusal:
            take(elena, with_exercise(log, **fields), elena_user, now)
        assert refusal.value.field == path
        assert not SessionLog.objects.exists()

    def test_all_faults_are_told_at_once(
        self, elena: Patient, elena_user: User, log: SessionEntry, now: datetime
    ) -> None:
        with pytest.raises(recording.BadLog) as refusal:
            take(elena, replace(with_exercise(log, pain=11), pain_after=12), elena_user, now)
        problems = refusal.value.details["problems"]
        assert [each["field"] for each in problems] == ["pain_after", "exercises.0.pain"]  # type: ignore[attr-defined]

    def test_one_exercise_twice_in_a_sitting_is_refused(
        self, elena: Patient, elena_user: User, log: SessionEntry, now: datetime
    ) -> None:
        with pytest.raises(recording.BadLog, match="once in a sitting"):
            take(elena, replace(log, exercises=log.exercises * 2), elena_user, now)

    @pytest.mark.parametrize(("reps", "flagged"), [(0, False), (20, False), (21, True)])
    def test_up_to_twice_the_dose_is_normal_and_above_it_is_flagged(
        self, elena: Patient, elena_user: User, log: SessionEntry, now: datetime, reps: int, flagged: bool
    ) -> None:
        entry = with_exercise(log, sets=(SetEntry(number=1, reps=reps),))
        assert take(elena, entry, elena_user, now).session.exercises.get().too_much is flagged


class TestNextMorning:
    """How it is the morning after."""

    def test_it_is_added_the_next_day(
        self, elena: Patient, elena_user: User, log: SessionEntry, now: datetime
    ) -> None:
        session = take(elena, log, elena_user, now).session
        tomorrow = now + timedelta(days=1)
        assert (
            recording.add_next_morning(session=session, pain=4, by=elena_user, now=tomorrow).pain_next_morning
            == 4
        )

    def test_not_the_same_day_not_off_the_scale_and_not_by_a_stranger(
        self, elena: Patient, elena_user: User, zoe: Patient, log: SessionEntry, now: datetime
    ) -> None:
        session, tomorrow = take(elena, log, elena_user, now).session, now + timedelta(days=1)
        with pytest.raises(recording.InTheFuture):
            recording.add_next_morning(session=session, pain=4, by=elena_user, now=now)
        with pytest.raises(recording.BadLog):
            recording.add_next_morning(session=session, pain=11, by=elena_user, now=tomorrow)
        with pytest.raises(recording.NotYours):
            recording.add_next_morning(session=session, pain=4, by=zoe.portal_access.get().user, now=tomorrow)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rounds", [5])
def test_sent_eight_times_at_once_it_is_one_sitting(
    elena: Patient, elena_user: User, log: SessionEntry, now: datetime, rounds: int
) -> None:
    for _round in range(rounds):
        entry = replace(log, client_uuid=uuid4())
        barrier = threading.Barrier(8)
        answers: list[recording.Taken] = []

        def send(entry: SessionEntry, barrier: threading.Barrier, answers: list[recording.Taken]) -> None:
            try:
                barrier.wait(timeout=10)
                answers.append(take(elena, entry, elena_user, now))
            finally:
                connections.close_all()

        threads = [threading.Thread(target=send, args=(entry, barrier, answers)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
        assert len(answers) == 8
        assert sum(answer.created for answer in answers) == 1
        assert len({answer.session.pk for answer in answers}) == 1
        stored = SessionLog.objects.get(client_uuid=entry.client_uuid)
        assert stored.exercises.count() == 1


class TestTakeFromForm:
    """A person's form with a UUID of its own may be the same sitting again: then it asks."""

    def test_another_sitting_since_the_form_was_opened_is_put_before_the_person(
        self, elena: Patient, elena_user: User, log: SessionEntry, now: datetime
    ) -> None:
        first = from_form(elena, log, elena_user, now).session
        second = replace(log, client_uuid=uuid4())
        with pytest.raises(recording.MayBeTheSame) as refused:
            from_form(elena, second, elena_user, now)
        assert refused.value.found.session == first
        assert refused.value.details == {"session": str(first.pk)}
        assert SessionLog.objects.count() == 1
        assert from_form(elena, second, elena_user, now, after=first.pk).created

    def test_who_knew_of_an_older_sitting_is_asked_about_the_newer(
        self, elena: Patient, elena_user: User, log: SessionEntry, now: datetime
    ) -> None:
        first = from_form(elena, log, elena_user, now).session
        minute = timedelta(minutes=1)
        from_form(elena, replace(log, client_uuid=uuid4()), elena_user, now + minute, after=first.pk)
        with pytest.raises(recording.MayBeTheSame):
            from_form(elena, replace(log, client_uuid=uuid4()), elena_user, now + 2 * minute, after=first.pk)

    def test_a_form_opened_after_it_is_taken(
        self, elena: Patient, elena_user: User, log: SessionEntry, now: datetime
    ) -> None:
        from_form(elena, log, elena_user, now)
        later = now + timedelta(minutes=2)
        opened = now + timedelta(minutes=1)
        entry = replace(log, client_uuid=uuid4(), started_at=opened, sent_at=later)
        assert from_form(elena, entry, elena_user, later).created

    def test_the_same_form_again_is_the_first_sitting_also_when_others_came_since(
        self, elena: Patient, elena_user: User, log: SessionEntry, now: datetime
    ) -> None:
        first = from_form(elena, log, elena_user, now).session
        from_form(elena, replace(log, client_uuid=uuid4()), elena_user, now, after=first.pk)
        assert from_form(elena, log, elena_user, now) == recording.Taken(first, created=False)

    def test_what_a_device_kept_is_never_asked_about(
        self, elena: Patient, elena_user: User, log: SessionEntry, now: datetime
    ) -> None:
        take(elena, log, elena_user, now)
        assert take(elena, replace(log, client_uuid=uuid4()), elena_user, now).created


def from_form(
    patient: Patient, log: SessionEntry, by: User, now: datetime, after: UUID | None = None
) -> recording.Taken:
    """The log as it comes from the page."""
    return recording.take_from_form(patient=patient, log=log, after=after, by=by, now=now)


@pytest.mark.django_db(transaction=True)
def test_of_two_tabs_at_the_same_moment_one_is_taken_and_one_is_asked(
    elena: Patient, elena_user: User, log: SessionEntry, now: datetime
) -> None:
    barrier = threading.Barrier(2)
    outcomes: list[str] = []

    def send(entry: SessionEntry) -> None:
        try:
            barrier.wait(timeout=10)
            from_form(elena, entry, elena_user, now)
            outcomes.append("taken")
        except recording.MayBeTheSame:
            outcomes.append("asked")
        finally:
            connections.close_all()

    for _round in range(5):
        outcomes.clear()
        SessionLog.objects.all().delete()
        tabs = [threading.Thread(target=send, args=(replace(log, client_uuid=uuid4()),)) for _tab in range(2)]
        for tab in tabs:
            tab.start()
        for tab in tabs:
            tab.join(timeout=20)
        assert sorted(outcomes) == ["asked", "taken"]
        assert SessionLog.objects.count() == 1
