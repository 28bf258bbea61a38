"""The manager's page of numbers: its period, whose they are, and its tables as files."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from django.test import Client

from clinic.models import Clinic, Membership, Practitioner, Role, User
from patients.models import Consultation, Patient
from patients.rules.lifecycle import Status
from tests.doors import browser
from tests.patients.conftest import Booked

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nine_o_clock(now: datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def office(noor: User, mira: Practitioner) -> Client:
    """The browser of Riverside's manager."""
    return browser(noor)


def page(office: Client, asked: str = "") -> str:
    """The page, as text."""
    answer = office.get(f"/desk/numbers/{asked}")
    assert answer.status_code == 200
    return answer.content.decode()


def file(office: Client, asked: str) -> list[list[str]]:
    """The rows of a file."""
    text = office.get(f"/desk/numbers/?format=csv&{asked}").content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def test_it_shows_ones_own_clinics_only(office: Client, old_town: Clinic, noor: User) -> None:
    text = page(office, "?clinic=old-town")
    assert "Riverside, 16 Feb to 22 Mar 2026." in text
    assert "Old Town" not in text
    assert "Mira Okafor" in text
    Membership.objects.create(user=noor, clinic=old_town, role=Role.MANAGER)
    assert "Old Town, 16 Feb to 22 Mar 2026." in page(office, "?clinic=old-town")


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("?period=week", "16 Mar to 22 Mar 2026"),
        ("?period=month&day=2026-02-10", "1 Feb to 28 Feb 2026"),
        ("?period=quarter&day=2025-12-31", "1 Oct to 31 Dec 2025"),
        ("?period=dates&from=2026-03-02&to=2026-03-04", "2 Mar to 4 Mar 2026"),
        ("?period=dates&from=2026-03-02&to=2026-03-01", "an end that is not before the start"),
        ("?period=dates&from=2024-03-02&to=2026-03-01", "at most a year"),
        ("?period=month&day=tomorrow", "not a date to look at"),
        ("?period=fortnight&practitioner=nobody", "16 Feb to 22 Mar 2026"),
    ],
)
def test_the_period_is_chosen_or_said_to_be_none(office: Client, asked: str, shown: str) -> None:
    assert shown in page(office, asked)


def test_a_file_holds_the_rows_of_the_table_on_the_page(
    office: Client, booked: Booked, elena: Patient
) -> None:
    visit = booked(elena)
    Consultation.objects.filter(pk=visit.pk).update(status=Status.NO_SHOW)
    head, *rows = file(office, "period=week&table=visits")
    text = page(office, "?period=week")
    assert all(f">{words}</th>" in text for words in head)
    assert head[:2] == ["Day", "Visits"]
    assert [row[0] for row in rows] == [f"2026-03-{day}" for day in range(16, 23)]
    assert rows[2] == ["2026-03-18", "1", "0", "0", "0", "1", "100", "0"]
    assert rows[0] == ["2026-03-16", "0", "0", "0", "0", "0", "", ""]


def test_a_file_is_named_by_clinic_table_person_and_dates(office: Client, mira: Practitioner) -> None:
    answer = office.get(f"/desk/numbers/?format=csv&table=utilisation&period=week&practitioner={mira.pk}")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    name = "riverside-utilisation-mira-okafor-2026-03-16-to-2026-03-22.csv"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer["Cache-Control"] == "no-store"
    assert answer.content.startswith(b"\xef\xbb\xbf")


@pytest.mark.assures("IN-04")
def test_a_name_that_is_a_formula_is_none_in_the_file(office: Client, mira: Practitioner) -> None:
    Practitioner.objects.filter(pk=mira.pk).update(name='=HYPERLINK("https://example.org";"x")')
    rows = file(office, "table=practitioners")
    assert rows[1][0] == '\'=HYPERLINK("https://example.org";"x")'


def test_a_table_that_is_none_is_not_found_and_a_file_needs_the_right_of_its_page(
    office: Client, hedda: User, booked: Booked
) -> None:
    assert office.get("/desk/numbers/?format=csv&table=patients").status_code == 404
    assert office.get("/desk/numbers/?format=xlsx&table=visits").status_code == 404
    refused = browser(hedda).get("/desk/numbers/?format=csv&table=visits")
    assert (refused.status_code, refused["Content-Type"]) == (403, "text/html; charset=utf-8")
    assert browser().get("/desk/numbers/?format=csv&table=visits").status_code == 302


def test_one_who_treats_has_no_new_patients_and_an_empty_clinic_says_what_to_do(
    office: Client, mira: Practitioner
) -> None:
    assert 'id="new-patients"' in page(office)
    text = page(office, f"?practitioner={mira.pk}")
    assert 'id="new-patients"' not in text
    assert "Nothing was booked in this period. Choose another one." in text
