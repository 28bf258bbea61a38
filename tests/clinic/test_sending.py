"""Sending: one mail a row whatever happens, and an outcome in the row that the desk can read."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from clinic.actions import leasing, outbox, sending
from clinic.actions.outbox import Post
from clinic.channels import email
from clinic.models import OutboxMessage, State, User
from clinic.models.row import new_id
from tests.post import HANG_UP, HANG_UP_AFTER_DATA, FixedClock, Postbox, the_row

pytestmark = pytest.mark.django_db
Put = Callable[..., OutboxMessage]


@pytest.fixture
def put(clock: FixedClock) -> Put:
    """Puts a notice to a user's account into the outbox; of use for two days unless said otherwise."""

    def to(user: User, *, useful: timedelta = timedelta(days=2), **more: Any) -> OutboxMessage:
        subject = new_id()
        outbox.put(
            Post(
                kind="account_changed",
                subject_id=subject,
                person_id=user.pk,
                due_at=clock.now,
                useful_until=clock.now + useful,
                **more,
            ),
            now=clock.now,
        )
        return OutboxMessage.objects.get(subject_id=subject)

    return to


def test_it_sends_what_is_due_once(hedda: User, put: Put, clock: FixedClock, postbox: Postbox) -> None:
    row = put(hedda, payload="of no more use")
    assert sending.send_batch(clock=clock) is False
    sending.send_batch(clock=clock)
    (letter,) = postbox.received
    assert letter["To"] == "hedda@example.org"
    row.refresh_from_db()
    assert (row.state, row.sent_at, row.payload, row.lease_token) == (State.SENT, clock.now, "", None)


def test_it_does_not_send_before_time(hedda: User, put: Put, clock: FixedClock, postbox: Postbox) -> None:
    row = put(hedda)
    clock.forward(-timedelta(seconds=1))
    sending.send_batch(clock=clock)
    assert postbox.received == []
    row.refresh_from_db()
    assert row.state == State.DUE


@pytest.mark.assures("RM-08")
def test_it_does_not_send_too_late(hedda: User, put: Put, clock: FixedClock, postbox: Postbox) -> None:
    put(hedda, useful=timedelta(minutes=10))
    clock.forward(timedelta(hours=30))
    sending.send_batch(clock=clock)
    assert postbox.received == []
    assert (the_row().state, the_row().last_reply) == (State.FAILED, "It was too late to send it.")


def test_the_message_id_comes_from_the_row(
    hedda: User, put: Put, clock: FixedClock, postbox: Postbox
) -> None:
    row = put(hedda)
    sending.send_batch(clock=clock)
    assert postbox.received[0]["Message-ID"].startswith(f"<{row.pk}@")


def test_a_batch_goes_over_one_line(
    hedda: User, put: Put, clock: FixedClock, postbox: Postbox, django_assert_max_num_queries: Any
) -> None:
    for _ in range(4):
        put(hedda)
    with django_assert_max_num_queries(3 + 4 * 9 + 2):
        sending.send_batch(clock=clock)
    assert len(postbox.received) == 4
    assert len(postbox.sessions) == 1


def test_a_kind_that_nobody_knows_waits_for_a_worker_that_does(
    hedda: User, put: Put, clock: FixedClock, postbox: Postbox
) -> None:
    put(hedda)
    OutboxMessage.objects.update(kind="of_tomorrow")
    sending.send_batch(clock=clock)
    assert the_row().state == State.DUE


def test_a_closed_account_gets_nothing_and_the_row_says_why(
    hedda: User, put: Put, clock: FixedClock, postbox: Postbox
) -> None:
    put(hedda)
    User.objects.update(is_active=False)
    sending.send_batch(clock=clock)
    assert postbox.received == []
    assert (the_row().state, the_row().last_reply) == (State.SUPPRESSED, "The account is closed.")


@pytest.mark.assures("RM-04")
@pytest.mark.parametrize("answer", ["450 4.2.0 Greylisted", "421 4.3.2 Closing", HANG_UP])
def test_a_temporary_no_is_tried_again_with_growing_gaps_while_of_use(
    answer: str, hedda: User, put: Put, clock: FixedClock, postbox: Postbox
) -> None:
    postbox.answer = answer
    row, gaps = put(hedda), []
    while row.state == State.DUE:
        clock.now = max(clock.now, row.next_try)
        sending.send_batch(clock=clock)
        row.refresh_from_db()
        gaps.append(row.next_try - clock.now)
    for gap, wait in zip(gaps, sending.WAITS, strict=False):
        assert wait <= gap <= wait * 1.25
    assert (row.state, row.attempts) == (State.FAILED, 8)
    assert postbox.received == []


@pytest.mark.assures("RM-04")
def test_it_gives_up_when_the_next_try_would_be_too_late(
    hedda: User, put: Put, clock: FixedClock, postbox: Postbox
) -> None:
    postbox.answer = "450 4.2.0 Greylisted"
    put(hedda, useful=timedelta(seconds=50))
    sending.send_batch(clock=clock)
    assert (the_row().state, the_row().attempts) == (State.FAILED, 1)


@pytest.mark.assures("RM-04", "RM-05")
def test_a_no_for_good_stops_that_row_stays_visible_and_lets_the_others_pass(
    hedda: User, noor: User, put: Put, clock: FixedClock, postbox: Postbox
) -> None:
    postbox.answers["hedda@example.org"] = "550 5.1.1 No such mailbox"
    refused, passed = put(hedda), put(noor)
    sending.send_batch(clock=clock)
    refused.refresh_from_db()
    passed.refresh_from_db()
    assert (refused.state, refused.attempts) == (State.FAILED, 1)
    assert refused.last_reply.startswith("550 5.1.1")
    assert passed.state == State.SENT


@pytest.mark.assures("RM-05", "IN-06")
def test_a_poisoned_address_fails_alone_and_injects_nothing(
    hedda: User, noor: User, put: Put, clock: FixedClock, postbox: Postbox
) -> None:
    User.objects.filter(pk=hedda.pk).update(email="hedda@example.org\r\nBcc: thief@example.org")
    poisoned, passed = put(hedda), put(noor)
    sending.send_batch(clock=clock)
    poisoned.refresh_from_db()
    passed.refresh_from_db()
    assert (poisoned.state, passed.state) == (State.FAILED, State.SENT)
    (letter,) = postbox.received
    assert (letter["To"], letter["Bcc"]) == ("noor@example.org", None)


@pytest.mark.assures("RM-02")
def test_without_an_answer_it_is_tried_once_more_under_the_same_message_id(
    hedda: User, put: Put, clock: FixedClock, postbox: Postbox
) -> None:
    postbox.answer = HANG_UP_AFTER_DATA
    put(hedda)
    sending.send_batch(clock=clock)
    assert (the_row().state, the_row().unanswered) == (State.DUE, 1)
    clock.forward(timedelta(hours=1))
    sending.send_batch(clock=clock)
    assert (the_row().state, the_row().unanswered) == (State.UNKNOWN, 2)
    clock.forward(timedelta(hours=1))
    sending.send_batch(clock=clock)
    assert len(postbox.received) == 2
    assert len({letter["Message-ID"] for letter in postbox.received}) == 1


@pytest.mark.assures("RM-02")
def test_without_an_answer_and_time_it_is_not_sent_again(
    hedda: User, put: Put, clock: FixedClock, postbox: Postbox
) -> None:
    postbox.answer = HANG_UP_AFTER_DATA
    put(hedda, useful=timedelta(hours=2))
    sending.send_batch(clock=clock)
    assert the_row().state == State.UNKNOWN


@pytest.mark.assures("RM-02")
def test_a_worker_that_died_before_its_mark_leaves_the_row_to_another(
    hedda: User, put: Put, clock: FixedClock, postbox: Postbox
) -> None:
    put(hedda)
    OutboxMessage.objects.update(lease_token=new_id(), lease_until=clock.now + leasing.LEASE)
    sending.send_batch(clock=clock)
    assert postbox.received == []  # the lease still runs
    clock.forward(leasing.LEASE + timedelta(seconds=1))
    sending.send_batch(clock=clock)
    assert len(postbox.received) == 1
    assert the_row().state == State.SENT


@pytest.mark.assures("RM-02")
@pytest.mark.parametrize(("hours_left", "state"), [(1, State.UNKNOWN), (5, State.DUE)])
def test_a_worker_that_died_after_its_mark_leaves_an_outcome_that_nobody_knows(
    hours_left: int, state: State, hedda: User, put: Put, clock: FixedClock, postbox: Postbox
) -> None:
    put(hedda, useful=timedelta(hours=hours_left))
    OutboxMessage.objects.update(
        lease_token=new_id(), lease_until=clock.now, attempt_started_at=clock.now, attempts=1
    )
    clock.forward(timedelta(seconds=1))
    sending.send_batch(clock=clock)
    assert postbox.received == []
    assert (the_row().state, the_row().unanswered) == (state, 1)


def test_a_row_replaced_while_its_mail_went_out_ends_as_sent(
    hedda: User, put: Put, clock: FixedClock, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, send = put(hedda), email.Line.send

    def replaced_meanwhile(line: email.Line, letter: email.Letter) -> None:
        outbox.supersede(subject_id=row.subject_id, kinds=[row.kind], now=clock.now)
        send(line, letter)

    monkeypatch.setattr(email.Line, "send", replaced_meanwhile)
    sending.send_batch(clock=clock)
    assert the_row().state == State.SENT


@pytest.mark.assures("RM-04")
def test_a_row_replaced_while_it_failed_is_not_tried_again(
    hedda: User, put: Put, clock: FixedClock, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = put(hedda)

    def replaced_meanwhile(line: email.Line, letter: email.Letter) -> None:
        outbox.supersede(subject_id=row.subject_id, kinds=[row.kind], now=clock.now)
        raise email.Later("450 Not now")

    monkeypatch.setattr(email.Line, "send", replaced_meanwhile)
    sending.send_batch(clock=clock)
    assert the_row().state == State.SUPERSEDED


def _two_at_once(clock: FixedClock) -> None:
    together = Barrier(2)

    def send() -> None:
        together.wait()
        try:
            sending.send_batch(clock=clock)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for outcome in [pool.submit(send), pool.submit(send)]:
            outcome.result()


@pytest.mark.assures("RM-01")
@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_send_each_message_once(
    hedda: User, put: Put, clock: FixedClock, postbox: Postbox
) -> None:
    ids = {str(put(hedda).pk) for _ in range(30)}
    _two_at_once(clock)
    assert sorted(letter["Message-ID"][1:].partition("@")[0] for letter in postbox.received) == sorted(ids)


@pytest.mark.assures("RM-01")
@pytest.mark.django_db(transaction=True)
def test_without_the_lease_two_senders_would_send_twice(
    hedda: User, put: Put, clock: FixedClock, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: a lease that is over as soon as it is taken, and a mark that asks for none."""
    rows = [put(hedda).pk for _ in range(30)]
    token = new_id()
    OutboxMessage.objects.update(lease_token=token, lease_until=clock.now + leasing.LEASE)
    monkeypatch.setattr(sending, "_take", lambda now: leasing.Lease(token, rows))
    monkeypatch.setattr(leasing, "close", lambda *_args, **_more: None)
    _two_at_once(clock)
    assert len(postbox.received) == 60
