"""Reads the slots to offer a patient: free at a clinic in two weeks, and never while the patient is elsewhere."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast
from uuid import UUID

from clinic.actions import searching
from clinic.models import Clinic, ConsultationType, Practitioner
from clinic.rules import wallclock
from clinic.rules.refusals import Refusal
from patients.models import Consultation, Patient
from patients.rules.lifecycle import Status
from patients.rules.proposals import propose

AHEAD = timedelta(days=13)
"""Offers look this far past the day in view."""
SAW = (Status.ARRIVED, Status.IN_PROGRESS, Status.COMPLETED)
"""Who is booked only has not seen the patient yet."""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A free slot with the names that people say."""

    practitioner: Practitioner
    start: datetime
    end: datetime
    is_own: bool

    @property
    def minutes(self) -> int:
        """How long it takes, without buffers."""
        return (self.end - self.start) // timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Offers:
    """A few slots to say first, and all of the day in view; or, after a lost race, only those nearest the time lost."""

    best: list[Offer]
    of_day: list[Offer]
    is_nearest: bool = False


def offers(
    *,
    patient: Patient,
    kind: ConsultationType,
    clinic: Clinic,
    day: date,
    now: datetime,
    first: UUID | None = None,
) -> Offers:
    """Free slots for the patient from `day` on; those of the practitioner `first` before all others. Nine queries."""
    query = searching.SlotQuery(type=kind, first=day, last=day + AHEAD, clinic=clinic)
    window = wallclock.day_span(day, clinic.zone).start, wallclock.day_span(day + AHEAD, clinic.zone).end
    own_visits = Consultation.objects.filter(patient=patient, start__lt=window[1], end__gt=window[0]).seated()
    slots = searching.free_starts(query=query, now=now, also_busy=own_visits.values_list("start", "end"))
    seen = Consultation.objects.filter(patient=patient, status__in=SAW, start__lte=now)
    last = seen.order_by("-start").first()
    own = first or (last.practitioner_id if last else None)
    people = {each.pk: each for each in kind.practitioners.all()}

    def offer(slot: searching.Slot) -> Offer:
        return Offer(
            practitioner=people[slot.practitioner_id],
            start=slot.start,
            end=slot.end,
            is_own=slot.practitioner_id == own,
        )

    on_day = [slot for slot in slots if wallclock.local_day(slot.start, clinic.zone) == day]
    best = [offer(slot) for slot in propose(slots, own=own, zone=clinic.zone)]
    return Offers(
        best=sorted(best, key=lambda each: not each.is_own) if first else best,
        of_day=[offer(slot) for slot in on_day],
    )


def nearest(refusal: Refusal, *, kind: ConsultationType) -> Offers | None:
    """What a refused booking or move names as free near the time wanted; None where it names nothing."""
    told = cast("list[dict[str, str]]", refusal.details.get("alternatives", []))
    people = {str(each.pk): each for each in kind.practitioners.all()}
    found = [
        Offer(
            practitioner=people[each["practitioner"]],
            start=datetime.fromisoformat(each["start"]),
            end=datetime.fromisoformat(each["end"]),
            is_own=False,
        )
        for each in told
    ]
    return Offers(best=found, of_day=[], is_nearest=True) if found else None
