"""A refusal carries a sentence for people, a code for programs, and nothing that a door must guess."""

from __future__ import annotations

import pickle

import pytest

from clinic.rules.refusals import Kind, Refusal


class RoomClosed(Refusal):
    code = "room_closed"
    kind = Kind.CONFLICT


class Lazy:
    """Text that is written in the language active when it is read, as a lazy translation is."""

    language = "en"

    def __str__(self) -> str:
        return {"en": "Choose another room.", "de": "Wählen Sie einen anderen Raum."}[self.language]


def test_it_reads_as_its_sentence_and_carries_field_and_details() -> None:
    refusal = RoomClosed("Choose another room.", field="room", details={"room": 4})

    assert str(refusal) == refusal.message == "Choose another room."
    assert (refusal.code, refusal.kind, refusal.field) == ("room_closed", Kind.CONFLICT, "room")
    assert refusal.details == {"room": 4}


def test_it_is_invalid_input_without_field_or_details_unless_told_otherwise() -> None:
    refusal = Refusal("Give a date.")

    assert (refusal.code, refusal.kind, refusal.field, refusal.details) == ("refused", "invalid", "", {})


def test_a_lazy_sentence_is_written_when_it_is_read() -> None:
    sentence = Lazy()
    refusal = RoomClosed(sentence)

    sentence.language = "de"

    assert str(refusal) == "Wählen Sie einen anderen Raum."


def test_details_are_a_copy_that_the_caller_cannot_change_later() -> None:
    seen = {"room": 4}
    refusal = RoomClosed("Choose another room.", details=seen)

    seen["room"] = 5

    assert refusal.details == {"room": 4}


def test_it_survives_the_way_between_processes() -> None:
    refusal = pickle.loads(pickle.dumps(RoomClosed("Choose another room.", field="room")))  # noqa: S301

    assert (type(refusal), str(refusal), refusal.field) == (RoomClosed, "Choose another room.", "room")


def test_one_handler_catches_every_subclass() -> None:
    with pytest.raises(Refusal, match=r"Choose another room\."):
        raise RoomClosed("Choose another room.")
