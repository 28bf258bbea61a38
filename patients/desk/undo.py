"""Takes back what was just done to a visit's place: its booking, its move, its new end."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.rules.refusals import Refusal
from clinic.web import dates, pages
from patients.actions import reverting
from patients.desk import drag, visit
from patients.models import Consultation
from patients.rules.lifecycle import Status
from patients.web.desk import DeskRequest, desk_page


class ChangeForm(forms.Form):
    """Which change of the visit is taken back."""

    change = forms.IntegerField(min_value=1, max_value=2**63 - 1)


@require_POST
@desk_page("move", Consultation)
def take_back(request: DeskRequest, pk: str) -> HttpResponse:
    """The visit as before the change that the address names; 409 where anything else happened to it since."""
    row = pages.fetch(request, "move", Consultation.objects.with_names(), pk=pk)
    address = request.view.address(visit=row.pk)
    form = ChangeForm(drag.told(request))
    if not form.is_valid():
        return drag.ill_told(request, form, address)
    change = form.cleaned_data["change"]
    try:
        back = reverting.revert(consultation=row, change=change, by=request.user, now=request.now)
    except Refusal as refusal:
        if drag.is_dragged(request):
            return drag.refused(request, visit.shown(request, pk), refusal)
        messages.error(request, refusal.message)
        return redirect(address)
    if back.status == Status.CANCELLED:
        return drag.gone(request, _("Taken back: %(name)s is not booked.") % {"name": row.patient.name})
    words = {"name": row.patient.name, "time": dates.moment(back.start, row.clinic.zone)}
    return drag.done(request, back, _("Taken back: %(name)s, %(time)s.") % words)
