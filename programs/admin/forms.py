"""The forms of the program's sheet: types only, for the rules decide what a dosage may be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext_lazy as _

from clinic.web.fields import DayField
from patients.models import EpisodeOfCare
from programs import wording
from programs.models import Exercise, Template
from programs.models.revision import LOAD_UNITS, SIDES
from programs.rules.dosage import FIELDS, Dosage, LoadUnit, Mode, Side, changed

NOT_ON_THE_SHEET = {"mode", "note_to_patient"}
"""The mode belongs to the exercise; the note is written once a save, beside the reason."""
ALWAYS_THERE = {"side", "times_a_day"}
"""A dosage without them cannot even be thought of, so the form itself asks for them."""
LABELS = {
    "reps": _("Reps"),
    "reps_max": _("Up to"),
    "reps_per_set": _("Reps in each set"),
    "duration_min": _("Minutes"),
    "duration_max_min": _("Up to"),
    "distance_m": _("Distance"),
    "times_a_day": _("Times a day"),
    "days_a_week": _("Days a week"),
    "weekdays": _("Or named days"),
    "load_unit": _("Load in"),
    "band_colour": _("Band"),
    "effort_target": _("Effort up to"),
    "heart_rate_min": _("Heart rate from"),
    "heart_rate_max": _("Heart rate to"),
    "pain_ceiling": _("Pain up to"),
}
"""Short enough to stand over a narrow field; the others are named by `wording`."""


class WholeNumbers(forms.CharField):
    """`5-3-1` or `5, 3, 1` as a tuple of whole numbers; None when empty."""

    def to_python(self, value: Any) -> Any:
        """The numbers, or a sentence about how to write them."""
        if isinstance(value, tuple):
            return value
        text = str(value or "").strip()
        if not text:
            return None
        parts = re.split(r"\s*[-–,;]\s*|\s+", text)
        if not all(part.isdecimal() and len(part) < 5 for part in parts):
            raise forms.ValidationError(_("Write whole numbers with a dash between them, such as 5-3-1."))
        return tuple(int(part) for part in parts)

    def prepare_value(self, value: Any) -> Any:
        """With dashes."""
        return "-".join(map(str, value)) if isinstance(value, tuple | list) else value

    def validate(self, value: Any) -> None:
        """The rules look at the numbers."""


def _digits(mode: str = "numeric") -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off"})


def _whole(name: str) -> forms.Field:
    return forms.IntegerField(
        required=name in ALWAYS_THERE,
        widget=_digits(),
        error_messages={
            "invalid": _("Give a whole number."),
            "required": _("Give a whole number from 1 to 6."),
        },
    )


def _decimal() -> forms.Field:
    return forms.DecimalField(
        required=False, widget=_digits("decimal"), error_messages={"invalid": _("Give a number.")}
    )


def _numbers() -> forms.Field:
    return WholeNumbers(required=False, max_length=60, widget=_digits("text"))


def _date() -> forms.Field:
    return DayField(
        required=False,
        error_messages={"invalid": _("Give a date.")},
    )


def _weekdays() -> forms.Field:
    return forms.TypedMultipleChoiceField(
        required=False,
        coerce=int,
        choices=[(day, WEEKDAYS_ABBR[day]) for day in range(7)],
        widget=forms.CheckboxSelectMultiple,
    )


def _side() -> forms.Field:
    return forms.TypedChoiceField(choices=SIDES, coerce=Side)


def _load_unit() -> forms.Field:
    return forms.TypedChoiceField(
        required=False, choices=[("", "–"), *LOAD_UNITS], coerce=LoadUnit, empty_value=None
    )


def _colour() -> forms.Field:
    return forms.CharField(required=False, widget=_digits("text"))


_MAKE = {
    "reps_per_set": _numbers,
    "tempo": _numbers,
    "side": _side,
    "weekdays": _weekdays,
    "load": _decimal,
    "load_unit": _load_unit,
    "band_colour": _colour,
    "effort_target": _decimal,
    "starts_on": _date,
    "ends_on": _date,
}


def fields_of(mode: Mode) -> tuple[str, ...]:
    """The dosage fields that a sheet shows for the mode, in canonical order."""
    return tuple(
        name for name, rule in FIELDS.items() if mode in rule.allowed and name not in NOT_ON_THE_SHEET
    )


class DosageForm(forms.Form):
    """The dosage of one prescription. `base` is the revision that the page showed: what others changed stays."""

    base = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        prefix: str | None,
        dosage: Dosage,
        initial: Mapping[str, Any],
        pain_limit: int | None = None,
    ) -> None:
        super().__init__(data, prefix=prefix, initial=values(dosage) | dict(initial))
        self.dosage = dosage
        for name in fields_of(dosage.mode):
            field = _MAKE[name]() if name in _MAKE else _whole(name)
            field.label = label(name)
            self.fields[name] = field
        if pain_limit is not None:  # what holds where the field is empty
            self.fields["pain_ceiling"].widget.attrs["placeholder"] = str(pain_limit)

    def typed(self, since: Dosage) -> dict[str, Any]:
        """The fields that differ from what the page had shown, with their values. For a valid form."""
        told = {name: self.cleaned_data[name] for name in self.fields if name != "base"}
        wanted = changed(self.dosage, **told)
        return {name: getattr(wanted, name) for name in told if getattr(wanted, name) != getattr(since, name)}


class SaveForm(forms.Form):
    """What stands beside the changes of one save."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    effective_on = DayField(
        label=_("Holds from"),
        error_messages={"invalid": _("Give a date."), "required": _("Give the first day of the new dosage.")},
    )
    reason = forms.CharField(
        label=_("Reason, kept with the revisions"),
        error_messages={"required": _("Say why, in a few words: it is kept with the change.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    note_to_patient = forms.CharField(
        label=_("Words to the patient"),
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("Shown with the new dosage")}),
    )


SHIFTABLE = "sets", "reps", "hold_s", "rest_s", "duration_min", "times_a_day", "days_a_week", "pain_ceiling"
"""Fields that "all at once" may change: one number each."""


def _shiftable() -> list[tuple[str, str]]:
    return [(name, label(name)) for name in SHIFTABLE]


class ShiftForm(forms.Form):
    """All exercises at once: a field, and by how much."""

    field = forms.ChoiceField(label=_("Field"), choices=_shiftable)
    amount = forms.IntegerField(label=_("Change by"), widget=_digits("text"), min_value=-300, max_value=300)


class AddForm(forms.Form):
    """An exercise to prescribe, with its starting dosage."""

    exercise = forms.ModelChoiceField(
        Exercise.objects.current(), label=_("Exercise"), empty_label=_("Choose one")
    )
    reason = forms.CharField(label=_("Reason"), required=False)


class ApplyForm(forms.Form):
    """A template to apply."""

    template = forms.ModelChoiceField(
        Template.objects.filter(retired_at=None).order_by("name"),
        label=_("Template"),
        empty_label=_("Choose one"),
    )


class RevertForm(forms.Form):
    """Why an older dosage comes back."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        error_messages={"required": _("Say why, in a few words: it is kept with the change.")},
    )


class ProgramForm(forms.Form):
    """A new program. The episodes to choose from are the patient's open ones."""

    episode = forms.ModelChoiceField(EpisodeOfCare.objects.none(), label=_("Episode"), empty_label=None)
    title = forms.CharField(label=_("Title"), max_length=80)
    goal = forms.CharField(
        label=_("Goal"),
        max_length=200,
        required=False,
        help_text=_("In the patient's words, such as: carry my daughter up the stairs."),
    )
    starts_on = DayField(
        label=_("From"),
    )
    ends_on = DayField(
        label=_("Until"),
        required=False,
    )


def values(dosage: Dosage) -> dict[str, Any]:
    """A dosage as a form's first values."""
    return {name: getattr(dosage, name) for name in fields_of(dosage.mode)}


def label(name: str) -> str:
    """What stands over a field of the sheet."""
    if name in LABELS:
        return str(LABELS[name])
    words = wording.label(name)
    return f"{words[:1].upper()}{words[1:]}"
