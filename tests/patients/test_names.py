"""How people are looked for: what folds together, what is alike, and what else a search text may be."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.rules import names

years = st.dates(min_value=date(1850, 1, 1), max_value=date(2100, 12, 31))


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Anna-Maria  Müller", "anna maria muller"),
        ("GROSS", "gross"),
        ("Groß", "gross"),
        ("Øyvind Łukasz", "oyvind lukasz"),
        ("Æsa Þórðardóttir", "aesa thordardottir"),
        ("Đặng Thị Thảo", "dang thi thao"),
        ("İbrahim Işık", "ibrahim isik"),
        ("O'Brien", "obrien"),
        ("D’Angelo", "dangelo"),
        ("Ｔａｎａｋａ", "tanaka"),
        ("Иван Ёлкин", "иван елкин"),
        ("ΝΊΚΟΣ", "νικοσ"),
        ("Νίκος", "νικοσ"),
        ("देवी शर्मा", "देवी शर्मा"),
        ("  \tLe\u00a0Roux \n", "le roux"),
        ("Zoe\u0308", "zoe"),
        ("Mar\u200bta", "marta"),
        ("Eve\x00'); DROP", "eve drop"),
        ("100 %_", "100"),
        ("", ""),
    ],
)
def test_a_name_folds_to_plain_small_letters(name: str, folded: str) -> None:
    assert names.fold(name) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    once = names.fold(text)

    assert names.fold(once) == once


@given(st.text())
def test_a_folded_name_holds_letters_marks_digits_and_single_spaces_only(text: str) -> None:
    folded = names.fold(text)

    assert folded == " ".join(folded.split(" "))
    assert all(c == " " or unicodedata.category(c)[0] in "LMN" for c in folded)


@given(st.text())
def test_composed_and_decomposed_spellings_fold_together(text: str) -> None:
    assert names.fold(unicodedata.normalize("NFD", text)) == names.fold(unicodedata.normalize("NFC", text))


def test_likeness_counts_as_the_database_does() -> None:
    """The figure 0.40 is what pg_trgm gives for 'mueler' and 'muller'."""
    assert names.likeness("mueler", "Müller") == pytest.approx(0.4)
    assert names.likeness("Müller", "muller") == 1
    assert names.likeness("Müller", "Nguyen") == 0
    assert names.likeness("", "") == 0


@given(st.text(), st.text())
def test_likeness_does_not_care_who_comes_first(one: str, other: str) -> None:
    assert names.likeness(one, other) == names.likeness(other, one)
    assert 0 <= names.likeness(one, other) <= 1


@pytest.mark.parametrize(
    "text",
    [
        "1991-09-03", "3.9.1991", "03.09.1991", "03/09/1991", "3-9-1991", " 3. 9. 1991 ", "3.9.91", "030991",
        "03091991", "3 Sep 1991", "3 September 91", "3rd sept. 1991", "Sep 3, 1991", "SEPTEMBER 3RD 1991",
    ],
)  # fmt: skip
def test_a_date_is_read_in_every_way_that_a_desk_types_it(text: str) -> None:
    assert names.looks_like_birth_date(text) == date(1991, 9, 3)


def test_two_digits_of_a_year_lie_from_1926_to_2025() -> None:
    assert names.looks_like_birth_date("14.3.79") == date(1979, 3, 14)
    assert names.looks_like_birth_date("1.1.26") == date(1926, 1, 1)
    assert names.looks_like_birth_date("31 Dec 25") == date(2025, 12, 31)


def test_slashes_are_read_month_first_where_the_clinic_writes_so() -> None:
    assert names.looks_like_birth_date("09/03/1991", day_first=False) == date(1991, 9, 3)
    assert names.looks_like_birth_date("3.9.1991", day_first=False) == date(1991, 9, 3)
    assert names.looks_like_birth_date("090391", day_first=False) == date(1991, 9, 3)


@given(years)
def test_every_date_is_read_back(day: date) -> None:
    assert names.looks_like_birth_date(day.isoformat()) == day
    assert names.looks_like_birth_date(f"{day.day}.{day.month}.{day.year}") == day
    assert names.looks_like_birth_date(f"{day.month}/{day.day}/{day.year}", day_first=False) == day


@pytest.mark.parametrize(
    "text",
    [
        "31.2.1991",
        "13/13/1991",
        "123456",
        "3 Sap 1991",
        "31 Feb 1981",
        "14.3.079",
        "3.9/1991",
        "0000-01-01",
        "0912-09-03",
        "Mara 3.9.1991",
        "1991",
        "",
    ],
)
def test_what_is_no_date_of_birth_is_none(text: str) -> None:
    assert names.looks_like_birth_date(text) is None


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("030 12 34 56", "30123456"),
        ("+49 (0)30 123456", "4930123456"),
        ("0049 30 123456", "4930123456"),
        ("(212) 555-0142", "2125550142"),
        ("030/12.34.56", "30123456"),
        (" 123456 ", "123456"),
        ("01234", "01234"),
        ("200481", "200481"),
    ],
)
def test_a_phone_number_gives_the_digits_that_end_it(text: str, digits: str) -> None:
    assert names.looks_like_phone(text) == digits


@pytest.mark.parametrize(
    "text",
    ["1234", "+49 30", "1234567890123456", "3.9.1991", "1991-09-03", "Mara 123456", "12+3456", "٣٤٥٦٧٨", ""],
)
def test_what_is_no_phone_number_is_none(text: str) -> None:
    assert names.looks_like_phone(text) is None


@given(st.text())
def test_any_search_text_is_answered(text: str) -> None:
    digits = names.looks_like_phone(text)

    assert digits is None or (digits.isascii() and digits.isdigit() and 5 <= len(digits) <= 15)
    assert names.looks_like_birth_date(text) is None or digits is None or text.strip().isdecimal()


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Mara Lindqvist", "ML"),
        ("Ludwig van Beethoven", "LB"),
        ("øyvind", "Ø"),
        ("  anna-maria   o'brien ", "AO"),
        ("(Tom) Ellis", "TE"),
        ("Zoe\u0308 E\u0301mile", "ZÉ"),
        ("ßen", "S"),
        ("देवी शर्मा", "दश"),
        ("- !", ""),
        ("", ""),
    ],
)
def test_initials_are_the_first_letters_of_the_first_and_the_last_word(name: str, letters: str) -> None:
    assert names.initials(name) == letters


@given(st.text())
def test_initials_are_two_letters_at_most(text: str) -> None:
    assert len(names.initials(text)) <= 2


def test_a_slip_of_the_fingers_swaps_two_neighbours() -> None:
    assert names.swaps("nwsou") == ["wnsou", "nswou", "nwosu", "nwsuo"]
    assert names.swaps("aa") == names.swaps("x") == []
