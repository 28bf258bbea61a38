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
from patients.web.portal import PortalRequest, page, portal_page, turn_to
from programs import wording
from programs.actions import recording, sitting, stocking, watching
from programs.actions.watching.today import too_painful
from programs.models import DosageRevision, Exercise, Feel, LogStatus, SkipReason

REVISION = "-revision"
"""Ends the name of the field that says under which dose an exercise was done; before it stands the prescription."""

UNCLEAR = gettext_lazy("Something is missing, or cannot be. It is marked below.")
SPOILT = gettext_lazy(
    "This form lost what it needs to be sent. Open the form again and enter your session there; "
    "what you typed stays on this page until then."
)


class SessionForm(forms.Form):
    """Shape of the sitting as a whole; the scales are checked by the rules."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput)
    started_at = forms.DateTimeField(widget=forms.HiddenInput)
    after = forms.UUIDField(widget=forms.HiddenInput, required=False)
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


@dataclass(frozen=True)
class Shown:
    """What the form shows of one exercise: the dose, what is to be done, and the most pain to accept, 0 to 10."""

    revision: DosageRevision
    exercise: Exercise
    pain_ceiling: int

    @property
    def short(self) -> str:
        """The dose, as a headline."""
        return wording.short(self.revision.dosage)

    @property
    def picture(self) -> str:
        """The exercise's figure, on the side of the dose."""
        mirrored = stocking.shows_other_side(self.exercise, self.revision.dosage.side)
        return stocking.picture_url(self.exercise, mirrored=mirrored)


@dataclass(frozen=True)
class Line:
    """One exercise of the form; nothing is shown where it is none of the patient's, which the action refuses."""

    prescription: UUID
    form: ExerciseForm
    shown: Shown | None

    def entry(self) -> recording.ExerciseEntry:
        """What the action takes; sets only where they differ from the dose."""
        told = self.form.cleaned_data
        status, amount = told["status"], told.get("amount")
        sets: tuple[sitting.SetEntry, ...] = ()
        if self.shown and amount and status != LogStatus.SKIPPED:
            sets = sitting.sets_done(self.shown.revision.dosage, amount)
        return recording.ExerciseEntry(
            prescription=self.prescription,
            revision=told["revision"],
            status=status,
            reason="" if status == LogStatus.DONE else told["reason"],
            sets=sets,
        )


@portal_page
def log(request: PortalRequest) -> HttpResponse:
    """The form of what is left today, or of all where nothing is, after telling of what was just sent; a POST takes it.

    The form knows by `after` which sitting came last when it was shown.
    """
    if request.method == "POST":
        return _take(request)
    seen = watching.today(patient=request.patient, now=request.now)
    last = watching.last_of_day(seen=seen, now=request.now)
    if last and watching.is_to_tell(last, seen=seen, known=request.GET.get("after", ""), now=request.now):
        return _told(request, last, seen)
    items = seen.left or seen.due or seen.items
    if not items:
        messages.info(request, _("There is nothing to log yet: no exercise is prescribed for today."))
        return redirect("portal")
    initial = {
        "client_uuid": new_id(),
        "started_at": request.now.isoformat(),
        "after": last and last.session.pk,
    }
    shown = ((item.prescription.pk, Shown(item.revision, item.exercise, item.pain_ceiling)) for item in items)
    return _form(request, SessionForm(initial=initial), [_line(*each) for each in shown])


def _take(request: PortalRequest) -> HttpResponse:
    """Takes what the form showed, whatever changed since: what was stopped meanwhile was done all the same.

    A form that was taken before is not read again, for "back" may have emptied it: the page says what stands.
    """
    turn_to(request, _uuid(request.POST.get("patient", "")))
    if stands := _stands(request):
        return _told(request, stands, again=True)
    form = SessionForm(request.POST)
    lines = list(_sent(request))
    valid = all([form.is_valid(), *(line.form.is_valid() for line in lines)])
    taken = pages.attempt(form, lambda: _record(request, form, lines)) if valid else None
    if taken is None:
        if not valid:
            form.add_error(None, SPOILT if _is_spoilt(form, lines) else UNCLEAR)
        return _form(request, form, lines, status=422)
    if isinstance(taken, watching.Sent):
        return _form(request, form, lines, status=409, other=taken)
    if not taken.created:  # the same form at the same moment
        return _told(request, watching.Sent(taken.session), again=True)
    messages.success(request, _("Saved. Your physiotherapist can see it now."))
    return redirect("portal")


def _is_spoilt(form: SessionForm, lines: list[Line]) -> bool:
    """Whether a field is wrong that nobody sees, so that nothing typed can mend it."""
    return any(
        field.errors for each in (form, *(line.form for line in lines)) for field in each.hidden_fields()
    )


def _stands(request: PortalRequest) -> watching.Sent | None:
    """The sitting that this form made before."""
    made = _uuid(request.POST.get("client_uuid", ""))
    return watching.sent_as(patient=request.patient, client_uuid=made) if made else None


def _sent(request: PortalRequest) -> Iterator[Line]:
    """A line for each exercise that was sent, under the revision that was sent with it."""
    names = [name for name in request.POST if name.endswith(REVISION)]
    sent = {_uuid(name.removesuffix(REVISION)): _uuid(request.POST.get(name, "")) for name in names}
    mine = policy.visible(request.user, DosageRevision, "log").filter(
        prescription__program__patient=request.patient
    )
    rows = mine.filter(pk__in=[pk for pk in sent.values() if pk])
    rows = rows.select_related("prescription__exercise", "prescription__program__clinic")
    found = {
        row.prescription_id: Shown(row, row.prescription.exercise, watching.pain_limit(row)) for row in rows
    }
    for prescription in filter(None, sent):
        yield _line(prescription, found.get(prescription), request.POST)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _record(request: PortalRequest, form: SessionForm, lines: list[Line]) -> recording.Taken | watching.Sent:
    """What was taken, or another sitting that may be the same, of which the page asks."""
    told = dict(form.cleaned_data)
    after = told.pop("after")
    exercises = tuple(line.entry() for line in lines)
    entry = recording.SessionEntry(**told, sent_at=timezone.now(), exercises=exercises)
    try:
        return recording.take_from_form(
            patient=request.patient, log=entry, after=after, by=request.user, now=request.now
        )
    except recording.MayBeTheSame as doubt:
        return doubt.found


def _line(prescription: UUID, shown: Shown | None, data: QueryDict | None = None) -> Line:
    initial = {"revision": shown and shown.revision.pk}  # no status: nobody is to send what nobody chose
    form = ExerciseForm(data, prefix=str(prescription), initial=initial)
    if shown:
        form.counted_by(sitting.counted(shown.revision.dosage))
    return Line(prescription, form, shown)


def _form(
    request: PortalRequest,
    form: SessionForm,
    lines: list[Line],
    status: int = 200,
    other: watching.Sent | None = None,
) -> HttpResponse:
    """The form; with `other` it first asks whether it is that sitting again, and then goes on from it."""
    pages.seen(request, "session form", [request.patient.pk])
    shown = [line for line in lines if line.shown]
    context = {
        "form": form,
        "lines": shown,
        "feels": Feel.choices,
        "statuses": LogStatus.choices,
        "other": other,
        "is_spoilt": form.is_bound and _is_spoilt(form, lines),
        "after": other.session.pk if other else form["after"].value(),
        "pain_ceiling": min((line.shown.pain_ceiling for line in shown if line.shown), default=None),
    }
    return page(request, "portal/session.html", "portal", context, status=status)


def _told(
    request: PortalRequest, sent: watching.Sent, seen: watching.Today | None = None, *, again: bool = False
) -> HttpResponse:
    """What was sent and stands, with the ways on. `again`: the same form came in once more."""
    pages.seen(request, "session sent", [request.patient.pk])
    today = seen or watching.today(patient=request.patient, now=request.now)
    context = {
        "sent": sent,
        "again": again,
        "today": today,
        "too_painful": too_painful(today),
    }
    return page(request, "portal/sent.html", "portal", context)
