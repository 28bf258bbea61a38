"""The outbox: rows in the caller's transaction, one row a version, and a ring that may fail but not take long."""

import time
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from clinic import policy
from clinic.actions import outbox
from clinic.actions.outbox import Post
from clinic.models import OutboxMessage, Practitioner, State, User
from clinic.models.row import new_id
from patients.models import Patient
from tests.factories import TUESDAY_MORNING

pytestmark = pytest.mark.django_db


@pytest.fixture
def post() -> Post:
    """Due now, of use for two days."""
    return Post(
        kind="booked",
        subject_id=new_id(),
        person_id=new_id(),
        due_at=TUESDAY_MORNING,
        useful_until=TUESDAY_MORNING + timedelta(days=2),
    )


def test_a_post_becomes_a_row_that_is_due(post: Post, now: datetime) -> None:
    outbox.put(post, now=now)
    row = OutboxMessage.objects.sendable(now).get()
    assert (row.kind, row.subject_id, row.next_try, row.state) == ("booked", post.subject_id, now, State.DUE)


@pytest.mark.assures("RM-06")
def test_the_same_post_twice_is_one_row_and_a_new_version_is_another(post: Post, now: datetime) -> None:
    outbox.put(post, post, now=now)
    outbox.put(post, replace(post, version=2), replace(post, occurrence="lead:2d"), now=now)
    assert OutboxMessage.objects.count() == 3


def test_what_is_undone_is_not_said(post: Post, now: datetime) -> None:
    with transaction.atomic():
        outbox.put(post, now=now)
        transaction.set_rollback(True)
    assert not OutboxMessage.objects.exists()


def test_a_post_due_after_its_use_is_refused_by_the_database(post: Post, now: datetime) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        outbox.put(replace(post, useful_until=now - timedelta(minutes=1)), now=now)


def test_superseding_takes_back_only_what_is_due_of_those_kinds(post: Post, now: datetime) -> None:
    outbox.put(post, replace(post, kind="reminder"), replace(post, kind="invitation"), now=now)
    OutboxMessage.objects.filter(kind="booked").update(state=State.SENT)
    assert outbox.supersede(subject_id=post.subject_id, kinds=["booked", "reminder"], now=now) == 1
    assert set(OutboxMessage.objects.values_list("kind", "state")) == {
        ("booked", State.SENT),
        ("reminder", State.SUPERSEDED),
        ("invitation", State.DUE),
    }


def test_the_bell_is_rung_after_the_commit_and_only_for_what_is_due(
    post: Post, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as rung:
        outbox.put(replace(post, due_at=now + timedelta(hours=1)), now=now)
    assert rung == []
    with django_capture_on_commit_callbacks() as rung:
        outbox.put(post, now=now)
    assert rung == [outbox.ring]


@pytest.mark.assures("RM-02")
def test_a_ring_without_a_broker_is_quick_and_is_written_to_the_log(settings: Any, caplog: Any) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    outbox.ring()  # the first loads Celery's modules
    caplog.clear()
    began = time.monotonic()
    outbox.ring()
    assert time.monotonic() - began < 2  # Celery alone would wait for six
    assert "waits for the next beat" in caplog.text


@pytest.fixture
def refused(post: Post, elena: Patient, now: datetime) -> OutboxMessage:
    """A message to Elena that the mail server did not take."""
    outbox.put(replace(post, person_id=elena.pk, occurrence="lead:2d", version=3), now=now)
    OutboxMessage.objects.update(state=State.FAILED, last_reply="550 no such user")
    return OutboxMessage.objects.get()


def test_a_refused_message_goes_again_as_a_row_of_the_same_version(
    refused: OutboxMessage, hedda: User, now: datetime
) -> None:
    later = now + timedelta(hours=1)
    again = outbox.resend(message=refused, by=hedda, now=later)
    assert (again.state, again.due_at, again.occurrence, again.version) == (State.DUE, later, "lead:2d#2", 3)
    refused.refresh_from_db()
    assert refused.state == State.SUPERSEDED
    assert refused.last_reply.endswith("550 no such user")
    OutboxMessage.objects.filter(pk=again.pk).update(state=State.UNKNOWN)
    assert outbox.resend(message=again, by=hedda, now=later).occurrence == "lead:2d#3"


def test_asked_twice_it_goes_once(refused: OutboxMessage, hedda: User, now: datetime) -> None:
    outbox.resend(message=refused, by=hedda, now=now)
    with pytest.raises(outbox.NotToResend):
        outbox.resend(message=refused, by=hedda, now=now)
    assert OutboxMessage.objects.filter(state=State.DUE).count() == 1


@pytest.mark.parametrize(
    "change",
    [{"state": State.SENT}, {"state": State.DUE}, {"kind": "login_code"}, {"kind": "of another release"}],
)
def test_what_was_sent_or_has_run_out_does_not_go_again(
    refused: OutboxMessage, hedda: User, now: datetime, change: dict[str, str]
) -> None:
    OutboxMessage.objects.update(**change)
    with pytest.raises(outbox.NotToResend):
        outbox.resend(message=refused, by=hedda, now=now)


def test_what_is_of_no_more_use_does_not_go_again(refused: OutboxMessage, hedda: User) -> None:
    with pytest.raises(outbox.NotToResend):
        outbox.resend(message=refused, by=hedda, now=refused.useful_until)


def test_nobody_resends_to_somebody_whom_they_may_not_see(
    refused: OutboxMessage, zoe: Patient, noor: User, hedda: User, now: datetime
) -> None:
    OutboxMessage.objects.update(person_id=zoe.pk)
    with pytest.raises(policy.NotYours):
        outbox.resend(message=refused, by=noor, now=now)
    assert OutboxMessage.objects.get().state == State.FAILED
    assert outbox.resend(message=refused, by=hedda, now=now).state == State.DUE  # the desk sees every patient


def test_who_treats_resends_nothing(refused: OutboxMessage, mira: Practitioner, now: datetime) -> None:
    assert mira.user
    with pytest.raises(policy.Hidden):
        outbox.resend(message=refused, by=mira.user, now=now)
