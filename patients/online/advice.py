"""What an alarming answer leads to: call us, or the emergency number. It is noted for a clinician first."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.models import Clinic
from clinic.rules import places
from clinic.web import pages, throttling
from patients.actions import alarming
from patients.online import kept
from patients.online.forms import CallBackForm, ReasonForm
from patients.rules import redflags
from patients.rules.redflags import Answer, Urgency


def advice(request: HttpRequest) -> HttpResponse:
    """GET says whom to call; POST leaves a number under which a clinician calls back."""
    now = timezone.now()
    told = kept.read(request, now)
    how_urgent = urgency(told.get("answers"))
    if how_urgent is None:
        return redirect("book")
    clinics = list(Clinic.objects.filter(archived_at=None).order_by("name"))
    form = CallBackForm(request.POST or None, clinics=clinics)
    if request.method == "POST":
        if stopped := throttling.refused(request, door="book-advice", rate="20/h"):
            return stopped
        if form.is_valid() and _left(form, told):
            messages.success(request, _("Thank you. A clinician sees your number."))
            return redirect("book_advice")
    alarm = alarming.noted(pk=noted(told))
    context: dict[str, Any] = {
        "is_emergency": how_urgent is Urgency.EMERGENCY,
        "clinics": clinics,
        "numbers": _numbers([alarm.clinic] if alarm and alarm.clinic else clinics),
        "form": form,
        "alarm": alarm,
    }
    return render(request, "online/advice.html", context, status=pages.status(form) if form.is_bound else 200)


def _numbers(clinics: list[Clinic]) -> list[tuple[str, str]]:
    """The emergency numbers where the clinics are, each with the names of its countries; one alone needs none."""
    found = redflags.emergency_numbers(clinic.country for clinic in clinics)
    named = [(number, sorted(map(places.name, countries))) for number, countries in found.items()]
    return [(number, ", ".join(names) if len(found) > 1 else "") for number, names in named]


def _left(form: CallBackForm, told: dict[str, Any]) -> bool:
    contact = form.contact
    return bool(
        pages.attempt(form, lambda: alarming.leave_contact(alarm=noted(told), contact=contact) is not None)
    )


def note(request: HttpRequest, form: ReasonForm, now: datetime) -> None:
    """Keeps the answers for the next steps, and notes those that alarm, so that a clinician learns of them."""
    reason, answers = form.cleaned_data["reason"], form.answers
    said = {key: Answer(each) for key, each in answers.items()}
    row = alarming.note(answers=said, reason=reason, before=noted(kept.read(request, now)), now=now)
    kept.keep(request, now, reason=reason, answers=answers, alarm=str(row.pk) if row else None, **answers)


def noted(told: dict[str, Any]) -> UUID | None:
    """The row that was noted for what this visitor answered."""
    return UUID(told["alarm"]) if told.get("alarm") else None


def urgency(answers: dict[str, str] | None) -> Urgency | None:
    """None where the questions are not answered, or not all: they may be other ones since a deploy."""
    try:
        return redflags.weigh({key: Answer(said) for key, said in (answers or {}).items()})
    except KeyError:
        return None
