"""How a moment is written in a sentence of the pages; templates write `date:"D j M, H:i"`."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format

WEEKDAYS = tuple(WEEKDAYS_ABBR[number] for number in range(7))
"""The short names of the days, Monday first, in the language of whoever reads them."""


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Such as "Tue 24 Nov, 14:30", on the zone's clock and in the reader's language."""
    return date_format(at.astimezone(zone), "D j M, H:i")
