"""The library and the rows of programs in the stock admin. Clinical logs and revisions can be read there, never changed."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from clinic.web.admin_site import PolicyAdmin
from programs.models import DosageRevision, Exercise, SessionLog, Template, TemplateItem


class ReadOnly(PolicyAdmin):
    """Rows that nobody changes here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


@admin.register(Exercise)
class ExerciseAdmin(PolicyAdmin):
    """Exercises. The drawn picture comes with the figure."""

    list_display = ("name", "mode", "benefits_list", "difficulty", "retired_at")
    list_filter = ("mode", "difficulty")
    search_fields = ("name", "slug")
    ordering = ("name",)
    prepopulated_fields = {"slug": ("name",)}
    readonly_fields = ("picture",)

    @admin.display(description="benefits")
    def benefits_list(self, row: Exercise) -> str:
        """The benefits in one line."""
        return ", ".join(row.benefits)


class TemplateItemInline(admin.TabularInline[TemplateItem, Template]):
    """The exercises of a template."""

    model = TemplateItem
    extra = 0
    ordering = ("position",)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever sees the template."""
        return True

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


@admin.register(Template)
class TemplateAdmin(PolicyAdmin):
    """Programs without a patient."""

    list_display = ("name", "description", "source", "retired_at")
    search_fields = ("name",)
    ordering = ("name",)
    inlines = (TemplateItemInline,)


@admin.register(DosageRevision)
class DosageRevisionAdmin(ReadOnly):
    """The history of dosages."""

    list_display = ("prescription", "number", "effective_on", "author", "reason")
    list_select_related = ("prescription__exercise", "author")
    ordering = ("-effective_on", "-number")
    show_full_result_count = False


@admin.register(SessionLog)
class SessionLogAdmin(ReadOnly):
    """What patients logged."""

    list_display = ("patient", "program", "started_at", "pain_after", "feel", "source")
    list_select_related = ("patient", "program")
    ordering = ("-started_at",)
    show_full_result_count = False
