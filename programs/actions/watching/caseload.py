"""A physiotherapist's programs in the order in which to look at them, each with the reason why."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from uuid import UUID

from django.db.models import Count, Max, Q

from clinic import policy
from clinic.models import User
from clinic.rules import wallclock
from patients.models import Consultation, Patient
from programs.actions.watching import why
from programs.actions.watching.reading import DAYS, Dosed, dosed, lowest_limit, worst_pains
from programs.actions.watching.why import Judged
from programs.models import ExerciseLog, LogStatus, Program, ProgramStatus, SessionLog
from programs.rules import attention
from programs.rules.adherence import Adherence, program_adherence
from programs.rules.attention import Course


@dataclass(frozen=True, kw_only=True)
class CaseloadRow(Judged):
    """One active program. Doses are those of the last two weeks without today; pain and logs reach up to now."""

    program: Program
    day: date
    pains: tuple[tuple[date, int], ...]
    adherence: Fraction | None
    next_consultation: Consultation | None

    @property
    def patient(self) -> Patient:
        """Whose program it is."""
        return self.program.patient

    @property
    def detail(self) -> str:
        """A second line under the first."""
        return why.detail(self.course)

    @property
    def urgency(self) -> str:
        """When to look: "today", this "week", or "on_track"."""
        return self.flag.urgency

    @property
    def ratio(self) -> Fraction | None:
        """Done ÷ due, not capped, to show over-dosing."""
        return self.course.ratio

    @property
    def pain_first(self) -> int | None:
        """Pain of the first sitting in two weeks, 0 to 10."""
        return self.pains[0][1] if self.pains else None

    @property
    def pain_last(self) -> int | None:
        """Pain of the last sitting in two weeks, 0 to 10."""
        return self.pains[-1][1] if self.pains else None

    @property
    def last_logged(self) -> date | None:
        """The day of the last sitting ever."""
        return self.course.last_logged

    @property
    def week(self) -> int:
        """In which week the program is, from 1; 0 before it starts."""
        return max(0, (self.day - self.program.starts_on).days // 7 + 1)

    @property
    def weeks(self) -> int | None:
        """How many weeks it runs; None without an end."""
        last = self.program.ends_on
        return None if last is None else (last - self.program.starts_on).days // 7 + 1


def caseload(*, user: User, now: datetime) -> list[CaseloadRow]:
    """The active programs of which the user is the physiotherapist, most pressing first. 7 queries, however many.

    Pain above the limit comes first, then pain rising, too much, silence, too little, the first week, and last what is
    on track; among equals who logged longest ago. The limit is the lowest of the exercises that run today.
    """
    mine = policy.visible(user, Program).filter(physiotherapist__user=user, status=ProgramStatus.ACTIVE)
    programs = list(mine.select_related("patient", "episode", "clinic", "physiotherapist"))
    days = {each.pk: wallclock.local_day(now, each.clinic.zone) for each in programs}
    first = min(days.values(), default=now.date()) - timedelta(days=DAYS - 1)
    prescribed = dosed(programs, since=first)
    counts = _counts((row for rows in prescribed.values() for row in rows), days)
    pains, last_logged = worst_pains(programs, first), _last_logged(programs)
    visits = _next_consultations(programs, now)
    rows = []
    for each in programs:
        adherences, too_much = _adherences(prescribed[each.pk], counts, days[each.pk])
        course = Course(
            day=days[each.pk],
            began_on=each.starts_on,
            pains=[pain for _day, pain in pains[each.pk]],
            done=sum(one.done for one in adherences),
            due=sum(one.due for one in adherences),
            last_logged=last_logged.get(each.pk),
            says_too_much=too_much,
            pain_limit=lowest_limit(each, prescribed[each.pk], days[each.pk]),
        )
        rows.append(
            CaseloadRow(
                program=each,
                day=days[each.pk],
                flag=attention.flag(course),
                course=course,
                pains=tuple(pains[each.pk]),
                adherence=program_adherence(adherences),
                next_consultation=visits.get(each.patient_id),
            )
        )
    return sorted(rows, key=_rank)


def _rank(row: CaseloadRow) -> tuple[int, date, str]:
    return row.flag.rank, row.last_logged or date.min, str(row.program.pk)


def _adherences(
    rows: Sequence[Dosed], counts: dict[UUID, tuple[int, int]], day: date
) -> tuple[list[Adherence], int]:
    """Adherence of each prescription in the days before today, and how many logs were above twice the dose."""
    first, last = _before(day)
    found = [counts.get(row.prescription.pk, (0, 0)) for row in rows]
    adherences = [
        Adherence(done, row.due_over(first, last)) for row, (done, _over) in zip(rows, found, strict=True)
    ]
    return adherences, sum(over for _done, over in found)


def _before(day: date) -> tuple[date, date]:
    """The days of the last two weeks that are over."""
    return day - timedelta(days=DAYS - 1), day - timedelta(days=1)


def _counts(prescribed: Iterable[Dosed], days: dict[UUID, date]) -> dict[UUID, tuple[int, int]]:
    """Doses done in the days before today, and logs above twice the dose up to today, by prescription.

    It is not the same date in the zones of all clinics, but one of few: one condition each.
    """
    by_day: dict[date, list[UUID]] = defaultdict(list)
    for row in prescribed:
        by_day[days[row.program.pk]].append(row.prescription.pk)
    window, over_days = Q(pk=None), Q(pk=None)
    for day, ids in by_day.items():
        first, last = _before(day)
        window |= Q(prescription__in=ids, day__range=(first, day))
        over_days |= Q(prescription__in=ids, day__lte=last) if len(by_day) > 1 else Q(day__lte=last)
    rows = ExerciseLog.objects.filter(window).order_by().values("prescription")
    counted = rows.annotate(
        done=Count("pk", filter=Q(over_days, status=LogStatus.DONE)),
        over=Count("pk", filter=Q(too_much=True)),
    )
    return {pk: (done, over) for pk, done, over in counted.values_list("prescription", "done", "over")}


def _last_logged(programs: Collection[Program]) -> dict[UUID, date]:
    """The day of the last sitting of each program that has one."""
    rows = SessionLog.objects.filter(program__in=programs).values("program").annotate(last=Max("day"))
    return {row["program"]: row["last"] for row in rows.order_by()}


def _next_consultations(programs: Collection[Program], now: datetime) -> dict[UUID, Consultation]:
    """The next visit of each patient who has one."""
    rows = Consultation.objects.upcoming(now).filter(patient__in=[each.patient_id for each in programs])
    soonest = rows.select_related("practitioner", "clinic").order_by("patient", "start").distinct("patient")
    return {each.patient_id: each for each in soonest}
