"""Who reaches which patients and visits: demographics the desk, records who treats, their own the patients."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet

from clinic.models import Role
from clinic.policy import PATIENT, Reach, everything, grant, in_clinics, register
from patients.models import (
    AlarmingAnswer,
    BookingRequest,
    CareTeamMember,
    Consultation,
    EpisodeOfCare,
    Intake,
    Offer,
    Patient,
    PortalAccess,
    PossibleTwin,
    Series,
    WaitlistEntry,
)

DIARY = "book", "move", "cancel", "arrive", "start", "complete", "no_show", "undo", "confirm"
"""What is done to a consultation."""


def own(mine: Reach) -> Q:
    """Patients whose portal the user may open."""
    return Q(pk__in=opened_by(mine))


def opened_by(mine: Reach) -> QuerySet[PortalAccess, Any]:
    """The patients of the user's living portal accesses, as a subquery."""
    return PortalAccess.objects.filter(user=mine.user, ended_at=None).values("patient")


def of_own(path: str = "patient") -> Callable[[Reach], Q]:
    """Rows that belong to a patient whose portal the user may open; `path` leads from the row to the patient."""
    return lambda mine: Q(**{f"{path}__in": opened_by(mine)})


def known_at(role: str) -> Callable[[Reach], Q]:
    """Patients of the clinics in which the user holds the role: by home, visit or episode."""

    def rows(mine: Reach) -> Q:
        clinics = mine.of(role)
        return (
            Q(clinic__in=clinics)
            | Q(pk__in=Consultation.objects.filter(clinic__in=clinics).values("patient"))
            | Q(pk__in=EpisodeOfCare.objects.filter(clinic__in=clinics).values("patient"))
        )

    return rows


def in_care_team(path: str) -> Callable[[Reach], Q]:
    """Rows of episodes in whose care team the user is, at a clinic in which they treat now: who left reads no more.

    `path` leads from the row to the episode.
    """

    def rows(mine: Reach) -> Q:
        teams = CareTeamMember.objects.filter(
            practitioner__user=mine.user, episode__clinic__in=mine.of(Role.PHYSIOTHERAPIST)
        )
        return Q(**{f"{path}__in": teams.values("episode")})

    return rows


register(
    Patient,
    {
        Role.FRONT_DESK: [grant(everything, "view", "add", "change", "invite", "merge")],
        Role.PHYSIOTHERAPIST: [
            grant(known_at(Role.PHYSIOTHERAPIST), "view", "add", "change", "invite", "treat")
        ],
        Role.MANAGER: [grant(known_at(Role.MANAGER), "view", "add", "change", "invite", "merge")],
        PATIENT: [grant(own, "open")],
    },
)
register(
    PortalAccess,
    {
        Role.FRONT_DESK: [grant(everything, "view", "add", "end")],
        Role.PHYSIOTHERAPIST: [grant(in_clinics(Role.PHYSIOTHERAPIST, "patient__clinic"), "view", "add")],
        Role.MANAGER: [grant(in_clinics(Role.MANAGER, "patient__clinic"), "view", "add", "change", "end")],
        PATIENT: [grant(lambda mine: Q(user=mine.user, ended_at=None), "open")],
    },
)
register(
    Consultation,
    {
        Role.FRONT_DESK: [grant(everything, "view"), grant(in_clinics(Role.FRONT_DESK), *DIARY)],
        Role.PHYSIOTHERAPIST: [grant(in_clinics(Role.PHYSIOTHERAPIST), "view", *DIARY)],
        Role.MANAGER: [grant(in_clinics(Role.MANAGER), "view", *DIARY)],
        PATIENT: [grant(of_own(), "open")],
    },
)


def of_known(role: str) -> Callable[[Reach], Q]:
    """Rows of the patients of the clinics in which the user holds the role."""
    return lambda mine: Q(patient__in=Patient.objects.filter(known_at(role)(mine)).values("pk"))


_WAITING = "view", "add", "change", "offer", "withdraw"
register(
    WaitlistEntry,
    {
        Role.FRONT_DESK: [grant(everything, *_WAITING)],
        Role.PHYSIOTHERAPIST: [grant(of_known(Role.PHYSIOTHERAPIST), *_WAITING)],
        Role.MANAGER: [grant(of_known(Role.MANAGER), *_WAITING)],
    },
)
register(
    Series,
    {
        Role.FRONT_DESK: [grant(everything, "view")],
        Role.PHYSIOTHERAPIST: [grant(of_known(Role.PHYSIOTHERAPIST), "view")],
        Role.MANAGER: [grant(of_known(Role.MANAGER), "view")],
    },
)
register(
    Offer,
    {
        Role.FRONT_DESK: [grant(everything, "view", "withdraw")],
        Role.PHYSIOTHERAPIST: [
            grant(in_clinics(Role.PHYSIOTHERAPIST, "consultation__clinic"), "view", "withdraw")
        ],
        Role.MANAGER: [grant(in_clinics(Role.MANAGER, "consultation__clinic"), "view", "withdraw")],
    },
)
register(
    BookingRequest,
    {
        Role.FRONT_DESK: [grant(everything, "view")],
        Role.PHYSIOTHERAPIST: [grant(in_clinics(Role.PHYSIOTHERAPIST), "view", "review")],
        Role.MANAGER: [grant(in_clinics(Role.MANAGER), "view")],
    },
)
register(
    AlarmingAnswer,
    {
        Role.PHYSIOTHERAPIST: [
            grant(lambda mine: Q(clinic=None) | Q(clinic__in=mine.of(Role.PHYSIOTHERAPIST)), "view", "review")
        ]
    },
)
register(
    PossibleTwin,
    {
        Role.FRONT_DESK: [grant(everything, "view", "settle")],
        Role.MANAGER: [grant(in_clinics(Role.MANAGER, "patient__clinic"), "view", "settle")],
    },
)
register(
    EpisodeOfCare,
    {
        Role.PHYSIOTHERAPIST: [
            grant(in_clinics(Role.PHYSIOTHERAPIST), "view", "add", "change", "join"),
            grant(in_care_team("pk"), "chart"),
        ]
    },
)
register(
    CareTeamMember,
    {Role.PHYSIOTHERAPIST: [grant(in_clinics(Role.PHYSIOTHERAPIST, "episode__clinic"), "view")]},
)
register(Intake, {Role.PHYSIOTHERAPIST: [grant(in_care_team("episode"), "view", "add", "change")]})
