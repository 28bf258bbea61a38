"""What the patient owns: record and visits."""

from patients.models.consultation import SEATED, CancelledBy, Consultation, Source
from patients.models.episode import CareTeamMember, EpisodeOfCare, Intake
from patients.models.patient import Patient, PortalAccess, Relation

__all__ = [
    "SEATED",
    "CancelledBy",
    "CareTeamMember",
    "Consultation",
    "EpisodeOfCare",
    "Intake",
    "Patient",
    "PortalAccess",
    "Relation",
    "Source",
]
