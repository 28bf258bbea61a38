"""Wall clocks, in five zones that change them by an hour, by half an hour, or never, north and south."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.rules import wallclock
from clinic.rules.intervals import Span
from clinic.rules.wallclock import AmbiguousTime, Lead, NoSuchTime

BERLIN = ZoneInfo("Europe/Berlin")
KOLKATA = ZoneInfo("Asia/Kolkata")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
NEW_YORK = ZoneInfo("America/New_York")
CHATHAM = ZoneInfo("Pacific/Chatham")
ZONES = [BERLIN, NEW_YORK, KOLKATA, CHATHAM, LORD_HOWE]

FORWARD, BACK = (
    date(2026, 3, 29),
    date(2026, 10, 25),
)  # in Berlin, from 02:00 to 03:00 and from 03:00 to 02:00
MINUTE = timedelta(minutes=1)
DECADE = Span(datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
CHANGES = [(zone, change) for zone in ZONES for change in wallclock.changes(*DECADE, zone)]


def in_berlin(day: date, hour: int, minute: int = 0, fold: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, fold=fold, tzinfo=BERLIN).astimezone(UTC)


@st.composite
def near_a_change(draw: st.DrawFn) -> tuple[date, time, ZoneInfo]:
    """A wall clock within hours of a clock change, in the gap or the fold as often as not."""
    zone, change = draw(st.sampled_from(CHANGES))
    wall = change.astimezone(zone).replace(tzinfo=None) + draw(st.integers(-150, 150)) * MINUTE
    return wall.date(), wall.time(), zone


instants = st.one_of(
    st.tuples(st.sampled_from(CHANGES), st.integers(-1500, 1500)).map(
        lambda pick: (pick[0][0], pick[0][1] + pick[1] * MINUTE)
    ),
    st.tuples(st.sampled_from(ZONES), st.integers(0, 5_000_000).map(lambda n: DECADE.start + n * MINUTE)),
)
times_of_day = st.integers(0, 1439).map(lambda minutes: time(minutes // 60, minutes % 60))


def shown_at(day: date, at: time, zone: ZoneInfo) -> list[datetime]:
    """The model: every instant around that day at which the zone's clock shows this, by looking at it."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    offsets = {(noon + timedelta(hours=hours)).astimezone(zone).utcoffset() for hours in (-36, 36)}
    wall = datetime.combine(day, at)
    candidates = {(wall - offset).replace(tzinfo=UTC) for offset in offsets if offset is not None}
    return sorted(c for c in candidates if c.astimezone(zone).replace(tzinfo=None) == wall)


@pytest.mark.assures("TZ-02")
@given(near_a_change())
def test_a_time_is_resolved_where_the_clock_shows_it_once_and_refused_elsewhere(
    wall: tuple[date, time, ZoneInfo],
) -> None:
    day, at, zone = wall
    match shown_at(day, at, zone):
        case []:
            with pytest.raises(NoSuchTime) as gap:
                wallclock.resolve(day, at, zone)
            assert gap.value.details["first"] == wallclock.opening(day, at, zone)
        case [instant]:
            assert wallclock.resolve(day, at, zone) == instant
        case [first, second]:
            with pytest.raises(AmbiguousTime) as fold:
                wallclock.resolve(day, at, zone)
            assert fold.value.details["instants"] == (first, second)
            assert wallclock.resolve(day, at, zone, fold=0) == first
            assert wallclock.resolve(day, at, zone, fold=1) == second


@pytest.mark.assures("TZ-02")
@given(near_a_change())
def test_opening_hours_take_the_end_of_a_gap_and_the_outside_of_a_fold(
    wall: tuple[date, time, ZoneInfo],
) -> None:
    day, at, zone = wall
    starts, ends = (wallclock.opening(day, at, zone, fold=fold) for fold in (0, 1))
    shown = shown_at(day, at, zone)

    if shown:
        assert (starts, ends) == (shown[0], shown[-1])
    else:
        assert starts == ends
        assert (zone, starts) in CHANGES


@pytest.mark.assures("TZ-02")
def test_a_refused_time_says_what_to_do() -> None:
    with pytest.raises(
        NoSuchTime, match=r"On 2026-03-29 the clocks skip 02:30\. Choose a time from 03:00 on\."
    ):
        wallclock.resolve(FORWARD, time(2, 30), BERLIN)
    with pytest.raises(
        AmbiguousTime, match=r"show 02:30 twice\. Say whether you mean the first or the second"
    ):
        wallclock.resolve(BACK, time(2, 30), BERLIN)


def test_changes_are_found_to_the_second() -> None:
    year = Span(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))

    assert wallclock.changes(*year, BERLIN) == [in_berlin(FORWARD, 3), in_berlin(BACK, 2, fold=1)]
    assert wallclock.changes(*year, KOLKATA) == []
    assert len(wallclock.changes(*DECADE, LORD_HOWE)) == 20


@given(instants)
def test_every_instant_lies_in_its_local_day(pick: tuple[ZoneInfo, datetime]) -> None:
    zone, instant = pick
    day = wallclock.local_day(instant, zone)

    assert wallclock.day_span(day, zone).contains(instant)
    assert wallclock.day_span(day, zone).end == wallclock.day_span(day + timedelta(days=1), zone).start


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (BERLIN, FORWARD, 23),
        (BERLIN, BACK, 25),
        (BERLIN, date(2026, 6, 1), 24),
        (LORD_HOWE, date(2026, 10, 4), 23.5),
        (LORD_HOWE, date(2026, 4, 5), 24.5),
        (ZoneInfo("Africa/Cairo"), date(2026, 4, 24), 23),  # its midnight is in the gap
        (ZoneInfo("America/Havana"), date(2026, 11, 1), 25),  # its midnight comes twice
    ],
)
def test_a_day_is_as_long_as_the_clocks_make_it(zone: ZoneInfo, day: date, hours: float) -> None:
    assert wallclock.day_span(day, zone).minutes == hours * 60


def test_a_date_that_a_zone_left_out_is_refused() -> None:
    with pytest.raises(NoSuchTime, match="Choose another date"):
        wallclock.day_span(date(2011, 12, 30), ZoneInfo("Pacific/Apia"))


def test_a_time_without_a_zone_has_no_local_day() -> None:
    with pytest.raises(ValueError, match="needs a zone"):
        wallclock.local_day(datetime(2026, 3, 2, 8), BERLIN)  # noqa: DTZ001


def test_opening_hours_of_an_ordinary_day_keep_wall_time_in_summer_and_winter() -> None:
    winter = wallclock.hours_span(date(2026, 1, 5), time(8), time(17), BERLIN)
    summer = wallclock.hours_span(date(2026, 7, 6), time(8), time(17), BERLIN)

    assert winter == Span(in_berlin(date(2026, 1, 5), 8), in_berlin(date(2026, 1, 5), 17))
    assert summer == Span(in_berlin(date(2026, 7, 6), 8), in_berlin(date(2026, 7, 6), 17))


def test_opening_hours_until_midnight_end_with_the_day() -> None:
    assert wallclock.hours_span(BACK, time(0), time(0), BERLIN) == wallclock.day_span(BACK, BERLIN)


def test_opening_hours_that_a_gap_swallows_are_none() -> None:
    assert wallclock.hours_span(FORWARD, time(2, 10), time(2, 50), BERLIN) is None


def test_opening_hours_that_close_before_they_open_are_refused() -> None:
    with pytest.raises(ValueError, match="close after they open"):
        wallclock.hours_span(FORWARD, time(12), time(9), BERLIN)


@pytest.mark.assures("TZ-01")
@given(pick=instants, days=st.integers(1, 7))
def test_a_lead_of_days_keeps_the_wall_clock_across_clock_changes(
    pick: tuple[ZoneInfo, datetime], days: int
) -> None:
    zone, start = pick
    local = start.astimezone(zone)
    day = local.date() - timedelta(days=days)

    due = wallclock.lead(start, days=days, zone=zone)

    expected = shown_at(day, local.time(), zone)
    assert due == (expected[0] if expected else wallclock.opening(day, local.time(), zone))


@pytest.mark.assures("TZ-01")
def test_the_day_before_at_nine_is_nine_on_the_clock_and_23_hours_elapsed_in_spring() -> None:
    start = in_berlin(FORWARD, 9)

    due = wallclock.lead(start, days=1, zone=BERLIN)

    assert due == in_berlin(date(2026, 3, 28), 9)
    assert start - due == timedelta(hours=23)


@pytest.mark.assures("TZ-01")
def test_a_lead_may_name_its_own_time_of_day() -> None:
    assert wallclock.lead(in_berlin(BACK, 9), days=2, at=time(18), zone=BERLIN) == in_berlin(
        date(2026, 10, 23), 18
    )


@pytest.mark.assures("TZ-01")
def test_a_lead_of_hours_is_elapsed_time() -> None:
    assert wallclock.lead(in_berlin(FORWARD, 4), hours=2, zone=BERLIN) == in_berlin(FORWARD, 1)


@pytest.mark.assures("TZ-01")
def test_a_lead_that_falls_in_a_gap_is_due_at_its_end() -> None:
    assert wallclock.lead(in_berlin(date(2026, 3, 30), 2, 30), days=1, zone=BERLIN) == in_berlin(FORWARD, 3)


@pytest.mark.parametrize(("days", "hours"), [(0, 0), (0, 24), (-1, 0), (1, 2), (0, -1)])
def test_a_lead_that_is_neither_days_nor_hours_is_refused(days: int, hours: int) -> None:
    with pytest.raises(ValueError, match="whole days"):
        Lead(days=days, hours=hours)


@given(pick=instants, quiet_from=times_of_day, quiet_to=times_of_day)
def test_quiet_hours_move_a_message_earlier_to_a_time_that_is_not_quiet(
    pick: tuple[ZoneInfo, datetime], quiet_from: time, quiet_to: time
) -> None:
    zone, due = pick

    moved = wallclock.quiet(due, quiet_from=quiet_from, quiet_to=quiet_to, zone=zone)

    assert due - timedelta(hours=26) < moved <= due
    at, asked = moved.astimezone(zone).time(), due.astimezone(zone).time()
    past_midnight = quiet_from > quiet_to
    was_quiet = (quiet_from <= asked or asked < quiet_to) if past_midnight else quiet_from <= asked < quiet_to
    is_quiet = (quiet_from <= at or at < quiet_to) if past_midnight else quiet_from <= at < quiet_to
    assert (moved == due) is not was_quiet
    assert not is_quiet


@pytest.mark.parametrize(
    ("due", "moved"),
    [
        (in_berlin(FORWARD, 19, 59), in_berlin(FORWARD, 19, 59)),
        (in_berlin(FORWARD, 20), in_berlin(FORWARD, 19, 59)),
        (in_berlin(FORWARD, 7, 59), in_berlin(date(2026, 3, 28), 19, 59)),
        (in_berlin(FORWARD, 8), in_berlin(FORWARD, 8)),
    ],
)
def test_quiet_hours_over_midnight_end_a_minute_before_they_begin(due: datetime, moved: datetime) -> None:
    assert wallclock.quiet(due, quiet_from=time(20), quiet_to=time(8), zone=BERLIN) == moved


START = in_berlin(date(2026, 3, 30), 9)
NIGHT = (time(20), time(8))


def reminder(
    before: Lead, *, booked_at: datetime, quiet_hours: tuple[time, time] | None = NIGHT
) -> datetime | None:
    return wallclock.reminder_due(
        START, before=before, booked_at=booked_at, quiet_hours=quiet_hours, zone=BERLIN
    )


LONG_AGO = in_berlin(date(2026, 3, 1), 9)


def test_a_reminder_is_due_at_its_lead() -> None:
    assert reminder(Lead(days=1), booked_at=LONG_AGO) == in_berlin(FORWARD, 9)


def test_a_reminder_in_quiet_hours_is_due_before_them() -> None:
    assert reminder(Lead(hours=2), booked_at=LONG_AGO) == in_berlin(FORWARD, 19, 59)
    assert reminder(Lead(hours=2), booked_at=LONG_AGO, quiet_hours=None) == in_berlin(date(2026, 3, 30), 7)


@pytest.mark.parametrize("booked_at", [in_berlin(FORWARD, 9), in_berlin(FORWARD, 12)])
def test_a_reminder_whose_lead_is_past_at_booking_is_dropped(booked_at: datetime) -> None:
    assert reminder(Lead(days=1), booked_at=booked_at) is None


@pytest.mark.parametrize("booked_at", [in_berlin(FORWARD, 19, 59), in_berlin(FORWARD, 22)])
def test_a_reminder_that_quiet_hours_move_before_the_booking_is_dropped(booked_at: datetime) -> None:
    assert reminder(Lead(hours=2), booked_at=booked_at) is None


def test_a_later_lead_stays_when_an_earlier_one_is_dropped() -> None:
    booked_at = in_berlin(FORWARD, 12)

    kept = [reminder(before, booked_at=booked_at) for before in (Lead(days=1), Lead(days=1, at=time(18)))]

    assert kept == [None, in_berlin(FORWARD, 18)]


def test_a_reminder_that_would_come_after_the_start_is_dropped() -> None:
    assert reminder(Lead(days=0, at=time(10)), booked_at=LONG_AGO) is None
