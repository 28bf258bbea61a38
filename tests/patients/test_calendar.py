"""The diary by day and week, by people and rooms; what is dragged; what another desk changed; the sheet to print."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

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
from patients.actions import attending, booking, daybook, daybook_stamp, daybook_week, holding
from patients.actions.wishing import Wish
from patients.models import Consultation, Patient, Source
from tests import factories
from tests.doors import browser, told

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
"""Ten o'clock in Berlin on Wednesday."""
HOUR = timedelta(hours=1)
WEDNESDAY = {"clinic": "riverside", "day": "2026-03-18"}
BY_SCRIPT = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(now, tick=False) as moved:
        yield moved


@pytest.fixture
def desk(hedda: User) -> Client:
    return browser(hedda)


Booked = Callable[..., Consultation]


@pytest.fixture
def booked(
    follow_up: ConsultationType, riverside: Clinic, mira: Practitioner, hedda: User, now: datetime
) -> Booked:
    """Books a follow-up with Mira, on Wednesday at ten unless the test says otherwise."""

    def book(patient: Patient, start: datetime = TEN, **more: Any) -> Consultation:
        asked = {"type": follow_up, "practitioner": mira, **more}
        order = booking.Order(patient=patient, clinic=riverside, start=start, source=Source.DESK, **asked)
        return booking.book(order=order, by=hedda, now=now)

    return book


def page_of(desk: Client, **more: str) -> str:
    answer = desk.get("/desk/", {**WEDNESDAY, **more})
    assert answer.status_code == 200
    return answer.content.decode()


def place(whom: Practitioner, at: str, **more: str) -> dict[str, str]:
    """A place in the diary, as the script tells it."""
    return {**WEDNESDAY, "on": "2026-03-18", "clock": at, "practitioner": str(whom.pk), **more}


def dropped(desk: Client, visit: Consultation, told: dict[str, str], act: str = "move") -> Any:
    return desk.post(f"/desk/visits/{visit.pk}/{act}/", told, headers=BY_SCRIPT)


def toast(answer: Any) -> dict[str, str]:
    found: dict[str, str] = json.loads(answer["HX-Trigger"])["toast"]
    return found


def again(visit: Consultation) -> Consultation:
    visit.refresh_from_db()
    return visit


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


# --- what is dragged


def test_what_is_dropped_is_moved_and_the_day_comes_back_with_a_way_back(
    desk: Client, booked: Booked, elena: Patient, mira: Practitioner, leila: Practitioner
) -> None:
    visit = booked(elena)
    answer = dropped(desk, visit, place(leila, "11:00"))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert text.startswith('<div id="day"')
    assert "<html" not in text
    assert toast(answer)["text"] == "Moved Elena Ruiz to Wed 18 Mar, 11:00."
    assert (again(visit).start, visit.practitioner) == (TEN + HOUR, leila)
    undone = desk.post(toast(answer)["undo"], headers=BY_SCRIPT)
    assert undone.status_code == 200
    assert (again(visit).start, visit.practitioner) == (TEN, mira)


def test_the_way_back_works_without_script(
    desk: Client, booked: Booked, elena: Patient, leila: Practitioner
) -> None:
    visit = booked(elena)
    answer = desk.post(toast(dropped(desk, visit, place(leila, "11:00")))["undo"])
    assert answer.headers["Location"].startswith("/desk/?clinic=riverside&day=2026-03-18")
    assert again(visit).start == TEN


@pytest.mark.assures("BO-09")
def test_a_race_lost_by_dragging_leaves_the_visit_and_shows_what_is_near(
    desk: Client, booked: Booked, elena: Patient, samuel: Patient, mira: Practitioner
) -> None:
    visit = booked(elena)
    booked(samuel, TEN + HOUR)
    answer = dropped(desk, visit, place(mira, "11:00"))
    assert answer.status_code == 409
    text = answer.content.decode()
    assert 'id="panel" hx-swap-oob="true"' in text
    assert "The nearest free times" in text
    assert toast(answer)["kind"] == "warning"
    assert "undo" not in toast(answer)
    assert again(visit).start == TEN


@pytest.mark.parametrize("clock", ["23:00", "10:07"])
def test_a_place_that_is_no_slot_is_refused_with_why(
    desk: Client, booked: Booked, elena: Patient, mira: Practitioner, clock: str
) -> None:
    visit = booked(elena)
    answer = dropped(desk, visit, place(mira, clock))
    assert answer.status_code == 422
    assert "has no slot of this type" in toast(answer)["text"]
    assert 'id="panel"' not in answer.content.decode()
    assert again(visit).start == TEN


@pytest.mark.parametrize(
    "ill",
    [
        {"clock": "soon"},
        {"on": "2026-02-31"},
        {"practitioner": "nobody"},
        {"on": "0001-01-01"},
        {"on": "2026-03-29", "clock": "02:30"},
    ],
)
def test_a_place_that_cannot_be_read_is_refused(
    desk: Client, booked: Booked, elena: Patient, mira: Practitioner, ill: dict[str, str]
) -> None:
    visit = booked(elena)
    answer = dropped(desk, visit, place(mira, "11:00", **ill))
    assert answer.status_code == 422
    assert toast(answer)["text"]
    assert again(visit).start == TEN


@pytest.mark.parametrize(("fault", "number"), [(booking.Busy, 423), (booking.NotYours, 403)])
def test_a_drop_says_why_it_was_refused(  # noqa: PLR0917
    desk: Client,
    booked: Booked,
    elena: Patient,
    mira: Practitioner,
    fault: type[Exception],
    number: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(**_: object) -> None:
        raise fault("Not now.")

    visit = booked(elena)
    monkeypatch.setattr(booking, "move", refuse)
    answer = dropped(desk, visit, place(mira, "11:00"))
    assert answer.status_code == number
    assert toast(answer)["text"] == "Not now."


def test_another_room_is_another_room_and_no_news_for_the_patient(
    desk: Client, booked: Booked, elena: Patient, mira: Practitioner, room: Room, second_room: Room
) -> None:
    visit = booked(elena)
    answer = dropped(desk, visit, place(mira, "10:00", room=str(second_room.pk), by="room"))
    assert answer.status_code == 200
    assert again(visit).block.room == second_room
    assert (visit.version, told("moved")) == (1, [])
    desk.post(toast(answer)["undo"], headers=BY_SCRIPT)
    assert again(visit).block.room == room


def test_a_room_that_is_taken_is_a_lost_race(  # noqa: PLR0917
    desk: Client, booked: Booked, elena: Patient, samuel: Patient, mira: Practitioner, leila: Practitioner,
    second_room: Room,
) -> None:  # fmt: skip
    visit = booked(elena)
    booked(samuel, practitioner=leila)
    assert dropped(desk, visit, place(mira, "10:00", room=str(second_room.pk))).status_code == 409


def test_a_visit_is_pulled_longer_and_back(desk: Client, booked: Booked, elena: Patient) -> None:
    visit = booked(elena)
    answer = dropped(desk, visit, {**WEDNESDAY, "end": "10:50"}, "lengthen")
    assert answer.status_code == 200
    assert toast(answer)["text"] == "Elena Ruiz now ends at 10:50."
    assert again(visit).end == TEN + timedelta(minutes=50)
    desk.post(toast(answer)["undo"], headers=BY_SCRIPT)
    assert again(visit).end == TEN + timedelta(minutes=30)


def test_an_end_over_the_next_visit_is_refused_by_script_and_by_form(
    desk: Client, booked: Booked, elena: Patient, samuel: Patient
) -> None:
    visit = booked(elena)
    booked(samuel, TEN + HOUR)
    assert dropped(desk, visit, {**WEDNESDAY, "end": "11:20"}, "lengthen").status_code == 409
    page = desk.post(f"/desk/visits/{visit.pk}/lengthen/", {**WEDNESDAY, "end": "11:20"})
    assert page.status_code == 409
    assert "The end is kept as it was" in page.content.decode()
    assert again(visit).end == TEN + timedelta(minutes=30)
    assert (
        "Enter a valid time"
        in desk.post(
            f"/desk/visits/{visit.pk}/lengthen/", {**WEDNESDAY, "end": "late"}, follow=True
        ).content.decode()
    )


def test_the_form_changes_the_end_too(desk: Client, booked: Booked, elena: Patient) -> None:
    visit = booked(elena)
    answer = desk.post(f"/desk/visits/{visit.pk}/lengthen/", {**WEDNESDAY, "view": "week", "end": "10:40"})
    assert answer.headers["Location"] == f"/desk/?clinic=riverside&day=2026-03-18&view=week&visit={visit.pk}"
    assert again(visit).end == TEN + timedelta(minutes=40)


def test_only_what_may_be_moved_offers_itself_to_be_moved(  # noqa: PLR0917
    desk: Client, booked: Booked, elena: Patient, samuel: Patient, back_class: ConsultationType, hedda: User,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    here, in_class = booked(elena), booked(samuel, TEN + 2 * HOUR, type=back_class)
    clock.move_to(TEN - timedelta(minutes=5))
    desk = browser(hedda)
    assert f'visit={here.pk}" data-moves=' in page_of(desk)
    assert f'visit={in_class.pk}" data-moves=' not in page_of(desk)
    attending.arrive(consultation=here, by=hedda, now=TEN)
    text = page_of(desk)
    assert f'visit={here.pk}" data-moves=' not in text
    assert f'visit={here.pk}" data-grows' in text


def test_who_does_not_book_drags_nothing(booked: Booked, elena: Patient, jonas: Practitioner) -> None:
    visit = booked(elena)
    outsider = browser(jonas.user)
    assert dropped(outsider, visit, {**WEDNESDAY, "end": "11:00"}, "lengthen").status_code in {403, 404}
    assert again(visit).end == TEN + timedelta(minutes=30)


# --- what another desk changed


def stamp_of(page: str) -> str:
    found = re.search(r'data-stamp="([^"]+)"', page)
    assert found is not None
    return found[1]


def asked(desk: Client, stamp: str, **more: str) -> Any:
    return desk.get("/desk/changes/", {**WEDNESDAY, "stamp": stamp, **more}, headers=BY_SCRIPT)


@pytest.mark.parametrize("more", [{}, {"view": "list"}, {"by": "room"}, {"view": "week"}])
def test_nothing_new_is_no_answer_and_something_new_is_the_day(
    desk: Client, booked: Booked, elena: Patient, samuel: Patient, mira: Practitioner, more: dict[str, str]
) -> None:
    more = {**more, **({"who": str(mira.pk)} if more.get("view") == "week" else {})}
    booked(elena)
    stamp = stamp_of(page_of(desk, **more))
    assert asked(desk, stamp, **more).status_code == 204
    booked(samuel, TEN + HOUR)
    answer = asked(desk, stamp, **more)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert text.startswith('<div id="day"')
    assert "Samuel Ortiz" in text
    assert 'id="counts" hx-swap-oob="true"' in text
    assert asked(desk, stamp_of(text), **more).status_code == 204


def test_whatever_changes_the_looks_of_a_visit_is_new(  # noqa: PLR0917
    booked: Booked,
    elena: Patient,
    riverside: Clinic,
    mira: Practitioner,
    hedda: User,
    now: datetime,
    second_room: Room,
) -> None:
    visit = booked(elena)
    window = Span(TEN - HOUR, TEN + 3 * HOUR)
    extent = daybook_stamp.Extent(clinic=riverside.pk, window=window)
    seen = [daybook_stamp.stamp(extent, now)]

    def is_new() -> bool:
        seen.append(daybook_stamp.stamp(extent, now))
        return seen[-1] not in seen[:-1]

    assert not is_new()
    attending.confirm(consultation=visit, by=hedda, now=now)
    assert is_new()
    booking.move(consultation=visit, practitioner=mira, start=TEN, by=hedda, now=now, room=second_room)
    assert is_new()
    booking.lengthen(consultation=again(visit), end=TEN + HOUR, by=hedda, now=now)
    assert is_new()
    booking.move(consultation=again(visit), practitioner=mira, start=TEN + HOUR, by=hedda, now=now)
    assert is_new()
    booking.move(consultation=again(visit), practitioner=mira, start=TEN + 26 * HOUR, by=hedda, now=now)
    assert is_new()
    assert seen[-1] == "", "nothing is left in view"


def test_another_clinics_or_days_booking_is_not_new(
    desk: Client, booked: Booked, elena: Patient, samuel: Patient
) -> None:
    booked(elena)
    stamp = stamp_of(page_of(desk))
    booked(samuel, TEN + timedelta(days=1))
    assert asked(desk, stamp).status_code == 204


def test_a_stamp_is_no_key(
    desk: Client, booked: Booked, elena: Patient, noor: User, jonas: Practitioner, riverside: Clinic
) -> None:
    booked(elena)
    stamp = stamp_of(page_of(desk))
    assert asked(browser(noor), stamp).status_code == 200, "another user's stamp counts as none"
    assert "Elena Ruiz" not in asked(browser(jonas.user), stamp).content.decode()
    assert asked(desk, stamp[:-2]).status_code == 200
    assert asked(browser(elena.portal_access.get().user), stamp).status_code == 403
    assert asked(browser(), stamp).status_code == 302


def test_to_ask_costs_three_queries_for_one_visit_and_for_six(
    desk: Client, booked: Booked, riverside: Clinic
) -> None:
    for n in (0, 1, 2, 3, 4, 5):
        booked(factories.PatientFactory.create(clinic=riverside), TEN + n * HOUR)
        stamp = stamp_of(page_of(desk))
        with CaptureQueriesContext(connection) as queries:
            assert asked(desk, stamp).status_code == 204
        assert len(queries) <= 3, [query["sql"] for query in queries]


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
