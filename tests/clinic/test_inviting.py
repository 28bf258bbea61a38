"""The first manager of an empty installation."""

from datetime import datetime, timedelta

import pytest

from clinic.actions import inviting, linking
from clinic.models import Clinic, Membership, Organisation, Role, User

PERSON = inviting.FirstManager(
    name="Noor van Dijk", email="Noor@Example.org", password="a long sentence of hers"
)

pytestmark = pytest.mark.django_db


def make(token: str, now: datetime) -> User:
    clinic = Clinic(
        name="Riverside", slug="riverside", street="Mill Street 12", postcode="10115", city="Berlin", country="DE",
        phone="+49301230000", email="riverside@example.org", latitude="52.53", longitude="13.38",
    )  # fmt: skip
    return inviting.make_first_manager(
        token=token, organisation="Spine Works", clinic=clinic, person=PERSON, now=now
    )


def test_it_makes_organisation_clinic_and_manager_at_once(now: datetime) -> None:
    user = make(inviting.first_manager_token(now=now), now)
    assert Organisation.objects.get().name == "Spine Works"
    membership = Membership.objects.get()
    assert (membership.user, membership.clinic.slug, membership.role) == (user, "riverside", Role.MANAGER)
    assert user.email == "noor@example.org"
    assert user.check_password(PERSON.password)


@pytest.mark.assures("AC-01")
def test_it_keeps_the_password_as_argon2(now: datetime) -> None:
    assert make(inviting.first_manager_token(now=now), now).password.startswith("argon2$argon2id$")


@pytest.mark.assures("AC-06")
def test_the_link_works_once(now: datetime) -> None:
    token = inviting.first_manager_token(now=now)
    make(token, now)
    with pytest.raises(inviting.AlreadySetUp):
        make(token, now)
    assert Clinic.objects.count() == User.objects.count() == 1


def test_a_second_one_at_the_same_moment_is_refused_and_leaves_nothing(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have passed the check before either wrote: what decides then is that there is one organisation."""
    token = inviting.first_manager_token(now=now)
    make(token, now)
    monkeypatch.setattr(inviting, "is_set_up", lambda: False)
    with pytest.raises(inviting.AlreadySetUp):
        make(token, now)
    assert Clinic.objects.count() == User.objects.count() == 1


def test_an_old_or_foreign_link_makes_nothing(now: datetime) -> None:
    old = inviting.first_manager_token(now=now - timedelta(days=7, seconds=1))
    foreign = linking.make(purpose="portal-invitation", subject=inviting.NOBODY, now=now)
    for token in (old, foreign, "guess"):
        with pytest.raises(linking.LinkInvalid):
            make(token, now)
    assert not User.objects.exists()
    assert not Clinic.objects.exists()
