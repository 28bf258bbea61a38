"""The patient's day in the portal: the dosage in force today, and one's own exercises alone."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from clinic.models import AccessEvent, ConsultationType, Practitioner, User
from patients.actions import booking
from patients.models import Patient, Source
from programs import wording
from programs.actions import adjusting, recording
from tests import factories
from tests.doors import browser

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(now, tick=False) as moved:
        yield moved


@pytest.fixture
def elena_browses(elena: Patient) -> Client:
    return browser(elena.portal_access.get().user)


@pytest.fixture
def from_tomorrow(elenas_program: SimpleNamespace, mira: Practitioner, now: datetime) -> str:
    """The sentence of a dosage that holds from tomorrow on."""
    assert mira.user
    dosage = elenas_program.revision.dosage
    edit = adjusting.Edit(dosage=replace(dosage, reps=12), reason="easy now")
    revision = adjusting.revise(prescription=elenas_program.prescription, edit=edit, by=mira.user, now=now)
    words: str = wording.plain(revision.dosage)
    return words


def test_today_shows_the_dosage_in_force_and_not_the_one_to_come(
    elena_browses: Client, elenas_program: SimpleNamespace, from_tomorrow: str, clock: time_machine.Traveller
) -> None:
    words = wording.plain(elenas_program.revision.dosage)
    assert words != from_tomorrow
    today = elena_browses.get("/portal/").content.decode()
    assert "Knee-to-chest stretch" in today
    assert words in today
    assert from_tomorrow not in today
    clock.shift(timedelta(days=1))  # by then the session of today has run out
    elena = elenas_program.program.patient.portal_access.get().user
    tomorrow = browser(elena).get("/portal/").content.decode()
    assert from_tomorrow in tomorrow
    assert words not in tomorrow


def test_an_exercise_has_its_steps_and_its_dosage(
    elena_browses: Client, elenas_program: SimpleNamespace
) -> None:
    answer = elena_browses.get(f"/portal/exercises/{elenas_program.prescription.pk}/")
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "Pull one knee to the chest." in text
    assert wording.plain(elenas_program.revision.dosage) in text


@pytest.mark.assures("AZ-02", "AZ-03")
def test_a_strangers_exercise_is_404(zoe: Patient, elenas_program: SimpleNamespace) -> None:
    zoe_browses = browser(zoe.portal_access.get().user)
    for key in (elenas_program.prescription.pk, uuid4()):
        answer = zoe_browses.get(f"/portal/exercises/{key}/")
        assert answer.status_code == 404
        assert "Knee-to-chest" not in answer.content.decode()
    assert not AccessEvent.objects.exists()


def test_without_a_program_the_page_says_what_comes(zoe: Patient) -> None:
    text = browser(zoe.portal_access.get().user).get("/portal/").content.decode()
    assert "has not given you a program yet" in text


def test_a_stranger_to_the_portal_signs_in_first(client: Client) -> None:
    for path in ("/portal/", "/portal/session/", "/portal/progress/", f"/portal/exercises/{uuid4()}/"):
        assert client.get(path)["Location"].startswith("/accounts/login/")


@pytest.mark.assures("AU-01")
@pytest.mark.parametrize("path", ["/portal/", "/portal/session/", "/portal/progress/"])
def test_each_page_is_written_down_once(
    elena_browses: Client, elena: Patient, elenas_program: SimpleNamespace, path: str
) -> None:
    assert elena_browses.get(path).status_code == 200
    assert [event.patient_ids for event in AccessEvent.objects.all()] == [[elena.pk]]


@pytest.mark.parametrize("name", ["nothing", "a-b-c"])
def test_a_picture_that_is_not_there_is_404(client: Client, name: str) -> None:
    assert client.get(f"/media/figures/{name}.svg").status_code == 404


def test_a_picture_stays_in_the_cache_for_a_year(client: Client, tmp_path: object, settings: object) -> None:
    settings.MEDIA_ROOT = str(tmp_path)  # type: ignore[attr-defined]
    from programs.actions import stocking  # noqa: PLC0415 - its folder's name is the product's own

    folder = tmp_path / stocking.FOLDER  # type: ignore[operator]
    folder.mkdir(parents=True)
    (folder / "bridge.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    answer = client.get("/media/figures/bridge.svg")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/svg+xml"
    assert "immutable" in answer["Cache-Control"]
    assert b"".join(answer.streaming_content).startswith(b"<svg")  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ["/portal/", "/portal/visits/"])
def test_a_visit_stands_on_the_clock_of_its_clinic(
    *,
    elena: Patient,
    elena_browses: Client,
    follow_up: ConsultationType,
    mira: Practitioner,
    hedda: User,
    now: datetime,
    path: str,
) -> None:
    order = booking.Order(
        patient=elena, type=follow_up, clinic=elena.clinic, practitioner=mira,
        start=now + timedelta(hours=1), source=Source.DESK,
    )  # fmt: skip
    visit = booking.book(order=order, by=hedda, now=now)
    lisbon = factories.ClinicFactory.create(time_zone="Europe/Lisbon", name="Old harbour")
    type(visit).objects.filter(pk=visit.pk).update(clinic=lisbon)
    text = elena_browses.get(path).content.decode()
    assert "09:00" in text
    assert "10:00" not in text


@pytest.mark.parametrize("path", ["/portal/", "/portal/visits/"])
def test_a_visit_by_video_names_no_place_to_come_to(
    *, elena: Patient, elena_browses: Client, mira: Practitioner, hedda: User, now: datetime, path: str
) -> None:
    video = factories.TypeFactory.create(name="Video call", kind="telehealth", served_by=[mira], in_rooms=[])
    order = booking.Order(
        patient=elena, type=video, clinic=elena.clinic, practitioner=mira,
        start=now + timedelta(hours=1), source=Source.DESK,
    )  # fmt: skip
    booking.book(order=order, by=hedda, now=now)
    text = elena_browses.get(path).content.decode()
    assert "By video, you need not come in" in text
    assert elena.clinic.street not in text


def test_pain_and_effort_are_drawn_once_two_sessions_said_them(
    elena_browses: Client, elenas_program: SimpleNamespace, now: datetime
) -> None:
    session_with(elenas_program, "done", 6, now - timedelta(days=7))
    session_with(elenas_program, "done", 3, now)
    answer = elena_browses.get("/portal/progress/")
    drawn = answer.context["course"]
    assert (drawn.pain.first, drawn.pain.last, drawn.effort) == (6, 3, None)
    (first_x, first_y), *_, (last_x, last_y) = drawn.pain.points
    assert (first_x < last_x, first_y < last_y) == (True, True)
    assert f'd="{drawn.pain.path}"' in answer.content.decode()
    text = answer.content.decode()
    assert "Pain: 6 at first, 3 last, of 10." in text
    assert "Pain, last 3" in text
    assert last_x > 280  # of 300: the drawing uses the width of a phone


def test_progress_says_what_was_done_of_what_was_planned(
    elena_browses: Client, elenas_program: SimpleNamespace, now: datetime
) -> None:
    """Twice a day since the first of March, seen on the seventeenth: of sixteen days, for today is not over."""
    for days in (0, 1, 7):
        session_with(elenas_program, "done", 3, now - timedelta(days=days))
    assert (
        "Exercises done up to yesterday: 4 of 32 planned."
        in elena_browses.get("/portal/progress/").content.decode()
    )


def test_without_two_values_no_line_is_drawn(elena_browses: Client, elenas_program: SimpleNamespace) -> None:
    answer = elena_browses.get("/portal/progress/")
    assert answer.context["course"] is None
    assert "Nothing logged yet" in answer.content.decode()


def test_an_exercise_without_a_drawing_has_its_mark_in_its_place(
    elena_browses: Client, elenas_program: SimpleNamespace
) -> None:
    exercise = elenas_program.prescription.exercise
    exercise.picture = ""
    exercise.save()
    for path in ("/portal/", f"/portal/exercises/{elenas_program.prescription.pk}/", "/portal/session/"):
        text = elena_browses.get(path).content.decode()
        assert '<img class="fig"' not in text
        assert re.search(r'class="tile"><svg class="i', text), path


def test_the_cast_has_its_program_since_march(elenas_program: SimpleNamespace) -> None:
    assert elenas_program.program.starts_on < factories.TUESDAY


def session_with(elenas_program: SimpleNamespace, status: str, pain: int, now: datetime) -> None:
    """A sitting from the portal, with one pain for all of it, as often as the exercise is due."""
    elena = elenas_program.program.patient
    exercise = recording.ExerciseEntry(
        prescription=elenas_program.prescription.pk, revision=elenas_program.revision.pk, status=status
    )
    for _time in range(elenas_program.revision.times_a_day):
        log = recording.SessionEntry(
            client_uuid=uuid4(), started_at=now, sent_at=now, pain_after=pain, exercises=(exercise,)
        )
        recording.take(patient=elena, log=log, by=elena.portal_access.get().user, now=now)


@pytest.mark.parametrize("status", ["done", "skipped"])
def test_pain_above_the_limit_brings_the_clinics_advice_for_the_rest_of_the_day(
    elena_browses: Client,
    elenas_program: SimpleNamespace,
    status: str,
    now: datetime,
    clock: time_machine.Traveller,
) -> None:
    session_with(elenas_program, status, 9, now)
    session_with(elenas_program, status, 1, now)
    text = elena_browses.get("/portal/").content.decode()
    assert "Pain 9, limit 5: leave the exercises for today." in text
    assert f"tel:{elenas_program.program.clinic.phone.as_e164}" in text
    assert "Everything for today is logged." not in text
    assert '<a href="/portal/session/">Log another session</a>' in text
    clock.shift(timedelta(days=1))
    tomorrow = browser(elenas_program.program.patient.portal_access.get().user).get("/portal/")
    assert "leave the exercises for today" not in tomorrow.content.decode()


def test_with_exercises_left_the_advice_stands_where_the_next_one_would(
    elena_browses: Client, elenas_program: SimpleNamespace, now: datetime
) -> None:
    factories.PrescriptionFactory.create(program=elenas_program.program, position=2)
    session_with(elenas_program, "done", 9, now)
    text = elena_browses.get("/portal/").content.decode()
    assert "Leave it for today" in text
    assert "I have done it: log the session" not in text


def test_pain_at_the_limit_is_no_reason_to_stop(
    elena_browses: Client, elenas_program: SimpleNamespace, now: datetime
) -> None:
    session_with(elenas_program, "done", 5, now)
    text = elena_browses.get("/portal/").content.decode()
    assert "Everything for today is logged." in text
    assert "All done for today" in text


@pytest.mark.parametrize(("status", "said"), [("partly", "Partly done"), ("skipped", "Skipped")])
def test_what_was_not_done_in_full_says_so(
    elena_browses: Client, elenas_program: SimpleNamespace, status: str, said: str, now: datetime
) -> None:
    session_with(elenas_program, status, 2, now)
    text = elena_browses.get("/portal/").content.decode()
    assert f'<p class="why">{said}</p>' in text
    assert f'data-state="{status}"' in text
    assert 'data-state="done"' not in text
    assert "All logged for today" in text
