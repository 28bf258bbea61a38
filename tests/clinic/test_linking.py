"""Links in mails: for one purpose, about one row, for a time."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from clinic.actions import linking
from clinic.rules.refusals import Kind

A_DAY = timedelta(days=1)
ROW = uuid4()


@pytest.fixture
def token(now: datetime) -> str:
    return linking.make(purpose="invitation", subject=ROW, now=now)


def opened(token: str, at: datetime, purpose: str = "invitation") -> UUID:
    return linking.subject_of(token=token, purpose=purpose, max_age=A_DAY, now=at)


@pytest.mark.parametrize("later", [timedelta(0), timedelta(hours=1), A_DAY])
def test_it_opens_its_row_until_it_is_too_old(token: str, now: datetime, later: timedelta) -> None:
    assert opened(token, now + later) == ROW


def test_it_forgives_a_clock_that_is_a_little_behind(token: str, now: datetime) -> None:
    assert opened(token, now - timedelta(seconds=30)) == ROW


@pytest.mark.assures("AZ-09")
def test_it_opens_nothing_when_too_old_changed_or_meant_for_something_else(token: str, now: datetime) -> None:
    body, _colon, signature = token.rpartition(":")
    tries = [
        (token, now + A_DAY + timedelta(seconds=1), "invitation"),
        (token, now - timedelta(minutes=5), "invitation"),
        (token, now, "first-manager"),
        (f"{body[:-1]}{'A' if body[-1] != 'A' else 'B'}:{signature}", now, "invitation"),
        (f"{body}:{signature[::-1]}", now, "invitation"),
        (body, now, "invitation"),
        ("", now, "invitation"),
        ("\x00é" * 400, now, "invitation"),
    ]
    said = set()
    for text, at, purpose in tries:
        with pytest.raises(linking.LinkInvalid) as refused:
            opened(text, at, purpose)
        said.add((refused.value.message, refused.value.kind))
    assert said == {
        (
            "This link does not work any more. Ask the clinic for a new one, or sign in on the home page.",
            Kind.MISSING,
        )
    }


@pytest.mark.assures("AZ-09")
def test_its_signature_has_256_bits(token: str) -> None:
    assert len(token.rpartition(":")[2]) == 43


def test_it_tells_of_which_version_of_its_row_it_spoke(now: datetime) -> None:
    token = linking.make(purpose="visit-cancel", subject=ROW, now=now, version=3)
    told = linking.opened(token=token, purpose="visit-cancel", max_age=A_DAY, now=now)
    assert (told.subject, told.version) == (ROW, 3)
