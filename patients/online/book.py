"""Online booking, step by step: why, where, when, who. What is chosen stands in the address, what is typed does not."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.models import Clinic, ConsultationType, Practitioner
from clinic.rules import wallclock
from clinic.web import pages, throttling
from patients.actions import choosing, requesting
from patients.actions.choosing import Wanted
from patients.actions.entries import Choice, Entry
from patients.actions.registering import PatientDetails
from patients.online import advice, kept, showing
from patients.online.forms import DetailsForm, ReasonForm
from patients.rules import nearness
from patients.rules.redflags import Answer, Urgency

LOOKS = "120/5m"
"""How often one network may look for free times, two weeks at a time: a family of four, each turning a page every ten
seconds. After five minutes of rest it may again, as the page that refuses says."""


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What the address names: where, what, with whom or with anybody, and perhaps when."""

    clinic: Clinic
    types: list[ConsultationType]
    type: ConsultationType
    people: list[Practitioner]
    practitioner: Practitioner | None
    start: datetime | None

    def address(self, page: str = "book_time", **more: object) -> str:
        """A page with this choice; None in `more` leaves a part out."""
        told = {
            "clinic": self.clinic.slug,
            "type": self.type.pk,
            "with": self.practitioner.pk if self.practitioner else None,
            **more,
        }
        return f"{reverse(page)}?{urlencode({key: value for key, value in told.items() if value})}"


def reason(request: HttpRequest) -> HttpResponse:
    """The first step: why, and the questions of safety."""
    now = timezone.now()
    if request.method != "POST":
        return render(request, "online/reason.html", {"form": ReasonForm(initial=kept.read(request, now))})
    if stopped := throttling.refused(request, door="book", rate="60/h"):
        return stopped
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return render(request, "online/reason.html", {"form": form}, status=pages.status(form))
    advice.note(request, form, now)
    calm = advice.urgency(form.answers) is Urgency.NOTHING
    return redirect("book_clinic" if calm else "book_advice")


@require_POST
def anew(request: HttpRequest) -> HttpResponse:
    """Forgets what was typed in this browser, and leads to an empty first step."""
    kept.forget(request)
    messages.success(request, _("What was typed here is removed."))
    return redirect("book")


def clinic(request: HttpRequest) -> HttpResponse:
    """The second step: the clinics, the nearest first where a place is told."""
    if sent_back := _not_yet(request):
        return sent_back
    place, here = request.GET.get("place", "").strip()[:80], nearness.position(request.GET.get("near", ""))
    rows = list(Clinic.objects.filter(archived_at=None).order_by("name"))
    away: list[tuple[Clinic, float | None]] = [(row, None) for row in rows]
    fitting: list[Clinic] = []
    if here:
        away = [*nearness.nearest(rows, here)]
    elif place:
        fitting = nearness.named(rows, place)
        away = [(row, None) for row in [*fitting, *(row for row in rows if row not in fitting)]]
    context = {
        "away": away,
        "place": place,
        "near": here,
        "unknown": bool(place and not fitting and not here),
    }
    return render(request, "online/clinic.html", context)


def time(request: HttpRequest) -> HttpResponse:
    """The third step: what, with whom, and when."""
    if sent_back := _not_yet(request):
        return sent_back
    chosen = _chosen(request)
    if isinstance(chosen, HttpResponse):
        return chosen
    if stopped := throttling.refused(request, door="book-time", rate=LOOKS, reading=True):
        return stopped
    now, zone = timezone.now(), chosen.clinic.zone
    today = wallclock.local_day(now, zone)
    first = max(showing.day(request.GET.get("from", "")) or today, today)
    wanted = Wanted(
        type=chosen.type,
        clinic=chosen.clinic,
        practitioner=chosen.practitioner,
        first=first,
        is_request=True,
    )
    days = choosing.days(wanted=wanted, now=now)
    shown = showing.calendar(
        days, showing.day(request.GET.get("day", "")), today=today, horizon=chosen.type.horizon_days
    )
    with timezone.override(zone):
        return render(
            request, "online/time.html", {"chosen": chosen, "shown": shown, "base": f"{chosen.address()}&"}
        )


def details(request: HttpRequest) -> HttpResponse:
    """The last step: who comes. Sent, the time is held and a mail is on its way."""
    if sent_back := _not_yet(request):
        return sent_back
    chosen = _chosen(request)
    if isinstance(chosen, HttpResponse):
        return chosen
    if chosen.start is None or chosen.practitioner is None:
        return redirect(chosen.address())
    now = timezone.now()
    form = DetailsForm(request.POST or None, initial=kept.read(request, now))
    if request.method == "POST":
        if stopped := throttling.refused(request, door="book-details", rate="20/h"):
            return stopped
        if form.is_valid():
            kept.keep(
                request, now, **{**form.cleaned_data, "birth_date": str(form.cleaned_data["birth_date"])}
            )
            entry = _entry(request, chosen, form, now)
            made = pages.attempt(form, lambda: requesting.request(entry=entry, now=now))
            if made:
                kept.keep(request, now, sent=_sent(made))
                return redirect("book_mail")
    return _details_page(request, chosen, form, now)


def mail(request: HttpRequest) -> HttpResponse:
    """What to do now: look into one's mail, and until when."""
    sent = kept.read(request, timezone.now()).get("sent")
    if not sent:
        return redirect("book")
    clinic = Clinic.objects.get(slug=sent["clinic"])
    until, start = (datetime.fromisoformat(sent[name]) for name in ("until", "start"))
    with timezone.override(clinic.zone):
        context = {"clinic": clinic, "email": sent["email"], "until": until, "start": start}
        return render(request, "online/mail.html", {**context, "is_over": until <= timezone.now()})


def _sent(made: requesting.Requested) -> dict[str, str]:
    """What the page about the mail says, and which request it is."""
    return {
        "request": str(made.request.pk),
        "email": made.request.email,
        "clinic": made.request.clinic.slug,
        "start": made.request.start.isoformat(),
        "until": made.held_until.isoformat(),
    }


def _details_page(request: HttpRequest, chosen: Chosen, form: DetailsForm, now: datetime) -> HttpResponse:
    status = pages.status(form) if form.is_bound else 200
    nearest: list[choosing.Time] = []
    if status == 409 and chosen.start:
        wanted = Wanted(
            type=chosen.type,
            clinic=chosen.clinic,
            practitioner=chosen.practitioner,
            first=wallclock.local_day(chosen.start, chosen.clinic.zone),
            is_request=True,
        )
        nearest = choosing.nearest(wanted=wanted, to=chosen.start, now=now)
    urgency = advice.urgency(kept.read(request, now).get("answers"))
    context = {"chosen": chosen, "form": form, "nearest": nearest, "calls": urgency is Urgency.CALL}
    context["back"] = chosen.address()
    with timezone.override(chosen.clinic.zone):
        return render(request, "online/details.html", context, status=status)


def _entry(request: HttpRequest, chosen: Chosen, form: DetailsForm, now: datetime) -> Entry:
    told = kept.read(request, now)
    assert chosen.practitioner is not None  # noqa: S101 - the page asked
    assert chosen.start is not None  # noqa: S101
    return Entry(
        type=chosen.type,
        choice=Choice(practitioner=chosen.practitioner, start=chosen.start),
        who=PatientDetails(clinic=chosen.clinic, language=get_language() or "en", **form.cleaned_data),
        reason=told.get("reason", ""),
        answers={key: Answer(said) for key, said in told["answers"].items()},
        network=throttling.network(request),
        alarm=advice.noted(told),
    )


def _not_yet(request: HttpRequest) -> HttpResponse | None:
    """Back to the first step where its questions are not answered, or to the advice where there is nothing to book."""
    urgency = advice.urgency(kept.read(request, timezone.now()).get("answers"))
    if urgency is None:
        return redirect("book")
    return redirect("book_advice") if urgency is Urgency.EMERGENCY else None


def _chosen(request: HttpRequest) -> Chosen | HttpResponse:
    """What the address names; the page to choose a clinic where it names none that can be booked online."""
    told = {key: str(value).replace("\x00", "") for key, value in request.GET.items()}
    clinic = Clinic.objects.filter(slug=told.get("clinic", ""), archived_at=None).first()
    types = list(choosing.types_at(clinic)) if clinic else []
    if clinic is None or not types:
        messages.warning(request, _("Nothing can be booked online there. Choose a clinic, or call it."))
        return redirect("book_clinic")
    kind = next((each for each in types if str(each.pk) == told.get("type")), types[0])
    people = list(choosing.people_at(kind, clinic))
    return Chosen(
        clinic=clinic,
        types=types,
        type=kind,
        people=people,
        practitioner=next((each for each in people if str(each.pk) == told.get("with")), None),
        start=_moment(told.get("start", "")),
    )


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo and wallclock.is_near(moment.date()) else None
