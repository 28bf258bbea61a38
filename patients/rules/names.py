"""Owns how people are looked for: names folded and compared, and what else a search may be."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

# Letters that Unicode does not take apart into a plain letter and a mark.
PLAIN = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
        "ħ": "h", "ŧ": "t", "ŋ": "n", "ƒ": "f", "ɖ": "d", "ə": "e", "ɨ": "i", "ŀ": "l", "ĸ": "k",
    }
)  # fmt: skip
MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
APOSTROPHES = frozenset("'’‘`´ʼʻʹ＇′")

YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
YEAR_LAST = re.compile(r"(\d{1,2})\s*([./-])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})", re.ASCII)
YEAR_LAST_BARE = re.compile(r"(\d{2})()(\d{2})(\d{4}|\d{2})", re.ASCII)
DAY_THEN_NAME = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s.-]*([a-z]{3,9})[\s.,-]*(\d{4}|\d{2})", re.ASCII)
NAME_THEN_DAY = re.compile(r"([a-z]{3,9})[\s.-]*(\d{1,2})(?:st|nd|rd|th)?[\s.,-]+(\d{4}|\d{2})", re.ASCII)
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
FIRST_BIRTH_YEAR = 1850
FIRST_OF_TWO_DIGITS = 1926
"""A year of two digits lies in the hundred years from this one on: 26 is 1926, 25 is 2025."""

TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")
PHONE = re.compile(r"(?:\+|00)?[\d\s()./-]+", re.ASCII)
SHORTEST_PHONE = 6
SHORTEST_PHONE_END = 5
"""So many last digits of a number are enough to look for it: people say them so."""
LONGEST_WITHOUT_TRUNK = 6
"""With so few digits it is the end of a number, and a zero in front belongs to it."""
LONGEST_PHONE = 15  # ITU-T E.164


def fold(text: str) -> str:
    """The form in which names are stored and searched: plain small letters and digits, single spaces.

    Accents go (ü is u, é is e), ß is ss, ø is o, ł is l; apostrophes go (O'Brien is obrien); every other
    sign, hyphens and control characters among them, is a space. Marks that are vowels of other scripts
    stay. Folding twice changes nothing.
    """
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = unicodedata.normalize("NFC", MARKS.sub("", apart).translate(PLAIN))
    return " ".join("".join(map(_letter, plain)).split())


def likeness(one: str, other: str) -> float:
    """How alike two names are, 0 to 1: shared ÷ all trigrams of the folded names, as pg_trgm counts."""
    ours, theirs = _trigrams(fold(one)), _trigrams(fold(other))
    return len(ours & theirs) / len(ours | theirs) if ours and theirs else 0.0


def swaps(word: str) -> list[str]:
    """The word with each two neighbouring letters swapped: what may have been meant by a slip of the fingers."""
    return [
        word[:i] + word[i + 1] + word[i] + word[i + 2 :]
        for i in range(len(word) - 1)
        if word[i] != word[i + 1]
    ]


def looks_like_birth_date(text: str, *, day_first: bool = True) -> date | None:
    """The date that a search text is, or None.

    Reads 1991-09-03, 3.9.1991, 03/09/1991, 3-9-1991, 3 Sep 1991, September 3, 1991, 03091991, and each with two
    digits for the year: those of 1926 to 2025. With slashes, or without any sign between, the day stands first, or
    the month where `day_first` is False. Digits alone may be a phone or patient number as well.
    """
    text = text.strip().lower()
    if found := YEAR_FIRST.fullmatch(text):
        year, month, day = found.groups()
    elif found := YEAR_LAST.fullmatch(text) or YEAR_LAST_BARE.fullmatch(text):
        day, sign, month, year = found.groups()
        if sign in {"/", ""} and not day_first:
            day, month = month, day
    elif found := DAY_THEN_NAME.fullmatch(text):
        day, month, year = found[1], _month(found[2]), found[3]
    elif found := NAME_THEN_DAY.fullmatch(text):
        day, month, year = found[2], _month(found[1]), found[3]
    else:
        return None
    full = _year(year)
    try:
        return date(full, int(month), int(day)) if full >= FIRST_BIRTH_YEAR else None
    except ValueError:
        return None


def looks_like_phone(text: str) -> str | None:
    """The digits that end the phone number which a search text is, or None; 5 to 15 of them.

    The leading zeros and the sign of an international number are gone, so `030 12 34 56`, `+49 (0)30
    123456` and `0049 30 123456` all give the end of the number as it is stored, the last two with its
    country. Up to six digits are the end of a number, zeros and all. A date is not a phone number, but for
    one of digits alone, which may be either.
    """
    text = TRUNK_ZERO.sub("", text.strip())
    if not PHONE.fullmatch(text) or (looks_like_birth_date(text) and not text.isdecimal()):
        return None
    digits = re.sub(r"\D", "", text)
    if len(digits) > LONGEST_WITHOUT_TRUNK:
        digits = digits.lstrip("0")
    return digits if SHORTEST_PHONE_END <= len(digits) <= LONGEST_PHONE else None


def initials(name: str) -> str:
    """The first letters of the first and the last word, in capitals; one letter for one word, "" for none."""
    composed = unicodedata.normalize("NFKC", name)
    words = [word for raw in composed.split() if (word := "".join(map(_letter, raw)).strip())]
    ends = words[:1] + words[1:][-1:]
    return "".join(word[0].upper()[0] for word in ends)


def _month(name: str) -> str:
    """Its number; "0", which is no month, for a word that begins no month's name."""
    return str(next((n for n, month in enumerate(MONTHS, start=1) if month.startswith(name)), 0))


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) > 2:
        return year
    return FIRST_OF_TWO_DIGITS + (year - FIRST_OF_TWO_DIGITS) % 100


def _letter(character: str) -> str:
    """The character where it is a letter, mark or digit, nothing for an apostrophe, else a space."""
    if character in APOSTROPHES:
        return ""
    category = unicodedata.category(character)
    if category[0] in "LMN":
        return character
    return "" if category == "Cf" else " "


def _trigrams(folded: str) -> set[str]:
    padded = [f"  {word} " for word in folded.split()]
    return {word[i : i + 3] for word in padded for i in range(len(word) - 2)}
