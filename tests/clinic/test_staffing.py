"""Leave, sickness, extra hours and closures: whom they concern, and which bookings they leave to be cleared."""

from datetime import UTC, datetime, timedelta

import pytest

from clinic.actions import staffing
from clinic.models import Block, Clinic, ConsultationType, ExceptionKind, HoursException, Practitioner, User

NINE = datetime(2026, 3, 18, 8, 0, tzinfo=UTC)
"""Nine o'clock in Berlin on Wednesday."""
NOON = NINE + timedelta(hours=3)


@pytest.fixture
def mornings(
    follow_up: ConsultationType, mira: Practitioner, leila: Practitioner, riverside: Clinic
) -> dict[str, Block]:
    """A block at ten of each of the two colleagues."""
    return {
        who.name: Block.objects.create(
            practitioner=who,
            clinic=riverside,
            type=follow_up,
            start=NINE + timedelta(hours=1),
            end=NINE + timedelta(hours=2),
            taken=1,
        )
        for who in (mira, leila)
    }


def test_leave_over_bookings_is_saved_and_lists_them(
    mornings: dict[str, Block], mira: Practitioner, noor: User, now: datetime
) -> None:
    entry = staffing.Entry(kind=ExceptionKind.LEAVE, practitioner=mira, start=NINE, end=NOON, reason=" sea ")
    entered = staffing.add_exception(entry=entry, by=noor, now=now)
    assert entered.blocks == [mornings["Mira Okafor"]]
    assert HoursException.objects.get().reason == "sea"
    assert Block.objects.filter(active=True).count() == 2, "the bookings stand until somebody clears them"


def test_a_closure_concerns_everybody_at_the_clinic_and_extra_hours_nobody(
    mornings: dict[str, Block], mira: Practitioner, riverside: Clinic, noor: User, now: datetime
) -> None:
    closure = staffing.Entry(kind=ExceptionKind.CLOSURE, clinic=riverside, start=NINE, end=NOON)
    assert len(staffing.add_exception(entry=closure, by=noor, now=now).blocks) == 2
    extra = staffing.Entry(
        kind=ExceptionKind.EXTRA, practitioner=mira, clinic=riverside, start=NINE, end=NOON
    )
    assert staffing.add_exception(entry=extra, by=noor, now=now).blocks == []


def test_what_is_over_needs_no_clearing(mornings: dict[str, Block], mira: Practitioner, noor: User) -> None:
    entry = staffing.Entry(kind=ExceptionKind.SICK, practitioner=mira, start=NINE, end=NOON)
    assert staffing.add_exception(entry=entry, by=noor, now=NOON).blocks == []


def test_physiotherapists_enter_their_own_leave_only(
    mira: Practitioner, leila: Practitioner, jonas: Practitioner, now: datetime
) -> None:
    entry = staffing.Entry(kind=ExceptionKind.LEAVE, practitioner=mira, start=NINE, end=NOON)
    for stranger in (leila.user, jonas.user):
        with pytest.raises(staffing.NotYours):
            staffing.add_exception(entry=entry, by=stranger, now=now)
    assert not HoursException.objects.exists()
    assert staffing.add_exception(entry=entry, by=mira.user, now=now).exception.practitioner == mira


def test_it_refuses_spans_that_cannot_be_meant(mira: Practitioner, noor: User, now: datetime) -> None:
    for end, say in ((NINE, "Swap"), (NINE + timedelta(days=400), "a year")):
        entry = staffing.Entry(kind=ExceptionKind.LEAVE, practitioner=mira, start=NINE, end=end)
        with pytest.raises(staffing.SpanUnlikely, match=say):
            staffing.add_exception(entry=entry, by=noor, now=now)


def test_it_refuses_leave_of_nobody_and_a_closure_of_nowhere(
    mira: Practitioner, riverside: Clinic, noor: User, now: datetime
) -> None:
    for entry in (
        staffing.Entry(kind=ExceptionKind.LEAVE, start=NINE, end=NOON),
        staffing.Entry(kind=ExceptionKind.LEAVE, practitioner=mira, clinic=riverside, start=NINE, end=NOON),
        staffing.Entry(kind=ExceptionKind.CLOSURE, start=NINE, end=NOON),
        staffing.Entry(kind=ExceptionKind.EXTRA, practitioner=mira, start=NINE, end=NOON),
    ):
        with pytest.raises(staffing.WhomMissing):
            staffing.add_exception(entry=entry, by=noor, now=now)


def test_managers_enter_leave_of_the_practitioners_of_their_own_clinics_only(
    jonas: Practitioner, mira: Practitioner, riverside: Clinic, old_town: Clinic, noor: User, now: datetime
) -> None:
    foreign = staffing.Entry(kind=ExceptionKind.LEAVE, practitioner=jonas, start=NINE, end=NOON)
    closure = staffing.Entry(kind=ExceptionKind.CLOSURE, clinic=old_town, start=NINE, end=NOON)
    lent = staffing.Entry(kind=ExceptionKind.EXTRA, practitioner=mira, clinic=old_town, start=NINE, end=NOON)
    for entry in (foreign, closure, lent):
        with pytest.raises(staffing.NotYours):
            staffing.add_exception(entry=entry, by=noor, now=now)
    assert not HoursException.objects.exists()


def test_what_is_taken_back_is_gone_and_what_is_over_stays(
    mira: Practitioner, leila: Practitioner, now: datetime
) -> None:
    entry = staffing.Entry(kind=ExceptionKind.LEAVE, practitioner=mira, start=NINE, end=NOON)
    row = staffing.add_exception(entry=entry, by=mira.user, now=now).exception
    with pytest.raises(staffing.NotYours):
        staffing.take_back(exception=row, by=leila.user, now=now)
    with pytest.raises(staffing.AlreadyOver):
        staffing.take_back(exception=row, by=mira.user, now=NOON)
    assert HoursException.objects.exists()
    staffing.take_back(exception=row, by=mira.user, now=now)
    assert not HoursException.objects.exists()
