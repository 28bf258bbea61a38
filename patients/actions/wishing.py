"""Owns what somebody wants of the diary, and the quick question whether something lies there already."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet

from clinic.actions import searching
from clinic.models import Block, Clinic, ConsultationType, Practitioner, Room
from clinic.rules.intervals import Span, in_utc
from patients.models import SEATED, Consultation, Patient


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A seat that somebody wants. With `overlap_reason` it is a deliberate overlap, in the second lane.

    Without `patient` it is for somebody who has no record yet. `moved` is the consultation that is to go there: it
    does not stand in its own way.
    """

    type: ConsultationType
    clinic: Clinic
    practitioner: Practitioner
    start: datetime
    patient: Patient | None = None
    room: Room | None = None
    overlap_reason: str = ""
    moved: Consultation | None = None

    @property
    def pair(self) -> tuple[UUID, UUID]:
        """Whom and where."""
        return self.practitioner.pk, self.clinic.pk

    @property
    def span(self) -> Span:
        """The time of the consultation itself."""
        return Span(self.start, in_utc(self.start) + timedelta(minutes=self.type.duration_min))

    def in_the_way(self, now: datetime) -> QuerySet[Block, UUID]:
        """Blocks of the practitioner or the patient for which the database would refuse it.

        A few index entries, so that the losers of a storm are told at once. It offers nothing: that the search does.
        A UNION, because no index answers an OR over both.
        """
        of_patient = self.of_patient(now).values_list("pk", flat=True)
        return self.of_practitioner(now).values_list("pk", flat=True).union(of_patient)

    def of_practitioner(self, now: datetime) -> QuerySet[Block]:
        """Those in the first lane, less a class of the type that begins then and has a seat; none for an overlap."""
        if self.overlap_reason:
            return Block.objects.none()
        occupied = searching.shape(self.type, self.clinic).occupied(self.start)
        a_seat = Q(clinic=self.clinic, type=self.type, start=occupied.start, taken__lt=F("capacity"))
        lying_over = Block.objects.busy(occupied.start, occupied.end, now).exclude(a_seat)
        if self.moved is not None:
            lying_over = lying_over.exclude(pk=self.moved.block_id)
        return lying_over.filter(practitioner=self.practitioner, lane=0)

    def of_patient(self, now: datetime) -> QuerySet[Block]:
        """Those in which the patient sits meanwhile; buffers are not the patient's."""
        if self.patient is None:
            return Block.objects.none()
        visits = Consultation.objects.filter(
            patient=self.patient, status__in=SEATED, start__lt=self.span.end, end__gt=self.span.start
        )
        if self.moved is not None:
            visits = visits.exclude(pk=self.moved.pk)
        return Block.objects.filter(Q(held_until=None) | Q(held_until__gt=now), pk__in=visits.values("block"))
