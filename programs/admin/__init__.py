"""Door: the physiotherapist's pages under /admin/, and the library in the stock admin."""

from typing import cast

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from clinic.models import Clinic, Membership
from clinic.web.admin_site import ClinicAdminSite
from clinic.web.navigation import Entry, add
from patients.models import Patient
from programs.admin import acts, caseload, library, my_day, patients, sheet
from programs.models import Exercise, Program

__all__ = ["library"]

site = cast("ClinicAdminSite", admin.site)
for route, view, name in (
    ("my-day/", my_day.my_day, "my_day"),
    ("my-day/<uuid:pk>/<act>/", my_day.attend, "attend"),
    ("caseload/", caseload.caseload, "caseload"),
    ("patients/", patients.patients, "patients"),
    ("patients/<uuid:pk>/", patients.patient, "patient"),
    ("patients/<uuid:pk>/invite/", patients.invite, "invite"),
    ("patients/<uuid:pk>/episodes/", patients.open_episode, "open_episode"),
    ("patients/<uuid:pk>/programs/", patients.new_program, "new_program"),
    ("episodes/<uuid:pk>/join/", patients.join, "join_team"),
    ("episodes/<uuid:pk>/intake/", patients.intake, "intake"),
    ("programs/<uuid:pk>/", sheet.sheet, "sheet"),
    ("programs/<uuid:pk>/tried/", sheet.tried, "sheet_tried"),
    ("programs/<uuid:pk>/exercises/", acts.add, "sheet_add"),
    ("programs/<uuid:pk>/template/", acts.apply, "sheet_apply"),
    ("programs/<uuid:pk>/invite/", acts.invite, "sheet_invite"),
    ("programs/<uuid:pk>/<act>/", acts.step, "sheet_step"),
    ("prescriptions/<uuid:pk>/stop/", acts.stop, "sheet_stop"),
    ("prescriptions/<uuid:pk>/revert/<int:number>/", acts.revert, "sheet_revert"),
):
    site.add_page(route, view, name)
site.open_on("admin:my_day", "treat", Clinic)
add(
    Entry(_("My day"), "admin:my_day", "treat", Clinic, order=1),
    Entry(_("Caseload"), "admin:caseload", "view", Program, order=2),
    Entry(_("Patients"), "admin:patients", "treat", Patient, order=3),
    Entry(_("Library"), "admin:programs_exercise_changelist", "add", Exercise, order=60),
    Entry(_("Records"), "admin:records", "add", Membership, order=70),
)
