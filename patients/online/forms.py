"""The shape of what is typed in an online booking."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.models import Clinic
from clinic.web.fields import DayField
from patients.actions.alarming import Contact
from patients.rules.redflags import QUESTIONS, Answer

ANSWERS = [(Answer.NO, _("No")), (Answer.YES, _("Yes")), (Answer.UNSURE, _("Not sure"))]


class ReasonForm(forms.Form):
    """Why somebody comes, and the questions of safety, one field each by its key."""

    reason = forms.CharField(
        label=_("What brings you to us?"),
        help_text=_("One or two sentences are enough: where it hurts, and since when."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        max_length=1000,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in QUESTIONS:
            self.fields[question.key] = forms.ChoiceField(
                label=gettext(question.asks),
                choices=ANSWERS,
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose one. If you do not know, “Not sure” is an answer.")},
            )

    @property
    def questions(self) -> list[forms.BoundField]:
        """The questions, in their order."""
        return [self[question.key] for question in QUESTIONS]

    @property
    def answers(self) -> dict[str, str]:
        """What was answered, by key."""
        return {question.key: self.cleaned_data[question.key] for question in QUESTIONS}


class DetailsForm(forms.Form):
    """Who comes."""

    given_name = forms.CharField(
        label=_("Given name"),
        error_messages={"required": _("Enter your given name.")},
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    family_name = forms.CharField(
        label=_("Family name"),
        error_messages={"required": _("Enter your family name.")},
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    birth_date = DayField(
        label=_("Date of birth"),
        error_messages={"required": _("Enter your date of birth.")},
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "bday"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        error_messages={"required": _("Enter a phone number.")},
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        help_text=_("For the day itself, if something comes between."),
    )
    email = forms.EmailField(
        label=_("Email"),
        error_messages={"required": _("Enter your email: we confirm the booking by it.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("We send a link there. The time is yours once you confirm it."),
    )


class CallBackForm(forms.Form):
    """Where somebody may be called back, and from which clinic."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=160,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        error_messages={"required": _("Enter the number under which we reach you.")},
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    clinic = forms.ModelChoiceField(
        label=_("From which clinic?"),
        queryset=Clinic.objects.none(),
        empty_label=_("Choose a clinic"),
        error_messages={"required": _("Choose the clinic that is nearest to you.")},
    )

    def __init__(self, *args: Any, clinics: list[Clinic], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["clinic"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        field.queryset = Clinic.objects.filter(archived_at=None).order_by("name")
        if len(clinics) == 1:
            field.initial, field.widget = clinics[0].pk, forms.HiddenInput()

    @property
    def contact(self) -> Contact:
        """What was typed."""
        told = self.cleaned_data
        return Contact(name=told["name"], phone=told["phone"], clinic=told["clinic"])


class ReasonToCancelForm(forms.Form):
    """Why a visit is cancelled."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("If you like. Our front desk reads it."),
    )
