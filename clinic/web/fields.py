"""Form fields that more than one door needs."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from clinic.rules import wallclock


def near(day: date) -> None:
    """Raises ValidationError for a date outside the years 1900 to 2200."""
    if not wallclock.is_near(day):
        raise ValidationError(_("Give a date between the years 1900 and 2200."), code="far")


class DayField(forms.DateField):
    """A date in the years 1900 to 2200, chosen in the browser's own calendar."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    default_validators = [near]
