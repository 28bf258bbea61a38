"""Where each answer before an online booking leads; nothing that alarms is lost among the rest."""

import pytest

from patients.rules import redflags
from patients.rules.redflags import QUESTIONS, Answer, Question, Sign, Urgency

ALL_NO = {question.key: Answer.NO for question in QUESTIONS}
HOURS_COUNT = {"numb", "bladder_bowel", "weak_legs"}


def test_all_no_leads_to_nothing() -> None:
    assert redflags.weigh(ALL_NO) is Urgency.NOTHING
    assert redflags.alarming(ALL_NO) == []


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.key)
def test_one_yes_leads_where_its_question_says(question: Question) -> None:
    answers = {**ALL_NO, question.key: Answer.YES}
    expected = Urgency.EMERGENCY if question.key in HOURS_COUNT else Urgency.CALL
    assert redflags.weigh(answers) is expected
    assert redflags.alarming(answers) == [question]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.key)
def test_not_sure_is_a_reason_to_call(question: Question) -> None:
    assert redflags.weigh({**ALL_NO, question.key: Answer.UNSURE}) is Urgency.CALL


def test_the_gravest_answer_decides() -> None:
    answers = {**ALL_NO, "cancer": Answer.YES, "numb": Answer.YES, "fever": Answer.UNSURE}
    assert redflags.weigh(answers) is Urgency.EMERGENCY
    assert [each.key for each in redflags.alarming(answers)] == ["numb", "cancer", "fever"]


def test_a_missing_answer_is_not_taken_for_a_no() -> None:
    answers = {key: said for key, said in ALL_NO.items() if key != "fever"}
    with pytest.raises(KeyError):
        redflags.weigh(answers)


def test_each_sign_is_asked_for() -> None:
    assert {question.sign for question in QUESTIONS} == set(Sign)
    assert len({question.key for question in QUESTIONS}) == len(QUESTIONS)


@pytest.mark.parametrize("word", ["cauda", "equina", "fracture", "tumour", "malignan", "metast"])
def test_no_question_names_a_diagnosis_that_is_looked_for(word: str) -> None:
    assert [question.key for question in QUESTIONS if word in question.asks.lower()] == []


def test_the_emergency_numbers_are_those_of_the_countries_each_once() -> None:
    places = ("DE", "US", "AT", "GB", "DE", "CA")
    found = {"112": ["DE", "AT"], "911": ["US", "CA"], "999": ["GB"]}
    assert redflags.emergency_numbers(places) == found
    assert redflags.emergency_numbers([]) == {"112": []}
