"""Messages about programs: they lead to the portal and say nothing of what stands there."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from clinic.actions import outbox, sending
from clinic.actions.outbox import Post
from clinic.models import OutboxMessage, State
from programs.models import Program, ProgramStatus
from tests.post import FixedClock, Postbox, content_of

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("kind", ["program_ready", "dosage_changed"])]


def _put(kind: str, program: Program, clock: FixedClock) -> None:
    outbox.put(
        Post(
            kind=kind,
            subject_id=program.pk,
            person_id=program.patient_id,
            due_at=clock.now,
            useful_until=clock.now + timedelta(days=2),
        ),
        now=clock.now,
    )


@pytest.mark.assures("LG-01")
def test_it_leads_to_the_portal_and_names_no_exercise_dose_or_complaint(
    kind: str, elenas_program: SimpleNamespace, postbox: Postbox, clock: FixedClock
) -> None:
    _put(kind, elenas_program.program, clock)
    sending.send_batch(clock=clock)
    (letter,) = postbox.received
    words = str(letter["Subject"])
    for part in letter.walk():
        words += content_of(part).decode()
    assert "/portal/" in words
    assert "Hello Elena," in words
    for secret in ("Knee", "Low back", "back pain", "5 s", "Ruiz", "exercise"):
        assert secret not in words


@pytest.mark.assures("RM-03")
def test_a_program_that_ended_meanwhile_is_not_spoken_of(
    kind: str, elenas_program: SimpleNamespace, postbox: Postbox, clock: FixedClock
) -> None:
    _put(kind, elenas_program.program, clock)
    Program.objects.update(status=ProgramStatus.ENDED)
    sending.send_batch(clock=clock)
    assert postbox.received == []
    assert OutboxMessage.objects.get().state == State.SUPPRESSED
