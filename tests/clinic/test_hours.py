"""Weekly hours on real days, and public holidays."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from clinic.rules.hours import Weekly, days, public_holidays, spans

BERLIN = ZoneInfo("Europe/Berlin")
WEDNESDAY = date(2026, 3, 18)
"""In ISO week 12, an even one."""
EIGHT_TO_NOON = time(8), time(12)


@pytest.mark.parametrize(
    ("rule", "day", "holds"),
    [
        (Weekly(2, *EIGHT_TO_NOON), WEDNESDAY, True),
        (Weekly(3, *EIGHT_TO_NOON), WEDNESDAY, False),
        (Weekly(2, *EIGHT_TO_NOON, "even"), WEDNESDAY, True),
        (Weekly(2, *EIGHT_TO_NOON, "odd"), WEDNESDAY, False),
        (Weekly(2, *EIGHT_TO_NOON, "odd"), date(2026, 3, 25), True),
        (Weekly(3, *EIGHT_TO_NOON, "odd"), date(2026, 12, 31), True),
        (Weekly(3, *EIGHT_TO_NOON, "odd"), date(2027, 1, 7), True),
        (Weekly(2, *EIGHT_TO_NOON, valid_from=WEDNESDAY), WEDNESDAY, True),
        (Weekly(2, *EIGHT_TO_NOON, valid_from=date(2026, 3, 19)), WEDNESDAY, False),
        (Weekly(2, *EIGHT_TO_NOON, valid_until=WEDNESDAY), WEDNESDAY, True),
        (Weekly(2, *EIGHT_TO_NOON, valid_until=date(2026, 3, 17)), WEDNESDAY, False),
    ],
)
def test_a_rule_holds_on_its_weekday_in_its_weeks_between_its_dates(
    rule: Weekly, day: date, holds: bool
) -> None:
    assert rule.holds_on(day) is holds


def test_days_include_both_ends_and_are_none_backwards() -> None:
    assert days(WEDNESDAY, date(2026, 3, 20)) == [WEDNESDAY, date(2026, 3, 19), date(2026, 3, 20)]
    assert days(WEDNESDAY, WEDNESDAY) == [WEDNESDAY]
    assert days(WEDNESDAY, date(2026, 3, 17)) == []


@pytest.mark.assures("TZ-01")
@pytest.mark.parametrize(
    ("day", "opens", "closes", "hours"),
    [
        pytest.param(WEDNESDAY, time(0), time(6), 6, id="an ordinary day"),
        pytest.param(date(2026, 3, 29), time(0), time(6), 5, id="the night that loses an hour"),
        pytest.param(date(2026, 10, 25), time(0), time(6), 7, id="the night that has one twice"),
    ],
)
def test_hours_are_wall_clock_also_where_the_clocks_change(
    day: date, opens: time, closes: time, hours: int
) -> None:
    [(start, end)] = spans([Weekly(day.weekday(), opens, closes)], [day], BERLIN)
    assert (end - start).total_seconds() == hours * 3600


def test_spans_come_in_the_order_of_the_days_in_utc() -> None:
    rules = [Weekly(3, *EIGHT_TO_NOON), Weekly(2, *EIGHT_TO_NOON)]
    assert spans(rules, days(WEDNESDAY, date(2026, 3, 20)), BERLIN) == [
        (datetime(2026, 3, day, 7, tzinfo=UTC), datetime(2026, 3, day, 11, tzinfo=UTC)) for day in (18, 19)
    ]


def test_holidays_are_those_of_the_region_and_an_unknown_country_has_none() -> None:
    womens_day, unity_day = date(2026, 3, 8), date(2026, 10, 3)
    assert {womens_day, unity_day} <= public_holidays("DE", "BE", 2026)
    assert womens_day not in public_holidays("DE", "BY", 2026)
    assert unity_day in public_holidays("DE", "Nowhere", 2026), "an unknown region keeps those of the country"
    assert public_holidays("XX", "", 2026) == frozenset()
