"""Which few free slots are said on the phone."""

from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple
from uuid import UUID

import pytest

from patients.rules.proposals import one_each_half_hour, propose

OWN, COLLEAGUE, THIRD = (UUID(int=n) for n in (1, 2, 3))
MONDAY = datetime(2026, 3, 16, 8, tzinfo=UTC)


class Slot(NamedTuple):
    """As much of a slot as the rule looks at."""

    practitioner_id: UUID
    start: datetime

    @property
    def end(self) -> datetime:
        """Every visit takes half an hour."""
        return self.start + timedelta(minutes=30)


def slot(who: UUID, day: int, hour: float = 0) -> Slot:
    return Slot(who, MONDAY + timedelta(days=day, hours=hour))


@pytest.mark.parametrize(
    ("free", "said"),
    [
        pytest.param([], [], id="nothing is free"),
        pytest.param([slot(OWN, 0)], [slot(OWN, 0)], id="one is free"),
        pytest.param(
            [slot(COLLEAGUE, 0), slot(COLLEAGUE, 0, 1), slot(OWN, 1), slot(OWN, 1, 1), slot(OWN, 2)],
            [slot(COLLEAGUE, 0), slot(COLLEAGUE, 0, 1), slot(OWN, 1), slot(OWN, 1, 1), slot(OWN, 2)],
            id="all, where they are five",
        ),
        pytest.param(
            [*(slot(COLLEAGUE, 0, hour) for hour in range(9)), *(slot(OWN, day) for day in range(1, 9))],
            [slot(COLLEAGUE, 0), *(slot(OWN, day) for day in range(1, 4)), slot(COLLEAGUE, 0, 4)],
            id="the soonest, own practitioner a day each, and one in the afternoon",
        ),
        pytest.param(
            [*(slot(OWN, 0, hour) for hour in range(9)), slot(COLLEAGUE, 1), slot(THIRD, 2)],
            [slot(OWN, 0), slot(OWN, 0, 1), slot(OWN, 0, 4), slot(COLLEAGUE, 1), slot(THIRD, 2)],
            id="one a person, one in the afternoon, and then the soonest",
        ),
    ],
)
def test_it_says_the_soonest_those_with_the_own_practitioner_and_one_a_person(
    free: list[Slot], said: list[Slot]
) -> None:
    assert propose(free, own=OWN, zone=UTC) == sorted(said, key=lambda each: each.start)


def test_no_slot_comes_twice_and_without_an_own_practitioner_each_person_is_said() -> None:
    free = [slot(who, 0, hour) for hour in range(3) for who in (OWN, COLLEAGUE, THIRD)]
    said = propose(free, own=None, zone=UTC)
    assert len(set(said)) == len(said) == 5
    assert {each.practitioner_id for each in said[:3]} == {OWN, COLLEAGUE, THIRD}
    assert propose(free, own=None, zone=UTC, most=2) == free[:2]


def test_one_persons_mornings_and_afternoons_are_said_and_not_every_ten_minutes() -> None:
    free = [slot(COLLEAGUE, day, tens / 6) for day in range(3) for tens in range(6 * 9)]
    said = [slot(COLLEAGUE, day, hour) for day, hour in ((0, 0), (0, 4), (1, 0), (1, 4), (2, 0))]
    assert propose(free, own=None, zone=UTC) == said


def test_noon_is_that_of_the_clinic() -> None:
    free = [slot(COLLEAGUE, 0, hour) for hour in range(9)]
    assert slot(COLLEAGUE, 0, 3) in propose(free, own=None, zone=timezone(timedelta(hours=1)), most=2)


def test_no_two_of_one_person_would_overlap() -> None:
    free = [slot(COLLEAGUE, 0, tens / 6) for tens in range(6)]
    assert propose(free, own=None, zone=UTC) == [slot(COLLEAGUE, 0), slot(COLLEAGUE, 0, 0.5)]


def test_one_time_stands_for_each_half_hour_of_the_clock() -> None:
    at = [slot(OWN, 0, minutes / 60) for minutes in (10, 20, 30, 40, 60)]
    assert one_each_half_hour(at, zone=UTC) == [at[0], at[2], at[4]]
    quarter_off = timezone(timedelta(hours=5, minutes=45))
    assert one_each_half_hour(at, zone=quarter_off) == [at[0], at[1], at[4]]
    assert one_each_half_hour([], zone=UTC) == []


def test_of_those_at_one_time_it_is_who_has_most_free_that_day() -> None:
    free = [
        slot(OWN, 0),
        slot(COLLEAGUE, 0),
        slot(COLLEAGUE, 0, 2),
        slot(OWN, 1),
        slot(OWN, 1, 2),
        slot(COLLEAGUE, 1),
    ]
    chosen = one_each_half_hour(sorted(free, key=lambda each: each.start), zone=UTC)
    assert chosen == [slot(COLLEAGUE, 0), slot(COLLEAGUE, 0, 2), slot(OWN, 1), slot(OWN, 1, 2)]
