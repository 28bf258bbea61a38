"""Which clinics are near: by a position, by a postcode, by words."""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from clinic.rules.distance import Position
from patients.rules import nearness


@dataclass(frozen=True)
class Place:
    """A clinic as far as it matters here."""

    name: str
    street: str
    postcode: str
    city: str
    latitude: Decimal | float
    longitude: Decimal | float


MITTE = Place("Old Town", "Am Alten Markt 3", "10178", "Berlin", Decimal("52.51684"), Decimal("13.40835"))
KREUZBERG = Place("Riverside", "Uferweg 12", "10999", "Berlin", Decimal("52.49713"), Decimal("13.42981"))
COLOGNE = Place("Dom", "Domstraße 1", "50668", "Köln", 50.9413, 6.9583)
ALL = [COLOGNE, KREUZBERG, MITTE]


def test_the_nearest_comes_first_with_its_distance() -> None:
    found = nearness.nearest(ALL, Position(52.495, 13.43))
    assert [place.name for place, _km in found] == ["Riverside", "Old Town", "Dom"]
    near, middle, far = (km for _place, km in found)
    assert near < 1 < middle < 4
    assert 400 < far < 500


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("10178", ["Old Town", "Riverside"]),
        ("10961", ["Riverside", "Old Town"]),
        ("50 667", ["Dom"]),
        ("koln", ["Dom"]),
        ("Köln", ["Dom"]),
        ("domstr", ["Dom"]),
        ("berlin ufer", ["Riverside"]),
        ("90402", []),
        ("1", []),
        ("Hamburg", []),
        ("  ", []),
        ("-", []),
    ],
)
def test_a_postcode_fits_by_its_first_digits_and_words_by_their_beginnings(
    text: str, names: list[str]
) -> None:
    assert [place.name for place in nearness.named(ALL, text)] == names


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("52.5,13.4", Position(52.5, 13.4)),
        (" -33.87,151.21 ", Position(-33.87, 151.21)),
        ("91,0", None),
        ("52.5", None),
        ("nan,nan", None),
        ("52.5,13.4;drop", None),
        ("١,٢", None),
    ],
)
def test_a_position_is_read_or_is_none(text: str, place: Position | None) -> None:
    assert nearness.position(text) == place
