"""How much of a day may wait for people who have not confirmed yet."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from patients.rules import shares

NINE = datetime(2026, 3, 18, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Slot:
    """A free slot of an hour, so many minutes after nine."""

    practitioner_id: UUID
    minutes: int

    @property
    def start(self) -> datetime:
        """When it begins."""
        return NINE + timedelta(minutes=self.minutes)

    @property
    def end(self) -> datetime:
        """An hour later."""
        return self.start + timedelta(hours=1)


MIRA, LEILA = UUID(int=1), UUID(int=2)


def test_slots_that_overlap_for_one_person_count_once() -> None:
    slots = [Slot(MIRA, 0), Slot(LEILA, 0), Slot(MIRA, 10), Slot(MIRA, 60), Slot(LEILA, 70), Slot(MIRA, 110)]
    assert shares.side_by_side(slots) == 4
    assert shares.side_by_side([]) == 0


@pytest.mark.parametrize(
    ("share", "open_slots", "most"),
    [(30, 10, 3), (30, 11, 4), (1, 1, 1), (0, 40, 0), (100, 7, 7), (50, 0, 0)],
)
def test_the_share_is_rounded_up_and_nothing_stays_nothing(share: int, open_slots: int, most: int) -> None:
    assert shares.most_held(share=share, open_slots=open_slots) == most
