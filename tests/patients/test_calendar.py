"""The diary by day and week, by people and rooms; a booking where one points; the sheet to print."""

import re
from datetime import UTC, date, datetime, timedelta

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
from patients.actions import daybook, daybook_week, holding
from patients.actions.proposing import Offer
from patients.actions.wishing import Wish
from patients.models import Consultation, Patient, Source
from patients.templatetags.clock import apart
from tests import factories
from tests.patients.conftest import BY_SCRIPT, TEN, WEDNESDAY, Booked, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_nine")]
HOUR = timedelta(hours=1)


# --- day and week, by people and by room


def test_a_day_by_room_puts_each_visit_into_its_rooms_column(  # noqa: PLR0917
    booked: Booked,
    elena: Patient,
    samuel: Patient,
    leila: Practitioner,
    riverside: Clinic,
    hedda: User,
    now: datetime,
) -> None:
    first = booked(elena)
    second = booked(samuel, practitioner=leila)
    day = daybook.day(clinic=riverside, on=TEN.date(), user=hedda, now=now, by_room=True)
    assert [
        (each.room and each.room.name, [v.consultation for v in each.visits]) for each in day.columns
    ] == [
        ("Room 1", [first]),
        ("Room 2", [second]),
    ]
    assert all(each.spans for each in day.columns), "open while anybody works"


def test_visits_that_need_no_room_stand_in_a_column_of_their_own(  # noqa: PLR0917
    booked: Booked,
    elena: Patient,
    mira: Practitioner,
    desk: Client,
    riverside: Clinic,
    hedda: User,
    now: datetime,
) -> None:
    video = factories.TypeFactory.create(name="By video", kind="telehealth", served_by=[mira], in_rooms=[])
    visit = booked(elena, type=video)
    day = daybook.day(clinic=riverside, on=TEN.date(), user=hedda, now=now, by_room=True)
    assert day.columns[-1].room is None
    assert [each.consultation for each in day.columns[-1].visits] == [visit]
    assert "Without a room" in page_of(desk, by="room")


def test_a_room_that_is_given_up_shows_only_where_something_stands_in_it(
    booked: Booked, elena: Patient, room: Room, second_room: Room, desk: Client, now: datetime
) -> None:
    booked(elena)
    for each in (room, second_room):
        each.archived_at = now
        each.save()
    text = page_of(desk, by="room")
    assert "<b>Room 1</b>" in text
    assert "<b>Room 2</b>" not in text


def test_a_week_of_one_practitioner_has_seven_dates_and_nobody_elses_visits(  # noqa: PLR0917
    booked: Booked, elena: Patient, samuel: Patient, mira: Practitioner, leila: Practitioner, riverside: Clinic,
    hedda: User, now: datetime,
) -> None:  # fmt: skip
    visit = booked(elena)
    booked(samuel, practitioner=leila)
    HoursException.objects.create(
        kind=ExceptionKind.LEAVE,
        practitioner=mira,
        start=TEN + timedelta(days=1),
        end=TEN + timedelta(days=1, hours=2),
    )
    week = daybook_week.week(clinic=riverside, whose=mira, on=TEN.date(), user=hedda, now=now)
    assert [each.day for each in week.columns] == [date(2026, 3, 16) + timedelta(days=n) for n in range(7)]
    assert [each.consultation for each in week.visits] == [visit]
    assert [bool(each.spans) for each in week.columns] == [True] * 5 + [False] * 2
    assert [len(each.away) for each in week.columns] == [0, 0, 0, 1, 0, 0, 0]


def test_a_week_of_a_room_holds_what_stands_in_it(  # noqa: PLR0917
    booked: Booked, elena: Patient, samuel: Patient, leila: Practitioner, room: Room, riverside: Clinic, hedda: User,
    now: datetime,
) -> None:  # fmt: skip
    visit = booked(elena)
    booked(samuel, practitioner=leila)
    week = daybook_week.week(clinic=riverside, whose=room, on=TEN.date(), user=hedda, now=now)
    assert [each.consultation for each in week.visits] == [visit]


def test_a_week_in_which_the_clocks_change_is_seven_whole_days(
    booked: Booked, elena: Patient, mira: Practitioner, riverside: Clinic, hedda: User, now: datetime
) -> None:
    booked(elena, TEN + timedelta(days=12) - HOUR)
    week = daybook_week.week(clinic=riverside, whose=mira, on=date(2026, 3, 29), user=hedda, now=now)
    assert sum(len(each.visits) for each in week.columns) == 0, "Monday the 30th is the next week"
    after = daybook_week.week(clinic=riverside, whose=mira, on=date(2026, 3, 30), user=hedda, now=now)
    assert [len(each.visits) for each in after.columns] == [1, 0, 0, 0, 0, 0, 0]
    assert after.columns[0].spans[0].start == datetime(2026, 3, 30, 6, 0, tzinfo=UTC), "eight, in summer time"


def test_the_week_page_names_whose_it_is_and_lets_choose(
    desk: Client, booked: Booked, elena: Patient, mira: Practitioner, leila: Practitioner
) -> None:
    booked(elena)
    text = page_of(desk, view="week", who=str(mira.pk))
    assert "Elena Ruiz" in text
    assert "16 – 22 March" in text
    assert f"who={leila.pk}" in text
    assert "Elena Ruiz" not in page_of(desk, view="week", who=str(leila.pk))
    assert "Elena Ruiz" not in page_of(desk, view="week", who="made up"), "the first by name is Leila"


@pytest.mark.parametrize(
    "more", [{"view": "week"}, {"by": "room"}, {"view": "week", "by": "room"}, {"view": "list"}]
)
def test_each_view_writes_down_whom_it_shows(
    desk: Client, booked: Booked, elena: Patient, mira: Practitioner, room: Room, more: dict[str, str]
) -> None:
    booked(elena)
    who = str(room.pk if more.get("by") else mira.pk)
    assert "Elena Ruiz" in page_of(desk, who=who, **more)
    assert AccessEvent.objects.get().patient_ids == [elena.pk]


def test_a_closed_clinic_offers_the_next_day(desk: Client, riverside: Clinic) -> None:
    text = page_of(desk)
    assert "is closed that day" in text
    assert "day=2026-03-19" in text


@pytest.mark.parametrize("by", ["", "room"])
def test_a_week_of_nobody_is_closed(desk: Client, riverside: Clinic, by: str) -> None:
    assert "is closed that day" in page_of(desk, view="week", by=by)


def test_a_hold_that_has_run_out_is_not_drawn(
    desk: Client,
    elena: Patient,
    mira: Practitioner,
    follow_up: ConsultationType,
    riverside: Clinic,
    now: datetime,
) -> None:
    wish = Wish(type=follow_up, clinic=riverside, practitioner=mira, start=TEN, patient=elena)
    holding.hold(wish=wish, until=now + timedelta(minutes=15), source=Source.ONLINE, now=now)
    day = daybook.day(clinic=riverside, on=TEN.date(), user=mira.user, now=now)
    later = daybook.day(clinic=riverside, on=TEN.date(), user=mira.user, now=now + timedelta(minutes=15))
    assert (len(day.visits), len(later.visits)) == (1, 0)


# --- to book where one points


def test_a_place_in_the_diary_is_wished_and_the_page_says_that_it_is_free(
    desk: Client, elena: Patient, mira: Practitioner, follow_up: ConsultationType
) -> None:
    wish = {"at": "14:00", "whom": str(mira.pk)}
    empty = page_of(desk, **wish)
    assert "Wed 18 Mar, 14:00</b> · Mira Okafor" in empty
    assert 'class="free on at-1400 for-30"' in empty
    found = desk.post(
        "/desk/find/", {**WEDNESDAY, **wish, "text": "ruis"}, headers=BY_SCRIPT
    ).content.decode()
    assert f"at=14%3A00&amp;whom={mira.pk}&amp;patient={elena.pk}" in found
    panel = page_of(desk, patient=str(elena.pk), **wish)
    assert "the place you chose" in panel
    first = re.search(r'name="slot"[^>]*value="([^"]+)"', panel)
    assert first is not None
    assert first[1] == f"{mira.pk}|2026-03-18T13:00:00+00:00"


def test_a_place_that_is_no_slot_is_said_with_what_is_near(
    desk: Client,
    booked: Booked,
    elena: Patient,
    samuel: Patient,
    mira: Practitioner,
    follow_up: ConsultationType,
) -> None:
    booked(elena)
    panel = page_of(desk, patient=str(samuel.pk), at="10:00", whom=str(mira.pk))
    assert "10:00 is not a free time for Follow-up." in panel
    times = re.findall(r'name="slot"[^>]*value="([^"|]+)\|2026-03-18T(\d\d:\d\d)', panel)[:3]
    assert [who for who, _time in times] == [str(mira.pk)] * 3
    assert times[0][1] in {"08:20", "09:40"}


def test_free_times_that_overlap_are_drawn_once_each_with_its_number(
    mira: Practitioner, leila: Practitioner
) -> None:
    def offer(whom: Practitioner, minutes: int) -> Offer:
        start = TEN + timedelta(minutes=minutes)
        return Offer(practitioner=whom, start=start, end=start + timedelta(minutes=30), is_own=False)

    offers = [offer(mira, 0), offer(mira, 10), offer(leila, 10), offer(mira, 30)]
    assert [number for number, _offer in apart(offers)] == [1, 3, 4]
    assert apart(None) == []


def test_a_stretch_that_is_drawn_chooses_the_type_that_fits_it(
    desk: Client, elena: Patient, mira: Practitioner, follow_up: ConsultationType
) -> None:
    long = factories.TypeFactory.create(name="Initial assessment", duration_min=60, served_by=[mira])
    answer = desk.get("/desk/", {**WEDNESDAY, "patient": str(elena.pk), "at": "14:00", "for": "55"})
    assert answer.context["type"] == long


@pytest.mark.parametrize("at", ["25:00", "soon", "14:00:00+01", ""])
def test_a_place_that_makes_no_sense_is_none(desk: Client, follow_up: ConsultationType, at: str) -> None:
    answer = desk.get("/desk/", {**WEDNESDAY, "at": at, "whom": "x", "for": "9999999999"})
    assert answer.status_code == 200


def test_a_time_chosen_in_a_rooms_column_is_booked_in_that_room(
    desk: Client, elena: Patient, mira: Practitioner, follow_up: ConsultationType, second_room: Room
) -> None:
    form = {
        **WEDNESDAY, "patient": str(elena.pk), "type": str(follow_up.pk), "slot": f"{mira.pk}|{TEN.isoformat()}",
        "at": "10:00", "room": str(second_room.pk), "by": "room",
    }  # fmt: skip
    answer = desk.post("/desk/book/", form)
    visit = Consultation.objects.get()
    assert visit.block.room == second_room
    assert "by=room" in answer.headers["Location"]


# --- on paper


def test_the_day_sheet_has_a_sheet_a_practitioner_and_writes_down_whom_it_names(
    desk: Client, booked: Booked, elena: Patient, samuel: Patient, leila: Practitioner
) -> None:
    elena.desk_note = "Needs a ramp"
    elena.save()
    booked(elena)
    booked(samuel, practitioner=leila)
    answer = desk.get("/desk/print/", WEDNESDAY)
    text = answer.content.decode()
    assert re.findall(r"<h2>([^<]+)</h2>", text) == ["Leila Haddad", "Mira Okafor"]
    for word in ("10:00", "Elena Ruiz", elena.number, "Follow-up", "Room 1", "Booked", "Needs a ramp"):
        assert str(word) in text
    event = AccessEvent.objects.get()
    assert (event.what, set(event.patient_ids)) == ("day sheet", {elena.pk, samuel.pk})


def test_an_empty_day_prints_a_sentence(desk: Client, riverside: Clinic) -> None:
    assert "Nothing is booked that day." in desk.get("/desk/print/", WEDNESDAY).content.decode()
