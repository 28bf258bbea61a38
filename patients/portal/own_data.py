"""The patient's own data, and the switch between the records that an account opens."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from patients.web.portal import PortalRequest, choose, page, portal_page


class SwitchForm(forms.Form):
    """Which record."""

    patient = forms.UUIDField()


@portal_page
def you(request: PortalRequest) -> HttpResponse:
    """Name, contact, home clinic, and the other records."""
    return page(request, "portal/you.html", "portal_you", {})


@require_POST
@portal_page
def switch(request: PortalRequest) -> HttpResponse:
    """Open another record."""
    form = SwitchForm(request.POST)
    if form.is_valid():
        chosen: UUID = form.cleaned_data["patient"]
        choose(request, chosen)
    else:
        messages.error(request, _("Choose one of the records in the list."))
    return redirect("portal")
