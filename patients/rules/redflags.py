"""Owns the plain questions before an online booking, and where each answer leads. TO BE SIGNED OFF BY A CLINICIAN.

The questions are this project's own words for the signs that guidance on serious spinal conditions names: L. Finucane
and others, International Framework for Red Flags for Potential Serious Spinal Pathologies, JOSPT 2020, 50(7), 350-372;
for cauda equina also the national pathway of Getting It Right First Time (England, 2023), which asks for emergency
imaging. They find out who should speak to somebody soon. They name no condition and are no diagnosis. That "not sure"
counts as a reason to call is this project's own caution.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


def gettext_noop(text: str) -> str:
    """Marks a text for the translators, for rules know no framework that would translate it."""
    return text


class Answer(StrEnum):
    """What a person may say to each question."""

    NO = "no"
    YES = "yes"
    UNSURE = "unsure"


class Urgency(StrEnum):
    """What an answer leads to."""

    NOTHING = "nothing"
    CALL = "call"
    """Speak to us today; booking goes on."""
    EMERGENCY = "emergency"
    """To an emergency department now; there is nothing to book."""


class Sign(StrEnum):
    """What a group of questions is about, for those who read the answers. Not shown to who is asked."""

    CAUDA_EQUINA = "cauda_equina"
    FRACTURE = "fracture"
    MALIGNANCY = "malignancy"
    INFECTION = "infection"


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question; `key` is how the answer is kept, `yes` and `unsure` say where those answers lead."""

    key: str
    sign: Sign
    asks: str
    yes: Urgency
    unsure: Urgency

    def leads_to(self, answer: Answer) -> Urgency:
        """Where the answer leads; "no" leads to nothing."""
        match answer:
            case Answer.YES:
                return self.yes
            case Answer.UNSURE:
                return self.unsure
            case _:
                return Urgency.NOTHING


def _emergency(key: str, asks: str) -> Question:
    """Signs of cauda equina: hours count (GIRFT pathway 2023)."""
    return Question(key=key, sign=Sign.CAUDA_EQUINA, asks=asks, yes=Urgency.EMERGENCY, unsure=Urgency.CALL)


def _call(key: str, sign: Sign, asks: str) -> Question:
    """A sign that matters together with what only a clinician can ask (Finucane 2020): so they ask it today."""
    return Question(key=key, sign=sign, asks=asks, yes=Urgency.CALL, unsure=Urgency.CALL)


QUESTIONS: tuple[Question, ...] = (
    _emergency("numb", gettext_noop("Is it newly numb between your legs or around your bottom?")),
    _emergency(
        "bladder_bowel",
        gettext_noop("Do you newly have trouble passing water, or holding water or stool?"),
    ),
    _emergency("weak_legs", gettext_noop("Are both your legs newly weak, or do they give way?")),
    _call(
        "blow",
        Sign.FRACTURE,
        gettext_noop("Did it begin with a fall, a blow or an accident in the last weeks?"),
    ),
    _call(
        "bones",
        Sign.FRACTURE,
        gettext_noop("Do you have thin bones (osteoporosis), or take cortisone for three months or longer?"),
    ),
    _call("cancer", Sign.MALIGNANCY, gettext_noop("Do you have cancer, or have you ever had it?")),
    _call("weight", Sign.MALIGNANCY, gettext_noop("Have you lately lost weight without wanting to?")),
    _call(
        "night",
        Sign.MALIGNANCY,
        gettext_noop("Is there pain at night that no way of lying down makes easier?"),
    ),
    _call("fever", Sign.INFECTION, gettext_noop("Do you have a fever or chills, or feel seriously unwell?")),
    _call(
        "defence",
        Sign.INFECTION,
        gettext_noop("Have you had a serious infection lately, or is your immune system weak or held down?"),
    ),
)
"""In the order in which they are asked: the most urgent first."""

EMERGENCY_NUMBERS = {
    "US": "911", "CA": "911", "MX": "911", "GB": "999", "IE": "112", "AU": "000", "NZ": "111", "JP": "119",
}  # fmt: skip
"""By country, ISO 3166; elsewhere 112, which mobile phones know everywhere (ITU E.161.1)."""

_GRAVER = (Urgency.NOTHING, Urgency.CALL, Urgency.EMERGENCY)


def emergency_numbers(countries: Iterable[str]) -> dict[str, list[str]]:
    """Whom to call in an emergency in these countries: each number once, with those in which it counts, in order.

    112 alone, with none, where no country is given.
    """
    found: dict[str, list[str]] = {}
    for country in dict.fromkeys(countries):
        found.setdefault(EMERGENCY_NUMBERS.get(country, "112"), []).append(country)
    return found or {"112": []}


def weigh(answers: Mapping[str, Answer]) -> Urgency:
    """The gravest of what the answers lead to, by the keys of QUESTIONS. Raises KeyError where one is missing."""
    return max((each.leads_to(answers[each.key]) for each in QUESTIONS), key=_GRAVER.index)


def alarming(answers: Mapping[str, Answer]) -> list[Question]:
    """The questions whose answers lead to something, in their order. Raises KeyError where one is missing."""
    return [each for each in QUESTIONS if each.leads_to(answers[each.key]) is not Urgency.NOTHING]
