"""Invites somebody on the staff: on a sheet who is new, and again who has not set a password yet."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from clinic import policy
from clinic.actions import welcoming
from clinic.admin.adding import is_from_setup
from clinic.models import Clinic, Role, User
from clinic.rules.refusals import Refusal
from clinic.web import pages


class NewcomerForm(forms.Form):
    """Who it is, and what they are where."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=150)
    email = forms.EmailField(
        label=gettext_lazy("Email"),
        max_length=254,
        help_text=gettext_lazy("An address for work: they sign in with it, and get the invitation there."),
    )
    clinic = forms.ModelChoiceField(
        Clinic.objects.none(), label=gettext_lazy("Clinic"), empty_label=gettext_lazy("Choose one")
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("What they are there"),
        choices=Role,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "This decides what they see and do. Who treats needs a diary too: under Practitioners."
        ),
    )

    def __init__(self, user: User, data: QueryDict | None = None) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        clinics = policy.visible(user, Clinic, "change").filter(archived_at=None).order_by("name")
        fields["clinic"].queryset = clinics
        if len(found := list(clinics[:2])) == 1:
            fields["clinic"].initial = found[0].pk
        fields["language"].choices = [("", _("the browser's own")), *settings.LANGUAGE_WISHES]

    def newcomer(self) -> welcoming.Newcomer:
        """What the action takes."""
        told = self.cleaned_data
        return welcoming.Newcomer(
            name=told["name"],
            email=told["email"],
            clinic=told["clinic"],
            roles=tuple(Role(each) for each in told["roles"]),
            language=told["language"],
        )


@pages.for_who_may("add", User)
def new(request: pages.StaffRequest) -> HttpResponse:
    """The sheet; the answer to what was sent is the same, whoever has the address."""
    form = NewcomerForm(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        person = form.newcomer()
        if pages.attempt(form, lambda: welcoming.take_on(newcomer=person, by=request.user, now=request.now)):
            tell(request, person.email)
            return redirect("admin:setup" if is_from_setup(request) else "admin:clinic_user_changelist")
    return render(request, "admin/staff_new.html", {"form": form}, status=pages.status(form))


@require_POST
@pages.for_who_may("add", User)
def invite(request: pages.StaffRequest, pk: UUID) -> HttpResponse:
    """Sends the invitation once more."""
    user = pages.fetch(request, "view", User, pk=pk)
    try:
        welcoming.invite(user=user, by=request.user, now=request.now)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        tell(request, user.email)
    return redirect("admin:clinic_user_change", user.pk)


def tell(request: HttpRequest, email: str) -> None:
    """Says that the invitation is under way, and how long it is good for."""
    words = _("An invitation goes to %(email)s. Its link works for %(days)d days.")
    messages.success(request, words % {"email": email, "days": welcoming.LASTS.days})
