"""Places, people and hours in the stock admin, gated by policy."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from clinic import policy
from clinic.actions import opening
from clinic.models import (
    Clinic,
    ConsultationType,
    HoursException,
    Membership,
    OpeningHours,
    Organisation,
    Practitioner,
    ReminderLead,
    Room,
    User,
    WeeklyHours,
)
from clinic.web.admin_site import PolicyAdmin, PolicyFields


class Inline(PolicyFields, admin.TabularInline[Any, Any]):
    """Rows that are set on the page of what they belong to, by the rights to themselves."""

    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows that the user may change; for who may change none, those to be seen."""
        act = "change" if self._may(request, "change") else "view"
        mine = policy.visible(request.user, self.model, act)  # type: ignore[arg-type]
        return super().get_queryset(request).filter(pk__in=mine.values("pk"))

    def _may(self, request: HttpRequest, act: str) -> bool:
        user = request.user
        return user.is_authenticated and policy.can(user, act, self.model)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """By the table's "view"."""
        return self._may(request, "view")

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """By the table's "add"."""
        return self._may(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """By the table's "change"."""
        return self._may(request, "change")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """By the table's "delete"."""
        return self._may(request, "delete")


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


class WeeklyInline(Inline):
    """When a practitioner works."""

    model = WeeklyHours
    ordering = ("weekday", "starts")


@admin.register(Organisation)
class OrganisationAdmin(PolicyAdmin):
    """The one organisation."""

    list_display = ("name",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only while there is none."""
        return super().has_add_permission(request) and not Organisation.objects.exists()


@admin.register(Clinic)
class ClinicAdmin(PolicyAdmin):
    """Clinics with their hours, rooms and reminders."""

    list_display = ("name", "city", "time_zone", "phone", "archived_at")
    ordering = ("name",)
    prepopulated_fields = {"slug": ("name",)}
    inlines = (OpeningInline, RoomInline, LeadInline)

    def save_model(self, request: HttpRequest, obj: Clinic, form: Any, change: bool) -> None:
        """A new clinic gets its manager with it."""
        if change:
            super().save_model(request, obj, form, change)
        else:
            opening.open_clinic(clinic=obj, by=request.user)  # type: ignore[arg-type]


@admin.register(Room)
class RoomAdmin(PolicyAdmin):
    """Rooms."""

    list_display = ("name", "clinic", "archived_at")
    list_filter = ("clinic",)
    list_select_related = ("clinic",)
    ordering = ("clinic__name", "name")


@admin.register(Practitioner)
class PractitionerAdmin(PolicyAdmin):
    """Who treats, and when."""

    list_display = ("name", "title", "user", "archived_at")
    list_select_related = ("user",)
    search_fields = ("name",)
    ordering = ("name",)
    filter_horizontal = ("clinics",)
    inlines = (WeeklyInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """A diary stays its owner's."""
        return ("user",) if obj else ()


@admin.register(Membership)
class MembershipAdmin(PolicyAdmin):
    """Who is what at which clinic."""

    list_display = ("user", "role", "clinic")
    list_filter = ("role", "clinic")
    list_select_related = ("user", "clinic")
    search_fields = ("user__name", "user__email")
    ordering = ("clinic__name", "role", "user__name")


@admin.register(OpeningHours)
class OpeningHoursAdmin(PolicyAdmin):
    """Opening hours."""

    list_display = ("clinic", "weekday", "opens", "closes")
    list_filter = ("clinic",)
    list_select_related = ("clinic",)
    ordering = ("clinic__name", "weekday", "opens")


@admin.register(WeeklyHours)
class WeeklyHoursAdmin(PolicyAdmin):
    """Working hours."""

    list_display = (
        "practitioner",
        "clinic",
        "weekday",
        "starts",
        "ends",
        "weeks",
        "valid_from",
        "valid_until",
    )
    list_filter = ("clinic",)
    list_select_related = ("practitioner", "clinic")
    ordering = ("practitioner__name", "weekday", "starts")


@admin.register(HoursException)
class HoursExceptionAdmin(PolicyAdmin):
    """Leave, sick days, extra hours and closures, to read: they are entered under the desk, with their bookings."""

    list_display = ("kind", "practitioner", "clinic", "start", "end", "reason")
    list_filter = ("kind",)
    list_select_related = ("practitioner", "clinic")
    ordering = ("-start",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: times typed here would be read in no clinic's zone."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody: what was wrong is taken back and entered anew."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody here."""
        return False


@admin.register(ConsultationType)
class ConsultationTypeAdmin(PolicyAdmin):
    """What can be booked."""

    list_display = ("name", "kind", "duration_min", "before_min", "after_min", "capacity", "online")
    ordering = ("position", "name")
    filter_horizontal = ("practitioners", "rooms")


@admin.register(ReminderLead)
class ReminderLeadAdmin(PolicyAdmin):
    """Reminders."""

    list_display = ("clinic", "days", "at", "hours")
    list_select_related = ("clinic",)
    ordering = ("clinic__name", "-days", "-hours")


@admin.register(User)
class UserAdmin(PolicyAdmin):
    """Who signs in. A password is set by its owner, through a link, never here."""

    list_display = ("name", "email", "language", "is_active", "last_login")
    search_fields = ("name", "email")
    ordering = ("name", "email")
    fields = ("name", "email", "language", "is_active", "last_login")
    readonly_fields = ("last_login",)
    show_full_result_count = False

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """The email proves who somebody is: another one is another account."""
        return (*self.readonly_fields, "email") if obj else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new user has no password: they ask for a code or a link."""
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
