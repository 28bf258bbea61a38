"""The log of one session: what was done, how much it hurt, how hard it was. Sent twice, it is taken once."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.models.row import new_id
from clinic.web import pages
from patients.web.portal import PortalRequest, page, portal_page
from programs.actions import recording, watching
from programs.actions.watching.today import Today, TodayItem
from programs.models import Feel, LogSource, LogStatus, SkipReason


class SessionForm(forms.Form):
    """Shape of the sitting as a whole; the scales are checked by the rules."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput)
    started_at = forms.DateTimeField(widget=forms.HiddenInput)
    pain_after = forms.IntegerField(
        error_messages={"required": gettext_lazy("Say how much pain there is now, 0 for none.")}
    )
    effort = forms.DecimalField(
        error_messages={"required": gettext_lazy("Say how hard it was, 0 for no effort.")}
    )
    feel = forms.ChoiceField(choices=[("", ""), *Feel.choices], required=False)
    note = forms.CharField(
        label=gettext_lazy("A word to your physiotherapist"),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 2000}),
        required=False,
    )


class ExerciseForm(forms.Form):
    """Shape of one exercise of the sitting."""

    revision = forms.UUIDField(widget=forms.HiddenInput)
    status = forms.ChoiceField(
        choices=LogStatus.choices,
        error_messages={"required": gettext_lazy("Say whether you did it, partly, or skipped it.")},
    )
    reason = forms.ChoiceField(choices=[("", gettext_lazy("Why?")), *SkipReason.choices], required=False)


@portal_page
def log(request: PortalRequest) -> HttpResponse:
    """The form of what is left today, or of all where nothing is; a POST takes the sitting."""
    seen = watching.today(patient=request.patient, now=request.now)
    items = list(seen.left or seen.due or seen.items)
    if not items:
        messages.info(request, _("There is nothing to log yet: no exercise is prescribed for today."))
        return redirect("portal")
    if request.method == "POST":
        return _take(request, seen, items)
    initial = {"client_uuid": new_id(), "started_at": request.now.isoformat()}
    return _form(request, SessionForm(initial=initial), [(item, _line(item)) for item in items])


def _take(request: PortalRequest, seen: Today, shown: list[TodayItem]) -> HttpResponse:
    form = SessionForm(request.POST)
    sent = [item for item in seen.items if f"{item.prescription.pk}-revision" in request.POST]
    lines = [(item, _line(item, request.POST)) for item in sent or shown]
    valid = all([form.is_valid(), *(line.is_valid() for _item, line in lines)])
    taken = pages.attempt(form, lambda: _record(request, form, lines)) if valid else None
    if taken is None:
        return _form(request, form, lines, status=422)
    if taken.created:
        messages.success(request, _("Saved. Your physiotherapist can see it now."))
    return redirect("portal")


def _record(
    request: PortalRequest, form: SessionForm, lines: list[tuple[TodayItem, ExerciseForm]]
) -> recording.Taken:
    told = form.cleaned_data
    entry = recording.SessionEntry(
        **{**told, "sent_at": timezone.now()},
        exercises=tuple(_entry(item.prescription.pk, line.cleaned_data) for item, line in lines),
    )
    return recording.take(
        patient=request.patient, log=entry, by=request.user, source=LogSource.PORTAL, now=request.now
    )


def _entry(prescription: UUID, told: dict[str, Any]) -> recording.ExerciseEntry:
    reason = "" if told["status"] == LogStatus.DONE else told["reason"]
    return recording.ExerciseEntry(
        prescription=prescription, revision=told["revision"], status=told["status"], reason=reason
    )


def _line(item: TodayItem, data: QueryDict | None = None) -> ExerciseForm:
    initial = {"revision": item.revision.pk, "status": LogStatus.DONE}
    return ExerciseForm(data, prefix=str(item.prescription.pk), initial=initial)


def _form(
    request: PortalRequest, form: SessionForm, lines: list[tuple[TodayItem, ExerciseForm]], status: int = 200
) -> HttpResponse:
    pages.seen(request, "session form", [request.patient.pk])
    context = {"form": form, "lines": lines, "feels": Feel.choices, "statuses": LogStatus.choices}
    return page(request, "portal/session.html", "portal", context, status=status)
