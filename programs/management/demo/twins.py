"""Makes the demo's possible duplicate: a record that somebody took down a second time, by phone and in a hurry."""

from datetime import timedelta

from patients.models import Patient, PossibleTwin
from patients.rules.names import fold
from programs.management.demo.people import FIXED, Person
from programs.management.demo.start import Start


def make(start: Start, people: list[Person]) -> Patient | None:
    """The second record, in the database, with the suspicion; None where there are too few people for it."""
    ids = start.ids("twins")
    known = next((person.patient for person in people[len(FIXED) :] if person.patient.email), None)
    if known is None:
        return None
    given = known.given_name[:1] + known.given_name[2:] if len(known.given_name) > 3 else known.given_name
    again = Patient.objects.create(
        id=next(ids),
        given_name=given,
        family_name=known.family_name,
        search_name=fold(f"{known.family_name} {given}"),
        phone=known.phone,
        clinic=known.clinic,
        desk_note="Called about a first visit",
    )
    PossibleTwin.objects.create(
        id=next(ids), patient=again, other=known, noticed_at=start.now - timedelta(days=1)
    )
    return again
