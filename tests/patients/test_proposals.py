"""Which few free slots are said on the phone."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import pytest

from patients.rules.proposals import propose

OWN, COLLEAGUE, THIRD = (UUID(int=n) for n in (1, 2, 3))
MONDAY = datetime(2026, 3, 16, 8, tzinfo=UTC)


class Slot(NamedTuple):
    """As much of a slot as the rule looks at."""

    practitioner_id: UUID
    start: datetime


def slot(who: UUID, day: int, hour: int = 0) -> Slot:
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
            [slot(COLLEAGUE, 0), *(slot(OWN, day) for day in range(1, 4)), slot(COLLEAGUE, 0, 1)],
            id="the soonest, own practitioner a day each, and one more",
        ),
        pytest.param(
            [*(slot(OWN, 0, hour) for hour in range(9)), slot(COLLEAGUE, 1), slot(THIRD, 2)],
            [slot(OWN, 0), slot(OWN, 0, 1), slot(OWN, 0, 2), slot(COLLEAGUE, 1), slot(THIRD, 2)],
            id="one a person, and then the soonest",
        ),
    ],
)
def test_it_says_the_soonest_those_with_the_own_practitioner_and_one_a_person(
    free: list[Slot], said: list[Slot]
) -> None:
    assert propose(free, own=OWN) == sorted(said, key=lambda each: each.start)


def test_no_slot_comes_twice_and_without_an_own_practitioner_each_person_is_said() -> None:
    free = [slot(who, 0, hour) for hour in range(3) for who in (OWN, COLLEAGUE, THIRD)]
    said = propose(free, own=None)
    assert len(set(said)) == len(said) == 5
    assert {each.practitioner_id for each in said[:3]} == {OWN, COLLEAGUE, THIRD}
    assert propose(free, own=None, most=2) == free[:2]
