"""The patients app."""

from django.apps import AppConfig


class PatientsConfig(AppConfig):
    """Middle floor: knows the clinic, and no program."""

    name = "patients"
    verbose_name = "Patients"

    def ready(self) -> None:
        """Registers rights and messages with the clinic."""
        from patients import messages, policy  # noqa: F401, PLC0415 - both read models, which exist only now
