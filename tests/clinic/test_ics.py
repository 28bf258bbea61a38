"""The calendar file of a visit, read by icalendar, by dateutil, and by one that splits at any line break."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from dateutil.tz import tzical
from hypothesis import example, given
from hypothesis import strategies as st

from clinic.rules import ics, wallclock

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [
    BERLIN,
    ZoneInfo("America/New_York"),
    ZoneInfo("Asia/Kolkata"),
    ZoneInfo("Pacific/Chatham"),
    ZoneInfo("Australia/Lord_Howe"),
]
START = datetime(2026, 3, 30, 7, tzinfo=UTC)
YEARS = (datetime(2025, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))
CHANGES = [(zone, change) for zone in ZONES for change in wallclock.changes(*YEARS, zone)]

VISIT = ics.Event(
    uid="0198c0de@clinic.example",
    sequence=0,
    start=START,
    end=START + timedelta(minutes=30),
    zone=BERLIN,
    summary="Visit at Spine Clinic Mitte",
    location="Lindenallee 4, 10115 Berlin",
    description="Please come five minutes early.\nBring your referral.",
    organizer_name="Spine Clinic Mitte",
    organizer_email="desk@clinic.example",
    attendee_email="mara@mail.example",
    cancelled=False,
    stamp=datetime(2026, 3, 1, 12, tzinfo=UTC),
)
PROPERTIES = {
    "UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "DESCRIPTION", "STATUS", "CLASS",
    "ORGANIZER", "ATTENDEE",
}  # fmt: skip
FRAME = {
    "BEGIN", "END", "VERSION", "PRODID", "METHOD", "TZID", "TZNAME", "TZOFFSETFROM", "TZOFFSETTO", "RDATE",
}  # fmt: skip
HOSTILE = [
    f"Mara{line_break}ATTENDEE:mailto:eve@mail.example{line_break}BEGIN:VALARM{line_break}END:VALARM"
    for line_break in (
        "\r\n",
        "\r",
        "\n",
        "\v",
        "\f",
        "\x1c",
        "\x85",
        "\u2028",
        "\u2029",
        "\r\n ",
        "\\n",
        "\\N",
    )
]
hostile = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(alphabet=st.characters()),
    st.text(alphabet='\r\n\v\f\x85\u2028\u2029\x00\ud800\\";:,^=%\tBEGIN:VALARM', max_size=60),
)


def parsed(content: bytes) -> icalendar.Calendar:
    calendar = icalendar.Calendar.from_ical(content)
    assert isinstance(calendar, icalendar.Calendar)
    return calendar


def visit_in(content: bytes) -> icalendar.Event:
    (found,) = parsed(content).walk("VEVENT")
    assert isinstance(found, icalendar.Event)
    return found


def clock_in(content: bytes) -> tzical:
    """The zones of the file as dateutil reads them: from the file's own rules, not from the zone's name."""
    return tzical(io.StringIO(content.decode().replace("\r\n ", "").replace("\r\n", "\n")))


def start_as_read(content: bytes) -> datetime:
    """The start by a reader that knows no zones but those in the file."""
    unfolded = content.decode().replace("\r\n ", "")
    (line,) = re.findall(r"DTSTART[:;](.*)\r\n", unfolded.split("BEGIN:VEVENT")[1])
    if line.endswith("Z"):
        return datetime.strptime(line, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    tzid, wall = line.removeprefix("TZID=").split(":")
    zone = clock_in(content).get(tzid)
    return datetime.strptime(wall, "%Y%m%dT%H%M%S").replace(tzinfo=zone).astimezone(UTC)


def test_a_visit_reads_back_as_it_was_written() -> None:
    read = visit_in(ics.event(VISIT))

    assert (read["UID"], read["SEQUENCE"], read["STATUS"]) == (VISIT.uid, 0, "CONFIRMED")
    assert (read.start, read.end, read.DTSTAMP) == (VISIT.start, VISIT.end, VISIT.stamp)
    assert (read["SUMMARY"], read["LOCATION"]) == (VISIT.summary, VISIT.location)
    assert read["DESCRIPTION"] == VISIT.description
    assert read["ORGANIZER"] == "mailto:desk@clinic.example"
    assert read["ORGANIZER"].params["CN"] == VISIT.organizer_name
    assert read["ATTENDEE"] == "mailto:mara@mail.example"


def test_a_booking_is_a_request_and_a_cancellation_takes_the_same_visit_back() -> None:
    cancelled = ics.event(replace(VISIT, cancelled=True, sequence=1))

    assert parsed(ics.event(VISIT))["METHOD"] == "REQUEST"
    assert parsed(cancelled)["METHOD"] == "CANCEL"
    assert (visit_in(cancelled)["STATUS"], visit_in(cancelled)["SEQUENCE"]) == ("CANCELLED", 1)
    assert visit_in(cancelled)["UID"] == VISIT.uid


def test_a_visit_without_an_address_has_no_attendee() -> None:
    assert "ATTENDEE" not in visit_in(ics.event(replace(VISIT, attendee_email="")))


@pytest.mark.assures("IN-05")
@given(text=hostile)
@example(text="\\N")
def test_hostile_text_adds_no_component_and_no_property(text: str) -> None:
    content = ics.event(
        replace(
            VISIT, uid=f"1{text}", summary=text, location=text, description=text, organizer_name=text,
            organizer_email=f"desk{text}@clinic.example", attendee_email=f"mara{text}@mail.example",
        )
    )  # fmt: skip

    components = [component.name for component in parsed(content).walk()]
    assert components == [component.name for component in parsed(ics.event(VISIT)).walk()]
    read = visit_in(content)
    assert set(read) == PROPERTIES
    assert not any(isinstance(read[name], list) for name in PROPERTIES)
    assert set(read["ATTENDEE"].params) == {"ROLE", "PARTSTAT", "RSVP"}
    assert set(read["ORGANIZER"].params) <= {"CN"}


@pytest.mark.assures("IN-05")
@given(text=hostile)
def test_no_reader_finds_a_line_that_hostile_text_began(text: str) -> None:
    content = ics.event(replace(VISIT, summary=text, location=text, description=text, organizer_name=text))

    for line in content.decode().splitlines():
        assert line.startswith(" ") or re.split("[:;]", line)[0] in PROPERTIES | FRAME
        assert not re.match("BEGIN:VALARM|ATTENDEE:mailto:eve", line)
        assert len(line.encode()) <= 75


@pytest.mark.assures("IN-05")
def test_harmless_signs_come_through_unchanged() -> None:
    signs = 'Żaneta O’Brien; "Rückenschule", 50 % – देवी 🙂'

    read = visit_in(ics.event(replace(VISIT, summary=signs, location=signs, organizer_name=signs)))

    assert (read["SUMMARY"], read["LOCATION"], read["ORGANIZER"].params["CN"]) == (signs, signs, signs)


def test_a_backslash_becomes_a_slash_so_that_no_reader_takes_it_for_a_line_break() -> None:
    read = visit_in(ics.event(replace(VISIT, location="Room \\North, \\new wing")))

    assert read["LOCATION"] == "Room /North, /new wing"


@given(pick=st.sampled_from(CHANGES), minutes=st.integers(-200, 200), sequence=st.integers(0, 3))
def test_the_clock_in_the_file_shows_the_same_instant_around_clock_changes(
    pick: tuple[ZoneInfo, datetime], minutes: int, sequence: int
) -> None:
    zone, change = pick
    start = change + timedelta(minutes=minutes)
    visit = replace(VISIT, zone=zone, start=start, end=start + timedelta(minutes=30), sequence=sequence)

    content = ics.event(visit)

    assert start_as_read(content) == start
    read = visit_in(content)
    # In UTC, because Python calls no two times equal across zones where one of them stands in a fold.
    start_read, end_read = read.start, read.end
    assert isinstance(start_read, datetime)
    assert isinstance(end_read, datetime)
    assert (start_read.astimezone(UTC), end_read.astimezone(UTC)) == (visit.start, visit.end)


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_the_onsets_in_the_file_are_on_the_clock_before_the_change(zone: ZoneInfo) -> None:
    """RFC 5545, 3.6.5: an onset less the offset before it is the instant of the change."""
    (clock,) = parsed(ics.event(replace(VISIT, zone=zone))).walk("VTIMEZONE")
    parts: list[Any] = clock.subcomponents

    onsets = [
        (onset - part["TZOFFSETFROM"].td).replace(tzinfo=UTC)
        for part in parts
        for onset in (part["DTSTART"].dt, *(rdate.dt for rdate in getattr(part.get("RDATE"), "dts", ())))
    ]

    assert sorted(onsets) == [YEARS[0], *wallclock.changes(*YEARS, zone)]


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_the_start_is_written_in_the_zone_of_the_clinic(zone: ZoneInfo) -> None:
    content = ics.event(replace(VISIT, zone=zone))

    wall = START.astimezone(zone)
    assert f"DTSTART;TZID={zone.key}:{wall:%Y%m%dT%H%M%S}".encode() in content.replace(b"\r\n ", b"")
    assert clock_in(content).keys() == [zone.key]


def test_a_feed_holds_every_visit_and_each_zone_once() -> None:
    visits = [
        replace(VISIT, uid="one"),
        replace(VISIT, uid="two"),
        replace(VISIT, uid="three", zone=ZONES[1]),
    ]

    calendar = parsed(ics.feed(visits, name="Mara's visits\r\nX:1"))

    assert (calendar["METHOD"], calendar["X-WR-CALNAME"]) == ("PUBLISH", "Mara's visits X:1")
    assert [str(visit["UID"]) for visit in calendar.walk("VEVENT")] == ["one", "two", "three"]
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Berlin", "America/New_York"]


def test_a_feed_may_be_empty() -> None:
    assert parsed(ics.feed([], name="Mara's visits")).walk("VEVENT") == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"end": START},
        {"start": datetime(2026, 3, 30, 7)},  # noqa: DTZ001
        {"stamp": datetime(2026, 3, 1, 12)},  # noqa: DTZ001
        {"sequence": -1},
    ],
)
def test_a_visit_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"after it starts|needs a zone|starts at 0"):
        replace(VISIT, **wrong)  # type: ignore[arg-type]
