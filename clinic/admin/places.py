"""Clinics with their rooms and hours, what can be booked, and the reminders."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clinic.actions import opening
from clinic.models import Clinic, ConsultationType, OpeningHours, Organisation, ReminderLead, Room
from clinic.models.place import zones
from clinic.web.admin_site import Inline, PolicyAdmin


class OpeningInline(Inline):
    """When a clinic is open."""

    model = OpeningHours
    ordering = ("weekday", "opens")


class RoomInline(Inline):
    """A clinic's rooms."""

    model = Room
    ordering = ("name",)


class LeadInline(Inline):
    """How long before a visit a clinic reminds."""

    model = ReminderLead


@admin.register(Organisation)
class OrganisationAdmin(PolicyAdmin):
    """The one organisation."""

    lead = _("The name on every page and mail.")
    list_display = ("name",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only while there is none."""
        return super().has_add_permission(request) and not Organisation.objects.exists()


@admin.register(Clinic)
class ClinicAdmin(PolicyAdmin):
    """Clinics with their hours, rooms and reminders."""

    lead = _("Each location with its address, time zone, opening hours, rooms and reminders.")
    list_display = ("name", "city", "time_zone", "phone", "archived_at")
    ordering = ("name",)
    prepopulated_fields = {"slug": ("name",)}
    inlines = (OpeningInline, RoomInline, LeadInline)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """The time zone is chosen, not typed."""
        if db_field.name == "time_zone":
            return forms.ChoiceField(label=_("Time zone"), choices=lambda: [("", "–"), *zones()])
        return super().formfield_for_dbfield(db_field, request, **options)

    def save_model(self, request: HttpRequest, obj: Clinic, form: Any, change: bool) -> None:
        """A new clinic gets its manager with it."""
        if change:
            super().save_model(request, obj, form, change)
        else:
            opening.open_clinic(clinic=obj, by=request.user)  # type: ignore[arg-type]


@admin.register(Room)
class RoomAdmin(PolicyAdmin):
    """Rooms."""

    lead = _("Where visits take place. A room that is archived is not booked any more.")
    list_display = ("name", "clinic", "archived_at")
    list_filter = ("clinic",)
    list_select_related = ("clinic",)
    ordering = ("clinic__name", "name")


@admin.register(OpeningHours)
class OpeningHoursAdmin(PolicyAdmin):
    """Opening hours."""

    lead = _("When each clinic is open. Visits are booked within these hours.")
    list_display = ("clinic", "weekday", "opens", "closes")
    list_filter = ("clinic",)
    list_select_related = ("clinic",)
    ordering = ("clinic__name", "weekday", "opens")


@admin.register(ConsultationType)
class ConsultationTypeAdmin(PolicyAdmin):
    """What can be booked."""

    lead = _(
        "What can be booked: how long it takes, the time before and after, who gives it, and where. "
        "Online, people book types of one seat; the seats of a class are booked by staff."
    )
    list_display = ("name", "kind", "duration_min", "before_min", "after_min", "capacity", "online")
    ordering = ("position", "name")
    filter_horizontal = ("practitioners", "rooms")


@admin.register(ReminderLead)
class ReminderLeadAdmin(PolicyAdmin):
    """Reminders."""

    lead = _("How long before a visit each clinic reminds its patients.")
    list_display = ("clinic", "days", "at", "hours")
    list_select_related = ("clinic",)
    ordering = ("clinic__name", "-days", "-hours")
