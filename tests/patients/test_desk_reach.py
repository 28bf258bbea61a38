"""What the desk shows to whom and on which clock, and that it writes down every patient whom it shows."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from clinic.models import AccessEvent, Clinic, ConsultationType, Practitioner, Room, User
from clinic.rules import wallclock
from patients.actions import booking
from patients.models import CancelledBy, Consultation, Patient, Source
from tests import factories
from tests.doors import browser

pytestmark = pytest.mark.django_db


def next_monday(clinic: Clinic, hour: int) -> datetime:
    """An hour of the Monday after next: one that is still to come."""
    today = wallclock.local_day(timezone.now(), clinic.zone)
    monday = today + timedelta(days=14 - today.weekday())
    return wallclock.day_span(monday, clinic.zone).start + timedelta(hours=hour)


@pytest.fixture
def visit(
    riverside: Clinic, mira: Practitioner, follow_up: ConsultationType, elena: Patient, hedda: User
) -> Consultation:
    """Elena's at Riverside, at ten."""
    return _booked(elena, mira, follow_up, hedda, next_monday(riverside, 10))


def _booked(
    patient: Patient, whom: Practitioner, kind: ConsultationType, by: User, start: datetime
) -> Consultation:
    place = by.memberships.get().clinic
    order = booking.Order(
        patient=patient, type=kind, clinic=place, practitioner=whom, start=start, source=Source.DESK
    )
    return booking.book(order=order, by=by, now=timezone.now())


def address(visit: Consultation, more: str = "") -> str:
    """The diary of the visit's clinic and day."""
    day = wallclock.local_day(visit.start, visit.clinic.zone)
    return f"/desk/?clinic={visit.clinic.slug}&day={day}{more}"


def written_down(events: int = 1) -> set[UUID]:
    """The patients of the newest of so many access events."""
    assert AccessEvent.objects.count() == events
    return set(AccessEvent.objects.latest("id").patient_ids)


# --- whose diary


@pytest.mark.assures("AZ-02", "AZ-03")
@pytest.mark.parametrize("more", ["", "&view=list"])
def test_the_diary_of_another_clinic_is_not_read_by_its_name(
    jonas: Practitioner, visit: Consultation, elena: Patient, more: str
) -> None:
    answer = browser(jonas.user).get(address(visit, more))
    assert answer.status_code == 200
    assert answer.context["view"].clinic.slug == "old-town"
    assert elena.family_name not in answer.content.decode()
    assert "Riverside" not in answer.content.decode()


def test_a_manager_reads_the_diaries_of_their_own_clinics_only(
    noor: User, old_town: Clinic, visit: Consultation, elena: Patient
) -> None:
    answer = browser(noor).get(address(visit, "&view=list"))
    assert [clinic.slug for clinic in answer.context["view"].clinics] == ["riverside"]
    assert elena.family_name in answer.content.decode()


def test_the_front_desk_reads_every_diary_and_opens_its_own_first(
    hedda: User, old_town: Clinic, riverside: Clinic
) -> None:
    client = browser(hedda)
    assert client.get("/desk/?clinic=old-town").context["view"].clinic == old_town
    first = client.get("/desk/").context["view"]
    assert first.clinic == riverside
    assert first.clinics == [old_town, riverside]


def test_staff_of_closed_clinics_only_are_told_whom_to_ask(jonas: Practitioner, old_town: Clinic) -> None:
    old_town.archived_at = timezone.now()
    old_town.save()
    assert browser(jonas.user).get("/desk/").status_code == 403


@pytest.mark.assures("AZ-02")
def test_the_month_counts_only_what_one_may_see(
    jonas: Practitioner, mira: Practitioner, visit: Consultation
) -> None:
    def level(user: User | None) -> int:
        weeks = browser(user).get(address(visit)).context["month"]
        return sum(cell.level for week in weeks for cell in week)

    assert level(mira.user) == 3
    assert level(jonas.user) == 0


@pytest.mark.assures("AZ-02")
def test_a_patients_page_shows_the_visits_and_accounts_that_one_may_see(
    jonas: Practitioner, hedda: User, old_town: Clinic, visit: Consultation, elena: Patient, zoe: Patient
) -> None:
    factories.EpisodeFactory.create(patient=elena, clinic=old_town, team=[jonas])
    page, email = f"/desk/patients/{elena.pk}/", elena.portal_access.get().user.email
    seen = browser(jonas.user).get(page)
    assert seen.status_code == 200
    assert list(seen.context["coming"]) == []
    assert list(seen.context["access"]) == []
    assert visit.practitioner.name not in seen.content.decode()
    at_the_desk = browser(hedda).get(page)
    assert list(at_the_desk.context["coming"]) == [visit]
    assert [each.user.email for each in at_the_desk.context["access"]] == [email]


# --- on which clock


@pytest.mark.parametrize("path", ["/desk/", "/desk/?new=1", "/desk/?day=9999-12-31"])
def test_the_clinics_clock_is_not_left_to_the_next_request(hedda: User, path: str) -> None:
    timezone.deactivate()
    answer = browser(hedda).get(path)
    assert answer.status_code == 200
    assert timezone.get_current_timezone_name() == "UTC"


def test_the_diary_runs_on_the_clinics_clock(hedda: User, visit: Consultation) -> None:
    timezone.deactivate()
    assert "10:00" in browser(hedda).get(address(visit, "&view=list")).content.decode()


def test_a_patients_visits_are_told_on_the_clock_of_their_clinic(
    hedda: User, visit: Consultation, elena: Patient
) -> None:
    timezone.deactivate()
    assert ", 10:00</a>" in browser(hedda).get(f"/desk/patients/{elena.pk}/").content.decode()


# --- what is written down


@pytest.mark.assures("AU-01")
def test_a_day_writes_down_its_patients_the_cancelled_too(
    hedda: User, visit: Consultation, samuel: Patient, leila: Practitioner, follow_up: ConsultationType
) -> None:
    other = _booked(samuel, leila, follow_up, hedda, visit.start)
    booking.cancel(
        consultation=other, asked_by=CancelledBy.PATIENT, reason="Ill", by=hedda, now=timezone.now()
    )
    assert "Samuel" in browser(hedda).get(address(visit, "&view=list")).content.decode()
    assert written_down() == {visit.patient_id, samuel.pk}


@pytest.mark.assures("AU-01")
def test_the_panel_of_a_booking_writes_down_its_patient(
    hedda: User, samuel: Patient, riverside: Clinic
) -> None:
    browser(hedda).get(f"/desk/?clinic=riverside&day=2026-01-01&patient={samuel.pk}")
    assert written_down() == {samuel.pk}


@pytest.mark.assures("AU-01")
def test_the_panel_of_a_visit_writes_down_who_shares_the_class(
    hedda: User,
    riverside: Clinic,
    mira: Practitioner,
    back_class: ConsultationType,
    elena: Patient,
    samuel: Patient,
) -> None:
    start = next_monday(riverside, 10)
    first = _booked(elena, mira, back_class, hedda, start)
    _booked(samuel, mira, back_class, hedda, start)
    answer = browser(hedda).get(f"/desk/?clinic=riverside&day=2026-01-01&visit={first.pk}")
    assert "Samuel" in answer.content.decode()
    assert written_down() == {elena.pk, samuel.pk}


@pytest.mark.assures("AU-01")
def test_a_search_writes_down_the_patients_found(hedda: User, elena: Patient, samuel: Patient) -> None:
    client = browser(hedda)
    found = client.post("/desk/find/", {"text": samuel.family_name, "clinic": "riverside"})
    assert found.headers["Location"].endswith(f"patient={samuel.pk}")
    assert written_down() == {samuel.pk}
    client.post("/desk/find/", {"text": elena.family_name}, headers={"HX-Request": "true"})
    assert written_down(events=2) == {elena.pk}


@pytest.mark.assures("AU-01")
def test_refused_changes_write_down_whom_they_show(hedda: User, visit: Consultation, samuel: Patient) -> None:
    client = browser(hedda)
    on_an_empty_day = {"clinic": "riverside", "day": "2026-01-01"}
    answer = client.post(
        f"/desk/visits/{visit.pk}/cancel/", {**on_an_empty_day, "by": "patient", "reason": ""}
    )
    assert answer.status_code == 422
    assert written_down() == {visit.patient_id}
    past = f"{visit.practitioner_id}|2026-01-01T09:00:00+01:00"
    answer = client.post(f"/desk/visits/{visit.pk}/move/", {**on_an_empty_day, "slot": past})
    assert answer.status_code in {409, 422}
    assert written_down(events=2) == {visit.patient_id}
    told = {**on_an_empty_day, "patient": samuel.pk, "type": visit.type_id, "slot": past}
    answer = client.post("/desk/book/", told)
    assert answer.status_code in {409, 422}
    assert written_down(events=3) == {samuel.pk}


# --- what is made up


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1899-12-31", "2026-13-01", "soon"])
def test_an_impossible_day_is_today_with_a_word_about_it(hedda: User, day: str) -> None:
    answer = browser(hedda).get(f"/desk/?day={day}")
    assert answer.status_code == 200
    assert answer.context["view"].day == answer.context["view"].today
    assert [str(each) for each in answer.context["messages"]] == [
        "That is not a date to look at, so this is today. Choose another day."
    ]


@pytest.mark.parametrize("day", ["1900-01-01", "2200-12-31"])
def test_the_first_and_the_last_day_can_be_looked_at(hedda: User, day: str) -> None:
    assert f"{browser(hedda).get(f'/desk/?day={day}').context['view'].day}" == day


def test_a_day_that_the_zone_left_out_is_today(jonas: Practitioner, old_town: Clinic) -> None:
    old_town.time_zone = "Pacific/Apia"
    old_town.save()
    answer = browser(jonas.user).get("/desk/?day=2011-12-30")
    assert answer.context["view"].day == answer.context["view"].today


@pytest.mark.parametrize(
    "start", ["2026-05-01T10:00", "9999-12-31T12:00:00+00:00", "0001-01-01T00:00:00+14:00", "soon", ""]
)
def test_a_made_up_slot_books_and_moves_nothing(hedda: User, visit: Consultation, start: str) -> None:
    client, slot = browser(hedda), f"{visit.practitioner_id}|{start}"
    told = {"patient": visit.patient_id, "type": visit.type_id, "slot": slot, "clinic": "riverside"}
    assert client.post("/desk/book/", told).status_code == 302
    assert client.post(f"/desk/visits/{visit.pk}/move/", {"slot": slot}).status_code == 302
    assert Consultation.objects.get().start == visit.start


def test_no_name_is_taken_from_the_address(hedda: User) -> None:
    answer = browser(hedda).get("/desk/?new=1&name=Elena+Rossi")
    assert answer.context["panel"] == "new"
    assert "Rossi" not in answer.content.decode().partition("</header>")[2]


# --- a lost race


@pytest.mark.assures("BO-09")
@pytest.mark.parametrize("door", ["book", "move"])
def test_a_lost_race_names_the_nearest_free_times(
    hedda: User, visit: Consultation, samuel: Patient, room: Room, follow_up: ConsultationType, door: str
) -> None:
    slot = f"{visit.practitioner_id}|{visit.start.isoformat()}"
    told = {"clinic": "riverside", "slot": slot, "patient": samuel.pk, "type": follow_up.pk}
    path = "/desk/book/"
    if door == "move":
        later = _booked(samuel, visit.practitioner, follow_up, hedda, visit.start + timedelta(hours=2))
        path = f"/desk/visits/{later.pk}/move/"
    answer = browser(hedda).post(path, told)
    assert answer.status_code == 409
    offers = answer.context["offers"]
    assert offers.is_nearest
    assert 1 <= len(offers.best) <= 5
    assert {offer.start.date() for offer in offers.best} == {visit.start.date()}
    assert (visit.practitioner, visit.start) not in {(each.practitioner, each.start) for each in offers.best}
    text = answer.content.decode()
    assert "nearest free" in text
    assert visit.practitioner.name in text
