"""The requests that the scenarios send, and the free cells of the diary that bookings use up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import cycle
from urllib.parse import urlencode

from bench.ground import Web
from bench.load import Clients, call
from bench.worlds import World

BETWEEN = timedelta(minutes=10)
"""Minutes after a visit that are not free (bench/filling/places)."""
WEEKS = 3
"""So many weeks are looked through for free cells."""


@dataclass(frozen=True)
class Cell:
    """A time at which somebody may be booked; times as the API sends them."""

    practitioner: str
    clinic: str
    start: str


def slots(world: World, days: tuple[date, date], **more: str) -> bytes:
    """The search for free starts on these days, both inclusive, as the desk."""
    told = {"type": world.note["type"], "from": days[0].isoformat(), "to": days[1].isoformat(), **more}
    return call("GET", f"/api/v1/slots/?{urlencode(told)}", headers=world.bearer("desk"))


def booking(world: World, cell: Cell, patient: str) -> bytes:
    """The booking of a cell for a patient, as the desk."""
    body = {
        "patient": patient, "practitioner": cell.practitioner, "clinic": cell.clinic, "type": world.note["type"],
        "start": cell.start,
    }  # fmt: skip
    return call("POST", "/api/v1/consultations/", headers=world.bearer("desk"), body=body)


def moving(world: World, consultation: str, cell: Cell) -> bytes:
    """The move of a consultation to a cell, as the desk."""
    body = {"practitioner": cell.practitioner, "start": cell.start}
    return call(
        "POST", f"/api/v1/consultations/{consultation}/move/", headers=world.bearer("desk"), body=body
    )


def search(world: World, text: str) -> bytes:
    """The search for a patient, as the desk."""
    return call("POST", "/api/v1/patients/search/", headers=world.bearer("desk"), body={"text": text})


def bare(question: str, **values: str) -> bytes:
    """A question to the bare view."""
    return call("GET", f"/{question}?{urlencode(values)}")


def patients(world: World) -> Iterator[str]:
    """Patients without a visit, one after the other; from the first again when all have had their turn."""
    return cycle(world.note["fresh"])


def free_cells(web: Web, world: World) -> list[Cell]:
    """Times that the product itself offers at the clinics of the desk, none over another, the soonest first."""
    found: list[tuple[datetime, Cell]] = []
    with Clients(web.port, 1) as clients:
        for clinic in world.note["clinics"][: world.note["bookable"]]:
            request = slots(world, (world.day(0), world.day(7 * WEEKS - 1)), clinic=clinic)
            (answer,) = clients.run([request])
            found += _apart(answer.json()["results"])
    return [cell for _start, cell in sorted(found, key=lambda pair: (pair[0], pair[1].practitioner))]


def _apart(offered: list[dict[str, str]]) -> Iterator[tuple[datetime, Cell]]:
    """Of each practitioner's offers those that do not take each other's time."""
    free_from: dict[str, datetime] = {}
    for slot in offered:
        start, end = datetime.fromisoformat(slot["start"]), datetime.fromisoformat(slot["end"])
        whom = slot["practitioner"]
        if whom not in free_from or start >= free_from[whom]:
            free_from[whom] = end + BETWEEN
            yield start, Cell(whom, slot["clinic"], slot["start"])
