"""The programs app."""

from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    """Top floor: knows patients and the clinic."""

    name = "programs"
    verbose_name = "Programs"

    def ready(self) -> None:
        """Registers rights and messages with the clinic, and with the patients what hangs on a record."""
        from programs import messages, policy, record  # noqa: F401, PLC0415 - they read models, which exist only now
