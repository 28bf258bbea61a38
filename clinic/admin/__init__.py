"""Door: places, people and hours in the stock admin, gated by policy, and the sheets made for setting them."""

from typing import cast

from django.contrib import admin

from clinic.admin import hours, opening, people, places
from clinic.web.admin_site import ClinicAdminSite

__all__ = ["people", "places"]

site = cast("ClinicAdminSite", admin.site)
for route, view, name in (
    ("hours/<uuid:pk>/", hours.hours, "hours"),
    ("opening/<uuid:pk>/", opening.opening, "opening"),
):
    site.add_page(route, view, name)
