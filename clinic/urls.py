"""Every address of the product. Other apps are named by string: no import upward."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("clinic.site.urls")),
    path("accounts/", include("clinic.site.accounts")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("clinic.api")),
    path("api/v1/", include("patients.api.views")),
    path("api/v1/", include("programs.api.views")),
    path("", include("patients.urls")),
    path("", include("programs.urls")),
]
