"""A thing is made once a key, with its key's row or not at all; and keys are forgotten after a day."""

from datetime import datetime, timedelta

import pytest

from clinic import tasks
from clinic.actions import once
from clinic.models import Clinic, IdempotencyKey, Room, User
from clinic.rules.refusals import Refusal

pytestmark = pytest.mark.django_db
DAY = timedelta(hours=24)


class NoRoom(Refusal):
    """There is no room for a room."""


def room(clinic: Clinic) -> Room:
    return Room.objects.create(clinic=clinic, name=f"Room {Room.objects.count()}")


@pytest.fixture
def asked(hedda: User) -> once.Asked:
    return once.Asked(user=hedda, key="k-1", request="POST /rooms/")


@pytest.mark.assures("BO-06")
def test_what_is_made_and_its_key_stand_or_fall_together(
    asked: once.Asked, riverside: Clinic, now: datetime
) -> None:
    def makes_and_breaks() -> Room:
        room(riverside)
        raise NoRoom("Build one first.")

    with pytest.raises(NoRoom):
        once.make(asked=asked, maker=makes_and_breaks, now=now)
    assert (Room.objects.count(), IdempotencyKey.objects.count()) == (0, 0)

    made = once.make(asked=asked, maker=lambda: room(riverside), now=now)
    again = once.make(asked=asked, maker=makes_and_breaks, now=now)
    assert (made.row, again.row, again.pk) == (Room.objects.get(), None, made.pk)


@pytest.mark.assures("BO-06")
def test_only_the_id_is_kept_and_neither_key_nor_request_can_be_read(
    hedda: User, riverside: Clinic, now: datetime
) -> None:
    asked = once.Asked(user=hedda, key="elena-ruiz", request='{"family_name": "Ruiz"}')
    made = once.make(asked=asked, maker=lambda: room(riverside), now=now)
    kept = IdempotencyKey.objects.values().get()
    assert kept["made"] == made.pk
    assert "ruiz" not in str(kept).lower()


@pytest.mark.parametrize(("age", "kept"), [(DAY - timedelta(seconds=1), 1), (DAY, 0)])
def test_keys_are_forgotten_after_a_day(
    asked: once.Asked, riverside: Clinic, now: datetime, age: timedelta, kept: int
) -> None:
    once.make(asked=asked, maker=lambda: room(riverside), now=now - age)
    assert once.forget(now=now) == 1 - kept
    assert IdempotencyKey.objects.count() == kept


def test_the_clock_forgets_them(asked: once.Asked, riverside: Clinic, now: datetime) -> None:
    once.make(asked=asked, maker=lambda: room(riverside), now=datetime(2020, 1, 1, tzinfo=now.tzinfo))
    tasks.forget_old_keys()
    assert not IdempotencyKey.objects.exists()
