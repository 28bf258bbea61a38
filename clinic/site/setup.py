"""The first set-up of an empty installation: organisation, first clinic, first manager."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.password_validation import validate_password
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from clinic.actions import inviting
from clinic.models import Clinic
from clinic.models.place import zones
from clinic.rules.refusals import Refusal
from clinic.web import pages


class FirstManagerForm(forms.ModelForm[Clinic]):
    """Shape only: the clinic's fields, and those of the person."""

    organisation = forms.CharField(label=_("Name of the organisation"), max_length=80)
    person = forms.CharField(label=_("Your name"), max_length=150)
    manager_email = forms.EmailField(label=_("Your email"))
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        validators=[validate_password],
        help_text=_("At least 12 characters. A sentence is good."),
    )
    slug = forms.SlugField(
        label=_("Short name for addresses"),
        max_length=50,
        required=False,
        help_text=_("Such as riverside. Left empty, it is made of the clinic's name."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=lambda: [("", _("Choose one")), *zones()],
        help_text=_("By its clocks the clinic books and reminds."),
    )

    class Meta:
        model = Clinic
        fields = (
            "name", "slug", "street", "postcode", "city", "country", "region", "phone", "email", "time_zone",
            "latitude", "longitude",
        )  # fmt: skip
        labels = {"name": _("Name of the first clinic")}
        help_texts = {
            "phone": _("With the country, such as +49 30 1230000. It stands in every mail."),
            "email": _("Where answers to mails of this clinic go."),
            "latitude": _("Such as 52.53. A map shows both numbers: patients are led to the nearest clinic."),
            "longitude": _("Such as 13.38, east of Greenwich positive."),
        }

    def clean_slug(self) -> str:
        """The short name, made of the clinic's where none is given."""
        told: str = self.cleaned_data["slug"]
        return told or slugify(self.cleaned_data.get("name", ""))[:50] or "clinic"


def first_manager(request: HttpRequest, token: str) -> HttpResponse:
    """The form behind the one-time link that `run --empty` prints."""
    now = timezone.now()
    try:
        inviting.check_token(token=token, now=now)
    except Refusal as refusal:
        raise Http404(refusal.message) from None
    form = FirstManagerForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and pages.attempt(form, lambda: _make(form, token)):
        messages.success(request, _("The clinic is set up. Sign in, then add a second factor."))
        return redirect("account_login")
    return render(request, "site/setup.html", {"form": form}, status=pages.status(form))


def _make(form: FirstManagerForm, token: str) -> Any:
    told = form.cleaned_data
    return inviting.make_first_manager(
        token=token,
        organisation=told["organisation"],
        clinic=form.instance,
        person=inviting.FirstManager(
            name=told["person"], email=told["manager_email"], password=told["password"]
        ),
        now=timezone.now(),
    )
