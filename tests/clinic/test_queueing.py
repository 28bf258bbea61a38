"""The list of messages: what needs somebody, whom it is for, what to do, and the way on."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.utils import timezone

from clinic.actions import outbox, queueing, sending
from clinic.actions.outbox import Post
from clinic.actions.queueing import Show
from clinic.models import OutboxMessage, State, User
from clinic.models.row import new_id
from patients.actions import inviting
from patients.models import Patient
from tests.doors import browser, told
from tests.post import FixedClock, Postbox

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nine_o_clock(now: datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


def _row(person: UUID, now: datetime, **more: Any) -> OutboxMessage:
    subject = new_id()
    post = Post(
        kind=more.pop("kind", "booked"),
        subject_id=subject,
        person_id=person,
        due_at=now,
        useful_until=now + timedelta(days=2),
    )
    outbox.put(post, now=now)
    OutboxMessage.objects.filter(subject_id=subject).update(**more)
    return OutboxMessage.objects.get(subject_id=subject)


@pytest.mark.assures("OP-02")
def test_what_needs_somebody_is_what_failed_while_of_use_or_is_late(
    elena: Patient, hedda: User, now: datetime
) -> None:
    failed = _row(elena.pk, now, state=State.FAILED)
    unknown = _row(elena.pk, now, state=State.UNKNOWN)
    _row(elena.pk, now, state=State.FAILED, useful_until=now)
    _row(elena.pk, now, state=State.SENT)
    late = _row(elena.pk, now, due_at=now - timedelta(minutes=11))
    _row(elena.pk, now, due_at=now - timedelta(minutes=9))
    tried_again_soon = _row(elena.pk, now, due_at=now - timedelta(days=1), next_try=now + sending.WAITS[-1])
    assert set(queueing.needing_care(by=hedda, now=now)) == {failed, unknown, late, tried_again_soon}
    assert queueing.how_many_need_care(by=hedda, now=now) == 4


@pytest.mark.parametrize(
    ("change", "advice"),
    [
        ({"state": State.FAILED}, "Check the email address, then resend."),
        ({"state": State.UNKNOWN}, "It may have arrived."),
        ({"state": State.FAILED, "kind": "password_reset"}, "What it carried has run out."),
        ({"state": State.FAILED, "useful_in": timedelta()}, "It is too late for it. Call"),
        ({"due_ago": timedelta(hours=1)}, "Nobody sends."),
        ({"due_ago": timedelta(hours=1), "last_reply": "451 later"}, "It is tried again by itself."),
        ({"state": State.SENT}, ""),
    ],
)
def test_each_row_says_what_to_do(
    elena: Patient, hedda: User, now: datetime, change: dict[str, Any], advice: str
) -> None:
    values = dict(change)
    if "due_ago" in values:
        values["due_at"] = now - values.pop("due_ago")
    if "useful_in" in values:
        values["useful_until"] = now + values.pop("useful_in")
    row = _row(elena.pk, now, **values)
    (line,) = queueing.last_of(person=row.person_id, by=hedda, now=now)
    assert advice in line.advice
    assert bool(line.advice) == bool(advice)


def test_pages_follow_each_other_in_a_constant_number_of_queries(
    elena: Patient, noor: User, now: datetime, django_assert_max_num_queries: Any
) -> None:
    rows = [_row(elena.pk, now, state=State.SENT) for _ in range(queueing.PAGE + 3)]
    with django_assert_max_num_queries(7):
        first = queueing.listed(show=Show.SENT, after=None, by=noor, now=now)
    second = queueing.listed(show=Show.SENT, after=first.next, by=noor, now=now)
    assert [line.row for line in (*first.lines, *second.lines)] == rows[::-1]
    assert second.next is None


@pytest.mark.assures("RM-04")
def test_a_mail_that_the_server_refuses_is_found_and_sent_again_from_the_page(
    elena: Patient, hedda: User, postbox: Postbox, clock: FixedClock
) -> None:
    inviting.invite(patient=elena, by=hedda, now=clock.now)
    postbox.answer = "550 no such mailbox"
    sending.send_batch(clock=clock)
    desk = browser(hedda)
    page = desk.get("/messages/").content.decode()
    for part in ("Invitation to the portal", elena.name, f"/desk/patients/{elena.pk}/", "no such mailbox",
                 "Check the email address", "Resend", '<span class="count">1</span>'):  # fmt: skip
        assert part in page
    postbox.answer = ""
    (row,) = told("invitation")
    assert desk.post(f"/messages/{row.pk}/resend/")["Location"] == "/messages/?show=care"
    sending.send_batch(clock=clock)
    assert [letter["To"] for letter in postbox.received] == ["elena@example.org"]
    assert "Nothing needs you" in desk.get("/messages/").content.decode()
    assert "Resend" not in desk.get("/messages/?show=sent").content.decode()


def test_a_second_press_says_that_it_went_already(elena: Patient, hedda: User, now: datetime) -> None:
    row = _row(elena.pk, now, state=State.FAILED)
    desk = browser(hedda)
    desk.post(f"/messages/{row.pk}/resend/")
    assert "not to be sent again" in desk.post(f"/messages/{row.pk}/resend/", follow=True).content.decode()


def test_a_manager_reads_no_name_of_another_clinics_patient(zoe: Patient, noor: User, now: datetime) -> None:
    _row(zoe.pk, now, state=State.FAILED, last_reply="550 zoe@example.org unknown")
    text = browser(noor).get("/messages/").content.decode()
    assert "somebody of another clinic" in text
    assert "zoe@" not in text.lower()
    assert zoe.name not in text
    assert "Resend" not in text


def test_a_manager_resends_nothing_to_another_clinics_patient(
    zoe: Patient, noor: User, now: datetime
) -> None:
    row = _row(zoe.pk, now, state=State.FAILED)
    answer = browser(noor).post(f"/messages/{row.pk}/resend/", follow=True)
    assert "somebody whom you may not see" in answer.content.decode()
    row.refresh_from_db()
    assert row.state == State.FAILED


@pytest.mark.parametrize("address", ["?show=all", "?after=zzz", "?show=due&after=%00"])
def test_a_made_up_address_shows_the_list(hedda: User, address: str) -> None:
    assert browser(hedda).get(f"/messages/{address}").status_code == 200


def test_the_desks_patient_page_shows_what_was_written(elena: Patient, hedda: User, now: datetime) -> None:
    _row(elena.pk, now, state=State.SUPPRESSED, last_reply="The patient wants no emails.")
    text = browser(hedda).get(f"/desk/patients/{elena.pk}/").content.decode()
    assert "Confirmation of a visit" in text
    assert "17 Mar, 09:00: The patient wants no emails." in text


def test_a_moment_in_a_reason_is_on_the_clock_of_the_page(now: datetime) -> None:
    row = OutboxMessage(last_reply="Replaced at 2026-03-17 08:00 UTC.")
    line = queueing.Line(row, None, queueing.Addressee(person=row.pk, name="Elena Ruiz"), now)
    with timezone.override("Europe/Berlin"):
        assert line.reply == "Replaced at Tue 17 Mar, 09:00."
