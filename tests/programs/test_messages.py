"""Messages about programs: they lead to the portal and say nothing of what stands there."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from clinic.actions import outbox, sending
from clinic.actions.outbox import Post
from clinic.models import OutboxMessage, State, User
from patients.actions import inviting
from patients.models import PortalAccess
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


@pytest.mark.parametrize("entered", [False, True])
def test_who_was_let_into_the_portal_is_told_of_news_there(
    kind: str, elenas_program: SimpleNamespace, postbox: Postbox, clock: FixedClock, entered: bool
) -> None:
    User.objects.update(last_login=clock.now if entered else None)
    _put(kind, elenas_program.program, clock)
    sending.send_batch(clock=clock)
    assert len(postbox.received) == 1


def test_an_access_that_ended_is_no_portal(
    kind: str, elenas_program: SimpleNamespace, postbox: Postbox, clock: FixedClock
) -> None:
    PortalAccess.objects.update(ended_at=clock.now)
    _put(kind, elenas_program.program, clock)
    sending.send_batch(clock=clock)
    assert postbox.received == []
    row = OutboxMessage.objects.get()
    assert (row.state, row.last_reply) == (State.SUPPRESSED, "Nobody opens this portal yet.")


@pytest.mark.parametrize("status", [ProgramStatus.ACTIVE, ProgramStatus.DRAFT])
def test_an_invitation_says_that_a_program_waits_where_one_does(
    kind: str,
    elenas_program: SimpleNamespace,
    postbox: Postbox,
    clock: FixedClock,
    hedda: User,
    status: ProgramStatus,
) -> None:
    """So that the news of the program itself need not go out beside it."""
    User.objects.filter(pk=elenas_program.program.patient.portal_access.get().user_id).update(last_login=None)
    Program.objects.update(status=status)
    _put(kind, elenas_program.program, clock)
    inviting.invite(patient=elenas_program.program.patient, by=hedda, now=clock.now)
    sending.send_batch(clock=clock)
    (letter,) = postbox.received
    for part in ("plain", "html"):
        body = letter.get_body((part,))
        assert body is not None
        assert ("Your program is ready" in body.get_content()) is (status == ProgramStatus.ACTIVE)


@pytest.mark.assures("RM-03")
def test_a_program_that_ended_meanwhile_is_not_spoken_of(
    kind: str, elenas_program: SimpleNamespace, postbox: Postbox, clock: FixedClock
) -> None:
    _put(kind, elenas_program.program, clock)
    Program.objects.update(status=ProgramStatus.ENDED)
    sending.send_batch(clock=clock)
    assert postbox.received == []
    assert OutboxMessage.objects.get().state == State.SUPPRESSED
