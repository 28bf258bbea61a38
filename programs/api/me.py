"""Door: the API of the patient's own day. `?patient=` chooses where an account opens several."""

from typing import Any

from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from clinic import policy
from clinic.web.api import Door
from patients.api.serializers import ConsultationOut
from patients.models import Patient
from programs.actions import recording, watching
from programs.api.serializers import MorningIn, SessionLogIn, SessionLogOut, session_entry, today_item
from programs.models import LogSource, SessionLog

KEPT_BY_THE_APP = {"Cache-Control": "private, no-cache"}
"""Whoever brings a token may keep the answer, and asks each time whether it still holds."""
WHICH = OpenApiParameter("patient", str, description="needed where the account opens several patients")


class WhichIn(serializers.Serializer[Any]):
    """Whose day, where an account opens several."""

    patient = serializers.UUIDField(required=False)


class Mine(Door):
    """Base: the patient whose portal the account opens."""

    act = "open"
    model = Patient

    def patient(self) -> Patient:
        """The one that is named, else the first by name; 404 where the account opens none."""
        named = self.read(WhichIn, self.request.query_params).get("patient")
        mine = policy.visible(self.user, Patient, "open").select_related("clinic")
        if named:
            return self.fetch("open", Patient.objects.select_related("clinic"), pk=named)
        first = mine.order_by("search_name", "id").first()
        return first or self.fetch("open", Patient, pk=None)


@method_decorator(conditional_page, name="dispatch")
class Today(Mine):
    """`GET me/today/`, with an ETag; who sends it back as `If-None-Match` is answered 304 while nothing has changed.

    The ETag is of the answer itself: whatever it shows, a change of it cannot be missed. A 304 is written down as a
    reading like any other answer, for it lets its reader show what they have kept.
    """

    @extend_schema(parameters=[WHICH], responses={200: dict, 304: None})
    def get(self, request: Request) -> Response:
        """The date, the next consultation, and each exercise with its dosage in force today."""
        patient = self.patient()
        today = watching.today(patient=patient, now=self.now)
        visit = today.next_consultation
        self.seen("today", [patient.pk])
        return Response(
            {
                "date": today.day,
                "next_consultation": ConsultationOut(visit).data if visit else None,
                "exercises": [today_item(item) for item in today.items],
            },
            headers=KEPT_BY_THE_APP,
        )


class Logs(Mine):
    """`POST me/logs/`."""

    @extend_schema(
        parameters=[WHICH], request=SessionLogIn, responses={200: SessionLogOut, 201: SessionLogOut}
    )
    def post(self, request: Request) -> Response:
        """Take a sitting once: 201 the first time, 200 with the first answer ever after."""
        log = session_entry(self.read(SessionLogIn, request.data))
        taken = recording.take(
            patient=self.patient(), log=log, by=self.user, source=LogSource.PORTAL, now=self.now
        )
        self.seen("log", [taken.session.patient_id])
        code = status.HTTP_201_CREATED if taken.created else status.HTTP_200_OK
        return Response(SessionLogOut(taken.session).data, status=code)


class OneLog(Door):
    """`PATCH me/logs/ID/ {pain_next_morning}`."""

    act = "log"
    model = SessionLog

    @extend_schema(request=MorningIn, responses=SessionLogOut)
    def patch(self, request: Request, pk: str) -> Response:
        """How it was the morning after."""
        session = self.fetch("log", SessionLog, pk=pk)
        pain = self.read(MorningIn, request.data)["pain_next_morning"]
        changed = recording.add_next_morning(session=session, pain=pain, by=self.user, now=self.now)
        self.seen("log", [changed.patient_id])
        return Response(SessionLogOut(changed).data)
