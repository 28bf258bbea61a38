"""Inviting somebody new on the staff, and the page behind the link."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from clinic.actions import linking, sending, welcoming
from clinic.models import Clinic, Membership, Practitioner, Role, State, User
from tests.doors import browser, told
from tests.post import FixedClock, Postbox, content_of, the_row

pytestmark = pytest.mark.django_db

PASSWORD = "a long sentence of hers"


@pytest.fixture(autouse=True)
def tuesday(now: datetime) -> Iterator[None]:
    """Pages read the clock themselves."""
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def ada(riverside: Clinic) -> User:
    """Front desk at Riverside since today, without a password."""
    user = User.objects.create_user("ada@example.org", name="Ada Novak")
    Membership.objects.create(user=user, clinic=riverside, role=Role.FRONT_DESK)
    return user


def link(user: User, at: datetime) -> str:
    """The token of a mail that was sent then."""
    return linking.make(purpose=welcoming.PURPOSE, subject=user.pk, now=at)


def test_an_invitation_goes_out_and_can_go_out_again(ada: User, noor: User, now: datetime) -> None:
    welcoming.invite(user=ada, by=noor, now=now)
    welcoming.invite(user=ada, by=noor, now=now + timedelta(minutes=5))
    first, second = told("staff_invitation")
    assert first.person_id == second.person_id == ada.pk
    assert first.useful_until == now + timedelta(days=7)


def test_managers_of_other_clinics_invite_nobody_here(
    ada: User, hedda: User, jonas: Practitioner, old_town: Clinic, now: datetime
) -> None:
    Membership.objects.create(user=jonas.user, clinic=old_town, role=Role.MANAGER)
    for user in (hedda, jonas.user):
        with pytest.raises(welcoming.NotYours):
            welcoming.invite(user=ada, by=user, now=now)
    assert told("staff_invitation") == []


def test_who_has_a_password_or_a_closed_account_is_not_invited(ada: User, noor: User, now: datetime) -> None:
    ada.set_password(PASSWORD)
    ada.save()
    with pytest.raises(welcoming.HasPassword):
        welcoming.invite(user=ada, by=noor, now=now)
    ada.is_active = False
    ada.save()
    with pytest.raises(welcoming.AccountClosed):
        welcoming.invite(user=ada, by=noor, now=now)


def test_the_link_sets_the_first_password_once(ada: User, now: datetime) -> None:
    token = link(ada, now)
    assert welcoming.set_password(token=token, password=PASSWORD, now=now).check_password(PASSWORD)
    with pytest.raises(welcoming.HasPassword):
        welcoming.set_password(token=token, password="another long sentence", now=now)
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


def test_a_weak_password_is_refused(ada: User, now: datetime) -> None:
    for weak in ("short", "elevenchars", "ada@example.org"):
        with pytest.raises(welcoming.WeakPassword):
            welcoming.set_password(token=link(ada, now), password=weak, now=now)
    ada.refresh_from_db()
    assert not ada.has_usable_password()


def test_an_old_or_foreign_link_sets_nothing(ada: User, now: datetime) -> None:
    old = link(ada, now - timedelta(days=7, minutes=2))
    foreign = linking.make(purpose="portal-invitation", subject=ada.pk, now=now)
    for token in (old, foreign, "guess"):
        with pytest.raises(linking.LinkInvalid):
            welcoming.set_password(token=token, password=PASSWORD, now=now)


def test_the_mail_leads_to_the_page_and_the_page_to_the_sign_in(
    ada: User, noor: User, client: Client, postbox: Postbox, clock: FixedClock
) -> None:
    welcoming.invite(user=ada, by=noor, now=clock.now)
    sending.send_batch(clock=clock)
    (letter,) = postbox.received
    text = next(
        content_of(part).decode() for part in letter.walk() if part.get_content_type() == "text/plain"
    )
    path = re.search(r"(/welcome/[^/\s]+/)", text)
    assert path
    with time_machine.travel(clock.now, tick=False):
        page = client.get(path[1])
        assert "Hello Ada" in page.content.decode()
        ada.refresh_from_db()
        assert not ada.has_usable_password(), "opening it changes nothing"
        assert client.post(path[1], {"password": "short"}).status_code == 422
        assert client.post(path[1], {"password": PASSWORD})["Location"] == reverse("account_login")
        used = client.get(path[1])
    assert used.status_code == 404
    assert "A password is set already" in used.content.decode()
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


def test_it_is_not_sent_once_a_password_is_set(
    ada: User, noor: User, postbox: Postbox, clock: FixedClock
) -> None:
    welcoming.invite(user=ada, by=noor, now=clock.now)
    welcoming.set_password(token=link(ada, clock.now), password=PASSWORD, now=clock.now)
    sending.send_batch(clock=clock)
    assert postbox.received == []
    assert the_row().state == State.SUPPRESSED


def test_who_is_added_on_the_sheet_is_invited_at_once(noor: User, riverside: Clinic) -> None:
    manager = browser(noor)
    sent = {
        "name": "Ada Novak",
        "email": "ada@example.org",
        "clinic": str(riverside.pk),
        "roles": "front_desk",
    }
    answer = manager.post(reverse("admin:staff_new"), sent, follow=True)
    ada = User.objects.get(email="ada@example.org")
    assert [row.person_id for row in told("staff_invitation")] == [ada.pk]
    assert "An invitation goes to ada@example.org. Its link works for 7 days." in answer.content.decode()


def test_their_page_shows_their_roles_and_invites_again_until_they_have_a_password(
    ada: User, noor: User
) -> None:
    manager, url = browser(noor), reverse("admin:clinic_user_change", args=[ada.pk])
    page = manager.get(url).content.decode()
    assert "front desk (Riverside)" in page
    assert "Invite again" in page
    answer = manager.post(reverse("admin:staff_invite", args=[ada.pk]), follow=True)
    assert "An invitation goes to ada@example.org" in answer.content.decode()
    assert len(told("staff_invitation")) == 1
    ada.set_password(PASSWORD)
    ada.save()
    assert "Invite again" not in manager.get(url).content.decode()
    refused = manager.post(reverse("admin:staff_invite", args=[ada.pk]), follow=True)
    assert "A password is set already" in refused.content.decode()
    assert len(told("staff_invitation")) == 1
