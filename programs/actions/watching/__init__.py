"""Reads what happens in programs: a patient's day, a physiotherapist's caseload, a program on one sheet."""

from programs.actions.watching.caseload import CaseloadRow, caseload
from programs.actions.watching.reading import DAYS, Cell, last_days
from programs.actions.watching.sheet import HistoryLine, Sheet, SheetRow, sheet
from programs.actions.watching.today import Today, TodayItem, today
from programs.rules.attention import Flag

__all__ = [
    "DAYS",
    "CaseloadRow",
    "Cell",
    "Flag",
    "HistoryLine",
    "Sheet",
    "SheetRow",
    "Today",
    "TodayItem",
    "caseload",
    "last_days",
    "sheet",
    "today",
]
