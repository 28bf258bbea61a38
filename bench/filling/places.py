"""Twenty clinics with ten rooms and ten practitioners each, and what is booked there."""

from dataclasses import dataclass
from datetime import date, time
from random import Random

from clinic.models import (
    Clinic,
    ConsultationType,
    Membership,
    OpeningHours,
    Practitioner,
    ReminderLead,
    Role,
    Room,
    TypeKind,
    User,
    WeeklyHours,
)
from programs.management.demo.start import COUNTRY, REGION, ZONE_NAME

CLINICS, ROOMS = 20, 10
"""As many clinics, and as many rooms and practitioners in each: the sizes of the issue."""
DESKED = 4
"""So many clinics the front desk of the measurements works for: the first ones."""
OPENS, CLOSES = time(8), time(17)
DURATION, AFTER = 30, 10
"""Minutes of a visit, and after it."""
NO_PASSWORD = "!"  # noqa: S105 - Django's sign for one that opens nothing
WORKING_DAYS = range(5)


@dataclass(frozen=True)
class Places:
    """The clinics, and of each its practitioners and rooms in the same order; the type; the desk and the manager."""

    clinics: list[Clinic]
    practitioners: list[list[Practitioner]]
    rooms: list[list[Room]]
    type: ConsultationType
    desk: User
    manager: User


def make(chance: Random) -> Places:
    """All of it, by the ORM: these are few rows."""
    clinics = [clinic(number, chance) for number in range(CLINICS)]
    rooms = [[Room(clinic=place, name=f"Room {n + 1:02}") for n in range(ROOMS)] for place in clinics]
    Room.objects.bulk_create(room for of_clinic in rooms for room in of_clinic)
    practitioners = [team(place, number, ROOMS) for number, place in enumerate(clinics)]
    kind = ConsultationType.objects.create(
        name="Follow-up", kind=TypeKind.FOLLOW_UP, duration_min=DURATION, after_min=AFTER, online=True
    )
    kind.practitioners.add(*(one for of_clinic in practitioners for one in of_clinic))
    kind.rooms.add(*(room for of_clinic in rooms for room in of_clinic))
    desk = User.objects.create(email="desk@bench.example", name="Hedda Falk", password=NO_PASSWORD)
    manager = User.objects.create(email="manager@bench.example", name="Noor van Dijk", password=NO_PASSWORD)
    Membership.objects.bulk_create(
        Membership(user=user, clinic=place, role=role)
        for user, role in ((desk, Role.FRONT_DESK), (manager, Role.MANAGER))
        for place in clinics[:DESKED]
    )
    return Places(clinics, practitioners, rooms, kind, desk, manager)


def clinic(number: int, chance: Random) -> Clinic:
    """A clinic somewhere within some hundred kilometres, open on weekdays, with two reminders."""
    made = Clinic.objects.create(
        name=f"Clinic {number + 1:02}",
        slug=f"clinic-{number + 1:02}",
        street=f"Mill Street {number + 1}",
        postcode=f"{10115 + number}",
        city="Berlin",
        country=COUNTRY,
        region=REGION,
        phone=f"+493012300{number:02}",
        email=f"clinic{number + 1}@bench.example",
        time_zone=ZONE_NAME,
        latitude=f"{chance.uniform(52.3, 52.7):.5f}",
        longitude=f"{chance.uniform(13.1, 13.7):.5f}",
    )
    OpeningHours.objects.bulk_create(
        OpeningHours(clinic=made, weekday=day, opens=OPENS, closes=CLOSES) for day in WORKING_DAYS
    )
    ReminderLead.objects.create(clinic=made, days=2)
    ReminderLead.objects.create(clinic=made, hours=3)
    return made


def team(clinic: Clinic, number: int, people: int) -> list[Practitioner]:
    """So many people who work there on weekdays."""
    names = [f"Practitioner {number + 1:02}-{n + 1:02}" for n in range(people)]
    users = User.objects.bulk_create(
        User(email=f"p{number}-{n}@bench.example", name=name, password=NO_PASSWORD)
        for n, name in enumerate(names)
    )
    made = Practitioner.objects.bulk_create(
        Practitioner(user=user, name=user.name, title="Physiotherapist") for user in users
    )
    clinic.practitioners.add(*made)
    Membership.objects.bulk_create(
        Membership(user=user, clinic=clinic, role=Role.PHYSIOTHERAPIST) for user in users
    )
    WeeklyHours.objects.bulk_create(
        WeeklyHours(
            practitioner=one,
            clinic=clinic,
            weekday=day,
            starts=OPENS,
            ends=CLOSES,
            valid_from=date(2020, 1, 1),
        )
        for one in made
        for day in WORKING_DAYS
    )
    return made
