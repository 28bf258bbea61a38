"""Reads the week of one practitioner or one room at a clinic, as seven columns like those of a day."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from clinic.actions import rostering
from clinic.models import Clinic, Practitioner, Room, User
from clinic.rules import wallclock
from clinic.rules.intervals import Span, merge
from patients.actions import daybook_holds
from patients.actions.daybook import Column, Day, Visit, visits_between, with_holds
from patients.rules.lifecycle import Status

DAYS_OF_A_WEEK = 7


def dates(on: date, clinic: Clinic) -> list[date]:
    """The dates of the week, Monday first, less one that the clinic's calendar left out whole."""
    monday = on - timedelta(days=on.weekday())
    return [
        each for each in (monday + timedelta(days=n) for n in range(DAYS_OF_A_WEEK)) if _exists(each, clinic)
    ]


def choices(*, clinic: Clinic, by_room: bool) -> list[Practitioner] | list[Room]:
    """Whose week there is to look at: the clinic's practitioners, or its rooms, by name. One query."""
    if by_room:
        return list(clinic.rooms.filter(archived_at=None).order_by("name"))
    return list(clinic.practitioners.filter(archived_at=None).order_by("name"))


def week(
    *,
    clinic: Clinic,
    whose: Practitioner | Room,
    on: date,
    user: User,
    now: datetime,
    among: Sequence[Practitioner | Room] = (),
) -> Day:
    """The week in which a date lies, with the visits that the user may see.

    `among` are the choices, where they are read already. Three queries, whatever the number of visits.
    """
    week_of = dates(on, clinic)
    window = Span(
        wallclock.day_span(week_of[0], clinic.zone).start, wallclock.day_span(week_of[-1], clinic.zone).end
    )
    visits = visits_between(clinic, window, user, now, whose)
    people = [each for each in among if isinstance(each, Practitioner)] or None
    rosters = rostering.rosters(clinic=clinic, on=week_of, now=now, people=people)
    holds = daybook_holds.between(clinic.pk, window, user, now, whose)
    coming = [visit for visit in visits if visit.status != Status.CANCELLED]
    columns = [_column(day, whose, rosters[day], _of(coming, day, clinic)) for day in week_of]
    return Day(
        clinic=clinic,
        day=on,
        columns=with_holds(columns, holds),
        cancelled=[visit for visit in visits if visit.status == Status.CANCELLED],
        counts=Counter(visit.status for visit in visits),
    )


def _column(
    day: date, whose: Practitioner | Room, on_duty: list[rostering.OnDuty], visits: list[Visit]
) -> Column:
    if isinstance(whose, Room):
        spans = merge(span for duty in on_duty for span in duty.spans)
        return Column(day=day, room=whose, spans=spans, visits=visits)
    duty = next((each for each in on_duty if each.practitioner == whose), None)
    return Column(
        day=day,
        practitioner=whose,
        spans=duty.spans if duty else [],
        away=duty.away if duty else [],
        visits=visits,
    )


def _of(visits: list[Visit], day: date, clinic: Clinic) -> list[Visit]:
    return [each for each in visits if wallclock.local_day(each.consultation.start, clinic.zone) == day]


def _exists(day: date, clinic: Clinic) -> bool:
    try:
        return bool(wallclock.day_span(day, clinic.zone))
    except wallclock.NoSuchTime:
        return False
