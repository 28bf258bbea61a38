"""Owns when doses are due: the revision in force on a day, the doses of a day, and those of a period.

A day is a date in the zone of the program's clinic; a week begins on Monday.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from programs.rules.dosage import Dosage

WEEK = 7
Pause = tuple[date, date | None]
"""First and last paused day, both inclusive; None while it is not known when the program goes on."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A dosage and from when it holds. The number counts the revisions of one prescription, from 1."""

    number: int
    effective_on: date
    dosage: Dosage


def week_of(day: date) -> tuple[date, date]:
    """Monday and Sunday of the week that holds the day."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=WEEK - 1)


def in_force(revisions: Iterable[Dated], day: date) -> Dated | None:
    """The revision with the highest (effective_on, number) effective by the day; None before the first."""
    begun = (revision for revision in revisions if revision.effective_on <= day)
    return max(begun, key=_precedence, default=None)


def due_on(
    revisions: Iterable[Dated],
    day: date,
    *,
    done_days_this_week: frozenset[date],
    paused: Sequence[Pause] = (),
) -> int:
    """Doses due on a day, 0 or times a day.

    Named weekdays are due on them. A number n a week is due each day until n earlier days of the week are
    done, so a day stays due while its own doses are being logged.
    """
    revision = in_force(revisions, day)
    if revision is None or not _is_active(revision.dosage, day, paused):
        return 0
    dosage = revision.dosage
    if dosage.weekdays is not None:
        return dosage.times_a_day if day.weekday() in dosage.weekdays else 0
    monday, _ = week_of(day)
    done = sum(monday <= done_day < day for done_day in done_days_this_week)
    return dosage.times_a_day if done < dosage.days else 0


def due_over(revisions: Iterable[Dated], first: date, last: date, *, paused: Sequence[Pause] = ()) -> int:
    """Doses due from `first` to `last`, both inclusive; 0 when `last` lies before `first`.

    Each active day counts by the revision in force on it: n a week counts n ÷ 7 times a day, a named weekday
    whole, and the sum is floored once, at its end. Counted in sevenths, so it is exact.
    """
    ordered = sorted(revisions, key=_precedence)
    sevenths = 0
    for revision, day in _days_with_revision(ordered, first, last):
        if _is_active(revision.dosage, day, paused):
            sevenths += _sevenths(revision.dosage, day)
    return sevenths // WEEK


def _days_with_revision(ordered: Sequence[Dated], first: date, last: date) -> Iterator[tuple[Dated, date]]:
    """Each day of the period on which a revision is in force, and that revision; one pass over both."""
    waiting = 0
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        while waiting < len(ordered) and ordered[waiting].effective_on <= day:
            waiting += 1
        if waiting:
            yield ordered[waiting - 1], day


def _sevenths(dosage: Dosage, day: date) -> int:
    if dosage.weekdays is not None:
        return WEEK * dosage.times_a_day if day.weekday() in dosage.weekdays else 0
    return dosage.days * dosage.times_a_day


def _is_active(dosage: Dosage, day: date, paused: Sequence[Pause]) -> bool:
    begun = dosage.starts_on is None or dosage.starts_on <= day
    ended = dosage.ends_on is not None and dosage.ends_on < day
    resting = any(first <= day and (last is None or day <= last) for first, last in paused)
    return begun and not ended and not resting


def _precedence(revision: Dated) -> tuple[date, int]:
    return revision.effective_on, revision.number
