"""The API of patients and consultations: shapes, acts, and refusals that tell nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from rest_framework.test import APIClient

from clinic.models import AccessEvent, Clinic, ConsultationType, Practitioner, User
from patients.models import Consultation, Patient
from tests.doors import api, problem

pytestmark = pytest.mark.django_db
V1 = "/api/v1"
PATIENT_FIELDS = {
    "id", "number", "given_name", "family_name", "birth_date", "phone", "email", "language", "clinic", "desk_note",
    "wants_email", "updated_at", "archived_at",
}  # fmt: skip
VISIT_FIELDS = {
    "id", "patient", "practitioner", "clinic", "type", "room", "start", "end", "status", "version", "source",
    "cancelled_by", "cancel_reason", "cancelled_late",
}  # fmt: skip
CANARY = "Canary"


@pytest.fixture(autouse=True)
def _nine_o_clock(now: datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


@dataclass
class Desks:
    """Programs of one person a role."""

    hedda: APIClient
    mira: APIClient
    noor: APIClient
    jonas: APIClient
    elena: APIClient
    zoe: APIClient
    nobody: APIClient


@pytest.fixture
def desks(
    hedda: User, mira: Practitioner, noor: User, jonas: Practitioner, elena: Patient, zoe: Patient
) -> Desks:
    return Desks(
        hedda=api(hedda),
        mira=api(mira.user),
        noor=api(noor),
        jonas=api(jonas.user),
        elena=api(elena.portal_access.get().user),
        zoe=api(zoe.portal_access.get().user),
        nobody=api(),
    )


@pytest.fixture
def order(
    elena: Patient, mira: Practitioner, riverside: Clinic, follow_up: ConsultationType
) -> dict[str, str]:
    """Elena's follow-up with Mira on Wednesday at ten."""
    return {
        "patient": str(elena.pk),
        "practitioner": str(mira.pk),
        "clinic": str(riverside.pk),
        "type": str(follow_up.pk),
        "start": "2026-03-18T10:00:00+01:00",
    }


@pytest.fixture
def visit(desks: Desks, order: dict[str, str]) -> dict[str, Any]:
    answer = desks.hedda.post(f"{V1}/consultations/", order)
    assert answer.status_code == 201, answer.content
    booked: dict[str, Any] = answer.json()
    return booked


# --- patients


@pytest.mark.assures("AZ-06")
@pytest.mark.parametrize("who", ["hedda", "mira", "noor"])
def test_staff_see_demographics_and_nothing_else(desks: Desks, elena: Patient, who: str) -> None:
    answer = getattr(desks, who).get(f"{V1}/patients/{elena.pk}/")
    assert answer.status_code == 200
    row = answer.json()
    assert set(row) == PATIENT_FIELDS
    assert UUID(row["id"]).version == 7
    assert datetime.fromisoformat(row["updated_at"]).utcoffset() is not None


@pytest.mark.assures("AZ-02", "AZ-03")
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("get", "patients/{}/", None),
        ("patch", "patients/{}/", {"email": "other@example.org"}),
    ],
)
def test_a_patient_of_another_clinic_is_answered_as_if_missing(
    desks: Desks, elena: Patient, method: str, path: str, body: dict[str, str] | None
) -> None:
    Patient.objects.filter(pk=elena.pk).update(
        given_name=CANARY, family_name=CANARY, email="canary@example.org"
    )
    before = Patient.objects.values().get(pk=elena.pk)
    send = getattr(desks.jonas, method)
    foreign, missing = (send(f"{V1}/{path.format(key)}", body) for key in (elena.pk, uuid4()))
    problem(foreign, 404)
    assert foreign.content == missing.content
    assert {**foreign.headers, "X-Request-ID": ""} == {**missing.headers, "X-Request-ID": ""}
    assert CANARY.lower() not in f"{foreign.content!r}{foreign.headers}".lower()
    assert Patient.objects.values().get(pk=elena.pk) == before
    assert not AccessEvent.objects.exists()


@pytest.mark.assures("AZ-01", "AZ-03")
@pytest.mark.parametrize(("who", "status"), [("elena", 403), ("zoe", 403), ("nobody", 401)])
def test_a_patient_and_a_stranger_get_no_list_and_no_record(
    desks: Desks, elena: Patient, who: str, status: int
) -> None:
    for path in ("patients/", f"patients/{elena.pk}/", "consultations/?from=2026-03-17&to=2026-03-17"):
        answer = getattr(desks, who).get(f"{V1}/{path}")
        problem(answer, status)
        assert b"Ruiz" not in answer.content


def test_lists_hold_the_patients_of_ones_reach(
    desks: Desks, elena: Patient, samuel: Patient, zoe: Patient
) -> None:
    seen = {
        who: {row["id"] for row in getattr(desks, who).get(f"{V1}/patients/").json()["results"]}
        for who in ("hedda", "mira", "jonas")
    }
    ours = {str(elena.pk), str(samuel.pk)}
    assert seen == {"hedda": {*ours, str(zoe.pk)}, "mira": ours, "jonas": {str(zoe.pk)}}


@pytest.mark.assures("AU-01")
def test_each_reading_is_one_access_event(
    desks: Desks, elena: Patient, samuel: Patient, mira: Practitioner
) -> None:
    desks.mira.get(f"{V1}/patients/")
    desks.mira.get(f"{V1}/patients/{elena.pk}/")
    desks.mira.post(f"{V1}/patients/search/", {"text": "ruiz"})
    assert [(each.user_id, each.patient_ids, each.door) for each in AccessEvent.objects.order_by("id")] == [
        (mira.user_id, sorted([elena.pk, samuel.pk]), "api"),
        (mira.user_id, [elena.pk], "api"),
        (mira.user_id, [elena.pk], "api"),
    ]


def test_only_what_changed_since_a_moment(
    desks: Desks, elena: Patient, samuel: Patient, now: datetime
) -> None:
    Patient.objects.filter(pk=samuel.pk).update(updated_at=now - timedelta(days=2))
    since = (now - timedelta(days=1)).isoformat()
    rows = desks.mira.get(f"{V1}/patients/", {"updated_since": since}).json()["results"]
    assert [row["id"] for row in rows] == [str(elena.pk)]
    problem(desks.mira.get(f"{V1}/patients/", {"updated_since": "lately"}), 400)


def test_the_desk_finds_a_patient_with_a_typing_error(desks: Desks, elena: Patient) -> None:
    answer = desks.hedda.post(f"{V1}/patients/search/", {"text": "Ruis"})
    [row] = answer.json()["results"]
    assert (row["id"], set(row)) == (str(elena.pk), PATIENT_FIELDS)
    assert desks.jonas.post(f"{V1}/patients/search/", {"text": "Ruiz"}).json()["results"] == []
    problem(desks.hedda.post(f"{V1}/patients/search/", {}), 400)
    problem(desks.elena.post(f"{V1}/patients/search/", {"text": "Ruiz"}), 403)


@pytest.fixture
def details(riverside: Clinic) -> dict[str, str]:
    return {
        "given_name": "Ada", "family_name": "Berg", "birth_date": "1990-02-28", "phone": "030 1234567",
        "email": "ada@example.org", "clinic": str(riverside.pk),
    }  # fmt: skip


def test_the_desk_creates_and_changes_a_patient(desks: Desks, details: dict[str, str]) -> None:
    answer = desks.hedda.post(f"{V1}/patients/", details)
    assert answer.status_code == 201
    row = answer.json()
    assert set(row) == PATIENT_FIELDS
    assert row["birth_date"] == "1990-02-28"
    changed = desks.hedda.patch(f"{V1}/patients/{row['id']}/", {"family_name": "Berger"})
    assert (changed.status_code, changed.json()["family_name"]) == (200, "Berger")
    assert changed.json()["email"] == "ada@example.org"


@pytest.mark.assures("AZ-08")
def test_what_is_not_asked_for_is_refused_by_name(
    desks: Desks, details: dict[str, str], elena: Patient
) -> None:
    more = {"number": 7, "archived_at": "2026-01-01T00:00:00Z", "id": str(uuid4())}
    for send, path in ((desks.hedda.post, "patients/"), (desks.hedda.patch, f"patients/{elena.pk}/")):
        told = problem(send(f"{V1}/{path}", {**details, **more}), 400)
        assert set(told["errors"]) == set(more)
        for name, [words] in told["errors"].items():
            assert words.startswith(f"Nothing reads {name}: remove it, or use one of ")
            assert "birth_date" in words
    assert not Patient.objects.filter(given_name="Ada").exists()


def test_the_note_and_the_wish_for_no_email_are_set(desks: Desks, details: dict[str, str]) -> None:
    sent = {**details, "desk_note": "Rings twice", "wants_email": False, "language": "es"}
    told = desks.hedda.post(f"{V1}/patients/", sent).json()
    made = Patient.objects.get(pk=told["id"])
    assert told["desk_note"] == "Rings twice"
    assert (made.desk_note, made.wants_email, made.language) == ("Rings twice", False, "es")
    answer = desks.hedda.patch(f"{V1}/patients/{made.pk}/", {"desk_note": "", "wants_email": True})
    assert (answer.status_code, answer.json()["desk_note"]) == (200, "")
    made.refresh_from_db()
    assert (made.desk_note, made.wants_email) == ("", True)


def test_a_language_that_we_do_not_speak_is_refused(desks: Desks, elena: Patient) -> None:
    told = problem(desks.hedda.patch(f"{V1}/patients/{elena.pk}/", {"language": "zz"}), 400)
    assert set(told["errors"]) == {"language"}
    elena.refresh_from_db()
    assert elena.language == "en"


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("birth_date", "2027-01-01", 422),
        ("phone", "12", 422),
        ("given_name", "", 400),
        ("email", "no address", 400),
        ("clinic", "no id", 400),
    ],
)
def test_bad_details_are_refused_beside_their_field(
    desks: Desks, details: dict[str, str], field: str, value: str, status: int
) -> None:
    said = problem(desks.hedda.post(f"{V1}/patients/", {**details, field: value}), status)
    assert list(said["errors"]) == [field]
    assert not Patient.objects.filter(family_name="Berg").exists()


@pytest.mark.assures("AZ-04")
def test_a_physiotherapist_adds_no_patient_to_another_clinic(
    desks: Desks, details: dict[str, str], old_town: Clinic
) -> None:
    problem(desks.mira.post(f"{V1}/patients/", {**details, "clinic": str(old_town.pk)}), 403)
    assert not Patient.objects.filter(family_name="Berg").exists()


@pytest.mark.assures("IN-07")
@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\u202e", "😀" * 80, "x" * 81, "%_\\'\""])
def test_odd_texts_never_break_the_search(desks: Desks, elena: Patient, text: str) -> None:
    assert desks.hedda.post(f"{V1}/patients/search/", {"text": text}).status_code in {200, 400}


# --- consultations


@pytest.mark.assures("AZ-06")
def test_a_booking_answers_with_the_visit_on_the_clinics_clock(
    visit: dict[str, Any], order: dict[str, str]
) -> None:
    assert set(visit) == VISIT_FIELDS
    assert {name: visit[name] for name in order} == order
    assert visit["end"] == "2026-03-18T10:30:00+01:00"
    assert (visit["status"], visit["version"], visit["source"]) == ("booked", 1, "api")
    assert UUID(visit["id"]).version == 7
    assert visit["room"]


@pytest.mark.assures("BO-01")
def test_a_taken_slot_is_409_with_alternatives_that_can_be_booked(
    desks: Desks, visit: dict[str, Any], order: dict[str, str], samuel: Patient
) -> None:
    again = {**order, "patient": str(samuel.pk)}
    said = problem(desks.hedda.post(f"{V1}/consultations/", again), 409)
    assert said["alternatives"]
    assert Consultation.objects.count() == 1
    alternative = said["alternatives"][0]
    assert set(alternative) == {"practitioner", "clinic", "start", "end"}
    assert datetime.fromisoformat(alternative["start"]).utcoffset() == timedelta(hours=1)
    sent = {**again, "practitioner": alternative["practitioner"], "start": alternative["start"]}
    taken = desks.hedda.post(f"{V1}/consultations/", sent)
    assert taken.status_code == 201
    assert taken.json()["start"] == alternative["start"]


@pytest.mark.assures("AZ-04")
@pytest.mark.parametrize("field", ["patient", "practitioner", "clinic", "type", "room"])
def test_an_id_that_is_missing_is_404_and_books_nothing(
    desks: Desks, order: dict[str, str], field: str
) -> None:
    problem(desks.hedda.post(f"{V1}/consultations/", {**order, field: str(uuid4())}), 404)
    assert not Consultation.objects.exists()


@pytest.mark.assures("AZ-02", "AZ-04")
def test_a_foreign_patient_is_answered_as_a_missing_one(
    desks: Desks, order: dict[str, str], old_town: Clinic
) -> None:
    body = {**order, "clinic": str(old_town.pk)}
    foreign = desks.jonas.post(f"{V1}/consultations/", body)
    missing = desks.jonas.post(f"{V1}/consultations/", {**body, "patient": str(uuid4())})
    problem(foreign, 404)
    assert foreign.content == missing.content
    assert not Consultation.objects.exists()


def test_nobody_books_in_a_clinic_that_is_not_theirs(
    desks: Desks, order: dict[str, str], old_town: Clinic
) -> None:
    problem(desks.hedda.post(f"{V1}/consultations/", {**order, "clinic": str(old_town.pk)}), 403)
    problem(desks.elena.post(f"{V1}/consultations/", order), 403)
    problem(desks.nobody.post(f"{V1}/consultations/", order), 401)
    assert not Consultation.objects.exists()


@pytest.mark.parametrize("start", ["2026-03-18T10:00:00", "soon", ""])
def test_a_start_is_a_time_with_an_offset(desks: Desks, order: dict[str, str], start: str) -> None:
    said = problem(desks.hedda.post(f"{V1}/consultations/", {**order, "start": start}), 400)
    assert list(said["errors"]) == ["start"]


def test_a_visit_moves_and_its_version_counts(
    desks: Desks, visit: dict[str, Any], leila: Practitioner
) -> None:
    url = f"{V1}/consultations/{visit['id']}/move/"
    moved = desks.hedda.post(url, {"start": "2026-03-18T14:00:00+01:00", "practitioner": str(leila.pk)})
    assert moved.status_code == 200
    row = moved.json()
    assert (row["start"], row["end"]) == ("2026-03-18T14:00:00+01:00", "2026-03-18T14:30:00+01:00")
    assert (row["version"], row["practitioner"]) == (2, str(leila.pk))


def test_a_move_onto_a_taken_slot_keeps_the_old_one(
    desks: Desks, visit: dict[str, Any], order: dict[str, str], samuel: Patient
) -> None:
    other = {**order, "patient": str(samuel.pk), "start": "2026-03-18T14:00:00+01:00"}
    assert desks.hedda.post(f"{V1}/consultations/", other).status_code == 201
    said = problem(
        desks.hedda.post(f"{V1}/consultations/{visit['id']}/move/", {"start": other["start"]}), 409
    )
    assert said["alternatives"]
    assert Consultation.objects.get(pk=visit["id"]).start == datetime.fromisoformat(order["start"])


def test_a_cancellation_says_who_asked_and_why(desks: Desks, visit: dict[str, Any]) -> None:
    url = f"{V1}/consultations/{visit['id']}/cancel/"
    assert list(problem(desks.hedda.post(url, {"by": "patient"}), 400)["errors"]) == ["reason"]
    row = desks.hedda.post(url, {"by": "patient", "reason": "has the flu"}).json()
    assert (row["status"], row["cancelled_by"], row["cancel_reason"]) == (
        "cancelled",
        "patient",
        "has the flu",
    )
    problem(desks.hedda.post(url, {"by": "patient", "reason": "again"}), 409)


def test_the_day_goes_its_way_and_one_step_back(desks: Desks, visit: dict[str, Any]) -> None:
    with time_machine.travel(datetime.fromisoformat(visit["start"]), tick=False):
        base = f"{V1}/consultations/{visit['id']}"
        states = [
            desks.hedda.post(f"{base}/{verb}/").json()["status"]
            for verb in ("confirm", "arrive", "start", "complete", "undo")
        ]
    assert states == ["confirmed", "arrived", "in_progress", "completed", "in_progress"]


def test_a_no_show_is_a_status_and_too_early_is_refused(desks: Desks, visit: dict[str, Any]) -> None:
    url = f"{V1}/consultations/{visit['id']}/no-show/"
    assert desks.hedda.post(url).status_code in {409, 422}
    with time_machine.travel(datetime.fromisoformat(visit["end"]), tick=False):
        assert desks.hedda.post(url).json()["status"] == "no_show"


@pytest.mark.assures("AZ-02")
@pytest.mark.parametrize(
    "verb", ["confirm", "arrive", "start", "complete", "no-show", "undo", "cancel", "move"]
)
def test_acts_on_a_foreign_visit_are_answered_as_on_a_missing_one(
    desks: Desks, visit: dict[str, Any], verb: str
) -> None:
    before = Consultation.objects.values().get(pk=visit["id"])
    foreign = desks.jonas.post(f"{V1}/consultations/{visit['id']}/{verb}/")
    missing = desks.jonas.post(f"{V1}/consultations/{uuid4()}/{verb}/")
    problem(foreign, 404)
    assert foreign.content == missing.content
    problem(desks.elena.post(f"{V1}/consultations/{visit['id']}/{verb}/"), 403)
    assert Consultation.objects.values().get(pk=visit["id"]) == before


def test_visits_of_a_period_are_listed_by_clinic_day_practitioner_and_patient(
    desks: Desks, visit: dict[str, Any], leila: Practitioner, samuel: Patient
) -> None:
    def listed(**more: str) -> list[str]:
        days = {"from": "2026-03-18", "to": "2026-03-18", **more}
        answer = desks.hedda.get(f"{V1}/consultations/", days).json()
        assert set(answer) == {"next", "previous", "results"}
        return [row["id"] for row in answer["results"]]

    assert listed() == [visit["id"]]
    assert listed(practitioner=visit["practitioner"], patient=visit["patient"]) == [visit["id"]]
    assert listed(practitioner=str(leila.pk)) == []
    assert listed(patient=str(samuel.pk)) == []
    assert listed(**{"from": "2026-03-19", "to": "2026-03-19"}) == []


def test_a_list_without_its_period_is_refused(desks: Desks) -> None:
    assert set(problem(desks.hedda.get(f"{V1}/consultations/"), 400)["errors"]) == {"from", "to"}
    problem(desks.hedda.get(f"{V1}/consultations/?from=2026-03-01&to=2026-04-01"), 422)


# --- the ends of time, zones, and what is written down


@pytest.mark.parametrize(
    "start",
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "9999-12-31T12:00:00+00:00",
        "2201-01-01T00:00:00Z",
    ],
)
def test_a_start_at_the_ends_of_time_is_refused(
    desks: Desks, order: dict[str, str], visit: dict[str, Any], start: str
) -> None:
    for path, body in (("", {**order, "start": start}), (f"{visit['id']}/move/", {"start": start})):
        told = problem(desks.hedda.post(f"{V1}/consultations/{path}", body), 400)
        assert told["errors"] == {"start": ["Give a time between the years 1900 and 2200."]}
    problem(desks.hedda.get(f"{V1}/patients/", {"updated_since": start}), 400)


@pytest.mark.parametrize(
    ("first", "last"),
    [("9999-12-01", "9999-12-31"), ("0001-01-01", "0001-01-02"), ("1899-12-31", "1900-01-01")],
)
def test_a_period_at_the_ends_of_time_is_refused(
    desks: Desks, follow_up: ConsultationType, first: str, last: str
) -> None:
    for path in ("consultations/", "slots/"):
        asked = {"from": first, "to": last, "type": str(follow_up.pk)}
        told = problem(desks.hedda.get(f"{V1}/{path}", asked), 400)
        assert told["errors"]["from"] == ["Give a date between the years 1900 and 2200."]


def test_a_day_is_each_clinics_own(desks: Desks, visit: dict[str, Any], old_town: Clinic) -> None:
    old_town.time_zone = "America/New_York"
    old_town.save()
    early = datetime.fromisoformat("2026-03-19T03:00:00+01:00")
    Consultation.objects.filter(pk=visit["id"]).update(start=early, end=early + timedelta(minutes=30))

    def on(day: str) -> list[str]:
        answer = desks.hedda.get(f"{V1}/consultations/?from={day}&to={day}")
        return [row["id"] for row in answer.json()["results"]]

    assert on("2026-03-18") == []
    assert on("2026-03-19") == [visit["id"]]
    Consultation.objects.filter(pk=visit["id"]).update(clinic=old_town)
    assert on("2026-03-18") == [visit["id"]]
    assert on("2026-03-19") == []


@pytest.mark.assures("AU-01")
def test_every_answer_with_a_patient_is_written_down(
    desks: Desks, order: dict[str, str], details: dict[str, str], elena: Patient
) -> None:
    def shown(answer: Any) -> list[UUID]:
        assert answer.status_code in {200, 201}, answer.content
        events = list(AccessEvent.objects.order_by("id"))
        assert len(events) == len(whole) + 1
        whole.append(events[-1])
        return list(events[-1].patient_ids)

    whole: list[AccessEvent] = []
    desk = desks.hedda
    made = desk.post(f"{V1}/patients/", details)
    assert shown(made) == [UUID(made.json()["id"])]
    assert shown(desk.patch(f"{V1}/patients/{elena.pk}/", {"desk_note": "Rings twice"})) == [elena.pk]
    booked = desk.post(f"{V1}/consultations/", order)
    assert shown(booked) == [elena.pk]
    visit = f"{V1}/consultations/{booked.json()['id']}"
    assert shown(desk.post(f"{visit}/move/", {"start": "2026-03-18T11:00:00+01:00"})) == [elena.pk]
    for verb in ("confirm", "undo"):
        assert shown(desk.post(f"{visit}/{verb}/")) == [elena.pk]
    assert shown(desk.post(f"{visit}/cancel/", {"by": "patient", "reason": "Ill"})) == [elena.pk]
