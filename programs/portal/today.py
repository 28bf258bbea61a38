"""What to do today, and one exercise in full."""

from datetime import timedelta

from django.http import Http404, HttpResponse

from clinic.web import pages
from patients.web.portal import PortalRequest, page, portal_page
from programs.actions import watching
from programs.actions.watching.today import Today, too_painful


@portal_page
def today(request: PortalRequest) -> HttpResponse:
    """The next exercise large, then the plan, the physiotherapist's words, the next visit, the week.

    After a sitting with pain above the limit the clinic's advice stands there for the rest of the day.
    """
    seen = watching.today(patient=request.patient, now=request.now)
    pages.seen(request, "today", [request.patient.pk])
    next_item = seen.left[0] if seen.left else None
    context = {
        "today": seen,
        "too_painful": too_painful(seen),
        "next": next_item,
        "next_number": seen.due.index(next_item) + 1 if next_item else None,
        "letter": _letter(seen),
        "resting": [item for item in seen.items if not item.is_due],
        "in_days": _days_until_visit(seen),
    }
    return page(request, "portal/today.html", "portal", context)


@portal_page
def exercise(request: PortalRequest, pk: str) -> HttpResponse:
    """One prescription: picture, steps, dosage in words, why, what to watch for."""
    seen = watching.today(patient=request.patient, now=request.now)
    item = next((each for each in seen.items if str(each.prescription.pk) == str(pk)), None)
    if item is None:
        raise Http404
    pages.seen(request, "exercise", [request.patient.pk])
    return page(request, "portal/exercise.html", "portal", {"item": item, "today": seen})


def _letter(seen: Today) -> object:
    """The newest words of the physiotherapist, as the item that carries them."""
    written = [item for item in seen.items if item.note]
    return max(written, key=lambda item: (item.revision.effective_on, item.revision.number), default=None)


def _days_until_visit(seen: Today) -> int | None:
    visit = seen.next_consultation
    if visit is None:
        return None
    return (visit.start.astimezone(visit.clinic.zone).date() - seen.day) // timedelta(days=1)
