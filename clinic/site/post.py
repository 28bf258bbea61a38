"""The list of messages: what was not sent and what to do about it, for the desk and managers."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from clinic import policy
from clinic.actions import outbox, queueing
from clinic.actions.queueing import Show
from clinic.models import Clinic, OutboxMessage
from clinic.rules.refusals import Refusal
from clinic.web import pages

FILTERS = (
    (Show.CARE, gettext_lazy("To do")),
    (Show.DUE, gettext_lazy("Due")),
    (Show.FAILED, gettext_lazy("Failed")),
    (Show.SENT, gettext_lazy("Sent")),
)


@pages.for_who_may("view", OutboxMessage)
def post(request: pages.StaffRequest) -> HttpResponse:
    """The messages that the filter asks for, the newest first, on the clock of the reader's clinic."""
    show = _show(request.GET.get("show", ""))
    listed = queueing.listed(show=show, after=_after(request), by=request.user, now=request.now)
    pages.seen(request, "messages", (line.to.person for line in listed.lines if line.to and line.to.page))
    context = {"listed": listed, "show": show, "filters": FILTERS, "is_first": "after" not in request.GET}
    with timezone.override(_clinic(request).zone):
        return render(request, "site/messages.html", context)


@require_POST
@pages.for_who_may("resend", OutboxMessage)
def resend(request: pages.StaffRequest, pk: str) -> HttpResponse:
    """Send one again."""
    row = pages.fetch(request, "resend", OutboxMessage, pk=pk)
    try:
        outbox.resend(message=row, by=request.user, now=request.now)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("It is on its way again."))
    return redirect(f"{reverse('messages')}?show={_show(request.POST.get('show', ''))}")


def _show(text: str) -> Show:
    return Show(text) if text in set(Show) else Show.CARE


def _after(request: pages.StaffRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("after", ""))
    except ValueError:
        return None


def _clinic(request: pages.StaffRequest) -> Clinic:
    """The first clinic in which the reader works."""
    return Clinic.objects.filter(pk__in=policy.reach(request.user).anywhere).order_by("name")[0]
