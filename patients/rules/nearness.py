"""Owns which clinics are near to somebody: by a position on the earth, or by the place that they name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Protocol, TypeVar

from clinic.rules import distance
from clinic.rules.distance import Position
from patients.rules import names

LAT_LON = re.compile(r"(-?\d{1,2}(?:\.\d{1,8})?),(-?\d{1,3}(?:\.\d{1,8})?)", re.ASCII)


class Placed(Protocol):
    """Something with an address, as far as it matters here."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def street(self) -> str:
        """Street and number."""
        ...

    @property
    def postcode(self) -> str:
        """Postal code."""
        ...

    @property
    def city(self) -> str:
        """City."""
        ...

    @property
    def latitude(self) -> Decimal | float:
        """Degrees north."""
        ...

    @property
    def longitude(self) -> Decimal | float:
        """Degrees east."""
        ...


P = TypeVar("P", bound=Placed)


def position(text: str) -> Position | None:
    """The position written as `LAT,LON` in degrees; None for anything else, or for a place that is not on the earth."""
    found = LAT_LON.fullmatch(text.strip())
    if found is None:
        return None
    place = Position(float(found[1]), float(found[2]))
    return place if place.is_on_earth else None


def nearest(places: Iterable[P], here: Position) -> list[tuple[P, float]]:
    """The places with their distance in kilometres, the nearest first; equally far ones by name."""
    away = [
        (place, distance.km(here, Position(float(place.latitude), float(place.longitude))))
        for place in places
    ]
    return sorted(away, key=lambda pair: (pair[1], pair[0].name))


def named(places: Iterable[P], text: str) -> list[P]:
    """The places that fit a postcode, a city, a street or a name, the best first; none where nothing does.

    A postcode fits by its first digits, two at the least: the more of them agree, the nearer, for that is how post is
    sorted. Words fit where each of them begins a word of the address.
    """
    wanted = names.fold(text)
    if not wanted:
        return []
    judged = [(_fit(place, wanted), place) for place in places]
    best = sorted((pair for pair in judged if pair[0] > 0), key=lambda pair: (-pair[0], pair[1].name))
    return [place for _fit_, place in best]


def _fit(place: Placed, wanted: str) -> int:
    """0 where it does not fit; a postcode counts its digits in common, words count as much as a whole postcode."""
    if wanted.replace(" ", "").isdecimal():
        return _in_common(names.fold(place.postcode).replace(" ", ""), wanted.replace(" ", ""))
    words = names.fold(f"{place.name} {place.street} {place.postcode} {place.city}").split()
    fits = all(any(word.startswith(part) for word in words) for part in wanted.split())
    return len(words) if fits else 0


def _in_common(postcode: str, wanted: str) -> int:
    same = 0
    for ours, theirs in zip(postcode, wanted, strict=False):
        if ours != theirs:
            break
        same += 1
    return same if same >= 2 else 0
