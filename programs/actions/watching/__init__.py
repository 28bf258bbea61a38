"""Reads what happens in programs: a patient's day, a physiotherapist's caseload, a program on one sheet."""

from programs.actions.watching.caseload import CaseloadRow, caseload
from programs.actions.watching.reading import DAYS, Cell, kept, last_days, pain_limit
from programs.actions.watching.sent import Sent, is_to_tell, last_of_day, sent_as, since
from programs.actions.watching.sheet import HistoryLine, Sheet, SheetRow, sheet
from programs.actions.watching.today import Today, TodayItem, today
from programs.rules.attention import Flag

__all__ = [
    "DAYS",
    "CaseloadRow",
    "Cell",
    "Flag",
    "HistoryLine",
    "Sent",
    "Sheet",
    "SheetRow",
    "Today",
    "TodayItem",
    "caseload",
    "is_to_tell",
    "kept",
    "last_days",
    "last_of_day",
    "pain_limit",
    "sent_as",
    "sheet",
    "since",
    "today",
]
