"""One visit in the panel: its status acts, its move, its cancellation."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from clinic import policy
from clinic.models import Clinic, Practitioner
from clinic.rules import wallclock
from clinic.rules.refusals import Kind, Refusal
from clinic.web import dates, pages, problems
from patients.actions import attending, booking, daybook, proposing
from patients.desk.slots import SlotField, SlotValue, chosen_first
from patients.models import CancelledBy, Consultation
from patients.rules.lifecycle import Status, may_undo
from patients.web.desk import DeskRequest, Panel, desk_page, page

ACTS = {
    "arrive": (attending.arrive, Status.ARRIVED, gettext_lazy("Arrived")),
    "confirm": (attending.confirm, Status.CONFIRMED, gettext_lazy("Confirm")),
    "start": (attending.start, Status.IN_PROGRESS, gettext_lazy("Start")),
    "complete": (attending.complete, Status.COMPLETED, gettext_lazy("Complete")),
    "no-show": (attending.no_show, Status.NO_SHOW, gettext_lazy("No-show")),
    "undo": (attending.undo, None, gettext_lazy("Undo")),
}
"""The status acts: what does it, where it leads, its button."""
ON_THE_DAY = frozenset({"arrive", "start", "complete", "no-show"})
"""Acts that are not offered for a visit of a later day: nobody can have come yet."""


class CancelForm(forms.Form):
    """Who asked, and why."""

    by = forms.ChoiceField(
        label=gettext_lazy("Who asked"),
        choices=CancelledBy.choices,
        widget=forms.RadioSelect,
        initial="patient",
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        error_messages={"required": gettext_lazy("Say why: it stays in the history, and both sides see it.")},
    )


class MoveForm(forms.Form):
    """Where to."""

    slot = SlotField()


def shown(request: DeskRequest, pk: str) -> Panel:
    """The panel of one visit; with `move` in the address also where it could go."""
    row = pages.fetch(request, "view", Consultation.objects.with_names(), pk=pk)
    return _panel(request, row, **({"offers": _offers(request, row)} if "move" in request.GET else {}))


@require_POST
@desk_page("book", Clinic)
def change(request: DeskRequest, pk: str, verb: str) -> HttpResponse:
    """One status act."""
    if verb not in ACTS:
        raise Http404
    row = pages.fetch(request, verb.replace("-", "_"), Consultation.objects.with_names(), pk=pk)
    try:
        ACTS[verb][0](consultation=row, by=request.user, now=request.now)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect(request.view.address(visit=row.pk))


@require_POST
@desk_page("cancel", Consultation)
def cancel(request: DeskRequest, pk: str) -> HttpResponse:
    """Cancel with a reason."""
    row = pages.fetch(request, "cancel", Consultation.objects.with_names(), pk=pk)
    form = CancelForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        done = pages.attempt(
            form,
            lambda: booking.cancel(
                consultation=row, asked_by=told["by"], reason=told["reason"], by=request.user, now=request.now
            ),
        )
        if done:
            messages.success(
                request, _("Cancelled: %(name)s. The time is free again.") % {"name": row.patient.name}
            )
            return redirect(request.view.address())
    return page(request, _panel(request, row, cancel_form=form, cancelling=True), status=pages.status(form))


@require_POST
@desk_page("move", Consultation)
def move(request: DeskRequest, pk: str) -> HttpResponse:
    """Move to another slot; the old one is kept where the new one is gone, and the choice where it may still be had."""
    view = request.view
    row = pages.fetch(request, "move", Consultation.objects.with_names(), pk=pk)
    form = MoveForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the free times, then move."))
        return redirect(view.address(visit=row.pk, move=1))
    slot: SlotValue = form.cleaned_data["slot"]
    whom = pages.fetch(request, "view", Practitioner, pk=slot.practitioner)
    try:
        moved = booking.move(
            consultation=row, practitioner=whom, start=slot.start, by=request.user, now=request.now
        )
    except Refusal as refusal:
        offers = proposing.nearest(refusal, kind=row.type) or _offers(request, row)
        keeps = refusal.kind is Kind.BUSY
        if keeps:
            offers = chosen_first(offers, practitioner=whom, start=slot.start, kind=row.type)
        panel = _panel(request, row, offers=offers, keeps=keeps, refusal=refusal.message)
        return page(request, panel, status=problems.STATUS[refusal.kind])
    told = {"name": row.patient.name, "time": dates.moment(moved.start, row.clinic.zone)}
    messages.success(request, _("Moved %(name)s to %(time)s.") % told)
    day = wallclock.local_day(moved.start, row.clinic.zone)
    return redirect(view.address(day=day.isoformat(), visit=moved.pk))


def _panel(request: DeskRequest, row: Consultation, **more: Any) -> Panel:
    """The visit with the acts that may follow and who shares its class, and `more` for the template."""
    may_follow = Status(row.status).may_follow()
    early = _too_early(row, request.now)
    acts = [
        {"verb": verb, "label": label}
        for verb, (_act, leads_to, label) in ACTS.items()
        if (leads_to in may_follow and verb not in early)
        or (verb == "undo" and row.previous_status and may_undo(row.status_at, request.now))
    ]
    companions = _companions(request, row)
    found = {
        "panel": "visit",
        "companions": companions,
        "visit": daybook.Visit(row, request.now),
        "acts": acts,
        "may_move": row.status in {Status.BOOKED, Status.CONFIRMED},
        "may_cancel": Status.CANCELLED in may_follow,
        "cancel_form": CancelForm(),
        **more,
    }
    return Panel(
        context=found, patients=frozenset([row.patient_id, *(each.patient_id for each in companions)])
    )


def _too_early(row: Consultation, now: datetime) -> frozenset[str]:
    """What makes no sense yet, or no more: to arrive before the day, not to come before the hour, to confirm after."""
    zone = row.clinic.zone
    days = (wallclock.local_day(row.start, zone) - wallclock.local_day(now, zone)).days
    if days > 0:
        return ON_THE_DAY
    return frozenset({"no-show"} if now < row.start else {"confirm"})


def _companions(request: DeskRequest, row: Consultation) -> list[Consultation]:
    """The other visits in the seats of a class."""
    if row.block.capacity == 1:
        return []
    mine = policy.visible(request.user, Consultation).values("pk")
    others = Consultation.objects.filter(block=row.block_id, pk__in=mine).exclude(pk=row.pk).seated()
    return list(others.select_related("patient").order_by("patient__search_name"))


def _offers(request: DeskRequest, row: Consultation) -> proposing.Offers:
    view = request.view
    return proposing.offers(
        patient=row.patient, kind=row.type, clinic=row.clinic, day=max(view.day, view.today), now=request.now
    )
