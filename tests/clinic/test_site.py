"""The pages of no role: home, theme, health, the demo's pages, the first set-up; and what every answer carries."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from clinic.actions import inviting, queueing
from clinic.models import Clinic, ConsultationType, Membership, OutboxMessage, Practitioner, Role, State, User
from patients.models import Patient
from tests import factories
from tests.doors import api, browser

pytestmark = pytest.mark.django_db


# --- home


def test_strangers_see_two_doors_and_the_clinics(client: Client, riverside: Clinic) -> None:
    page = client.get("/")
    assert page.status_code == 200
    text = page.content.decode()
    for part in ('href="/accounts/login/code/"', 'href="/accounts/login/"', "Riverside", "Mill Street 12"):
        assert part in text


def test_everybody_who_is_signed_in_goes_to_their_work(
    hedda: User, mira: Practitioner, noor: User, elena: Patient, follow_up: ConsultationType
) -> None:
    assert mira.user
    starts = {
        hedda: "/desk/",
        mira.user: "/admin/",
        noor: "/desk/numbers/",
        elena.portal_access.get().user: "/portal/",
    }
    assert {user: browser(user).get("/")["Location"] for user in starts} == starts


def test_who_treats_and_also_manages_begins_with_the_patients(
    mira: Practitioner, riverside: Clinic, follow_up: ConsultationType
) -> None:
    assert mira.user
    Membership.objects.create(user=mira.user, clinic=riverside, role=Role.MANAGER)
    assert browser(mira.user).get("/")["Location"] == "/admin/"


# --- theme


def test_the_theme_is_remembered(client: Client) -> None:
    answer = client.post("/theme/", {"theme": "dark", "next": "/accounts/login/"})
    assert answer["Location"] == "/accounts/login/"
    assert client.cookies["theme"]["httponly"]
    assert 'data-theme="dark"' in client.get("/").content.decode()


@pytest.mark.parametrize(
    "next_page", ["https://evil.example.org/", "//evil.example.org", "javascript:alert(1)"]
)
def test_the_theme_leads_to_no_other_site(client: Client, next_page: str) -> None:
    answer = client.post("/theme/", {"theme": "neon", "next": next_page})
    assert answer["Location"] == "/"
    assert "theme" not in client.cookies


# --- health


def test_it_is_alive_and_ready(client: Client) -> None:
    assert client.get("/healthz").content == b"alive\n"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "broker": "ok", "messages": "ok"})


@pytest.mark.assures("OP-02")
def test_it_is_not_ready_while_mail_lies_about_or_the_broker_is_down(
    client: Client, settings: Any, now: datetime
) -> None:
    OutboxMessage.objects.create(
        kind="reminder", channel="email", subject_id=uuid4(), person_id=uuid4(), due_at=now, next_try=now,
        useful_until=now + timedelta(days=400),
    )  # fmt: skip
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": "ok", "broker": "ConnectionError", "messages": "late"}


def test_a_message_that_is_due_for_ten_minutes_is_late() -> None:
    assert timedelta(minutes=10) == queueing.LATE


def test_the_metrics_count_messages(client: Client, now: datetime) -> None:
    for state in (State.DUE, State.DUE, State.FAILED, State.SENT):
        OutboxMessage.objects.create(
            kind="reminder", channel="email", subject_id=uuid4(), person_id=uuid4(), due_at=now, next_try=now,
            useful_until=now + timedelta(days=1), state=state,
        )  # fmt: skip
    text = client.get("/metrics").content.decode()
    assert "\nclinic_messages_due 2\n" in text
    assert "\nclinic_messages_failed 1\n" in text


# --- the demo's pages


@pytest.fixture
def demo(settings: Any, tmp_path: Path) -> Path:
    """A demo run with one mail in its folder."""
    settings.DEMO = True
    settings.OUTBOX_DIR = tmp_path
    mail = EmailMessage()
    mail["To"], mail["Subject"], mail["Date"] = (
        "elena@example.org",
        "Your visit",
        "Tue, 17 Mar 2026 08:00:00 -0000",
    )
    mail.set_content("See you on Thursday.")
    (tmp_path / "0001.eml").write_bytes(mail.as_bytes())
    return tmp_path


PAGES = ["/dev/outbox/", "/dev/outbox/0001/", "/dev/ui/", "/dev/refusals/500/", "/dev/refusals/429/"]


@pytest.mark.parametrize("path", PAGES)
def test_the_demo_shows_its_mails_and_its_design(client: Client, demo: Path, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    if "outbox" in path:
        assert "Your visit" in page.content.decode()


def test_the_mails_of_the_demo_stand_on_the_clock_of_the_first_clinic(
    client: Client, demo: Path, riverside: Clinic, old_town: Clinic
) -> None:
    assert riverside.time_zone == old_town.time_zone == "Europe/Berlin"
    text = client.get("/dev/outbox/0001/").content.decode()
    assert "Tue 17 Mar, 09:00" in text
    assert f"Times are those of {min(riverside.name, old_town.name)}." in text


def test_the_icon_of_the_tab_is_there_also_where_no_page_names_it(client: Client) -> None:
    answer = client.get("/favicon.ico", follow=True)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/svg+xml"
    assert 'rel="icon"' in client.get("/accounts/login/").content.decode()


def test_the_demo_shows_the_second_factor_of_its_staff_alone(client: Client, demo: Path, hedda: User) -> None:
    factories.give_second_factor(factories.UserFactory.create(name="Desk", email="desk@demo.clinic"))
    counters = list(yield_hotp_counters_from_time())
    counter = counters[len(counters) // 2]
    text = client.get("/dev/outbox/").content.decode()
    assert "desk@demo.clinic" in text
    assert hedda.email not in text
    digits = [hotp_value(factories.SECOND_FACTOR, near) for near in (counter, counter + 1)]
    assert any(format_hotp_value(each) in text for each in digits)


@pytest.mark.parametrize("path", PAGES)
def test_another_machine_sees_none_of_it(client: Client, demo: Path, path: str) -> None:
    assert client.get(path, REMOTE_ADDR="192.0.2.7").status_code == 404


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
@pytest.mark.parametrize("path", PAGES)
def test_behind_a_proxy_of_this_machine_nobody_sees_it(
    client: Client, demo: Path, path: str, header: str
) -> None:
    assert client.get(path, headers={header: "203.0.113.9"}).status_code == 404
    assert client.get(path, headers={header: "127.0.0.1"}).status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_a_demo_under_a_name_of_the_net_shows_none_of_it(
    client: Client, demo: Path, settings: Any, path: str
) -> None:
    settings.LOOPBACK = False
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_without_a_demo_there_are_no_such_pages(client: Client, demo: Path, settings: Any, path: str) -> None:
    settings.DEMO = settings.DEBUG = False
    assert client.get(path).status_code == 404


def test_a_letter_that_is_not_there_is_404(client: Client, demo: Path) -> None:
    assert client.get("/dev/outbox/9999/").status_code == 404


# --- the first set-up

SET_UP = {
    "organisation": "Spine Works", "name": "Riverside", "slug": "riverside", "street": "Mill Street 12",
    "postcode": "10115", "city": "Berlin", "country": "DE", "region": "BE", "phone": "+49301230000",
    "email": "riverside@example.org", "time_zone": "Europe/Berlin", "latitude": "52.53", "longitude": "13.38",
    "person": "Noor van Dijk", "manager_email": "noor@example.org", "password": "a long sentence of hers",
}  # fmt: skip


@pytest.fixture
def set_up_page() -> str:
    from django.utils import timezone  # noqa: PLC0415 - the page's own clock

    return f"/setup/{inviting.first_manager_token(now=timezone.now())}/"


def test_the_link_of_an_empty_installation_makes_its_first_manager(client: Client, set_up_page: str) -> None:
    assert client.get(set_up_page).status_code == 200
    assert not User.objects.exists()
    answer = client.post(set_up_page, SET_UP)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")
    assert Membership.objects.get().role == Role.MANAGER
    assert client.get(set_up_page).status_code == 404


def test_a_weak_password_is_refused_and_what_was_typed_stays(client: Client, set_up_page: str) -> None:
    answer = client.post(set_up_page, {**SET_UP, "password": "short"})
    assert answer.status_code == 422
    assert "at least 12 characters" in answer.content.decode()
    assert "Mill Street 12" in answer.content.decode()
    assert not User.objects.exists()


def test_an_invented_link_is_404(client: Client) -> None:
    assert client.get("/setup/invented/").status_code == 404


# --- what every answer carries


@pytest.mark.assures("IN-02")
@pytest.mark.parametrize(
    "path", ["/", "/accounts/login/", "/accounts/login/code/", "/nowhere/", "/portal/", "/desk/", "/admin/",
             "/api/v1/clinics/", "/api/v1/nowhere/", "/api/v1/docs/", "/healthz", "/dev/ui/"]
)  # fmt: skip
@pytest.mark.parametrize("who", ["nobody", "hedda"])
def test_every_answer_is_strict_with_browsers(hedda: User, path: str, who: str) -> None:
    answer = browser(hedda if who == "hedda" else None).get(path)
    policy = answer["Content-Security-Policy"]
    for part in ("default-src 'self'", "object-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]


def test_a_page_that_is_not_there_has_style_and_a_way_on(client: Client) -> None:
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert '<link rel="stylesheet"' in answer.content.decode()
    assert 'href="/"' in answer.content.decode()


def test_another_host_name_is_refused(client: Client) -> None:
    assert client.get("/", HTTP_HOST="evil.example.org").status_code == 400


def test_the_index_of_records_shows_no_package_of_others(noor: User) -> None:
    page = browser(noor).get("/admin/records/")
    assert page.status_code == 200
    assert {app["app_label"] for app in page.context["app_list"]} <= {"clinic", "patients", "programs"}


def test_a_theme_is_only_set_by_post(client: Client) -> None:
    assert client.get("/theme/").status_code == 405


def test_the_api_answers_json_only(mira: Practitioner) -> None:
    assert mira.user
    assert api(mira.user).get("/api/v1/clinics/", HTTP_ACCEPT="text/html").status_code == 406
