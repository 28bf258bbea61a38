"""Makes rows for tests. A factory gives the least that the database accepts; the test says what matters to it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import factory
from allauth.mfa.totp.internal.auth import TOTP
from factory.django import DjangoModelFactory

from clinic.models import (
    Clinic,
    ConsultationType,
    Membership,
    OpeningHours,
    Practitioner,
    ReminderLead,
    Role,
    Room,
    TypeKind,
    User,
    WeeklyHours,
)
from patients.models import CareTeamMember, EpisodeOfCare, Patient, PortalAccess
from patients.rules import names
from programs.models import DosageRevision, Exercise, Prescription, Program, ProgramStatus
from programs.rules.dosage import Dosage, Mode, Side

TUESDAY_MORNING = datetime(2026, 3, 17, 8, 0, tzinfo=UTC)
"""When tests take place unless they say otherwise: 9:00 in Berlin, twelve days before the clocks go forward."""
TUESDAY = date(2026, 3, 17)


SECOND_FACTOR = "JBSWY3DPEHPK3PXP"
"""The TOTP secret of everybody on the staff in tests."""


def give_second_factor(user: User) -> None:
    """Staff need one: without it they reach only its set-up."""
    TOTP.activate(user, SECOND_FACTOR)


class UserFactory(DjangoModelFactory[User]):
    """Somebody who may sign in."""

    class Meta:
        model = User

    name = "Somebody"
    email = factory.Sequence(lambda n: f"somebody{n}@example.org")
    password = "!"


class ClinicFactory(DjangoModelFactory[Clinic]):
    """A clinic in Berlin, open weekdays from 8 to 18, without public holidays."""

    class Meta:
        model = Clinic
        skip_postgeneration_save = True

    name = "Riverside"
    slug = factory.Sequence(lambda n: f"clinic-{n}")
    street = "Mill Street 12"
    postcode = "10115"
    city = "Berlin"
    country = "DE"
    region = "BE"
    phone = "+49301230000"
    email = "riverside@example.org"
    time_zone = "Europe/Berlin"
    latitude = "52.53000"
    longitude = "13.38000"
    keeps_public_holidays = False

    @factory.post_generation
    def open(self: Clinic, create: bool, extracted: object, **_: Any) -> None:
        """Opening hours."""
        OpeningHours.objects.bulk_create(
            OpeningHours(clinic=self, weekday=day, opens=time(8), closes=time(18)) for day in range(5)
        )


class LeadFactory(DjangoModelFactory[ReminderLead]):
    """A reminder two days before, at the same wall time."""

    class Meta:
        model = ReminderLead

    clinic = factory.SubFactory(ClinicFactory)
    days = 2


class RoomFactory(DjangoModelFactory[Room]):
    """A room."""

    class Meta:
        model = Room

    clinic = factory.SubFactory(ClinicFactory)
    name = factory.Sequence(lambda n: f"Room {n}")


class PractitionerFactory(DjangoModelFactory[Practitioner]):
    """A physiotherapist who works weekdays from 8 to 17 at the clinics given."""

    class Meta:
        model = Practitioner
        skip_postgeneration_save = True

    name = "Mira Okafor"
    user = factory.SubFactory(UserFactory, name=factory.SelfAttribute("..name"))

    @factory.post_generation
    def at(self: Practitioner, create: bool, extracted: list[Clinic] | None, **_: Any) -> None:
        """Clinics: membership and weekly hours at the first, membership at all."""
        give_second_factor(self.user)
        for clinic in extracted or []:
            self.clinics.add(clinic)
            Membership.objects.create(user=self.user, clinic=clinic, role=Role.PHYSIOTHERAPIST)
        WeeklyHours.objects.bulk_create(
            WeeklyHours(
                practitioner=self,
                clinic=clinic,
                weekday=day,
                starts=time(8),
                ends=time(17),
                valid_from=date(2025, 1, 1),
            )
            for clinic in (extracted or [])[:1]
            for day in range(5)
        )


class TypeFactory(DjangoModelFactory[ConsultationType]):
    """A follow-up of 30 minutes with 10 minutes after it."""

    class Meta:
        model = ConsultationType
        skip_postgeneration_save = True

    name = "Follow-up"
    kind = TypeKind.FOLLOW_UP
    duration_min = 30
    after_min = 10

    @factory.post_generation
    def served_by(
        self: ConsultationType, create: bool, extracted: list[Practitioner] | None, **_: Any
    ) -> None:
        """Practitioners."""
        self.practitioners.add(*(extracted or []))

    @factory.post_generation
    def in_rooms(self: ConsultationType, create: bool, extracted: list[Room] | None, **_: Any) -> None:
        """Rooms."""
        self.rooms.add(*(extracted or []))


class PatientFactory(DjangoModelFactory[Patient]):
    """A patient of a clinic."""

    class Meta:
        model = Patient

    given_name = "Elena"
    family_name = "Ruiz"
    birth_date = date(1979, 5, 2)
    phone = "+491701234567"
    email = "elena@example.org"
    clinic = factory.SubFactory(ClinicFactory)

    @factory.lazy_attribute
    def search_name(self) -> str:
        """As `registering.create` keeps it."""
        return names.fold(f"{self.family_name} {self.given_name}")


class PortalAccessFactory(DjangoModelFactory[PortalAccess]):
    """A patient's own account, in which the patient has signed in before."""

    class Meta:
        model = PortalAccess

    patient = factory.SubFactory(PatientFactory)
    user = factory.SubFactory(
        UserFactory,
        name=factory.SelfAttribute("..patient.name"),
        email=factory.SelfAttribute("..patient.email"),
        last_login=datetime(2026, 3, 2, 8, tzinfo=UTC),
    )


class EpisodeFactory(DjangoModelFactory[EpisodeOfCare]):
    """Low back pain at the patient's clinic."""

    class Meta:
        model = EpisodeOfCare
        skip_postgeneration_save = True

    patient = factory.SubFactory(PatientFactory)
    clinic = factory.SelfAttribute("patient.clinic")
    complaint = "Low back pain"
    opened_on = date(2026, 1, 6)

    @factory.post_generation
    def team(self: EpisodeOfCare, create: bool, extracted: list[Practitioner] | None, **_: Any) -> None:
        """Who treats in it."""
        CareTeamMember.objects.bulk_create(
            CareTeamMember(episode=self, practitioner=practitioner) for practitioner in extracted or []
        )


KNEE_TO_CHEST = Dosage(
    mode=Mode.REPS_HOLD,
    sets=1,
    reps=10,
    hold_s=5,
    side=Side.BOTH,
    times_a_day=2,
    days_a_week=7,
    pain_ceiling=5,
)


class ExerciseFactory(DjangoModelFactory[Exercise]):
    """Knee-to-chest."""

    class Meta:
        model = Exercise

    slug = factory.Sequence(lambda n: f"exercise-{n}")
    name = "Knee-to-chest stretch"
    mode = Mode.REPS_HOLD
    position = "On the back."
    steps = factory.LazyFunction(lambda: ["Pull one knee to the chest."])
    benefits = factory.LazyFunction(lambda: ["flexibility"])
    starting = factory.LazyFunction(dict)


class ProgramFactory(DjangoModelFactory[Program]):
    """An active program since the first of March."""

    class Meta:
        model = Program

    patient = factory.SubFactory(PatientFactory)
    clinic = factory.SelfAttribute("patient.clinic")
    episode = factory.SubFactory(EpisodeFactory, patient=factory.SelfAttribute("..patient"))
    physiotherapist = factory.SubFactory(PractitionerFactory)
    title = "Low back, first weeks"
    status = ProgramStatus.ACTIVE
    starts_on = date(2026, 3, 1)


class PrescriptionFactory(DjangoModelFactory[Prescription]):
    """An exercise in a program, with its first dosage in force since the program's start."""

    class Meta:
        model = Prescription
        skip_postgeneration_save = True

    program = factory.SubFactory(ProgramFactory)
    exercise = factory.SubFactory(ExerciseFactory)
    position = factory.Sequence(lambda n: n + 1)

    @factory.post_generation
    def dosage(self: Prescription, create: bool, extracted: Dosage | None, **_: Any) -> None:
        """Revision 1."""
        DosageRevision.objects.create(
            prescription=self,
            number=1,
            effective_on=self.program.starts_on,
            recorded_on=self.program.starts_on - timedelta(days=1),
            author=self.program.physiotherapist.user,
            **DosageRevision.columns(extracted or KNEE_TO_CHEST),
        )
