"""Random sequences of book, move, cancel and undo against a model that keeps a plain list: both say the same."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.models import Block, Clinic, ConsultationType, Practitioner
from clinic.rules.refusals import Refusal
from patients.actions import attending, booking
from patients.models import CancelledBy, Consultation, Patient, Source

EIGHT = datetime(2026, 3, 18, 7, 0, tzinfo=UTC)
"""Eight o'clock in Berlin on Wednesday: opening."""
LAST_START = timedelta(hours=8, minutes=30)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["book", "book", "move", "cancel", "undo"]),
        st.integers(0, 1),
        st.integers(0, 2),
        st.integers(-2, 9).map(lambda n: timedelta(minutes=10 * n))
        | st.just(LAST_START + timedelta(minutes=10)),
    ),
    min_size=1,
    max_size=12,
)


class Naive:
    """Who is with whom from when, each for 30 minutes with 10 after; two rooms. Compares everything with everything."""

    def __init__(self) -> None:
        self.visits: dict[int, tuple[int, int, timedelta]] = {}
        self.undoable: dict[int, tuple[int, int, timedelta]] = {}

    def is_free(self, who: int, patient: int, start: timedelta, but: int | None = None) -> bool:
        others = [visit for n, visit in self.visits.items() if n != but]
        near = timedelta(minutes=40)
        with_whom = not any(o[0] == who and abs(o[2] - start) < near for o in others)
        own = not any(o[1] == patient and abs(o[2] - start) < timedelta(minutes=30) for o in others)
        return with_whom and own

    def is_open(self, start: timedelta) -> bool:
        return timedelta() <= start <= LAST_START


@pytest.mark.assures("BO-01", "BO-08")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_the_diary_and_a_naive_model_agree_on_every_step(  # noqa: PLR0917
    steps: list[tuple[str, int, int, timedelta]],
    follow_up: ConsultationType,
    mira: Practitioner,
    leila: Practitioner,
    elena: Patient,
    samuel: Patient,
    zoe: Patient,
    riverside: Clinic,
    now: datetime,
) -> None:
    people, patients = [mira, leila], [elena, samuel, zoe]
    with transaction.atomic():
        naive, rows = Naive(), dict[int, Consultation]()
        for number, (act, who, patient, start) in enumerate(steps):
            target = sorted(naive.undoable if act == "undo" else naive.visits)[patient:][:1]
            if act == "book":
                expected = naive.is_open(start) and naive.is_free(who, patient, start)
                order = booking.Order(
                    patient=patients[patient],
                    type=follow_up,
                    clinic=riverside,
                    practitioner=people[who],
                    start=EIGHT + start,
                    source=Source.DESK,
                )
                done = _attempt(partial(booking.book, order=order, by=None, now=now))
                key = number
                after = (who, patient, start)
            elif not target:
                continue
            else:
                key = target[0]
                visit = rows[key]
                kept = (naive.undoable if act == "undo" else naive.visits)[key]
                after = (who, kept[1], start) if act == "move" else kept
                is_free = naive.is_free(after[0], after[1], after[2], but=key)
                expected = act == "cancel" or (naive.is_open(after[2]) and is_free)
                done = _attempt(partial(_do, act, visit, people[who], start, now))
            assert (done is not None) == expected, (act, after, naive.visits)
            if done is not None:
                rows[key] = done
                (naive.undoable if act == "cancel" else naive.visits)[key] = after
                (naive.visits if act == "cancel" else naive.undoable).pop(key, None)
        stand = {(str(b.practitioner), b.start) for b in Block.objects.filter(active=True)}
        assert stand == {(str(people[who]), EIGHT + start) for who, _p, start in naive.visits.values()}
        transaction.set_rollback(True)


def _attempt(act: Callable[[], Consultation]) -> Consultation | None:
    try:
        return act()
    except Refusal:
        return None


def _do(act: str, visit: Consultation, to: Practitioner, start: timedelta, now: datetime) -> Consultation:
    if act == "move":
        return booking.move(consultation=visit, practitioner=to, start=EIGHT + start, by=None, now=now)
    if act == "undo":
        return attending.undo(consultation=visit, by=None, now=now)
    return booking.cancel(consultation=visit, asked_by=CancelledBy.PATIENT, reason="ill", by=None, now=now)
