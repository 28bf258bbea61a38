"""Door: places, people and hours in the stock admin, gated by policy, and the sheets made for setting them."""

from typing import cast

from django.contrib import admin

from clinic.admin import hours, inviting, opening, people, places, setting_up
from clinic.web.admin_site import ClinicAdminSite

__all__ = ["people", "places"]

site = cast("ClinicAdminSite", admin.site)
for route, view, name in (
    ("hours/<uuid:pk>/", hours.hours, "hours"),
    ("staff/<uuid:pk>/invite/", inviting.invite, "staff_invite"),
    ("staff/new/", inviting.new, "staff_new"),
    ("setup/", setting_up.setup, "setup"),
    ("setup/usual-types/", setting_up.usual_types, "usual_types"),
    ("setup/give-all/", setting_up.give_all, "give_all"),
    ("opening/<uuid:pk>/", opening.opening, "opening"),
):
    site.add_page(route, view, name)
