"""What a patient is to do today: everything that the portal and `me/today/` show."""

import math
from dataclasses import dataclass
from datetime import date, datetime

from clinic.rules import wallclock
from patients.models import Consultation, Patient
from programs import wording
from programs.actions import stocking
from programs.actions.watching.reading import DayLog, Dose, Dosed, dosed, logged
from programs.models import LogStatus, Program, ProgramStatus
from programs.rules import schedule
from programs.rules.dosage import session_minutes


@dataclass(frozen=True, kw_only=True)
class TodayItem(Dose):
    """One prescription with the dosage in force, doses due and done today, and its picture on the patient's own side.

    `pain_ceiling` is the dosage's, else the clinic's.
    """

    program: Program
    due: int
    done: int
    partly: int
    skipped: int
    sitting_pain: int | None
    pain_ceiling: int
    picture: str
    mirrored: bool

    @property
    def short(self) -> str:
        """The dosage as a headline."""
        return wording.short(self.dosage)

    @property
    def plain(self) -> str:
        """The dosage as a sentence for patients."""
        return wording.plain(self.dosage)

    @property
    def note(self) -> str:
        """The physiotherapist's words to the patient."""
        return self.dosage.note_to_patient

    @property
    def minutes(self) -> float:
        """Minutes of one sitting."""
        return session_minutes(self.dosage)

    @property
    def is_due(self) -> bool:
        """Whether anything of it is asked today."""
        return self.due > 0

    @property
    def left(self) -> int:
        """Doses of today that were neither done, nor partly done, nor skipped."""
        return max(0, self.due - self.done - self.partly - self.skipped)

    @property
    def is_settled(self) -> bool:
        """Whether nothing of it is left to do today."""
        return self.is_due and self.left == 0

    @property
    def outcome(self) -> str:
        """What became of it: "done", "partly" or "skipped"; "" while something is left to do."""
        if not self.is_settled:
            return ""
        if self.done >= self.due:
            return LogStatus.DONE
        return LogStatus.PARTLY if self.done or self.partly else LogStatus.SKIPPED


@dataclass(frozen=True, kw_only=True)
class Today:
    """A patient's day. `items` are those of the active programs, in order, the ones not due today too."""

    patient: Patient
    day: date
    programs: tuple[Program, ...]
    paused: tuple[Program, ...]
    items: tuple[TodayItem, ...]
    next_consultation: Consultation | None

    @property
    def due(self) -> tuple[TodayItem, ...]:
        """What is asked today."""
        return tuple(item for item in self.items if item.is_due)

    @property
    def left(self) -> tuple[TodayItem, ...]:
        """What is still to do today."""
        return tuple(item for item in self.items if item.left)

    @property
    def settled(self) -> tuple[TodayItem, ...]:
        """What was asked today and is through."""
        return tuple(item for item in self.items if item.is_settled)

    @property
    def done(self) -> tuple[TodayItem, ...]:
        """What was asked today and done in full."""
        return tuple(item for item in self.items if item.outcome == LogStatus.DONE)

    @property
    def minutes_left(self) -> float:
        """Minutes that the doses left will take."""
        return sum(item.left * item.minutes for item in self.items)

    @property
    def minutes_left_whole(self) -> int:
        """The same as a person says it: whole minutes, begun ones counted."""
        return math.ceil(self.minutes_left)


@dataclass(frozen=True)
class TooPainful:
    """The worst pain of a day's sittings and the limit that it is above, both 0 to 10."""

    pain: int
    limit: int


def too_painful(seen: Today) -> TooPainful | None:
    """Pain above the limit in a sitting of the day; None without one. No query.

    The limit is the lowest of the program's exercises, for the pain is said of them all. The day's worst counts until
    midnight: a calm sitting after it does not take the advice away.
    """
    for program in seen.programs:
        items = [item for item in seen.items if item.program == program]
        limit = min((item.pain_ceiling for item in items), default=program.clinic.pain_ceiling)
        worst = max((item.sitting_pain or 0 for item in items), default=0)
        if worst > limit:
            return TooPainful(worst, limit)
    return None


def today(*, patient: Patient, now: datetime, day: date | None = None) -> Today:
    """The patient's day: in each program's clinic's zone the date that it is now, unless a day is given. 4 queries."""
    rows = Program.objects.filter(patient=patient, status__in=[ProgramStatus.ACTIVE, ProgramStatus.PAUSED])
    programs = list(rows.select_related("clinic", "physiotherapist").order_by("starts_on", "pk"))
    days = {each.pk: day or wallclock.local_day(now, each.clinic.zone) for each in programs}
    active = [each for each in programs if each.status == ProgramStatus.ACTIVE]
    running = [each for each in active if _runs(each, days[each.pk])]
    monday = min((schedule.week_of(each)[0] for each in days.values()), default=now.date())
    prescribed = [row for rows in dosed(running, since=monday).values() for row in rows]
    logs = logged([row.prescription.pk for row in prescribed], monday, max(days.values(), default=now.date()))
    items = (_item(row, logs[row.prescription.pk], days[row.program.pk]) for row in prescribed)
    first = running[0] if running else None
    return Today(
        patient=patient,
        day=days[first.pk] if first else day or wallclock.local_day(now, patient.clinic.zone),
        programs=tuple(running),
        paused=tuple(each for each in programs if each.status == ProgramStatus.PAUSED),
        items=tuple(item for item in items if item is not None),
        next_consultation=Consultation.objects.filter(patient=patient).upcoming(now).with_names().first(),
    )


def _runs(program: Program, day: date) -> bool:
    return program.starts_on <= day and (program.ends_on is None or day <= program.ends_on)


def _item(row: Dosed, logs: dict[date, DayLog], day: date) -> TodayItem | None:
    """None for what was stopped, or does not hold yet."""
    revision = row.in_force(day)
    if revision is None or not row.is_running(day):
        return None
    dosage = revision.dosage
    log = logs.get(day, DayLog())
    mirrored = stocking.shows_other_side(row.prescription.exercise, dosage.side)
    return TodayItem(
        program=row.program,
        prescription=row.prescription,
        revision=revision,
        dosage=dosage,
        due=row.due_on(day, [each for each, done in logs.items() if done.done]),
        done=log.done,
        partly=log.partly,
        skipped=log.skipped,
        sitting_pain=log.sitting_pain,
        pain_ceiling=row.pain_limit(day),
        picture=stocking.picture_url(row.prescription.exercise, mirrored=mirrored),
        mirrored=mirrored,
    )
