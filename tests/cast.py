"""Who plays in the tests. Each person differs from the others in one thing; a test's sentence needs no set-up.

At **Riverside**: Hedda sits at the desk, Mira and Leila treat, Noor manages. At **Old Town**: Jonas treats and must
see nothing of Riverside's records. **Elena** has an email and a portal; **Samuel** has neither; **Zoe** is a stranger
with a portal of her own.
"""

from datetime import datetime
from types import SimpleNamespace

import pytest

from clinic.models import Clinic, ConsultationType, Membership, Practitioner, Role, Room, TypeKind, User
from patients.models import Patient
from tests import factories


@pytest.fixture
def now() -> datetime:
    """Tuesday 17 March 2026, 9:00 in Berlin."""
    return factories.TUESDAY_MORNING


@pytest.fixture
def riverside(db: None) -> Clinic:
    """The clinic in which things happen."""
    return factories.ClinicFactory.create(name="Riverside", slug="riverside")


@pytest.fixture
def old_town(db: None) -> Clinic:
    """The other clinic."""
    return factories.ClinicFactory.create(name="Old Town", slug="old-town", email="oldtown@example.org")


@pytest.fixture
def room(riverside: Clinic) -> Room:
    """The first of Riverside's rooms."""
    return factories.RoomFactory.create(clinic=riverside, name="Room 1")


@pytest.fixture
def second_room(riverside: Clinic) -> Room:
    """The second of Riverside's rooms."""
    return factories.RoomFactory.create(clinic=riverside, name="Room 2")


@pytest.fixture
def hedda(riverside: Clinic) -> User:
    """Front desk at Riverside."""
    return _staff(riverside, Role.FRONT_DESK, "Hedda Falk", "hedda@example.org")


@pytest.fixture
def noor(riverside: Clinic) -> User:
    """Manager of Riverside."""
    return _staff(riverside, Role.MANAGER, "Noor van Dijk", "noor@example.org")


@pytest.fixture
def mira(riverside: Clinic) -> Practitioner:
    """Physiotherapist at Riverside."""
    return factories.PractitionerFactory.create(
        name="Mira Okafor", user__email="mira@example.org", at=[riverside]
    )


@pytest.fixture
def leila(riverside: Clinic) -> Practitioner:
    """Mira's colleague at Riverside."""
    return factories.PractitionerFactory.create(
        name="Leila Haddad", user__email="leila@example.org", at=[riverside]
    )


@pytest.fixture
def jonas(old_town: Clinic) -> Practitioner:
    """Physiotherapist at Old Town only."""
    return factories.PractitionerFactory.create(
        name="Jonas Brandt", user__email="jonas@example.org", at=[old_town]
    )


@pytest.fixture
def follow_up(mira: Practitioner, leila: Practitioner, room: Room, second_room: Room) -> ConsultationType:
    """30 minutes and 10 after it, by Mira and Leila, in either room."""
    return factories.TypeFactory.create(served_by=[mira, leila], in_rooms=[room, second_room])


@pytest.fixture
def back_class(mira: Practitioner, room: Room) -> ConsultationType:
    """A group class of eight."""
    return factories.TypeFactory.create(
        name="Back class", kind=TypeKind.CLASS, capacity=8, duration_min=60, served_by=[mira], in_rooms=[room]
    )


@pytest.fixture
def elena(riverside: Clinic) -> Patient:
    """A patient with an email and a portal of her own: the user is `elena.portal_access.get().user`."""
    patient: Patient = factories.PatientFactory.create(clinic=riverside)
    factories.PortalAccessFactory.create(patient=patient)
    return patient


@pytest.fixture
def samuel(riverside: Clinic) -> Patient:
    """A patient without an email."""
    return factories.PatientFactory.create(
        clinic=riverside, given_name="Samuel", family_name="Ortiz", email="", phone="+491701112222"
    )


@pytest.fixture
def zoe(old_town: Clinic) -> Patient:
    """A patient of Old Town with a portal of her own."""
    patient: Patient = factories.PatientFactory.create(
        clinic=old_town,
        given_name="Zoe",
        family_name="Stranger",
        email="zoe@example.org",
        phone="+491709998888",
    )
    factories.PortalAccessFactory.create(patient=patient)
    return patient


@pytest.fixture
def elenas_program(elena: Patient, mira: Practitioner) -> SimpleNamespace:
    """Elena's active program by Mira with knee-to-chest twice a day: `.program`, `.prescription`, `.revision`."""
    episode = factories.EpisodeFactory.create(patient=elena, team=[mira])
    program = factories.ProgramFactory.create(patient=elena, episode=episode, physiotherapist=mira)
    prescription = factories.PrescriptionFactory.create(program=program, position=1)
    return SimpleNamespace(program=program, prescription=prescription, revision=prescription.revisions.get())


def _staff(clinic: Clinic, role: Role, name: str, email: str) -> User:
    user: User = factories.UserFactory.create(name=name, email=email)
    Membership.objects.create(user=user, clinic=clinic, role=role)
    factories.give_second_factor(user)
    return user
