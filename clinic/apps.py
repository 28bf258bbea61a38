"""The clinic app, and the admin site that the whole product shares."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ClinicConfig(AppConfig):
    """Ground floor; knows no other app."""

    name = "clinic"
    verbose_name = "Clinic"

    def ready(self) -> None:
        """Fills the registers with checks, rights and pages; after a migration the database role gets its grants."""
        from clinic import checks, messages, policy  # noqa: F401, PLC0415 - they read models, which exist only now
        from clinic.actions import queueing  # noqa: PLC0415
        from clinic.models import OutboxMessage, grants  # noqa: PLC0415
        from clinic.web import navigation  # noqa: PLC0415

        navigation.add(
            navigation.Entry(
                _("Messages"), "messages", "view", OutboxMessage, order=40,
                count=lambda user: queueing.how_many_need_care(by=user, now=timezone.now()),
            )
        )  # fmt: skip
        post_migrate.connect(grants.apply, dispatch_uid="grants")


class ClinicAdminConfig(AdminConfig):
    """Django's admin with our site: policy instead of permissions, our base, our sign-in."""

    default_site = "clinic.web.admin_site.ClinicAdminSite"
