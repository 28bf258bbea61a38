"""The pages of an account: a lost password, the second factor, devices; all of them in words of ours."""

import re
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import User
from tests.doors import browser, told

PASSWORD = "a long sentence of mine"

pytestmark = pytest.mark.django_db


@pytest.fixture
def hedda_with_password(hedda: User) -> User:
    hedda.set_password(PASSWORD)
    hedda.save()
    return hedda


THEIR_WORDS = ("Incorrect code", "Bad Token", "Confirm Access", "Two-Factor", "Invalid", "Please reauthenticate",
    "You are about to", "not correct", "Successfully")  # fmt: skip
"""Words of the library: each stands for a page or fault that has words of ours."""


def test_a_link_for_a_new_password_that_is_old_says_how_to_get_another(client: Client) -> None:
    page = client.get("/accounts/password/reset/key/abc-set-password/").content.decode()
    assert "This link does not work" in page
    assert 'href="/accounts/password/reset/"' in page
    assert "Bad Token" not in page


def test_a_link_for_a_new_password_gives_one_and_leads_on(client: Client, hedda: User) -> None:
    client.post("/accounts/password/reset/", {"email": hedda.email})
    link = urlsplit(told("password_reset")[0].payload).path
    page = client.get(link, follow=True)
    assert "Choose a new password" in page.content.decode()
    chosen = {"password1": PASSWORD + " 2", "password2": PASSWORD + " 2"}
    done = client.post(page.redirect_chain[-1][0], chosen, follow=True)
    assert "The new password is saved" in done.content.decode()
    hedda.refresh_from_db()
    assert hedda.check_password(PASSWORD + " 2")


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/2fa/",
        "/accounts/2fa/recovery-codes/generate/",
        "/accounts/2fa/totp/deactivate/",
        "/accounts/2fa/reauthenticate/",
        "/accounts/reauthenticate/",
        "/accounts/password/change/",
        "/accounts/sessions/",
    ],
)
def test_the_pages_of_an_account_speak_our_words(hedda_with_password: User, path: str) -> None:
    client = browser(hedda_with_password)
    page = client.get(path, follow=True).content.decode()
    assert [words for words in THEIR_WORDS if words in page] == []
    assert 'class="door"' in page


def test_a_wrong_code_of_the_authenticator_says_what_to_do(client: Client, hedda_with_password: User) -> None:
    client.post("/accounts/login/", {"login": hedda_with_password.email, "password": PASSWORD})
    page = client.post(reverse("mfa_authenticate"), {"code": "000000"}).content.decode()
    assert "Wait for the next six digits in your app" in page
    assert "Incorrect" not in page


def test_new_recovery_codes_are_shown_and_let_in(client: Client, hedda_with_password: User) -> None:
    signed_in = browser(hedda_with_password)
    signed_in.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = signed_in.post("/accounts/2fa/recovery-codes/generate/", follow=True).content.decode()
    codes = re.findall(r"<code>([0-9]+)</code>", page)
    assert len(codes) == 10
    client.post("/accounts/login/", {"login": hedda_with_password.email, "password": PASSWORD})
    client.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert "_auth_user_id" in client.session
