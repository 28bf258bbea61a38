"""Addresses of the pages that belong to no role."""

from django.urls import path

from clinic.site import dev, health, home, post, setup, welcome

urlpatterns = [
    path("", home.home, name="home"),
    path("favicon.ico", home.icon, name="icon"),
    path("theme/", home.theme, name="theme"),
    path("setup/<str:token>/", setup.first_manager, name="first_manager"),
    path("welcome/<str:token>/", welcome.staff_welcome, name="staff_welcome"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("messages/", post.post, name="messages"),
    path("messages/<uuid:pk>/resend/", post.resend, name="message_resend"),
    path("dev/outbox/", dev.outbox, name="dev_outbox"),
    path("dev/outbox/<str:name>/", dev.letter, name="dev_letter"),
    path("dev/refusals/<int:number>/", dev.refusal, name="dev_refusal"),
    path("dev/ui/", dev.ui, name="dev_ui"),
]
