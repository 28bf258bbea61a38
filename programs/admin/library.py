"""The library in the stock admin. Programs, revisions and logs are not there: they are read on the sheet."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from clinic.web.admin_site import PolicyAdmin
from programs.models import Exercise, Template, TemplateItem
from programs.models.exercise import Benefit


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
        return ", ".join(str(Benefit(each).label) for each in row.benefits)


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
