"""The life of a consultation: what may follow, what occupies time, and what only a person decides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from patients.rules.lifecycle import Status, late_cancel, may_undo, unresolved

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 3, 30, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

HELD, BOOKED, CONFIRMED, ARRIVED = Status.HELD, Status.BOOKED, Status.CONFIRMED, Status.ARRIVED
IN_PROGRESS, COMPLETED, CANCELLED, NO_SHOW = (
    Status.IN_PROGRESS,
    Status.COMPLETED,
    Status.CANCELLED,
    Status.NO_SHOW,
)


@pytest.mark.parametrize(
    ("status", "following"),
    [
        (HELD, {BOOKED, CANCELLED}),
        (BOOKED, {CONFIRMED, ARRIVED, IN_PROGRESS, COMPLETED, CANCELLED, NO_SHOW}),
        (CONFIRMED, {ARRIVED, IN_PROGRESS, COMPLETED, CANCELLED, NO_SHOW}),
        (ARRIVED, {IN_PROGRESS, COMPLETED, CANCELLED}),
        (IN_PROGRESS, {COMPLETED}),
        (COMPLETED, set()),
        (CANCELLED, set()),
        (NO_SHOW, set()),
    ],
)
def test_a_status_knows_what_may_follow_it(status: Status, following: set[Status]) -> None:
    assert status.may_follow() == following


def test_every_status_is_reached_from_a_hold() -> None:
    reached, news = {HELD}, {HELD}
    while news:
        news = {after for status in news for after in status.may_follow()} - reached
        reached |= news

    assert reached == set(Status)


def test_no_path_leads_back_to_where_it_was() -> None:
    order = [HELD, BOOKED, CONFIRMED, ARRIVED, IN_PROGRESS, COMPLETED]

    for i, status in enumerate(order):
        assert status.may_follow().isdisjoint(order[: i + 1])


def test_completed_cancelled_and_no_show_are_final() -> None:
    assert {status for status in Status if status.is_final} == {COMPLETED, CANCELLED, NO_SHOW}


def test_all_but_cancelled_and_no_show_occupy_time() -> None:
    assert Status.active() == {HELD, BOOKED, CONFIRMED, ARRIVED, IN_PROGRESS, COMPLETED}


def test_a_status_is_stored_as_the_word_that_the_api_speaks() -> None:
    assert Status("no_show") is NO_SHOW
    assert f"{IN_PROGRESS}" == "in_progress"


@pytest.mark.parametrize("status", [BOOKED, CONFIRMED, ARRIVED, IN_PROGRESS])
def test_a_past_visit_that_nobody_closed_is_unresolved(status: Status) -> None:
    assert unresolved(status, NOON, NOON)
    assert not unresolved(status, NOON, NOON - MINUTE)


@pytest.mark.parametrize("status", [HELD, COMPLETED, CANCELLED, NO_SHOW])
def test_a_hold_and_a_closed_visit_are_never_unresolved(status: Status) -> None:
    assert not unresolved(status, NOON, NOON + timedelta(days=30))


@pytest.mark.parametrize(
    ("ahead", "is_late"),
    [
        (timedelta(hours=25), False),
        (timedelta(hours=24), False),
        (timedelta(hours=24) - MINUTE, True),
        (timedelta(), True),
        (-MINUTE, True),
    ],
)
def test_a_cancellation_is_late_inside_the_notice(ahead: timedelta, is_late: bool) -> None:
    assert late_cancel(NOON + ahead, NOON, timedelta(hours=24)) is is_late


def test_a_clinic_without_notice_calls_only_a_started_visit_late() -> None:
    assert not late_cancel(NOON, NOON, timedelta())
    assert late_cancel(NOON, NOON + MINUTE, timedelta())


@pytest.mark.assures("TZ-01")
def test_notice_is_elapsed_time_over_a_clock_change() -> None:
    """From Saturday nine to Sunday nine o'clock in Berlin only 23 hours pass when clocks go forward."""
    saturday, sunday = (datetime(2026, 3, day, 9, tzinfo=BERLIN) for day in (28, 29))

    assert late_cancel(sunday, saturday, timedelta(hours=24))
    assert not late_cancel(sunday, saturday, timedelta(hours=23))


@pytest.mark.parametrize(
    ("ago", "is_undoable"),
    [
        (timedelta(), True),
        (timedelta(hours=24), True),
        (timedelta(hours=24, minutes=1), False),
        (-MINUTE, False),
    ],
)
def test_an_act_can_be_taken_back_for_a_day(ago: timedelta, is_undoable: bool) -> None:
    assert may_undo(NOON - ago, NOON) is is_undoable


def test_times_without_a_zone_are_refused() -> None:
    naive = datetime(2026, 3, 30, 12)  # noqa: DTZ001

    with pytest.raises(ValueError, match="needs a zone"):
        unresolved(BOOKED, naive, NOON)
    with pytest.raises(ValueError, match="needs a zone"):
        late_cancel(naive, NOON, MINUTE)
