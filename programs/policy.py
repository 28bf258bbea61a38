"""Who prescribes, adjusts, sees and logs. Programs belong to who treats and to the patient; the desk sees none."""

from django.db.models import Model

from clinic.models import Role
from clinic.policy import PATIENT, everything, grant, in_clinics, register
from patients.policy import of_own
from programs.models import (
    DosageRevision,
    Exercise,
    ExerciseLog,
    Pause,
    Prescription,
    Program,
    SessionLog,
    SetLog,
    Template,
    TemplateItem,
)

_LIBRARY = [grant(everything, "view", "add", "change")]

register(Exercise, {Role.PHYSIOTHERAPIST: _LIBRARY, PATIENT: [grant(everything, "view")]})
register(Template, {Role.PHYSIOTHERAPIST: _LIBRARY})
register(TemplateItem, {Role.PHYSIOTHERAPIST: _LIBRARY})
register(
    Program,
    {
        Role.PHYSIOTHERAPIST: [grant(in_clinics(Role.PHYSIOTHERAPIST), "view", "add", "change", "adjust")],
        PATIENT: [grant(of_own(), "open", "log")],
    },
)


def _of_programs(model: type[Model], to_program: str, *acts: str) -> None:
    """Rows of programs: the acts for who treats in the program's clinic; the patient opens and logs."""
    register(
        model,
        {
            Role.PHYSIOTHERAPIST: [grant(in_clinics(Role.PHYSIOTHERAPIST, f"{to_program}__clinic"), *acts)],
            PATIENT: [grant(of_own(f"{to_program}__patient"), "open", "log")],
        },
    )


_of_programs(Prescription, "program", "view", "add", "adjust")
_of_programs(Pause, "program", "view", "add", "adjust")
_of_programs(DosageRevision, "prescription__program", "view", "add", "adjust")
_of_programs(SessionLog, "program", "view")
_of_programs(ExerciseLog, "session__program", "view")
_of_programs(SetLog, "exercise_log__session__program", "view")
