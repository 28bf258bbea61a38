"""A patient's program on one sheet: shown, tried out, saved under one reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from clinic.rules import wallclock
from clinic.rules.refusals import Kind, Refusal
from clinic.web import pages
from clinic.web.pages import StaffRequest
from patients.models import Consultation
from programs.actions import adjusting, watching
from programs.actions.watching import Sheet
from programs.admin import telling, trend
from programs.admin.forms import AddForm, ApplyForm, DosageForm, SaveForm, ShiftForm, values
from programs.admin.lines import ADHERENT_PERCENT, Line, pain_tone, total
from programs.models import DosageRevision, Program, ProgramStatus
from programs.rules.dosage import Burden, Dosage, Problem, changed, problems, weekly_repetitions

QUICK = _lazy("Pain rising"), _lazy("Too easy"), _lazy("Tested today")
"""Beginnings of a reason."""
LEGEND = (
    ("done", _lazy("done")),
    ("partly", _lazy("partly")),
    ("skipped", _lazy("skipped")),
    ("nothing", _lazy("nothing logged")),
    ("more", _lazy("more than due")),
    ("free", _lazy("not due")),
    ("today", _lazy("due today")),
)
"""The marks of the strip."""
STATUS = {Kind.CONFLICT: 409, Kind.MISSING: 404, Kind.FORBIDDEN: 403}


@dataclass(kw_only=True)
class Desk:
    """A sheet being worked on: the program as it stands, the forms over it, and who saved meanwhile."""

    sheet: Sheet
    lines: list[Line]
    save: SaveForm
    meanwhile: Mapping[str, object] | None = None

    @property
    def is_valid(self) -> bool:
        """Whether all that was typed can be read."""
        return all(
            [self.save.is_valid(), *(line.form.is_valid() for line in self.lines if line.form.is_bound)]
        )

    @property
    def changes(self) -> dict[UUID, Dosage]:
        """The dosages that differ, by prescription."""
        return {
            line.row.prescription.pk: line.wanted for line in self.lines if line.wanted != line.row.dosage
        }


@pages.for_who_may("view", Program)
def sheet(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The sheet; a POST saves it."""
    if request.method == "POST":
        return _save(request, fetched(request, "adjust", pk))
    return shown(request, laid_out(request, fetched(request, "view", pk)))


@require_POST
@pages.for_who_may("view", Program)
def tried(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The sheet with what was typed, nothing saved; with a field and an amount all exercises at once."""
    desk = laid_out(request, fetched(request, "adjust", pk), request.POST)
    desk.save = SaveForm(initial=request.POST.dict())
    shift = ShiftForm(request.POST)
    if request.POST.get("amount") and shift.is_valid():
        wanted = {line.row.prescription.pk: line.wanted for line in desk.lines}
        told = adjusting.shifted(wanted, shift.cleaned_data["field"], shift.cleaned_data["amount"])
        desk.lines = _over(desk, wanted | told)
    return shown(request, desk)


def fetched(request: StaffRequest, act: str, pk: UUID) -> Program:
    """The program by policy, with all that its page names."""
    rows = Program.objects.select_related("patient", "clinic", "physiotherapist", "episode")
    return pages.fetch(request, act, rows, pk=pk)


def laid_out(request: StaffRequest, program: Program, data: QueryDict | None = None) -> Desk:
    """The sheet of today with its forms, filled with what was typed if there is data."""
    day = wallclock.local_day(request.now, program.clinic.zone)
    standing = watching.sheet(program=program, day=day)
    first = {"version": standing.version, "effective_on": adjusting.first_day(program, request.now)}
    seen = {line.revision.pk: line.revision for line in standing.revisions}
    return Desk(
        sheet=standing,
        lines=[_line(row, data, seen) for row in standing.rows],
        save=SaveForm(data, initial=first),
    )


def shown(request: StaffRequest, desk: Desk, status: int = 200) -> HttpResponse:
    """The page, and the note that it was read."""
    program, standing = desk.sheet.program, desk.sheet
    pages.seen(request, "program sheet", [program.patient_id])
    is_counted = all(line.is_sound for line in desk.lines)
    wanted = [line.wanted if is_counted else line.row.dosage for line in desk.lines]
    context = {
        "desk": desk,
        "sheet": standing,
        "program": program,
        "patient": program.patient,
        "today": standing.day,
        "visit": Consultation.objects.filter(patient=program.patient)
        .upcoming(request.now)
        .with_names()
        .first(),
        "total": total(desk.lines),
        "is_counted": is_counted,
        "burden": Burden.of(wanted),
        "repetitions": _repetitions(standing, wanted),
        "portal": telling.portal_of(program.patient, request.user),
        "is_open": program.status != ProgramStatus.ENDED,
        **_forms(),
        **_figures(standing),
    }
    return render(request, "admin/sheet.html", context, status=status)


def _forms() -> dict[str, object]:
    """The small forms around the sheet; those in dialogs have ids of their own."""
    return {
        "shift": ShiftForm(auto_id="shift_%s"),
        "add": AddForm(auto_id="add_%s"),
        "apply": ApplyForm(auto_id="apply_%s"),
        "dialog_add": AddForm(auto_id="dialog_add_%s"),
        "dialog_apply": ApplyForm(auto_id="dialog_apply_%s"),
        "quick": QUICK,
        "legend": LEGEND,
    }


def _figures(standing: Sheet) -> dict[str, object]:
    """The numbers over the sheet."""
    program, pains = standing.program, [pain for _day, pain in standing.pains]
    return {
        "age": age(program.patient.birth_date, standing.day),
        "week": max(0, (standing.day - program.starts_on).days // 7 + 1),
        "weeks": (program.ends_on - program.starts_on).days // 7 + 1 if program.ends_on else None,
        "pain_values": pains,
        "pain_first": pains[0] if pains else None,
        "pain_last": pains[-1] if pains else None,
        "adherence": None if standing.adherence is None else round(standing.adherence * 100),
        "is_mean": standing.adherence != standing.ratio,
        "pain_tone": pain_tone(standing.course),
        "adherent": ADHERENT_PERCENT,
        "trend": trend.of(standing),
    }


def age(born: date | None, day: date) -> int | None:
    """Years on a day; None where the birthday is not known."""
    if born is None:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _save(request: StaffRequest, program: Program) -> HttpResponse:
    desk = laid_out(request, program, request.POST)
    if not desk.is_valid:
        _put_faults(desk)
        return shown(request, desk, 422)
    told = desk.save.cleaned_data
    edit = adjusting.SheetEdit(
        changes=desk.changes,
        reason=told["reason"],
        effective_on=told["effective_on"],
        expected_version=told["version"],
        note_to_patient=told["note_to_patient"],
        on_purpose={line.row.prescription.pk: line.meant for line in desk.lines},
    )
    try:
        written = adjusting.save_sheet(program=program, edit=edit, by=request.user, now=request.now)
    except adjusting.ChangedMeanwhile as refusal:
        return shown(request, _rebased(desk, refusal), 409)
    except adjusting.NotOnPurpose as refusal:
        _ask(desk, refusal)
        return shown(request, desk, 422)
    except Refusal as refusal:
        _put_beside(desk, refusal)
        return shown(request, desk, STATUS.get(refusal.kind, 422))
    messages.success(request, _saved(written))
    return redirect("admin:sheet", pk=program.pk)


def _saved(written: Sequence[DosageRevision]) -> str:
    sentence = ngettext(
        "One dosage changed. It holds from %(day)s.",
        "%(n)s dosages changed. They hold from %(day)s.",
        len(written),
    )
    return sentence % {"n": len(written), "day": date_format(written[0].effective_on, "D j M")}


def _line(row: Any, data: QueryDict | None, seen: Mapping[UUID, DosageRevision]) -> Line:
    """One row with its form. What the page had shown decides what was changed, so that others' changes stay."""
    prefix = str(row.prescription.pk)
    sent = data if data is not None and f"{prefix}-base" in data else None
    initial, limit = {"base": row.revision.pk}, row.prescription.program.clinic.pain_ceiling
    form = DosageForm(sent, prefix=prefix, dosage=row.dosage, initial=initial, pain_limit=limit)
    wanted = row.dosage
    if sent is not None and form.is_valid():
        base = seen.get(form.cleaned_data["base"], row.revision)
        wanted = changed(row.dosage, **form.typed(base.dosage))
    ticked = frozenset(data.getlist("on_purpose")) if data is not None else frozenset()
    return Line(row=row, form=form, wanted=wanted, ticked=ticked)


def _over(desk: Desk, wanted: Mapping[UUID, Dosage]) -> list[Line]:
    """The lines anew, with these dosages typed into them over what stands now. What could not be read stays typed."""
    lines = []
    for line in desk.lines:
        dosage = wanted[line.row.prescription.pk]
        if line.form.errors:
            lines.append(line)
            continue
        initial = values(dosage) | {"base": line.row.revision.pk}
        limit = desk.sheet.program.clinic.pain_ceiling
        form = DosageForm(prefix=line.form.prefix, dosage=line.row.dosage, initial=initial, pain_limit=limit)
        lines.append(replace(line, form=form, wanted=dosage))
    return lines


def _rebased(desk: Desk, refusal: adjusting.ChangedMeanwhile) -> Desk:
    """What was typed, laid over what the other saved: the next save goes through unless somebody is first again."""
    told = desk.save.cleaned_data
    desk.lines = _over(desk, {line.row.prescription.pk: line.wanted for line in desk.lines})
    desk.save = SaveForm(initial=told | {"version": refusal.details["version"]})
    desk.meanwhile = refusal.details
    return desk


def _put_faults(desk: Desk) -> None:
    """What cannot be prescribed beside its field, though the save was refused for something else already."""
    for line in desk.lines:
        for fault in problems(line.wanted):
            line.form.add_error(fault.field if fault.field in line.form.fields else None, fault.message)


def _put_beside(desk: Desk, refusal: Refusal) -> None:
    """A refusal where its cause is: beside the field of the dosage, the field of the save, or on top."""
    forms = {str(line.row.prescription.pk): line.form for line in desk.lines}
    problems: Any = refusal.details.get("problems", ())
    for problem in problems:
        form = forms[problem["prescription"]]
        form.add_error(problem["field"] if problem["field"] in form.fields else None, problem["message"])
    if problems:
        desk.save.add_error(None, _("Nothing was saved. Look at the marked fields."))
    else:
        desk.save.add_error(refusal.field if refusal.field in desk.save.fields else None, refusal.message)


def _ask(desk: Desk, refusal: adjusting.NotOnPurpose) -> None:
    """What lies outside the usual, each to be ticked beside the change, and a word about it on top."""
    asked: dict[str, list[Problem]] = defaultdict(list)
    for each in refusal.details["warnings"]:  # type: ignore[attr-defined]  # a list, as the refusal documents
        asked[each["prescription"]].append(Problem(each["field"], each["code"], each["message"]))
    desk.lines = [replace(line, refused=tuple(asked[str(line.row.prescription.pk)])) for line in desk.lines]
    desk.save.add_error(None, _("Nothing was saved. Tick what you prescribe on purpose, or change it."))


def _repetitions(standing: Sheet, wanted: Sequence[Dosage]) -> tuple[int, int]:
    """Repetitions a week, as they are and as they would be."""
    return (
        sum(weekly_repetitions(row.dosage) for row in standing.rows),
        sum(weekly_repetitions(dosage) for dosage in wanted),
    )
