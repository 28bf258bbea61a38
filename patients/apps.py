"""The patients app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PatientsConfig(AppConfig):
    """Middle floor: knows the clinic, and no program."""

    name = "patients"
    verbose_name = "Patients"

    def ready(self) -> None:
        """Registers rights, messages and places in the navigation with the clinic."""
        from clinic.actions import queueing  # noqa: PLC0415
        from clinic.models import Clinic, HoursException  # noqa: PLC0415 - models exist only now
        from clinic.web import navigation  # noqa: PLC0415
        from patients import messages, policy  # noqa: F401, PLC0415
        from patients.actions import addressing, alarming  # noqa: PLC0415
        from patients.models import BookingRequest, WaitlistEntry  # noqa: PLC0415

        queueing.name_people(addressing.addressees)

        navigation.add(
            navigation.Entry(_("Diary"), "desk", "book", Clinic, order=10),
            navigation.Entry(_("Board"), "desk_board", "diary", Clinic, order=15),
            navigation.Entry(
                _("Patients"), "desk_patients", "register", Clinic, order=20, also=("desk_twins",)
            ),
            navigation.Entry(_("Waitlist"), "desk_waitlist", "view", WaitlistEntry, order=25),
            navigation.Entry(_("Numbers"), "desk_numbers", "count", Clinic, order=5),
            navigation.Entry(_("Leave"), "desk_leave", "add", HoursException, order=30),
            navigation.Entry(
                _("Online"), "desk_online", "review", BookingRequest, order=40, count=alarming.waiting
            ),
        )
