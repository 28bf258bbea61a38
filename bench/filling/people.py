"""Patients by the hundred thousand, with names as alike as names are."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from random import Random
from typing import Any
from uuid import UUID

from bench.filling.copying import Table, copy, in_bulk
from clinic.models import Clinic
from patients.rules.names import fold
from programs.management.demo.start import Start

GIVEN = (
    "Anna", "Ben", "Clara", "David", "Elif", "Finn", "Greta", "Hassan", "Ida", "Jonas", "Katharina", "Leon",
    "Marie", "Noah", "Olga", "Paul", "Rosa", "Samuel", "Theo", "Uta", "Vera", "Wilhelm", "Yara", "Zoltán",
    "Aylin", "Björn", "Chiara", "Dario", "Emilia", "Francesco", "Gülsüm", "Hannah", "Igor", "Jana", "Karim",
    "Lena", "Mehmet", "Nele", "Oskar", "Petra", "Renée", "Sofia", "Tomasz", "Ursula", "Viktor", "Wiebke",
    "Youssef", "Zuzanna", "Achim", "Brigitte", "Cem", "Dagmar", "Erik", "Fatma", "Günther", "Heike", "Ingrid",
    "Jürgen", "Klaus", "Leila",
)  # fmt: skip
ROOTS = (
    "Müll", "Schmid", "Schneid", "Fisch", "Web", "Wagn", "Beck", "Hoffm", "Schulz", "Koch", "Richt", "Klein",
    "Wolf", "Schröd", "Neum", "Schwarz", "Zimmerm", "Krüg", "Hartm", "Lang", "Wern", "Lehm", "Köhl", "Herrm",
    "König", "Kais", "Fuchs", "Peters", "Jung", "Hahn", "Keil", "Vogel", "Friedr", "Günth", "Bergm", "Weiß",
    "Roth", "Baum", "Frank", "Albrecht", "Winkl", "Loren", "Graf", "Haas", "Sommer", "Kuhn", "Arnold", "Pohl",
    "Engel", "Horn", "Busch", "Yılmaz", "Okaf", "Nowak", "Kowal", "Ivan", "Ferrar", "Garcí", "Nguy", "Haddad",
)  # fmt: skip
ENDINGS = (
    "er", "ers", "mann", "berg", "feld", "stein", "bach", "ling", "ke", "haus", "ert", "sen",
)  # fmt: skip
PATIENTS = Table(
    "patients_patient",
    (
        "id", "given_name", "family_name", "search_name", "birth_date", "phone", "email", "language", "clinic_id",
        "desk_note", "wants_email", "created_at", "updated_at",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """A patient that was written."""

    id: UUID
    given: str
    family: str


def make(start: Start, clinics: list[Clinic]) -> list[Person]:
    """So many patients as the start says, spread over the clinics."""
    chance = start.chance("people")
    people = [_person(identity, chance) for identity in islice(start.ids("people"), start.patients)]
    with in_bulk(PATIENTS.name):
        copy(PATIENTS, _rows(people, clinics, start, chance))
    return people


def _person(identity: UUID, chance: Random) -> Person:
    family = chance.choice(ROOTS) + chance.choice(ENDINGS)
    if chance.random() < 0.08:
        family = f"{family}-{chance.choice(ROOTS)}{chance.choice(ENDINGS)}"
    return Person(identity, chance.choice(GIVEN), family)


def _rows(
    people: list[Person], clinics: list[Clinic], start: Start, chance: Random
) -> Iterator[tuple[Any, ...]]:
    for number, person in enumerate(people):
        yield (
            person.id,
            person.given,
            person.family,
            fold(f"{person.family} {person.given}"),
            date(1935, 1, 1) + timedelta(days=chance.randrange(75 * 365)),
            f"+4917{chance.randrange(10**8, 10**9)}",
            f"patient{number}@bench.example",
            "en",
            clinics[number % len(clinics)].pk,
            "",
            True,
            start.now,
            start.now,
        )
