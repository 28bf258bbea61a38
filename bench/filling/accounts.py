"""Who signs in during the measurements, and the note of what they need to know."""

from importlib import import_module
from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from bench.filling.diary import FRESH, FULL_CLINIC
from bench.filling.people import Person
from bench.filling.places import DESKED, NO_PASSWORD, Places
from clinic.actions import signing_in
from clinic.models import User
from patients.models import Consultation, Patient, PortalAccess
from programs.management.demo.start import Start

SAMPLE = 1000
"""So many patients by name, to be searched for."""


def patient_of(places: Places, start: Start) -> Patient:
    """A patient with a visit to come, who gets a portal."""
    visit = (
        Consultation.objects.upcoming(start.now)
        .filter(clinic=places.clinics[0])
        .select_related("patient")
        .first()
    )
    if visit is None:
        raise RuntimeError("The diary holds no visit to come: ask for more visits.")
    user = User.objects.create(email="elena@bench.example", name=visit.patient.name, password=NO_PASSWORD)
    PortalAccess.objects.create(user=user, patient=visit.patient)
    return visit.patient


def note(start: Start, places: Places, people: list[Person], elena: Patient) -> dict[str, Any]:
    """Everything as text: ids, keys to the API, keys of sessions, names."""
    portal = elena.portal_access.get().user
    chance = start.chance("searches")
    fresh = people[int(len(people) * (1 - FRESH)) :]
    return {
        "today": start.today.isoformat(),
        "clinics": [str(clinic.pk) for clinic in places.clinics],
        "slugs": [clinic.slug for clinic in places.clinics],
        "full_clinic": FULL_CLINIC,
        "practitioners": [[str(one.pk) for one in team] for team in places.practitioners],
        "type": str(places.type.pk),
        "bookable": DESKED,
        "elena": str(elena.pk),
        "fresh": [str(person.id) for person in fresh[:5000]],
        "names": [
            [person.given, person.family] for person in chance.sample(people, min(SAMPLE, len(people)))
        ],
        "tokens": {
            name: signing_in.issue_token(user=user, now=start.now)
            for name, user in (("desk", places.desk), ("patient", portal))
        },
        "sessions": {
            name: session(user)
            for name, user in (("desk", places.desk), ("manager", places.manager), ("patient", portal))
        },
    }


def session(user: User) -> str:
    """The key of a session in which the user is signed in, with a second factor."""
    kept = import_module(settings.SESSION_ENGINE).SessionStore()
    kept[SESSION_KEY] = str(user.pk)
    kept[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    kept[HASH_SESSION_KEY] = user.get_session_auth_hash()
    kept[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa"}]
    kept.create()
    return str(kept.session_key)
