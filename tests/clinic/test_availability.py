"""Which starts are free for several people and places at once. (The rows behind it: test_searching.)"""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from clinic.rules.availability import Diary, Place, Seat
from clinic.rules.hours import Weekly
from clinic.rules.intervals import Span
from clinic.rules.slots import Shape

MIRA, RIVERSIDE, ROOM, BLOCK = (UUID(int=n) for n in range(1, 5))
PAIR = MIRA, RIVERSIDE
DAY = date(2026, 3, 18)
HOUR = timedelta(hours=1)


def at(hour: int, minute: int = 0) -> datetime:
    """That time on Wednesday; the clinic keeps UTC, so that the numbers stay plain."""
    return datetime.combine(DAY, time(hour, minute), UTC)


PLACE = Place(
    id=RIVERSIDE,
    zone=ZoneInfo("UTC"),
    shape=Shape(duration=HOUR, step=HOUR),
    opening=[Weekly(2, time(8), time(12))],
    holidays_of=None,
    rooms=[ROOM],
)
DIARY = Diary(
    since=at(0), horizon_days=30, places={RIVERSIDE: PLACE}, work={PAIR: [Weekly(2, time(9), time(18))]}
)


@pytest.mark.assures("BO-01", "BO-08")
@pytest.mark.parametrize(
    ("diary", "hours"),
    [
        pytest.param(DIARY, [9, 10, 11], id="work within opening hours"),
        pytest.param(replace(DIARY, work={}), [], id="nobody works"),
        pytest.param(replace(DIARY, since=at(10)), [10, 11], id="not before now"),
        pytest.param(replace(DIARY, since=at(0) - timedelta(days=31)), [], id="not past the horizon"),
        pytest.param(replace(DIARY, extra={PAIR: [(at(14), at(15))]}), [9, 10, 11, 14], id="extra hours"),
        pytest.param(replace(DIARY, away={MIRA: [(at(9), at(11))]}), [11], id="leave"),
        pytest.param(
            replace(DIARY, extra={PAIR: [(at(14), at(15))]}, away={RIVERSIDE: [(at(11), at(16))]}),
            [9, 10],
            id="a closure wins over extra hours",
        ),
        pytest.param(replace(DIARY, busy={MIRA: [(at(10), at(11))]}), [9, 11], id="a booking"),
        pytest.param(replace(DIARY, busy={ROOM: [(at(9), at(10))]}), [10, 11], id="no room"),
        pytest.param(replace(DIARY, own=[(at(9, 30), at(10))]), [10, 11], id="the patient is elsewhere"),
        pytest.param(
            replace(DIARY, busy={MIRA: [(at(10), at(11))]}, seats={PAIR: [Seat(BLOCK, at(10), at(11))]}),
            [9, 10, 11],
            id="a seat in a class that stands",
        ),
        pytest.param(
            replace(DIARY, places={RIVERSIDE: replace(PLACE, holidays_of=("DE", "BE"))}),
            [9, 10, 11],
            id="no holiday",
        ),
    ],
)
def test_a_start_is_free_where_somebody_works_and_nothing_is_in_the_way(
    diary: Diary, hours: list[int]
) -> None:
    assert [slot.start for slot in diary.free(DAY, DAY)] == [at(hour) for hour in hours]
    first = diary.first_free(DAY, DAY)
    assert (first.start if first else None) == (at(hours[0]) if hours else None)


def test_a_public_holiday_closes_who_keeps_it() -> None:
    labour_day = date(2026, 5, 1)
    works_on_fridays = replace(
        DIARY, since=datetime(2026, 4, 20, tzinfo=UTC), work={PAIR: [Weekly(4, time(9), time(10))]}
    )
    place = replace(PLACE, opening=[Weekly(4, time(8), time(12))])
    keeps = replace(place, holidays_of=("DE", "BE"))
    assert replace(works_on_fridays, places={RIVERSIDE: place}).free(labour_day, labour_day)
    assert not replace(works_on_fridays, places={RIVERSIDE: keeps}).free(labour_day, labour_day)


def test_a_room_is_free_only_for_the_whole_block() -> None:
    diary = replace(DIARY, busy={ROOM: [(at(9), at(10))]})
    assert diary.free_rooms(RIVERSIDE, Span(at(10), at(11))) == [ROOM]
    assert diary.free_rooms(RIVERSIDE, Span(at(9, 50), at(11))) == []


def test_a_seat_is_found_by_its_start_alone() -> None:
    seat = Seat(BLOCK, at(10), at(11))
    diary = replace(DIARY, seats={PAIR: [seat]})
    assert diary.seat_at(PAIR, at(10)) == seat
    assert diary.seat_at(PAIR, at(9)) is None


def test_the_window_of_a_past_day_is_empty() -> None:
    assert PLACE.window(DAY, DAY, at(9)) == Span(at(9), at(0) + timedelta(days=1))
    assert PLACE.window(DAY, DAY, at(0) + timedelta(days=1)) is None
