"""Which starts are free: hours, exceptions, holidays, buffers, rooms, classes, and what it costs to ask."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.actions import searching
from clinic.actions.searching import SlotQuery
from clinic.models import (
    Block,
    Clinic,
    ConsultationType,
    ExceptionKind,
    HoursException,
    OpeningHours,
    Practitioner,
    Room,
    TypeKind,
    WeeklyHours,
    Weeks,
)
from tests import factories

WEDNESDAY = date(2026, 3, 18)
SUNDAY_OF_THE_CHANGE = date(2026, 3, 29)


def at(hour: int, minute: int = 0, day: date = WEDNESDAY, winter: int = 1) -> datetime:
    """That time in Berlin (an hour ahead of UTC in winter) as an instant."""
    return datetime.combine(day, time(hour, minute), UTC) - timedelta(hours=winter)


def starts(
    kind: ConsultationType, now: datetime, *, who: Practitioner | None = None, day: date = WEDNESDAY
) -> list[datetime]:
    """The free starts of a day."""
    query = SlotQuery(type=kind, first=day, last=day, practitioner=who)
    return [slot.start for slot in searching.free_starts(query=query, now=now)]


def block(
    who: Practitioner, kind: ConsultationType, clinic: Clinic, start: datetime, **more: object
) -> Block:
    """A block of an hour."""
    fields = {"end": start + timedelta(hours=1), "taken": 1, **more}
    return Block.objects.create(practitioner=who, type=kind, clinic=clinic, start=start, **fields)


def test_it_offers_the_working_day_on_the_clinics_grid(
    follow_up: ConsultationType, mira: Practitioner, now: datetime
) -> None:
    found = starts(follow_up, now, who=mira)
    assert found[0] == at(8)
    assert found[1] == at(8, 10)
    assert found[-1] == at(16, 30)


def test_a_slot_says_who_where_and_how_long_without_buffers(
    follow_up: ConsultationType, mira: Practitioner, riverside: Clinic, now: datetime
) -> None:
    query = SlotQuery(type=follow_up, first=WEDNESDAY, last=WEDNESDAY, practitioner=mira)
    slot = searching.free_starts(query=query, now=now)[0]
    assert slot == (mira.pk, riverside.pk, at(8), at(8, 30))


def test_it_offers_nothing_before_now(follow_up: ConsultationType, mira: Practitioner, now: datetime) -> None:
    found = starts(follow_up, now + timedelta(minutes=1), who=mira, day=factories.TUESDAY)
    assert found[0] == now + timedelta(minutes=10)


def test_it_offers_nothing_past_the_horizon(
    follow_up: ConsultationType, mira: Practitioner, now: datetime
) -> None:
    follow_up.horizon_days = 1
    assert starts(follow_up, now, who=mira)
    assert not starts(follow_up, now, who=mira, day=WEDNESDAY + timedelta(days=1))


def test_work_counts_only_while_the_clinic_is_open(
    follow_up: ConsultationType, mira: Practitioner, riverside: Clinic, now: datetime
) -> None:
    OpeningHours.objects.filter(clinic=riverside, weekday=WEDNESDAY.weekday()).update(
        opens=time(10), closes=time(12)
    )
    found = starts(follow_up, now, who=mira)
    assert (found[0], found[-1]) == (at(10), at(11, 30))


@pytest.mark.parametrize(
    ("kind", "first"),
    [(ExceptionKind.LEAVE, (12, 0)), (ExceptionKind.SICK, (12, 0)), (ExceptionKind.EXTRA, (7, 0))],
)
def test_leave_and_sickness_close_and_extra_hours_open(
    follow_up: ConsultationType,
    mira: Practitioner,
    riverside: Clinic,
    now: datetime,
    kind: ExceptionKind,
    first: tuple[int, int],
) -> None:
    HoursException.objects.create(
        kind=kind,
        practitioner=mira,
        clinic=riverside if kind == ExceptionKind.EXTRA else None,
        start=at(7),
        end=at(12),
    )
    assert starts(follow_up, now, who=mira)[0] == at(*first)


def test_a_closure_closes_even_extra_hours(
    follow_up: ConsultationType, mira: Practitioner, riverside: Clinic, now: datetime
) -> None:
    HoursException.objects.create(
        kind=ExceptionKind.EXTRA, practitioner=mira, clinic=riverside, start=at(18), end=at(20)
    )
    HoursException.objects.create(kind=ExceptionKind.CLOSURE, clinic=riverside, start=at(0), end=at(23))
    assert not starts(follow_up, now, who=mira)


def test_a_public_holiday_closes_a_clinic_that_keeps_it(
    follow_up: ConsultationType, mira: Practitioner, riverside: Clinic, now: datetime
) -> None:
    good_friday = date(2026, 4, 3)
    assert starts(follow_up, now, who=mira, day=good_friday)
    Clinic.objects.filter(pk=riverside.pk).update(keeps_public_holidays=True)
    assert not starts(follow_up, now, who=mira, day=good_friday)


def test_a_holiday_of_one_region_closes_only_there(
    follow_up: ConsultationType, mira: Practitioner, riverside: Clinic
) -> None:
    womens_day = date(2027, 3, 8)
    shortly_before = datetime(2027, 3, 1, tzinfo=UTC)
    Clinic.objects.filter(pk=riverside.pk).update(keeps_public_holidays=True, region="BY")
    assert starts(follow_up, shortly_before, who=mira, day=womens_day)
    Clinic.objects.filter(pk=riverside.pk).update(region="BE")
    assert not starts(follow_up, shortly_before, who=mira, day=womens_day)


def test_alternate_weeks_and_dates_limit_weekly_hours(
    follow_up: ConsultationType, mira: Practitioner, now: datetime
) -> None:
    rules = WeeklyHours.objects.filter(practitioner=mira)
    rules.update(weeks=Weeks.EVEN)
    assert starts(follow_up, now, who=mira), "18 March 2026 lies in ISO week 12"
    rules.update(weeks=Weeks.ODD)
    assert not starts(follow_up, now, who=mira)
    rules.update(weeks=Weeks.EVERY, valid_until=WEDNESDAY - timedelta(days=1))
    assert not starts(follow_up, now, who=mira)
    rules.update(valid_until=None, valid_from=WEDNESDAY)
    assert starts(follow_up, now, who=mira)
    assert not starts(follow_up, now, who=mira, day=factories.TUESDAY)


@pytest.mark.assures("BO-01")
def test_buffers_keep_their_distance_on_both_sides(
    follow_up: ConsultationType, mira: Practitioner, riverside: Clinic, now: datetime
) -> None:
    block(mira, follow_up, riverside, at(10))
    found = starts(follow_up, now, who=mira)
    assert at(9, 20) in found, "30 minutes and 10 after it end at 10"
    assert at(9, 30) not in found
    assert at(10, 50) not in found
    assert at(11) in found


def test_an_overlap_counts_as_busy_and_a_freed_block_or_an_old_hold_does_not(
    follow_up: ConsultationType, mira: Practitioner, riverside: Clinic, now: datetime
) -> None:
    block(mira, follow_up, riverside, at(10), lane=1, overlap_reason="twins")
    block(mira, follow_up, riverside, at(12), active=False)
    block(mira, follow_up, riverside, at(14), held_until=now)
    block(mira, follow_up, riverside, at(15), held_until=now + timedelta(minutes=1))
    found = set(starts(follow_up, now, who=mira))
    assert not {at(10), at(15)} & found
    assert {at(12), at(14)} <= found


@pytest.mark.assures("BO-01")
def test_it_needs_one_free_room_of_the_type(
    follow_up: ConsultationType, mira: Practitioner, leila: Practitioner, riverside: Clinic, now: datetime
) -> None:
    room, second_room = follow_up.rooms.order_by("name")
    block(leila, follow_up, riverside, at(10), room=room)
    assert at(10) in starts(follow_up, now, who=mira)
    block(leila, follow_up, riverside, at(10), room=second_room, lane=1, overlap_reason="both rooms")
    assert at(10) not in starts(follow_up, now, who=mira)
    follow_up.kind = TypeKind.TELEHEALTH
    assert at(10) in starts(follow_up, now, who=mira)


def test_the_patients_own_time_is_left_out_without_buffers(
    follow_up: ConsultationType, mira: Practitioner, now: datetime
) -> None:
    query = SlotQuery(type=follow_up, first=WEDNESDAY, last=WEDNESDAY, practitioner=mira)
    own = [(at(10), at(10, 30))]
    found = {slot.start for slot in searching.free_starts(query=query, now=now, also_busy=own)}
    assert {at(9, 30), at(10, 30)} <= found
    assert at(10, 20) not in found


@pytest.mark.assures("BO-03")
def test_a_class_with_a_free_seat_is_a_slot_and_a_full_one_is_not(
    back_class: ConsultationType, mira: Practitioner, riverside: Clinic, room: Room, now: datetime
) -> None:
    standing = block(mira, back_class, riverside, at(10), room=room, capacity=8, taken=7, end=at(11, 10))
    assert at(10) in starts(back_class, now)
    assert at(10, 10) not in starts(back_class, now)
    Block.objects.filter(pk=standing.pk).update(taken=8)
    assert at(10) not in starts(back_class, now)


@pytest.mark.assures("TZ-01")
def test_the_day_on_which_clocks_change_keeps_its_wall_times(
    follow_up: ConsultationType, mira: Practitioner, riverside: Clinic, now: datetime
) -> None:
    OpeningHours.objects.create(clinic=riverside, weekday=6, opens=time(1), closes=time(12))
    WeeklyHours.objects.create(
        practitioner=mira,
        clinic=riverside,
        weekday=6,
        starts=time(1, 30),
        ends=time(9),
        valid_from=date(2026, 1, 1),
    )
    found = starts(follow_up, now, who=mira, day=SUNDAY_OF_THE_CHANGE)
    assert found[0] == at(1, 30, SUNDAY_OF_THE_CHANGE)
    assert found[-1] == at(8, 30, SUNDAY_OF_THE_CHANGE, winter=2)


def test_first_free_is_the_first_of_all(
    follow_up: ConsultationType, riverside: Clinic, now: datetime
) -> None:
    HoursException.objects.create(
        kind=ExceptionKind.CLOSURE, clinic=riverside, start=now, end=now + timedelta(days=9)
    )
    query = SlotQuery(type=follow_up, first=factories.TUESDAY, last=factories.TUESDAY + timedelta(days=30))
    assert (
        searching.search(query=query, now=now).first_free() == searching.free_starts(query=query, now=now)[0]
    )
    nothing = SlotQuery(type=follow_up, first=factories.TUESDAY, last=WEDNESDAY)
    assert searching.search(query=nothing, now=now).first_free() is None


def test_it_refuses_a_range_of_a_year_and_one_that_ends_before_it_begins(
    follow_up: ConsultationType, now: datetime
) -> None:
    year = SlotQuery(type=follow_up, first=WEDNESDAY, last=WEDNESDAY + timedelta(days=365))
    with pytest.raises(searching.RangeTooLong, match="31 days"):
        searching.free_starts(query=year, now=now)
    backwards = SlotQuery(type=follow_up, first=WEDNESDAY, last=factories.TUESDAY)
    with pytest.raises(searching.RangeReversed, match="Swap"):
        searching.search(query=backwards, now=now)


def test_it_leaves_out_the_archived_and_who_does_not_serve_the_type(
    follow_up: ConsultationType, mira: Practitioner, leila: Practitioner, jonas: Practitioner, now: datetime
) -> None:
    def found() -> set[object]:
        query = SlotQuery(type=follow_up, first=WEDNESDAY, last=WEDNESDAY)
        return {slot.practitioner_id for slot in searching.free_starts(query=query, now=now)}

    assert found() == {mira.pk, leila.pk}
    Practitioner.objects.filter(pk=leila.pk).update(archived_at=now)
    assert found() == {mira.pk}
    Clinic.objects.update(archived_at=now)
    assert found() == set()


def test_one_or_eight_practitioners_and_one_or_fourteen_days_cost_the_same_three_queries(
    follow_up: ConsultationType, riverside: Clinic, old_town: Clinic, now: datetime
) -> None:
    def cost(days: int) -> int:
        query = SlotQuery(type=follow_up, first=WEDNESDAY, last=WEDNESDAY + timedelta(days=days - 1))
        with CaptureQueriesContext(connection) as queries:
            assert searching.free_starts(query=query, now=now)
        return len(queries)

    few = cost(1)
    for n, where in enumerate([riverside, old_town] * 3):
        follow_up.rooms.add(factories.RoomFactory.create(clinic=where))
        follow_up.practitioners.add(factories.PractitionerFactory.create(name=f"Colleague {n}", at=[where]))
    assert few == cost(1) == cost(14) == 3


@pytest.mark.parametrize("days", [0, 1, 2, 3, 8, 15, 29])
def test_the_first_of_all_is_found_however_far_off_and_in_whichever_zone(
    follow_up: ConsultationType, riverside: Clinic, old_town: Clinic, now: datetime, days: int
) -> None:
    Clinic.objects.filter(pk=old_town.pk).update(time_zone="Pacific/Auckland")
    for clinic, closed in (riverside, days), (old_town, days + 1):
        HoursException.objects.create(
            kind=ExceptionKind.CLOSURE,
            clinic=clinic,
            start=at(0, day=factories.TUESDAY),
            end=now + timedelta(days=closed),
        )
    query = SlotQuery(type=follow_up, first=factories.TUESDAY, last=factories.TUESDAY + timedelta(days=30))
    with CaptureQueriesContext(connection) as queries:
        first = searching.search(query=query, now=now).first_free()
    assert first == searching.free_starts(query=query, now=now)[0]
    assert len(queries) <= 7
