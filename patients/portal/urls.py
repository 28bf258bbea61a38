"""Addresses of the portal's pages about the patient and their visits."""

from django.urls import path

from patients.portal import own_data, visits, welcome

urlpatterns = [
    path("portal/welcome/<str:token>/", welcome.welcome, name="portal_welcome"),
    path("portal/visits/", visits.visits, name="portal_visits"),
    path("portal/visits/<uuid:pk>.ics", visits.calendar_file, name="portal_visit_ics"),
    path("portal/you/", own_data.you, name="portal_you"),
    path("portal/switch/", own_data.switch, name="portal_switch"),
]
