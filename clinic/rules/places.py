"""Owns which countries there are, and which of their regions the calendars of public holidays know."""

from functools import cache, lru_cache
from importlib.resources import files

import holidays
from phonenumbers import SUPPORTED_REGIONS

COUNTRIES = frozenset(SUPPORTED_REGIONS - {"AC", "TA"})
"""ISO 3166-1 codes of two letters. Source: the telephone regions of `phonenumbers`, less the two that are islands
of Saint Helena with a number range of their own and no ISO code."""

LONGEST_REGION = 8
"""Letters of a region's code."""


@lru_cache(maxsize=256)
def regions(country: str) -> tuple[str, ...]:
    """The regions of a country (ISO 3166-1) with public holidays of their own, in order; none of an unknown country.

    Source: `holidays`, whose codes are mostly those of ISO 3166-2 without the country ("BE" of "DE-BE"); names longer
    than a clinic keeps are left out.
    """
    known = holidays.list_supported_countries().get(country, ())
    return tuple(sorted(region for region in known if len(region) <= LONGEST_REGION))


def name(country: str) -> str:
    """What people call the country (ISO 3166-1), in English; its code where it has no name.

    Source: the table of names that comes with the time zones (`tzdata`).
    """
    return _names().get(country, country)


@cache
def _names() -> dict[str, str]:
    table = files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text("utf-8")
    return dict(line.split("\t") for line in table.splitlines() if not line.startswith("#"))
