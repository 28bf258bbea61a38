"""Leave, sickness, extra hours and closures: by whom they concern, a desk or a manager, with the visits below them."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date, parse_time
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from clinic import policy
from clinic.actions import staffing
from clinic.models import Clinic, ExceptionKind, HoursException, Practitioner, User
from clinic.rules import wallclock
from clinic.rules.refusals import Refusal
from clinic.web import pages
from clinic.web.fields import DayField
from patients.actions import clearing
from patients.web.view import LONGEST_WISH

SHOWN = 50
"""So many entries stand on the page, the soonest first."""
KINDS = [(value, capfirst(label)) for value, label in ExceptionKind.choices]
AT_A_CLINIC = {ExceptionKind.EXTRA, ExceptionKind.CLOSURE}
"""What names a clinic."""


class TimeInput(forms.TimeInput):
    """A time of day, by the browser's own clock."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class LeaveForm(forms.Form):
    """Who, what and from when to when, by the clocks of the clinic that is chosen."""

    kind = forms.ChoiceField(label=gettext_lazy("What"), choices=KINDS)
    practitioner = forms.ModelChoiceField(
        Practitioner.objects.none(), label=gettext_lazy("Who"), empty_label=gettext_lazy("Choose one")
    )
    first_day = DayField(label=gettext_lazy("From"))
    first_time = forms.TimeField(
        label=gettext_lazy("From, time"),
        required=False,
        widget=TimeInput(),
        help_text=gettext_lazy("Empty: the start of the day."),
    )
    last_day = DayField(label=gettext_lazy("To"))
    last_time = forms.TimeField(
        label=gettext_lazy("To, time"),
        required=False,
        widget=TimeInput(),
        help_text=gettext_lazy("Empty: the end of the day."),
    )
    clinic = forms.ModelChoiceField(
        Clinic.objects.none(),
        label=gettext_lazy("Clinic"),
        empty_label=None,
        help_text=gettext_lazy("The times are those of its clocks. Leave and sickness hold at every clinic."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=120, required=False)

    def __init__(
        self, user: User, data: QueryDict | None = None, chosen: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=chosen)
        fields: dict[str, Any] = self.fields
        people = policy.visible(user, Practitioner, "absent").filter(archived_at=None)
        clinics = policy.visible(user, Clinic, "book").filter(archived_at=None)
        fields["practitioner"].queryset = people.order_by("name")
        fields["clinic"].queryset = clinics.order_by("name")
        self.initial.setdefault("practitioner", people.filter(user=user).first())
        fields["practitioner"].required = self.data.get("kind") != ExceptionKind.CLOSURE
        may = {
            ExceptionKind.CLOSURE: policy.can(user, "close", Clinic),
            ExceptionKind.EXTRA: policy.can(user, "extra", Practitioner),
        }
        fields["kind"].choices = [each for each in KINDS if may.get(ExceptionKind(each[0]), True)]

    def clean(self) -> None:
        """Says beside its field that the end lies before the start."""
        super().clean()
        told = self.cleaned_data
        if told.get("first_day") and told.get("last_day"):
            first = told["first_day"], told.get("first_time") or time.min
            if (told["last_day"], told.get("last_time") or time.max) <= first:
                self.add_error("last_day", _("The end lies before the start. Swap them."))

    def entry(self) -> staffing.Entry:
        """What the action takes. Raises NoSuchTime for a day that the clinic's zone never had."""
        told = self.cleaned_data
        kind = ExceptionKind(told["kind"])
        zone = told["clinic"].zone
        return staffing.Entry(
            kind=kind,
            practitioner=None if kind == ExceptionKind.CLOSURE else told["practitioner"],
            clinic=told["clinic"] if kind in AT_A_CLINIC else None,
            start=wallclock.beginning(told["first_day"], told["first_time"], zone),
            end=wallclock.ending(told["last_day"], told["last_time"], zone),
            reason=told["reason"],
        )


def _chosen(told: QueryDict) -> dict[str, Any]:
    """What an address fills in, as the diary writes it: whom, the day, from when and for how long; no nonsense."""
    try:
        day, at = parse_date(told.get("day", "")), parse_time(told.get("from", ""))
        minutes = int(told.get("for", "0"))
    except ValueError:
        return {}
    found: dict[str, Any] = {"first_day": day, "last_day": day, "first_time": at}
    if day and at and 0 < minutes <= LONGEST_WISH:
        end = datetime.combine(day, at) + timedelta(minutes=minutes)
        found |= {"last_day": end.date(), "last_time": end.time()}
    clinic = Clinic.objects.filter(slug=told.get("clinic", "")).first()
    found |= {"practitioner": told.get("who"), "clinic": clinic}
    return {key: value for key, value in found.items() if value is not None}


@pages.for_who_may("add", HoursException)
def leave(request: pages.StaffRequest) -> HttpResponse:
    """The form, and what was entered and is not over; once entered, the visits below it."""
    form = LeaveForm(request.user, request.POST if request.method == "POST" else None, _chosen(request.GET))
    if request.method == "POST" and form.is_valid():
        entered = pages.attempt(
            form,
            lambda: staffing.add_exception(entry=form.entry(), by=request.user, now=request.now),
        )
        if entered:
            messages.success(request, _("Entered. No new visits are booked there."))
            return redirect("desk_leave_one", pk=entered.exception.pk)
    coming = policy.visible(request.user, HoursException, "add").filter(end__gt=request.now)
    context = {
        "form": form,
        "coming": coming.select_related("practitioner", "clinic").order_by("start", "pk")[:SHOWN],
        "zone": _zone(form),
    }
    return render(request, "desk/leave.html", context, status=pages.status(form))


@require_POST
@pages.for_who_may("delete", HoursException)
def take_back(request: pages.StaffRequest, pk: UUID) -> HttpResponse:
    """Takes an entry back: the weekly hours hold again."""
    row = pages.fetch(request, "delete", rows(), pk=pk)
    try:
        clearing.take_back(exception=row, by=request.user, now=request.now)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("desk_leave_one", pk=pk)
    messages.success(request, _("Taken back. The weekly hours hold again."))
    return redirect("desk_leave")


def rows() -> QuerySet[HoursException]:
    """Entries with whom and where they concern."""
    return HoursException.objects.select_related("practitioner", "clinic")


def zone_of(user: User, row: HoursException) -> ZoneInfo | None:
    """The clock on which an entry is told: that of its clinic, else of the first of one's own."""
    return row.clinic.zone if row.clinic else _zone(LeaveForm(user))


def _zone(form: LeaveForm) -> ZoneInfo | None:
    """That of the first of one's clinics: leave holds at all of them, so it has no zone of its own."""
    fields: dict[str, Any] = form.fields
    first = fields["clinic"].queryset.first()
    return first.zone if first else None
