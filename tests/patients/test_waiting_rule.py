"""Which slots a wish means: its days and hours on the clock of the slot's clinic, also where the clocks change."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.rules.availability import Slot
from patients.rules.waiting import Terms, fits, offer_ends, quiet_until

BERLIN = ZoneInfo("Europe/Berlin")
MIRA, LEILA, RIVERSIDE, OLD_TOWN = (UUID(int=n) for n in range(1, 5))
WEDNESDAY = date(2026, 3, 18)
HALF_AN_HOUR = timedelta(minutes=30)
ANY = Terms(since=date(2026, 1, 1), until=date(2026, 12, 31))


def slot(hour: int, minute: int = 0, day: date = WEDNESDAY) -> Slot:
    """With Mira at Riverside, half an hour, at this time in Berlin."""
    start = datetime.combine(day, time(hour, minute), BERLIN).astimezone(UTC)
    return Slot(MIRA, RIVERSIDE, start, start + HALF_AN_HOUR)


def test_without_terms_any_slot_of_its_days_fits() -> None:
    assert fits(ANY, slot(7), BERLIN)
    assert fits(replace(ANY, since=WEDNESDAY, until=WEDNESDAY), slot(23, 30), BERLIN)


def test_days_outside_do_not() -> None:
    assert not fits(replace(ANY, since=date(2026, 3, 19)), slot(10), BERLIN)
    assert not fits(replace(ANY, until=date(2026, 3, 17)), slot(10), BERLIN)


def test_the_day_is_that_of_the_clinic_not_of_greenwich() -> None:
    late = slot(0, 15)  # Tuesday still in UTC
    assert late.start.date() == date(2026, 3, 17)
    assert fits(replace(ANY, weekdays=0b0000100), late, BERLIN)
    assert not fits(replace(ANY, weekdays=0b0000010), late, BERLIN)


def test_a_named_practitioner_or_clinic_must_be_that_one() -> None:
    assert fits(replace(ANY, practitioner=MIRA, clinics=frozenset({OLD_TOWN, RIVERSIDE})), slot(10), BERLIN)
    assert not fits(replace(ANY, practitioner=LEILA), slot(10), BERLIN)
    assert not fits(replace(ANY, clinics=frozenset({OLD_TOWN})), slot(10), BERLIN)


@pytest.mark.parametrize(
    ("at", "fit"),
    [((13, 59), False), ((14, 0), True), ((17, 30), True), ((17, 31), False), ((18, 0), False)],
)
def test_the_whole_visit_lies_within_the_hours(at: tuple[int, int], fit: bool) -> None:
    wanted = replace(ANY, earliest=time(14), latest=time(18))
    assert fits(wanted, slot(*at), BERLIN) is fit


def test_a_visit_that_passes_midnight_is_not_over_in_time() -> None:
    assert not fits(replace(ANY, latest=time(23, 50)), slot(23, 45), BERLIN)


def test_where_the_clocks_go_back_both_showings_of_an_hour_count() -> None:
    wanted = replace(ANY, earliest=time(2), latest=time(3))
    first = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)  # 2:00 summer time; an hour later it is 2:00 again
    for start in (first, first + timedelta(hours=1)):
        assert fits(wanted, Slot(MIRA, RIVERSIDE, start, start + HALF_AN_HOUR), BERLIN)
    past = first + timedelta(hours=2)
    assert not fits(wanted, Slot(MIRA, RIVERSIDE, past, past + HALF_AN_HOUR), BERLIN)


DAYS = st.sampled_from(
    [date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 24), date(2026, 10, 25), WEDNESDAY]
)
HOURS = st.none() | st.times().map(lambda at: at.replace(second=0, microsecond=0))


def _minutes(one: Slot) -> list[datetime]:
    """Each minute of the visit, as the clinic's clock shows it."""
    count = (one.end - one.start) // timedelta(minutes=1)
    return [(one.start + timedelta(minutes=n)).astimezone(BERLIN) for n in range(count)]


@given(
    day=DAYS,
    minute=st.integers(0, 26 * 60),
    length=st.integers(5, 120),
    earliest=HOURS,
    latest=HOURS,
    weekdays=st.integers(1, 127),
)
def test_it_agrees_with_a_look_at_the_clock_every_minute(
    day: date, minute: int, length: int, earliest: time | None, latest: time | None, weekdays: int
) -> None:
    """The look is stricter only where an hour is shown twice: the rule takes both showings, as opening hours do."""
    start = datetime.combine(day, time(), BERLIN).astimezone(UTC) + timedelta(minutes=minute)
    one = Slot(MIRA, RIVERSIDE, start, start + timedelta(minutes=length))
    shown = _minutes(one)
    begins = shown[0].date()
    wanted = Terms(
        since=day, until=day + timedelta(days=1), weekdays=weekdays, earliest=earliest, latest=latest
    )
    seen = (
        wanted.since <= begins <= wanted.until
        and bool(weekdays & 1 << begins.weekday())
        and all(earliest is None or at.date() > begins or at.time() >= earliest for at in shown)
        and all(latest is None or (at.date() == begins and at.time() < latest) for at in shown)
    )
    falls_back = any(at.utcoffset() != shown[0].utcoffset() or at.fold for at in shown) and day.month == 10
    assert fits(wanted, one, BERLIN) == seen or (falls_back and fits(wanted, one, BERLIN))


NOW = datetime(2026, 3, 17, 8, 0, tzinfo=UTC)
TWO_HOURS = timedelta(hours=2)


def test_an_offer_is_held_as_long_as_the_clinic_says() -> None:
    assert offer_ends(NOW, NOW + timedelta(days=1), TWO_HOURS) == NOW + TWO_HOURS


def test_it_runs_out_half_an_hour_before_the_visit() -> None:
    assert offer_ends(NOW, NOW + TWO_HOURS, TWO_HOURS) == NOW + timedelta(minutes=90)


def test_with_less_than_ten_minutes_to_answer_there_is_no_offer() -> None:
    assert offer_ends(NOW, NOW + timedelta(minutes=40), TWO_HOURS) == NOW + timedelta(minutes=10)
    assert offer_ends(NOW, NOW + timedelta(minutes=39), TWO_HOURS) is None
    assert offer_ends(NOW, NOW - timedelta(minutes=1), TWO_HOURS) is None


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-03-17T19:59+01:00", None),
        ("2026-03-17T20:00+01:00", "2026-03-18T08:00+01:00"),
        ("2026-03-18T03:00+01:00", "2026-03-18T08:00+01:00"),
        ("2026-03-18T08:00+01:00", None),
        ("2026-03-28T23:00+01:00", "2026-03-29T08:00+02:00"),
    ],
)
def test_quiet_hours_pass_midnight_and_end_on_the_wall_clock(now: str, until: str | None) -> None:
    found = quiet_until(datetime.fromisoformat(now), time(20), time(8), BERLIN)
    assert found == (datetime.fromisoformat(until) if until else None)


def test_quiet_hours_within_a_day_and_none_at_all() -> None:
    noon = datetime(2026, 3, 17, 12, 30, tzinfo=BERLIN)
    assert quiet_until(noon, time(12), time(14), BERLIN) == datetime(2026, 3, 17, 14, tzinfo=BERLIN)
    assert quiet_until(noon, time(13), time(14), BERLIN) is None
    assert quiet_until(noon, time(20), time(20), BERLIN) is None
