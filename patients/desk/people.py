"""The desk's patients: find, create, correct, invite to the portal."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from clinic import policy
from clinic.actions import queueing
from clinic.models import Clinic
from clinic.rules.refusals import Refusal
from clinic.web import pages
from patients.actions import finding, inviting, merging, registering
from patients.actions.holding import NEVER_A_VISIT
from patients.models import Consultation, Patient, PortalAccess
from patients.web.desk import DeskRequest, Panel, desk_page, page

PAST = 10
"""So many past visits are shown."""


class PatientForm(forms.ModelForm[Patient]):
    """Shape of a patient's demographics."""

    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGE_WISHES)

    class Meta:
        model = Patient
        fields = (
            "given_name", "family_name", "birth_date", "phone", "email", "language", "clinic", "wants_email",
            "desk_note",
        )  # fmt: skip
        widgets = {
            "birth_date": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clinic"].queryset = Clinic.objects.filter(archived_at=None).order_by("name")  # type: ignore[attr-defined]

    def told(self) -> dict[str, Any]:
        """What the action takes."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


@pages.for_who_may("view", Patient)
def patients(request: pages.StaffRequest) -> HttpResponse:
    """Search, by POST so that no name stands in an address; else the newest patients."""
    text = request.POST.get("text", "").strip()[:80]
    if text:
        found = finding.find(text=text, user=request.user, limit=30)
    else:
        mine = policy.visible(request.user, Patient).values("pk")
        rows = Patient.objects.current().filter(pk__in=mine)
        found = list(rows.select_related("clinic").order_by("-id")[:30])
    pages.seen(request, "patients", (patient.pk for patient in found))
    alike = merging.suspicions(user=request.user).count()
    return render(request, "desk/patients.html", {"found": found, "text": text, "alike": alike})


@require_POST
@desk_page("add", Patient)
def create(request: DeskRequest) -> HttpResponse:
    """A new patient, then their booking. A likely twin is shown first, and made anyway only when the desk says so."""
    view = request.view
    form = PatientForm(request.POST)
    twins: list[Patient] = []
    if form.is_valid():
        details = registering.PatientDetails(**form.told())
        twins = (
            []
            if form.cleaned_data["confirmed"]
            else registering.likely_twins(details=details, user=request.user)
        )
        if not twins:
            made = pages.attempt(
                form, lambda: registering.create(details=details, by=request.user, now=request.now)
            )
            if made:
                messages.success(request, _("%(name)s is registered.") % {"name": made.name})
                return redirect(view.address(patient=made.pk))
    if not twins:
        for name in form.errors:
            if name in form.fields:
                form.fields[name].widget.attrs["autofocus"] = True
                break
    shown = Panel(
        context={"panel": "new", "form": form, "twins": twins},
        patients=frozenset(twin.pk for twin in twins),
    )
    return page(request, shown, status=409 if twins else pages.status(form))


@pages.for_who_may("view", Patient)
def patient(request: pages.StaffRequest, pk: str) -> HttpResponse:
    """One patient's demographics, visits and portal."""
    row = pages.fetch(request, "view", Patient.objects.select_related("clinic"), pk=pk)
    if row.merged_into_id:
        messages.info(request, _("No. %(number)s was merged into this record.") % {"number": row.number})
        return redirect("desk_patient", pk=row.merged_into_id)
    form = PatientForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        saved = pages.attempt(
            form,
            lambda: registering.update(patient=row, changes=form.told(), by=request.user, now=request.now),
        )
        if saved:
            messages.success(request, _("Saved."))
            return redirect("desk_patient", pk=row.pk)
    endable = (
        policy.visible(request.user, PortalAccess, "end").filter(patient=row).values_list("pk", flat=True)
    )
    mine = policy.visible(request.user, Consultation).values("pk")
    visits = Consultation.objects.filter(patient=row, pk__in=mine).exclude(NEVER_A_VISIT).with_names()
    access = policy.visible(request.user, PortalAccess).filter(patient=row, ended_at=None)
    pages.seen(request, "patient", [row.pk])
    context = {
        "form": form,
        "patient": row,
        "coming": visits.filter(end__gt=request.now).order_by("start"),
        "past": visits.filter(end__lte=request.now).order_by("-start")[:PAST],
        "access": access.select_related("user"),
        "endable": set(endable),
        "twins": merging.suspicions(user=request.user).filter(Q(patient=row) | Q(other=row)),
        "may_merge": policy.can(request.user, "merge", Patient),
        "letters": queueing.last_of(person=row.pk, by=request.user, now=request.now),
    }
    with timezone.override(row.clinic.zone):
        return render(request, "desk/patient.html", context, status=pages.status(form))


@require_POST
@pages.for_who_may("invite", Patient)
def invite(request: pages.StaffRequest, pk: str) -> HttpResponse:
    """Send the invitation to the portal."""
    row = pages.fetch(request, "invite", Patient, pk=pk)
    try:
        inviting.invite(patient=row, by=request.user, now=request.now)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": row.email})
    return redirect("desk_patient", pk=row.pk)


@require_POST
@pages.for_who_may("end", PortalAccess)
def end_access(request: pages.StaffRequest, pk: str) -> HttpResponse:
    """End an account's access to the record."""
    row = pages.fetch(request, "end", PortalAccess.objects.select_related("user"), pk=pk)
    inviting.end_access(access=row, by=request.user, now=request.now)
    messages.success(request, _("%(email)s opens this record no more.") % {"email": row.user.email})
    return redirect("desk_patient", pk=row.patient_id)
