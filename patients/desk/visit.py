"""One visit in the panel: its status acts, its move, its cancellation."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from clinic import policy
from clinic.models import Clinic, Practitioner, Room
from clinic.rules import wallclock
from clinic.rules.refusals import Kind, Refusal
from clinic.web import dates, pages
from patients.actions import attending, booking, daybook, proposing, repeating, telling
from patients.desk import drag
from patients.desk.drag import local, told
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
        help_text=gettext_lazy("If the clinic asked, the patient reads it in the portal."),
        error_messages={"required": gettext_lazy("Say why: it stays in the history.")},
    )
    rest = forms.BooleanField(required=False)


class MoveForm(forms.Form):
    """Where to: a slot that was offered, or a place in the diary by its date, time and practitioner. And the room."""

    slot = SlotField(required=False)
    on = forms.DateField(required=False)
    clock = forms.TimeField(required=False)
    practitioner = forms.UUIDField(required=False)
    room = forms.UUIDField(required=False)

    def __init__(self, data: Mapping[str, Any], *, zone: ZoneInfo) -> None:
        super().__init__(data)
        self.zone = zone

    def clean(self) -> dict[str, Any]:
        """With `slot` as a SlotValue, whichever way it was told."""
        told: dict[str, Any] = self.cleaned_data
        if not told.get("slot"):
            told["slot"] = self._placed(told)
        return told

    def _placed(self, told: dict[str, Any]) -> SlotValue:
        day, clock, whom = told.get("on"), told.get("clock"), told.get("practitioner")
        if not (day and clock and whom) or not wallclock.is_near(day):
            raise forms.ValidationError(_("Choose one of the free times, then move."))
        try:
            return SlotValue(whom, local(day, clock, self.zone))
        except Refusal as refusal:
            raise forms.ValidationError(refusal.message) from None


class EndForm(forms.Form):
    """Until when, on the clinic's clock, on the day on which the visit begins."""

    end = forms.TimeField()


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
        row = ACTS[verb][0](consultation=row, by=request.user, now=request.now)
    except Refusal as refusal:
        if drag.is_dragged(request):
            return drag.refused(request, _panel(request, row), refusal)
        messages.error(request, refusal.message)
    else:
        if verb == "undo":
            return drag.done(request, row, _("Taken back: %(name)s.") % {"name": row.patient.name})
    return redirect(request.view.address(visit=row.pk))


@require_POST
@desk_page("cancel", Consultation)
def cancel(request: DeskRequest, pk: str) -> HttpResponse:
    """Cancel with a reason."""
    row = pages.fetch(request, "cancel", Consultation.objects.with_names(), pk=pk)
    form = CancelForm(request.POST)
    if form.is_valid() and form.cleaned_data["rest"]:
        return _cancel_rest(request, row, form.cleaned_data)
    if form.is_valid():
        told = form.cleaned_data
        done = pages.attempt(
            form,
            lambda: booking.cancel(
                consultation=row, asked_by=told["by"], reason=told["reason"], by=request.user, now=request.now
            ),
        )
        if done:
            words = _("Cancelled: %(name)s. The time is free again.") % {"name": row.patient.name}
            if told["by"] == CancelledBy.CLINIC:  # who asked themselves knows
                words = _and_call(words, row, request.now)
            messages.success(request, words, extra_tags=drag.undo(request.view, row))
            return redirect(request.view.address())
    return page(request, _panel(request, row, cancel_form=form, cancelling=True), status=pages.status(form))


def _and_call(words: str, row: Consultation, now: datetime) -> str:
    """What was done, and whom to call where no mail tells it."""
    return f"{words} {telling.by_phone(row, now=now)}".strip()


def _cancel_rest(request: DeskRequest, row: Consultation, told: dict[str, Any]) -> HttpResponse:
    """This visit and the later ones of its series: how many are cancelled, and which stay and why."""
    outcomes = repeating.cancel_rest(
        consultation=row, asked_by=told["by"], reason=told["reason"], by=request.user, now=request.now
    )
    done = [each.visit for each in outcomes if not each.refusal]
    if done:
        words = {"count": len(done), "name": row.patient.name}
        told_so = _("Cancelled: %(count)s visits of %(name)s. Their times are free again.") % words
        if told["by"] == CancelledBy.CLINIC:
            told_so = _and_call(told_so, done[0], request.now)
        messages.success(request, told_so)
    for each in outcomes:
        if each.refusal:
            words = {"time": dates.moment(each.visit.start, row.clinic.zone), "why": each.refusal}
            messages.error(request, _("%(time)s stays: %(why)s") % words)
    return redirect(request.view.address())


@require_POST
@desk_page("move", Consultation)
def move(request: DeskRequest, pk: str) -> HttpResponse:
    """Move to another slot; the old one is kept where the new one is gone, and the choice where it may still be had.

    What was dragged gets the day as it is now and a way back; a form gets the page.
    """
    view = request.view
    row = pages.fetch(request, "move", Consultation.objects.with_names(), pk=pk)
    form = MoveForm(told(request), zone=row.clinic.zone)
    if not form.is_valid():
        return drag.ill_told(request, form, view.address(visit=row.pk, move=1))
    slot: SlotValue = form.cleaned_data["slot"]
    whom = pages.fetch(request, "view", Practitioner, pk=slot.practitioner)
    room = form.cleaned_data["room"]
    try:
        moved = booking.move(
            consultation=row,
            practitioner=whom,
            start=slot.start,
            by=request.user,
            now=request.now,
            room=pages.fetch(request, "view", Room, pk=room) if room else None,
        )
    except Refusal as refusal:
        return _not_moved(request, row, SlotValue(whom.pk, slot.start), refusal)
    words = {"name": row.patient.name, "time": dates.moment(moved.start, row.clinic.zone)}
    told_so = _("Moved %(name)s to %(time)s.") % words
    if moved.version != row.version:  # another room alone is no news
        told_so = _and_call(told_so, moved, request.now)
    return drag.done(request, moved, told_so, drag.way_back(view, moved))


@require_POST
@desk_page("move", Consultation)
def lengthen(request: DeskRequest, pk: str) -> HttpResponse:
    """Another end, later or sooner."""
    view = request.view
    row = pages.fetch(request, "move", Consultation.objects.with_names(), pk=pk)
    form = EndForm(told(request))
    if not form.is_valid():
        return drag.ill_told(request, form, view.address(visit=row.pk))
    zone = row.clinic.zone
    try:
        end = local(wallclock.local_day(row.start, zone), form.cleaned_data["end"], zone)
        changed = booking.lengthen(consultation=row, end=end, by=request.user, now=request.now)
    except Refusal as refusal:
        panel = _panel(request, Consultation.objects.with_names().get(pk=row.pk), end_refused=refusal.message)
        return drag.refused(request, panel, refusal)
    words = {"name": row.patient.name, "time": date_format(changed.end.astimezone(zone), "H:i")}
    told_so = _and_call(_("%(name)s now ends at %(time)s.") % words, changed, request.now)
    return drag.done(request, changed, told_so, drag.way_back(view, changed))


def _not_moved(request: DeskRequest, row: Consultation, slot: SlotValue, refusal: Refusal) -> HttpResponse:
    """Why, and where else it could go."""
    row = Consultation.objects.with_names().get(pk=row.pk)  # the action may have changed what it was given
    offers = proposing.nearest(refusal, kind=row.type) or _offers(request, row)
    keeps = refusal.kind is Kind.BUSY
    if keeps:
        whom = pages.fetch(request, "view", Practitioner, pk=slot.practitioner)
        offers = chosen_first(offers, practitioner=whom, start=slot.start, kind=row.type)
    panel = _panel(request, row, offers=offers, keeps=keeps, refusal=refusal.message)
    return drag.refused(request, panel, refusal)


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
        "may_lengthen": daybook.Visit(row, request.now).may_grow,
        "may_move": row.status in {Status.BOOKED, Status.CONFIRMED},
        "may_cancel": Status.CANCELLED in may_follow,
        "cancel_form": CancelForm(),
        "later": repeating.later(row).count() if row.series_id else 0,
        "may_repeat": Status(row.status).is_final,
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
