"""Door: the API of the library, programs and their doses, for who treats."""

from functools import partial

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from clinic import policy
from clinic.models import Clinic, Practitioner
from clinic.web import idempotency
from clinic.web.api import Door
from patients.models import EpisodeOfCare, Patient
from programs.actions import adjusting, prescribing
from programs.api import me
from programs.api.serializers import (
    BesideRevision,
    ExerciseOut,
    PrescriptionIn,
    PrescriptionOut,
    ProgramIn,
    ProgramOut,
    RevisionIn,
    RevisionOut,
    read_revision,
)
from programs.models import DosageRevision, Exercise, Prescription, Program
from programs.rules import dosage as dosages


class Exercises(Door):
    """`GET exercises/`: the library."""

    model = Exercise

    @extend_schema(responses=ExerciseOut(many=True))
    def get(self, request: Request) -> Response:
        """A page of exercises that can be prescribed."""
        return self.listed(Exercise.objects.filter(retired_at=None), ExerciseOut)[0]


class Programs(Door):
    """`GET` and `POST programs/`."""

    model = Program

    @extend_schema(responses=ProgramOut(many=True))
    def get(self, request: Request) -> Response:
        """A page of programs of one's clinics."""
        answer, page = self.listed(policy.visible(self.user, Program), ProgramOut)
        self.seen("programs", (program.patient_id for program in page))
        return answer

    @extend_schema(parameters=[idempotency.PARAMETER], request=ProgramIn, responses={201: ProgramOut})
    def post(self, request: Request) -> Response:
        """A draft, by the physiotherapist who asks."""
        return idempotency.once_a_key(self, Program.objects.all(), self.make, self.told)

    def make(self) -> Program:
        """The draft that the body describes."""
        told = self.read(ProgramIn, self.request.data)
        clinic = self.fetch("treat", Clinic, pk=told["clinic"])
        plan = prescribing.Plan(
            patient=self.fetch("treat", Patient, pk=told["patient"]),
            episode=self.fetch("view", EpisodeOfCare, pk=told["episode"]),
            clinic=clinic,
            physiotherapist=self.fetch("view", Practitioner, user=self.user),
            title=told["title"],
            goal=told.get("goal", ""),
            starts_on=told.get("starts_on") or timezone.localdate(self.now, clinic.zone),
            ends_on=told.get("ends_on"),
        )
        return prescribing.open_program(plan=plan, by=self.user, now=self.now)

    def told(self, program: Program) -> Response:
        """The answer with the draft."""
        self.seen("programs", [program.patient_id])
        return Response(ProgramOut(program).data, status=status.HTTP_201_CREATED)


class Prescriptions(Door):
    """`GET` and `POST programs/ID/prescriptions/`."""

    model = Program

    @extend_schema(responses=PrescriptionOut(many=True))
    def get(self, request: Request, pk: str) -> Response:
        """The exercises of a program, each with its revisions."""
        program = self.fetch("view", Program, pk=pk)
        self.seen("prescriptions", [program.patient_id])
        rows = Prescription.objects.filter(program=program).prefetch_related("revisions").order_by("position")
        return Response({"next": None, "previous": None, "results": PrescriptionOut(rows, many=True).data})

    @extend_schema(
        parameters=[idempotency.PARAMETER], request=PrescriptionIn, responses={201: PrescriptionOut}
    )
    def post(self, request: Request, pk: str) -> Response:
        """Prescribe an exercise: its first revision."""
        rows = Prescription.objects.select_related("program")
        return idempotency.once_a_key(self, rows, partial(self.make, pk), self.told)

    def make(self, pk: str) -> Prescription:
        """The line that the body describes, in the program."""
        program = self.fetch("adjust", Program, pk=pk)
        told = self.read(PrescriptionIn, self.request.data)
        line = prescribing.Line(
            **{
                **told,
                "exercise": self.fetch("view", Exercise, pk=told["exercise"]),
                "dosage": dosages.from_mapping(told["dosage"]) if "dosage" in told else None,
                "on_purpose": adjusting.ON_PURPOSE,  # a reason says it (the API asks for no more)
            }
        )
        return prescribing.prescribe(program=program, line=line, by=self.user, now=self.now)

    def told(self, prescription: Prescription) -> Response:
        """The answer with the line."""
        self.seen("prescriptions", [prescription.program.patient_id])
        return Response(PrescriptionOut(prescription).data, status=status.HTTP_201_CREATED)


class Revisions(Door):
    """`GET` and `POST prescriptions/ID/revisions/`."""

    model = Prescription

    @extend_schema(responses=RevisionOut(many=True))
    def get(self, request: Request, pk: str) -> Response:
        """All revisions, the newest first."""
        prescription = self.fetch("view", Prescription.objects.select_related("program"), pk=pk)
        self.seen("revisions", [prescription.program.patient_id])
        rows = prescription.revisions.order_by("-number")
        return Response({"next": None, "previous": None, "results": RevisionOut(rows, many=True).data})

    @extend_schema(parameters=[idempotency.PARAMETER], request=RevisionIn, responses={201: RevisionOut})
    def post(self, request: Request, pk: str) -> Response:
        """The changed fields of the dosage make a new revision; what is not sent stays as it was."""
        rows = DosageRevision.objects.select_related("prescription__program")
        return idempotency.once_a_key(self, rows, partial(self.make, pk), self.told)

    def make(self, pk: str) -> DosageRevision:
        """The revision that the body describes, of the prescription."""
        prescription = self.fetch("adjust", Prescription.objects.select_related("program"), pk=pk)
        about, fields = read_revision(self.mapping())
        told = self.read(BesideRevision, about)
        edit = adjusting.FieldsEdit(
            fields=fields,
            reason=told["reason"],
            effective_on=told.get("effective_on"),
            expected_number=told.get("number"),
            on_purpose=adjusting.ON_PURPOSE,
        )
        return adjusting.revise_fields(prescription=prescription, edit=edit, by=self.user, now=self.now)

    def told(self, revision: DosageRevision) -> Response:
        """The answer with the revision."""
        self.seen("revisions", [revision.prescription.program.patient_id])
        return Response(RevisionOut(revision).data, status=status.HTTP_201_CREATED)


urlpatterns = [
    path("exercises/", Exercises.as_view(), name="api_exercises"),
    path("programs/", Programs.as_view(), name="api_programs"),
    path("programs/<uuid:pk>/prescriptions/", Prescriptions.as_view(), name="api_prescriptions"),
    path("prescriptions/<uuid:pk>/revisions/", Revisions.as_view(), name="api_revisions"),
    path("me/today/", me.Today.as_view(), name="api_me_today"),
    path("me/logs/", me.Logs.as_view(), name="api_me_logs"),
    path("me/logs/<uuid:pk>/", me.OneLog.as_view(), name="api_me_log"),
]
