"""The page behind a staff invitation: the first password is set there. Opening it changes nothing."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.actions import welcoming
from clinic.rules.refusals import Refusal
from clinic.web import pages


class PasswordForm(forms.Form):
    """One field: who mistypes asks for a new password by mail."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least 12 characters. A sentence is good."),
        strip=False,
        max_length=256,
    )


def staff_welcome(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows whom the link invites; POST sets the password and leads to the sign-in."""
    now = timezone.now()
    try:
        user = welcoming.invited(token=token, now=now)
    except Refusal as refusal:
        return render(request, "site/welcome_invalid.html", {"message": refusal.message}, status=404)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        password = form.cleaned_data["password"]
        if pages.attempt(form, lambda: welcoming.set_password(token=token, password=password, now=now)):
            messages.success(request, _("Your password is set. Sign in with it, then add a second factor."))
            return redirect("account_login")
    return render(request, "site/welcome.html", {"form": form, "invited": user}, status=pages.status(form))
