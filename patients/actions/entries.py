"""Owns what somebody asks for online, and by what their open requests are counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.crypto import salted_hmac

from clinic.models import Clinic, ConsultationType, Practitioner
from patients.actions.registering import PatientDetails
from patients.actions.wishing import Wish
from patients.rules.redflags import Answer

WHO = "given_name", "family_name", "birth_date", "phone", "email", "language"
"""What a request keeps of PatientDetails."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """With whom, and when."""

    practitioner: Practitioner
    start: datetime


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What somebody asks for; the clinic is that of `who`. `answers` are by the keys of redflags.QUESTIONS.

    `network` is the address from which it comes, as it is counted; only its digest is kept. `alarm` is the row for
    alarming answers that this request carries on.
    """

    type: ConsultationType
    choice: Choice
    who: PatientDetails
    reason: str
    answers: Mapping[str, Answer]
    network: str
    alarm: UUID | None = None

    @property
    def clinic(self) -> Clinic:
        """Where."""
        return self.who.clinic

    @property
    def wish(self) -> Wish:
        """The seat that it asks for."""
        return Wish(
            type=self.type,
            clinic=self.clinic,
            practitioner=self.choice.practitioner,
            start=self.choice.start,
        )

    @property
    def digests(self) -> dict[str, str]:
        """By whom its holds are counted: HMAC-SHA256 with SECRET_KEY, so that nobody reads an address out of it."""
        return {
            "address_digest": _digest("address", self.who.email.strip().casefold()),
            "network_digest": _digest("network", self.network),
        }


def _digest(whose: str, text: str) -> str:
    return salted_hmac(f"booking-request-{whose}", text, algorithm="sha256").hexdigest()
