"""The programs app."""

from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    """Top floor: knows patients and the clinic."""

    name = "programs"
    verbose_name = "Programs"

    def ready(self) -> None:
        """Registers rights and messages with the clinic."""
        from programs import messages, policy  # noqa: F401, PLC0415 - both read models, which exist only now
