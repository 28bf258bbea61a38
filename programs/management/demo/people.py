"""Makes the demo's patients with their complaints, and the accounts that open their portals."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from random import Random
from uuid import UUID

from clinic.models import Practitioner, User
from patients.models import CareTeamMember, EpisodeOfCare, Intake, Patient, PortalAccess, Relation
from patients.rules.names import fold
from programs.management.demo import names
from programs.management.demo.staff import Staff
from programs.management.demo.start import Start

PATIENT, PARENT = "patient@demo.clinic", "parent@demo.clinic"
NO_PASSWORD = "!"  # noqa: S105 - Django's sign for one that opens nothing
FIXED = (("Elena", "Ruiz", PATIENT, 1979), ("Amara", "Nwosu", PARENT, 1984), ("Ada", "Nwosu", PARENT, 0))
"""Who signs in to the portal: a patient, and a parent with a child. Year of birth 0 is a child of eleven."""
CHILD_AGE = 11
NEW_SHARE = 0.4
"""Of those without a program so many were registered in the weeks that the manager's numbers show, or today."""
NUMBERS_SHOW = 34
"""Days back."""


@dataclass(kw_only=True)
class Person:
    """A patient, who treats them, and why they come."""

    patient: Patient
    practitioner: Practitioner
    episode: EpisodeOfCare
    complaint: tuple[str, str, tuple[str, ...]]
    has_program: bool
    user: User | None = None
    visits: set[date] = field(default_factory=set)

    def can_come(self, day: date) -> bool:
        """Whether they were registered before that day, and have no visit on it yet."""
        return self.episode.opened_on < day and day not in self.visits


def make(start: Start, staff: Staff) -> list[Person]:
    """The patients, the fixed three first, in the database; about half are to have a program."""
    chance, ids = start.chance("people"), start.ids("people")
    newcomers, people = start.chance("newcomers"), []
    for number, (given, family) in enumerate(islice(_names(chance), max(3, start.patients))):
        treats = staff.practitioners[0 if number < len(FIXED) else number % len(staff.practitioners)]
        complaint = names.COMPLAINTS[0] if number == 0 else chance.choice(names.COMPLAINTS)
        patient = _patient(start, chance, next(ids), number, (given, family))
        patient.clinic = staff.on_duty(treats, _monday(start.today)).clinic
        has_program = number < len(FIXED) or (number // len(staff.practitioners)) % 2 == 0
        opened = start.day(-NUMBERS_SHOW if number < len(FIXED) else -chance.randint(NUMBERS_SHOW + 1, 80))
        if not has_program and newcomers.random() < NEW_SHARE:
            opened = newcomers.choice(_lately(start))
        people.append(
            Person(
                patient=patient,
                practitioner=treats,
                complaint=complaint,
                has_program=has_program,
                episode=EpisodeOfCare(
                    id=next(ids),
                    patient=patient,
                    clinic=patient.clinic,
                    complaint=complaint[0],
                    onset_on=opened - timedelta(days=chance.randint(10, 200)),
                    opened_on=opened,
                ),
            )
        )
    _store(start, ids, chance, people)
    return people


def _lately(start: Start) -> list[date]:
    """The working days that the manager's numbers show."""
    days = (start.day(-ago) for ago in range(NUMBERS_SHOW + 1))
    return [day for day in days if start.is_working_day(day)]


def _names(chance: Random) -> Iterator[tuple[str, str]]:
    """The fixed names, then invented ones, none twice; a number follows when there are no more."""
    yield from ((given, family) for given, family, *_rest in FIXED)
    pairs = [
        (given, family)
        for givens, families in names.GIVEN_AND_FAMILY
        for given in givens.split()
        for family in families.split()
    ]
    taken = {(given, family) for given, family, *_rest in FIXED}
    pairs = [pair for pair in pairs if pair not in taken]
    chance.shuffle(pairs)
    yield from pairs
    series = 2
    while True:
        yield from ((given, f"{family} {series}") for given, family in pairs)
        series += 1


def _patient(start: Start, chance: Random, row_id: UUID, number: int, name: tuple[str, str]) -> Patient:
    given, family = name
    born = date(chance.randint(1938, 2006), chance.randint(1, 12), chance.randint(1, 28))
    mailbox = fold(f"{given} {family}").replace(" ", ".")
    email = f"{mailbox}@example.org" if chance.random() < 0.9 else ""
    if number < len(FIXED):
        _given, _family, email, year = FIXED[number]
        born = born.replace(year=year or start.today.year - CHILD_AGE)
    return Patient(
        id=row_id,
        given_name=given,
        family_name=family,
        search_name=fold(f"{family} {given}"),
        birth_date=born,
        phone=f"+493023125{number % 1000:03}",
        email=email,
        desk_note=chance.choice(names.DESK_NOTES) if number >= len(FIXED) and chance.random() < 0.15 else "",
        wants_email=number < len(FIXED) or chance.random() < 0.95,
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _store(start: Start, ids: Iterator[UUID], chance: Random, people: list[Person]) -> None:
    patients = Patient.objects.bulk_create(person.patient for person in people)
    for person in people:  # registered when the complaint began, not when the demo was loaded
        person.patient.created_at = min(start.now, datetime.combine(person.episode.opened_on, time(9), UTC))
    Patient.objects.bulk_update(patients, ["created_at"])
    EpisodeOfCare.objects.bulk_create(person.episode for person in people)
    CareTeamMember.objects.bulk_create(
        CareTeamMember(id=next(ids), episode=person.episode, practitioner=person.practitioner)
        for person in people
    )
    Intake.objects.bulk_create(
        Intake(
            id=next(ids),
            episode=person.episode,
            current_condition=chance.choice(names.CONDITIONS),
            lifestyle=chance.choice(names.WORK),
            goals=chance.choice(names.GOALS),
        )
        for person in people
        if person.has_program
    )
    _open_portals(ids, people)


def _open_portals(ids: Iterator[UUID], people: list[Person]) -> None:
    """An account for everybody with a program and an email, who signed in at once; parent and child share one."""
    users: dict[str, User] = {}
    for person in people:
        if person.has_program and (email := person.patient.email):
            account = User(id=next(ids), email=email, name=person.patient.name, password=NO_PASSWORD)
            account.last_login = person.patient.created_at
            person.user = users.setdefault(email, account)
    User.objects.bulk_create(users.values())
    PortalAccess.objects.bulk_create(
        PortalAccess(
            id=next(ids),
            user=person.user,
            patient=person.patient,
            relation=Relation.SELF if person.user.name == person.patient.name else Relation.PARENT,
        )
        for person in people
        if person.user is not None
    )
