"""Addresses of the portal's pages about the program."""

from django.urls import path

from programs.portal import pictures, progress, session, today

urlpatterns = [
    path("media/figures/<slug:name>.svg", pictures.picture, name="figure"),
    path("portal/", today.today, name="portal"),
    path("portal/exercises/<uuid:pk>/", today.exercise, name="portal_exercise"),
    path("portal/session/", session.log, name="portal_session"),
    path("portal/progress/", progress.progress, name="portal_progress"),
]
