"""The forms of clinics and reminders: what would make every page fail is refused with a sentence."""

import re
from datetime import time, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.models import Block, Clinic, ConsultationType, Practitioner, ReminderLead, Room, User
from tests.doors import browser

pytestmark = pytest.mark.django_db


def sent_by(client: Client, address: str) -> dict[str, Any]:
    """What the form at the address sends when nothing is changed."""
    page = client.get(address).context
    formsets = [each.formset for each in page["inline_admin_formsets"]]
    rows = [row for formset in formsets for row in (formset.management_form, *formset.forms)]
    fields = [row[name] for row in (page["adminform"].form, *rows) for name in row.fields]
    return {field.html_name: field.value() for field in fields if field.value() is not None}


def errors_after(noor: User, clinic: Clinic, **change: str) -> dict[str, list[str]]:
    """What the clinic's page says after the change; nothing where it was saved."""
    client, address = browser(noor), reverse("admin:clinic_clinic_change", args=[clinic.pk])
    answer = client.post(address, sent_by(client, address) | change)
    return answer.context["adminform"].form.errors if answer.status_code == 200 else {}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"time_zone": "Mars/X"}, "Select a valid choice"),
        ({"time_zone": "localtime"}, "Select a valid choice"),
        ({"country": "ZZ"}, "There is no such country. Give its ISO code"),
        ({"country": "de"}, "There is no such country. Give its ISO code"),
        ({"region": "??"}, "or give one of: Augsburg, BB, BE"),
        ({"country": "MC", "region": "BE"}, "Leave the region empty"),
        ({"slot_step_min": "3"}, "Let slots begin every 5 to 60 minutes."),
        ({"pain_ceiling": "99"}, "less than or equal to 10"),
        ({"latitude": "91"}, "Give a latitude between -90 and 90"),
    ],
)
def test_what_no_clinic_can_have_is_refused_with_a_sentence(
    noor: User, riverside: Clinic, change: dict[str, str], sentence: str
) -> None:
    before = Clinic.objects.values().get(pk=riverside.pk)
    assert sentence in str(errors_after(noor, riverside, **change))
    assert Clinic.objects.values().get(pk=riverside.pk) == before


@pytest.mark.assures("TZ-04")
def test_a_zone_that_the_diary_holds_is_refused_beside_its_field(
    noor: User, riverside: Clinic, mira: Practitioner, follow_up: ConsultationType
) -> None:
    start = timezone.now() + timedelta(days=3)
    Block.objects.create(
        clinic=riverside, practitioner=mira, type=follow_up, start=start, end=start + timedelta(minutes=30)
    )
    [sentence] = errors_after(noor, riverside, time_zone="Asia/Kolkata")["time_zone"]
    assert sentence.startswith("The diary holds visits at times of Europe/Berlin")


def test_a_zone_and_a_region_that_exist_are_kept(noor: User, riverside: Clinic) -> None:
    assert errors_after(noor, riverside, time_zone="Asia/Kolkata", country="IN", region="GJ") == {}
    riverside.refresh_from_db()
    assert (riverside.time_zone, riverside.country, riverside.region) == ("Asia/Kolkata", "IN", "GJ")


def test_the_row_itself_knows_its_zones(riverside: Clinic) -> None:
    """Whatever the door: whoever asks the model before saving is told."""
    riverside.time_zone = "Mars/X"
    with pytest.raises(ValidationError, match="There is no such time zone"):
        riverside.full_clean()


EITHER = "Give either days (1 to 30), perhaps with a time, or hours (1 to 23) without one."


@pytest.mark.parametrize(
    "lead",
    [
        {},
        {"at": "18:00"},
        {"days": "2", "hours": "3"},
        {"days": "31"},
        {"hours": "24"},
        {"hours": "3", "at": "18:00"},
    ],
)
def test_a_reminder_is_days_or_hours_and_not_nothing(
    noor: User, riverside: Clinic, lead: dict[str, str]
) -> None:
    answer = browser(noor).post(
        reverse("admin:clinic_reminderlead_add"), {"clinic": str(riverside.pk), **lead}
    )
    assert answer.status_code == 200
    assert answer.context["adminform"].form.non_field_errors() == [EITHER]
    assert not ReminderLead.objects.filter(clinic=riverside).exists()


@pytest.mark.parametrize("lead", [{}, {"at": time(18)}, {"days": 1, "hours": 1}, {"days": 0}, {"hours": 24}])
def test_the_database_keeps_no_reminder_without_a_time(riverside: Clinic, lead: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ReminderLead.objects.create(clinic=riverside, **lead)
    for good in ({"days": 2}, {"days": 2, "at": time(18)}, {"hours": 3}):
        ReminderLead.objects.create(clinic=riverside, **good)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("duration_min", "2", "Let it last between 5 and 480 minutes."),
        ("before_min", "121", "Leave at most 120 minutes before"),
        ("capacity", "0", "Give a group class 1 to 100 seats, and every other kind one."),
        ("capacity", "8", "Give a group class 1 to 100 seats, and every other kind one."),
        ("horizon_days", "731", "Let it be booked between 1 and 730 days ahead."),
        ("notice_to_book_h", "4320", "the notice is longer than the days for which it can be booked"),
    ],
)
def test_what_no_type_can_have_is_refused_beside_its_field(
    noor: User, follow_up: ConsultationType, field: str, value: str, sentence: str
) -> None:
    client, address = browser(noor), reverse("admin:clinic_consultationtype_change", args=[follow_up.pk])
    answer = client.post(address, sent_by(client, address) | {field: value})
    assert sentence in str(answer.context["adminform"].form.errors[field])


def test_what_is_new_belongs_to_the_only_clinic_and_is_not_archived(noor: User, riverside: Clinic) -> None:
    form = browser(noor).get(reverse("admin:clinic_room_add")).context["adminform"].form
    assert form["clinic"].value() == riverside.pk
    assert "archived_at" not in form.fields


@pytest.mark.parametrize(
    ("lead", "words"),
    [
        ({"days": 1}, "1 day before"),
        ({"days": 2, "at": time(18)}, "2 days before, at 18:00"),
        ({"hours": 3}, "3 hours before"),
    ],
)
def test_a_reminder_says_when(lead: dict[str, Any], words: str) -> None:
    assert str(ReminderLead(**lead)) == words


def test_each_cell_of_a_list_carries_the_name_of_its_column(noor: User, room: Room) -> None:
    """On a phone a row is a card, without the heads of the columns."""
    page = browser(noor).get(reverse("admin:clinic_room_changelist")).content.decode()
    assert re.search(r'<th data-label="Name"[^>]*field-name', page)
    assert re.search(r'<td data-label="Clinic"[^>]*field-clinic', page)
