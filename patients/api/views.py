"""Door: the API of patients and their consultations."""

from collections import defaultdict
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from clinic import policy
from clinic.models import Clinic, ConsultationType, Practitioner, Room
from clinic.rules import wallclock
from clinic.web import idempotency
from clinic.web.api import Door, Moment, Period, period
from patients.actions import attending, booking, finding, registering
from patients.api.serializers import (
    CancelIn,
    ConsultationIn,
    ConsultationOut,
    MoveIn,
    PatientChange,
    PatientIn,
    PatientOut,
    SearchIn,
)
from patients.models import Consultation, Patient, Source

STATUS_ACTS = {
    "confirm": attending.confirm,
    "arrive": attending.arrive,
    "start": attending.start,
    "complete": attending.complete,
    "no-show": attending.no_show,
    "undo": attending.undo,
}
"""What may be done to a consultation by POST to its own address."""


class UpdatedIn(serializers.Serializer[Any]):
    """Only patients changed since a moment, for systems that keep a copy."""

    updated_since = Moment(required=False)


class Patients(Door):
    """`GET patients/[?updated_since=]`, `POST patients/`."""

    model = Patient

    @extend_schema(parameters=[UpdatedIn], responses=PatientOut(many=True))
    def get(self, request: Request) -> Response:
        """A page of the patients whom one may see."""
        since = self.read(UpdatedIn, request.query_params).get("updated_since")
        rows = policy.visible(self.user, Patient)
        if since:
            rows = rows.filter(updated_at__gte=since)
        answer, page = self.listed(rows, PatientOut)
        self.seen("patients", (row.pk for row in page))
        return answer

    @extend_schema(parameters=[idempotency.PARAMETER], request=PatientIn, responses={201: PatientOut})
    def post(self, request: Request) -> Response:
        """A new patient."""
        return idempotency.once_a_key(self, Patient.objects.all(), self.make, self.told)

    def make(self) -> Patient:
        """Whom the body describes."""
        told = self.read(PatientIn, self.request.data)
        told["clinic"] = self.fetch("view", Clinic, pk=told["clinic"])
        return registering.create(details=registering.PatientDetails(**told), by=self.user, now=self.now)

    def told(self, patient: Patient) -> Response:
        """The answer with the patient."""
        self.seen("patient", [patient.pk])
        return Response(PatientOut(patient).data, status=status.HTTP_201_CREATED)


class OnePatient(Door):
    """`GET` and `PATCH patients/ID/`."""

    model = Patient

    @extend_schema(responses=PatientOut)
    def get(self, request: Request, pk: str) -> Response:
        """One patient."""
        patient = self.fetch("view", Patient, pk=pk)
        self.seen("patient", [patient.pk])
        return Response(PatientOut(patient).data)

    @extend_schema(request=PatientChange, responses=PatientOut)
    def patch(self, request: Request, pk: str) -> Response:
        """Some fields set anew."""
        patient = self.fetch("change", Patient, pk=pk)
        told = self.read(PatientChange, request.data)
        if "clinic" in told:
            told["clinic"] = self.fetch("view", Clinic, pk=told["clinic"])
        changed = registering.update(patient=patient, changes=told, by=self.user, now=self.now)
        self.seen("patient", [changed.pk])
        return Response(PatientOut(changed).data)


class PatientSearch(Door):
    """`POST patients/search/ {"text"}`."""

    model = Patient

    @extend_schema(request=SearchIn, responses=PatientOut(many=True))
    def post(self, request: Request) -> Response:
        """The likeliest patients, best first."""
        found = finding.find(text=self.read(SearchIn, request.data)["text"], user=self.user)
        self.seen("patient search", (patient.pk for patient in found))
        return Response({"results": PatientOut(found, many=True).data})


class ConsultationsIn(Period):
    """Which visits: of a period, perhaps of one practitioner, patient or clinic."""

    practitioner = serializers.UUIDField(required=False)
    patient = serializers.UUIDField(required=False)
    clinic = serializers.UUIDField(required=False)


class Consultations(Door):
    """`GET consultations/?from=&to=&practitioner=&patient=`, `POST consultations/`."""

    model = Consultation

    @extend_schema(
        parameters=[
            ConsultationsIn,
            OpenApiParameter("from", str, required=True, description="a date"),
            OpenApiParameter("to", str, required=True, description="a date, at most 31 days in all"),
        ],
        responses=ConsultationOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """A page of visits that begin in the period, on each clinic's own clock."""
        told = self.read(ConsultationsIn, request.query_params)
        rows: QuerySet[Consultation] = policy.visible(self.user, Consultation).filter(
            _begins_within(*period(told))
        )
        rows = rows.filter(
            **{name: told[name] for name in ("practitioner", "patient", "clinic") if name in told}
        )
        answer, page = self.listed(rows.select_related("clinic", "block"), ConsultationOut)
        self.seen("consultations", (row.patient_id for row in page))
        return answer

    @extend_schema(
        parameters=[idempotency.PARAMETER], request=ConsultationIn, responses={201: ConsultationOut}
    )
    def post(self, request: Request) -> Response:
        """Book; 409 with the nearest free alternatives where the slot is gone."""
        rows = Consultation.objects.select_related("clinic", "block")
        return idempotency.once_a_key(self, rows, self.make, self.told)

    def make(self) -> Consultation:
        """The visit that the body asks for."""
        told = self.read(ConsultationIn, self.request.data)
        patient, practitioner, clinic, kind = self.fetch_all(
            ("view", Patient, told["patient"]),
            ("view", Practitioner, told["practitioner"]),
            ("book", Clinic, told["clinic"]),
            ("view", ConsultationType, told["type"]),
        )
        order = booking.Order(
            patient=patient,
            practitioner=practitioner,
            clinic=clinic,
            type=kind,
            room=self.fetch("view", Room, pk=told["room"]) if told.get("room") else None,
            start=told["start"],
            source=Source.API,
            overlap_reason=told.get("overlap_reason", ""),
        )
        return booking.book(order=order, by=self.user, now=self.now)

    def told(self, consultation: Consultation) -> Response:
        """The answer with the visit."""
        self.seen("consultation", [consultation.patient_id])
        return Response(ConsultationOut(consultation).data, status=status.HTTP_201_CREATED)


def _begins_within(first: date, last: date) -> Q:
    """Visits that begin on these days, each on the clock of its own clinic. One condition a zone."""
    by_zone: dict[ZoneInfo, list[UUID]] = defaultdict(list)
    for clinic in Clinic.objects.all():
        by_zone[clinic.zone].append(clinic.pk)
    begins = Q(pk__in=[])
    for zone, clinics in by_zone.items():
        start, end = wallclock.day_span(first, zone).start, wallclock.day_span(last, zone).end
        begins |= Q(clinic__in=clinics, start__gte=start, start__lt=end)
    return begins


class OneConsultation(Door):
    """Acts on one consultation: `POST consultations/ID/{move,cancel,confirm,…}/`."""

    model = Consultation

    def found(self, act: str, pk: str) -> Consultation:
        """The consultation, by policy."""
        return self.fetch(act.replace("-", "_"), Consultation.objects.with_names(), pk=pk)

    def told(self, consultation: Consultation) -> Response:
        """The answer with the consultation as it stands now."""
        self.seen("consultation", [consultation.patient_id])
        return Response(ConsultationOut(consultation).data)


class Move(OneConsultation):
    """`POST consultations/ID/move/`."""

    @extend_schema(request=MoveIn, responses=ConsultationOut)
    def post(self, request: Request, pk: str) -> Response:
        """To another time; the old one is kept where the new is taken."""
        consultation = self.found("move", pk)
        told = self.read(MoveIn, request.data)
        whom = told.get("practitioner")
        moved = booking.move(
            consultation=consultation,
            practitioner=self.fetch("view", Practitioner, pk=whom) if whom else consultation.practitioner,
            start=told["start"],
            by=self.user,
            now=self.now,
        )
        return self.told(moved)


class Cancel(OneConsultation):
    """`POST consultations/ID/cancel/`."""

    @extend_schema(request=CancelIn, responses=ConsultationOut)
    def post(self, request: Request, pk: str) -> Response:
        """Cancel, with who asked and why."""
        consultation = self.found("cancel", pk)
        told = self.read(CancelIn, request.data)
        cancelled = booking.cancel(
            consultation=consultation, asked_by=told["by"], reason=told["reason"], by=self.user, now=self.now
        )
        return self.told(cancelled)


class ChangeStatus(OneConsultation):
    """`POST consultations/ID/{confirm,arrive,start,complete,no-show,undo}/`."""

    verb = ""

    @extend_schema(request=None, responses=ConsultationOut)
    def post(self, request: Request, pk: str) -> Response:
        """The status act that the address names."""
        consultation = self.found(self.verb, pk)
        changed = STATUS_ACTS[self.verb](consultation=consultation, by=self.user, now=self.now)
        return self.told(changed)


urlpatterns = [
    path("patients/", Patients.as_view(), name="api_patients"),
    path("patients/search/", PatientSearch.as_view(), name="api_patient_search"),
    path("patients/<uuid:pk>/", OnePatient.as_view(), name="api_patient"),
    path("consultations/", Consultations.as_view(), name="api_consultations"),
    path("consultations/<uuid:pk>/move/", Move.as_view(), name="api_consultation_move"),
    path("consultations/<uuid:pk>/cancel/", Cancel.as_view(), name="api_consultation_cancel"),
    *(
        path(
            f"consultations/<uuid:pk>/{verb}/",
            ChangeStatus.as_view(verb=verb),
            name=f"api_consultation_{verb.replace('-', '_')}",
        )
        for verb in STATUS_ACTS
    ),
]
