"""Owns which countries there are, and which of their regions the calendars of public holidays know."""

from functools import lru_cache

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
