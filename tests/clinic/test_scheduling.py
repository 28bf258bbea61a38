"""The weekly hours of a practitioner, set from a day on."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from clinic.actions import scheduling, timetable
from clinic.actions.scheduling import Placed, Sheet
from clinic.models import Clinic, Membership, Practitioner, Role, User, WeeklyHours
from clinic.rules.week import Stretch
from tests import factories

pytestmark = pytest.mark.django_db

TUESDAY = date(2026, 3, 17)
WEDNESDAY = TUESDAY + timedelta(days=1)
MONDAYS = Stretch(0, time(8), time(12))


def sheet(
    who: Practitioner, hours: Iterable[tuple[Clinic, Stretch]], since: date = WEDNESDAY, **given: Any
) -> Sheet:
    """As the page makes it."""
    given.setdefault("stamp", scheduling.stamp(practitioner=who))
    placed = frozenset(Placed(clinic.pk, stretch) for clinic, stretch in hours)
    return Sheet(practitioner=who, since=since, hours=placed, **given)


def rows(who: Practitioner) -> set[tuple[int, time, date, date | None]]:
    return set(who.weekly_hours.values_list("weekday", "starts", "valid_from", "valid_until"))


def begin_anew(who: Practitioner, clinic: Clinic) -> WeeklyHours:
    """Mondays from eight to twelve since January, and nothing else."""
    who.weekly_hours.all().delete()
    return WeeklyHours.objects.create(
        practitioner=who, clinic=clinic, weekday=0, starts=time(8), ends=time(12), valid_from=date(2026, 1, 1)
    )


def test_old_hours_end_the_day_before_and_new_ones_begin(
    mira: Practitioner, riverside: Clinic, noor: User, now: datetime
) -> None:
    begin_anew(mira, riverside)
    planned = scheduling.save(
        sheet=sheet(mira, [(riverside, Stretch(0, time(9), time(13)))]), by=noor, now=now
    )
    assert not planned.is_empty
    assert rows(mira) == {
        (0, time(8), date(2026, 1, 1), TUESDAY),
        (0, time(9), WEDNESDAY, None),
    }


def test_what_stays_is_not_touched(mira: Practitioner, riverside: Clinic, noor: User, now: datetime) -> None:
    kept = begin_anew(mira, riverside)
    hours = [(riverside, MONDAYS), (riverside, Stretch(2, time(8), time(12), "odd"))]
    scheduling.save(sheet=sheet(mira, hours), by=noor, now=now)
    kept.refresh_from_db()
    assert kept.valid_until is None
    assert mira.weekly_hours.count() == 2
    assert scheduling.plan(sheet=sheet(mira, hours), by=noor, now=now).is_empty


def test_hours_that_were_to_begin_later_give_way(
    mira: Practitioner, riverside: Clinic, noor: User, now: datetime
) -> None:
    begin_anew(mira, riverside)
    later = WeeklyHours.objects.create(
        practitioner=mira, clinic=riverside, weekday=4, starts=time(8), ends=time(12), valid_from=date(2026, 5, 1)
    )  # fmt: skip
    planned = scheduling.save(sheet=sheet(mira, [(riverside, MONDAYS)]), by=noor, now=now)
    assert [row.weekday for row in planned.dropped] == [later.weekday]
    assert not WeeklyHours.objects.filter(pk=later.pk).exists()


def test_a_plan_writes_nothing(mira: Practitioner, riverside: Clinic, noor: User, now: datetime) -> None:
    before = rows(mira)
    assert not scheduling.plan(sheet=sheet(mira, []), by=noor, now=now).is_empty
    assert rows(mira) == before


def test_a_day_that_is_over_is_refused_and_today_is_not(
    mira: Practitioner, riverside: Clinic, noor: User, now: datetime
) -> None:
    with pytest.raises(scheduling.PastDay) as refused:
        scheduling.plan(sheet=sheet(mira, [], TUESDAY - timedelta(days=1)), by=noor, now=now)
    assert refused.value.field == "since"
    assert scheduling.plan(sheet=sheet(mira, [], TUESDAY), by=noor, now=now).ends


def test_today_is_told_by_the_clinics_clock(mira: Practitioner, riverside: Clinic, now: datetime) -> None:
    """At nine in Berlin it is tomorrow already on Kiritimati, 14 hours ahead of Greenwich."""
    assert scheduling.earliest(clinics=[riverside], now=now) == TUESDAY
    riverside.time_zone = "Pacific/Kiritimati"
    assert scheduling.earliest(clinics=[riverside], now=now + timedelta(hours=3)) == WEDNESDAY


def test_the_second_of_two_managers_is_told(
    mira: Practitioner, riverside: Clinic, noor: User, now: datetime
) -> None:
    seen = scheduling.stamp(practitioner=mira)
    scheduling.save(sheet=sheet(mira, [(riverside, MONDAYS)], stamp=seen), by=noor, now=now)
    after = rows(mira)
    with pytest.raises(scheduling.Changed):
        scheduling.save(sheet=sheet(mira, [], stamp=seen), by=noor, now=now)
    assert rows(mira) == after


def test_nobody_works_at_two_clinics_at_once(
    mira: Practitioner, riverside: Clinic, old_town: Clinic, noor: User, now: datetime
) -> None:
    """Noor manages Riverside alone, and the hours at Old Town stand in the way all the same."""
    begin_anew(mira, old_town)
    mira.clinics.add(old_town)
    with pytest.raises(
        scheduling.Overlap, match="Monday: 11:00-13:00 at Riverside overlaps 08:00-12:00 at Old Town"
    ):
        scheduling.plan(sheet=sheet(mira, [(riverside, Stretch(0, time(11), time(13)))]), by=noor, now=now)
    old_town.time_zone = "Europe/Helsinki"
    old_town.save()
    planned = scheduling.plan(
        sheet=sheet(mira, [(riverside, Stretch(0, time(11), time(13)))]), by=noor, now=now
    )
    assert planned.ends == [], "noon in Helsinki is eleven in Berlin, and what others set stays"


def test_odd_hours_beside_those_of_every_week_are_refused(
    mira: Practitioner, riverside: Clinic, noor: User, now: datetime
) -> None:
    both = [(riverside, MONDAYS), (riverside, Stretch(0, time(9), time(10), "odd"))]
    with pytest.raises(scheduling.Overlap):
        scheduling.plan(sheet=sheet(mira, both), by=noor, now=now)


def test_a_clinic_that_is_not_theirs_is_refused(
    mira: Practitioner, old_town: Clinic, noor: User, now: datetime
) -> None:
    with pytest.raises(scheduling.WrongClinic):
        scheduling.plan(sheet=sheet(mira, [(old_town, MONDAYS)]), by=noor, now=now)


def test_who_manages_nothing_sets_no_hours(
    mira: Practitioner, riverside: Clinic, hedda: User, now: datetime
) -> None:
    for user in (hedda, mira.user):
        with pytest.raises(scheduling.NotYours):
            scheduling.save(sheet=sheet(mira, [(riverside, MONDAYS)]), by=user, now=now)


def test_the_wall_clock_stays_over_a_clock_change(
    mira: Practitioner, riverside: Clinic, noor: User, now: datetime
) -> None:
    """The clocks of Berlin go forward on 29 March: eight is seven in Greenwich before, and six after."""
    scheduling.save(sheet=sheet(mira, [(riverside, MONDAYS)]), by=noor, now=now)
    pair = (mira.pk, riverside.pk)
    found = timetable.regular(pairs=[pair], first=date(2026, 3, 23), last=date(2026, 3, 30))[pair]
    assert [(span.start.hour, span.end.hour) for span in found] == [(7, 11), (6, 10)]


def test_two_clinics_of_one_practitioner_are_set_together(
    mira: Practitioner, riverside: Clinic, noor: User, now: datetime
) -> None:
    harbour = factories.ClinicFactory.create(name="Harbour", slug="harbour")
    Membership.objects.create(user=noor, clinic=harbour, role=Role.MANAGER)
    mira.clinics.add(harbour)
    hours = [(riverside, MONDAYS), (harbour, Stretch(0, time(13), time(17)))]
    scheduling.save(sheet=sheet(mira, hours), by=noor, now=now)
    current = mira.weekly_hours.filter(valid_until=None)
    assert {(row.clinic.name, row.starts) for row in current} == {
        ("Riverside", time(8)),
        ("Harbour", time(13)),
    }
