"""Records that look alike: the list of pairs to judge, and the page on which two become one."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from clinic import policy
from clinic.web import pages
from patients.actions import merging, registering
from patients.models import Patient, PossibleTwin

SHOWN = 50
"""So many pairs stand on the page, the oldest first."""
COMPARED = "given_name", "family_name", "birth_date", "phone", "email", "language", "clinic", "desk_note"
LONGEST_NUMBER = 9


class MergeForm(forms.Form):
    """The other record, and how one knows that both are one person."""

    other = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("How do you know that they are one person?"),
        max_length=200,
        help_text=gettext_lazy("It stays in the history of both records."),
        error_messages={"required": gettext_lazy("Say how you know: a merge is not taken back by a click.")},
    )


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One field of both records. `is_taken`: the kept record takes it from the other."""

    label: str
    kept: str
    dropped: str
    is_taken: bool


@pages.for_who_may("settle", PossibleTwin)
def twins(request: pages.StaffRequest) -> HttpResponse:
    """The pairs that nobody has judged yet."""
    pairs = list(merging.suspicions(user=request.user)[:SHOWN])
    pages.seen(
        request, "possible duplicates", (pk for pair in pairs for pk in (pair.patient_id, pair.other_id))
    )
    told = [
        {"pk": pair.pk, "noticed_at": pair.noticed_at, "two": (pair.other, pair.patient)} for pair in pairs
    ]
    return render(request, "desk/twins.html", {"pairs": told})


@require_POST
@pages.for_who_may("settle", PossibleTwin)
def different(request: pages.StaffRequest, pk: UUID) -> HttpResponse:
    """They are two people."""
    twin = pages.fetch(request, "settle", PossibleTwin.objects.select_related("patient", "other"), pk=pk)
    merging.tell_apart(twin=twin, by=request.user, now=request.now)
    names = {"one": twin.patient.name, "other": twin.other.name}
    messages.success(request, _("%(one)s and %(other)s stay two people.") % names)
    return redirect("desk_twins")


@pages.for_who_may("merge", Patient)
def merge(request: pages.StaffRequest, pk: UUID) -> HttpResponse:
    """The record of the address beside another: what stays, what moves, and the button that makes them one.

    Without another record, the ones that look alike, and a field for its number.
    """
    keep = _record(request, pk)
    form = MergeForm(request.POST or None, initial={"other": request.GET.get("other", "")})
    drop = _other(request, keep, form)
    if drop is None:
        return _choose(request, keep)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        kept = pages.attempt(
            form,
            lambda: merging.merge(keep=keep, drop=drop, by=request.user, now=request.now, reason=reason),
        )
        if kept:
            messages.success(
                request,
                _("No. %(dropped)s is now part of no. %(kept)s, %(name)s.")
                % {"dropped": drop.number, "kept": kept.number, "name": kept.name},
            )
            return redirect("desk_patient", pk=kept.pk)
    pages.seen(request, "merge", [keep.pk, drop.pk])
    context = {
        "form": form,
        "keep": keep,
        "drop": drop,
        "compared": _compared(keep, drop),
        "moving": merging.moving(drop=drop),
        "overlaps": merging.overlapping(keep=keep, drop=drop),
    }
    return render(request, "desk/merge.html", context, status=pages.status(form))


def _record(request: pages.StaffRequest, pk: object) -> Patient:
    return pages.fetch(request, "merge", Patient.objects.select_related("clinic"), pk=pk)


def _other(request: pages.StaffRequest, keep: Patient, form: MergeForm) -> Patient | None:
    """The other record, by its id or its number; None where none is told, or it is the same one or closed."""
    named = request.POST.get("other") or request.GET.get("other")
    number = request.GET.get("number", "").strip().removeprefix("#")
    if named:
        found: Patient | None = _record(request, named)
    elif number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER:
        mine = policy.visible(request.user, Patient, "merge").select_related("clinic")
        found = mine.filter(number=int(number)).first()
        form.initial["other"] = found.pk if found else ""
    else:
        return None
    if found is None or found.pk == keep.pk:
        messages.error(request, _("That is no other record. Check the number."))
        return None
    return found


def _choose(request: pages.StaffRequest, keep: Patient) -> HttpResponse:
    details = registering.PatientDetails(
        given_name=keep.given_name, family_name=keep.family_name, clinic=keep.clinic, birth_date=keep.birth_date,
        phone=str(keep.phone), email=keep.email,
    )  # fmt: skip
    alike = registering.likely_twins(details=details, user=request.user, but=keep)
    pages.seen(request, "likely twins", [keep.pk, *(row.pk for row in alike)])
    return render(request, "desk/merge_whom.html", {"keep": keep, "alike": alike})


def _compared(keep: Patient, drop: Patient) -> list[Compared]:
    taken = merging.taken_over(keep=keep, drop=drop)
    return [
        Compared(
            label=capfirst(str(Patient._meta.get_field(name).verbose_name)),  # type: ignore[union-attr]
            kept=_said(keep, name),
            dropped=_said(drop, name),
            is_taken=name in taken,
        )
        for name in COMPARED
    ]


def _said(patient: Patient, name: str) -> str:
    """A field as people say it; empty for none."""
    value: Any = getattr(patient, name)
    if name == "birth_date" and value:
        return str(date_format(value, "j F Y"))
    if name == "phone" and value:
        return str(value.as_international)
    if name == "language":
        return str(dict(settings.LANGUAGES).get(value, value))
    return str(value or "")
