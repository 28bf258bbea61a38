"""What the patient owns: record and visits."""

from patients.models.alarm import AlarmingAnswer, SignedOff
from patients.models.consultation import SEATED, CancelledBy, Consultation, Source
from patients.models.episode import CareTeamMember, EpisodeOfCare, Intake
from patients.models.patient import Patient, PortalAccess, Relation
from patients.models.request import BookingRequest, PossibleTwin, RequestState
from patients.models.series import Series
from patients.models.waitlist import ALL_WEEK, Answer, Offer, WaitlistEntry, WaitState

__all__ = [
    "ALL_WEEK",
    "SEATED",
    "AlarmingAnswer",
    "Answer",
    "BookingRequest",
    "CancelledBy",
    "CareTeamMember",
    "Consultation",
    "EpisodeOfCare",
    "Intake",
    "Offer",
    "Patient",
    "PortalAccess",
    "PossibleTwin",
    "Relation",
    "RequestState",
    "Series",
    "SignedOff",
    "Source",
    "WaitState",
    "WaitlistEntry",
]
