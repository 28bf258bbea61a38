"""Makes four weeks of visits behind today and four before it, by the practitioners' hours and without a conflict."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from clinic.models import Block, ConsultationType, ExceptionKind, HoursException, Practitioner, TypeKind
from clinic.rules import wallclock
from clinic.rules.intervals import Bounds, merge, subtract
from patients.models import SEATED, CancelledBy, Consultation, Source
from patients.rules.lifecycle import Status
from programs.management.demo import script
from programs.management.demo.people import Person
from programs.management.demo.staff import CLASS_BY, OnDuty, Staff
from programs.management.demo.start import ZONE, Start

GRID = timedelta(minutes=10)
FULL, LESS_A_DAY = 0.8, 0.009
"""How full a working day is up to now, and by how much less each day ahead."""
KINDS = (TypeKind.FOLLOW_UP,) * 8 + (TypeKind.INITIAL, TypeKind.TELEHEALTH)
ELENA_IN_DAYS = 2
CLASS_DAYS = (1, 3)
WHY = ("Is ill.", "Has to work.", "Train was cancelled.", "Feels better.", "Found another time.")
SOURCES = (Source.DESK, Source.DESK, Source.ONLINE)


@dataclass
class Diary:
    """What is being filled; `of` are the patients of each practitioner."""

    start: Start
    staff: Staff
    people: list[Person]
    chance: Random
    ids: Iterator[UUID]
    of: dict[UUID, list[Person]]
    blocks: list[Block] = field(default_factory=list)
    visits: list[Consultation] = field(default_factory=list)
    extra: list[HoursException] = field(default_factory=list)


@dataclass(frozen=True)
class Work:
    """One practitioner's day."""

    who: Practitioner
    duty: OnDuty
    day: date


def make(start: Start, staff: Staff, people: list[Person]) -> list[Consultation]:
    """The visits, in the database; no practitioner, room or patient is in two places."""
    of: dict[UUID, list[Person]] = {who.pk: [] for who in staff.practitioners}
    for person in people:
        of[person.practitioner.pk].append(person)
    diary = Diary(start, staff, people, start.chance("diary"), start.ids("diary"), of)
    _promise(diary)
    for day in sorted(start.days, key=lambda day: (day != start.today, day)):
        for who in staff.practitioners:
            if day in staff.away.get(who.pk, ()):
                continue
            work = Work(who, staff.on_duty(who, day), day)
            if day == start.today:
                _live(diary, work)
            elif start.is_working_day(day):
                _fill(diary, work, _hours(work))
    HoursException.objects.bulk_create(diary.extra)
    Block.objects.bulk_create(diary.blocks, batch_size=1000)
    Consultation.objects.bulk_create(diary.visits, batch_size=1000)
    return diary.visits


def _hours(work: Work) -> list[Bounds]:
    spans = (wallclock.hours_span(work.day, begins, ends, ZONE) for begins, ends in work.duty.hours)
    return [span for span in spans if span is not None]


def _promise(diary: Diary) -> None:
    """The first patient's next visit, on a working day soon: the portal opens on it."""
    days = (diary.start.day(offset) for offset in range(ELENA_IN_DAYS, 28))
    day = next(day for day in days if diary.start.is_working_day(day))
    who = diary.people[0].practitioner
    work = Work(who, diary.staff.on_duty(who, day), day)
    diary.people[0].visits.add(diary.start.today)
    begins = wallclock.opening(day, work.duty.hours[0][0], ZONE)
    _seat(diary, work, TypeKind.FOLLOW_UP, begins, [(diary.people[0], Status.BOOKED)])


def _live(diary: Diary, work: Work) -> None:
    """Today: the script around this moment, usual visits before and after it, and extra hours where it needs them."""
    lines = script.SCRIPTS[diary.staff.practitioners.index(work.who) % len(script.SCRIPTS)]
    taken: list[Bounds] = []
    for minutes, kind, status in lines:
        if kind == TypeKind.CLASS and work.who.name != CLASS_BY:
            kind = TypeKind.INITIAL  # noqa: PLW2901 - who gives no class sees somebody new instead
        length = _length(diary.staff.types[kind])
        begins = script.at(diary.start.now, minutes, length)
        if begins is None:
            continue
        seats = _class_of(diary, work.day, status) if kind == TypeKind.CLASS else _one(diary, work, status)
        if seats:
            _seat(diary, work, kind, begins, seats)
            taken.append((begins, begins + length))
    open_hours = _hours(work) if diary.start.is_working_day(work.day) else []
    diary.extra += [
        HoursException(
            id=next(diary.ids),
            practitioner=work.who,
            clinic=work.duty.clinic,
            kind=ExceptionKind.EXTRA,
            start=begins,
            end=ends,
        )
        for begins, ends in subtract(merge(taken), open_hours)
    ]
    if taken:
        around = (min(span[0] for span in taken), max(span[1] for span in taken))
        open_hours = list(subtract(open_hours, [around]))
    _fill(diary, work, open_hours)


def _fill(diary: Diary, work: Work, hours: list[Bounds]) -> None:
    """Visits one after the other with gaps, about as full as a clinic is that many days from now."""
    full = FULL - LESS_A_DAY * max(0, (work.day - diary.start.today).days)
    is_class_day = (
        work.who.name == CLASS_BY and work.day.weekday() in CLASS_DAYS and work.day != diary.start.today
    )
    promised = [(row.start, row.end) for row in diary.blocks[:1] if row.practitioner == work.who]
    for begins, ends in subtract(hours, promised):
        at = begins
        while at < ends:
            if is_class_day and begins != hours[0][0]:
                kind, is_class_day = TypeKind.CLASS, False
            else:
                kind = diary.chance.choice(KINDS)
            length = _length(diary.staff.types[kind])
            if at + length > ends:
                kind, length = TypeKind.FOLLOW_UP, _length(diary.staff.types[TypeKind.FOLLOW_UP])
            if at + length > ends:
                break
            status = _usual(diary, at, at + length)
            if kind == TypeKind.CLASS or diary.chance.random() < full:
                seats = (
                    _class_of(diary, work.day, status)
                    if kind == TypeKind.CLASS
                    else _one(diary, work, status)
                )
                if seats:
                    _seat(diary, work, kind, at, seats)
            at += length


def _usual(diary: Diary, begins: datetime, ends: datetime) -> Status:
    """How a visit at this time stands, as a rule."""
    luck, now = diary.chance.random(), diary.start.now
    if luck < 0.05:
        return Status.CANCELLED
    if ends <= now:
        return Status.NO_SHOW if luck < 0.09 else Status.COMPLETED
    if begins <= now:
        return Status.IN_PROGRESS
    return Status.CONFIRMED if (begins - now).days < 7 and luck < 0.6 else Status.BOOKED


def _length(kind: ConsultationType) -> timedelta:
    return timedelta(minutes=kind.duration_min + kind.after_min)


def _one(diary: Diary, work: Work, status: Status) -> list[tuple[Person, Status]]:
    """One of the practitioner's own patients, else, today, anybody: whoever was here least."""
    own = [each for each in diary.of[work.who.pk] if each.can_come(work.day)]
    if not own and work.day == diary.start.today:
        own = [each for each in diary.people[1:] if each.can_come(work.day)]
    if not own:
        return []
    least = sorted(own, key=lambda each: len(each.visits))[: max(1, len(own) // 3)]
    return [(diary.chance.choice(least), status)]


def _class_of(diary: Diary, day: date, status: Status) -> list[tuple[Person, Status]]:
    """Two to six of the clinic's patients who have no other visit that day."""
    home = diary.staff.gym.clinic_id
    free = [each for each in diary.people if each.patient.clinic_id == home and each.can_come(day)]
    count = min(len(free) // 3, diary.chance.randint(3, 6))
    seated = Status.COMPLETED if status == Status.NO_SHOW else status
    return [(each, seated) for each in diary.chance.sample(free, count)]


def _seat(
    diary: Diary, work: Work, kind: TypeKind, begins: datetime, seats: list[tuple[Person, Status]]
) -> None:
    """The block and the visits in it; a block in which nobody sits takes no time."""
    type_, duty = diary.staff.types[kind], work.duty
    room = {TypeKind.TELEHEALTH: None, TypeKind.CLASS: diary.staff.gym}.get(kind, duty.room)
    taken = sum(status in SEATED for _person, status in seats)
    block = Block(
        id=next(diary.ids),
        clinic=duty.clinic,
        practitioner=work.who,
        room=room,
        type=type_,
        start=begins,
        end=begins + _length(type_),
        capacity=type_.capacity,
        taken=taken,
        active=taken > 0,
    )
    diary.blocks.append(block)
    for person, status in seats:
        person.visits.add(work.day)
        diary.visits.append(_visit(diary, block, person, status))


def _visit(diary: Diary, block: Block, person: Person, status: Status) -> Consultation:
    """One seat, booked some days before, with a status that is as old as it can be."""
    end = block.start + timedelta(minutes=block.type.duration_min)
    booked_at = min(block.start, diary.start.now) - timedelta(days=diary.chance.randint(3, 20), minutes=7)
    booked_at = max(booked_at, person.patient.created_at)
    source = diary.chance.choice(SOURCES)
    visit = Consultation(
        id=next(diary.ids),
        block=block,
        patient=person.patient,
        type=block.type,
        clinic=block.clinic,
        practitioner=block.practitioner,
        episode=person.episode,
        start=block.start,
        end=end,
        status=status,
        source=source,
        booked_by=diary.staff.desk if source == Source.DESK else person.user,
        booked_at=booked_at,
        status_at=_since(diary, status, block.start, end, booked_at),
        previous_status=_before(status),
    )
    if status == Status.CANCELLED:
        visit.cancelled_by = CancelledBy.PATIENT
        visit.cancel_reason = diary.chance.choice(WHY)
        visit.cancelled_late = wallclock.local_day(block.start, ZONE) == diary.start.today
    return visit


def _before(status: Status) -> str:
    match status:
        case Status.BOOKED:
            return ""
        case Status.COMPLETED:
            return Status.IN_PROGRESS
        case Status.IN_PROGRESS:
            return Status.ARRIVED
        case Status.ARRIVED:
            return Status.CONFIRMED
        case _:
            return Status.BOOKED


def _since(diary: Diary, status: Status, begins: datetime, ends: datetime, booked_at: datetime) -> datetime:
    now = diary.start.now
    match status:
        case Status.COMPLETED:
            return min(now, ends)
        case Status.NO_SHOW:
            return min(now, begins + timedelta(minutes=15))
        case Status.IN_PROGRESS:
            return min(now, begins)
        case Status.ARRIVED:
            return now - timedelta(minutes=6)
        case Status.BOOKED:
            return booked_at
        case _:
            return min(now, booked_at + timedelta(days=1))
