"""Whoever is told of a visit, and wherever, is told the same moment on the same clock, before and after clocks change.

No CSV tells a time of day (those of the numbers tell days and weeks); one that does joins here.
"""

import re
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest

from clinic.actions import linking, sending
from clinic.models import Clinic, User
from patients.models import Consultation, Patient
from tests.doors import api, browser
from tests.patients.conftest import Booked
from tests.post import FixedClock, Postbox, content_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_nine"), pytest.mark.assures("TZ-03")]
DAYS, AT = (date(2026, 3, 27), date(2026, 4, 7)), time(10)
"""A Friday and a Tuesday, at ten: in Berlin clocks are put forward between them, on Lord Howe back, by half an hour."""


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def starts(calendar: bytes) -> list[datetime]:
    """The starts in a calendar file."""
    found: list[Any] = icalendar.Calendar.from_ical(calendar).walk("VEVENT")
    return [event["DTSTART"].dt for event in found]


@pytest.fixture
def zone(request: pytest.FixtureRequest, riverside: Clinic) -> ZoneInfo:
    riverside.time_zone = request.param
    riverside.save()
    return riverside.zone


@pytest.fixture
def visits(zone: ZoneInfo, booked: Booked, elena: Patient) -> list[Consultation]:
    """Elena's, at ten on the clock of the clinic."""
    return [booked(elena, datetime.combine(day, AT, zone).astimezone(UTC)) for day in DAYS]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Australia/Lord_Howe"], indirect=True)
def test_page_mail_calendar_and_api_tell_one_moment(
    zone: ZoneInfo,
    visits: list[Consultation],
    hedda: User,
    elena: Patient,
    postbox: Postbox,
    clock: FixedClock,
) -> None:
    assert visits[1].start - visits[0].start != DAYS[1] - DAYS[0], "clocks change between them"
    sending.send_batch(clock=clock)
    portal, desk = browser(elena.portal_access.get().user), browser(hedda)
    own = words(portal.get("/portal/visits/"))
    listed = words(desk.get(f"/desk/patients/{elena.pk}/"))
    for day, visit, letter in zip(DAYS, visits, sorted(postbox.received, key=_day_of), strict=True):
        on = f"{day:%Y-%m-%d}"
        [row] = api(hedda).get("/api/v1/consultations/", {"from": on, "to": on}).json()["results"]
        file = portal.get(f"/portal/visits/{visit.pk}.ics")
        told = [
            datetime.fromisoformat(row["start"]),
            *starts(file.content),
            *starts(b"".join(content_of(part) for part in letter.iter_attachments())),
        ]
        assert {each.astimezone(UTC) for each in told} == {visit.start}
        assert {each.replace(tzinfo=None) for each in told} == {datetime.combine(day, AT)}
        plain = letter.get_body(("plain",))
        assert plain is not None
        link = linking.make(purpose="visit-confirm", subject=visit.pk, now=clock.now, version=1)
        for page in (plain.get_content(), words(browser().get(f"/visits/confirm/{link}/"))):
            assert f"{day:%A} {day.day} {day:%B}, 10:00–10:30" in page
        assert "10:00" in words(desk.get("/desk/", {"clinic": "riverside", "day": on, "view": "list"}))
    assert own.count("10:00") == listed.count("10:00") == len(DAYS)


def _day_of(letter: Any) -> str:
    return str(starts(b"".join(content_of(part) for part in letter.iter_attachments()))[0])
