"""Two clinics whose practitioners and rooms are too few for all who want them: the proofs race there.

One practitioner works at both clinics, and each clinic has fewer rooms than practitioners, so that practitioner, room
and patient are each fought for.
"""

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from bench.filling import copying, people, places
from bench.filling.accounts import session
from clinic.actions import signing_in
from clinic.models import (
    Clinic,
    ConsultationType,
    Membership,
    Practitioner,
    Role,
    Room,
    TypeKind,
    User,
    WeeklyHours,
)
from programs.management.demo.start import Start

PEOPLE, ROOMS = 3, 3
"""Of each clinic; the practitioner of both comes besides."""
AHEAD = 7
"""Days after which the raced weeks begin: every notice is kept."""
DAYS, WEEKS = 3, 3
"""So many days of a week are raced for; a series takes one of them in so many weeks."""


@dataclass(frozen=True)
class Crowded:
    """The clinics, who works at each, what is booked there, and who sits at the desk of both."""

    clinics: list[Clinic]
    teams: list[list[Practitioner]]
    types: list[ConsultationType]
    desk: User


def make(start: Start) -> dict[str, Any]:
    """Fills it in; the note of ids, keys to the API and of a session."""
    where = _places(start)
    patients = people.make(start, where.clinics)
    copying.tidy()
    return {
        "today": start.today.isoformat(),
        "opens": places.OPENS.isoformat(),
        "zone": where.clinics[0].time_zone,
        "days": [[day.isoformat() for day in in_weeks] for in_weeks in _days(start)],
        "clinics": [{"id": str(each.pk), "slug": each.slug} for each in where.clinics],
        "teams": [[str(one.pk) for one in team] for team in where.teams],
        "types": [
            {
                "id": str(each.pk),
                "minutes": each.duration_min,
                "online": each.online,
                "seats": each.capacity,
            }
            for each in where.types
        ],
        "patients": [str(person.id) for person in patients],
        "tokens": {"desk": signing_in.issue_token(user=where.desk, now=start.now)},
        "sessions": {"desk": session(where.desk)},
    }


def _places(start: Start) -> Crowded:
    chance = start.chance("places")
    clinics = [places.clinic(number, chance) for number in range(2)]
    for clinic in clinics:  # nobody waits for the morning, and no day is closed to who books online
        clinic.quiet_from = clinic.quiet_to = time(0)
        clinic.online_share = 100
        clinic.save()
        Room.objects.bulk_create(Room(clinic=clinic, name=f"Room {n + 1}") for n in range(ROOMS))
    teams = [places.team(clinics[0], 0, PEOPLE + 1), places.team(clinics[1], 1, PEOPLE)]
    teams[1].append(_at_both(teams[0][0], clinics[1]))
    desk = User.objects.create(email="desk@bench.example", name="Hedda Falk", password=places.NO_PASSWORD)
    Membership.objects.bulk_create(
        Membership(user=desk, clinic=clinic, role=Role.FRONT_DESK) for clinic in clinics
    )
    return Crowded(clinics, teams, _types(teams), desk)


def _at_both(one: Practitioner, clinic: Clinic) -> Practitioner:
    """Works here at the same hours as there."""
    clinic.practitioners.add(one)
    for day in places.WORKING_DAYS:
        WeeklyHours.objects.create(
            practitioner=one, clinic=clinic, weekday=day, starts=places.OPENS, ends=places.CLOSES,
            valid_from=date(2020, 1, 1),
        )  # fmt: skip
    return one


def _types(teams: list[list[Practitioner]]) -> list[ConsultationType]:
    """A visit with a buffer after it, one with buffers on both sides, a class, and one without a room."""
    types = [
        ConsultationType(
            name="Follow-up", kind=TypeKind.FOLLOW_UP, duration_min=30, after_min=10, online=True
        ),
        ConsultationType(
            name="Assessment", kind=TypeKind.INITIAL, duration_min=50, before_min=5, after_min=10, online=True
        ),
        ConsultationType(name="Class", kind=TypeKind.CLASS, duration_min=60, after_min=10, capacity=8),
        ConsultationType(name="Video call", kind=TypeKind.TELEHEALTH, duration_min=20, after_min=5),
    ]
    for row in types:
        row.save()
        row.practitioners.add(*{one for team in teams for one in team})
        if row.kind != TypeKind.TELEHEALTH:
            row.rooms.add(*Room.objects.all())
    return types


def _days(start: Start) -> list[list[date]]:
    """The raced days, each in as many weeks as a series has."""
    ahead = [start.day(AHEAD + n) for n in range(7 * WEEKS)]
    in_weeks = [[day + timedelta(days=7 * n) for n in range(WEEKS)] for day in ahead]
    return [days for days in in_weeks if all(start.is_working_day(day) for day in days)][:DAYS]
