"""Makes who works in the demo, with hours and sign-in, and what can be booked with them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from uuid import UUID

from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.hashers import make_password

from clinic.models import (
    Clinic,
    ConsultationType,
    ExceptionKind,
    HoursException,
    Membership,
    Practitioner,
    Role,
    Room,
    TypeKind,
    User,
    WeeklyHours,
)
from clinic.rules import wallclock
from programs.management.demo.places import Places
from programs.management.demo.start import ZONE, Start

PASSWORD = "demo-demo-demo"  # noqa: S105 - it opens invented records only, and is printed
SECOND_FACTOR = "DEMODEMODEMODEMO"
"""The TOTP secret of all staff of the demo; /dev/outbox/ shows the code of the moment."""
DESK, PHYSIO, MANAGER = "desk@demo.clinic", "physio@demo.clinic", "manager@demo.clinic"
WORKS_SINCE = timedelta(days=365)
LEAVE_FROM, LEAVE_DAYS = 9, 3
"""Anneke's leave: so many days from today, and for so long."""

Hours = tuple[tuple[str, str], ...]
EARLY: Hours = (("08:00", "12:00"), ("12:40", "16:00"))
MIDDLE: Hours = (("08:30", "12:30"), ("13:10", "17:00"))
LATE: Hours = (("09:00", "13:00"), ("13:40", "18:00"))
WEEK = (0, 1, 2, 3, 4)

Duty = tuple[str, str, tuple[int, ...], Hours]
"""Clinic, room, weekdays and hours."""
PRACTITIONERS: tuple[tuple[str, str, str, tuple[Duty, ...]], ...] = (
    ("Mira Okafor", PHYSIO, "MSc, spine", (("riverside", "Room 1", WEEK, EARLY),)),
    ("Jonas Brandt", "jonas@demo.clinic", "Sports physiotherapy", (("riverside", "Room 2", WEEK, MIDDLE),)),
    (
        "Leila Haddad",
        "leila@demo.clinic",
        "Manual therapy",
        (("riverside", "Room 3", (0, 1, 2), LATE), ("station", "Room 3", (3, 4), LATE)),
    ),
    ("Tomás Vega", "tomas@demo.clinic", "Manual therapy", (("old-town", "Room 1", WEEK, EARLY),)),
    ("Anneke de Wit", "anneke@demo.clinic", "Pelvic health", (("old-town", "Room 2", WEEK, LATE),)),
    ("Kofi Mensah", "kofi@demo.clinic", "Orthopaedics", (("old-town", "Room 3", WEEK, MIDDLE),)),
    ("Ingrid Solheim", "ingrid@demo.clinic", "Neurology", (("station", "Room 1", WEEK, EARLY),)),
    ("Ravi Menon", "ravi@demo.clinic", "Sports physiotherapy", (("station", "Room 2", WEEK, MIDDLE),)),
)
CLASS_BY = "Jonas Brandt"
TYPES = (
    ("Initial assessment", TypeKind.INITIAL, 60, 10, 1, True),
    ("Follow-up", TypeKind.FOLLOW_UP, 30, 10, 1, True),
    ("Video consultation", TypeKind.TELEHEALTH, 30, 10, 1, True),
    ("Back class", TypeKind.CLASS, 60, 10, 8, False),
)


@dataclass(frozen=True)
class OnDuty:
    """Where a practitioner works on a day, and the hours as wall clock."""

    clinic: Clinic
    room: Room
    hours: tuple[tuple[time, time], ...]


@dataclass(frozen=True)
class Staff:
    """Who works where. `duties` are by practitioner and weekday; on a weekend, where the week begins."""

    desk: User
    practitioners: list[Practitioner]
    duties: dict[tuple[UUID, int], OnDuty]
    types: dict[str, ConsultationType]
    gym: Room
    away: dict[UUID, frozenset[date]]

    def on_duty(self, who: Practitioner, day: date) -> OnDuty:
        """Where the practitioner would work on that weekday."""
        return self.duties[who.pk, day.weekday() if day.weekday() < 5 else 0]


def make(start: Start, places: Places) -> Staff:
    """All staff, their hours, and the types that they serve, in the database."""
    ids = start.ids("staff")
    password = make_password(PASSWORD, salt=f"demo-salt-{start.seed:08}")
    users = _users(ids, password)
    practitioners = [
        Practitioner(id=next(ids), user=users[email], name=name, title=title)
        for name, email, title, _duties in PRACTITIONERS
    ]
    Practitioner.objects.bulk_create(practitioners)
    duties = _duties(practitioners, places)
    _memberships(ids, users, places)
    for person, entry in zip(practitioners, PRACTITIONERS, strict=True):
        person.clinics.set({places.clinics[slug] for slug, *_rest in entry[3]})
    _weekly_hours(ids, start, practitioners, places)
    return Staff(
        desk=users[DESK],
        practitioners=practitioners,
        duties=duties,
        types=_types(ids, practitioners, places),
        gym=places.rooms["riverside", "Gym"],
        away=_leave(ids, start, practitioners),
    )


def _users(ids: Iterator[UUID], password: str) -> dict[str, User]:
    named = [
        ("Hedda Falk", DESK),
        ("Noor van Dijk", MANAGER),
        *((name, email) for name, email, *_ in PRACTITIONERS),
    ]
    users = [User(id=next(ids), name=name, email=email, password=password) for name, email in named]
    User.objects.bulk_create(users)
    for user in users:
        TOTP.activate(user, SECOND_FACTOR)
    return {user.email: user for user in users}


def _memberships(ids: Iterator[UUID], users: dict[str, User], places: Places) -> None:
    roles = [
        (email, role, slug)
        for email, role in ((DESK, Role.FRONT_DESK), (MANAGER, Role.MANAGER))
        for slug in places.clinics
    ]
    roles += [
        (email, Role.PHYSIOTHERAPIST, duty[0]) for _n, email, _t, duties in PRACTITIONERS for duty in duties
    ]
    Membership.objects.bulk_create(
        Membership(id=next(ids), user=users[email], clinic=places.clinics[slug], role=role)
        for email, role, slug in roles
    )


def _duties(practitioners: list[Practitioner], places: Places) -> dict[tuple[UUID, int], OnDuty]:
    return {
        (person.pk, weekday): OnDuty(
            places.clinics[slug],
            places.rooms[slug, room],
            tuple((time.fromisoformat(begins), time.fromisoformat(ends)) for begins, ends in hours),
        )
        for person, (*_who, entry) in zip(practitioners, PRACTITIONERS, strict=True)
        for slug, room, weekdays, hours in entry
        for weekday in weekdays
    }


def _weekly_hours(
    ids: Iterator[UUID], start: Start, practitioners: list[Practitioner], places: Places
) -> None:
    WeeklyHours.objects.bulk_create(
        WeeklyHours(
            id=next(ids),
            practitioner=person,
            clinic=places.clinics[slug],
            weekday=weekday,
            starts=time.fromisoformat(begins),
            ends=time.fromisoformat(ends),
            valid_from=start.today - WORKS_SINCE,
        )
        for person, (*_who, duties) in zip(practitioners, PRACTITIONERS, strict=True)
        for slug, _room, weekdays, hours in duties
        for weekday in weekdays
        for begins, ends in hours
    )


def _types(
    ids: Iterator[UUID], practitioners: list[Practitioner], places: Places
) -> dict[str, ConsultationType]:
    types = {
        str(kind): ConsultationType(
            id=next(ids),
            name=name,
            kind=kind,
            duration_min=minutes,
            after_min=after,
            capacity=seats,
            online=online,
            position=position,
        )
        for position, (name, kind, minutes, after, seats, online) in enumerate(TYPES, start=1)
    }
    ConsultationType.objects.bulk_create(types.values())
    treatment = [room for (_slug, name), room in places.rooms.items() if name != "Gym"]
    for kind, row in types.items():
        if kind == TypeKind.CLASS:
            row.practitioners.set([person for person in practitioners if person.name == CLASS_BY])
            row.rooms.set([places.rooms["riverside", "Gym"]])
            continue
        row.practitioners.set(practitioners)
        if kind != TypeKind.TELEHEALTH:
            row.rooms.set(treatment)
    return types


def _leave(
    ids: Iterator[UUID], start: Start, practitioners: list[Practitioner]
) -> dict[UUID, frozenset[date]]:
    """One leave to come, so that the diary shows one."""
    person = next(each for each in practitioners if each.name == "Anneke de Wit")
    days = [start.day(LEAVE_FROM + number) for number in range(LEAVE_DAYS)]
    HoursException.objects.create(
        id=next(ids),
        practitioner=person,
        kind=ExceptionKind.LEAVE,
        start=wallclock.day_span(days[0], ZONE)[0],
        end=wallclock.day_span(days[-1], ZONE)[1],
        reason="Family visit",
    )
    return {person.pk: frozenset(days)}
