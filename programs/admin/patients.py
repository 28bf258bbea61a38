"""Patients as who treats them sees them: found by name, with record, portal, episodes, programs and visits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from clinic import policy
from clinic.models import Clinic, Practitioner
from clinic.rules import wallclock
from clinic.rules.refusals import Refusal
from clinic.web import pages
from clinic.web.fields import DayField
from clinic.web.pages import StaffRequest
from patients.actions import charting, finding, inviting
from patients.models import Consultation, EpisodeOfCare, Intake, Patient, PortalAccess
from programs.actions import prescribing
from programs.admin.forms import ProgramForm
from programs.admin.sheet import age
from programs.models import Program

ANSWERS = tuple(field.name for field in fields(charting.Answers))
RECENT = 25
"""So many patients stand on the page before one searches."""


class EpisodeForm(forms.Form):
    """A complaint to begin an episode with."""

    clinic = forms.ModelChoiceField(Clinic.objects.none(), label=gettext_lazy("Clinic"), empty_label=None)
    complaint = forms.CharField(label=gettext_lazy("Complaint"), max_length=120, required=False)
    onset_on = DayField(
        label=gettext_lazy("Since"),
        required=False,
    )


class JoinForm(forms.Form):
    """Why somebody joins a care team."""

    reason = forms.CharField(
        label=gettext_lazy("Join the care team: why?"),
        max_length=charting.LONGEST_WHY,
        error_messages={
            "required": gettext_lazy("Say why you join: the patient may ask who read their record.")
        },
        help_text=gettext_lazy("It opens the episode's notes to you, and stands in the log of readings."),
    )


class IntakeForm(forms.ModelForm[Intake]):
    """What the first consultation asks."""

    class Meta:
        model = Intake
        fields = ANSWERS
        widgets = dict.fromkeys(ANSWERS, forms.Textarea(attrs={"rows": 2}))


@dataclass(frozen=True, kw_only=True)
class EpisodeLine:
    """An episode on the patient's page; `join_form` is None for who is in its care team."""

    episode: EpisodeOfCare
    has_intake: bool
    join_form: JoinForm | None


@pages.for_who_may("treat", Patient)
def patients(request: StaffRequest) -> HttpResponse:
    """The list: what `q` finds, else those who were changed last."""
    text = request.POST.get("q", "").strip()  # health data never stands in a URL, so a search is a POST
    mine = policy.visible(request.user, Patient, "treat")
    if text:
        likely = finding.find(text=text, user=request.user)
        mine_too = set(mine.filter(pk__in=[row.pk for row in likely]).values_list("pk", flat=True))
        found = [row for row in likely if row.pk in mine_too]
    else:
        found = list(
            Patient.objects.current().filter(pk__in=mine.values("pk")).order_by("-updated_at", "pk")[:RECENT]
        )
    pages.seen(request, "patient list", [row.pk for row in found])
    return render(request, "admin/patients.html", {"patients": found, "q": text})


@pages.for_who_may("treat", Patient)
def patient(request: StaffRequest, pk: UUID) -> HttpResponse:
    """One patient's page."""
    return _shown(request, _fetched(request, pk))


@require_POST
@pages.for_who_may("invite", Patient)
def invite(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Sends the invitation to the portal."""
    row = pages.fetch(request, "invite", Patient, pk=pk)
    try:
        inviting.invite(patient=row, by=request.user, now=request.now)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The invitation goes to %(email)s.") % {"email": row.email})
    return redirect("admin:patient", pk=pk)


@require_POST
@pages.for_who_may("add", EpisodeOfCare)
def open_episode(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Opens an episode of care; who opens it treats in it."""
    row = _fetched(request, pk)
    form = _episode_form(request, row, request.POST)
    me = _me(request, form)
    if me and form.is_valid():
        opening = charting.Opening(practitioner=me, **form.cleaned_data)
        opened = pages.attempt(
            form,
            lambda: charting.open_episode(patient=row, opening=opening, by=request.user, now=request.now),
        )
        if opened:
            messages.success(request, _("The episode is open. Take the intake next."))
            return redirect("admin:patient", pk=pk)
    return _shown(request, row, episode_form=form)


@require_POST
@pages.for_who_may("join", EpisodeOfCare)
def join(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Joins the care team of an episode, with the reason."""
    episode = pages.fetch(request, "join", EpisodeOfCare.objects.select_related("patient__clinic"), pk=pk)
    form = JoinForm(request.POST, auto_id=f"id_%s_{pk}")
    me = _me(request, form)
    if me and form.is_valid():
        why = form.cleaned_data["reason"]
        if pages.attempt(
            form,
            lambda: charting.join(
                episode=episode, practitioner=me, reason=why, by=request.user, now=request.now
            ),
        ):
            messages.success(request, _("You are in the care team: the intake is open to you."))
            return redirect("admin:patient", pk=episode.patient_id)
    return _shown(request, episode.patient, join_forms={episode.pk: form})


@pages.for_who_may("change", Intake)
def intake(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The intake of an episode: only its care team reads and takes it; a colleague is asked to join first."""
    rows = EpisodeOfCare.objects.select_related("patient", "clinic")
    episode = pages.fetch(request, "view", rows, pk=pk)
    if not policy.may(request.user, "chart", episode):
        messages.warning(request, _("Only the care team reads the intake. Join it first, and say why."))
        return redirect("admin:patient", pk=episode.patient_id)
    standing = Intake.objects.filter(episode=episode).first()
    form = IntakeForm(request.POST if request.method == "POST" else None, instance=standing)
    if request.method == "POST" and form.is_valid():
        answers = charting.Answers(**form.cleaned_data)
        if pages.attempt(
            form,
            lambda: charting.take_intake(episode=episode, answers=answers, by=request.user, now=request.now),
        ):
            messages.success(request, _("The intake is saved."))
            return redirect("admin:patient", pk=episode.patient_id)
    pages.seen(request, "intake", [episode.patient_id])
    return render(
        request,
        "admin/intake.html",
        {"form": form, "episode": episode, "patient": episode.patient},
        status=422 if form.errors else 200,
    )


@pages.for_who_may("add", Program)
def new_program(request: StaffRequest, pk: UUID) -> HttpResponse:
    """A new draft for the patient; its exercises are added on its sheet."""
    row = _fetched(request, pk)
    form = _program_form(request, row)
    me = _me(request, form) if request.method == "POST" else None
    if me and form.is_valid():
        told = form.cleaned_data
        plan = prescribing.Plan(patient=row, clinic=told["episode"].clinic, physiotherapist=me, **told)
        program = pages.attempt(
            form, lambda: prescribing.open_program(plan=plan, by=request.user, now=request.now)
        )
        if program:
            return redirect("admin:sheet", pk=program.pk)
    pages.seen(request, "new program", [row.pk])
    return render(
        request, "admin/new_program.html", {"form": form, "patient": row}, status=422 if form.errors else 200
    )


def _fetched(request: StaffRequest, pk: UUID) -> Patient:
    return pages.fetch(request, "treat", Patient.objects.select_related("clinic"), pk=pk)


def _program_form(request: StaffRequest, row: Patient) -> ProgramForm:
    today = wallclock.local_day(request.now, row.clinic.zone)
    form = ProgramForm(request.POST if request.method == "POST" else None, initial={"starts_on": today})
    choices: Any = form.fields["episode"]
    mine = policy.visible(request.user, EpisodeOfCare)
    choices.queryset = (
        mine.filter(patient=row, discharged_on=None).select_related("clinic").order_by("-opened_on")
    )
    return form


def _episode_form(request: StaffRequest, row: Patient, data: Any = None) -> EpisodeForm:
    form = EpisodeForm(data, initial={"clinic": row.clinic_id})
    choices: Any = form.fields["clinic"]
    choices.queryset = policy.visible(request.user, Clinic, "treat").order_by("name")
    return form


def _me(request: StaffRequest, form: forms.Form) -> Practitioner | None:
    """The practitioner who asks; where there is none, the form says what to do."""
    me = Practitioner.objects.filter(user=request.user, archived_at=None).first()
    if me is None:
        form.add_error(
            None, _("You have no diary of your own yet. Ask a manager to add you under Practitioners.")
        )
    return me


def _lines(request: StaffRequest, row: Patient, sent: Mapping[UUID, JoinForm]) -> list[EpisodeLine]:
    """The patient's episodes that one may see, the newest first. 5 queries, however many there are."""
    episodes = policy.visible(request.user, EpisodeOfCare).filter(patient=row).select_related("clinic")
    charted = policy.visible(request.user, EpisodeOfCare, "chart").filter(patient=row)
    mine = set(charted.values_list("pk", flat=True))
    intakes = policy.visible(request.user, Intake).filter(episode__patient=row)
    taken = set(intakes.values_list("episode_id", flat=True))
    return [
        EpisodeLine(
            episode=each,
            has_intake=each.pk in taken,
            join_form=None if each.pk in mine else sent.get(each.pk) or JoinForm(auto_id=f"id_%s_{each.pk}"),
        )
        for each in episodes.prefetch_related("team__practitioner").order_by("-opened_on")
    ]


def _shown(
    request: StaffRequest,
    row: Patient,
    episode_form: EpisodeForm | None = None,
    join_forms: Mapping[UUID, JoinForm] | None = None,
) -> HttpResponse:
    pages.seen(request, "patient", [row.pk])
    today = wallclock.local_day(request.now, row.clinic.zone)
    allowed = policy.visible(request.user, Consultation).filter(patient=row)
    visits = Consultation.objects.filter(pk__in=allowed.values("pk")).with_names()
    context = {
        "patient": row,
        "age": age(row.birth_date, today),
        "accesses": PortalAccess.objects.filter(patient=row, ended_at=None)
        .select_related("user")
        .order_by("created_at"),
        "episodes": _lines(request, row, join_forms or {}),
        "programs": policy.visible(request.user, Program)
        .filter(patient=row)
        .select_related("physiotherapist")
        .order_by("-starts_on", "-pk"),
        "coming": visits.upcoming(request.now),
        "past": visits.filter(start__lte=request.now).order_by("-start")[:5],
        "episode_form": episode_form or _episode_form(request, row),
    }
    return render(request, "admin/patient.html", context, status=422 if episode_form or join_forms else 200)
