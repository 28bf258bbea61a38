"""The caseload: whom to look at first, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from clinic.web import pages
from clinic.web.pages import StaffRequest
from patients.rules import names
from programs.actions import watching
from programs.actions.watching import CaseloadRow, Flag, why
from programs.admin.lines import ADHERENT_PERCENT, LOOKS, Look, pain_tone
from programs.models import Program

SECTIONS = (
    ("today", _("Today"), _("pain rising first, then too much, then silence")),
    ("week", _("This week"), ""),
    ("on_track", _("On track"), _("nothing stands out")),
)
LOOK_AT = "today", "week"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A row as the page shows it: its rank and the look of its flag."""

    rank: int
    row: CaseloadRow

    @property
    def look(self) -> Look:
        """How the flag's badge looks."""
        return LOOKS[self.row.flag]

    @property
    def pains(self) -> list[int]:
        """The numbers of the small line."""
        return [pain for _day, pain in self.row.pains]

    @property
    def percent(self) -> int | None:
        """Adherence; above 100 where more was done than asked."""
        ratio, adherence = self.row.ratio, self.row.adherence
        shown = ratio if ratio is not None and ratio > 1 else adherence
        return None if shown is None else round(shown * 100)

    @property
    def line_tone(self) -> str:
        """The colour of the small line, by the same rule as on the sheet."""
        return pain_tone(self.row.course)

    @property
    def share_tone(self) -> str:
        """The colour of the bar."""
        return "warn" if self.row.flag in {Flag.TOO_MUCH, Flag.TOO_LITTLE} else ""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """A flag to filter by, with how many have it."""

    flag: Flag
    label: str
    count: int
    look: Look
    is_current: bool


@pages.for_who_may("view", Program)
def caseload(request: StaffRequest) -> HttpResponse:
    """The page. `flag` of the address narrows it, and `q` of a form, for a complaint never stands in an address."""
    rows = watching.caseload(user=request.user, now=request.now)
    flag, text = request.GET.get("flag", ""), request.POST.get("q", "").strip()
    shown = [case for case in cases(rows) if _fits(case.row, flag, text)]
    pages.seen(request, "caseload", [case.row.program.patient_id for case in shown])
    sections = [
        (key, name, note, [case for case in shown if case.row.urgency == key]) for key, name, note in SECTIONS
    ]
    counts = Counter(row.urgency for row in rows)
    context = {
        "count": len(rows),
        "today": counts["today"],
        "week": counts["week"],
        "sections": sections,
        "filters": _filters(rows, flag),
        "flag": flag,
        "q": text,
        "shown": len(shown),
        "adherent": ADHERENT_PERCENT,
        "all_open": bool(flag or text),
    }
    return render(request, "admin/caseload.html", context)


def cases(rows: Sequence[CaseloadRow]) -> list[Case]:
    """The rows with their rank."""
    return [Case(rank=rank, row=row) for rank, row in enumerate(rows, start=1)]


def _fits(row: CaseloadRow, flag: str, text: str) -> bool:
    said = f"{row.patient.name} {row.program.title} {row.program.episode.complaint}"
    return (not flag or row.flag == flag) and names.fold(text) in names.fold(said)


def _filters(rows: Sequence[CaseloadRow], current: str) -> list[Filter]:
    counts = Counter(row.flag for row in rows)
    return [
        Filter(
            flag=flag,
            label=str(why.LABELS[flag]),
            count=counts[flag],
            look=LOOKS[flag],
            is_current=flag == current,
        )
        for flag in Flag
        if counts[flag] or flag == current
    ]
