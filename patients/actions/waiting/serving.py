"""Hands out what was freed: finds who waits for it, in order of entry, and offers it to the first who can have it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from clinic.actions import leasing, searching
from clinic.actions.leasing import BATCH, Clock
from clinic.actions.searching import Slot, SlotQuery
from clinic.models import Block, Channel, ConsultationType, OutboxMessage, State
from clinic.rules import wallclock
from clinic.rules.intervals import Span
from clinic.rules.refusals import Refusal
from patients.actions import freeing, holding, locking
from patients.actions.locking import Busy, Changed
from patients.actions.waiting import holds, offers, wishes
from patients.actions.waiting.offers import Place
from patients.models import Answer, Offer, WaitlistEntry, WaitState
from patients.rules import waiting as rules
from patients.rules.lifecycle import Status

TRIES = 3
"""Slots of a freed stretch that are tried for one wish, before the next in line."""
REFUSED = (Answer.DECLINED, Answer.EXPIRED)
"""Who answered so is not asked about the same time again."""
SOON = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A wish, and the free slots in a freed stretch that fit it: first the one that was there, then by time."""

    entry: WaitlistEntry
    slots: list[Slot]


def fitting(*, block: Block, now: datetime) -> list[Fit]:
    """The wishes that a slot in the freed block fits now, in order of entry: of whoever may be written to, has no
    other offer open, and did not let this time go before. 4 queries, and those of a search for each type."""
    zone = block.clinic.zone
    free: dict[UUID, list[Slot]] = {}
    fits = []
    let_go = _let_go(block)
    for entry in _waiting(block, now):
        if entry.pk in let_go:
            continue
        if entry.type_id not in free:
            free[entry.type_id] = _free_in(block, entry.type, now)
        wanted = wishes.terms(entry)
        slots = [slot for slot in free[entry.type_id] if rules.fits(wanted, slot, zone)]
        if slots:
            fits.append(Fit(entry=entry, slots=slots))
    return fits


def offer_next(*, block: Block, now: datetime) -> Offer | None:
    """The offer to the first who can have something of the freed block; None where nobody can: then it stays free.

    A slot that is lost at this moment, or a patient who is elsewhere then, leads on to the next. Raises Busy.
    """
    for fit in fitting(block=block, now=now):
        for slot in fit.slots[:TRIES]:
            place = Place(clinic=block.clinic, practitioner=block.practitioner, start=slot.start)
            try:
                return offers.offer(entry=fit.entry, place=place, by=None, now=now)
            except Busy:
                raise
            except Refusal:
                continue
    return None


def serve(*, block: Block, now: datetime) -> list[Offer]:
    """What was offered of the freed block: as much of it as is wished for, each piece to one. Raises Busy."""
    made = []
    while one := offer_next(block=block, now=now):
        made.append(one)
    return made


def serve_batch(*, clock: Clock) -> bool:
    """Serves up to 50 freed blocks from the outbox; True where there may be more to serve at once.

    Rows are leased as mails are. A worker that dies in the middle leaves a row that another takes: what it offered is
    held by then, so the second finds only what is left.
    """
    due = OutboxMessage.objects.sendable(clock()).filter(channel=Channel.INTERNAL, kind=freeing.KIND)
    lease = leasing.take(due, clock())
    rows = leasing.held(lease.token).filter(pk__in=lease.rows)
    for row in rows.order_by("next_try"):
        _serve_row(row, clock())
    return len(lease.rows) == BATCH


def let_run_out(*, now: datetime) -> int:
    """Lets go what ran out, so that the next in line is asked: offers, and held blocks that nobody swept. How many."""
    gone = Q(expires_at__lte=now) | ~Q(consultation__status=Status.HELD)
    over = holds.with_visit().filter(gone, answer=Answer.OPEN).order_by("expires_at")[:BATCH]
    ended = sum(_run_out(offer, now) for offer in over)
    return ended + holding.sweep_expired(now=now, most=BATCH)


def _run_out(offer: Offer, now: datetime) -> bool:
    try:
        return locking.settled(lambda: holds.end(offer, Answer.EXPIRED, now=now)) is not None
    except (Busy, Changed):
        return False  # somebody changes it at this moment: the next beat looks again


def _serve_row(row: OutboxMessage, now: datetime) -> None:
    """One freed block: served, put off until the clinic may write, or of no use any more."""
    block = Block.objects.select_related("clinic", "practitioner", "type").filter(pk=row.subject_id).first()
    if block is None or row.useful_until <= now:
        leasing.close(row, State.SUPPRESSED, "The time is past.")
        return
    part = freeing.part_of(row)
    if part is not None:
        block.start, block.end = part  # as far as it was freed; it is not saved so
    clinic = block.clinic
    until = rules.quiet_until(now, clinic.quiet_from, clinic.quiet_to, clinic.zone)
    if until is not None:
        if until < row.useful_until:
            leasing.again(row, "The clinic sends nothing at this hour.", until, due_at=until)
        else:
            leasing.close(row, State.SUPPRESSED, "The clinic sends nothing before it begins.")
        return
    try:
        made = serve(block=block, now=now)
    except Busy:
        leasing.again(row, "The diary was busy.", now + SOON)
        return
    if made:
        leasing.close(row, State.SENT, f"Offered {len(made)}.", sent_at=now)
    else:
        leasing.close(row, State.SUPPRESSED, "Nobody waits for it.")


def _waiting(block: Block, now: datetime) -> list[WaitlistEntry]:
    """The wishes that may concern the block, in order of entry."""
    day = wallclock.local_day(block.start, block.clinic.zone)
    reachable = Q(
        patient__wants_email=True,
        patient__archived_at=None,
        patient__merged_into=None,
        patient__deceased_on=None,
    ) & ~Q(patient__email="")
    rows = WaitlistEntry.objects.filter(
        reachable,
        Q(practitioner=None) | Q(practitioner=block.practitioner_id),
        Q(clinics=None) | Q(clinics=block.clinic_id),
        state=WaitState.OPEN,
        since__lte=day,
        until__gte=day,
        type__archived_at=None,
        type__practitioners=block.practitioner_id,
    ).exclude(pk__in=Offer.objects.filter(answer=Answer.OPEN).values("entry"))
    return list(
        rows.select_related("patient", "type")
        .prefetch_related("clinics")
        .distinct()
        .order_by("created_at", "pk")
    )


def _let_go(block: Block) -> set[UUID]:
    """Wishes for which time of this stretch was declined, or not answered: an hour later it is no other time."""
    gone = Offer.objects.filter(
        answer__in=REFUSED,
        consultation__practitioner=block.practitioner_id,
        consultation__start__lt=block.end,
        consultation__end__gt=block.start,
    )
    return set(gone.values_list("entry_id", flat=True))


def _free_in(block: Block, kind: ConsultationType, now: datetime) -> list[Slot]:
    """The free slots of the type that take time of the freed block, the old start first."""
    day = wallclock.local_day(block.start, block.clinic.zone)
    query = SlotQuery(type=kind, first=day, last=day, clinic=block.clinic, practitioner=block.practitioner)
    shape = searching.shape(kind, block.clinic)
    freed = Span(block.start, block.end)
    old_start = block.start + timedelta(minutes=block.type.before_min)
    found: Iterator[Slot] = (
        slot
        for slot in searching.free_starts(query=query, now=now)
        if freed.overlaps(shape.occupied(slot.start))
    )
    return sorted(found, key=lambda slot: (slot.start != old_start, slot.start))
