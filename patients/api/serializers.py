"""Shapes of patients and consultations in the API. Fields are named one by one: a new column is not shown by itself."""

from django.conf import settings
from rest_framework import serializers

from clinic.web.api import Body, Moment
from patients.models import CancelledBy, Consultation, Patient


class PatientOut(serializers.ModelSerializer[Patient]):
    """Demographics, for staff; nothing clinical."""

    phone = serializers.CharField()

    class Meta:
        model = Patient
        fields = (
            "id", "number", "given_name", "family_name", "birth_date", "phone", "email", "language", "clinic",
            "desk_note", "wants_email", "updated_at", "archived_at",
        )  # fmt: skip


class PatientIn(Body):
    """What makes a patient. Shape only: `registering` decides."""

    given_name = serializers.CharField(max_length=80)
    family_name = serializers.CharField(max_length=80)
    birth_date = serializers.DateField(required=False, allow_null=True)
    phone = serializers.CharField(required=False, allow_blank=True, max_length=32)
    email = serializers.EmailField(required=False, allow_blank=True)
    language = serializers.ChoiceField(required=False, choices=settings.LANGUAGE_WISHES)
    desk_note = serializers.CharField(required=False, allow_blank=True, max_length=200)
    wants_email = serializers.BooleanField(required=False)
    clinic = serializers.UUIDField()


class PatientChange(Body):
    """The fields of a patient that may be changed, each on its own."""

    given_name = serializers.CharField(max_length=80, required=False)
    family_name = serializers.CharField(max_length=80, required=False)
    birth_date = serializers.DateField(required=False, allow_null=True)
    phone = serializers.CharField(required=False, allow_blank=True, max_length=32)
    email = serializers.EmailField(required=False, allow_blank=True)
    language = serializers.ChoiceField(required=False, choices=settings.LANGUAGE_WISHES)
    desk_note = serializers.CharField(required=False, allow_blank=True, max_length=200)
    wants_email = serializers.BooleanField(required=False)
    clinic = serializers.UUIDField(required=False)


class SearchIn(Body):
    """A name, a number, a phone number or a date of birth: in the body, for health data never stands in a URL."""

    text = serializers.CharField(max_length=80)


class ConsultationOut(serializers.ModelSerializer[Consultation]):
    """A visit. Times have the offset of the clinic."""

    start = serializers.SerializerMethodField()
    end = serializers.SerializerMethodField()
    room = serializers.UUIDField(source="block.room_id", allow_null=True)

    class Meta:
        model = Consultation
        fields = (
            "id", "patient", "practitioner", "clinic", "type", "room", "start", "end", "status", "version", "source",
            "cancelled_by", "cancel_reason", "cancelled_late",
        )  # fmt: skip

    def get_start(self, row: Consultation) -> str:
        """RFC 3339 on the clinic's clock."""
        return row.start.astimezone(row.clinic.zone).isoformat()

    def get_end(self, row: Consultation) -> str:
        """RFC 3339 on the clinic's clock."""
        return row.end.astimezone(row.clinic.zone).isoformat()


class ConsultationIn(Body):
    """A booking. The room is chosen by the server unless one is given."""

    patient = serializers.UUIDField()
    practitioner = serializers.UUIDField()
    clinic = serializers.UUIDField()
    type = serializers.UUIDField()
    start = Moment()
    room = serializers.UUIDField(required=False, allow_null=True)
    overlap_reason = serializers.CharField(required=False, allow_blank=True, max_length=200)


class MoveIn(Body):
    """Where a visit goes: another time, perhaps another practitioner."""

    start = Moment()
    practitioner = serializers.UUIDField(required=False)


class CancelIn(Body):
    """Who asked, and why."""

    by = serializers.ChoiceField(choices=CancelledBy.choices)
    reason = serializers.CharField(max_length=200)
