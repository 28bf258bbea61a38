"""Finding patients as people ask for them, and keeping who they are."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import Clinic, Practitioner, User
from clinic.rules.refusals import Refusal
from patients.actions import finding, registering
from patients.actions.registering import PatientDetails
from patients.models import Patient
from tests import factories


@pytest.fixture
def marta(riverside: Clinic) -> Patient:
    """Marta Ruíz-Okafor: accents, a hyphen, and a family name that begins like Elena's."""
    return factories.PatientFactory.create(
        clinic=riverside,
        given_name="Márta",
        family_name="Ruíz-Okafor",
        phone="+49301112233",
        email="marta@example.org",
        birth_date=date(1991, 9, 3),
    )


def details(clinic: Clinic, **more: object) -> PatientDetails:
    """Elena once more, unless the test says what differs."""
    fields: dict[str, object] = {"given_name": "Elena", "family_name": "Ruiz", **more}
    return PatientDetails(clinic=clinic, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "okafor",
        "OKAFOR marta",
        "Marta Ruiz",
        "okafro",
        "márt",
        "ruiz-okafor",
        "3.9.1991",
        "1991-09-03",
        "030 1112233",
        "+49 (0)30 1112233",
        "3 Sep 1991",
        "3.9.91",
        "030991",
        "12233",
        "okavor",
        "ruiz merta",
        "3 9 1991",
        "19910903",
        "1991/09/03",
        "* 3.9.1991",
        "tel 030 1112233",
        "Ruiz 1991",
        "okafor, marta 3 Sep 91",
        "ruiz 03.09.1991",
        "Marta@example.org",
    ],
)
def test_it_finds_marta_by(marta: Patient, samuel: Patient, hedda: User, text: str) -> None:
    assert finding.find(text=text, user=hedda)[:1] == [marta]
    assert samuel not in finding.find(text=text, user=hedda)


def test_it_finds_by_the_patients_number(marta: Patient, elena: Patient, hedda: User) -> None:
    marta.refresh_from_db()
    assert finding.find(text=str(marta.number), user=hedda) == [marta]
    assert finding.find(text=f"#{marta.number}", user=hedda) == [marta]


def test_names_that_begin_as_typed_come_first(elena: Patient, marta: Patient, hedda: User) -> None:
    assert finding.find(text="rui", user=hedda) == [elena, marta]
    assert finding.find(text="ruiz o", user=hedda)[0] == marta


def test_two_letters_may_be_swapped_in_each_word(elena: Patient, hedda: User) -> None:
    assert finding.find(text="riuz", user=hedda) == [elena]
    assert finding.find(text="urzi", user=hedda) == []
    assert finding.find(text="riuz elnea", user=hedda) == [elena]


def test_what_fits_a_merged_record_finds_the_kept_one_and_says_by_what(
    elena: Patient, marta: Patient, samuel: Patient, hedda: User, mira: Practitioner
) -> None:
    marta.refresh_from_db()
    Patient.objects.filter(pk=marta.pk).update(merged_into=samuel)
    for text in ("Okafor marta", str(marta.number), "12233", "3.9.91"):
        [found] = finding.find(text=text, user=hedda)
        assert (found, found.merged_from) == (samuel, f"Márta Ruíz-Okafor, no. {marta.number}")
    assert finding.find(text="ruiz", user=hedda) == [elena, samuel]
    Patient.objects.filter(pk=samuel.pk).update(merged_into=elena)
    Patient.objects.filter(pk=marta.pk).update(merged_into=elena)
    assert finding.find(text="ruiz", user=hedda) == [elena], "each once"


@pytest.mark.parametrize(
    "text", ["", " ", "r", "ruiz 1970", "ruiz 1.1.1970", "nobody of that name", "%", "__", "\x00"]
)
def test_it_finds_nothing_by(elena: Patient, hedda: User, text: str) -> None:
    assert finding.find(text=text, user=hedda) == []


@pytest.mark.assures("AZ-02")
def test_it_finds_only_what_the_user_may_see(zoe: Patient, hedda: User, mira: Practitioner) -> None:
    assert finding.find(text="stranger", user=hedda) == [zoe]
    assert finding.find(text="stranger", user=mira.user) == []
    assert finding.find(text="stranger", user=zoe.portal_access.get().user) == []


def test_it_leaves_out_the_archived_and_keeps_to_the_limit(
    elena: Patient, marta: Patient, hedda: User, now: datetime
) -> None:
    assert len(finding.find(text="ruiz", user=hedda, limit=1)) == 1
    Patient.objects.filter(pk=elena.pk).update(archived_at=now)
    assert finding.find(text="ruiz", user=hedda) == [marta]


@pytest.mark.parametrize("text", ["marta ruiz", "3.9.1991", "0301112233"])
def test_a_search_is_one_query_of_rows(marta: Patient, hedda: User, text: str) -> None:
    finding.find(text="warm", user=hedda)
    with CaptureQueriesContext(connection) as queries:
        finding.find(text=text, user=hedda)
    assert sum('FROM "patients_patient"' in query["sql"] for query in queries) == 1


def test_it_creates_a_patient_with_a_number_a_folded_name_and_a_whole_phone_number(
    riverside: Clinic, hedda: User, now: datetime
) -> None:
    made = registering.create(
        details=details(
            riverside,
            given_name=" José  Luis ",
            family_name="Ñandú",
            phone="030 1234567",
            email=" jl@example.org ",
        ),
        by=hedda,
        now=now,
    )
    made.refresh_from_db()
    assert (made.name, made.search_name) == ("José Luis Ñandú", "nandu jose luis")
    assert (made.phone.as_e164, made.email) == ("+49301234567", "jl@example.org")
    assert made.number > 0
    assert finding.find(text="nandu", user=hedda) == [made]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("given_name", "  "),
        ("family_name", ""),
        ("birth_date", date(2026, 3, 18)),
        ("birth_date", date(1890, 1, 1)),
        ("phone", "12"),
        ("phone", "call me"),
    ],
)
def test_it_refuses_what_cannot_be_and_says_where(
    riverside: Clinic, elena: Patient, hedda: User, now: datetime, field: str, value: object
) -> None:
    with pytest.raises(Refusal) as refused:
        registering.create(details=details(riverside, **{field: value}), by=hedda, now=now)
    assert refused.value.field == field
    with pytest.raises(Refusal):
        registering.update(patient=elena, changes={field: value}, by=hedda, now=now)
    assert Patient.objects.get().updated_at == elena.updated_at


def test_somebody_elses_physiotherapist_may_not_create_or_change(
    riverside: Clinic, elena: Patient, jonas: Practitioner, now: datetime
) -> None:
    with pytest.raises(registering.NotYours):
        registering.create(details=details(riverside), by=jonas.user, now=now)
    with pytest.raises(registering.NotYours):
        registering.update(patient=elena, changes={"given_name": "Ela"}, by=jonas.user, now=now)
    assert Patient.objects.get().given_name == "Elena"


def test_a_change_sets_only_what_was_given(elena: Patient, hedda: User, now: datetime) -> None:
    changed = registering.update(patient=elena, changes={"family_name": "Ruiz Peña"}, by=hedda, now=now)
    changed.refresh_from_db()
    assert (changed.search_name, changed.email, changed.birth_date) == (
        "ruiz pena elena",
        elena.email,
        elena.birth_date,
    )
    assert str(changed.phone) == str(elena.phone)


@pytest.mark.parametrize(
    ("more", "is_twin"),
    [
        ({"birth_date": date(1979, 5, 2)}, True),
        ({"birth_date": date(1979, 5, 2), "given_name": "Elenna"}, True),
        ({"phone": "0170 1234567", "family_name": "Ruis"}, True),
        ({"email": "elena@example.org"}, True),
        ({"email": "elena@example.org", "given_name": "Tomás", "family_name": "Berg"}, False),
        ({"birth_date": date(1979, 5, 2), "given_name": "Tomás", "family_name": "Berg"}, False),
        ({"given_name": "Samuel", "family_name": "Berg"}, False),
    ],
)
def test_it_warns_of_a_likely_twin_but_not_of_who_shares_an_email_only(
    elena: Patient, hedda: User, more: dict[str, object], is_twin: bool
) -> None:
    assert registering.likely_twins(details=details(elena.clinic, **more), user=hedda) == [elena] * is_twin


def test_twins_are_never_merged_by_themselves(elena: Patient, hedda: User, now: datetime) -> None:
    twin = registering.create(details=details(elena.clinic, birth_date=elena.birth_date), by=hedda, now=now)
    assert registering.likely_twins(details=details(elena.clinic), user=hedda, but=twin) == [elena]
    assert Patient.objects.count() == 2
    assert twin.created_at > now - timedelta(days=1)
