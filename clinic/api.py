"""Door: the API of places, people, types and free slots."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.actions import searching
from clinic.models import Clinic, ConsultationType, Practitioner
from clinic.rules import distance
from clinic.rules.availability import Place
from clinic.rules.distance import Position
from clinic.web.api import Door, Period, period


class ClinicOut(serializers.ModelSerializer[Clinic]):
    """A clinic as anybody who is signed in sees it."""

    phone = serializers.CharField()
    distance_km = serializers.FloatField(required=False)

    class Meta:
        model = Clinic
        fields = (
            "id", "name", "street", "postcode", "city", "country", "phone", "email", "time_zone",
            "latitude", "longitude", "distance_km",
        )  # fmt: skip


class PractitionerOut(serializers.ModelSerializer[Practitioner]):
    """A practitioner and the clinics at which they work."""

    class Meta:
        model = Practitioner
        fields = ("id", "name", "title", "clinics")


class TypeOut(serializers.ModelSerializer[ConsultationType]):
    """A consultation type; minutes and hours are whole numbers."""

    class Meta:
        model = ConsultationType
        fields = (
            "id", "name", "kind", "duration_min", "before_min", "after_min", "capacity", "online",
            "notice_to_book_h", "notice_to_cancel_h", "practitioners",
        )  # fmt: skip


class SlotOut(serializers.Serializer[Any]):
    """A start at which the type can be booked; times with the clinic's offset. `_told` makes it."""

    practitioner = serializers.UUIDField()
    clinic = serializers.UUIDField()
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()


class SlotsOut(serializers.Serializer[Any]):
    """All free starts, or with `first` the soonest alone."""

    results = SlotOut(many=True)


class SlotsIn(Period):
    """Which free starts: of a type, in a period, and perhaps of one clinic or practitioner."""

    type = serializers.UUIDField()
    clinic = serializers.UUIDField(required=False)
    practitioner = serializers.UUIDField(required=False)
    first = serializers.BooleanField(default=False)


class NearIn(serializers.Serializer[Any]):
    """A place: `LAT,LON` in degrees."""

    near = serializers.RegexField(
        r"^-?\d{1,2}(\.\d+)?,-?\d{1,3}(\.\d+)?$",
        required=False,
        error_messages={"invalid": _("Give a latitude and a longitude, such as 52.52,13.40.")},
    )

    def validate_near(self, near: str) -> str:
        """The place as it was sent, where it lies on earth."""
        latitude, longitude = map(float, near.split(","))
        if abs(latitude) > 90 or abs(longitude) > 180:
            raise serializers.ValidationError(
                _("Give a latitude from -90 to 90 and a longitude from -180 to 180.")
            )
        return near


class Clinics(Door):
    """`GET clinics/?near=LAT,LON`: the clinics, the nearest first where a place is given."""

    model = Clinic

    @extend_schema(parameters=[NearIn], responses=ClinicOut(many=True))
    def get(self, request: Request) -> Response:
        """The clinics."""
        near = self.read(NearIn, request.query_params).get("near")
        rows = self.rows()
        if near:
            here = Position(*map(float, near.split(",")))
            for clinic in rows:
                there = Position(float(clinic.latitude), float(clinic.longitude))
                clinic.distance_km = round(distance.km(here, there), 1)  # type: ignore[attr-defined]
            rows = sorted(rows, key=lambda clinic: clinic.distance_km)  # type: ignore[attr-defined]
        return Response({"next": None, "previous": None, "results": ClinicOut(rows, many=True).data})

    @staticmethod
    def rows() -> list[Clinic]:
        """Those that are not archived, by name."""
        return list(Clinic.objects.filter(archived_at=None).order_by("name"))


class Practitioners(Door):
    """`GET practitioners/`: who treats."""

    model = Practitioner

    @extend_schema(responses=PractitionerOut(many=True))
    def get(self, request: Request) -> Response:
        """A page of practitioners."""
        rows = Practitioner.objects.filter(archived_at=None).prefetch_related("clinics")
        return self.listed(rows, PractitionerOut)[0]


class ConsultationTypes(Door):
    """`GET consultation-types/`: what can be booked."""

    model = ConsultationType

    @extend_schema(responses=TypeOut(many=True))
    def get(self, request: Request) -> Response:
        """A page of types."""
        rows = ConsultationType.objects.filter(archived_at=None).prefetch_related("practitioners")
        return self.listed(rows, TypeOut)[0]


class Slots(Door):
    """`GET slots/?type=&from=&to=[&clinic=][&practitioner=][&first=true]`: the free starts."""

    model = ConsultationType

    @extend_schema(
        parameters=[
            SlotsIn,
            OpenApiParameter("from", str, required=True, description="a date"),
            OpenApiParameter("to", str, required=True, description="a date, at most 31 days in all"),
        ],
        responses=SlotsOut,
    )
    def get(self, request: Request) -> Response:
        """The free starts, by time."""
        told = self.read(SlotsIn, request.query_params)
        first, last = period(told)
        asked = {"type": ConsultationType, "clinic": Clinic, "practitioner": Practitioner}
        named = {name: model for name, model in asked.items() if name in told}
        rows = self.fetch_all(*(("view", model, told[name]) for name, model in named.items()))
        query = searching.SlotQuery(first=first, last=last, **dict(zip(named, rows, strict=True)))
        search = searching.search(query=query, now=self.now)
        if told["first"]:
            soonest = search.first_free()
            found = [soonest] if soonest else []
        else:
            found = search.free()
        return Response({"results": _told(found, search.places)})


def _told(found: list[searching.Slot], places: Mapping[UUID, Place]) -> list[dict[str, str]]:
    """The slots as `SlotOut` describes them, RFC 3339 on the clinic's clock.

    A week of ten people has 700, and the fields of a serializer would take as long for them as the search.
    """
    return [
        {
            "practitioner": str(slot.practitioner_id),
            "clinic": str(slot.clinic_id),
            "start": slot.start.astimezone(places[slot.clinic_id].zone).isoformat(),
            "end": slot.end.astimezone(places[slot.clinic_id].zone).isoformat(),
        }
        for slot in found
    ]


class Docs(SpectacularSwaggerSplitView):
    """`GET docs/`: the description for people; a page without inline script or style, which our CSP refuses."""

    url_name = "api_schema"
    template_name = "site/api_docs.html"


urlpatterns = [
    path("clinics/", Clinics.as_view(), name="api_clinics"),
    path("practitioners/", Practitioners.as_view(), name="api_practitioners"),
    path("consultation-types/", ConsultationTypes.as_view(), name="api_consultation_types"),
    path("slots/", Slots.as_view(), name="api_slots"),
    path("schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path("docs/", Docs.as_view(), name="api_docs"),
]
