"""Form fields that more than one door needs."""

from datetime import date
from typing import Any

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


class MomentWidget(forms.SplitDateTimeWidget):
    """A day and a time of day, each in the browser's own way."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            attrs, "%Y-%m-%d", "%H:%M", {"type": "date", "class": "day"}, {"type": "time", "class": "hour"}
        )


class DayWidget(forms.DateInput):
    """A day, in the browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": "day", **(attrs or {})}, "%Y-%m-%d")


class HourWidget(forms.TimeInput):
    """A time of day, in the browser's own clock."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": "hour", **(attrs or {})}, "%H:%M")
