"""The front desk's pages: diary, find, book, move, cancel, how a visit goes, and the patients."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from clinic import policy
from clinic.models import AccessEvent, Clinic, ConsultationType, Membership, Practitioner, Role, User
from clinic.rules.refusals import Refusal
from patients.actions import booking
from patients.models import Consultation, Patient, Source
from patients.rules.lifecycle import Status
from tests import factories
from tests.doors import browser, told

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
"""Ten o'clock in Berlin on Wednesday."""
WEDNESDAY = {"clinic": "riverside", "day": "2026-03-18"}


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(now, tick=False) as moved:
        yield moved


@pytest.fixture
def desk(hedda: User) -> Client:
    """Hedda's browser."""
    return browser(hedda)


Booked = Callable[..., Consultation]


@pytest.fixture
def booked(
    follow_up: ConsultationType, riverside: Clinic, mira: Practitioner, hedda: User, now: datetime
) -> Booked:
    """Books a follow-up with Mira, on Wednesday at ten unless the test says when."""

    def book(patient: Patient, start: datetime = TEN) -> Consultation:
        order = booking.Order(
            patient=patient, type=follow_up, clinic=riverside, practitioner=mira, start=start,
            source=Source.DESK,
        )  # fmt: skip
        return booking.book(order=order, by=hedda, now=now)

    return book


def slot(who: Practitioner, start: datetime = TEN) -> str:
    return f"{who.pk}|{start.isoformat()}"


def offered(page: str) -> set[tuple[str, datetime]]:
    """Whom and when the page offers, as its radio buttons carry it."""
    buttons = re.findall(r'name="slot"[^>]*value="([^"|]+)\|([^"]+)"', page)
    return {(who, datetime.fromisoformat(start)) for who, start in buttons}


def wanted(patient: Patient, kind: ConsultationType, who: Practitioner) -> dict[str, str]:
    return {**WEDNESDAY, "patient": str(patient.pk), "type": str(kind.pk), "slot": slot(who)}


@pytest.mark.parametrize("view", ["", "list"])
def test_the_diary_shows_who_comes_and_writes_down_that_it_was_read(
    desk: Client, booked: Booked, elena: Patient, view: str
) -> None:
    booked(elena)
    page = desk.get("/desk/", {**WEDNESDAY, "view": view})
    assert page.status_code == 200
    assert "Elena Ruiz" in page.content.decode()
    assert "Mira Okafor" in page.content.decode()
    assert AccessEvent.objects.get(what="diary").patient_ids == [elena.pk]
    assert "Elena Ruiz" not in desk.get("/desk/", {"clinic": "riverside", "view": view}).content.decode()


def test_what_is_over_is_folded_away_in_todays_list(
    desk: Client, hedda: User, booked: Booked, elena: Patient, samuel: Patient, clock: time_machine.Traveller
) -> None:
    booked(samuel, TEN + timedelta(hours=4))
    visit = booked(elena)
    clock.move_to(TEN + timedelta(hours=1))
    for verb in ("arrive", "start", "complete"):
        browser(hedda).post(f"/desk/visits/{visit.pk}/{verb}/", WEDNESDAY)
    text = browser(hedda).get("/desk/", {**WEDNESDAY, "view": "list"}).content.decode()
    folded = text.partition("One visit is over")[2].partition("</details>")[0]
    assert "Elena Ruiz" in folded
    assert "Samuel" not in folded
    assert text.index("11:00</span>") < text.index("Samuel")
    clock.shift(timedelta(hours=20))
    assert (
        "One visit is over"
        not in browser(hedda).get("/desk/", {**WEDNESDAY, "view": "list"}).content.decode()
    )


@pytest.mark.parametrize(
    "address",
    [
        "/desk/?day=2026-02-31",
        "/desk/?day=yesterday&clinic=nowhere",
        "/desk/?type=none",
        "/desk/?new=1&name=Ada%20L",
    ],
)
def test_an_address_that_makes_no_sense_shows_the_day(
    desk: Client, follow_up: ConsultationType, address: str
) -> None:
    assert desk.get(address).status_code == 200


@pytest.mark.parametrize("lost", ["visit", "patient"])
def test_an_address_of_nothing_is_not_found(desk: Client, follow_up: ConsultationType, lost: str) -> None:
    assert desk.get("/desk/", {lost: "0198a1b2-0000-7000-8000-000000000000"}).status_code == 404
    assert desk.get("/desk/", {lost: "made up"}).status_code == 404


def test_who_does_not_book_stays_out(
    riverside: Clinic, elena: Patient, follow_up: ConsultationType, mira: Practitioner
) -> None:
    portal = browser(elena.portal_access.get().user)
    assert portal.get("/desk/").status_code == 403
    assert portal.post("/desk/book/", wanted(elena, follow_up, mira)).status_code == 403
    assert portal.get("/desk/patients/").status_code == 403
    assert browser().get("/desk/").status_code == 302
    assert not Consultation.objects.exists()


def test_find_gives_a_fragment_to_the_panel_and_a_page_without_script(
    desk: Client, elena: Patient, follow_up: ConsultationType
) -> None:
    fragment = desk.post("/desk/find/", {**WEDNESDAY, "text": "ruis"}, headers={"HX-Request": "true"})
    assert "Elena Ruiz" in fragment.content.decode()
    assert "<html" not in fragment.content.decode()
    assert AccessEvent.objects.get(what="patient search").patient_ids == [elena.pk]
    factories.PatientFactory.create(clinic=elena.clinic, given_name="Marta", family_name="Ruiz")
    assert "<html" in desk.post("/desk/find/", {**WEDNESDAY, "text": "ruis"}).content.decode()
    assert "Nobody fits" in desk.post("/desk/find/", {**WEDNESDAY, "text": "qqqq"}).content.decode()


def test_enter_opens_the_booking_of_the_only_patient_who_fits(desk: Client, elena: Patient) -> None:
    answer = desk.post("/desk/find/", {**WEDNESDAY, "text": "ruis"})
    assert answer.headers["Location"] == f"/desk/?clinic=riverside&day=2026-03-18&patient={elena.pk}"


def test_a_new_patients_form_starts_at_the_given_name(desk: Client, riverside: Clinic) -> None:
    page = desk.get("/desk/", {**WEDNESDAY, "new": "1"}).content.decode()
    assert re.findall(r'<[^>]*name="([a-z_]+)"[^>]* autofocus', page) == ["given_name"]


def test_only_what_can_happen_yet_is_offered_for_a_visit_of_a_later_day(
    hedda: User, booked: Booked, elena: Patient, clock: time_machine.Traveller
) -> None:
    visit = booked(elena)

    def acts() -> list[str]:
        page = browser(hedda).get("/desk/", {**WEDNESDAY, "visit": str(visit.pk)}).content.decode()
        return re.findall(rf"/desk/visits/{visit.pk}/([a-z-]+)/", page)

    assert acts() == ["confirm", "lengthen", "cancel"]
    clock.move_to(TEN - timedelta(hours=2))
    assert acts() == ["arrive", "confirm", "start", "complete", "lengthen", "cancel"]
    clock.move_to(TEN + timedelta(minutes=10))
    assert acts() == ["arrive", "start", "complete", "no-show", "lengthen", "cancel"]


def test_it_offers_slots_books_one_and_says_so(
    desk: Client, elena: Patient, follow_up: ConsultationType, mira: Practitioner, hedda: User
) -> None:
    panel = desk.get("/desk/", {**WEDNESDAY, "patient": str(elena.pk)})
    assert (str(mira.pk), TEN) in offered(panel.content.decode())
    answer = desk.post("/desk/book/", wanted(elena, follow_up, mira), follow=True)
    visit = Consultation.objects.get()
    assert (visit.start, visit.source, visit.booked_by) == (TEN, Source.DESK, hedda)
    assert answer.redirect_chain == [(f"/desk/?clinic=riverside&day=2026-03-18&visit={visit.pk}", 302)]
    assert "Booked: Elena Ruiz, Wed 18 Mar, 10:00 with Mira Okafor." in answer.content.decode()
    assert told("booked")


@pytest.mark.parametrize(
    "made_up", ["", "nobody|2026-03-18T10:00", "|", "0198a1b2-0000-7000-8000-000000000000|soon"]
)
def test_a_made_up_slot_is_asked_for_again(
    desk: Client, elena: Patient, follow_up: ConsultationType, mira: Practitioner, made_up: str
) -> None:
    answer = desk.post("/desk/book/", {**wanted(elena, follow_up, mira), "slot": made_up}, follow=True)
    assert "Choose one of the free times" in answer.content.decode()
    assert not Consultation.objects.exists()


@pytest.mark.assures("BO-09")
def test_a_lost_race_comes_back_with_what_is_free(
    desk: Client,
    booked: Booked,
    elena: Patient,
    samuel: Patient,
    follow_up: ConsultationType,
    leila: Practitioner,
) -> None:
    mira = booked(elena).practitioner
    answer = desk.post("/desk/book/", wanted(samuel, follow_up, mira))
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "This time is taken" in text
    assert (str(mira.pk), TEN) not in offered(text)
    assert (str(leila.pk), TEN) in offered(text)
    assert Consultation.objects.count() == 1
    assert desk.post("/desk/book/", wanted(elena, follow_up, leila)).status_code == 409, "she is with Mira"


def test_a_time_that_is_no_slot_is_refused(
    desk: Client, elena: Patient, follow_up: ConsultationType, mira: Practitioner
) -> None:
    midnight = {**wanted(elena, follow_up, mira), "slot": slot(mira, TEN - timedelta(hours=9))}
    assert desk.post("/desk/book/", midnight).status_code == 422
    assert not Consultation.objects.exists()


def test_a_visit_is_moved_and_keeps_its_time_where_the_new_one_is_gone(
    desk: Client, booked: Booked, elena: Patient, samuel: Patient, mira: Practitioner
) -> None:
    visit = booked(elena)
    booked(samuel, TEN + timedelta(hours=1))
    address = f"/desk/visits/{visit.pk}/move/"
    assert (
        "Move to" in desk.get("/desk/", {**WEDNESDAY, "visit": str(visit.pk), "move": "1"}).content.decode()
    )

    lost = desk.post(address, {**WEDNESDAY, "slot": slot(mira, TEN + timedelta(hours=1))})
    assert lost.status_code == 409
    assert "The old time is kept" in lost.content.decode()
    visit.refresh_from_db()
    assert (visit.start, visit.version) == (TEN, 1)

    assert "Choose one" in desk.post(address, {**WEDNESDAY, "slot": "x"}, follow=True).content.decode()
    moved = desk.post(address, {**WEDNESDAY, "slot": slot(mira, TEN + timedelta(hours=2))}, follow=True)
    assert "Moved Elena Ruiz to Wed 18 Mar, 12:00." in moved.content.decode()
    visit.refresh_from_db()
    assert (visit.start, visit.version) == (TEN + timedelta(hours=2), 2)


@pytest.mark.parametrize(("fault", "number"), [(booking.Busy, 423), (policy.NotYours, 403)])
def test_a_refusal_answers_by_its_kind_and_a_busy_diary_keeps_the_choice(  # noqa: PLR0917
    desk: Client,
    booked: Booked,
    elena: Patient,
    samuel: Patient,
    follow_up: ConsultationType,
    mira: Practitioner,
    monkeypatch: pytest.MonkeyPatch,
    fault: type[Refusal],
    number: int,
) -> None:
    visit = booked(elena)

    def refuse(**_told: object) -> None:
        raise fault("Wait a moment, then book again.")

    for verb in ("book", "move", "cancel"):
        monkeypatch.setattr(booking, verb, refuse)
    chosen = slot(mira, TEN + timedelta(hours=3))
    for answer in (
        desk.post("/desk/book/", {**wanted(samuel, follow_up, mira), "slot": chosen}),
        desk.post(f"/desk/visits/{visit.pk}/move/", {**WEDNESDAY, "slot": chosen}),
    ):
        assert answer.status_code == number
        text = answer.content.decode()
        assert "Wait a moment, then book again." in text
        [checked] = re.findall(r'name="slot"[^>]*value="([^"]+)"[^>]*checked', text)
        is_kept = datetime.fromisoformat(checked.partition("|")[2]) == TEN + timedelta(hours=3)
        assert is_kept == (fault is booking.Busy)
    answer = desk.post(f"/desk/visits/{visit.pk}/cancel/", {**WEDNESDAY, "by": "patient", "reason": "a cold"})
    assert answer.status_code == number
    assert 'value="a cold"' in answer.content.decode()


def test_where_no_email_tells_the_patient_the_desk_is_told_to_call(
    desk: Client, booked: Booked, samuel: Patient, mira: Practitioner
) -> None:
    visit = booked(samuel)
    here = f"/desk/visits/{visit.pk}"
    moved = desk.post(
        f"{here}/move/", {**WEDNESDAY, "slot": slot(mira, TEN + timedelta(hours=2))}, follow=True
    )
    assert (
        "Moved Samuel Ortiz to Wed 18 Mar, 12:00. Gets no email. Call 0170 1112222." in moved.content.decode()
    )
    gone = desk.post(f"{here}/cancel/", {**WEDNESDAY, "by": "clinic", "reason": "Mira is ill"}, follow=True)
    assert "The time is free again. Gets no email. Call 0170 1112222." in gone.content.decode()
    own = booked(samuel)
    told = {**WEDNESDAY, "by": "patient", "reason": "a cold"}
    gone = desk.post(f"/desk/visits/{own.pk}/cancel/", told, follow=True)
    assert "The time is free again." in gone.content.decode()
    assert "Gets no email" not in gone.content.decode(), "who asked themselves knows"


def test_a_cancellation_needs_a_reason_and_frees_the_time(
    desk: Client, booked: Booked, elena: Patient
) -> None:
    visit = booked(elena)
    address = f"/desk/visits/{visit.pk}/cancel/"
    bare = desk.post(address, {**WEDNESDAY, "by": "patient", "reason": " "})
    assert bare.status_code == 422
    assert "Say why" in bare.content.decode()
    assert "Say why" not in desk.get("/desk/", {**WEDNESDAY, "visit": str(visit.pk)}).content.decode()

    done = desk.post(address, {**WEDNESDAY, "by": "patient", "reason": "a cold"}, follow=True)
    assert "Cancelled: Elena Ruiz" in done.content.decode()
    visit.refresh_from_db()
    assert (visit.status, visit.cancelled_by, visit.cancel_reason) == (Status.CANCELLED, "patient", "a cold")
    assert desk.post(address, {**WEDNESDAY, "by": "patient", "reason": "again"}).status_code == 409
    assert booked(elena).status == Status.BOOKED


def test_a_visit_is_marked_step_by_step_and_the_last_step_taken_back(
    hedda: User, booked: Booked, elena: Patient, clock: time_machine.Traveller
) -> None:
    visit = booked(elena)

    def mark(verb: str) -> str:
        answer = browser(hedda).post(f"/desk/visits/{visit.pk}/{verb}/", WEDNESDAY, follow=True)
        assert answer.status_code == 200
        visit.refresh_from_db()
        return answer.content.decode()

    assert "another day" in mark("arrive")
    assert visit.status == Status.BOOKED
    clock.move_to(TEN)  # the sign-in of the day before has run out by then
    for verb, status in [
        ("confirm", "confirmed"), ("arrive", "arrived"), ("start", "in_progress"), ("complete", "completed"),
        ("undo", "in_progress"),
    ]:  # fmt: skip
        mark(verb)
        assert visit.status == status
    assert browser(hedda).post(f"/desk/visits/{visit.pk}/dance/", WEDNESDAY).status_code == 404


def test_the_desk_of_another_clinic_sees_the_visit_but_changes_nothing(
    booked: Booked, elena: Patient, old_town: Clinic, mira: Practitioner
) -> None:

    otto = factories.UserFactory.create(name="Otto Lang")
    Membership.objects.create(user=otto, clinic=old_town, role=Role.FRONT_DESK)
    factories.give_second_factor(otto)
    there, visit = browser(otto), booked(elena)
    assert there.get("/desk/", {**WEDNESDAY, "visit": str(visit.pk)}).status_code == 200
    for verb in ("confirm", "move", "cancel"):
        answer = there.post(
            f"/desk/visits/{visit.pk}/{verb}/",
            {**WEDNESDAY, "slot": slot(mira), "by": "clinic", "reason": "x"},
        )
        assert answer.status_code == 403
    visit.refresh_from_db()
    assert (visit.status, visit.version) == (Status.BOOKED, 1)


NEW = {
    "clinic_in_view": "riverside", "day": "2026-03-18", "given_name": "Elena", "family_name": "Ruíz",
    "birth_date": "1979-05-02", "phone": "", "email": "", "language": "en", "desk_note": "",
}  # fmt: skip


def test_a_likely_twin_is_shown_before_a_second_record_is_made(
    desk: Client, elena: Patient, riverside: Clinic
) -> None:
    told_twice = {**NEW, "clinic": str(riverside.pk)}
    warned = desk.post("/desk/patients/new/", told_twice)
    assert warned.status_code == 409
    assert f"patient={elena.pk}" in warned.content.decode()
    assert 'name="confirmed" value="on"' in warned.content.decode()
    assert Patient.objects.count() == 1

    made = desk.post("/desk/patients/new/", {**told_twice, "confirmed": "on"})
    second = Patient.objects.exclude(pk=elena.pk).get()
    assert made.headers["Location"] == f"/desk/?clinic=riverside&day=2026-03-18&patient={second.pk}"


def test_a_new_patient_whose_form_is_wrong_is_told_where(desk: Client, riverside: Clinic) -> None:
    wrong = {**NEW, "clinic": str(riverside.pk), "birth_date": "2031-01-01", "phone": "0301234567"}
    answer = desk.post("/desk/patients/new/", wrong)
    assert answer.status_code == 422
    assert "between 1895 and today" in answer.content.decode()
    assert not Patient.objects.exists()


def test_a_patients_page_shows_visits_and_saves_what_changed(
    desk: Client, booked: Booked, elena: Patient, riverside: Clinic
) -> None:
    booked(elena)
    page = desk.get(f"/desk/patients/{elena.pk}/")
    assert "Wed 18 Mar, 10:00" in page.content.decode()
    form = {**NEW, "clinic": str(riverside.pk), "phone": "030 1234567", "email": "elena@example.org"}
    saved = desk.post(f"/desk/patients/{elena.pk}/", form, follow=True)
    assert "Saved." in saved.content.decode()
    elena.refresh_from_db()
    assert (elena.family_name, elena.phone.as_e164) == ("Ruíz", "+49301234567")
    assert desk.post(f"/desk/patients/{elena.pk}/", {**form, "given_name": " "}).status_code == 422


def test_patients_are_searched_by_post_and_else_the_newest_shown(
    desk: Client, elena: Patient, samuel: Patient
) -> None:
    newest = desk.get("/desk/patients/").content.decode()
    assert newest.index("Samuel Ortiz") < newest.index("Elena Ruiz")
    found = desk.post("/desk/patients/", {"text": "ortis"}).content.decode()
    assert "Samuel Ortiz" in found
    assert "Elena Ruiz" not in found


def test_an_invitation_goes_out_only_where_there_is_an_address(
    desk: Client, elena: Patient, samuel: Patient
) -> None:
    sent = desk.post(f"/desk/patients/{elena.pk}/invite/", follow=True)
    assert "on its way to elena@example.org" in sent.content.decode()
    assert len(told("invitation")) == 1
    refused = desk.post(f"/desk/patients/{samuel.pk}/invite/", follow=True)
    assert "Add an email address first" in refused.content.decode()
    assert len(told("invitation")) == 1
