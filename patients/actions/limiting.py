"""Owns how many unconfirmed bookings an email address, a network and a day of a clinic may hold at a time."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from clinic.actions import searching
from clinic.models import Clinic, ConsultationType
from clinic.rules import wallclock
from clinic.rules.refusals import Kind, Refusal
from patients.actions import locking
from patients.actions.entries import Entry
from patients.models import BookingRequest, RequestState
from patients.models.request import OPEN_HOLDS
from patients.rules import shares

LIMITS = {"two_open_holds_an_email": "address", "two_open_holds_a_network": "network"}
"""Whose holds each constraint counts."""
ALL_HOLDS = set(range(1, OPEN_HOLDS + 1))


class TooManyHolds(Refusal):
    """Two bookings wait for their confirmation already. It does not say whether by this email or this network."""

    code = "too_many_holds"
    kind = Kind.LIMITED


class DayFull(Refusal):
    """As many unconfirmed requests hold times of this clinic and day as it lets them."""

    code = "day_full_online"
    kind = Kind.CONFLICT


def check_share(entry: Entry, now: datetime) -> None:
    """The clinic is locked last of all, so that two requests for one day cannot both have its last share.

    The time that is asked for is held by now, so it is not among the free ones. Raises DayFull.
    """
    clinic = Clinic.objects.select_for_update(no_key=True).get(pk=entry.clinic.pk)
    day = wallclock.local_day(entry.choice.start, clinic.zone)
    if _is_full(entry.type, clinic, day, now, entering=1):
        raise DayFull(
            _(
                "No more of this day can be booked online right now. Choose another day, or call us: %(phone)s."
            )
            % {"phone": clinic.phone}
        )


def full_days(*, kind: ConsultationType, clinic: Clinic, first: date, last: date, now: datetime) -> set[date]:
    """The days from `first` to `last` of which a request would get nothing more: they are not worth showing.

    One query, and a search for each day on which unconfirmed requests hold times.
    """
    if clinic.online_share == 0:
        return {first + timedelta(days=n) for n in range((last - first).days + 1)}
    start, end = wallclock.day_span(first, clinic.zone).start, wallclock.day_span(last, clinic.zone).end
    held = _held(clinic, start, end, now).values_list("start", flat=True)
    asked = {wallclock.local_day(each, clinic.zone) for each in held}
    return {day for day in asked if _is_full(kind, clinic, day, now, entering=0)}


def _held(clinic: Clinic, start: datetime, end: datetime, now: datetime) -> QuerySet[BookingRequest]:
    return BookingRequest.objects.filter(
        clinic=clinic, state=RequestState.OPEN, held_until__gt=now, start__gte=start, start__lt=end
    )


def _is_full(kind: ConsultationType, clinic: Clinic, day: date, now: datetime, *, entering: int) -> bool:
    """Whether one more hold would be above the share; `entering` counts holds of now that are not in the rows yet."""
    span = wallclock.day_span(day, clinic.zone)
    held = _held(clinic, span.start, span.end, now).count()
    query = searching.SlotQuery(type=kind, first=day, last=day, clinic=clinic)
    free = shares.side_by_side(searching.free_starts(query=query, now=now))
    return held + 1 > shares.most_held(share=clinic.online_share, open_slots=free + held + entering)


def counted(entry: Entry, values: Mapping[str, object], now: datetime) -> BookingRequest:
    """The request under the first numbers that are free; the constraints decide, also against who comes at once."""
    _sweep(entry, now)
    numbers = {whose: sorted(ALL_HOLDS - _taken(entry, whose, now)) for whose in LIMITS.values()}
    while numbers["address"] and numbers["network"]:
        try:
            with transaction.atomic():
                return BookingRequest.objects.create(
                    address_hold=numbers["address"][0], network_hold=numbers["network"][0], **values
                )
        except IntegrityError as fault:
            whose = LIMITS.get(locking.constraint(fault), "")
            if not whose:
                raise
            del numbers[whose][0]
    raise TooManyHolds(
        _(
            "Two bookings wait for their confirmation already. Open the mails and confirm them, or wait a "
            "quarter of an hour and try again. In a hurry? Call us: %(phone)s."
        )
        % {"phone": entry.clinic.phone}
    )


def _taken(entry: Entry, whose: str, now: datetime) -> set[int]:
    digest = f"{whose}_digest"
    rows = BookingRequest.objects.filter(
        state=RequestState.OPEN, held_until__gt=now, **{digest: entry.digests[digest]}
    )
    return set(rows.values_list(f"{whose}_hold", flat=True))


def _sweep(entry: Entry, now: datetime) -> None:
    """Says of open requests that their time has run out; those that somebody else sweeps are left to them."""
    mine = Q(practitioner=entry.choice.practitioner)
    for column, digest in entry.digests.items():
        mine |= Q(**{column: digest})
    rows = BookingRequest.objects.filter(mine, state=RequestState.OPEN, held_until__lte=now)
    over = rows.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True)
    BookingRequest.objects.filter(pk__in=list(over)).update(state=RequestState.EXPIRED)


def same(entry: Entry, now: datetime) -> BookingRequest | None:
    """The request that asks for the same and holds its time."""
    return BookingRequest.objects.filter(
        practitioner=entry.choice.practitioner,
        start=entry.choice.start,
        state=RequestState.OPEN,
        held_until__gt=now,
        **entry.digests,
    ).first()
