"""The guided first run: what a new installation still needs, each with its state and the one link to it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from clinic import policy
from clinic.actions import first_steps
from clinic.actions.first_steps import Step, Wanted
from clinic.admin.adding import FROM_SETUP
from clinic.models import Clinic, ConsultationType, OpeningHours, Practitioner
from clinic.web import pages

RECORDS = "admin:clinic_%s_%s"
BACK = f"?{urlencode(FROM_SETUP)}"
WORDS: dict[Wanted, tuple[Any, Any]] = {
    Wanted.OPENING: (gettext_lazy("Opening hours"), gettext_lazy("When each clinic is open, and its holidays.")),
    Wanted.ROOMS: (gettext_lazy("Rooms"), gettext_lazy("Where visits take place: one visit a room at a time.")),
    Wanted.STAFF: (
        gettext_lazy("Staff"),
        gettext_lazy("Colleagues with their roles. Each gets a mail with a link to set a password."),
    ),
    Wanted.PRACTITIONERS: (
        gettext_lazy("Practitioners"),
        gettext_lazy("Who treats: a member of the staff with a diary, perhaps you."),
    ),
    Wanted.TYPES: (
        gettext_lazy("Consultation types"),
        gettext_lazy("What can be booked, how long it takes, and how early."),
    ),
    Wanted.GIVEN: (
        gettext_lazy("Who gives what, and where"),
        gettext_lazy("Each type needs its practitioners and its rooms."),
    ),
    Wanted.HOURS: (gettext_lazy("Working hours"), gettext_lazy("The week of each practitioner.")),
    Wanted.REMINDERS: (gettext_lazy("Reminders"), gettext_lazy("How long before a visit patients are reminded.")),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A step as the page shows it."""

    step: Step
    title: str
    why: str
    state: str
    url: str
    usual_types: bool
    give_all: bool


@pages.for_who_may("change", OpeningHours)
def setup(request: pages.StaffRequest) -> HttpResponse:
    """The list."""
    steps = first_steps.steps(by=request.user, now=request.now)
    context = {
        "steps": [_shown(request, each) for each in steps],
        "done": sum(each.is_done for each in steps),
        "is_ready": first_steps.is_ready(steps),
    }
    return render(request, "admin/setup.html", context)


@require_POST
@pages.for_who_may("add", ConsultationType)
def usual_types(request: pages.StaffRequest) -> HttpResponse:
    """The four usual types, those that are not there yet."""
    added = first_steps.add_usual_types(by=request.user)
    if added:
        names = ", ".join(each.name for each in added)
        messages.success(request, _("Added: %(names)s. Change them as you like.") % {"names": names})
    else:
        messages.info(request, _("You have a type of each kind already."))
    return redirect("admin:setup")


@require_POST
@pages.for_who_may("change", ConsultationType)
def give_all(request: pages.StaffRequest) -> HttpResponse:
    """What nobody gives yet is given by everybody, in every room."""
    given = first_steps.give_all(by=request.user)
    names = ", ".join(each.name for each in given)
    if given:
        words = _("Everybody gives now, in every room: %(names)s. Change them as you like.")
        messages.success(request, words % {"names": names})
    return redirect("admin:setup")


def _shown(request: pages.StaffRequest, step: Step) -> Shown:
    title, why = WORDS[step.wanted]
    return Shown(
        step=step,
        title=str(title),
        why=str(why),
        state=_state(step),
        url=_url(request, step),
        usual_types=step.wanted == Wanted.TYPES and not step.count,
        give_all=step.wanted == Wanted.GIVEN and bool(step.lacking),
    )


def _state(step: Step) -> str:
    if step.lacking:
        return _("still missing for %(names)s") % {"names": ", ".join(step.lacking)}
    if not step.count:
        return _("none yet") if step.needed else _("none yet, and visits can be booked without")
    if step.wanted in {Wanted.OPENING, Wanted.GIVEN, Wanted.HOURS}:
        return _("set, and nothing is missing")
    return ngettext("%(n)d entered", "%(n)d entered", step.count) % {"n": step.count}


def _url(request: pages.StaffRequest, step: Step) -> str:
    """Where the step is done: for hours the sheet of the first that lacks them."""
    mine = policy.visible(request.user, Clinic, "change").filter(archived_at=None).order_by("name")
    match step.wanted:
        case Wanted.OPENING:
            clinic = mine.filter(name__in=step.lacking).first() or mine.first()
            return reverse("admin:opening", args=[clinic.pk]) + BACK if clinic else reverse("admin:records")
        case Wanted.HOURS if step.lacking:
            whose = Practitioner.objects.filter(name=step.lacking[0], clinics__in=mine).first()
            return reverse("admin:hours", args=[whose.pk]) + BACK if whose else reverse("admin:records")
        case Wanted.STAFF if not step.is_done:
            return reverse("admin:staff_new") + BACK
        case Wanted.ROOMS | Wanted.STAFF | Wanted.PRACTITIONERS | Wanted.REMINDERS | Wanted.TYPES:
            record = {
                Wanted.ROOMS: "room", Wanted.STAFF: "user", Wanted.PRACTITIONERS: "practitioner",
                Wanted.REMINDERS: "reminderlead", Wanted.TYPES: "consultationtype",
            }[step.wanted]  # fmt: skip
            is_done = step.is_done
            return reverse(RECORDS % (record, "changelist" if is_done else "add")) + ("" if is_done else BACK)
        case Wanted.HOURS:
            return reverse(RECORDS % ("practitioner", "changelist"))
        case _:
            return reverse(RECORDS % ("consultationtype", "changelist"))
