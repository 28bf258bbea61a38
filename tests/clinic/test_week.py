"""A week as somebody types it."""

from datetime import time

import pytest

from clinic.rules import week
from clinic.rules.week import Stretch

EIGHT, NOON, ONE, FIVE = time(8), time(12), time(13), time(17)


@pytest.mark.parametrize(
    "text",
    [
        "8-12, 13-17",
        "08:00-12:00,13:00-17:00",
        "8:00 – 12:00 / 13 to 17",
        "13-17 8-12",
        "8.00-12.00; 13h00-17h00",
    ],
)
def test_it_reads_what_people_write(text: str) -> None:
    assert week.read(text) == ((EIGHT, NOON), (ONE, FIVE))


def test_it_reads_what_it_writes() -> None:
    assert week.write(week.read("8-12 13-17")) == "08:00-12:00, 13:00-17:00"
    assert week.read(week.write(())) == ()


@pytest.mark.parametrize("text", ["8", "off", "8-25", "8:75-9", "8-12 x 13-17", "-", "8-12,,13"])
def test_it_refuses_what_is_no_time(text: str) -> None:
    with pytest.raises(week.Unreadable) as refused:
        week.read(text)
    assert refused.value.code == "hours_unreadable"


@pytest.mark.parametrize("text", ["12-8", "8-8", "22-6"])
def test_it_refuses_an_end_that_is_not_later(text: str) -> None:
    with pytest.raises(week.Backward):
        week.read(text)


def test_it_refuses_two_that_overlap_and_takes_two_that_touch() -> None:
    with pytest.raises(week.Overlapping):
        week.read("8-12, 11-17")
    assert week.read("8-12, 12-17") == ((EIGHT, NOON), (NOON, FIVE))


def test_two_stretches_meet_on_the_same_day_only() -> None:
    one = Stretch(0, EIGHT, NOON)
    assert week.meet(one, Stretch(0, time(11), FIVE))
    assert week.meet(Stretch(0, time(9), time(10)), one)
    assert not week.meet(one, Stretch(0, NOON, FIVE))
    assert not week.meet(one, Stretch(1, EIGHT, NOON))


def test_odd_and_even_weeks_never_meet() -> None:
    odd, even = Stretch(0, EIGHT, NOON, "odd"), Stretch(0, EIGHT, NOON, "even")
    assert not week.meet(odd, even)
    assert week.meet(odd, Stretch(0, EIGHT, NOON))
    assert week.meet(odd, odd)


def test_it_compares_two_clocks() -> None:
    """Nine in Lisbon is ten in Berlin."""
    berlin, lisbon = Stretch(0, EIGHT, NOON), Stretch(0, time(11), FIVE)
    assert week.meet(berlin, lisbon)
    assert not week.meet(berlin, lisbon, shift_min=60)
    assert week.meet(Stretch(6, time(22), time(23, 59)), Stretch(0, time(0), time(1)), shift_min=-90)
