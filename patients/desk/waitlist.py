"""The waitlist under the desk: who waits for what, a new wish, and a time that is offered or booked by hand."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from clinic import policy
from clinic.actions.searching import Slot
from clinic.models import Clinic, Practitioner
from clinic.rules import wallclock
from clinic.rules.refusals import Refusal
from clinic.web import dates, pages
from clinic.web.problems import STATUS
from patients.actions import finding, waiting
from patients.actions.waiting import Place
from patients.desk.wishes import PlaceField, PlaceForm, WishForm
from patients.models import Answer, Consultation, Offer, Patient, WaitlistEntry
from patients.models.waitlist import ALL_WEEK

HALF_AN_HOUR = 1800
"""Seconds."""
SHOWN = 100
"""So many wishes stand on the page, in order of entry."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A wish as the list shows it; `visit` is the patient's next one of that type, if there is one already."""

    entry: WaitlistEntry
    offers: list[Offer]
    visit: Consultation | None
    now: datetime

    @property
    def days(self) -> int:
        """For how many days it has waited."""
        return (self.now - self.entry.created_at).days

    @property
    def open_offer(self) -> Offer | None:
        """What is offered now."""
        return next((offer for offer in self.offers if offer.answer == Answer.OPEN), None)

    @property
    def told(self) -> str:
        """What became of the offers before, in words; "" where there were none."""
        answers = [offer.answer for offer in self.offers if offer.answer]
        parts = [
            ngettext("declined once", "declined %(n)d times", n) % {"n": n}
            for n in [answers.count(Answer.DECLINED)]
            if n
        ] + [
            ngettext("one offer ran out", "%(n)d offers ran out", n) % {"n": n}
            for n in [answers.count(Answer.EXPIRED)]
            if n
        ]
        return ", ".join(parts)

    @property
    def when(self) -> str:
        """On which days and at which hours, in words."""
        return ", ".join(filter(None, (_weekdays(self.entry.weekdays), _hours(self.entry))))


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A free slot with its names, and how the form sends it."""

    practitioner: Practitioner
    clinic: Clinic
    start: datetime
    value: str


@pages.for_who_may("view", WaitlistEntry)
def waitlist(request: pages.StaffRequest) -> HttpResponse:
    """Who waits, in order of entry."""
    entries = list(waiting.open_wishes(user=request.user, now=request.now)[:SHOWN])
    visits = waiting.next_visits(patients=[entry.patient_id for entry in entries], now=request.now)
    pages.seen(request, "waitlist", (entry.patient_id for entry in entries))
    lines = [
        Line(
            entry=entry,
            offers=list(entry.offers.all()),
            visit=visits.get((entry.patient_id, entry.type_id)),
            now=request.now,
        )
        for entry in entries
    ]
    offered = sum(line.open_offer is not None for line in lines)
    return render(request, "desk/waitlist.html", {"lines": lines, "offered": offered})


@pages.for_who_may("add", WaitlistEntry)
def new(request: pages.StaffRequest) -> HttpResponse:
    """A new wish: first for whom, then what. The name is searched by POST, so that none stands in an address."""
    chosen = request.GET.get("patient")
    if not chosen:
        text = request.POST.get("text", "").strip()[:80]
        hits = finding.find(text=text, user=request.user) if text else []
        pages.seen(request, "patient search", (patient.pk for patient in hits))
        return render(request, "desk/waitlist_whom.html", {"hits": hits, "text": text})
    patient = pages.fetch(request, "view", Patient.objects.select_related("clinic"), pk=chosen)
    form = WishForm(request.POST or None, patient=patient, type_id=request.GET.get("type"), now=request.now)
    if request.method == "POST" and form.is_valid():
        made = pages.attempt(
            form, lambda: waiting.wish(wanted=form.wanted(), by=request.user, now=request.now)
        )
        if made:
            messages.success(request, _("%(name)s is on the waitlist.") % {"name": patient.name})
            return redirect("desk_waitlist_one", pk=made.pk)
    pages.seen(request, "patient", [patient.pk])
    context = {"form": form, "patient": patient}
    return render(request, "desk/waitlist_new.html", context, status=pages.status(form))


@pages.for_who_may("view", WaitlistEntry)
def one(request: pages.StaffRequest, pk: UUID) -> HttpResponse:
    """One wish, with what is free for it now."""
    return _one(request, _fetched(request, "view", pk))


@require_POST
@pages.for_who_may("offer", WaitlistEntry)
def offer(request: pages.StaffRequest, pk: UUID) -> HttpResponse:
    """Offer the chosen time by mail, held until the answer; or book it, for who was called."""
    entry = _fetched(request, "offer", pk)
    form = PlaceForm(request.POST)
    if not form.is_valid():
        return _one(request, entry, refusal=str(PlaceField.default_error_messages["required"]), status=422)
    told = form.cleaned_data["place"]
    place = Place(
        clinic=pages.fetch(request, "book", Clinic, pk=told.clinic),
        practitioner=pages.fetch(request, "view", Practitioner, pk=told.practitioner),
        start=told.start,
    )
    is_booking = request.POST.get("how") == "book"
    act = waiting.book if is_booking else waiting.offer
    try:
        act(entry=entry, place=place, by=request.user, now=request.now)
    except Refusal as refusal:
        return _one(request, entry, refusal=refusal.message, status=STATUS[refusal.kind])
    what = _("Booked: %(name)s, %(time)s.") if is_booking else _("Offered to %(name)s: %(time)s.")
    time = dates.moment(place.start, place.clinic.zone)
    messages.success(request, what % {"name": entry.patient.name, "time": time})
    return redirect("desk_waitlist")


@require_POST
@pages.for_who_may("withdraw", WaitlistEntry)
def withdraw(request: pages.StaffRequest, pk: UUID) -> HttpResponse:
    """Take a wish off the list."""
    entry = _fetched(request, "withdraw", pk)
    try:
        waiting.withdraw(entry=entry, by=request.user, now=request.now)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("%(name)s waits no more.") % {"name": entry.patient.name})
    return redirect("desk_waitlist")


@require_POST
@pages.for_who_may("withdraw", Offer)
def take_back(request: pages.StaffRequest, pk: UUID) -> HttpResponse:
    """Take back what is offered; the wish waits on."""
    rows = Offer.objects.select_related(
        "entry__type", "consultation__patient", "consultation__type", "consultation__clinic",
        "consultation__practitioner", "consultation__block",
    )  # fmt: skip
    row = pages.fetch(request, "withdraw", rows, pk=pk)
    try:
        waiting.withdraw_offer(offer=row, by=request.user, now=request.now)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Taken back. The time is free again."))
    return redirect("desk_waitlist")


def _fetched(request: pages.StaffRequest, act: str, pk: UUID) -> WaitlistEntry:
    rows = WaitlistEntry.objects.select_related("patient__clinic", "type", "practitioner")
    return pages.fetch(request, act, rows.prefetch_related("clinics"), pk=pk)


def _one(
    request: pages.StaffRequest, entry: WaitlistEntry, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    offers = entry.offers.select_related("consultation__practitioner", "consultation__clinic")
    line = Line(entry=entry, offers=list(offers.order_by("-made_at")), visit=None, now=request.now)
    choices = [] if line.open_offer else _choices(request, entry)
    pages.seen(request, "wish", [entry.patient_id])
    by_day = [
        (day, list(group))
        for day, group in groupby(choices, key=lambda each: wallclock.local_day(each.start, each.clinic.zone))
    ]
    context = {
        "line": line,
        "entry": entry,
        "by_day": by_day,
        "clinics": len({each.clinic for each in choices}),
        "writable": entry.patient.reads_email,
        "refusal": refusal,
    }
    return render(request, "desk/waitlist_one.html", context, status=status)


def _choices(request: pages.StaffRequest, entry: WaitlistEntry) -> list[Choice]:
    slots = _thinned(waiting.free_slots(entry=entry, user=request.user, now=request.now))
    clinics = {row.pk: row for row in policy.visible(request.user, Clinic)}
    people = {row.pk: row for row in entry.type.practitioners.all()}
    return [
        Choice(
            practitioner=people[slot.practitioner_id],
            clinic=clinics[slot.clinic_id],
            start=slot.start,
            value=f"{slot.clinic_id}|{slot.practitioner_id}|{slot.start.isoformat()}",
        )
        for slot in slots
    ]


def _thinned(slots: list[Slot]) -> list[Slot]:
    """Of each half hour the first time of each practitioner: more of them help nobody to choose."""
    seen: dict[tuple[UUID, int], Slot] = {}
    for slot in slots:
        seen.setdefault((slot.practitioner_id, int(slot.start.timestamp()) // HALF_AN_HOUR), slot)
    return list(seen.values())


def _weekdays(bits: int) -> str:
    """Such as "Mon to Fri" for days in a row, three or more of them; else each by its name."""
    if bits == ALL_WEEK:
        return _("any day")
    days = [number for number in range(7) if bits >> number & 1]
    names = [str(dates.WEEKDAYS[number]) for number in days]
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return _("%(first)s to %(last)s") % {"first": names[0], "last": names[-1]}
    return ", ".join(names)


def _hours(entry: WaitlistEntry) -> str:
    told = {
        "first": f"{entry.earliest:%H:%M}" if entry.earliest else "",
        "last": f"{entry.latest:%H:%M}" if entry.latest else "",
    }
    if told["first"] and told["last"]:
        return _("%(first)s to %(last)s") % told
    if told["first"]:
        return _("from %(first)s on") % told
    return _("over by %(last)s") % told if told["last"] else ""
