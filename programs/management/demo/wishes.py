"""Makes the demo's waitlist: three who wait, for different things and for different whiles."""

from datetime import time, timedelta

from clinic.models import TypeKind
from patients.models import WaitlistEntry
from programs.management.demo.people import FIXED, Person
from programs.management.demo.staff import Staff
from programs.management.demo.start import Start

MONDAY_TO_FRIDAY = 0b0011111
WISHES = (
    (TypeKind.FOLLOW_UP, True, MONDAY_TO_FRIDAY, time(16), None, 9, "Shift work, rather late"),
    (TypeKind.INITIAL, False, 0b0010100, time(8), time(12), 4, ""),
    (TypeKind.FOLLOW_UP, False, MONDAY_TO_FRIDAY, None, time(10), 1, "Can come at short notice"),
)
"""What: the type, whether with their own practitioner only, weekdays, not before, over by, days ago, a note."""


def make(start: Start, staff: Staff, people: list[Person]) -> int:
    """How many wait, in the database: of those with an email, after the ones who sign in."""
    ids, chance = start.ids("wishes"), start.chance("wishes")
    reachable = [
        person for person in people[len(FIXED) :] if person.patient.email and person.patient.wants_email
    ]
    whom = chance.sample(reachable, min(len(WISHES), len(reachable)))
    rows = [
        WaitlistEntry(
            id=next(ids),
            patient=person.patient,
            type=staff.types[kind],
            practitioner=person.practitioner if is_own else None,
            weekdays=weekdays,
            earliest=earliest,
            latest=latest,
            since=start.today,
            until=start.day(21),
            created_at=start.now - timedelta(days=ago, hours=1),
            created_by=staff.desk,
            note=note,
        )
        for person, (kind, is_own, weekdays, earliest, latest, ago, note) in zip(whom, WISHES, strict=False)
    ]
    WaitlistEntry.objects.bulk_create(rows)
    for row in rows[:1]:
        row.clinics.set([row.patient.clinic])
    return len(rows)
