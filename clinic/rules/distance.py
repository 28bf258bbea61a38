"""Owns how far two places on the earth lie apart."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

EARTH_KM = 6371.0
"""Mean radius of the earth (IUGG)."""


class Position(NamedTuple):
    """A place in degrees: latitude -90 to 90, longitude -180 to 180."""

    latitude: float
    longitude: float

    @property
    def is_on_earth(self) -> bool:
        """Whether both numbers are in their range."""
        return -90 <= self.latitude <= 90 and -180 <= self.longitude <= 180


def km(here: Position, there: Position) -> float:
    """Great-circle distance in kilometres by the haversine formula; exact to 0.5 %, which is enough to sort clinics."""
    south, north = radians(here.latitude), radians(there.latitude)
    across = radians(there.longitude - here.longitude)
    chord = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin(across / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(chord)))
