"""Invites somebody on the staff again, who has not set a password yet."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.actions import welcoming
from clinic.models import User
from clinic.rules.refusals import Refusal
from clinic.web import pages


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
        tell(request, user)
    return redirect("admin:clinic_user_change", user.pk)


def tell(request: HttpRequest, user: User) -> None:
    """Says that the invitation is under way, and how long it is good for."""
    words = _("An invitation goes to %(email)s. Its link works for %(days)d days.")
    messages.success(request, words % {"email": user.email, "days": welcoming.LASTS.days})
