"""Sign-in: patients by a one-time code, staff by password and second factor; accounts are not given away."""

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from clinic.actions import signing_in
from clinic.models import ApiToken, Clinic, Membership, Practitioner, Role, User
from patients.actions import inviting
from patients.models import Patient
from tests import factories
from tests.doors import api, browser, problem, told

ROOT = Path(__file__).resolve().parents[2]
CODE_PAGE = "/accounts/login/code/confirm/"
PASSWORD = "a long sentence of mine"

pytestmark = pytest.mark.django_db


def ask_for_code(client: Client, email: str) -> Any:
    return client.post("/accounts/login/code/", {"email": email})


def enter(client: Client, code: str) -> Any:
    return client.post(CODE_PAGE, {"code": code})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def digits() -> str:
    """What the authenticator app of everybody on the staff shows at this moment."""
    counters = list(yield_hotp_counters_from_time())
    counter = counters[len(counters) // 2]
    code: str = format_hotp_value(hotp_value(factories.SECOND_FACTOR, counter))
    return code


# --- patients: a code


@pytest.mark.assures("AC-02")
def test_an_unknown_email_gets_the_same_page_as_a_known_one(client: Client, elena: Patient) -> None:
    known, unknown = Client(), Client()
    answers = [ask_for_code(known, elena.email), ask_for_code(unknown, "nobody@example.org")]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, CODE_PAGE)}
    pages = [
        browser_.get(CODE_PAGE).content.decode().replace(email, "EMAIL")
        for browser_, email in ((known, elena.email), (unknown, "nobody@example.org"))
    ]
    tokens = [page.split('csrfmiddlewaretoken" value="')[1].split('"')[0] for page in pages]
    assert pages[0].replace(tokens[0], "") == pages[1].replace(tokens[1], "")
    assert [row.person_id for row in told("login_code")] == [elena.portal_access.get().user_id]


@pytest.mark.assures("AC-02")
def test_a_wrong_code_reads_the_same_for_an_unknown_email(elena: Patient) -> None:
    said = []
    for email in (elena.email, "nobody@example.org"):
        client = Client()
        ask_for_code(client, email)
        answer = enter(client, "WRONG1")
        said.append((answer.status_code, "ask for a new code below" in answer.content.decode()))
    assert said == [(200, True)] * 2


def test_the_code_signs_the_patient_in_and_leads_to_the_portal(client: Client, elena: Patient) -> None:
    ask_for_code(client, elena.email)
    [row] = told("login_code")
    answer = enter(client, row.payload)
    assert answer.status_code == 302
    answer = client.get(answer["Location"])
    assert answer["Location"] == "/portal/"
    assert is_in(client)


def test_the_email_is_read_in_any_case(client: Client, elena: Patient) -> None:
    ask_for_code(client, elena.email.upper())
    assert len(told("login_code")) == 1


@pytest.mark.assures("AC-05")
def test_a_code_works_once(client: Client, elena: Patient) -> None:
    ask_for_code(client, elena.email)
    code = told("login_code")[0].payload
    enter(client, code)
    other = Client()
    ask_for_code(other, elena.email)
    enter(other, code)
    assert not is_in(other)


def test_three_wrong_codes_end_the_code(client: Client, elena: Patient) -> None:
    ask_for_code(client, elena.email)
    code = told("login_code")[0].payload
    assert [enter(client, wrong).status_code for wrong in ("WRONG1", "WRONG2")] == [200, 200]
    assert enter(client, "WRONG3").status_code == 302
    page = client.get("/accounts/login/code/").content.decode()
    assert "Too many" in page or "too many" in page
    enter(client, code)
    assert not is_in(client)


@pytest.mark.parametrize(("minutes", "works"), [(9, True), (11, False)])
def test_a_code_is_old_after_ten_minutes(client: Client, elena: Patient, minutes: int, works: bool) -> None:
    with time_machine.travel(factories.TUESDAY_MORNING, tick=False) as clock:
        ask_for_code(client, elena.email)
        clock.shift(timedelta(minutes=minutes))
        enter(client, told("login_code")[0].payload)
        assert is_in(client) is works


def test_the_code_waits_encrypted_for_the_post_and_no_longer_than_it_works(
    client: Client, elena: Patient, now: datetime
) -> None:
    with time_machine.travel(now, tick=False):
        ask_for_code(client, elena.email)
    [row] = told("login_code")
    assert row.due_at == now
    assert row.useful_until == now + timedelta(minutes=10)
    with connection.cursor() as cursor:
        cursor.execute("SELECT payload FROM clinic_outboxmessage WHERE id = %s", [row.pk])
        [stored] = cursor.fetchone() or [""]
    assert row.payload
    assert row.payload not in stored


@pytest.mark.assures("AC-02")
def test_a_staff_address_gets_the_same_page_and_a_mail_without_a_code(client: Client, hedda: User) -> None:
    answer = ask_for_code(client, hedda.email)
    assert (answer.status_code, answer["Location"]) == (302, CODE_PAGE)
    assert told("login_code") == []
    [row] = told("use_password")
    assert (row.person_id, row.payload) == (hedda.pk, "")
    assert "'code'" not in repr(dict(client.session)), "there is no code that could be guessed"
    assert enter(client, "ABC123").status_code == 200
    assert not is_in(client)


def test_a_code_is_void_once_its_owner_is_staff(client: Client, elena: Patient, riverside: Clinic) -> None:
    account = elena.portal_access.get().user
    ask_for_code(client, elena.email)
    Membership.objects.create(user=account, clinic=riverside, role=Role.FRONT_DESK)
    factories.give_second_factor(account)
    assert enter(client, told("login_code")[0].payload)["Location"] == "/accounts/login/"
    assert not client.get(reverse("mfa_authenticate"))["Location"].startswith(reverse("mfa_authenticate"))
    assert not is_in(client)


@pytest.mark.assures("AC-03")
def test_somebody_who_asks_without_end_is_slowed_down_and_told_so(elena: Patient) -> None:
    """Each time with a fresh browser and another forged address: the account is what counts."""
    answers = []
    with time_machine.travel(factories.TUESDAY_MORNING, tick=False) as clock:
        for number in range(5):
            client = Client(headers={"X-Forwarded-For": f"192.0.2.{number}"})
            answers.append(ask_for_code(client, elena.email))
        clock.shift(timedelta(minutes=1))
        answers.append(ask_for_code(Client(), elena.email))
    assert [answer.status_code for answer in answers] == [302, 302, 302, 200, 200, 302]
    assert "Too many tries. Ask for a new code by email" in answers[3].content.decode()
    assert len(told("login_code")) == 4


@pytest.mark.assures("AC-03")
def test_a_forged_address_does_not_evade_the_throttle_of_an_address(hedda: User) -> None:
    """Each time for another account: the address is what counts, and not the one that the browser claims."""
    answers = []
    with time_machine.travel(factories.TUESDAY_MORNING, tick=False):
        for number in range(31):
            client = Client(headers={"X-Forwarded-For": f"192.0.2.{number}"})
            answers.append(log_in(client, f"somebody{number}@example.org"))
        elsewhere = log_in(Client(REMOTE_ADDR="198.51.100.7"), hedda.email)
    assert answers[0].status_code == elsewhere.status_code == 200
    assert answers[-1].status_code == 429


def test_a_new_code_can_be_asked_for_while_one_is_on_its_way(client: Client, elena: Patient) -> None:
    ask_for_code(client, elena.email)
    page = client.get(CODE_PAGE).content.decode()
    assert 'action="/accounts/logout/"' in page
    assert 'name="next" value="/accounts/login/code/"' in page
    client.post("/accounts/logout/", {"next": "/accounts/login/code/"})
    assert client.get("/accounts/login/code/").status_code == 200
    ask_for_code(client, elena.email)
    assert len(told("login_code")) == 2


@pytest.mark.assures("AC-06")
def test_nobody_takes_an_invitation_by_giving_their_account_another_email(
    elena: Patient, samuel: Patient, hedda: User, now: datetime
) -> None:
    """Elena claims the address to which Samuel's invitation will go."""
    account = elena.portal_access.get().user
    client = browser(account)
    for act in ("action_add", "action_primary"):
        answer = client.post("/accounts/email/", {act: "", "email": "samuel@example.org"})
        assert answer.status_code == 404
    samuel.email = "samuel@example.org"
    samuel.save()
    inviting.invite(patient=samuel, by=hedda, now=now)
    assert samuel.portal_access.get().user != account
    client.post("/portal/switch/", {"patient": str(samuel.pk)})
    assert "Ortiz" not in client.get("/portal/you/").content.decode()


@pytest.mark.assures("AC-06")
def test_an_account_is_found_by_its_own_email_alone(client: Client, elena: Patient, zoe: Patient) -> None:
    """The table in which allauth keeps further addresses stays empty, and nothing in it would count."""
    EmailAddress.objects.create(
        user=elena.portal_access.get().user, email=zoe.email, verified=True, primary=True
    )
    ask_for_code(client, zoe.email)
    [row] = told("login_code")
    assert enter(client, row.payload).status_code == 302
    assert client.session["_auth_user_id"] == str(zoe.portal_access.get().user_id)


def test_signing_in_keeps_no_further_addresses(client: Client, elena: Patient) -> None:
    ask_for_code(client, elena.email)
    enter(client, told("login_code")[0].payload)
    assert is_in(client)
    assert not EmailAddress.objects.exists()


def test_who_has_no_password_gets_one_by_a_link_to_their_address(elena: Patient) -> None:
    client = browser(elena.portal_access.get().user)
    answer = client.get("/accounts/password/change/", follow=True)
    assert answer.redirect_chain[-1][0] == "/accounts/password/reset/"
    assert answer.status_code == 200


# --- staff: password and second factor


@pytest.fixture
def hedda_with_password(hedda: User) -> User:
    hedda.set_password(PASSWORD)
    hedda.save()
    return hedda


def log_in(client: Client, email: str, password: str = PASSWORD) -> Any:
    return client.post("/accounts/login/", {"login": email, "password": password})


def test_password_and_second_factor_let_staff_in(client: Client, hedda_with_password: User) -> None:
    answer = log_in(client, hedda_with_password.email)
    assert answer["Location"].startswith(reverse("mfa_authenticate"))
    assert not is_in(client)
    answer = client.post(reverse("mfa_authenticate"), {"code": digits()})
    assert answer.status_code == 302
    assert is_in(client)
    assert client.get("/")["Location"] == "/desk/"


@pytest.mark.assures("SE-01")
def test_signing_in_gives_a_new_session(client: Client, hedda_with_password: User) -> None:
    log_in(client, hedda_with_password.email)
    before = client.session.session_key
    client.post(reverse("mfa_authenticate"), {"code": digits()})
    assert client.session.session_key != before


@pytest.mark.assures("AC-05")
def test_a_code_of_the_authenticator_works_once(hedda_with_password: User) -> None:
    with time_machine.travel(factories.TUESDAY_MORNING, tick=False) as clock:
        code = digits()
        first, second, later = Client(), Client(), Client()
        for client in (first, second, later):
            if client is later:
                clock.shift(35)  # the next half minute, in which the code would still be accepted
            log_in(client, hedda_with_password.email)
            client.post(reverse("mfa_authenticate"), {"code": code})
        assert (is_in(first), is_in(second), is_in(later)) == (True, False, False)


@pytest.mark.assures("AC-02")
def test_a_wrong_password_and_an_unknown_email_are_told_alike(
    client: Client, hedda_with_password: User
) -> None:
    said = []
    for email in (hedda_with_password.email, "nobody@example.org"):
        answer = log_in(Client(), email, "not the password")
        said.append((answer.status_code, list(answer.context["form"].non_field_errors())))
    assert said[0] == said[1]
    assert said[0][0] == 200
    assert said[0][1]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/desk/",
        "/admin/",
        "/portal/",
        "/admin/records/",
        "/api/v1/clinics/",
        "/accounts/password/change/",
        "/accounts/sessions/",
        "/accounts/2fa/",
        "/accounts/2fa/recovery-codes/",
        "/metrics",
    ],
)
def test_staff_without_a_second_factor_reach_only_its_set_up(riverside: Any, path: str) -> None:
    leo = factories.UserFactory.create(name="Leo New", email="leo@example.org")
    Membership.objects.create(user=leo, clinic=riverside, role=Role.FRONT_DESK)
    client = Client()
    client.force_login(leo)
    answer = client.get(path)
    assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_activate_totp"))


@pytest.mark.assures("SE-02")
def test_a_patient_stays_signed_in_for_a_month_and_staff_for_half_a_day(
    client: Client, elena: Patient, hedda_with_password: User
) -> None:
    ask_for_code(client, elena.email)
    enter(client, told("login_code")[0].payload)
    desk = Client()
    log_in(desk, hedda_with_password.email)
    desk.post(reverse("mfa_authenticate"), {"code": digits()})
    assert (is_in(client), is_in(desk)) == (True, True)
    assert client.session.get_expiry_age() == pytest.approx(30 * 24 * 3600, abs=60)
    assert desk.session.get_expiry_age() == pytest.approx(12 * 3600, abs=60)


@pytest.mark.parametrize("path", ["/accounts/2fa/totp/activate/", "/accounts/logout/", "/healthz", "/readyz"])
def test_staff_without_a_second_factor_can_set_it_up_or_leave(riverside: Clinic, path: str) -> None:
    leo = factories.UserFactory.create(name="Leo New", email="leo@example.org")
    Membership.objects.create(user=leo, clinic=riverside, role=Role.FRONT_DESK)
    client = Client()
    client.force_login(leo)
    assert client.get(path).status_code == 200


def test_the_set_up_of_a_second_factor_asks_for_the_password_again(client: Client, riverside: Clinic) -> None:
    leo = factories.UserFactory.create(name="Leo New", email="leo@example.org")
    leo.set_password(PASSWORD)
    leo.save()
    Membership.objects.create(user=leo, clinic=riverside, role=Role.FRONT_DESK)
    log_in(client, leo.email)
    again = client.get(reverse("mfa_activate_totp"))
    if again.status_code == 302:
        again = client.post(again["Location"], {"password": PASSWORD})
        assert again["Location"] == reverse("mfa_activate_totp")
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_the_set_up_of_a_second_factor_opens_the_rest(riverside: Any) -> None:
    leo = factories.UserFactory.create(name="Leo New", email="leo@example.org")
    Membership.objects.create(user=leo, clinic=riverside, role=Role.FRONT_DESK)
    factories.give_second_factor(leo)
    client = Client()
    client.force_login(leo)
    assert client.get("/")["Location"] == "/desk/"


def test_the_secret_of_a_second_factor_is_encrypted(hedda: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator WHERE user_id = %s", [hedda.pk])
        [stored] = cursor.fetchone() or [""]
    assert stored
    assert factories.SECOND_FACTOR not in stored


def test_nobody_can_sign_up(client: Client) -> None:
    answer = client.post(
        "/accounts/signup/", {"email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert answer.status_code == 404
    assert not User.objects.filter(email="new@example.org").exists()


@pytest.mark.assures("AC-02")
def test_a_forgotten_password_is_answered_alike_for_everybody(hedda: User) -> None:
    answers = [
        Client().post("/accounts/password/reset/", {"email": email})
        for email in (hedda.email, "nobody@example.org")
    ]
    assert len({(answer.status_code, answer["Location"]) for answer in answers}) == 1
    [row] = told("password_reset")
    assert row.person_id == hedda.pk
    assert "/accounts/password/reset/key/" in row.payload


# --- who is sent away


@pytest.mark.assures("SE-04")
def test_a_disabled_user_loses_pages_and_tokens_at_once(hedda: User) -> None:
    pages, program = browser(hedda), api(hedda)
    assert pages.get("/")["Location"] == "/desk/"
    assert program.get("/api/v1/clinics/").status_code == 200
    User.objects.filter(pk=hedda.pk).update(is_active=False)
    assert pages.get("/desk/")["Location"].startswith("/accounts/login/")
    assert pages.get("/api/v1/clinics/").status_code == 401
    problem(program.get("/api/v1/clinics/"), 401)


@pytest.mark.assures("SE-04")
def test_a_disabled_user_gets_no_code(client: Client, elena: Patient) -> None:
    User.objects.update(is_active=False)
    ask_for_code(client, elena.email)
    assert told("login_code") == []


def test_an_old_a_revoked_and_an_invented_token_are_refused(mira: Practitioner, now: datetime) -> None:
    assert mira.user
    program = api(mira.user, now)
    with time_machine.travel(now + timedelta(days=364), tick=False):
        assert program.get("/api/v1/clinics/").status_code == 200
    with time_machine.travel(now + timedelta(days=366), tick=False):
        problem(program.get("/api/v1/clinics/"), 401)
    with time_machine.travel(now, tick=False):
        ApiToken.objects.update(revoked_at=now)
        said = problem(program.get("/api/v1/clinics/"), 401)
        program.credentials(HTTP_AUTHORIZATION="Bearer invented")
        answer = program.get("/api/v1/clinics/")
        assert problem(answer, 401) == said
        assert answer["WWW-Authenticate"] == "Bearer"


def test_a_token_is_kept_as_a_digest(mira: Practitioner, now: datetime) -> None:
    assert mira.user
    token = signing_in.issue_token(user=mira.user, now=now)
    row = ApiToken.objects.get()
    assert len(token) == 43
    assert token not in row.digest
    assert row.expires_at == now + timedelta(days=365)


def test_all_tokens_of_somebody_are_revoked_at_once(mira: Practitioner, leila: Practitioner) -> None:
    assert mira.user
    programs = [api(mira.user), api(mira.user), api(leila.user)]
    User.objects.filter(pk=mira.user.pk).update(is_active=False)
    said = StringIO()
    call_command("token", "MIRA@example.org", "--revoke", stdout=said)
    assert said.getvalue() == "2 tokens of mira@example.org are revoked.\n"
    User.objects.filter(pk=mira.user.pk).update(is_active=True)
    assert [each.get("/api/v1/clinics/").status_code for each in programs] == [401, 401, 200]
    lines = apps.get_model("clinic", "ApiTokenEvent").objects.filter(user=mira.user).order_by("pgh_id")
    assert [line.revoked_at is None for line in lines] == [True, True, False, False]


def test_a_token_is_printed_for_who_may_sign_in(mira: Practitioner) -> None:
    said = StringIO()
    call_command("token", "mira@example.org", stdout=said)
    assert ApiToken.objects.get().digest == signing_in.token_digest(said.getvalue().strip())
    User.objects.update(is_active=False)
    for email in ("mira@example.org", "nobody@example.org"):
        with pytest.raises(CommandError, match="Nobody signs in as"):
            call_command("token", email)


@pytest.mark.assures("SE-03")
def test_signing_out_ends_the_session(hedda: User) -> None:
    client = browser(hedda)
    stolen = client.cookies["sessionid"].value
    assert client.get("/accounts/logout/").status_code == 200
    assert is_in(client)
    client.post("/accounts/logout/")
    thief = Client()
    thief.cookies["sessionid"] = stolen
    assert thief.get("/desk/")["Location"].startswith("/accounts/login/")


# --- what protects the session


@pytest.mark.assures("SE-05")
def test_the_session_cookie_is_kept_from_scripts_and_other_sites(client: Client, elena: Patient) -> None:
    ask_for_code(client, elena.email)
    enter(client, told("login_code")[0].payload)
    for name in ("sessionid", "csrftoken"):
        cookie = client.cookies[name]
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name
        assert cookie["path"] == "/", name


@pytest.mark.assures("SE-05")
def test_under_https_cookies_are_secure_and_bound_to_the_host() -> None:
    names = ["SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"]
    names += ["SECURE_SSL_REDIRECT"]
    program = (
        f"import json; from clinic import settings as s; print(json.dumps([getattr(s, n) for n in {names}]))"
    )
    environment = {**os.environ, "SITE_URL": "https://clinic.example.org"}
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert json.loads(answer.stdout) == ["__Host-session", "__Host-csrf", True, True, True]


def test_without_https_a_clinic_does_not_start() -> None:
    environment = {**os.environ, "SITE_URL": "http://clinic.example.org", "DEMO": "0", "DEBUG": "0"}
    answer = subprocess.run(
        [sys.executable, "-c", "import clinic.settings"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert answer.returncode != 0
    assert "Put the clinic behind HTTPS" in answer.stderr


@pytest.mark.assures("IN-09")
@pytest.mark.parametrize(
    "path",
    [
        "/accounts/login/",
        "/accounts/login/code/",
        "/accounts/logout/",
        "/theme/",
        "/portal/switch/",
        "/portal/session/",
    ],
)
def test_a_form_of_another_site_is_refused(elena: Patient, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(elena.portal_access.get().user)
    assert client.post(path, {}).status_code == 403


@pytest.mark.assures("IN-09")
def test_the_api_asks_a_browsers_session_for_its_csrf_token(mira: Practitioner) -> None:
    assert mira.user
    client = Client(enforce_csrf_checks=True)
    client.force_login(mira.user)
    problem(client.post("/api/v1/patients/search/", {"text": "x"}, content_type="application/json"), 403)
