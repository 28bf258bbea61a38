"""Django's admin with our rights and our base: policy instead of permissions."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from clinic import policy


class ClinicAdminSite(admin.AdminSite):
    """The admin for staff. Sign-in, sign-out and passwords are those of the whole product."""

    site_header = site_title = "Spine Clinic"
    index_title = "All records"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff of some clinic."""
        return bool(request.user.is_authenticated and policy.is_staff(request.user))


class PolicyAdmin(admin.ModelAdmin[Any]):
    """A model's pages in the admin, gated by its policy table: rows, and the acts add, change, delete."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows that the user may see."""
        rows = policy.visible(request.user, self.model)  # type: ignore[arg-type]
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the app stands in the index."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """By the table's "view"."""
        return self._may(request, "view", obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """By the table's "add"."""
        return self._may(request, "add", None)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """By the table's "change"."""
        return self._may(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """By the table's "delete"."""
        return self._may(request, "delete", obj)

    def _may(self, request: HttpRequest, act: str, obj: Model | None) -> bool:
        user = request.user
        if not user.is_authenticated:
            return False
        return policy.can(user, act, self.model) if obj is None else policy.may(user, act, obj)
