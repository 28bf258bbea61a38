"""Owns the iCalendar text of a visit: the file that goes with a message, and the feed of a calendar.

Texts come from people and may be hostile. Line breaks of every kind, control characters and lone surrogates
never reach the file, so no text can end its line and begin a property or a component of its own.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import quote
from zoneinfo import ZoneInfo

import icalendar

from clinic.rules.intervals import Span, in_utc
from clinic.rules.wallclock import ONE_SECOND, changes

PRODUCT = "-//Spine Clinic//Visits//EN"
LINE_BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"


@dataclass(frozen=True, slots=True)
class Event:
    """One visit as a calendar shows it.

    `uid` stays the same for the life of the visit; `sequence` grows with every change, a cancellation
    included. `stamp` is the instant at which this version was written. Without `attendee_email` there is no
    attendee. Raises ValueError for times without a zone, an end that is not after the start, or a negative
    sequence.
    """

    uid: str
    sequence: int
    start: datetime
    end: datetime
    zone: ZoneInfo
    summary: str
    location: str
    description: str
    organizer_name: str
    organizer_email: str
    attendee_email: str
    cancelled: bool
    stamp: datetime

    def __post_init__(self) -> None:
        Span(self.start, self.end)
        in_utc(self.stamp)
        if self.sequence < 0:
            raise ValueError("A sequence starts at 0.")


def event(visit: Event) -> bytes:
    """The file for a message about one visit, UTF-8: METHOD REQUEST, or CANCEL where it is cancelled."""
    return _rendered(_calendar([visit], method="CANCEL" if visit.cancelled else "REQUEST"))


def feed(visits: Iterable[Event], *, name: str) -> bytes:
    """A calendar to subscribe to, UTF-8: METHOD PUBLISH, all the visits under one name."""
    calendar = _calendar(list(visits), method="PUBLISH")
    calendar.add("X-WR-CALNAME", _line(name))
    return _rendered(calendar)


def _rendered(calendar: icalendar.Calendar) -> bytes:
    text: bytes = calendar.to_ical()
    return text


def _calendar(visits: list[Event], *, method: str) -> icalendar.Calendar:
    calendar = icalendar.Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", method)
    years: dict[ZoneInfo, list[int]] = {}
    for visit in visits:
        years.setdefault(visit.zone, []).extend((visit.start.year, visit.end.year))
    for zone, used in years.items():
        calendar.add_component(_zone(zone, min(used) - 1, max(used) + 2))
    for visit in visits:
        calendar.add_component(_event(visit))
    return calendar


def _event(visit: Event) -> icalendar.Event:
    component = icalendar.Event()
    component.add("UID", _line(visit.uid))
    component.add("SEQUENCE", visit.sequence)
    component.add("DTSTAMP", in_utc(visit.stamp))
    component.add("DTSTART", _local(visit.start, visit.zone))
    component.add("DTEND", _local(visit.end, visit.zone))
    component.add("SUMMARY", _line(visit.summary))
    component.add("LOCATION", _line(visit.location))
    component.add("DESCRIPTION", _text(visit.description))
    component.add("STATUS", "CANCELLED" if visit.cancelled else "CONFIRMED")
    component.add("CLASS", "PRIVATE")
    component.add("ORGANIZER", _address(visit.organizer_email, CN=_line(visit.organizer_name)))
    if visit.attendee_email:
        # Accepted already: the visit is agreed, and an answer by mail would reach nobody.
        invited = {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"}
        component.add("ATTENDEE", _address(visit.attendee_email, **invited))
    return component


def _local(instant: datetime, zone: ZoneInfo) -> datetime:
    """The instant on the zone's clock; in UTC where that clock shows it twice, for readers differ there."""
    local = in_utc(instant).astimezone(zone)
    is_shown_twice = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
    return in_utc(instant) if is_shown_twice else local


@lru_cache(maxsize=64)
def _zone(zone: ZoneInfo, first_year: int, last_year: int) -> icalendar.Timezone:
    """The clock of a zone over some years; cached, for it takes milliseconds, so not to be changed.

    Made here, because the library's `Timezone.from_tzinfo` writes the end of a gap on the new clock where
    RFC 5545 wants the old one, which puts visits in the hour after the change off by that change.
    """
    first, last = (datetime(year, 1, 1, tzinfo=UTC) for year in (first_year, last_year))
    component = icalendar.Timezone()
    component.add("TZID", zone.key)
    onsets: dict[tuple[timedelta, timedelta, str, bool], list[datetime]] = {}
    for instant in (first, *changes(first, last, zone)):
        now, earlier = instant.astimezone(zone), max(instant - ONE_SECOND, first).astimezone(zone)
        old, new = earlier.utcoffset() or timedelta(), now.utcoffset() or timedelta()
        observance = (old, new, now.tzname() or str(new), bool(now.dst()))
        onsets.setdefault(observance, []).append((instant + old).replace(tzinfo=None))
    for (old, new, name, is_summer), (onset, *others) in onsets.items():
        part = icalendar.TimezoneDaylight() if is_summer else icalendar.TimezoneStandard()
        part.add("DTSTART", onset)
        part.add("TZOFFSETFROM", old)
        part.add("TZOFFSETTO", new)
        part.add("TZNAME", name)
        if others:
            part.add("RDATE", others)
        component.add_component(part)
    return component


def _address(email: str, **parameters: str) -> icalendar.vCalAddress:
    """An email address as a URI; every character that could mean something in the file is percent-encoded."""
    address = icalendar.vCalAddress("mailto:" + quote(_line(email).strip(), safe="@!$'*+-._~"))
    for key, value in parameters.items():
        if value:
            address.params[key] = value
    return address


def _text(text: str) -> str:
    """Text of one or more lines, safe to put into a property.

    A backslash becomes a slash, for readers disagree on how one is escaped.
    """
    for line_break in ("\r\n", *LINE_BREAKS):
        text = text.replace(line_break, "\n")
    kept = (c for c in text.replace("\\", "/") if c == "\n" or unicodedata.category(c) not in {"Cc", "Cs"})
    return "".join(kept)


def _line(text: str) -> str:
    """Text of one line, safe to put into a property or a parameter."""
    return " ".join(_text(text).split())
