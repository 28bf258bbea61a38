"""The guided first run: what is still missing, and the usual types."""

from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from clinic.actions import first_steps
from clinic.actions.first_steps import Wanted
from clinic.models import Clinic, ConsultationType, Practitioner, Room, TypeKind, User
from tests import factories
from tests.doors import browser

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tuesday(now: datetime) -> Iterator[None]:
    """Pages read the clock themselves."""
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def manager(noor: User) -> Client:
    """Noor's browser."""
    return browser(noor)


def left(by: User, now: datetime) -> list[str]:
    """The steps that are not done."""
    return [step.wanted.value for step in first_steps.steps(by=by, now=now) if not step.is_done]


def test_a_new_clinic_lacks_all_but_what_is_there(riverside: Clinic, noor: User, now: datetime) -> None:
    riverside.opening_hours.all().delete()
    assert left(noor, now) == [each.value for each in Wanted]


def test_each_step_is_done_by_what_it_asks_for(
    riverside: Clinic, noor: User, hedda: User, follow_up: ConsultationType, now: datetime
) -> None:
    """The cast has all but reminders, without which it goes too; Hedda is the colleague."""
    assert left(noor, now) == ["reminders"]
    assert first_steps.is_ready(first_steps.steps(by=noor, now=now))
    factories.LeadFactory.create(clinic=riverside)
    assert left(noor, now) == []


def test_the_first_run_lasts_while_something_is_missing_altogether(
    riverside: Clinic, noor: User, follow_up: ConsultationType, leila: Practitioner, now: datetime
) -> None:
    leila.weekly_hours.all().delete()
    assert not first_steps.is_first_run(by=noor, now=now), "one who lacks hours is no first run"
    assert not first_steps.is_ready(first_steps.steps(by=noor, now=now))
    riverside.opening_hours.all().delete()
    assert first_steps.is_first_run(by=noor, now=now)


def test_it_names_what_lacks_a_step(
    riverside: Clinic, noor: User, follow_up: ConsultationType, leila: Practitioner, now: datetime
) -> None:
    leila.weekly_hours.all().delete()
    follow_up.rooms.clear()
    lacking = {step.wanted: step.lacking for step in first_steps.steps(by=noor, now=now)}
    assert lacking[Wanted.HOURS] == ["Leila Haddad"]
    assert lacking[Wanted.GIVEN] == [follow_up.name]
    assert lacking[Wanted.REMINDERS] == ["Riverside"]


def test_a_clinic_of_one_is_ready_without_colleagues(
    riverside: Clinic, noor: User, follow_up: ConsultationType, now: datetime
) -> None:
    riverside.memberships.exclude(user=noor).delete()
    assert left(noor, now) == ["staff", "reminders"]
    assert first_steps.is_ready(first_steps.steps(by=noor, now=now))


def test_clinics_of_others_are_not_asked(
    riverside: Clinic, old_town: Clinic, noor: User, now: datetime
) -> None:
    names = {name for step in first_steps.steps(by=noor, now=now) for name in step.lacking}
    assert old_town.name not in names


def test_the_usual_types_are_four_and_given_by_all(
    riverside: Clinic, room: Room, mira: Practitioner, jonas: Practitioner, noor: User
) -> None:
    added = first_steps.add_usual_types(by=noor)
    assert [(each.kind, each.duration_min, each.capacity) for each in added] == [
        ("initial", 60, 1), ("follow_up", 30, 1), ("class", 60, 8), ("telehealth", 30, 1),
    ]  # fmt: skip
    for each in added:
        assert list(each.practitioners.all()) == [mira], "Jonas treats elsewhere"
        assert list(each.rooms.all()) == ([] if each.kind == TypeKind.TELEHEALTH else [room])
    assert first_steps.add_usual_types(by=noor) == []


def test_what_nobody_gives_is_given_by_all_and_what_is_set_stays(
    manager: Client, mira: Practitioner, leila: Practitioner, follow_up: ConsultationType
) -> None:
    follow_up.practitioners.set([leila])
    follow_up.rooms.clear()
    bare = ConsultationType.objects.create(name="Video", kind=TypeKind.TELEHEALTH, duration_min=30)
    assert "Everybody, in every room" in manager.get(reverse("admin:setup")).content.decode()
    manager.post(reverse("admin:give_all"))
    assert (list(follow_up.practitioners.all()), set(follow_up.rooms.all())) == (
        [leila],
        {*Room.objects.all()},
    )
    assert (set(bare.practitioners.all()), list(bare.rooms.all())) == ({mira, leila}, [])
    assert "Everybody, in every room" not in manager.get(reverse("admin:setup")).content.decode()


def test_what_the_list_leads_to_leads_back(manager: Client, riverside: Clinic) -> None:
    address = f"{reverse('admin:clinic_reminderlead_add')}?from=setup"
    assert address in manager.get(reverse("admin:setup")).content.decode()
    sent = {"clinic": str(riverside.pk), "days": "2"}
    assert manager.post(address, sent)["Location"] == reverse("admin:setup")


def test_only_managers_add_them(hedda: User) -> None:
    for act in (first_steps.add_usual_types, first_steps.give_all):
        with pytest.raises(first_steps.NotYours):
            act(by=hedda)


def test_a_manager_comes_to_the_list_on_the_first_run(
    manager: Client, riverside: Clinic, hedda: User, mira: Practitioner, room: Room
) -> None:
    assert manager.get("/")["Location"] == reverse("admin:setup")
    page = manager.get(reverse("admin:setup")).content.decode()
    assert "5 of 8 done" in page
    assert "still missing for Riverside" in page
    assert reverse("admin:clinic_reminderlead_add") in page
    first_steps.add_usual_types(by=User.objects.get(name="Noor van Dijk"))
    assert manager.get("/")["Location"] == reverse("desk_numbers")
    assert "visits can be booked" in manager.get(reverse("admin:setup")).content.decode()


def test_the_list_adds_the_usual_types_and_leads_to_the_sheet_of_who_has_no_hours(
    manager: Client, riverside: Clinic, mira: Practitioner
) -> None:
    mira.weekly_hours.all().delete()
    page = manager.get(reverse("admin:setup")).content.decode()
    assert reverse("admin:hours", args=[mira.pk]) in page
    assert "Add the usual four" in page
    manager.post(reverse("admin:usual_types"))
    assert ConsultationType.objects.count() == 4
    assert "Add the usual four" not in manager.get(reverse("admin:setup")).content.decode()


def test_records_lead_managers_to_the_list(manager: Client, hedda: User) -> None:
    assert reverse("admin:setup") in manager.get(reverse("admin:records")).content.decode()
    assert reverse("admin:setup") not in browser(hedda).get(reverse("admin:records")).content.decode()
