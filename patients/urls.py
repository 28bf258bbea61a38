"""Addresses of the patients app."""

from django.urls import include, path

urlpatterns = [
    path("", include("patients.desk.urls")),
    path("", include("patients.online.urls")),
    path("", include("patients.portal.urls")),
]
