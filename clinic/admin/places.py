"""Clinics with their rooms and hours, what can be booked, and the reminders."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from clinic.actions import opening, opening_hours
from clinic.admin.adding import FROM_SETUP, SetUpAdmin, is_from_setup
from clinic.admin.reading import ToRead, hours_list
from clinic.models import Clinic, ConsultationType, OpeningHours, Organisation, ReminderLead, Room
from clinic.models.place import zones
from clinic.web.admin_site import Inline, PolicyAdmin


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


class ClinicForm(forms.ModelForm[Clinic]):
    """A clinic's own fields."""

    def clean_time_zone(self) -> str:
        """The zone, where the diary lets the clinic have it."""
        zone: str = self.cleaned_data["time_zone"]
        if not self.instance._state.adding:
            try:
                opening.check_zone(
                    clinic=Clinic.objects.get(pk=self.instance.pk), zone=zone, now=timezone.now()
                )
            except opening.ZoneInUse as refusal:
                raise forms.ValidationError(refusal.message, code=refusal.code) from None
        return zone


@admin.register(Clinic)
class ClinicAdmin(SetUpAdmin):
    """Clinics with their hours, rooms and reminders."""

    form = ClinicForm
    lead = _("Each location with its address, time zone, opening hours, rooms and reminders.")
    list_display = ("name", "city", "time_zone", "phone", "archived_at")
    ordering = ("name",)
    prepopulated_fields = {"slug": ("name",)}
    inlines = (RoomInline, LeadInline)

    def get_readonly_fields(self, request: HttpRequest, obj: Clinic | None = None) -> tuple[str, ...]:
        """Opening hours are set on their sheet, from a day on."""
        return ("opening",) if obj else ()

    @admin.display(description=_("Opening hours"))
    def opening(self, clinic: Clinic) -> str:
        """What holds today and later."""
        rows = opening_hours.standing(clinic=clinic, on=timezone.localdate())
        return hours_list((row.valid_from, row.valid_until, str(row)) for row in rows)

    def response_post_save_add(self, request: HttpRequest, obj: Clinic) -> HttpResponseRedirect:
        """When it is open comes next: without that nobody is booked."""
        query = f"?{urlencode(FROM_SETUP)}" if is_from_setup(request) else ""
        return redirect(reverse("admin:opening", args=[obj.pk]) + query)

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
class RoomAdmin(SetUpAdmin):
    """Rooms."""

    lead = _("Where visits take place. A room that is archived is not booked any more.")
    list_display = ("name", "clinic", "archived_at")
    list_filter = ("clinic",)
    list_select_related = ("clinic",)
    ordering = ("clinic__name", "name")


@admin.register(OpeningHours)
class OpeningHoursAdmin(ToRead):
    """Opening hours, to read: they are set from a day on."""

    lead = _("When each clinic is open. A change holds from a day on: make it on the clinic's sheet.")
    list_display = ("clinic", "weekday", "opens", "closes", "valid_from", "valid_until")
    list_filter = ("clinic",)
    list_select_related = ("clinic",)
    ordering = ("clinic__name", "weekday", "opens")

    def sheet(self, row: OpeningHours) -> str:
        """That of the clinic."""
        return reverse("admin:opening", args=[row.clinic_id])


@admin.register(ConsultationType)
class ConsultationTypeAdmin(SetUpAdmin):
    """What can be booked."""

    lead = _(
        "What can be booked: how long it takes, the time before and after, who gives it, and where. "
        "Online, people book types of one seat; the seats of a class are booked by staff."
    )
    list_display = ("name", "kind", "duration_min", "before_min", "after_min", "capacity", "online")
    ordering = ("position", "name")


@admin.register(ReminderLead)
class ReminderLeadAdmin(SetUpAdmin):
    """Reminders."""

    lead = _("How long before a visit each clinic reminds its patients.")
    list_display = ("clinic", "days", "at", "hours")
    list_select_related = ("clinic",)
    ordering = ("clinic__name", "-days", "-hours")
