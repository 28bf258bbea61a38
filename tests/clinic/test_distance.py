"""How far two places on the earth lie apart."""

import pytest

from clinic.rules import distance
from clinic.rules.distance import Position

BERLIN, HAMBURG = Position(52.52, 13.405), Position(53.5511, 9.9937)


@pytest.mark.parametrize(
    ("here", "there", "km"),
    [
        (BERLIN, BERLIN, 0),
        (BERLIN, HAMBURG, 255.3),
        (Position(0, 179.5), Position(0, -179.5), 111.2),
        (Position(90, 0), Position(-90, 0), 20015.1),
        (Position(0, 0), Position(0, 180), 20015.1),
    ],
)
def test_it_is_the_great_circle_both_ways(here: Position, there: Position, km: float) -> None:
    assert distance.km(here, there) == pytest.approx(km, abs=0.5)
    assert distance.km(there, here) == distance.km(here, there)


@pytest.mark.parametrize("place", [Position(90.1, 0), Position(0, 180.5), Position(-91, 0)])
def test_it_knows_what_is_not_on_the_earth(place: Position) -> None:
    assert not place.is_on_earth
