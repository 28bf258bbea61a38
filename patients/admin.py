"""Patients' rows in the stock admin: read and put right by who may, never a clinical text."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from clinic.web.admin_site import PolicyAdmin
from patients.models import Consultation, Patient, PortalAccess


@admin.register(Patient)
class PatientAdmin(PolicyAdmin):
    """Demographics. Patients are added where twins are looked for first, and are found there too."""

    list_display = ("family_name", "given_name", "birth_date", "clinic", "number")
    list_select_related = ("clinic",)
    ordering = ("-number",)
    search_fields = ("search_name",)
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Not here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not here: a change keeps the name under which the patient is found in step."""
        return False


@admin.register(PortalAccess)
class PortalAccessAdmin(PolicyAdmin):
    """Who opens whose portal. A manager ends one by its date."""

    list_display = ("user", "patient", "relation", "created_at", "ended_at")
    list_select_related = ("user", "patient")
    ordering = ("-created_at",)
    fields = ("user", "patient", "relation", "ended_at")
    readonly_fields = ("user", "patient", "relation")
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """By invitation."""
        return False


@admin.register(Consultation)
class ConsultationAdmin(PolicyAdmin):
    """Visits, to be read; they change in the diary."""

    list_display = ("start", "patient", "type", "practitioner", "clinic", "status")
    list_select_related = ("patient", "type", "practitioner", "clinic")
    list_filter = ("status", "clinic")
    ordering = ("-start",)
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """In the diary."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """In the diary."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: it is cancelled."""
        return False
