"""Each main page and API answer stays within its budget of queries, and takes as many for one row as for four."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import ConsultationType, HoursException, Practitioner, User
from patients.actions import booking, waiting
from patients.actions.waiting import Wanted
from patients.models import Patient, PossibleTwin, Source, WaitlistEntry
from programs.actions import adjusting
from programs.actions.adjusting import Edit
from programs.models import ExerciseLog, Prescription, SessionLog
from programs.rules.dosage import changed
from tests import factories
from tests.doors import api, browser
from tests.house.budgets import BUDGETS, Budget

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nine_o_clock(now: datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


class House:
    """Elena and what is hers at Riverside, one of each; `grow` puts three more beside each."""

    def __init__(
        self,
        *,
        elenas: SimpleNamespace,
        kind: ConsultationType,
        mira: Practitioner,
        hedda: User,
        noor: User,
        now: datetime,
    ) -> None:
        self.program, self.prescription = elenas.program, elenas.prescription
        self.elena: Patient = self.program.patient
        self.kind, self.mira, self.hedda, self.noor, self.now = kind, mira, hedda, noor, now
        self.visit(self.elena, hour=1)
        self.log(self.prescription, days_ago=1)
        self.wish = self.wishes(self.elena)
        self.twin: Patient = self.looks_alike(0)
        self.leave = HoursException.objects.create(
            kind="sick", practitioner=mira, start=now, end=now + timedelta(days=2)
        )

    def grow(self) -> None:
        """Three more exercises, revisions, logs and visits of Elena's, and three more patients and colleagues."""
        HoursException.objects.filter(pk=self.leave.pk).update(kind="extra", clinic=self.elena.clinic)
        for number in (1, 2, 3):
            more = factories.PrescriptionFactory.create(program=self.program, position=number + 1)
            self.log(more, days_ago=number)
            self.revise(by_seconds=number)
            self.visit(self.elena, hour=1 + number, day=1)
            self.neighbour(number)
            self.looks_alike(number)
            self.colleague(number)
        self.leave.save()

    def wishes(self, patient: Patient) -> WaitlistEntry:
        """A wish of the patient's for any follow-up this month."""
        wanted = Wanted(
            patient=patient, type=self.kind, since=self.now.date(), until=self.now.date() + timedelta(days=9),
            clinics=(patient.clinic,),
        )  # fmt: skip
        return waiting.wish(wanted=wanted, by=None, now=self.now)

    def looks_alike(self, number: int) -> Patient:
        """A record that may be another one of Elena's."""
        twin: Patient = factories.PatientFactory.create(
            clinic=self.elena.clinic, given_name=f"Helena {number}"
        )
        PossibleTwin.objects.create(patient=twin, other=self.elena, noticed_at=self.now)
        return twin

    def visit(self, patient: Patient, *, hour: int, day: int = 0) -> None:
        """A visit to Mira, `hour` hours from now."""
        order = booking.Order(
            patient=patient, type=self.kind, clinic=patient.clinic, practitioner=self.mira,
            start=self.now + timedelta(days=day, hours=hour), source=Source.DESK,
        )  # fmt: skip
        booking.book(order=order, by=self.hedda, now=self.now)

    def log(self, prescription: Prescription, *, days_ago: int) -> None:
        """A session with this one exercise."""
        at = self.now - timedelta(days=days_ago)
        program = prescription.program
        session = SessionLog.objects.create(
            client_uuid=uuid4(), patient=program.patient, program=program, started_at=at, received_at=at,
            day=at.date(), pain_after=2, entered_by=self.mira.user,
        )  # fmt: skip
        ExerciseLog.objects.create(
            session=session, prescription=prescription, revision=prescription.revisions.get(), day=at.date(),
            status="done", pain=2,
        )  # fmt: skip

    def revise(self, *, by_seconds: int) -> None:
        """Another dosage of Elena's first exercise, from a later day each time."""
        edit = Edit(
            dosage=changed(factories.KNEE_TO_CHEST, hold_s=5 + by_seconds),
            reason="Easy",
            effective_on=self.now.date() + timedelta(days=by_seconds),
        )
        adjusting.revise(prescription=self.prescription, edit=edit, by=self.mira.user, now=self.now)

    def neighbour(self, number: int) -> None:
        """Another patient of Mira's today, with a program."""
        patient: Patient = factories.PatientFactory.create(
            clinic=self.elena.clinic, given_name=f"Neighbour {number}"
        )
        episode = factories.EpisodeFactory.create(patient=patient, team=[self.mira])
        program = factories.ProgramFactory.create(patient=patient, episode=episode, physiotherapist=self.mira)
        self.log(factories.PrescriptionFactory.create(program=program, position=1), days_ago=number)
        self.visit(patient, hour=1 + number)
        self.wishes(patient)

    def colleague(self, number: int) -> None:
        """Another physiotherapist, room, type and clinic, all of which may show beside what stands."""
        clinic = self.elena.clinic
        practitioner = factories.PractitionerFactory.create(name=f"Colleague {number}", at=[clinic])
        room = factories.RoomFactory.create(clinic=clinic, name=f"New room {number}")
        self.kind.practitioners.add(practitioner)
        self.kind.rooms.add(room)
        factories.TypeFactory.create(name=f"Type {number}", served_by=[practitioner], in_rooms=[room])
        factories.ClinicFactory.create(name=f"Clinic {number}")


@pytest.fixture
def house(
    elenas_program: SimpleNamespace,
    follow_up: ConsultationType,
    mira: Practitioner,
    hedda: User,
    noor: User,
    now: datetime,
) -> House:
    """One of each."""
    return House(elenas=elenas_program, kind=follow_up, mira=mira, hedda=hedda, noor=noor, now=now)


class Counter:
    """Sends the requests of the table and counts what they ask the database."""

    def __init__(self, house: House) -> None:
        people = {
            "hedda": house.hedda,
            "noor": house.noor,
            "mira": house.mira.user,
            "elena": house.elena.portal_access.get().user,
        }
        self.browsers = {name: browser(user) for name, user in people.items()}
        self.callers = {name: api(user) for name, user in people.items()}
        self.ids = {
            "patient": house.elena.pk, "type": house.kind.pk, "program": house.program.pk,
            "prescription": house.prescription.pk, "wish": house.wish.pk, "leave": house.leave.pk,
            "twin": house.twin.pk, "mira": house.mira.pk, "clinic": house.elena.clinic_id,
        }  # fmt: skip

    def counted(self) -> dict[str, int]:
        """The number of queries of each line, by its name."""
        return {name: self._count(budget) for name, budget in BUDGETS.items()}

    def _count(self, budget: Budget) -> int:
        with CaptureQueriesContext(connection) as asked:
            answer = self._send(budget)
        assert answer.status_code == 200, (budget, answer.status_code)
        return len(asked)

    def _send(self, budget: Budget) -> Any:
        path = budget.path.format(**self.ids)
        client = self.callers[budget.who] if budget.call else self.browsers[budget.who]
        return client.post(path, budget.body, format="json") if budget.body else client.get(path)


@pytest.fixture
def counter(house: House) -> Counter:
    """Has asked once already, so that what a process reads only once is not counted."""
    counter = Counter(house)
    counter.counted()
    return counter


def test_each_answer_stays_in_its_budget_and_takes_as_many_queries_for_one_row_as_for_four(
    house: House, counter: Counter
) -> None:
    few = counter.counted()
    house.grow()
    many = counter.counted()
    assert {name: (few[name], count) for name, count in many.items() if count != few[name]} == {}
    assert {name: count for name, count in few.items() if count > BUDGETS[name].most} == {}
