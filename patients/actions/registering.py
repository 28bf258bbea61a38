"""Keeps who patients are, and warns of records that may be of one person."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime

import phonenumbers
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from clinic import policy
from clinic.models import Clinic, User
from clinic.policy import NotYours
from clinic.rules import wallclock
from clinic.rules.refusals import Refusal
from patients.models import Patient, PossibleTwin
from patients.rules import names

__all__ = [
    "BirthDateUnlikely",
    "NameMissing",
    "NotYours",
    "PatientDetails",
    "PhoneUnreadable",
    "alike",
    "columns",
    "create",
    "enrol",
    "likely_twins",
    "readable_phone",
    "update",
]

TWIN_LIKENESS = 0.5
FIRST_BIRTH_DATE = date(1895, 1, 2)


class NameMissing(Refusal):
    """A patient needs a given and a family name."""

    code = "name_missing"


class BirthDateUnlikely(Refusal):
    """A birth date in the future, or of nobody alive."""

    code = "birth_date_unlikely"


class PhoneUnreadable(Refusal):
    """Digits that are no phone number."""

    code = "phone_unreadable"


@dataclass(frozen=True, kw_only=True)
class PatientDetails:
    """Who a patient is. `clinic` is the home clinic: its country reads a phone number without one."""

    given_name: str
    family_name: str
    clinic: Clinic
    birth_date: date | None = None
    phone: str = ""
    email: str = ""
    language: str = "en"
    desk_note: str = ""
    wants_email: bool = True


def likely_twins(*, details: PatientDetails, user: User, but: Patient | None = None) -> list[Patient]:
    """Patients whom these details may speak of already: a warning for a person to judge; nothing is merged.

    Their names are alike, and the date of birth, the phone or the email is the same or the date is unknown.
    """
    return alike(details=details, among=policy.visible(user, Patient), but=but)


def alike(*, details: PatientDetails, among: QuerySet[Patient], but: Patient | None = None) -> list[Patient]:
    """The likely twins among these rows, the most alike first, five at most."""
    whole = names.fold(f"{details.family_name} {details.given_name}")
    same = Q(search_name=whole)
    if details.birth_date is not None:
        same |= Q(birth_date=details.birth_date)
    if phone := _phone(details):
        same |= Q(phone=phone)
    if details.email:
        same |= Q(email=details.email.strip())
    rows = among.filter(same, archived_at=None, merged_into=None)
    if but is not None:
        rows = rows.exclude(pk=but.pk)
    judged = [(names.likeness(row.search_name, whole), row) for row in rows[:200]]
    likely = [(likeness, row) for likeness, row in judged if likeness >= TWIN_LIKENESS]
    return [row for _likeness, row in sorted(likely, key=lambda pair: (-pair[0], str(pair[1].pk)))[:5]]


def create(*, details: PatientDetails, by: User, now: datetime) -> Patient:
    """The new patient. Likely twins are no obstacle: ask `likely_twins` first and show them. They are noted.

    Raises NameMissing, BirthDateUnlikely, PhoneUnreadable, NotYours.
    """
    told = columns(details, now)
    with transaction.atomic():
        patient = Patient.objects.create(**told)
        if not policy.may(by, "add", patient):  # asked of the row itself, so that policy alone knows the rule
            raise NotYours(_("You may not add patients to this clinic. Ask its front desk."))
        patient.refresh_from_db(fields=["number"])
        _note_twins(patient, details, now)
    return patient


def enrol(*, details: PatientDetails, now: datetime) -> Patient:
    """The new patient who came in by themselves, with likely twins noted for the desk; call it inside a transaction.

    Nobody is matched with them by email, phone or name: who says so may be anybody.
    Raises NameMissing, BirthDateUnlikely, PhoneUnreadable.
    """
    patient = Patient.objects.create(**columns(details, now))
    _note_twins(patient, details, now)
    return patient


def update(*, patient: Patient, changes: Mapping[str, object], by: User, now: datetime) -> Patient:
    """The patient with some of the fields of PatientDetails set anew. Raises as `create` does."""
    with transaction.atomic():
        fresh = (
            Patient.objects.select_related("clinic")
            .select_for_update(of=("self",), no_key=True)
            .get(pk=patient.pk)
        )
        if not policy.may(by, "change", fresh):
            raise NotYours(_("You may not change this patient. Ask their clinic's front desk."))
        told = columns(replace(_details(fresh), **changes), now)  # type: ignore[arg-type]
        for name, value in told.items():
            setattr(fresh, name, value)
        fresh.save(update_fields=[*told, "updated_at"])
    return fresh


def _note_twins(patient: Patient, details: PatientDetails, now: datetime) -> None:
    """Whoever looks like the new patient, for the desk's list, wherever they are known."""
    twins = alike(details=details, among=Patient.objects.all(), but=patient)
    PossibleTwin.objects.bulk_create(
        PossibleTwin(patient=patient, other=twin, noticed_at=now) for twin in twins
    )


def _details(patient: Patient) -> PatientDetails:
    return PatientDetails(**{field.name: getattr(patient, field.name) for field in fields(PatientDetails)})


def columns(details: PatientDetails, now: datetime) -> dict[str, object]:
    """The columns of the row, tidied. Raises NameMissing, BirthDateUnlikely, PhoneUnreadable."""
    given, family = " ".join(details.given_name.split()), " ".join(details.family_name.split())
    if not given:
        raise NameMissing(_("Enter the given name."), field="given_name")
    if not family:
        raise NameMissing(_("Enter the family name."), field="family_name")
    born, today = details.birth_date, wallclock.local_day(now, details.clinic.zone)
    if born is not None and not FIRST_BIRTH_DATE <= born <= today:
        raise BirthDateUnlikely(_("Enter a date of birth between 1895 and today."), field="birth_date")
    return {
        **asdict(replace(details, clinic=None)),  # type: ignore[arg-type]  # asdict would copy the row
        "clinic": details.clinic,
        "given_name": given,
        "family_name": family,
        "search_name": names.fold(f"{family} {given}"),
        "phone": _phone(details),
        "email": details.email.strip(),
        "desk_note": details.desk_note.strip(),
    }


def _phone(details: PatientDetails) -> str:
    return readable_phone(str(details.phone), details.clinic)


def readable_phone(text: str, clinic: Clinic) -> str:
    """The phone number in E.164, as it is stored and searched; empty for none. Raises PhoneUnreadable."""
    text = text.strip()
    if not text:
        return ""
    try:
        number = phonenumbers.parse(text, clinic.country)
    except phonenumbers.NumberParseException:
        number = None
    if (
        number is None
        or len(str(number.national_number)) < names.SHORTEST_PHONE
        or not phonenumbers.is_possible_number(number)
    ):
        raise PhoneUnreadable(
            _("This is no phone number. Write it with its area code, or with + and the country."),
            field="phone",
        )
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
