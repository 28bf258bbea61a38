"""The post while things are down: the booking stands, the mail goes later, and goes once."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import connection, transaction
from django.utils import timezone

from clinic.actions import outbox, sending
from clinic.celery import app
from clinic.models import ConsultationType, OutboxMessage, Practitioner, State, User
from patients.actions import booking
from patients.models import Consultation, Patient, Source
from tests.post import FixedClock, Postbox

FRIDAY = datetime(2026, 3, 20, 8, 30, tzinfo=UTC)
NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture
def order(elena: Patient, mira: Practitioner, follow_up: ConsultationType) -> booking.Order:
    """Elena to Mira on Friday at 9:30."""
    return booking.Order(
        patient=elena,
        type=follow_up,
        clinic=elena.clinic,
        practitioner=mira,
        start=FRIDAY,
        source=Source.DESK,
    )


@pytest.mark.assures("RM-02")
@pytest.mark.django_db(transaction=True)
def test_with_the_broker_down_the_booking_stands_at_once_and_the_mail_goes_later(
    order: booking.Order, hedda: User, postbox: Postbox, clock: FixedClock, settings: Any
) -> None:
    settings.CELERY_BROKER_URL = NOBODY
    outbox.ring()  # loads Celery's modules
    began = time.monotonic()
    visit = booking.book(order=order, by=hedda, now=clock.now)
    assert time.monotonic() - began < 3  # Celery alone would wait for six
    assert Consultation.objects.filter(pk=visit.pk).exists()
    assert postbox.received == []
    sending.send_batch(clock=clock)  # what the next beat does
    assert [letter["To"] for letter in postbox.received] == ["elena@example.org"]


@pytest.mark.assures("RM-02")
@pytest.mark.django_db(transaction=True)
def test_a_ring_that_were_not_guarded_would_break_the_request_of_a_booking_that_stands(
    order: booking.Order, hedda: User, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the ring is reached by the booking, and a bare one raises into it."""

    def bare() -> None:
        raise ConnectionRefusedError("nobody there")

    monkeypatch.setattr(outbox, "ring", bare)
    plainly = transaction.on_commit
    monkeypatch.setattr(transaction, "on_commit", lambda call, robust=False: plainly(call))
    with pytest.raises(ConnectionRefusedError):
        booking.book(order=order, by=hedda, now=clock.now)
    assert Consultation.objects.exists()


@pytest.mark.assures("RM-02", "RM-04")
@pytest.mark.django_db
def test_with_the_mail_server_down_one_row_tries_and_all_go_once_it_is_back(
    order: booking.Order, hedda: User, noor: User, postbox: Postbox, clock: FixedClock, settings: Any
) -> None:
    booking.book(order=order, by=hedda, now=clock.now)
    for user in (hedda, noor):
        outbox.put(_notice(user, clock.now), now=clock.now)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    assert sending.send_batch(clock=clock) is False
    rows = OutboxMessage.objects.filter(state=State.DUE, due_at__lte=clock.now)
    assert sorted(rows.values_list("attempts", flat=True)) == [0, 0, 1]
    assert rows.get(attempts=1).last_reply.startswith("No line to the mail server")
    assert not rows.exclude(lease_token=None).exists()
    settings.EMAIL_PORT = port
    clock.forward(timedelta(minutes=2))
    sending.send_batch(clock=clock)
    assert len(postbox.received) == 3
    assert set(rows.values_list("state", flat=True)) == set()


@contextmanager
def _worker(postbox_port: int) -> Iterator[None]:
    """A real Celery worker on the test run's own broker and test database."""
    database = connection.settings_dict
    host = database["HOST"] or database["OPTIONS"].get("host", "")
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgres://{database['USER']}@/{database['NAME']}?host={host}",
        "EMAIL_URL": f"smtp://127.0.0.1:{postbox_port}",
    }
    command = [sys.executable, "-m", "celery", "-A", "clinic.celery", "worker", "-P", "solo", "-l", "info"]
    worker = subprocess.Popen(
        [*command, "--without-gossip", "--without-mingle", "--without-heartbeat"],
        env=environment,
        cwd=configured.BASE_DIR,
    )
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(15)


@pytest.mark.assures("RM-01")
@pytest.mark.django_db(transaction=True)
def test_a_commit_rings_a_real_worker_which_sends_the_mail(
    hedda: User, postbox: Postbox, settings: Any
) -> None:
    app.control.purge()
    with _worker(settings.EMAIL_PORT):
        with transaction.atomic():
            outbox.put(_notice(hedda, timezone.now()), now=timezone.now())
        deadline = time.monotonic() + 60
        while not OutboxMessage.objects.filter(state=State.SENT).exists() and time.monotonic() < deadline:
            time.sleep(0.1)
    (letter,) = postbox.received
    assert letter["To"] == "hedda@example.org"
    assert OutboxMessage.objects.get().state == State.SENT


def _notice(user: User, due: datetime) -> outbox.Post:
    return outbox.Post(
        kind="account_changed",
        subject_id=user.pk,
        person_id=user.pk,
        due_at=due,
        useful_until=due + timedelta(days=2),
    )
