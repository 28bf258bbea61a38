"""Enters, withdraws and reads wishes on the waitlist."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from clinic import policy
from clinic.actions import searching
from clinic.actions.searching import Slot, SlotQuery
from clinic.models import Clinic, ConsultationType, Practitioner, User
from clinic.policy import NotYours
from clinic.rules import wallclock
from clinic.rules.refusals import Kind, Refusal
from patients import record
from patients.actions import locking
from patients.actions.seating import NotServed, PatientClosed
from patients.actions.waiting import holds
from patients.models import Consultation, Offer, Patient, WaitlistEntry, WaitState
from patients.rules import waiting as rules
from patients.rules.waiting import ALL_WEEK, Terms

LONGEST = timedelta(days=366)
SLOTS_SHOWN = 60
"""So many free slots are shown for a wish, the soonest first."""


class WishUnlikely(Refusal):
    """A wish that no slot can ever fit: over already, reversed, or hours too short for the visit."""

    code = "wish_unlikely"


class NotWaiting(Refusal):
    """The wish is withdrawn, or has its visit."""

    code = "not_waiting"
    kind = Kind.CONFLICT


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is wished for whom. Without practitioner anybody will do, without clinics any clinic. Hours are those in
    which the whole visit has to lie, on the clock of the slot's clinic."""

    patient: Patient
    type: ConsultationType
    since: date
    until: date
    practitioner: Practitioner | None = None
    clinics: tuple[Clinic, ...] = ()
    weekdays: int = ALL_WEEK
    earliest: time | None = None
    latest: time | None = None
    note: str = ""


def wish(*, wanted: Wanted, by: User | None, now: datetime) -> WaitlistEntry:
    """The wish, on the list. Raises PatientClosed, NotServed, WishUnlikely, NotYours."""
    _check(wanted, now)
    with transaction.atomic():
        entry = WaitlistEntry.objects.create(
            patient=record.current(wanted.patient),
            type=wanted.type,
            practitioner=wanted.practitioner,
            weekdays=wanted.weekdays,
            earliest=wanted.earliest,
            latest=None if wanted.latest == wallclock.MIDNIGHT else wanted.latest,
            since=wanted.since,
            until=wanted.until,
            created_at=now,
            created_by=by,
            note=wanted.note.strip(),
        )
        entry.clinics.set(wanted.clinics)
        if by is not None and not policy.may(by, "add", entry):
            raise NotYours(_("You may not put this patient on the waitlist. Ask the front desk."))
    return entry


def withdraw(*, entry: WaitlistEntry, by: User | None, now: datetime) -> WaitlistEntry:
    """The wish, off the list; a slot that is held for it is free at once.

    Raises NotYours, NotWaiting, Changed, Busy.
    """
    if by is not None and not policy.may(by, "withdraw", entry):
        raise NotYours(_("You may not change this wish. Ask the front desk."))
    return locking.settled(lambda: _withdraw(entry, now))


def open_wishes(*, user: User, now: datetime) -> QuerySet[WaitlistEntry]:
    """The wishes that wait and that the user may see, in order of entry, with all that a list shows. 3 queries."""
    today = now.date() - timedelta(days=1)  # a day early, for it may be yesterday still where the clinic is
    rows = policy.visible(user, WaitlistEntry).filter(state=WaitState.OPEN, until__gte=today)
    offers = Offer.objects.select_related("consultation__practitioner", "consultation__clinic")
    return (
        rows.select_related("patient", "type", "practitioner", "created_by")
        .prefetch_related("clinics", Prefetch("offers", offers.order_by("-made_at")))
        .order_by("created_at", "pk")
    )


def next_visits(*, patients: Iterable[UUID], now: datetime) -> dict[tuple[UUID, UUID], Consultation]:
    """The next visit of each of the patients, by patient and type: who has one may wait no more. One query."""
    coming = Consultation.objects.filter(patient__in=list(patients)).upcoming(now).select_related("clinic")
    found: dict[tuple[UUID, UUID], Consultation] = {}
    for visit in coming:
        found.setdefault((visit.patient_id, visit.type_id), visit)
    return found


def terms(entry: WaitlistEntry) -> Terms:
    """What the rule asks of a slot. Reads the clinics: prefetch them for many."""
    return Terms(
        since=entry.since,
        until=entry.until,
        practitioner=entry.practitioner_id,
        clinics=frozenset(clinic.pk for clinic in entry.clinics.all()),
        weekdays=entry.weekdays,
        earliest=entry.earliest,
        latest=entry.latest,
    )


def free_slots(*, entry: WaitlistEntry, user: User, now: datetime) -> list[Slot]:
    """Up to 60 free slots that fit the wish, the soonest first, at clinics where the user may book."""
    clinics = {row.pk: row for row in policy.visible(user, Clinic, "book").filter(archived_at=None)}
    first = max(entry.since, now.date() - timedelta(days=1))
    last = min(entry.until, first + timedelta(days=searching.MOST_DAYS - 1))
    if last < first:
        return []
    query = SlotQuery(type=entry.type, first=first, last=last, practitioner=entry.practitioner)
    own = Consultation.objects.filter(patient=entry.patient_id, end__gt=now).seated()
    found = searching.free_starts(query=query, now=now, also_busy=own.values_list("start", "end"))
    wanted = terms(entry)
    fit = (
        slot
        for slot in found
        if slot.clinic_id in clinics and rules.fits(wanted, slot, clinics[slot.clinic_id].zone)
    )
    return [slot for slot, _count in zip(fit, range(SLOTS_SHOWN), strict=False)]


def _withdraw(entry: WaitlistEntry, now: datetime) -> WaitlistEntry:
    holds.take_back(entry, now=now)
    fresh = locked(entry.pk)
    fresh.state = WaitState.WITHDRAWN
    fresh.save(update_fields=["state"])
    return fresh


def locked(entry_id: UUID) -> WaitlistEntry:
    """The wish as it is now, locked; after the rows of the diary, never before. Raises NotWaiting."""
    row = WaitlistEntry.objects.select_for_update(no_key=True, of=("self",)).get(pk=entry_id)
    if row.state != WaitState.OPEN:
        raise NotWaiting(
            _("This wish waits no more: it was withdrawn, or has its visit. Load the list again.")
        )
    return row


def _check(wanted: Wanted, now: datetime) -> None:
    patient = wanted.patient
    if patient.archived_at or patient.merged_into_id or patient.deceased_on:
        raise PatientClosed(_("This record is closed. Open it again before you put it on the waitlist."))
    if wanted.practitioner and not wanted.type.practitioners.filter(pk=wanted.practitioner.pk).exists():
        raise NotServed(
            _("%(practitioner)s does not give this type of consultation. Choose somebody who does.")
            % {"practitioner": wanted.practitioner},
            field="practitioner",
        )
    _check_days(wanted, now)
    _check_hours(wanted)


def _check_days(wanted: Wanted, now: datetime) -> None:
    if wanted.until < wanted.since:
        raise WishUnlikely(_("The last day lies before the first. Swap them."), field="until")
    if wanted.until < wallclock.local_day(now, wanted.patient.clinic.zone):
        raise WishUnlikely(_("The last day is past. Choose a later one."), field="until")
    if wanted.until - wanted.since > LONGEST:
        raise WishUnlikely(_("A wish stands for at most a year. Choose an earlier last day."), field="until")
    if not 1 <= wanted.weekdays <= ALL_WEEK:
        raise WishUnlikely(_("Choose at least one weekday."), field="weekdays")


def _check_hours(wanted: Wanted) -> None:
    first = wanted.earliest or wallclock.MIDNIGHT
    last = time.max if wanted.latest in {None, wallclock.MIDNIGHT} else wanted.latest
    if last <= first:
        raise WishUnlikely(_("The hours end before they begin. Swap them."), field="latest")
    room = timedelta(hours=last.hour - first.hour, minutes=last.minute - first.minute)
    if room < timedelta(minutes=wanted.type.duration_min):
        raise WishUnlikely(
            _("A visit of %(minutes)d minutes does not fit between these hours. Give it more room.")
            % {"minutes": wanted.type.duration_min},
            field="latest",
        )
