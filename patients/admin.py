"""Patients' rows in the stock admin: to be read, each reading written down; a portal access can be ended."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.models import AccessEvent
from clinic.web.admin_site import PolicyAdmin
from patients.models import Consultation, Patient, PortalAccess


class PatientRows(PolicyAdmin):
    """Rows that show a patient. They come and go at the desk and in the diary, not here."""

    patient = "patient_id"
    show_full_result_count = False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, and the note of whom it showed."""
        answer = super().changelist_view(request, extra_context)
        context = (answer.context_data or {}) if isinstance(answer, TemplateResponse) else {}
        if "cl" in context:
            self._seen(request, {getattr(row, self.patient) for row in context["cl"].result_list})
        return answer

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row of a page, and the note that it was read."""
        row = super().get_object(request, object_id, from_field)
        if row is not None:
            self._seen(request, {getattr(row, self.patient)})
        return row

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Not here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: rows of patients are ended, not deleted."""
        return False

    def _seen(self, request: HttpRequest, patients: set[UUID]) -> None:
        AccessEvent.objects.create(
            at=timezone.now(),
            user_id=str(request.user.pk),
            patient_ids=sorted(patients),
            what=str(self.model._meta.model_name),
            door="admin",
        )


@admin.register(Patient)
class PatientAdmin(PatientRows):
    """Demographics."""

    lead = _("Who is registered. Patients are added and changed at the desk.")
    patient = "pk"
    list_display = ("family_name", "given_name", "birth_date", "clinic", "number")
    list_select_related = ("clinic",)
    ordering = ("-number",)


@admin.register(PortalAccess)
class PortalAccessAdmin(PatientRows):
    """Who opens whose portal. A manager ends one by its date."""

    lead = _("Who opens whose portal. An access ends by its date.")
    list_display = ("user", "patient", "relation", "created_at", "ended_at")
    list_select_related = ("user", "patient")
    ordering = ("-created_at",)
    fields = ("user", "patient", "relation", "ended_at")
    readonly_fields = ("user", "patient", "relation")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """By the table's "change"."""
        return self._may(request, "change", obj)


@admin.register(Consultation)
class ConsultationAdmin(PatientRows):
    """Visits."""

    lead = _("The visits of your clinics. They are booked and changed in the diary.")
    list_display = ("start", "patient", "type", "practitioner", "clinic", "status")
    list_select_related = ("patient", "type", "practitioner", "clinic")
    list_filter = ("status", "clinic")
    ordering = ("-start",)
