"""Addresses of the programs app."""

from django.urls import include, path

urlpatterns = [
    path("", include("programs.portal.urls")),
]
