"""The booking panel: find the patient, choose type and slot, book. A lost race comes back with what is still free."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from clinic.models import Clinic, ConsultationType, Practitioner
from clinic.rules.refusals import Kind, Refusal
from clinic.web import pages
from patients.actions import booking, proposing, registering
from patients.desk.people import PatientForm
from patients.models import Patient, Source
from patients.web.desk import View, page, view_of


@dataclass(frozen=True)
class SlotValue:
    """A slot as a radio button carries it: `PRACTITIONER|START`."""

    practitioner: UUID
    start: datetime


class SlotField(forms.CharField):
    """Reads a SlotValue."""

    default_error_messages = {"required": gettext_lazy("Choose one of the free times.")}

    def clean(self, value: Any) -> Any:
        """The slot; a made-up one is a form error."""
        practitioner, _bar, start = super().clean(value).partition("|")
        try:
            return SlotValue(UUID(practitioner), parse_datetime(start) or self._fail())
        except ValueError:
            return self._fail()

    def _fail(self) -> datetime:
        raise forms.ValidationError(_("Choose one of the free times in the list."))


class BookForm(forms.Form):
    """Shape of a booking: three ids and a slot. The action decides."""

    patient = forms.UUIDField(widget=forms.HiddenInput)
    type = forms.UUIDField(widget=forms.HiddenInput)
    slot = SlotField()


class FindForm(forms.Form):
    """What was typed: a name, a number, a phone number or a date of birth."""

    text = forms.CharField(max_length=80, required=False, strip=True)


def context(request: pages.StaffRequest, view: View) -> dict[str, Any]:
    """The panel as the address asks: a new patient's form, or a booking as far as it has come."""
    if "new" in request.GET:
        given, _space, family = request.GET.get("name", "").strip().rpartition(" ")
        initial = {"given_name": given, "family_name": family, "clinic": view.clinic.pk}
        return {"panel": "new", "form": PatientForm(initial=initial)}
    patient = _one(request, Patient, request.GET.get("patient"))
    types = list(ConsultationType.objects.filter(archived_at=None).order_by("position", "name"))
    chosen = next(
        (each for each in types if str(each.pk) == request.GET.get("type")), types[0] if types else None
    )
    found: dict[str, Any] = {"panel": "book", "booking_for": patient, "types": types, "type": chosen}
    if patient and chosen:
        found["offers"] = proposing.offers(
            patient=patient, kind=chosen, clinic=view.clinic, day=max(view.day, view.today), now=request.now
        )
    return found


@require_POST
@pages.for_who_may("book", Clinic)
def find(request: pages.StaffRequest) -> HttpResponse:
    """The patients that fit what was typed; a fragment for the panel, else the whole page."""
    form = FindForm(request.POST)
    text = form.cleaned_data["text"] if form.is_valid() else ""
    hits = registering.find(text=text, user=request.user) if text else []
    pages.seen(request, "patient search", (patient.pk for patient in hits))
    view = view_of(request)
    found = {"hits": hits, "text": text, "view": view}
    if request.headers.get("HX-Request"):
        return render(request, "desk/hits.html", found)
    return page(request, view, {**context(request, view), **found})


@require_POST
@pages.for_who_may("book", Clinic)
def book(request: pages.StaffRequest) -> HttpResponse:
    """Book the chosen slot; 409 with the nearest free ones where it is gone."""
    view = view_of(request)
    form = BookForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the free times, then book."))
        return redirect(view.address(patient=request.POST.get("patient"), type=request.POST.get("type")))
    told = form.cleaned_data
    slot: SlotValue = told["slot"]
    order = booking.Order(
        patient=pages.fetch(request, "view", Patient, pk=told["patient"]),
        type=pages.fetch(request, "view", ConsultationType, pk=told["type"]),
        clinic=pages.fetch(request, "book", Clinic, pk=view.clinic.pk),
        practitioner=pages.fetch(request, "view", Practitioner, pk=slot.practitioner),
        start=slot.start,
        source=Source.DESK,
    )
    try:
        booked = booking.book(order=order, by=request.user, now=request.now)
    except Refusal as refusal:
        return _lost(request, view, order, refusal)
    when = booked.start.astimezone(view.clinic.zone)
    messages.success(
        request,
        _("Booked: %(name)s, %(day)s at %(time)s with %(whom)s.")
        % {
            "name": order.patient.name,
            "day": f"{when:%d.%m.}",
            "time": f"{when:%H:%M}",
            "whom": order.practitioner.name,
        },
    )
    return redirect(view.address(day=when.date().isoformat(), visit=booked.pk))


def _lost(request: pages.StaffRequest, view: View, order: booking.Order, refusal: Refusal) -> HttpResponse:
    """The panel again, with why it did not go and what is free now."""
    types = list(ConsultationType.objects.filter(archived_at=None).order_by("position", "name"))
    offers = proposing.offers(
        patient=order.patient,
        kind=order.type,
        clinic=view.clinic,
        day=max(view.day, view.today),
        now=request.now,
    )
    found = {
        "panel": "book", "booking_for": order.patient, "types": types, "type": order.type, "offers": offers,
        "refusal": refusal.message,
    }  # fmt: skip
    return page(request, view, found, status=409 if refusal.kind is Kind.CONFLICT else 422)


def _one(request: pages.StaffRequest, model: type[Patient], pk: str | None) -> Patient | None:
    return pages.fetch(request, "view", model, pk=pk) if pk else None
