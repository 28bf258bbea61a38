"""The clinic app, and the admin site that the whole product shares."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate


class ClinicConfig(AppConfig):
    """Ground floor; knows no other app."""

    name = "clinic"
    verbose_name = "Clinic"

    def ready(self) -> None:
        """Puts system checks and rights in their registers; after a migration the database role gets its grants."""
        from clinic import checks, messages, policy  # noqa: F401, PLC0415 - they read models, which exist only now
        from clinic.models import grants  # noqa: PLC0415

        post_migrate.connect(grants.apply, dispatch_uid="grants")


class ClinicAdminConfig(AdminConfig):
    """Django's admin with our site: policy instead of permissions, our base, our sign-in."""

    default_site = "clinic.web.admin_site.ClinicAdminSite"
