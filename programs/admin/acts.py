"""What is done to a program beside its dosages, one action a door: add, apply, stop, give, pause, end, go back."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from clinic.rules.refusals import Refusal
from clinic.web import pages
from clinic.web.pages import StaffRequest
from patients.actions import inviting
from patients.models import Patient
from programs import wording
from programs.actions import adjusting, prescribing
from programs.admin import telling
from programs.admin.forms import AddForm, ApplyForm, RevertForm
from programs.admin.sheet import fetched
from programs.models import DosageRevision, Prescription, Program
from programs.rules.dosage import Problem, changes

STEPS: dict[str, tuple[Callable[..., Program], object]] = {
    "activate": (prescribing.activate, ""),
    "pause": (prescribing.pause, gettext_lazy("The program is paused. Nothing is due until you resume it.")),
    "resume": (prescribing.resume, gettext_lazy("The program goes on from today.")),
    "end": (prescribing.end, gettext_lazy("The program has ended. Its history and logs stay.")),
}
"""The steps of a program's life by the last part of their address, with what is said once they are done."""


@require_POST
@pages.for_who_may("adjust", Program)
def step(request: StaffRequest, pk: UUID, act: str) -> HttpResponse:
    """Activate, pause, resume or end."""
    if act not in STEPS:
        raise Http404
    program = fetched(request, "adjust", pk)
    do, done = STEPS[act]
    try:
        do(program=program, by=request.user, now=request.now)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, str(done) or _started(request, program))
    return redirect("admin:sheet", pk=pk)


@require_POST
@pages.for_who_may("view", Program)
def invite(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Invites the program's patient to the portal, where it can be seen."""
    program = fetched(request, "view", pk)
    patient = pages.fetch(request, "invite", Patient, pk=program.patient_id)
    try:
        inviting.invite(patient=patient, by=request.user, now=request.now)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The invitation goes to %(email)s.") % {"email": patient.email})
    return redirect("admin:sheet", pk=pk)


@require_POST
@pages.for_who_may("adjust", Program)
def add(request: StaffRequest, pk: UUID) -> HttpResponse:
    """One more exercise, with its starting dosage."""
    program = fetched(request, "adjust", pk)
    form = AddForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose an exercise of the library."))
        return redirect("admin:sheet", pk=pk)
    line = prescribing.Line(exercise=form.cleaned_data["exercise"], reason=form.cleaned_data["reason"])
    try:
        row = prescribing.prescribe(program=program, line=line, by=request.user, now=request.now)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("%(name)s is in the program.") % {"name": row})
    return redirect("admin:sheet", pk=pk)


@require_POST
@pages.for_who_may("adjust", Program)
def apply(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The exercises of a template, after those that are there."""
    program = fetched(request, "adjust", pk)
    form = ApplyForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a template."))
        return redirect("admin:sheet", pk=pk)
    template = form.cleaned_data["template"]
    try:
        prescribing.from_template(program=program, template=template, by=request.user, now=request.now)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("%(name)s is in the program.") % {"name": template})
    return redirect("admin:sheet", pk=pk)


@pages.for_who_may("adjust", Program)
def stop(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Asks once, then stops one exercise."""
    row = _prescription(request, pk)
    if request.method == "POST":
        try:
            prescribing.stop(prescription=row, by=request.user, now=request.now)
        except Refusal as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("%(name)s is stopped from today.") % {"name": row})
        return redirect("admin:sheet", pk=row.program_id)
    pages.seen(request, "stop an exercise", [row.program.patient_id])
    return render(request, "admin/stop.html", {"row": row, "program": row.program})


@pages.for_who_may("adjust", Program)
def revert(request: StaffRequest, pk: UUID, number: int) -> HttpResponse:
    """Shows what going back would change, asks why, and goes back from tomorrow."""
    row = _prescription(request, pk)
    old = pages.fetch(request, "view", row.revisions.select_related("author"), number=number)
    form = RevertForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        written = pages.attempt(
            form,
            lambda: adjusting.revert(
                prescription=row, to_number=number, reason=reason, by=request.user, now=request.now
            ),
        )
        if written:
            messages.success(request, _("%(name)s goes back to revision %(n)s.") % {"name": row, "n": number})
            return redirect("admin:sheet", pk=row.program_id)
    pages.seen(request, "dosage revision", [row.program.patient_id])
    context = {
        "row": row,
        "program": row.program,
        "old": old,
        "words": wording.dosage(old.dosage),
        "changes": _words(row, old),
        "outside": _outside(row, old),
        "first_day": adjusting.first_day(row.program, request.now),
        "form": form,
    }
    return render(request, "admin/revert.html", context, status=422 if form.errors else 200)


def _started(request: StaffRequest, program: Program) -> str:
    return telling.of_start(program.patient, telling.portal_of(program.patient, request.user))


def _prescription(request: StaffRequest, pk: UUID) -> Prescription:
    rows = Prescription.objects.select_related("exercise", "program__patient", "program__clinic")
    return pages.fetch(request, "adjust", rows, pk=pk)


def _words(row: Prescription, old: DosageRevision) -> list[str]:
    """What differs between what the prescription says last and what it would go back to."""
    newest = row.revisions.order_by("-number").first()
    return [wording.change(each) for each in changes(newest.dosage, old.dosage)] if newest else []


def _outside(row: Prescription, old: DosageRevision) -> tuple[Problem, ...]:
    """What going back would put outside the usual again."""
    newest = row.revisions.order_by("-number").first()
    return adjusting.newly_outside(old.dosage, newest.dosage if newest else None, row.exercise)
