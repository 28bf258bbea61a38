"""The forms of the waitlist: a wish, and a free time as a form sends it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from clinic.models import Clinic, ConsultationType, Practitioner
from clinic.rules import wallclock
from clinic.web import dates
from clinic.web.fields import DayField, HourWidget
from patients.actions.waiting import Wanted
from patients.models import Patient

USUALLY = timedelta(days=28)
"""How long a wish stands unless one says otherwise."""


@dataclass(frozen=True)
class PlaceValue:
    """Where a slot is, as a radio button carries it: `CLINIC|PRACTITIONER|START`."""

    clinic: UUID
    practitioner: UUID
    start: datetime


class PlaceField(forms.CharField):
    """Reads a PlaceValue. A made-up one, or one without its offset from UTC, is a form error."""

    default_error_messages = {
        "required": _("Choose one of the free times first."),
        "invalid": _("Choose one of the free times in the list."),
    }

    def clean(self, value: Any) -> Any:
        """The place."""
        parts = super().clean(value).split("|")
        try:
            clinic, who, when = UUID(parts[0]), UUID(parts[1]), parse_datetime(parts[2])
        except (ValueError, IndexError):
            clinic, who, when = None, None, None
        if clinic is None or who is None or when is None or when.tzinfo is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        if not wallclock.is_near(when.date()):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return PlaceValue(clinic, who, when)


class PlaceForm(forms.Form):
    """Which time."""

    place = PlaceField()


class WishForm(forms.Form):
    """What is wished for a patient. Empty means anything will do."""

    type = forms.ModelChoiceField(ConsultationType.objects.none(), label=_("What"), empty_label=None)
    practitioner = forms.ModelChoiceField(
        Practitioner.objects.none(), label=_("With whom"), empty_label=_("Anybody"), required=False
    )
    clinics = forms.ModelMultipleChoiceField(
        Clinic.objects.none(),
        label=_("Where"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: any clinic."),
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On which days"),
        coerce=int,
        choices=list(enumerate(dates.WEEKDAYS)),
        initial=[0, 1, 2, 3, 4],
        widget=forms.CheckboxSelectMultiple,
    )
    earliest = forms.TimeField(
        label=_("Not before"), required=False, widget=HourWidget(), help_text=_("Empty: from opening on.")
    )
    latest = forms.TimeField(
        label=_("Over by"), required=False, widget=HourWidget(), help_text=_("Empty: until closing.")
    )
    since = DayField(label=_("From day"))
    until = DayField(label=_("Until day"))
    note = forms.CharField(label=_("Note for the desk"), max_length=200, required=False)

    def __init__(
        self, data: QueryDict | None = None, *, patient: Patient, type_id: str | None, now: datetime
    ) -> None:
        today = wallclock.local_day(now, patient.clinic.zone)
        super().__init__(data, initial={"since": today, "until": today + USUALLY, "type": type_id})
        self.patient = patient
        fields: dict[str, Any] = self.fields
        kinds = ConsultationType.objects.filter(archived_at=None)
        fields["type"].queryset = kinds.order_by("position", "name")
        fields["practitioner"].queryset = Practitioner.objects.filter(archived_at=None).order_by("name")
        fields["clinics"].queryset = Clinic.objects.filter(archived_at=None).order_by("name")

    def wanted(self) -> Wanted:
        """What the action takes."""
        told = self.cleaned_data
        return Wanted(
            patient=self.patient,
            type=told["type"],
            practitioner=told["practitioner"],
            clinics=tuple(told["clinics"]),
            weekdays=sum(1 << day for day in set(told["weekdays"])),
            earliest=told["earliest"],
            latest=told["latest"],
            since=told["since"],
            until=told["until"],
            note=told["note"],
        )
