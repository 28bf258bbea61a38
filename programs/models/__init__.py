"""What the program owns: exercises and doses."""

from programs.models.exercise import Benefit, Exercise
from programs.models.log import (
    ExerciseLog,
    Feel,
    LogSource,
    LogStatus,
    SessionLog,
    SetLog,
    SkipReason,
)
from programs.models.program import Pause, Prescription, Program, ProgramStatus, Template, TemplateItem
from programs.models.revision import DosageRevision

__all__ = [
    "Benefit",
    "DosageRevision",
    "Exercise",
    "ExerciseLog",
    "Feel",
    "LogSource",
    "LogStatus",
    "Pause",
    "Prescription",
    "Program",
    "ProgramStatus",
    "SessionLog",
    "SetLog",
    "SkipReason",
    "Template",
    "TemplateItem",
]
