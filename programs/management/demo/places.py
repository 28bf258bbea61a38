"""Makes the organisation of the demo: three clinics with their rooms, opening hours and reminders."""

from dataclasses import dataclass
from datetime import time
from uuid import UUID

from clinic.models import Clinic, OpeningHours, Organisation, ReminderLead, Room
from programs.management.demo.start import COUNTRY, REGION, ZONE_NAME, Start

CLINICS = {
    "riverside": ("Riverside", "Uferweg 12", "10999", "52.49713", "13.42981"),
    "old-town": ("Old Town", "Am Alten Markt 3", "10178", "52.51684", "13.40835"),
    "station": ("Station", "Gleisstraße 27", "10243", "52.51093", "13.43472"),
}
ROOMS = ("Room 1", "Room 2", "Room 3", "Gym")
OPENS, CLOSES = time(8), time(19)


@dataclass(frozen=True)
class Places:
    """The clinics by slug, and the rooms by slug and name."""

    clinics: dict[str, Clinic]
    rooms: dict[tuple[str, str], Room]


def make(start: Start) -> Places:
    """The organisation and its clinics, in the database."""
    ids = start.ids("places")
    Organisation.objects.create(id=next(ids), name="Lindenhof")
    clinics = {slug: _clinic(next(ids), number, slug) for number, slug in enumerate(CLINICS)}
    Clinic.objects.bulk_create(clinics.values())
    rooms = {
        (slug, name): Room(id=next(ids), clinic=clinic, name=name)
        for slug, clinic in clinics.items()
        for name in ROOMS
    }
    Room.objects.bulk_create(rooms.values())
    OpeningHours.objects.bulk_create(
        OpeningHours(id=next(ids), clinic=clinic, weekday=weekday, opens=OPENS, closes=CLOSES)
        for clinic in clinics.values()
        for weekday in range(5)
    )
    leads = ({"days": 2}, {"hours": 3})
    ReminderLead.objects.bulk_create(
        ReminderLead(id=next(ids), clinic=clinic, **lead) for clinic in clinics.values() for lead in leads
    )
    return Places(clinics, rooms)


def _clinic(key: UUID, number: int, slug: str) -> Clinic:
    name, street, postcode, latitude, longitude = CLINICS[slug]
    return Clinic(
        id=key,
        name=name,
        slug=slug,
        street=street,
        postcode=postcode,
        city="Berlin",
        country=COUNTRY,
        region=REGION,
        phone=f"+49302312590{number}",
        email=f"{slug}@demo.clinic",
        time_zone=ZONE_NAME,
        latitude=latitude,
        longitude=longitude,
        quiet_from=time(20),
        quiet_to=time(8),
    )
