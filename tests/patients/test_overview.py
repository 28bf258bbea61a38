"""The week of everybody: what is taken and what is free, and nobody's name."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from clinic.models import (
    AccessEvent,
    Clinic,
    ConsultationType,
    ExceptionKind,
    HoursException,
    Practitioner,
    Room,
    User,
)
from clinic.rules.intervals import Span
from patients.actions import booking, daybook_overview, daybook_week
from patients.actions.daybook_overview import Cell, Overview
from patients.models import CancelledBy, Patient
from patients.templatetags.strips import duration, strip
from tests.patients.conftest import TEN, Booked, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_nine")]
WEDNESDAY = date(2026, 3, 18)
HOUR = timedelta(hours=1)
ALL = {"view": "week", "who": "all"}


def read(clinic: Clinic, user: User, now: datetime, *, by_room: bool = False) -> Overview:
    whose = daybook_week.choices(clinic=clinic, by_room=by_room)
    return daybook_overview.overview(
        clinic=clinic, on=WEDNESDAY, whose=whose, by_room=by_room, user=user, now=now
    )


def cells(week: Overview, day: date = WEDNESDAY) -> dict[str, Cell]:
    """By name, those of one day."""
    return {line.whose.name: next(cell for cell in line.cells if cell.day == day) for line in week.lines}


def test_what_a_visit_takes_with_its_buffers_is_not_free(
    booked: Booked, elena: Patient, leila: Practitioner, riverside: Clinic, hedda: User, now: datetime
) -> None:
    empty = cells(read(riverside, hedda, now))
    visit = booked(elena)
    found = cells(read(riverside, hedda, now))
    mira = found["Mira Okafor"]
    assert [mark.span for mark in mira.marks] == [Span(visit.block.start, visit.block.end)]
    taken = (visit.block.end - visit.block.start) // timedelta(minutes=1)
    assert (mira.visits, mira.free) == (1, empty["Mira Okafor"].free - taken)
    assert found["Leila Haddad"] == empty["Leila Haddad"]
    assert empty["Mira Okafor"].free == sum(span.minutes for span in empty["Mira Okafor"].spans)


def test_what_is_over_or_shorter_than_the_grid_is_not_free(
    booked: Booked, elena: Patient, riverside: Clinic, hedda: User, now: datetime
) -> None:
    visit = booked(elena)
    riverside.slot_step_min = 30
    later = visit.block.end - timedelta(minutes=20)
    booked(elena, TEN + 2 * HOUR)
    spans = cells(read(riverside, hedda, later))["Mira Okafor"].spans
    gap = Span(visit.block.end, TEN + 2 * HOUR)
    half_past = gap.start + timedelta(minutes=10)
    left = daybook_overview._free(spans, [], half_past, step=timedelta(minutes=5))
    assert left == sum(Span(max(s.start, half_past), s.end).minutes for s in spans if s.end > half_past)
    short = [Span(TEN, TEN + timedelta(minutes=25))]
    assert daybook_overview._free(short, [], TEN, step=timedelta(minutes=30)) == 0
    assert daybook_overview._free(short, [], TEN, step=timedelta(minutes=25)) == 25


def test_who_sits_in_a_class_shares_a_mark_and_who_cancelled_has_none(  # noqa: PLR0917
    booked: Booked,
    back_class: ConsultationType,
    elena: Patient,
    samuel: Patient,
    riverside: Clinic,
    hedda: User,
    now: datetime,
) -> None:
    booked(elena, type=back_class)
    other = booked(samuel, type=back_class)
    cell = cells(read(riverside, hedda, now))["Mira Okafor"]
    assert (len(cell.marks), cell.visits) == (1, 2)
    booking.cancel(consultation=other, asked_by=CancelledBy.PATIENT, reason="ill", by=hedda, now=now)
    assert cells(read(riverside, hedda, now))["Mira Okafor"].visits == 1


def test_a_room_is_free_while_anybody_works(
    booked: Booked, elena: Patient, second_room: Room, riverside: Clinic, hedda: User, now: datetime
) -> None:
    visit = booked(elena)
    assert visit.block.room is not None
    found = cells(read(riverside, hedda, now, by_room=True))
    used, other = found[visit.block.room.name], found[second_room.name]
    assert (used.visits, other.visits) == (1, 0)
    assert other.spans == used.spans
    assert used.free < other.free


def test_the_page_says_who_is_away_and_names_nobody_who_comes(
    booked: Booked, elena: Patient, mira: Practitioner, leila: Practitioner, desk: Client, riverside: Clinic
) -> None:
    booked(elena)
    midnight = TEN.replace(hour=0)
    HoursException.objects.create(
        practitioner=leila, kind=ExceptionKind.LEAVE, start=midnight, end=midnight + 24 * HOUR
    )
    AccessEvent.objects.all().delete()
    page = page_of(desk, **ALL)
    assert "Mira Okafor" in page
    assert "leave" in page
    assert elena.family_name not in page
    assert not AccessEvent.objects.exists(), "nobody's record is shown"
    page_of(desk, patient=str(elena.pk), **ALL)
    assert AccessEvent.objects.get().patient_ids == [elena.pk]


def test_its_links_lead_to_the_day_and_to_ones_week(
    mira: Practitioner, room: Room, desk: Client, riverside: Clinic
) -> None:
    page = page_of(desk, **ALL)
    assert f"?clinic=riverside&amp;day=2026-03-18&amp;view=week&amp;who={mira.pk}" in page
    assert "?clinic=riverside&amp;day=2026-03-20" in page
    assert f"who={room.pk}" in page_of(desk, by="room", **ALL)


def test_what_another_desk_books_is_drawn_anew(
    booked: Booked, elena: Patient, mira: Practitioner, desk: Client
) -> None:
    stamp = page_of(desk, **ALL).partition('data-stamp="')[2].partition('"')[0]
    place = {"clinic": "riverside", "day": "2026-03-18", **ALL, "stamp": stamp}
    assert desk.get("/desk/changes/", place).status_code == 204
    booked(elena)
    drawn = desk.get("/desk/changes/", place).content.decode()
    assert "1 visit<" in drawn
    assert 'class="weekall"' in drawn


def test_a_clinic_in_which_nobody_works_says_what_to_do(desk: Client) -> None:
    assert "Nobody works here yet" in page_of(desk, **ALL)


def test_it_takes_as_many_queries_for_ten_visits_as_for_one(
    booked: Booked,
    elena: Patient,
    riverside: Clinic,
    hedda: User,
    now: datetime,
    django_assert_num_queries: object,
) -> None:
    for hour in range(4):
        booked(elena, TEN + hour * HOUR)
    with django_assert_num_queries(4):  # type: ignore[operator]  # the choices are one of them
        read(riverside, hedda, now)


@pytest.mark.parametrize(
    ("minutes", "words"), [(45, "45 min"), (120, "2 h"), (130, "2 h 10"), (65, "1 h 05")]
)
def test_a_length_of_time_is_short(minutes: int, words: str) -> None:
    assert duration(minutes) == words


def test_a_strip_is_cut_at_the_edges_of_the_day_that_is_drawn() -> None:
    cell = Cell(day=WEDNESDAY, spans=[Span(TEN - 9 * HOUR, TEN + 15 * HOUR)])
    drawn = strip(cell, range(8, 18), TEN)
    assert 'd="M0 0h600v12h-600z"' in drawn
