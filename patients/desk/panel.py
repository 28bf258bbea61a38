"""The booking panel: find the patient, choose type and slot, book. A lost race comes back with what is still free."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.models import Clinic, ConsultationType, Practitioner, Room
from clinic.rules import wallclock
from clinic.rules.refusals import Kind, Refusal
from clinic.web import dates, pages, problems
from patients.actions import booking, finding, proposing, repeating
from patients.desk import drag, series
from patients.desk.people import PatientForm
from patients.desk.series import RepeatForm
from patients.desk.slots import SlotField, SlotValue, chosen_first, near
from patients.models import Patient, Source
from patients.web.desk import DeskRequest, Panel, desk_page, page
from patients.web.view import View


class BookForm(forms.Form):
    """Shape of a booking: three ids and a slot. The action decides."""

    patient = forms.UUIDField(widget=forms.HiddenInput)
    type = forms.UUIDField(widget=forms.HiddenInput)
    slot = SlotField()
    room = forms.UUIDField(required=False, widget=forms.HiddenInput)


class FindForm(forms.Form):
    """What was typed: a name, a number, a phone number or a date of birth."""

    text = forms.CharField(max_length=80, required=False, strip=True)


def shown(request: DeskRequest) -> Panel:
    """The panel as the address asks: a new patient's form, or a booking as far as it has come."""
    view = request.view
    if "new" in request.GET:
        form = PatientForm(initial={"clinic": view.clinic.pk})
        form.fields["given_name"].widget.attrs["autofocus"] = True
        return Panel(context={"panel": "new", "form": form})
    patient = _one(request, request.GET.get("patient"))
    types = _types() if patient else []
    chosen = _chosen_type(request, types)
    found: dict[str, Any] = {"panel": "book", "booking_for": patient, "types": types, "type": chosen}
    if view.place:
        found.update(_wished(view))
    if patient and chosen:
        found.update(_offered(request, patient, chosen))
        found["again"] = _whom_again(request)
    return Panel(context=found, patients=frozenset([patient.pk] if patient else []))


@require_POST
@desk_page("book", Clinic)
def find(request: DeskRequest) -> HttpResponse:
    """The patients that fit what was typed, as a fragment for the panel.

    Where Enter sends the form, the whole page, or at once the booking of the only one who fits.
    """
    form = FindForm(request.POST)
    text = form.cleaned_data["text"] if form.is_valid() else ""
    hits = finding.find(text=text, user=request.user) if text else []
    found = {"hits": hits, "text": text, "view": request.view}
    patients = frozenset(patient.pk for patient in hits)
    if request.headers.get("HX-Request"):
        pages.seen(request, "patient search", patients)
        return render(request, "desk/hits.html", found)
    if len(hits) == 1:
        pages.seen(request, "patient search", patients)
        return redirect(request.view.address(patient=hits[0].pk))
    return page(request, Panel(context={"panel": "book", "types": _types(), **found}, patients=patients))


@require_POST
@desk_page("book", Clinic)
def book(request: DeskRequest) -> HttpResponse:
    """Book the chosen slot; 409 with the nearest free ones where it is gone."""
    view = request.view
    form = BookForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the free times, then book."))
        return redirect(view.address(patient=request.POST.get("patient"), type=request.POST.get("type")))
    order = _order(request, form.cleaned_data)
    rhythm = RepeatForm(request.POST)
    if rhythm.is_asked:
        return _book_series(request, order, rhythm)
    try:
        booked = booking.book(order=order, by=request.user, now=request.now)
    except Refusal as refusal:
        return _lost(request, order, refusal)
    messages.success(
        request,
        _("Booked: %(name)s, %(time)s with %(whom)s.")
        % {
            "name": order.patient.name,
            "time": dates.moment(booked.start, view.clinic.zone),
            "whom": order.practitioner.name,
        },
        extra_tags=drag.way_back(view, booked),
    )
    day = wallclock.local_day(booked.start, view.clinic.zone)
    return redirect(view.address(day=day.isoformat(), visit=booked.pk))


@require_POST
@desk_page("book", Clinic)
def repeat(request: DeskRequest) -> HttpResponse:
    """The dates of a series, as a fragment of the panel: which are free, and what else is where one is not."""
    form, rhythm = BookForm(request.POST), RepeatForm(request.POST)
    if not form.is_valid() or not rhythm.is_asked:
        return render(request, "desk/repeat.html", {"view": request.view, "part": True})
    order = _order(request, form.cleaned_data)
    found = series.shown(request, order, rhythm)
    pages.seen(request, "series", [order.patient.pk])
    return render(request, "desk/repeat.html", {"view": request.view, "series": found, "part": True})


def _order(request: DeskRequest, told: dict[str, Any]) -> booking.Order:
    slot: SlotValue = told["slot"]
    return booking.Order(
        patient=pages.fetch(request, "view", Patient, pk=told["patient"]),
        type=pages.fetch(request, "view", ConsultationType, pk=told["type"]),
        clinic=pages.fetch(request, "book", Clinic, pk=request.view.clinic.pk),
        practitioner=pages.fetch(request, "view", Practitioner, pk=slot.practitioner),
        start=slot.start,
        room=_room(request, told["room"], slot),
        source=Source.DESK,
    )


def _book_series(request: DeskRequest, order: booking.Order, rhythm: RepeatForm) -> HttpResponse:
    """Book what is ticked, all or nothing; the dates first where nobody has seen them yet."""
    chosen = series.choices(request)
    slot = SlotValue(order.practitioner.pk, order.start)
    if not chosen or not series.is_planned(request, rhythm, slot):
        return _series_again(request, order, rhythm)
    try:
        visits = repeating.book_series(choices=chosen, order=order, by=request.user, now=request.now)
    except Refusal as refusal:
        return _series_again(request, order, rhythm, refusal)
    zone, first = request.view.clinic.zone, visits[0]
    words = {"count": len(visits), "name": order.patient.name, "time": dates.moment(first.start, zone)}
    messages.success(request, _("Booked: %(count)s visits for %(name)s, the first on %(time)s.") % words)
    day = wallclock.local_day(first.start, zone)
    return redirect(request.view.address(day=day.isoformat(), visit=first.pk))


def _series_again(
    request: DeskRequest, order: booking.Order, rhythm: RepeatForm, refusal: Refusal | None = None
) -> HttpResponse:
    """The panel with the dates of the series as they are now, and why it did not go."""
    offers = _offers(request, order.patient, order.type)
    found = {
        "panel": "book", "booking_for": order.patient, "types": _types(), "type": order.type,
        "offers": chosen_first(
            offers, practitioner=order.practitioner, start=order.start, kind=order.type
        ),
        "keeps": True,
        "series": series.shown(request, order, rhythm, refusal.message if refusal else ""),
    }  # fmt: skip
    panel = Panel(context=found, patients=frozenset([order.patient.pk]))
    return page(request, panel, status=problems.STATUS[refusal.kind] if refusal else 200)


def _room(request: DeskRequest, pk: UUID | None, slot: SlotValue) -> Room | None:
    """The room in whose column the time was chosen; any for another time."""
    if pk is None or slot.start != request.view.wished_start:
        return None
    return pages.fetch(request, "view", Room, pk=pk)


def _lost(request: DeskRequest, order: booking.Order, refusal: Refusal) -> HttpResponse:
    """The panel again, with why it did not go and what is free now: nearest the time wanted where it was taken.

    A time that is still to be had stays chosen.
    """
    offers = proposing.nearest(refusal, kind=order.type) or _offers(request, order.patient, order.type)
    keeps = refusal.kind is Kind.BUSY
    if keeps:
        offers = chosen_first(offers, practitioner=order.practitioner, start=order.start, kind=order.type)
    found = {
        "panel": "book", "booking_for": order.patient, "types": _types(), "type": order.type, "offers": offers,
        "refusal": refusal.message, "keeps": keeps,
    }  # fmt: skip
    panel = Panel(context=found, patients=frozenset([order.patient.pk]))
    return page(request, panel, status=problems.STATUS[refusal.kind])


def _offers(request: DeskRequest, patient: Patient, kind: ConsultationType) -> proposing.Offers:
    view = request.view
    day = max(view.day, view.today)
    return proposing.offers(
        patient=patient, kind=kind, clinic=view.clinic, day=day, now=request.now, first=_whom_again(request)
    )


def _whom_again(request: DeskRequest) -> UUID | None:
    """With whom the visit was that is booked again."""
    try:
        return UUID(request.GET.get("again", ""))
    except ValueError:
        return None


def _chosen_type(request: DeskRequest, types: list[ConsultationType]) -> ConsultationType | None:
    """The type that the address names; else the one that fits the stretch drawn in the diary best; else the first."""
    named = next((each for each in types if str(each.pk) == request.GET.get("type")), None)
    place = request.view.place
    if named or not types:
        return named
    if place and place.minutes:
        minutes = place.minutes
        return min(types, key=lambda each: abs(each.duration_min - minutes))
    return types[0]


def _wished(view: View) -> dict[str, Any]:
    """Whom or which room the place chosen in the diary names, for the panel's words. One query."""
    place = view.place
    if place and place.room:
        return {"wished": Room.objects.filter(pk=place.room, clinic=view.clinic).first()}
    return {"wished": Practitioner.objects.filter(pk=place.whom).first() if place and place.whom else None}


def _offered(request: DeskRequest, patient: Patient, kind: ConsultationType) -> dict[str, Any]:
    """The free times; where a place was chosen in the diary, those nearest it, and whether it is one of them."""
    view, offers = request.view, _offers(request, patient, kind)
    if view.place is None or view.wished_start is None:
        return {"offers": offers}
    offers, is_free = near(offers, whom=view.place.whom, start=view.wished_start)
    return {"offers": offers, "is_free": is_free}


def _types() -> list[ConsultationType]:
    return list(ConsultationType.objects.filter(archived_at=None).order_by("position", "name"))


def _one(request: DeskRequest, pk: str | None) -> Patient | None:
    return pages.fetch(request, "view", Patient, pk=pk) if pk else None
