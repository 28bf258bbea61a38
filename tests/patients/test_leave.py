"""Leave under the desk: read by the clinic's clocks, entered by whom it concerns, and what it leaves to be cleared."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from clinic.models import (
    AccessEvent,
    Clinic,
    ConsultationType,
    HoursException,
    Membership,
    Practitioner,
    Role,
    User,
)
from patients.actions import booking, clearing
from patients.models import Consultation, Patient, Source
from tests import factories
from tests.doors import browser

PAGE = "/desk/leave/"
WEDNESDAY_TEN = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
"""Ten o'clock in Berlin on the day after the cast's Tuesday."""


@pytest.fixture(autouse=True)
def tuesday(now: datetime) -> Iterator[None]:
    """Pages read the clock themselves."""
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def visit(
    riverside: Clinic,
    mira: Practitioner,
    follow_up: ConsultationType,
    elena: Patient,
    hedda: User,
    now: datetime,
) -> Consultation:
    """Elena's with Mira on Wednesday at ten."""
    order = booking.Order(
        patient=elena,
        type=follow_up,
        clinic=riverside,
        practitioner=mira,
        start=WEDNESDAY_TEN,
        source=Source.DESK,
    )
    return booking.book(order=order, by=hedda, now=now)


def told(who: Practitioner, clinic: Clinic, **more: object) -> dict[str, object]:
    """Leave from Wednesday nine to Thursday noon, as the form sends it."""
    sent = {
        "kind": "leave", "practitioner": who.pk, "clinic": clinic.pk, "first_day": "2026-03-18", "first_time": "09:00",
        "last_day": "2026-03-19", "last_time": "12:00", "reason": "",
    }  # fmt: skip
    return {**sent, **more}


def entered(client: Client, sent: dict[str, object]) -> str:
    """The text of the page to which entering leads."""
    answer = client.post(PAGE, sent, follow=True)
    assert answer.redirect_chain, answer.content.decode()[-3000:]
    return answer.content.decode()


def test_times_are_those_of_the_clinic_s_clocks(mira: Practitioner, riverside: Clinic) -> None:
    entered(browser(mira.user), told(mira, riverside))
    row = HoursException.objects.get()
    assert (row.start, row.end) == (WEDNESDAY_TEN - timedelta(hours=1), datetime(2026, 3, 19, 11, tzinfo=UTC))
    assert "Wed 18 Mar 2026, 09:00 to Thu 19 Mar 2026, 12:00" in browser(mira.user).get(PAGE).content.decode()


def test_without_times_it_is_whole_days_also_where_clocks_change(
    mira: Practitioner, riverside: Clinic
) -> None:
    sent = told(mira, riverside, first_day="2026-03-29", first_time="", last_day="2026-03-29", last_time="")
    entered(browser(mira.user), sent)
    row = HoursException.objects.get()
    assert row.end - row.start == timedelta(hours=23)


def test_it_shows_the_visits_to_clear_with_their_place_in_the_diary(
    visit: Consultation, mira: Practitioner, riverside: Clinic, elena: Patient
) -> None:
    page = entered(browser(mira.user), told(mira, riverside))
    assert "One visit to clear" in page
    assert elena.name in page
    assert f"clinic=riverside&amp;day=2026-03-18&amp;visit={visit.pk}" in page
    assert AccessEvent.objects.latest("id").patient_ids == [elena.pk]
    visit.refresh_from_db()
    assert visit.status == "booked", "it stands until somebody clears it"


def test_no_new_visit_is_booked_in_it(
    mira: Practitioner,
    riverside: Clinic,
    follow_up: ConsultationType,
    samuel: Patient,
    hedda: User,
    now: datetime,
) -> None:
    entered(browser(mira.user), told(mira, riverside))
    order = booking.Order(
        patient=samuel,
        type=follow_up,
        clinic=riverside,
        practitioner=mira,
        start=WEDNESDAY_TEN,
        source=Source.DESK,
    )
    with pytest.raises(booking.NotOffered):
        booking.book(order=order, by=hedda, now=now)


def test_physiotherapists_enter_their_own_and_managers_those_of_their_clinics(
    mira: Practitioner, leila: Practitioner, jonas: Practitioner, riverside: Clinic, noor: User
) -> None:
    assert browser(mira.user).post(PAGE, told(leila, riverside)).status_code == 422
    assert browser(noor).post(PAGE, told(jonas, riverside)).status_code == 422
    assert not HoursException.objects.exists()
    entered(browser(noor), told(leila, riverside))
    assert HoursException.objects.get().practitioner == leila


def test_patients_enter_none(elena: Patient) -> None:
    assert browser(elena.portal_access.get().user).get(PAGE).status_code == 403


def test_the_desk_enters_and_clears_the_leave_of_its_own_clinics(
    visit: Consultation, mira: Practitioner, jonas: Practitioner, riverside: Clinic, hedda: User
) -> None:
    assert browser(hedda).post(PAGE, told(jonas, riverside)).status_code == 422
    assert not HoursException.objects.exists()
    page = entered(browser(hedda), told(mira, riverside, kind="sick"))
    assert "One visit to clear" in page
    row = HoursException.objects.get()
    assert (row.kind, row.practitioner) == ("sick", mira)
    sent = {"visit": [str(visit.pk)], "how": "cancel", "reason": "Mira is ill"}
    browser(hedda).post(reverse("desk_leave_clear", args=[row.pk]), sent)
    visit.refresh_from_db()
    assert visit.status == "cancelled"
    browser(hedda).post(reverse("desk_leave_take_back", args=[row.pk]))
    assert not HoursException.objects.exists()


@pytest.mark.parametrize("kind", ["extra", "closure"])
def test_the_desk_enters_no_extra_hours_and_no_closure(
    mira: Practitioner, riverside: Clinic, hedda: User, kind: str
) -> None:
    assert f'value="{kind}"' not in browser(hedda).get(PAGE).content.decode()
    assert browser(hedda).post(PAGE, told(mira, riverside, kind=kind)).status_code == 422
    assert not HoursException.objects.exists()


def test_a_manager_closes_their_own_clinic_and_a_physiotherapist_none(
    noor: User, mira: Practitioner, riverside: Clinic, old_town: Clinic
) -> None:
    closed = told(mira, riverside, kind="closure")
    assert browser(mira.user).post(PAGE, closed).status_code == 422
    assert browser(noor).post(PAGE, {**closed, "clinic": old_town.pk}).status_code == 422
    entered(browser(noor), closed)
    row = HoursException.objects.get()
    assert (row.clinic, row.practitioner) == (riverside, None)


def test_an_end_before_the_start_is_refused_with_a_sentence(mira: Practitioner, riverside: Clinic) -> None:
    answer = browser(mira.user).post(PAGE, told(mira, riverside, last_day="2026-03-17"))
    assert answer.status_code == 422
    assert "The end lies before the start" in answer.content.decode()
    assert not HoursException.objects.exists()


def test_it_is_taken_back_by_whom_it_concerns_alone(
    mira: Practitioner, leila: Practitioner, riverside: Clinic
) -> None:
    entered(browser(mira.user), told(mira, riverside))
    address = reverse("desk_leave_take_back", args=[HoursException.objects.get().pk])
    assert browser(leila.user).post(address).status_code == 403
    assert HoursException.objects.exists()
    assert browser(mira.user).post(address).status_code == 302
    assert not HoursException.objects.exists()


def test_what_is_over_stays(mira: Practitioner, riverside: Clinic, now: datetime) -> None:
    row = HoursException.objects.create(
        kind="sick", practitioner=mira, start=now - timedelta(days=2), end=now - timedelta(days=1)
    )
    browser(mira.user).post(reverse("desk_leave_take_back", args=[row.pk]))
    assert HoursException.objects.exists()


def test_visits_at_a_clinic_one_does_not_see_are_counted_and_not_shown(
    visit: Consultation, mira: Practitioner, old_town: Clinic, now: datetime
) -> None:
    mira.clinics.add(old_town)
    olga: User = factories.UserFactory.create(name="Olga Old", email="olga@example.org")
    Membership.objects.create(user=olga, clinic=old_town, role=Role.MANAGER)
    row = HoursException.objects.create(
        kind="sick", practitioner=mira, start=WEDNESDAY_TEN, end=WEDNESDAY_TEN + timedelta(hours=1)
    )
    found = clearing.to_clear(exception=row, user=olga, now=now)
    assert (found.visits, found.elsewhere) == ([], 1)


def test_the_stock_admin_only_reads_it(mira: Practitioner, noor: User, riverside: Clinic) -> None:
    sent = {"practitioner": mira.pk, "clinic": "", "kind": "leave", "start_0": "2026-05-01", "start_1": "09:00",
            "end_0": "2026-05-02", "end_1": "09:00", "reason": ""}  # fmt: skip
    for user in (mira.user, noor):
        assert browser(user).post(reverse("admin:clinic_hoursexception_add"), sent).status_code == 403
    assert not HoursException.objects.exists()
    entered(browser(mira.user), told(mira, riverside))
    shown = browser(noor).get(
        reverse("admin:clinic_hoursexception_change", args=[HoursException.objects.get().pk])
    )
    assert shown.status_code == 200
    assert b'name="_save"' not in shown.content


def test_it_stands_in_the_navigation_of_who_enters_it(mira: Practitioner, noor: User, hedda: User) -> None:
    for user in (mira.user, noor, hedda):
        assert f'href="{PAGE}"' in browser(user).get("/desk/").content.decode()


def test_a_stretch_chosen_in_the_diary_leads_to_the_form_filled_in(
    hedda: User, mira: Practitioner, riverside: Clinic
) -> None:
    desk = browser(hedda)
    place = {"clinic": "riverside", "day": "2026-03-18", "at": "10:00", "for": "90", "whom": str(mira.pk)}
    page = desk.get("/desk/", place).content.decode()
    address = re.search(r'href="(/desk/leave/[^"]+)"', page)
    assert address
    form = desk.get(unescape(address[1])).context["form"]
    filled = {
        name: form[name].value()
        for name in ("practitioner", "first_day", "first_time", "last_day", "last_time")
    }
    assert filled == {
        "practitioner": str(mira.pk),
        "first_day": date(2026, 3, 18),
        "first_time": time(10),
        "last_day": date(2026, 3, 18),
        "last_time": time(11, 30),
    }


@pytest.mark.parametrize(
    "query", ["day=2026-13-40", "day=x&from=99:99", "who=nobody&for=x", "clinic=none&day=2026-03-18"]
)
def test_nonsense_in_the_address_fills_nothing_in(hedda: User, query: str) -> None:
    assert browser(hedda).get(f"{PAGE}?{query}").status_code == 200
