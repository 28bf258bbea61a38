"""Who prescribes, adjusts, sees and logs. Programs belong to who treats and to the patient; the desk sees none."""

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
for _model, _path in (
    (Prescription, "program"),
    (Pause, "program"),
    (DosageRevision, "prescription__program"),
):
    register(
        _model,
        {
            Role.PHYSIOTHERAPIST: [
                grant(in_clinics(Role.PHYSIOTHERAPIST, f"{_path}__clinic"), "view", "add", "adjust")
            ],
            PATIENT: [grant(of_own(f"{_path}__patient"), "open", "log")],
        },
    )
for _model, _path in ((SessionLog, ""), (ExerciseLog, "session__"), (SetLog, "exercise_log__session__")):
    register(
        _model,
        {
            Role.PHYSIOTHERAPIST: [
                grant(in_clinics(Role.PHYSIOTHERAPIST, f"{_path}program__clinic"), "view")
            ],
            PATIENT: [grant(of_own(f"{_path}patient"), "open", "log")],
        },
    )
