"""The log of one session: what was done, how much it hurt, how hard it was. Sent twice, it is taken once."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic import policy
from clinic.models.row import new_id
from clinic.web import pages
from patients.web.portal import PortalRequest, page, portal_page
from programs import wording
from programs.actions import recording, sitting, stocking, watching
from programs.models import DosageRevision, Exercise, Feel, LogSource, LogStatus, SkipReason

REVISION = "-revision"
"""Ends the name of the field that says under which dose an exercise was done; before it stands the prescription."""


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

    def counted_by(self, counted: sitting.Counted) -> None:
        """Asks for sets or for minutes, from 1 to the most that can be logged, and offers the dose."""
        label = gettext_lazy("Minutes done") if counted.unit == "minutes" else gettext_lazy("Sets done")
        self.fields["amount"] = forms.IntegerField(
            label=label,
            required=False,
            min_value=1,
            max_value=counted.most,
            initial=counted.dose,
            error_messages={"min_value": gettext_lazy("Choose Skipped if you did none.")},
        )


Shown = tuple[DosageRevision, Exercise] | tuple[None, None]
"""The dose that the form showed, and what was to be done; neither where it is none of the patient's."""
NOTHING: Shown = (None, None)


@dataclass(frozen=True)
class Line:
    """One exercise of the form; without a revision where it is none of the patient's, which the action refuses."""

    prescription: UUID
    form: ExerciseForm
    revision: DosageRevision | None
    exercise: Exercise | None

    @property
    def short(self) -> str:
        """The dose that was shown, as a headline."""
        return wording.short(self.revision.dosage) if self.revision else ""

    @property
    def picture(self) -> str:
        """The exercise's figure, on the side of the dose."""
        if self.exercise is None or self.revision is None:
            return ""
        mirrored = stocking.shows_other_side(self.exercise, self.revision.dosage.side)
        return stocking.picture_url(self.exercise, mirrored=mirrored)

    def entry(self) -> recording.ExerciseEntry:
        """What the action takes; sets only where they differ from the dose."""
        told = self.form.cleaned_data
        status, amount = told["status"], told.get("amount")
        sets: tuple[sitting.SetEntry, ...] = ()
        if self.revision and amount and status != LogStatus.SKIPPED:
            sets = sitting.sets_done(self.revision.dosage, amount)
        return recording.ExerciseEntry(
            prescription=self.prescription,
            revision=told["revision"],
            status=status,
            reason="" if status == LogStatus.DONE else told["reason"],
            sets=sets,
        )


@portal_page
def log(request: PortalRequest) -> HttpResponse:
    """The form of what is left today, or of all where nothing is; a POST takes the sitting."""
    if request.method == "POST":
        return _take(request)
    seen = watching.today(patient=request.patient, now=request.now)
    items = seen.left or seen.due or seen.items
    if not items:
        messages.info(request, _("There is nothing to log yet: no exercise is prescribed for today."))
        return redirect("portal")
    initial = {"client_uuid": new_id(), "started_at": request.now.isoformat()}
    lines = [_line(item.prescription.pk, (item.revision, item.exercise)) for item in items]
    return _form(request, SessionForm(initial=initial), lines)


def _take(request: PortalRequest) -> HttpResponse:
    """Takes what the form showed, whatever changed since: what was stopped meanwhile was done all the same."""
    form = SessionForm(request.POST)
    lines = list(_sent(request))
    valid = all([form.is_valid(), *(line.form.is_valid() for line in lines)])
    taken = pages.attempt(form, lambda: _record(request, form, lines)) if valid else None
    if taken is None:
        return _form(request, form, lines, status=422)
    if taken.created:
        messages.success(request, _("Saved. Your physiotherapist can see it now."))
    return redirect("portal")


def _sent(request: PortalRequest) -> Iterator[Line]:
    """A line for each exercise that was sent, under the revision that was sent with it."""
    names = [name for name in request.POST if name.endswith(REVISION)]
    sent = {_uuid(name.removesuffix(REVISION)): _uuid(request.POST.get(name, "")) for name in names}
    mine = policy.visible(request.user, DosageRevision, "log").filter(
        prescription__program__patient=request.patient
    )
    rows = mine.filter(pk__in=[pk for pk in sent.values() if pk]).select_related("prescription__exercise")
    found = {row.prescription_id: (row, row.prescription.exercise) for row in rows}
    for prescription in filter(None, sent):
        yield _line(prescription, found.get(prescription, NOTHING), request.POST)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _record(request: PortalRequest, form: SessionForm, lines: list[Line]) -> recording.Taken:
    entry = recording.SessionEntry(
        **form.cleaned_data, sent_at=timezone.now(), exercises=tuple(line.entry() for line in lines)
    )
    return recording.take(
        patient=request.patient, log=entry, by=request.user, source=LogSource.PORTAL, now=request.now
    )


def _line(prescription: UUID, shown: Shown, data: QueryDict | None = None) -> Line:
    revision, exercise = shown
    initial = {"revision": revision and revision.pk}  # no status: nobody is to send what nobody chose
    form = ExerciseForm(data, prefix=str(prescription), initial=initial)
    if revision:
        form.counted_by(sitting.counted(revision.dosage))
    return Line(prescription, form, revision, exercise)


def _form(request: PortalRequest, form: SessionForm, lines: list[Line], status: int = 200) -> HttpResponse:
    pages.seen(request, "session form", [request.patient.pk])
    context = {
        "form": form,
        "lines": [line for line in lines if line.revision],
        "feels": Feel.choices,
        "statuses": LogStatus.choices,
    }
    return page(request, "portal/session.html", "portal", context, status=status)
